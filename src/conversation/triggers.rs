//! Triggers on comments and attachments, which also count them on the ticket and reopen it.

use pgrx::Uuid;
use pgrx::prelude::*;

use super::counts::{self, is_comment};
use super::deleted_rows;
use crate::access::authors::check_author;
use crate::access::caller::Caller;
use crate::access::rights;
use crate::platform::argument_names::written_name;
use crate::platform::error::{self, Result};
use crate::platform::system_write::SystemWrite;
use crate::platform::trigger::{self, ColumnChange, TriggerResult, TriggerRow, TriggerRows, Tuple};
use crate::platform::{statement, transaction};
use crate::tickets::access::no_such_ticket;
use crate::tickets::comment_event::CommentEvent;
use crate::tickets::organization::find_org;

/// The requester of a ticket that a person ($3) sees: as staff ($4), or as requester or assignee.
const FIND_REQUESTER: &str = "
    select t.created_by from helpdesk.tickets t
     where t.org_id = $1 and t.id = $2 and ($4 or t.created_by = $3 or t.assigned_to = $3)";

/// RFC 2046, section 4.5.1: a file of which nothing else is known.
const UNKNOWN_FILE_TYPE: &str = "application/octet-stream";

/// What a public comment ($4) or file of the requester, or of anybody ($3) who is neither staff nor
/// the assignee, does: the stage and the statuses in which it reopens the ticket, and whether it is
/// refused on a closed one. Lock order: stage, then ticket, as in update_ticket.
const FIND_REOPENING: &str = "
    select s.id,
           array_remove(array[
             case when $4 and o.reopen_on_customer_comment and s.status = 'open' then 'pending' end,
             case when $4 and o.reopen_on_customer_comment then 'resolved' end,
             case when o.closed_ticket_replies = 'reopen' then 'closed' end], null),
           o.closed_ticket_replies = 'refuse'
      from helpdesk.tickets t
      join helpdesk.organizations o on o.id = $1
      join helpdesk.workflow_stages b on b.org_id = $1 and b.workflow_id = t.workflow_id and b.is_start
      join helpdesk.workflow_stages s on s.org_id = $1 and s.workflow_id = t.workflow_id and s.is_active
                                     and (s.is_start or (s.status = 'open' and s.position > b.position))
     where t.org_id = $1 and t.id = $2
       and (t.created_by = $3 or t.assigned_to is distinct from $3)
     order by s.is_start, s.position, s.id
     limit 1
       for share of s";

const REOPEN_TICKET: &str = "
    update helpdesk.tickets set current_stage_id = $3
     where org_id = $1 and id = $2 and status = any ($4)";

const IS_CLOSED: &str =
    "select from helpdesk.tickets where org_id = $1 and id = $2 and status = 'closed'";

/// A comment ($3) of the person ($5) on the same ticket ($2), with the same visibility ($4).
const IS_OWN_COMMENT: &str = "
    select from helpdesk.ticket_comments
     where org_id = $1 and id = $3 and ticket_id = $2 and is_internal = $4 and created_by = $5";

/// With the author and the requester, the columns of comments and attachments that cannot change.
const IMMUTABLE_COLUMNS: &[&str] = &["org_id", "id", "ticket_id", "is_internal"];

/// Trigger on comments and attachments: copies the requester from the ticket, protects columns, and
/// remembers what is deleted.
#[pg_trigger(sql = "
    create function helpdesk.conversation_before_write() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn conversation_before_write<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, before_write)
}

fn before_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let (old, new) = match (rows.old, rows.new) {
        (Some(old), Some(new)) => (old, new),
        (None, Some(new)) => return Ok(Some(new.with_changes(before_insert(&new)?)?)),
        (Some(old), None) => {
            deleted_rows::remember(&old)?;
            return Ok(Some(old.unchanged()));
        }
        (None, None) => return Ok(None),
    };
    new.check_unchanged(
        &old,
        IMMUTABLE_COLUMNS.iter().chain(own_immutable_columns(&new)),
        "Only the content can be edited.",
    )?;
    // It follows the ticket's requester.
    if SystemWrite::current() != Some(SystemWrite::Derived) {
        new.check_unchanged(&old, &["requester_id"], "Only the content can be edited.")?;
    }
    if is_comment(&new) && !new.same_image(&old, "content")? {
        let edited = ColumnChange::new("updated_at", transaction::transaction_start());
        return Ok(Some(new.with_changes(vec![edited])?));
    }
    Ok(Some(new.unchanged()))
}

fn before_insert(new: &TriggerRow) -> Result<Vec<ColumnChange>> {
    check_author(new, author_column(new))?;
    let org = find_org(new)?;
    let mut changes = vec![
        ColumnChange::new("org_id", org),
        ColumnChange::new("requester_id", find_requester(new, org)?),
    ];
    check_comment(new, org)?;
    // Browsers send no media type for a file that they do not know.
    if !is_comment(new) && new.text("file_type")? == Some("") {
        changes.push(ColumnChange::new("file_type", UNKNOWN_FILE_TYPE));
    }
    Ok(changes)
}

