//! The triggers on comments and attachments: who is told of them.

use pgrx::Uuid;
use pgrx::prelude::*;

use super::event::{Event, Ticket};
use super::told;
use crate::access::rights;
use crate::platform::error::Result;
use crate::platform::statement;
use crate::platform::trigger::{self, TriggerResult, TriggerRow, TriggerRows, Tuple};

/// How much of a comment its notifications show, in characters.
const EXCERPT: usize = 200;

const FIND_TICKET: &str = "
    select t.number, t.title, t.workflow_id, t.created_by, t.assigned_to
      from helpdesk.tickets t where t.org_id = $1 and t.id = $2";

const UPDATE_EXCERPTS: &str = "
    update helpdesk.notifications u
       set content = u.content || jsonb_build_object('comment', $3::text)
      from (select n.id from helpdesk.notifications n
             where n.org_id = $1 and n.comment_id = $2 order by n.id for no key update) locked
     where u.org_id = $1 and u.id = locked.id";

#[pg_trigger(sql = "
    create function helpdesk.create_comment_notification() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn create_comment_notification<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, after_comment_write)
}

#[pg_trigger(sql = "
    create function helpdesk.ticket_attachments_notify() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn ticket_attachments_notify<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, after_attachment_insert)
}

fn after_comment_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    match (&rows.old, &rows.new) {
        (None, Some(new)) if !new.is_import("created_at")? => notify_of_comment(new)?,
        (Some(old), Some(new)) if !new.same_image(old, "content")? => {
            let args = [new.arg("org_id")?, new.arg("id")?, excerpt(new)?.into()];
            statement::write(UPDATE_EXCERPTS).execute(&args)?;
        }
        _ => {}
    }
    Ok(None)
}

fn notify_of_comment(new: &TriggerRow) -> Result<()> {
    let author: Uuid = new.required("created_by")?;
    let Some(found) = TicketOfRow::find(new)? else { return Ok(()) };
    let mut event = Event::new(found.ticket(new)?, Some(author));
    told::remember(&event.ticket);
    let id: Uuid = new.required("id")?;
    event.comment = Some(id);
    event.is_internal = new.required("is_internal")?;
    event.add("comment_id", id.to_string());
    event.add("commenter", author.to_string());
    event.add("comment", excerpt(new)?);
    if !event.is_internal {
        event.tell(Some(event.ticket.requester), "ticket_commented");
    }
    event.tell(event.ticket.assignee, "ticket_commented");
    event.kind_for_watchers = Some("ticket_commented");
    event.is_for_queue_watchers = !event.is_internal
        && event.ticket.assignee.is_none()
        && is_by_customer(&event.ticket, author)?;
    event.notify()
}

fn excerpt(comment: &TriggerRow) -> Result<String> {
    Ok(comment.required::<&str>("content")?.chars().take(EXCERPT).collect())
}

/// Tells of a customer's file. One that belongs to a comment is part of that event.
fn after_attachment_insert(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = &rows.new else { return Ok(None) };
    let belongs_to_comment = new.get::<Uuid>("comment_id")?.is_some();
    if belongs_to_comment || new.required("is_internal")? || new.is_import("uploaded_at")? {
        return Ok(None);
    }
    let uploader: Uuid = new.required("uploaded_by")?;
    let Some(found) = TicketOfRow::find(new)? else { return Ok(None) };
    let ticket = found.ticket(new)?;
    if !is_by_customer(&ticket, uploader)? {
        return Ok(None);
    }
    let mut event = Event::new(ticket, Some(uploader));
    told::remember(&event.ticket);
    event.add("attachment_id", new.required::<Uuid>("id")?.to_string());
    event.tell(event.ticket.assignee, "ticket_file_added");
    event.kind_for_watchers = Some("ticket_file_added");
    event.is_for_queue_watchers = event.ticket.assignee.is_none();
    event.notify()?;
    Ok(None)
}

/// Staff are customers of the tickets that they opened themselves.
fn is_by_customer(ticket: &Ticket, author: Uuid) -> Result<bool> {
    Ok(author == ticket.requester || !rights::is_staff_member(ticket.org, author)?)
}

/// The ticket of a comment or an attachment.
struct TicketOfRow {
    number: i64,
    title: String,
    workflow: Uuid,
    requester: Uuid,
    assignee: Option<Uuid>,
}

impl TicketOfRow {
    fn find(row: &TriggerRow) -> Result<Option<TicketOfRow>> {
        let args = [row.arg("org_id")?, row.arg("ticket_id")?];
        let found = statement::write(FIND_TICKET).fetch_optional(&args, |row| {
            Some(TicketOfRow {
                number: row.get(1)?,
                title: row.get(2)?,
                workflow: row.get(3)?,
                requester: row.get(4)?,
                assignee: row.get(5),
            })
        })?;
        Ok(found.flatten())
    }

    fn ticket(&self, row: &TriggerRow) -> Result<Ticket<'_>> {
        Ok(Ticket {
            org: row.required("org_id")?,
            id: row.required("ticket_id")?,
            number: self.number,
            title: &self.title,
            workflow: self.workflow,
            requester: self.requester,
            assignee: self.assignee,
        })
    }
}
