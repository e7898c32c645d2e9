//! Authors: people write in their own name.

use pgrx::Uuid;
use pgrx::prelude::*;

use super::caller::Caller;
use super::rights::refusal;
use crate::platform::error::{self, Result, internal};
use crate::platform::roles::role_bypasses_row_security;
use crate::platform::trigger::{self, TriggerResult, TriggerRow};

/// Errors if a new row names somebody else as its author. Row security would refuse it too, without
/// saying why.
pub fn check_author(new: &TriggerRow, column: &str) -> Result<()> {
    if new.get::<Uuid>(column)? == Caller::current()?.profile || role_bypasses_row_security() {
        return Ok(());
    }
    Err(refusal(error::not_allowed(
        "not_your_profile",
        format!("{column}: not your profile"),
        "Leave it out: you write in your own name.",
    )))
}

/// Trigger on tables in whose rows people name themselves. Its argument is the column.
#[pg_trigger(sql = "
    create function helpdesk.check_author() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn check_author_of_row<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    let arguments = trigger.extra_args().unwrap_or_default();
    trigger::run_row_trigger(trigger, |rows| {
        let Some(new) = rows.new else { return Ok(None) };
        let column = arguments.first().ok_or_else(|| internal("the trigger names no column"))?;
        check_author(&new, column)?;
        Ok(Some(new.unchanged()))
    })
}
