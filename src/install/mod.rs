//! install(): makes the tables. They are the user's, not the extension's, so that pg_dump dumps them whole and DROP EXTENSION
//! cannot take them along silently. migrate(): brings tables of an older release up to date.

mod integrations;
mod migrations;

use pgrx::prelude::*;

use self::integrations::{HAS_CRON, HAS_REALTIME, enable_cron, enable_realtime};
use self::migrations::SET_VERSION;
use crate::identity;
use crate::platform::error::Result;
use crate::platform::extension::outside_extension;
use crate::platform::schema_version::{INSTALLED, SCHEMA_VERSION, ask, check_schema_version};
use crate::platform::statement;

/// What makes that shape, in order.
const FILES: &[&str] = &[
    include_str!("../../sql/schema/auth.sql"),
    include_str!("../../sql/schema/identity.sql"),
    include_str!("../../sql/schema/organizations.sql"),
    include_str!("../../sql/schema/workflows.sql"),
    include_str!("../../sql/schema/tickets.sql"),
    include_str!("../../sql/schema/conversation.sql"),
    include_str!("../../sql/schema/notifications.sql"),
    include_str!("../../sql/schema/knowledge.sql"),
    include_str!("../../sql/schema/search.sql"),
    include_str!("../../sql/schema/reporting.sql"),
];

/// Who owns them and who may touch them.
const PRIVILEGES: &str = include_str!("../../sql/schema/privileges.sql");

/// On a worker of a Citus cluster the tables come from the coordinator.
const HAS_CITUS: &str =
    "select pg_catalog.to_regclass('pg_catalog.pg_dist_local_group') is not null";

const IS_CITUS_WORKER: &str = "
    select groupid <> 0 or pg_catalog.current_setting('application_name') like 'citus\\_internal%'
      from pg_catalog.pg_dist_local_group";

/// Makes everything that is missing, and sets the privileges anew. The last step of CREATE EXTENSION, and safe to call again.
#[pg_extern(volatile, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
pub fn install() -> Result<()> {
    if ask(HAS_CITUS)? && ask(IS_CITUS_WORKER)? {
        return Ok(());
    }
    if ask(INSTALLED)? {
        check_schema_version()?;
        outside_extension(|| statement::run_script(PRIVILEGES))?;
    } else {
        outside_extension(make_tables)?;
    }
    identity::back_fill_profiles()?;
    if ask(HAS_CRON)? {
        enable_cron()?;
    }
    if ask(HAS_REALTIME)? {
        enable_realtime()?;
    }
    Ok(())
}

fn make_tables() -> Result<()> {
    FILES.iter().chain([&PRIVILEGES]).try_for_each(|file| statement::run_script(file))?;
    statement::write(SET_VERSION).execute(&[SCHEMA_VERSION.into()])
}
