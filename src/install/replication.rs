//! The rows that every installation has, when logical replication brings those of another one.

use pgrx::prelude::*;

use crate::platform::error::Result;
use crate::platform::replication::is_subscription_worker;
use crate::platform::statement;
use crate::platform::trigger::{self, TriggerResult, TriggerRows, Tuple};

const DELETE_SETTINGS: &str = "delete from helpdesk.installation_settings";

/// Trigger on the tables with one row, for what a subscription inserts: the version is that of
/// these tables, and stays; the settings are those of the publisher.
#[pg_trigger(sql = "
    create function helpdesk.receive_only_row() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn receive_only_row<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, before_insert)
}

fn before_insert(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    if is_subscription_worker() {
        if new.has_column("version") {
            return Ok(None);
        }
        statement::write(DELETE_SETTINGS).execute(&[])?;
    }
    Ok(Some(new.unchanged()))
}
