//! What is said on a ticket: comments and attachments.

mod attachments;
mod comments;
mod storage;
mod triggers;

use pgrx::Uuid;
use pgrx::pg_sys::panic::ErrorReport;

use crate::platform::error::{self, Result};
use crate::tickets::access::{VisibleTicket, find_visible_ticket};

fn check_text(argument: &'static str, text: &str, longest: usize) -> Result<()> {
    if text.trim().is_empty() || text.chars().count() > longest {
        return Err(error::bad(
            argument,
            "blank or too long",
            format!("1 to {longest} characters, not only white space."),
        ));
    }
    Ok(())
}

/// The organization of a ticket that the caller may write on.
fn visible_org(ticket: Uuid, org: Option<Uuid>, is_internal: bool) -> Result<Uuid> {
    match find_visible_ticket(ticket, org)? {
        Some(VisibleTicket { org, is_staff }) if is_staff || !is_internal => Ok(org),
        Some(_) => Err(error::not_allowed(
            "p_is_internal: only staff write internally",
            "Leave it out, or give false.",
        )),
        None => Err(no_such_ticket()),
    }
}

fn no_such_ticket() -> ErrorReport {
    error::not_allowed(
        "ticket_id (p_ticket_id): no such ticket, or you may not see it",
        "list_org_tickets lists the tickets you may see.",
    )
}
