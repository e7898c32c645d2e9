//! The SQL files that create the tables, in order, and the one that sets their owner and
//! privileges.

use crate::platform::error::Result;
use crate::platform::schema_version::SCHEMA_VERSION;
use crate::platform::statement;

const FILES: &[&str] = &[
    include_str!("../../sql/auth.sql"),
    include_str!("../../sql/identity.sql"),
    include_str!("../../sql/organizations.sql"),
    include_str!("../../sql/invites.sql"),
    include_str!("../../sql/workflows.sql"),
    include_str!("../../sql/tickets.sql"),
    include_str!("../../sql/conversation.sql"),
    include_str!("../../sql/notifications.sql"),
    include_str!("../../sql/knowledge.sql"),
    include_str!("../../sql/search.sql"),
    include_str!("../../sql/reporting.sql"),
];

const PRIVILEGES: &str = include_str!("../../sql/privileges.sql");

const SET_VERSION: &str = "
    with older as (delete from helpdesk.schema_version)
    insert into helpdesk.schema_version (version) values ($1)";

pub(super) fn create_tables() -> Result<()> {
    FILES.iter().try_for_each(|file| statement::run_script(file))?;
    set_privileges()?;
    set_version(SCHEMA_VERSION)
}

/// Changes every table, which makes all sessions check the schema version again.
pub(super) fn set_privileges() -> Result<()> {
    statement::run_script(PRIVILEGES)
}

pub(super) fn set_version(version: i32) -> Result<()> {
    statement::write(SET_VERSION).execute(&[version.into()])
}
