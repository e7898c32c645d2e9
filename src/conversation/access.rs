//! On which tickets the caller may write, and whether internally.

use pgrx::Uuid;

use crate::platform::argument_names::ArgumentNames;
use crate::platform::error::{self, Result};
use crate::tickets::access::{VisibleTicket, find_visible_ticket, no_such_ticket};

/// What a trigger can refuse of a comment or a file, about its ticket.
pub(super) const TICKET_NAME: ArgumentNames = &[("ticket_id", "p_ticket_id")];

/// The ticket in `p_ticket_id`; an error if the caller may not write on it.
pub(super) fn require_writable_ticket(
    id: Uuid,
    org: Option<Uuid>,
    is_internal: bool,
) -> Result<VisibleTicket> {
    let ticket = find_visible_ticket(id, org)?.ok_or_else(|| no_such_ticket("p_ticket_id"))?;
    check_visibility("p_is_internal", is_internal, ticket.is_staff)?;
    Ok(ticket)
}

/// Errors if somebody who is not staff writes internally.
pub(super) fn check_visibility(
    argument: &'static str,
    is_internal: bool,
    is_staff: bool,
) -> Result<()> {
    if is_internal && !is_staff {
        return Err(error::not_allowed(
            "staff_only",
            format!("{argument}: only staff may write internal comments and attachments"),
            "Omit it, or pass false.",
        ));
    }
    Ok(())
}
