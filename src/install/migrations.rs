//! The steps that update the tables of an older release.

use super::locks::lock_all_tables;
use super::tables;
use crate::platform::error::Result;
use crate::platform::extension::outside_extension;
use crate::platform::schema_version::{
    SCHEMA_VERSION, installed_version, is_installed, not_installed, wrong_version,
};
use crate::platform::statement;

/// One step for each release that changed tables: (the version it starts from, its SQL).
const MIGRATIONS: &[(i32, &str)] = &[];

pub(super) fn run_migrations() -> Result<()> {
    if !is_installed()? {
        return Err(not_installed());
    }
    run_steps(MIGRATIONS)
}

/// Runs the steps that are missing, and sets owner and privileges.
fn run_steps(migrations: &[(i32, &'static str)]) -> Result<()> {
    outside_extension(|| {
        while let version @ Some(_) = installed_version()?
            && version != Some(SCHEMA_VERSION)
        {
            let Some((from, step)) = migrations.iter().find(|(from, _)| Some(*from) == version)
            else {
                return Err(wrong_version(version));
            };
            lock_all_tables()?;
            statement::run_script(step)?;
            tables::set_version(from + 1)?;
        }
        tables::set_privileges()
    })
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
        Spi::run("update helpdesk.schema_version set version = 0").unwrap();
        inside_extension(|| run_steps(&[(0, STEP)])).unwrap();
        assert_eq!(Spi::get_one(IS_EXTENSION_MEMBER), Ok(Some(false)));
        assert_eq!(installed_version().unwrap(), Some(SCHEMA_VERSION));
    }
}
