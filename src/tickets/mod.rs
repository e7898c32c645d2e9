//! Tickets: create_ticket and update_ticket here, the other functions and the triggers in the files
//! of this folder. The triggers enforce every rule, so that plain SQL writes follow them too.

pub mod access;
mod before_write;
mod bulk;
pub mod changes;
mod checks;
pub mod comment_event;
mod details;
mod history;
pub mod idempotency;
mod list;
pub mod number;
pub mod numbering;
pub mod organization;
mod people;
mod queue;
mod recorded_ids;
mod requester;
pub mod similar_titles;
mod start;
pub mod text_filters;
pub mod ticket_object;
mod tracked_columns;
mod workflow;

use pgrx::Uuid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use self::access::{VisibleTicket, find_visible_ticket};
use self::changes::{Changes, check_description, checked_title};
use self::idempotency::{NewObject, claim_key};
use self::ticket_object::changed_ticket;
use crate::access::caller::Caller;
use crate::access::rights;
use crate::platform::argument_names::{ArgumentNames, name_arguments};
use crate::platform::datum::{JsonText, JsonbText};
use crate::platform::enums::Priority;
use crate::platform::error::{self, Result, required};
#[cfg(test)]
use crate::platform::json::schema::Api;
use crate::platform::statement;
use crate::platform::uuid::new_id;

const INSERT_TICKET: &str = "
    insert into helpdesk.tickets (org_id, id, title, description, priority, workflow_id, created_by)
    values ($1, $2, $3, $4, $5::helpdesk.ticket_priority, $6, $7)";

/// The columns that create_ticket writes.
const TICKET_NAMES: ArgumentNames =
    &[("org_id", "p_org_id"), ("created_by", "p_requester_id"), ("workflow_id", "p_workflow_id")];

/// Waits until no other transaction is changing the ticket.
const LOCK_VERSION: &str =
    "select version from helpdesk.tickets where org_id = $1 and id = $2 for share";

/// Opens a ticket and returns its id. Staff and backends may open one for a member
/// (p_requester_id). A repeated request with the same p_idempotency_key returns the first ticket
/// instead of opening another.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn create_ticket(
    p_org_id: Option<Uuid>,
    p_title: Option<&str>,
    p_description: default!(Option<&str>, "NULL"),
    p_priority: default!(Option<Priority>, "'low'"),
    p_workflow_id: default!(Option<Uuid>, "NULL"),
    p_requester_id: default!(Option<Uuid>, "NULL"),
    p_idempotency_key: default!(Option<&str>, "NULL"),
) -> Result<Uuid> {
    let org = required(p_org_id, "p_org_id")?;
    let title = checked_title("p_title", required(p_title, "p_title")?)?;
    if let Some(description) = p_description {
        check_description("p_description", description)?;
    }
    let priority = p_priority.unwrap_or(Priority::Low);
    let _caller = Caller::hold();
    let is_staff = rights::check_member(org)?;
    let caller = Caller::current()?;
    let requester = find_requester(p_requester_id, caller.profile, is_staff)?;

    let id = new_id();
    if let Some(key) = p_idempotency_key {
        let request = serde_json::json!([
            "create_ticket",
            title,
            p_description,
            priority.label(),
            p_workflow_id.map(|id| id.to_string()),
            requester.to_string()
        ]);
        let ticket = NewObject { org, ticket: id, id };
        if let Some(first) = claim_key(&ticket, caller.profile, key, &request)? {
            return Ok(first);
        }
    }
    let _names = name_arguments(TICKET_NAMES);
    statement::write(INSERT_TICKET).execute(&[
        org.into(),
        id.into(),
        title.into(),
        p_description.into(),
        priority.label().into(),
        p_workflow_id.into(),
        requester.into(),
    ])?;
    Ok(id)
}

/// The JSON of the functions of tickets, and of the history.
#[cfg(test)]
pub fn describe(api: &mut Api) {
    bulk::describe(api);
    changes::describe(api);
    details::describe(api);
    history::describe(api);
    list::describe(api);
    ticket_object::describe(api);
}

/// Who opens the ticket: the requester that the caller names, or else the caller.
fn find_requester(named: Option<Uuid>, me: Option<Uuid>, is_staff: bool) -> Result<Uuid> {
    match named.or(me) {
        Some(requester) if is_staff || Some(requester) == me => Ok(requester),
        Some(_) => Err(error::not_allowed(
            "staff_only",
            "p_requester_id: only staff can open tickets for others",
            "Leave it out to open the ticket for yourself.",
        )),
        None => Err(error::null_argument(
            "p_requester_id",
            "must not be null, because nobody is signed in",
            "Sign in to open the ticket for yourself, or name the requester.",
        )),
    }
}

/// Changes title, description, priority, assignedTo, stageId, workflowId and createdBy of a ticket,
/// any of them in one revision. Returns the ticket object.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn update_ticket(
    p_ticket_id: Option<Uuid>,
    p_changes: Option<JsonbText>,
    p_expected_version: default!(Option<i32>, "NULL"),
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<JsonText> {
    let id = required(p_ticket_id, "p_ticket_id")?;
    let changes = Changes::parse(&required(p_changes, "p_changes")?)?;
    let _caller = Caller::hold();
    let Some(VisibleTicket { org, is_staff: true }) = find_visible_ticket(id, p_org_id)? else {
        return Err(rights::refusal(error::not_allowed(
            "no_such_ticket",
            "p_ticket_id: no such ticket, or you may not change it",
            "Only staff of its organization can change a ticket; customers can comment on it.",
        )));
    };
    changes.lock_targets(vec![org], &[id])?;
    let is_changed = changes.apply(org, id, p_expected_version)?;
    if let (false, Some(expected)) = (is_changed, p_expected_version) {
        let version = statement::write(LOCK_VERSION).fetch_scalar(&[org.into(), id.into()])?;
        if version != Some(expected) {
            return Err(stale_version(version, expected));
        }
    }
    changed_ticket(&VisibleTicket { org, is_staff: true }, id)
}

fn stale_version(version: Option<i32>, expected: i32) -> ErrorReport {
    let problem = match version {
        Some(version) => format!("the ticket is at version {version}, not {expected}"),
        None => "the ticket was deleted".to_owned(),
    };
    error::conflict(
        "version_conflict",
        format!("p_expected_version: {problem}"),
        "Read the ticket again, then repeat the change with its current version.",
    )
}
