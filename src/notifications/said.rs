//! What somebody said on a ticket, a comment or a file, and who is told of it.
//!
//! People are told before the update that counts the row locks the ticket. By then the ticket may
//! belong to others: who lost it keeps no notification, and who should hear of it instead is told.

use std::cell::RefCell;

use pgrx::Uuid;

use super::event::{Event, Ticket};
use super::withdrawal::withdraw_from_customers;
use crate::access::rights;
use crate::platform::error::Result;
use crate::platform::json::id::Id;
use crate::platform::statement;
use crate::platform::trigger::TriggerRow;

const LIST_NOTIFIED_OF_COMMENT: &str = "
    select n.user_id from helpdesk.notifications n
     where n.org_id = $1 and n.ticket_id = $2 and n.comment_id = $3";

const LIST_NOTIFIED_OF_FILE: &str = "
    select n.user_id from helpdesk.notifications n
     where n.org_id = $1 and n.ticket_id = $2 and n.content ->> 'attachment_id' = $3::uuid::text";

#[derive(Clone)]
pub(super) struct Said {
    /// Of the comment or the attachment.
    pub(super) id: Uuid,
    pub(super) author: Uuid,
    pub(super) what: What,
}

#[derive(Clone)]
pub(super) enum What {
    Comment { is_internal: bool, excerpt: String },
    File,
}

/// What was said last, and whose ticket it was when people were told.
pub(super) struct Told {
    said: Said,
    ticket: Uuid,
    requester: Uuid,
    assignee: Option<Uuid>,
}

thread_local! {
    static LAST: RefCell<Option<Told>> = const { RefCell::new(None) };
}

impl Said {
    /// Tells everybody whom it concerns. Of files, only those of customers are told.
    pub(super) fn tell_of(self, ticket: Ticket) -> Result<()> {
        let Ticket { id, requester, assignee, .. } = ticket;
        if let Some(event) = self.event(ticket)? {
            event.notify()?;
            LAST.replace(Some(Told { said: self, ticket: id, requester, assignee }));
        }
        Ok(())
    }

    fn event<'a>(&self, ticket: Ticket<'a>) -> Result<Option<Event<'a>>> {
        let is_internal = matches!(self.what, What::Comment { is_internal: true, .. });
        let is_by_customer = !is_internal
            && (self.author == ticket.requester
                || !rights::is_staff_member(ticket.org, self.author)?);
        let mut event = Event::new(ticket, Some(self.author));
        event.is_internal = is_internal;
        let kind = match &self.what {
            What::File if !is_by_customer => return Ok(None),
            What::File => {
                event.add("attachment_id", Id::from(self.id));
                "ticket_file_added"
            }
            What::Comment { excerpt, .. } => {
                event.comment = Some(self.id);
                event.add("comment_id", Id::from(self.id));
                event.add("commenter", Id::from(self.author));
                event.add("comment", excerpt.as_str());
                if !is_internal {
                    event.tell(Some(event.ticket.requester), "ticket_commented");
                }
                "ticket_commented"
            }
        };
        event.tell(event.ticket.assignee, kind);
        event.kind_for_watchers = Some(kind);
        event.is_for_queue_watchers = is_by_customer && !Said::is_heard_by_assignee(&event.ticket)?;
        Ok(Some(event))
    }

    /// Whether the ticket is assigned to staff, not to a former member or to a customer.
    fn is_heard_by_assignee(ticket: &Ticket) -> Result<bool> {
        ticket.assignee.map_or(Ok(false), |assignee| rights::is_staff_member(ticket.org, assignee))
    }

    fn already_told(&self, ticket: &Ticket) -> Result<Vec<Uuid>> {
        let list = match self.what {
            What::Comment { .. } => LIST_NOTIFIED_OF_COMMENT,
            What::File => LIST_NOTIFIED_OF_FILE,
        };
        let args = [ticket.org.into(), ticket.id.into(), self.id.into()];
        let told = statement::write(list).fetch_all(&args, |row| row.get::<Uuid>(1))?;
        Ok(told.into_iter().flatten().collect())
    }
}

impl Told {
    /// What was said last on a ticket, which is locked now, if it has other people since.
    pub(super) fn take_outdated(ticket: &TriggerRow) -> Result<Option<Told>> {
        let Some(told) = LAST.take() else { return Ok(None) };
        let is_outdated = told.ticket == ticket.required::<Uuid>("id")?
            && (told.requester != ticket.required::<Uuid>("created_by")?
                || told.assignee != ticket.get::<Uuid>("assigned_to")?);
        Ok(is_outdated.then_some(told))
    }

    /// Tells those who have the ticket now, and withdraws what others may no longer read.
    pub(super) fn correct(self, ticket: Ticket) -> Result<()> {
        let now = [Some(ticket.requester), ticket.assignee];
        let before = [Some(self.requester), self.assignee];
        let former = before.into_iter().filter(|person| !now.contains(person)).flatten().collect();
        withdraw_from_customers(&ticket, former)?;
        let already_told = self.said.already_told(&ticket)?;
        let Some(event) = self.said.event(ticket)? else { return Ok(()) };
        event.notify_others_than(&already_told)
    }
}
