//! install(): makes the tables. They are the user's, not the extension's, so that pg_dump dumps them whole and DROP EXTENSION
//! cannot take them along silently. migrate(): brings tables of an older release up to date.

use pgrx::prelude::*;

use super::{PRIVILEGES, outside_extension};
use crate::platform::error::Result;
use crate::platform::schema_version::{
    INSTALLED, SCHEMA_VERSION, ask, installed_version, not_installed, wrong_version,
};
use crate::platform::statement;

/// One step per release that changed tables: (the version it starts from, its SQL).
const MIGRATIONS: &[(i32, &str)] = &[];

pub(super) const SET_VERSION: &str = "
    with older as (delete from helpdesk.schema_version)
    insert into helpdesk.schema_version (version) values ($1)";

/// Brings the tables of an older release, such as a dump of one, up to the shape that this release needs.
#[pg_extern(volatile, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
pub fn migrate() -> Result<()> {
    if !ask(INSTALLED)? {
        return Err(not_installed());
    }
    take_steps(MIGRATIONS)
}

/// Takes the steps that are missing, then sets owners and privileges, which tells all sessions to look at the version again.
fn take_steps(migrations: &[(i32, &'static str)]) -> Result<()> {
    outside_extension(|| {
        while let version @ Some(_) = installed_version()?
            && version != Some(SCHEMA_VERSION)
        {
            let Some((from, step)) = migrations.iter().find(|(from, _)| Some(*from) == version)
            else {
                return Err(wrong_version(version));
            };
            statement::run_script(step)?;
            statement::write(SET_VERSION).execute(&[(from + 1).into()])?;
        }
        statement::run_script(PRIVILEGES)
    })
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use super::*;
    use crate::platform::extension::inside_extension;

    const STEP: &str = "create table helpdesk.made_by_a_step ()";
    const IS_MEMBER: &str = "
        select exists (select from pg_depend
                        where deptype = 'e' and classid = 'pg_class'::regclass and objid = 'helpdesk.made_by_a_step'::regclass)";

    #[pg_test]
    fn install_makes_what_a_step_makes_the_users_own() {
        Spi::run("update helpdesk.schema_version set version = 0").unwrap();
        inside_extension(|| take_steps(&[(0, STEP)])).unwrap();
        assert_eq!(Spi::get_one(IS_MEMBER), Ok(Some(false)));
        assert_eq!(installed_version().unwrap(), Some(SCHEMA_VERSION));
    }
}
