//! The SQL files that create the tables, in order, and the one that sets owner and privileges.

use super::locks::lock_outdated_tables;
use crate::platform::error::Result;
use crate::platform::statement;
use crate::platform::versions::SCHEMA_VERSION;

pub(super) const AUTH: &str = include_str!("../../sql/schema/auth.sql");

pub(super) const FILES: &[&str] = &[
    include_str!("../../sql/schema/identity.sql"),
    include_str!("../../sql/schema/organizations.sql"),
    include_str!("../../sql/schema/workflows.sql"),
    include_str!("../../sql/schema/tickets.sql"),
    include_str!("../../sql/schema/conversation.sql"),
    include_str!("../../sql/schema/notifications.sql"),
    include_str!("../../sql/schema/knowledge.sql"),
    include_str!("../../sql/schema/search.sql"),
    include_str!("../../sql/schema/reporting.sql"),
    #[cfg(feature = "next_release")]
    include_str!("../../tests/upgrade/next_release.sql"),
];

const PRIVILEGES: &str = include_str!("../../sql/schema/privileges.sql");

const SET_VERSION: &str = "
    with older as (delete from helpdesk.schema_version)
    insert into helpdesk.schema_version (version) values ($1)";

pub(super) fn create_tables() -> Result<()> {
    statement::run_script(AUTH)?;
    FILES.iter().try_for_each(|file| statement::run_script(file))?;
    set_privileges()?;
    set_version(SCHEMA_VERSION)
}

/// Also makes all sessions check the schema version again, because it changes pg_class.
pub(super) fn set_privileges() -> Result<()> {
    lock_outdated_tables()?;
    statement::run_script(PRIVILEGES)
}

pub(super) fn set_version(version: i32) -> Result<()> {
    statement::write(SET_VERSION).execute(&[version.into()])
}
