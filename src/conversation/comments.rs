//! add_comment(): a comment on a ticket.

use pgrx::Uuid;
use pgrx::prelude::*;

use super::access::require_writable_ticket;
use crate::access::caller::Caller;
use crate::platform::error::{Result, required};
use crate::platform::statement;
use crate::platform::text::check_text;
use crate::platform::uuid::new_id;

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
) -> Result<Uuid> {
    let ticket = required(p_ticket_id, "p_ticket_id")?;
    let content = required(p_content, "p_content")?;
    check_content("p_content", content)?;
    let is_internal = p_is_internal.unwrap_or(false);
    let org = require_writable_ticket(ticket, p_org_id, is_internal)?;
    let author = Caller::current()?.require_profile()?;
    insert_comment(org, ticket, content, is_internal, author)
}

pub(super) fn check_content(argument: &'static str, content: &str) -> Result<()> {
    check_text(argument, content, MAX_CONTENT)
}

/// Inserts a comment and returns its id.
pub(super) fn insert_comment(
    org: Uuid,
    ticket: Uuid,
    content: &str,
    is_internal: bool,
    author: Uuid,
) -> Result<Uuid> {
    let id = new_id();
    statement::write(INSERT_COMMENT).execute(&[
        org.into(),
        id.into(),
        ticket.into(),
        content.into(),
        is_internal.into(),
        author.into(),
    ])?;
    Ok(id)
}
