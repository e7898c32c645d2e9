//! The columns of a profile that its owner may change.

use pgrx::prelude::*;

use crate::platform::error::{self, Result};
use crate::platform::roles;
use crate::platform::trigger::{self, TriggerResult, TriggerRows, Tuple};

/// Row security lets people update their own profile, but not these columns of it.
const PROTECTED_COLUMNS: [&str; 8] =
    ["id", "auth_id", "role", "email", "email_is_confirmed", "imported_for", "teams", "created_at"];

/// Trigger on profiles: nobody can promote themselves, whatever was granted on the table. It is not
/// SECURITY DEFINER, because the extension's own functions of that kind may change these columns.
#[pg_trigger(sql = "
    create function helpdesk.profiles_protect_columns() returns trigger
    language c
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn profiles_protect_columns<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, before_profile_update)
}

fn before_profile_update(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let (Some(old), Some(new)) = (rows.old, rows.new) else { return Ok(None) };
    if !roles::current_user_bypasses_row_security() {
        for column in PROTECTED_COLUMNS {
            if !new.same_image(&old, column)? {
                return Err(error::not_allowed(
                    "read_only_column",
                    format!("{column}: you may not change this column"),
                    "You can change name, avatar_url, preferences and last_active.",
                ));
            }
        }
    }
    Ok(Some(new.unchanged()))
}
