//! The steps that update the tables of an older release.

use pgrx::pg_sys::panic::ErrorReport;

use super::locks::lock_all_tables;
use super::shapes::recognize_version;
use super::tables;
use crate::platform::error::{self, Result};
use crate::platform::extension::outside_extension;
use crate::platform::schema_version::{not_installed, wrong_version};
use crate::platform::versions::{SCHEMA_VERSION, installed_version, is_installed};
use crate::sharding;

/// One step for each release that changed tables: (the version it starts from, its SQL).
const MIGRATIONS: &[(i32, &str)] = &[
    (1, include_str!("../../sql/migrations/0001_numbers_without_a_locked_counter.sql")),
    #[cfg(feature = "next_release")]
    (SCHEMA_VERSION - 1, include_str!("../../tests/upgrade/next_release.sql")),
];

pub(super) fn run_migrations() -> Result<()> {
    if !is_installed()? {
        return Err(not_installed());
    }
    run_steps(MIGRATIONS)
}

/// Runs the steps that are missing, and sets owner and privileges.
fn run_steps(migrations: &[(i32, &'static str)]) -> Result<()> {
    outside_extension(|| {
        if installed_version()?.is_none() {
            tables::set_version(recognize_version()?)?;
        }
        while let Some(version) = installed_version()?
            && version != SCHEMA_VERSION
        {
            let step = migrations.iter().find(|(from, _)| *from == version);
            let (_, step) = step.ok_or_else(|| no_step(version))?;
            lock_all_tables()?;
            sharding::change_tables(step)?;
            tables::set_version(version + 1)?;
        }
        tables::set_privileges()
    })
}

fn no_step(version: i32) -> ErrorReport {
    if version > SCHEMA_VERSION {
        return wrong_version();
    }
    error::wrong_state(
        "wrong_schema_version",
        format!("the tables of helpdesk have version {version}, which no release had"),
        "helpdesk.schema_version holds the version. Restore it from a backup.",
    )
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::*;
    use crate::platform::extension::inside_extension;

    const STEP: &str = "create table helpdesk.created_by_a_step ()";
    const IS_EXTENSION_MEMBER: &str = "
        select exists (select from pg_depend
                        where deptype = 'e' and classid = 'pg_class'::regclass
                          and objid = 'helpdesk.created_by_a_step'::regclass)";

    #[pg_test]
    fn install_keeps_tables_of_a_migration_out_of_the_extension() {
        Spi::run("update helpdesk.schema_version set version = version - 1").unwrap();
        inside_extension(|| run_steps(&[(SCHEMA_VERSION - 1, STEP)])).unwrap();
        assert_eq!(Spi::get_one(IS_EXTENSION_MEMBER), Ok(Some(false)));
        assert_eq!(installed_version().unwrap(), Some(SCHEMA_VERSION));
    }
}
