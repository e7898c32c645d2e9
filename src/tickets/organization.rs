//! The organization of a new row that refers to a ticket.

use pgrx::Uuid;
use pgrx::prelude::*;

use super::access::{find_visible_ticket, no_such_ticket};
use crate::platform::error::Result;
use crate::platform::trigger::{self, ColumnChange, TriggerResult, TriggerRow, TriggerRows, Tuple};

/// The organization of a new row: the one it names, or else that of its ticket, which the caller
/// must see.
pub fn find_org(new: &TriggerRow) -> Result<Uuid> {
    if let Some(org) = new.given_id("org_id")? {
        return Ok(org);
    }
    let ticket = find_visible_ticket(new.required("ticket_id")?, None)?;
    Ok(ticket.ok_or_else(|| no_such_ticket("ticket_id"))?.org)
}

/// Trigger on tables that refer to a ticket: fills in the organization if it is not given.
#[pg_trigger(sql = "
    create function helpdesk.find_org_of_ticket() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn find_org_of_ticket<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, before_insert)
}

fn before_insert(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    Ok(Some(new.with_changes(vec![ColumnChange::new("org_id", find_org(&new)?)])?))
}
