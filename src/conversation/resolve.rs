//! resolve_ticket(): the requester or staff say that a ticket is solved.

use pgrx::Uuid;
use pgrx::prelude::*;
use serde_json::json;

use super::comments::{check_content, insert_comment};
use crate::access::caller::Caller;
use crate::access::rights;
use crate::platform::argument_names::{ArgumentNames, name_arguments};
use crate::platform::datum::JsonText;
use crate::platform::error::{self, Result, required};
use crate::platform::statement;
use crate::platform::system_write::SystemWrite;
use crate::platform::uuid::new_id;
use crate::tickets::access::{VisibleTicket, require_visible_ticket};
use crate::tickets::comment_event::CommentEvent;
use crate::tickets::idempotency::{NewObject, claim_key};
use crate::tickets::ticket_object::changed_ticket;

/// Whether a person ($3) is the ticket's requester, and whether the ticket still is to be resolved.
const FIND_TICKET: &str = "
    select t.created_by = $3, t.status in ('open', 'pending')
      from helpdesk.tickets t where t.org_id = $1 and t.id = $2";

/// The first active resolved stage of the ticket's workflow; a closed one if there is none. Lock
/// order: stage, then ticket.
const LOCK_RESOLVED_STAGE: &str = "
    select s.id
      from helpdesk.tickets t
      join helpdesk.workflow_stages s on s.org_id = $1 and s.workflow_id = t.workflow_id
     where t.org_id = $1 and t.id = $2 and s.is_active and s.status in ('resolved', 'closed')
     order by s.status = 'closed', s.position, s.id
     limit 1
       for share of s";

const RESOLVE_TICKET: &str = "
    update helpdesk.tickets set current_stage_id = $3
     where org_id = $1 and id = $2 and status in ('open', 'pending')";

/// What a trigger can refuse, about the ticket.
const TICKET_NAMES: ArgumentNames =
    &[("current_stage_id", "p_ticket_id"), ("ticket_id", "p_ticket_id")];

/// Resolves a ticket, with a comment that does not reopen it. Returns the ticket object. A ticket
/// that is resolved or closed already stays as it is, apart from the comment.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn resolve_ticket(
    p_ticket_id: Option<Uuid>,
    p_comment: default!(Option<&str>, "NULL"),
    p_org_id: default!(Option<Uuid>, "NULL"),
    p_idempotency_key: default!(Option<&str>, "NULL"),
) -> Result<JsonText> {
    let ticket = required(p_ticket_id, "p_ticket_id")?;
    if let Some(content) = p_comment {
        check_content("p_comment", content)?;
    }
    let _caller = Caller::hold();
    let VisibleTicket { org, is_staff } = require_visible_ticket(ticket, p_org_id)?;
    let caller = Caller::current()?;
    let args = [org.into(), ticket.into(), caller.profile.into()];
    let found = statement::write(FIND_TICKET)
        .fetch_optional(&args, |row| (row.get(1) == Some(true), row.get(2) == Some(true)))?;
    let (is_requester, is_unresolved) = found.unwrap_or_default();
    if !is_staff && !is_requester {
        return Err(rights::refusal(error::not_allowed(
            "may_not_resolve",
            "p_ticket_id: only the requester and staff may resolve a ticket",
            "Write a comment instead.",
        )));
    }
    let comment = NewObject { org, ticket, id: new_id() };
    if let Some(key) = p_idempotency_key {
        let request = json!(["resolve_ticket", ticket.to_string(), p_comment]);
        if claim_key(&comment, caller.profile, key, &request)?.is_some() {
            return changed_ticket(&VisibleTicket { org, is_staff }, ticket);
        }
    }
    let stage = if is_unresolved { Some(lock_resolved_stage(org, ticket)?) } else { None };
    let _names = name_arguments(TICKET_NAMES);
    let mut event = None;
    if let Some(content) = p_comment {
        let author = caller.require_profile()?;
        let _quietly = SystemWrite::begin(SystemWrite::CommentWithoutReopening);
        insert_comment(&comment, content, false, author)?;
        event = Some((comment.id, author));
    }
    if let Some(stage) = stage {
        let _event = event.map(|(comment, author)| CommentEvent::begin(comment, author));
        let _moving = is_requester.then(|| SystemWrite::begin(SystemWrite::MoveByCustomer));
        statement::write(RESOLVE_TICKET).execute(&[org.into(), ticket.into(), stage.into()])?;
    }
    changed_ticket(&VisibleTicket { org, is_staff }, ticket)
}

fn lock_resolved_stage(org: Uuid, ticket: Uuid) -> Result<Uuid> {
    statement::write(LOCK_RESOLVED_STAGE).fetch_scalar(&[org.into(), ticket.into()])?.ok_or_else(
        || {
            error::breaks_rule(
                "no_resolved_stage",
                "p_ticket_id: the ticket's workflow has no active stage that is resolved or closed",
                "An org_admin creates one in helpdesk.workflow_stages.",
            )
        },
    )
}
