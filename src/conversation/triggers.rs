//! The BEFORE trigger on comments and attachments: fills in columns and refuses what may not be.

use pgrx::Uuid;
use pgrx::prelude::*;

use super::access::check_visibility;
use super::deleted_rows;
use super::rows::is_comment;
use crate::access::authors::check_author;
use crate::access::caller::Caller;
use crate::access::rights;
use crate::platform::error::{self, Result};
use crate::platform::system_write::SystemWrite;
use crate::platform::trigger::{self, ColumnChange, TriggerResult, TriggerRow, TriggerRows, Tuple};
use crate::platform::{statement, transaction};
use crate::tickets::access::no_such_ticket;
use crate::tickets::organization::find_org;

/// The requester of a ticket that a person ($3) sees: as staff ($4), or as requester or assignee.
const FIND_REQUESTER: &str = "
    select t.created_by from helpdesk.tickets t
     where t.org_id = $1 and t.id = $2 and ($4 or t.created_by = $3 or t.assigned_to = $3)";

/// RFC 2046, section 4.5.1: a file of which nothing else is known.
const UNKNOWN_FILE_TYPE: &str = "application/octet-stream";

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
    language c security definer
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
        let before: TimestampWithTimeZone = old.required("updated_at")?;
        let now = transaction::transaction_start().max(before);
        return Ok(Some(new.with_changes(vec![ColumnChange::new("updated_at", now)])?));
    }
    Ok(Some(new.unchanged()))
}

fn before_insert(new: &TriggerRow) -> Result<Vec<ColumnChange>> {
    if !SystemWrite::is_import() {
        check_author(new, author_column(new))?;
    }
    let org = find_org(new)?;
    let is_staff = rights::acts_as_staff(org)?;
    let mut changes = vec![ColumnChange::new("org_id", org)];
    // import_tickets() copies the requester itself.
    if !SystemWrite::is_import() {
        changes.push(ColumnChange::new("requester_id", find_requester(new, org, is_staff)?));
    }
    check_visibility("is_internal", new.required("is_internal")?, is_staff)?;
    check_comment(new, org)?;
    // Browsers send no media type for a file that they do not know.
    if !is_comment(new) && new.text("file_type")? == Some("") {
        changes.push(ColumnChange::new("file_type", UNKNOWN_FILE_TYPE));
    }
    Ok(changes)
}

/// The requester of the ticket of a new row. A ticket that the caller may not see gets the same
/// error as one that does not exist.
fn find_requester(new: &TriggerRow, org: Uuid, sees_all: bool) -> Result<Uuid> {
    let caller = Caller::current()?;
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
