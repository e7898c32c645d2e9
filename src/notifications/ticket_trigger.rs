//! The trigger on tickets: who is told of a new ticket, and of which changes.

use pgrx::Uuid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::event::{Event, Ticket};
use super::said::Told;
use super::withdrawal::withdraw_from_customers;
use crate::access::caller::Caller;
use crate::platform::enums::Priority;
use crate::platform::error::Result;
use crate::platform::statement;
use crate::platform::system_write::SystemWrite;
use crate::platform::trigger::{self, TriggerResult, TriggerRow, TriggerRows, Tuple};
use crate::tickets::comment_event::CommentEvent;

const FIND_STAGE_NAMES: &str = "
    select (select s.name from helpdesk.workflow_stages s where s.org_id = $1 and s.id = $2),
           (select s.name from helpdesk.workflow_stages s where s.org_id = $1 and s.id = $3)";

#[pg_trigger(sql = "
    create function helpdesk.create_ticket_notification() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn create_ticket_notification<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, after_write)
}

fn after_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = &rows.new else { return Ok(None) };
    if SystemWrite::current() == Some(SystemWrite::Derived)
        && let Some(told) = Told::take_outdated(new)?
    {
        told.correct(ticket(new)?)?;
    }
    match &rows.old {
        None if new.is_import("created_at")? => {}
        None => notify_of_new_ticket(new)?,
        // What an admin's change of the configuration does to tickets notifies nobody.
        Some(_) if SystemWrite::current() == Some(SystemWrite::Configuration) => {}
        // Everybody whom it concerns is told of the file.
        Some(_) if CommentEvent::current().is_some_and(|event| event.comment.is_none()) => {}
        Some(old) => {
            let change = Change::between(old, new)?;
            if change.is_notable() {
                notify_of_change(old, new, &change)?;
            }
        }
    }
    Ok(None)
}

/// The requester's notification arrives read if they opened the ticket themself.
fn notify_of_new_ticket(new: &TriggerRow) -> Result<()> {
    let mut event = Event::new(ticket(new)?, Caller::current()?.profile);
    event.tell_even_actor(event.ticket.requester, "ticket_created");
    event.tell(event.ticket.assignee, "ticket_assigned");
    event.kind_for_watchers = Some("ticket_created");
    // Nobody watches the ticket yet.
    event.is_for_ticket_watchers = false;
    event.is_for_queue_watchers = true;
    event.notify()
}

/// What changed on a ticket, as far as people are told of it.
struct Change {
    has_new_requester: bool,
    is_reassigned: bool,
    is_moved: bool,
    is_now_urgent: bool,
}

impl Change {
    fn between(old: &TriggerRow, new: &TriggerRow) -> Result<Change> {
        let is_changed = |column| Ok::<_, ErrorReport>(!new.same_image(old, column)?);
        Ok(Change {
            has_new_requester: is_changed("created_by")?,
            is_reassigned: is_changed("assigned_to")?,
            is_moved: is_changed("current_stage_id")? || is_changed("status")?,
            is_now_urgent: is_changed("priority")?
                && new.get("priority")? == Some(Priority::Urgent),
        })
    }

    fn is_notable(&self) -> bool {
        self.has_new_requester || self.is_reassigned || self.is_moved || self.is_now_urgent
    }
}

fn notify_of_change(old: &TriggerRow, new: &TriggerRow, change: &Change) -> Result<()> {
    let comment = CommentEvent::current();
    let actor = match comment {
        Some(comment) => Some(comment.author),
        None => Caller::current()?.profile,
    };
    let mut event = Event::new(ticket(new)?, actor);
    event.part_of_comment = comment.and_then(|event| event.comment);
    let (requester, assignee) = (Some(event.ticket.requester), event.ticket.assignee);
    let mut former = Vec::new();
    if change.has_new_requester {
        event.tell(requester, "ticket_created");
        former.push(old.required("created_by")?);
    }
    if change.is_reassigned {
        event.tell(assignee, "ticket_assigned");
        let old_assignee: Option<Uuid> = old.get("assigned_to")?;
        event.tell(old_assignee, "ticket_unassigned");
        former.extend(old_assignee);
        let is_assigned = assignee.is_some();
        event.kind_for_watchers =
            Some(if is_assigned { "ticket_assigned" } else { "ticket_unassigned" });
    }
    if change.is_now_urgent {
        event.add("old_priority", old.get("priority")?.map(Priority::label));
        event.add("new_priority", Priority::Urgent.label());
        event.tell(assignee, "ticket_updated");
        event.kind_for_watchers.get_or_insert("ticket_updated");
    }
    if change.is_moved {
        let kind = add_move(&mut event, old, new)?;
        event.tell(requester, kind);
        event.tell(assignee, kind);
        event.kind_for_watchers = Some(kind);
    }
    if !former.is_empty() {
        withdraw_from_customers(&event.ticket, former)?;
    }
    event.notify()
}

/// Adds where the ticket moved from and to. Returns the kind of notification.
fn add_move(event: &mut Event, old: &TriggerRow, new: &TriggerRow) -> Result<&'static str> {
    let (from, to): (&str, &str) = (old.required("status")?, new.required("status")?);
    event.add("old_status", from);
    event.add("new_status", to);
    let args = [new.arg("org_id")?, old.arg("current_stage_id")?, new.arg("current_stage_id")?];
    let names = statement::write(FIND_STAGE_NAMES)
        .fetch_optional(&args, |row| (row.get::<String>(1), row.get::<String>(2)))?;
    let (old_stage, new_stage) = names.unwrap_or_default();
    event.add("old_stage", old_stage);
    event.add("new_stage", new_stage);
    Ok(match to {
        "resolved" if from != to => "ticket_resolved",
        "closed" if from != to => "ticket_closed",
        _ => "ticket_updated",
    })
}

fn ticket<'a>(row: &'a TriggerRow<'a>) -> Result<Ticket<'a>> {
    Ok(Ticket {
        org: row.required("org_id")?,
        id: row.required("id")?,
        number: row.required("number")?,
        title: row.required("title")?,
        workflow: row.required("workflow_id")?,
        requester: row.required("created_by")?,
        assignee: row.get("assigned_to")?,
    })
}
