//! On which tickets the caller may write, and whether internally.

use pgrx::Uuid;

use crate::platform::error::{self, Result};
use crate::tickets::access::{VisibleTicket, find_visible_ticket, no_such_ticket};

/// The ticket in `p_ticket_id`; an error if the caller may not write on it.
pub(super) fn require_writable_ticket(
    id: Uuid,
    org: Option<Uuid>,
    is_internal: bool,
) -> Result<VisibleTicket> {
    let ticket = find_visible_ticket(id, org)?.ok_or_else(|| no_such_ticket("p_ticket_id"))?;
    if is_internal && !ticket.is_staff {
        return Err(error::not_allowed(
            "staff_only",
            "p_is_internal: only staff may write internal comments and attachments",
            "Omit it, or pass false.",
        ));
    }
    Ok(ticket)
}
