//! Whose ticket it was when people were told of a comment or a file on it.
//!
//! Only the update that counts the row locks the ticket, and it comes later: by then the ticket may
//! belong to others, and those who lost it keep no notification.

use std::cell::Cell;

use pgrx::Uuid;

use super::event::Ticket;
use crate::platform::error::Result;
use crate::platform::trigger::TriggerRow;

#[derive(Clone, Copy)]
struct Told {
    ticket: Uuid,
    requester: Uuid,
    assignee: Option<Uuid>,
}

thread_local! {
    static LAST: Cell<Option<Told>> = const { Cell::new(None) };
}

/// Remembers who had the ticket when people were told.
pub(super) fn remember(ticket: &Ticket) {
    let Ticket { id, requester, assignee, .. } = *ticket;
    LAST.set(Some(Told { ticket: id, requester, assignee }));
}

/// Those who have lost the ticket, which is locked now, since people were told.
pub(super) fn take_former(ticket: &TriggerRow) -> Result<Vec<Uuid>> {
    let Some(told) = LAST.take() else { return Ok(Vec::new()) };
    if told.ticket != ticket.required::<Uuid>("id")? {
        return Ok(Vec::new());
    }
    let now = [ticket.get::<Uuid>("created_by")?, ticket.get("assigned_to")?];
    let before = [Some(told.requester), told.assignee];
    Ok(before.into_iter().filter(|person| !now.contains(person)).flatten().collect())
}
