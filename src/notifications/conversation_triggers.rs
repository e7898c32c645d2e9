//! The triggers on comments and attachments: who is told of them.

use pgrx::Uuid;
use pgrx::prelude::*;

use super::event::Ticket;
use super::said::{Said, What};
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
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn create_comment_notification<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, after_comment_write)
}

#[pg_trigger(sql = "
    create function helpdesk.ticket_attachments_notify() returns trigger
    language c security definer
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
    let Some(found) = TicketOfRow::find(new)? else { return Ok(()) };
    let said = Said {
        id: new.required("id")?,
        author: new.required("created_by")?,
        what: What::Comment { is_internal: new.required("is_internal")?, excerpt: excerpt(new)? },
    };
    said.tell_of(found.ticket(new)?)
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
    let Some(found) = TicketOfRow::find(new)? else { return Ok(None) };
    let said =
        Said { id: new.required("id")?, author: new.required("uploaded_by")?, what: What::File };
    said.tell_of(found.ticket(new)?)?;
    Ok(None)
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