/// The requester of the ticket of a new row. A ticket that the caller may not see gets the same
/// error as one that does not exist.
fn find_requester(new: &TriggerRow, org: Uuid) -> Result<Uuid> {
    let caller = Caller::current()?;
    let sees_all = rights::acts_as_staff(org)?;
    let ticket: Uuid = new.required("ticket_id")?;
    let args = [org.into(), ticket.into(), caller.profile.into(), sees_all.into()];
    statement::write(FIND_REQUESTER).fetch_scalar(&args)?.ok_or_else(|| no_such_ticket("ticket_id"))
}

fn author_column(row: &TriggerRow) -> &'static str {
    if is_comment(row) { "created_by" } else { "uploaded_by" }
}

fn own_immutable_columns(row: &TriggerRow) -> &'static [&'static str] {
    if is_comment(row) { &["created_by"] } else { &["uploaded_by", "comment_id"] }
}

/// Errors unless the comment that an attachment names, if it does, is one that it can belong to.
fn check_comment(new: &TriggerRow, org: Uuid) -> Result<()> {
    if is_comment(new) || new.get::<Uuid>("comment_id")?.is_none() {
        return Ok(());
    }
    let args = [
        org.into(),
        new.arg("ticket_id")?,
        new.arg("comment_id")?,
        new.arg("is_internal")?,
        new.arg("uploaded_by")?,
    ];
    if statement::write(IS_OWN_COMMENT).exists(&args)? {
        return Ok(());
    }
    Err(error::invalid(
        "no_such_comment",
        "comment_id",
        "not a comment of the uploader on this ticket with the same visibility",
        "Leave it out to attach the file to the ticket alone.",
    ))
}

/// Trigger on comments and attachments: counts them on the ticket, sets its updated_at, and reopens
/// it after what its customer says publicly.
#[pg_trigger(sql = "
    create function helpdesk.conversation_touch_ticket() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn conversation_touch_ticket<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, after_write)
}

fn after_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let keeps_status = SystemWrite::current() == Some(SystemWrite::CommentWithoutReopening);
    let reopening = match &rows.new {
        Some(new) => Reopening::find(new)?,
        None => None,
    };
    if let Some(old) = &rows.old {
        counts::subtract(old)?;
    }
    let Some(row) = rows.new else { return Ok(None) };
    counts::add(&row)?;
    if let Some(reopening) = reopening {
        if reopening.is_refused_if_closed {
            check_is_not_closed(&row)?;
        }
        if !keeps_status {
            reopening.apply(&row)?;
        }
    }
    Ok(None)
}

/// What a new row does to its ticket, once the ticket is locked.
struct Reopening {
    stage: Uuid,
    statuses: Vec<String>,
    is_refused_if_closed: bool,
}

impl Reopening {
    fn find(new: &TriggerRow) -> Result<Option<Reopening>> {
        let time_column = if is_comment(new) { "created_at" } else { "uploaded_at" };
        if new.required("is_internal")? || new.is_import(time_column)? {
            return Ok(None);
        }
        let author: Uuid = new.required(author_column(new))?;
        let is_by_requester = new.get("requester_id")? == Some(author);
        if !is_by_requester && rights::is_staff_member(new.required("org_id")?, author)? {
            return Ok(None);
        }
        let args =
            [new.arg("org_id")?, new.arg("ticket_id")?, author.into(), is_comment(new).into()];
        let found = statement::write(FIND_REOPENING).fetch_optional(&args, |row| {
            Some(Reopening {
                stage: row.get(1)?,
                statuses: row.get(2)?,
                is_refused_if_closed: row.get(3)?,
            })
        })?;
        Ok(found.flatten())
    }

    fn apply(self, row: &TriggerRow) -> Result<()> {
        if self.statuses.is_empty() {
            return Ok(());
        }
        let comment: Option<Uuid> = if is_comment(row) { row.get("id")? } else { None };
        let _moving = SystemWrite::begin(SystemWrite::MoveByCustomer);
        let _event = CommentEvent::begin(comment, row.required(author_column(row))?);
        statement::write(REOPEN_TICKET).execute(&[
            row.arg("org_id")?,
            row.arg("ticket_id")?,
            self.stage.into(),
            self.statuses.into(),
        ])
    }
}

fn check_is_not_closed(row: &TriggerRow) -> Result<()> {
    if statement::write(IS_CLOSED).exists(&[row.arg("org_id")?, row.arg("ticket_id")?])? {
        return Err(error::breaks_rule(
            "ticket_closed",
            format!("{}: the ticket is closed and takes no replies", written_name("ticket_id")),
            "Open a new ticket with create_ticket().",
        ));
    }
    Ok(())
}
