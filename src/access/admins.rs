//! What only admins of an organization create.

use pgrx::prelude::*;

use super::rights;
use crate::platform::trigger::{self, TriggerResult};

/// Trigger on tables in which only admins create rows. Row security would refuse others too,
/// without saying why.
#[pg_trigger(sql = "
    create function helpdesk.check_admin() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn check_admin_of_row<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, |rows| {
        let Some(new) = rows.new else { return Ok(None) };
        rights::check_admin("org_id", new.required("org_id")?)?;
        Ok(Some(new.unchanged()))
    })
}
