//! Opening, changing and finding a ticket; ticket_details.rs shows it. What happens on every write, whichever way it comes, is in ticket_triggers.rs;
//! lists are in ticket_list.rs.

pub mod access;
mod before_write;
mod bulk;
pub mod changes;
pub mod details;
mod history;
mod idempotency;
pub mod list;
mod queue;
mod start;

use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::prelude::*;

use self::access::{VisibleTicket, find_visible_ticket};
use self::changes::{Changes, check_description, checked_title, update_tickets_where};
use self::details::changed_ticket;
use self::idempotency::take_key;
use crate::access::caller::Caller;
use crate::access::rights;
use crate::platform::datum::{JsonText, JsonbText};
use crate::platform::enums::Priority;
use crate::platform::error::{self, Result, required};
use crate::platform::statement;
use crate::platform::uuid::new_id;

const INSERT_TICKET: &str = "
    insert into helpdesk.tickets (org_id, id, title, description, priority, workflow_id, created_by)
    values ($1, $2, $3, $4, $5::helpdesk.ticket_priority, $6, $7)";

static UPDATE_TICKET: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{} returning true",
        update_tickets_where(
            "t.org_id = $1 and t.id = $2 and ($10::integer is null or t.version = $10)"
        )
    )
});

/// The version, once whoever is changing the ticket is done.
const LOCKED_VERSION: &str =
    "select version from helpdesk.tickets where org_id = $1 and id = $2 for share";

/// Opens a ticket and returns its id. Staff and backends may open one for a member (p_requester_id). A repeated request with
/// the same p_idempotency_key returns the first ticket instead of opening another.
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
    let title = checked_title(required(p_title, "p_title")?, "p_title")?;
    if let Some(description) = p_description {
        check_description(description, "p_description")?;
    }
    let priority = p_priority.unwrap_or(Priority::Low);

    let caller = Caller::current()?;
    let is_staff = rights::check_member(org)?;
    let requester = match p_requester_id.or(caller.profile) {
        Some(requester) if is_staff || Some(requester) == caller.profile => requester,
        Some(_) => {
            return Err(error::not_allowed(
                "p_requester_id: only staff open tickets for others",
                "Leave it out to open the ticket for yourself.",
            ));
        }
        None => return Err(error::missing("p_requester_id")),
    };

    let id = new_id();
    if let Some(key) = p_idempotency_key {
        let request = serde_json::json!([
            title,
            p_description,
            priority.label(),
            p_workflow_id.map(|id| id.to_string()),
            requester.to_string()
        ]);
        if let Some(first) = take_key(org, caller.profile, key, id, &request.to_string())? {
            return Ok(first);
        }
    }
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

/// Changes a ticket: title, description, priority, assignedTo, stageId, any of them in one revision. Returns the ticket object.
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
    let Some(VisibleTicket { org, is_staff: true }) = find_visible_ticket(id, p_org_id)? else {
        return Err(error::not_allowed(
            "p_ticket_id: no such ticket, or you may not change it",
            "Staff of the ticket's organization change it; customers comment on it.",
        ));
    };
    changes.lock_targets(vec![org])?;
    let mut args = vec![org.into(), id.into()];
    args.extend(changes.params());
    args.push(p_expected_version.into());
    let changed = statement::write(&UPDATE_TICKET).fetch_optional(&args, |_| ())?;
    if let (None, Some(expected)) = (changed, p_expected_version) {
        let version = statement::write(LOCKED_VERSION)
            .fetch_optional(&[org.into(), id.into()], |row| row.get::<i32>(1))?
            .flatten();
        if version != Some(expected) {
            let now = version.map_or("gone".to_owned(), |v| format!("at version {v}"));
            return Err(error::duplicate(
                format!(
                    "p_expected_version: the ticket is {now}, not {expected}: somebody changed it meanwhile"
                ),
                "Read the ticket again, then repeat the change with its version.",
            ));
        }
    }
    changed_ticket(org, id)
}
