//! The triggers on comments and attachments: who is told of them.

use pgrx::Uuid;
use pgrx::prelude::*;

use super::event::{Event, Ticket};
use crate::platform::error::Result;
use crate::platform::statement;
use crate::platform::trigger::{self, TriggerResult, TriggerRow, TriggerRows, Tuple};

/// How much of a comment its notifications show, in characters.
const EXCERPT: usize = 200;

/// The ticket, and whether a person ($3) is staff of its organization.
const FIND_TICKET: &str = "
    select t.number, t.title, t.workflow_id, t.created_by, t.assigned_to,
           (select m.org_role <> 'org_customer' from helpdesk.org_members m
             where m.org_id = $1 and m.user_id = $3)
      from helpdesk.tickets t where t.org_id = $1 and t.id = $2";

const UPDATE_EXCERPTS: &str = "
    update helpdesk.notifications
       set content = content || jsonb_build_object('comment', $3::text)
     where org_id = $1 and comment_id = $2";

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
    let Some(found) = TicketOfRow::find(new, author)? else { return Ok(()) };
    let is_by_customer = found.is_by_customer(author);
    let mut event = Event::new(found.ticket(new)?, Some(author));
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
    event.is_for_queue = !event.is_internal && is_by_customer && event.ticket.assignee.is_none();
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
    let Some(found) = TicketOfRow::find(new, uploader)? else { return Ok(None) };
    if !found.is_by_customer(uploader) {
        return Ok(None);
    }
    let mut event = Event::new(found.ticket(new)?, Some(uploader));
    event.add("attachment_id", new.required::<Uuid>("id")?.to_string());
    event.tell(event.ticket.assignee, "ticket_file_added");
    event.kind_for_watchers = Some("ticket_file_added");
    event.is_for_queue = event.ticket.assignee.is_none();
    event.notify()?;
    Ok(None)
}

/// The ticket of a comment or an attachment, with what is known of the author.
struct TicketOfRow {
    number: i64,
    title: String,
    workflow: Uuid,
    requester: Uuid,
    assignee: Option<Uuid>,
    is_by_staff: bool,
}

impl TicketOfRow {
    fn find(row: &TriggerRow, author: Uuid) -> Result<Option<TicketOfRow>> {
        let args = [row.arg("org_id")?, row.arg("ticket_id")?, author.into()];
        let found = statement::write(FIND_TICKET).fetch_optional(&args, |row| {
            Some(TicketOfRow {
                number: row.get(1)?,
                title: row.get(2)?,
                workflow: row.get(3)?,
                requester: row.get(4)?,
                assignee: row.get(5),
                is_by_staff: row.get(6).unwrap_or(false),
            })
        })?;
        Ok(found.flatten())
    }

    /// Staff are customers of the tickets that they opened themselves.
    fn is_by_customer(&self, author: Uuid) -> bool {
        !self.is_by_staff || author == self.requester
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
