//! The trigger that checks the time zone of an organization.

use pgrx::prelude::*;

use crate::platform::error::{self, Result};
use crate::platform::statement;
use crate::platform::trigger::{self, TriggerResult, TriggerRows, Tuple};

const TIME_ZONE_EXISTS: &str = "select from pg_timezone_names where name = $1 limit 1";

/// BEFORE INSERT OR UPDATE on organizations: the time zone must be one that Postgres knows.
#[pg_trigger(sql = "
    create function helpdesk.organizations_check_time_zone() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn organizations_check_time_zone<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, before_write)
}

fn before_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let zone = error::required(new.text("time_zone")?, "time_zone")?;
    // The default needs no look at pg_timezone_names, which reads hundreds of files.
    if zone != "UTC" && !statement::write(TIME_ZONE_EXISTS).exists(&[zone.into()])? {
        return Err(error::invalid(
            "unknown_time_zone",
            "time_zone",
            "not a time zone that Postgres knows",
            "A name from pg_timezone_names, such as Europe/Berlin.",
        ));
    }
    Ok(Some(new.unchanged()))
}
