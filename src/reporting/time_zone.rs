//! Numbers for staff: how many tickets are where now, and what happened when. Read from the folded counts and the deltas that are not
//! folded yet.

use pgrx::prelude::*;

use crate::platform::error::{self, Result};
use crate::platform::statement;
use crate::platform::trigger::{self, TriggerResult, TriggerRows, Tuple};

const ZONES: &str = "select exists (select from pg_timezone_names where name = $1)";

/// Trigger on organizations: the time zone is one that Postgres knows.
#[pg_trigger(sql = "
    create function helpdesk.organizations_check_time_zone() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn organizations_check_time_zone<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, check_zone)
}

fn check_zone(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let zone: String = new.required("time_zone")?;
    // The default is known without the list of all, which takes a while to read.
    let is_known = zone == "UTC"
        || statement::write(ZONES)
            .fetch_optional(&[zone.into()], |row| row.get::<bool>(1))?
            .flatten()
            == Some(true);
    if !is_known {
        return Err(error::bad(
            "time_zone",
            "not a time zone that Postgres knows",
            "A name such as Europe/Berlin: pg_timezone_names lists them.",
        ));
    }
    Ok(Some(new.unchanged()))
}
