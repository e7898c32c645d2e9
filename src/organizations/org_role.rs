//! The role of a member. People may write org_agent as agent, the word of the role on the
//! installation, and the other way round; tables store one spelling.

use pgrx::prelude::*;

use crate::platform::enums::UserRole;
use crate::platform::error::{self, Result};
use crate::platform::statement;
use crate::platform::trigger::{self, ColumnChange, TriggerResult, TriggerRows, Tuple};

const TO_USER_ROLE: &str = "select $1::helpdesk.user_role";

/// The role as JSON shows it.
#[cfg(test)]
pub(super) struct OrgRole;

#[cfg(test)]
crate::platform::json::schema::describe_words!(
    OrgRole,
    "OrgRole",
    &[UserRole::Admin, UserRole::Agent, UserRole::Customer].map(UserRole::org_role)
);

/// The role as org_members stores it.
pub(super) fn parse_org_role(argument: &'static str, text: &str) -> Result<&'static str> {
    UserRole::from_label(text).map(UserRole::org_role).ok_or_else(|| {
        error::invalid(
            "invalid_value",
            argument,
            "not a role in an organization",
            "org_admin, org_agent or org_customer.",
        )
    })
}

/// Trigger on org_members: a text that is not a role is left to the CHECK.
#[pg_trigger(sql = "
    create function helpdesk.org_members_canonicalize_role() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn org_members_canonicalize_role<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, before_member_write)
}

fn before_member_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let role = new.text("org_role")?.and_then(UserRole::from_label).map(UserRole::org_role);
    let change = role.map(|role| ColumnChange::new("org_role", role));
    Ok(Some(new.with_changes(change.into_iter().collect())?))
}

/// Trigger on org_invites.
#[pg_trigger(sql = "
    create function helpdesk.org_invites_canonicalize_role() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn org_invites_canonicalize_role<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, before_invite_write)
}

fn before_invite_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let mut changes = Vec::new();
    if let Some(role) = new.get::<UserRole>("role")? {
        // An enum value is the Oid of its label.
        let stored: Option<pg_sys::Oid> =
            statement::write(TO_USER_ROLE).fetch_scalar(&[role.label().into()])?;
        changes.push(ColumnChange::new("role", stored));
    }
    Ok(Some(new.with_changes(changes)?))
}
