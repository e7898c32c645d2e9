//! add_comment(): a comment on a ticket, with files and changes of the ticket if the caller wants.

use pgrx::Uuid;
use pgrx::prelude::*;
use serde_json::json;

use super::access::{TICKET_NAME, require_writable_ticket};
use super::file::{File, Place};
use crate::access::caller::Caller;
use crate::platform::argument_names::name_arguments;
use crate::platform::datum::JsonbText;
use crate::platform::error::{self, Result, required};
use crate::platform::statement;
use crate::platform::system_write::SystemWrite;
use crate::platform::text::check_text;
use crate::platform::uuid::new_id;
use crate::tickets::access::VisibleTicket;
use crate::tickets::changes::Changes;
use crate::tickets::comment_event::CommentEvent;
use crate::tickets::idempotency::{NewObject, claim_key};

const MAX_CONTENT: usize = 100_000;

const INSERT_COMMENT: &str = "
    insert into helpdesk.ticket_comments (org_id, id, ticket_id, content, is_internal, created_by)
    values ($1, $2, $3, $4, $5, $6)";

/// Adds a comment to a ticket that the caller sees; an internal one requires staff. Returns its id.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn add_comment(
    p_ticket_id: Option<Uuid>,
    p_content: Option<&str>,
    p_is_internal: default!(Option<bool>, "false"),
    p_org_id: default!(Option<Uuid>, "NULL"),
    p_attachments: default!(Option<JsonbText>, "NULL"),
    p_idempotency_key: default!(Option<&str>, "NULL"),
    p_changes: default!(Option<JsonbText>, "NULL"),
) -> Result<Uuid> {
    let ticket = required(p_ticket_id, "p_ticket_id")?;
    let content = required(p_content, "p_content")?;
    check_content("p_content", content)?;
    let files = p_attachments.as_ref().map(File::parse_list).transpose()?.unwrap_or_default();
    let changes = p_changes.as_ref().map(Changes::parse).transpose()?;
    let is_internal = p_is_internal.unwrap_or(false);
    let _caller = Caller::hold();
    let VisibleTicket { org, is_staff } = require_writable_ticket(ticket, p_org_id, is_internal)?;
    if changes.is_some() && !is_staff {
        return Err(error::not_allowed(
            "staff_only",
            "p_changes: only staff may change a ticket",
            "Omit it: a comment needs no changes.",
        ));
    }
    let _names = name_arguments(TICKET_NAME);
    let author = Caller::current()?.require_profile()?;
    let id = new_id();
    let comment = NewObject { org, ticket, id };
    if let Some(key) = p_idempotency_key {
        let request = json!([
            "add_comment",
            ticket.to_string(),
            content,
            is_internal,
            p_attachments.as_ref().map(|json| json.text("p_attachments")).transpose()?,
            p_changes.as_ref().map(|json| json.text("p_changes")).transpose()?
        ]);
        if let Some(first) = claim_key(&comment, Some(author), key, &request)? {
            return Ok(first);
        }
    }
    if let Some(changes) = &changes {
        changes.lock_targets(vec![org], &[ticket])?;
    }
    {
        // A caller who chooses the stage does not want the one of a reopening.
        let moves = changes.as_ref().is_some_and(Changes::move_ticket);
        let _quietly = moves.then(|| SystemWrite::begin(SystemWrite::CommentWithoutReopening));
        insert_comment(&comment, content, is_internal, author)?;
    }
    let place = Place { org, ticket, comment: Some(id), is_internal, uploader: author };
    for file in &files {
        file.insert(new_id(), &place)?;
    }
    if let Some(changes) = &changes {
        let _event = CommentEvent::begin(id, author);
        changes.apply(org, ticket, None)?;
    }
    Ok(id)
}

pub(super) fn check_content(argument: &'static str, content: &str) -> Result<()> {
    check_text(argument, content, MAX_CONTENT)
}

pub(super) fn insert_comment(
    comment: &NewObject,
    content: &str,
    is_internal: bool,
    author: Uuid,
) -> Result<()> {
    statement::write(INSERT_COMMENT).execute(&[
        comment.org.into(),
        comment.id.into(),
        comment.ticket.into(),
        content.into(),
        is_internal.into(),
        author.into(),
    ])
}
