//! create_notification(): what an application knows and helpdesk does not.

use pgrx::Uuid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use serde_json::json;

use crate::platform::datum::JsonbText;
use crate::platform::error::{self, Result, required};
use crate::platform::json::id::Id;
#[cfg(test)]
use crate::platform::json::schema::{Api, null_only_in};
use crate::platform::jsonb::jsonb;
use crate::platform::schema_version::check_schema_version;
use crate::platform::statement;
use crate::platform::text::{check_label, is_longer};

const MAX_TITLE: usize = 500;
const MAX_LINK: usize = 2048;
const MAX_CONTENT: usize = 10_000;

const IS_STAFF: &str = "
    select m.org_role <> 'org_customer' from helpdesk.org_members m
     where m.org_id = $1 and m.user_id = $2";

/// $4: the person is staff, who see all tickets.
const FIND_NUMBER: &str = "
    select t.number from helpdesk.tickets t
     where t.org_id = $1 and t.id = $2 and ($4 or t.created_by = $3 or t.assigned_to = $3)";

const INSERT_NOTIFICATION: &str = "
    insert into helpdesk.notifications (org_id, user_id, ticket_id, type, content, expires_at)
    select $1, $2, $3, 'custom', $4::jsonb || $5, now() + o.notification_retention
      from helpdesk.organizations o
     where o.id = $1
       and coalesce((select p.enabled from helpdesk.notification_preferences p
                      where p.user_id = $2 and p.type = 'custom'), true)
    returning id";

/// Notifies a member of something that an application knows. Returns the notification's id; NULL if
/// the person has switched off this type.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn create_notification(
    p_org_id: Option<Uuid>,
    p_user_id: Option<Uuid>,
    p_title: Option<&str>,
    p_link: default!(Option<&str>, "NULL"),
    p_ticket_id: default!(Option<Uuid>, "NULL"),
    p_content: default!(Option<JsonbText>, "NULL"),
) -> Result<Option<Uuid>> {
    check_schema_version()?;
    let org = required(p_org_id, "p_org_id")?;
    let person = required(p_user_id, "p_user_id")?;
    let title = required(p_title, "p_title")?.trim();
    check_label("p_title", title, MAX_TITLE)?;
    if let Some(link) = p_link {
        check_label("p_link", link, MAX_LINK)?;
    }
    let given = JsonbText::or_empty("p_content", &p_content)?;
    check_content(given)?;
    let is_staff: bool = statement::write(IS_STAFF)
        .fetch_scalar(&[org.into(), person.into()])?
        .ok_or_else(no_such_member)?;
    let mut content = json!({ "title": title });
    if let Some(link) = p_link {
        content["link"] = link.into();
    }
    if let Some(ticket) = p_ticket_id {
        let args = [org.into(), ticket.into(), person.into(), is_staff.into()];
        let number: i64 =
            statement::write(FIND_NUMBER).fetch_scalar(&args)?.ok_or_else(no_such_ticket)?;
        content["ticket_id"] = json!(Id::from(ticket));
        content["number"] = number.into();
    }
    statement::write(INSERT_NOTIFICATION).fetch_scalar(&[
        org.into(),
        person.into(),
        p_ticket_id.into(),
        given.into(),
        jsonb(&content)?,
    ])
}

/// $4 and $5 of INSERT_NOTIFICATION: what the application gives, and what comes with it.
#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[schemars(extend("additionalProperties" = true), transform = null_only_in(&[]))]
#[allow(dead_code)] // It describes what create_notification() writes.
pub(super) struct CustomContent {
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<i64>,
}

#[cfg(test)]
pub(super) fn describe(api: &mut Api) {
    api.argument::<serde_json::Map<String, serde_json::Value>>("create_notification", "p_content");
    api.result::<Option<Id>>("create_notification");
}

fn check_content(content: &str) -> Result<()> {
    let allowed = format!("A JSON object of up to {MAX_CONTENT} characters.");
    if !content.starts_with('{') {
        return Err(error::invalid("invalid_value", "p_content", "not a JSON object", allowed));
    }
    if is_longer(content, MAX_CONTENT) {
        return Err(error::invalid("too_long", "p_content", "too long", allowed));
    }
    Ok(())
}

fn no_such_member() -> ErrorReport {
    error::not_allowed(
        "no_such_member",
        "p_user_id: not a member of this organization",
        "helpdesk.org_members lists the members of each organization.",
    )
}

fn no_such_ticket() -> ErrorReport {
    error::not_allowed(
        "no_such_ticket",
        "p_ticket_id: no such ticket, or the recipient may not see it",
        "Leave it out, or name a ticket of the organization that the recipient sees.",
    )
}
