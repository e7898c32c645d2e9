//! The counts of comments and attachments on a ticket, and the columns that follow from them.

use pgrx::Uuid;
use pgrx::datum::TimestampWithTimeZone;

use crate::access::rights;
use crate::platform::error::Result;
use crate::platform::statement;
use crate::platform::system_write::SystemWrite;
use crate::platform::trigger::TriggerRow;

/// The first response is the earliest public comment by staff ($8) on a ticket that is not their
/// own.
const UPDATE_PUBLIC_COUNTS: &str = "
    update helpdesk.tickets
       set public_comment_count = public_comment_count + $3,
           public_attachment_count = public_attachment_count + $4,
           updated_at = greatest(updated_at, $5),
           last_public_comment_at = greatest(last_public_comment_at, $7),
           is_answered = case when $7 >= coalesce(last_public_comment_at, $7) then $6 <> created_by
                              else is_answered end,
           first_response_at = case when $8 and created_by <> $6
                                    then least(first_response_at, $5) else first_response_at end,
           first_response_by = case when $8 and created_by <> $6
                                         and (first_response_at is null or first_response_at > $5)
                                    then $6 else first_response_by end
     where org_id = $1 and id = $2
     returning created_by";

const SUBTRACT_PUBLIC_COUNTS: &str = "
    update helpdesk.tickets t
       set public_comment_count = t.public_comment_count + $3,
           public_attachment_count = t.public_attachment_count + $4,
           last_public_comment_at = (
             select c.created_at from helpdesk.ticket_comments c
              where c.org_id = $1 and c.ticket_id = $2 and not c.is_internal
              order by c.created_at desc, c.id desc limit 1),
           is_answered = coalesce((
             select c.created_by <> t.created_by from helpdesk.ticket_comments c
              where c.org_id = $1 and c.ticket_id = $2 and not c.is_internal
              order by c.created_at desc, c.id desc limit 1), false)
     where t.org_id = $1 and t.id = $2";

const BUMP_UPDATED_AT: &str = "
    update helpdesk.tickets set updated_at = greatest(updated_at, $3)
     where org_id = $1 and id = $2
     returning created_by";

/// Does nothing if the ticket is being deleted.
const UPSERT_INTERNAL_COUNTS: &str = "
    insert into helpdesk.ticket_internal_counts as c (org_id, ticket_id, comment_count, attachment_count)
    select t.org_id, t.id, $3, $4 from helpdesk.tickets t where t.org_id = $1 and t.id = $2
    on conflict (org_id, ticket_id) do update
       set comment_count = c.comment_count + excluded.comment_count,
           attachment_count = c.attachment_count + excluded.attachment_count";

const SET_REQUESTER_OF_COMMENT: &str =
    "update helpdesk.ticket_comments set requester_id = $3 where org_id = $1 and id = $2";
const SET_REQUESTER_OF_ATTACHMENT: &str =
    "update helpdesk.ticket_attachments set requester_id = $3 where org_id = $1 and id = $2";

/// Counts a new row on its ticket, and sets the ticket's updated_at.
pub(super) fn add(row: &TriggerRow) -> Result<()> {
    let _derived = SystemWrite::begin(SystemWrite::Derived);
    let requester = if row.required("is_internal")? {
        let requester = set_updated_at(row)?;
        change_internal_counts(row, 1)?;
        requester
    } else {
        add_to_public_counts(row)?
    };
    follow_requester(row, requester)
}

fn set_updated_at(row: &TriggerRow) -> Result<Option<Uuid>> {
    statement::write(BUMP_UPDATED_AT).fetch_scalar(&[
        row.arg("org_id")?,
        row.arg("ticket_id")?,
        row.arg(time_column(row))?,
    ])
}

fn add_to_public_counts(row: &TriggerRow) -> Result<Option<Uuid>> {
    let is_comment = is_comment(row);
    let author: Option<Uuid> = if is_comment { row.get("created_by")? } else { None };
    let is_by_staff = match author {
        Some(author) => rights::is_staff_member(row.required("org_id")?, author)?,
        None => false,
    };
    let commented_at: Option<TimestampWithTimeZone> =
        if is_comment { row.get("created_at")? } else { None };
    statement::write(UPDATE_PUBLIC_COUNTS).fetch_scalar(&[
        row.arg("org_id")?,
        row.arg("ticket_id")?,
        i32::from(is_comment).into(),
        i32::from(!is_comment).into(),
        row.arg(time_column(row))?,
        author.into(),
        commented_at.into(),
        is_by_staff.into(),
    ])
}

/// Whether a row is a comment, not an attachment.
pub(super) fn is_comment(row: &TriggerRow) -> bool {
    row.has_column("content")
}

fn time_column(row: &TriggerRow) -> &'static str {
    if is_comment(row) { "created_at" } else { "uploaded_at" }
}

/// The ticket may have got another requester between the row's BEFORE trigger, which copied the
/// requester, and the update that has just locked the ticket and returned the current one.
fn follow_requester(row: &TriggerRow, requester: Option<Uuid>) -> Result<()> {
    if requester.is_none() || requester == row.get("requester_id")? {
        return Ok(());
    }
    let update =
        if is_comment(row) { SET_REQUESTER_OF_COMMENT } else { SET_REQUESTER_OF_ATTACHMENT };
    statement::write(update).execute(&[row.arg("org_id")?, row.arg("id")?, requester.into()])
}

/// Subtracts a deleted row from its ticket, which `deleted_rows` has locked: a statement that waits
/// for the ticket would look for the last comment in a snapshot of before it waited.
pub(super) fn subtract(row: &TriggerRow) -> Result<()> {
    let _derived = SystemWrite::begin(SystemWrite::Derived);
    if row.required("is_internal")? {
        return change_internal_counts(row, -1);
    }
    let (comments, attachments) = if is_comment(row) { (-1, 0) } else { (0, -1) };
    statement::write(SUBTRACT_PUBLIC_COUNTS).execute(&[
        row.arg("org_id")?,
        row.arg("ticket_id")?,
        comments.into(),
        attachments.into(),
    ])
}

fn change_internal_counts(row: &TriggerRow, step: i32) -> Result<()> {
    let (comments, attachments) = if is_comment(row) { (step, 0) } else { (0, step) };
    statement::write(UPSERT_INTERNAL_COUNTS).execute(&[
        row.arg("org_id")?,
        row.arg("ticket_id")?,
        comments.into(),
        attachments.into(),
    ])
}
