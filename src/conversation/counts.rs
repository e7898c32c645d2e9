//! The counts of comments and attachments on a ticket, and the columns that follow from them.

use pgrx::Uuid;

use super::rows::{AddedRows, DeletedRows};
use crate::access::rights;
use crate::platform::error::Result;
use crate::platform::statement;
use crate::platform::system_write::SystemWrite;

/// The first response is the earliest public comment by staff ($8) on a ticket that is not their
/// own; $9 is the earliest of the new ones, $5 and $7 the latest.
const UPDATE_PUBLIC_COUNTS: &str = "
    update helpdesk.tickets
       set public_comment_count = public_comment_count + $3,
           public_attachment_count = public_attachment_count + $4,
           updated_at = greatest(updated_at, $5),
           last_public_comment_at = greatest(last_public_comment_at, $7),
           is_answered = case when $7 >= coalesce(last_public_comment_at, $7) then $6 <> created_by
                              else is_answered end,
           first_response_at = case when $8 and created_by <> $6
                                    then least(first_response_at, $9) else first_response_at end,
           first_response_by = case when $8 and created_by <> $6
                                         and (first_response_at is null or first_response_at > $9)
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

const SET_REQUESTER_OF_COMMENTS: &str = "
    update helpdesk.ticket_comments set requester_id = $3
     where org_id = $1 and ticket_id = $2 and requester_id <> $3";
const SET_REQUESTER_OF_ATTACHMENTS: &str = "
    update helpdesk.ticket_attachments set requester_id = $3
     where org_id = $1 and ticket_id = $2 and requester_id <> $3";

/// Counts new rows on their ticket, and sets the ticket's updated_at.
pub(super) fn add(rows: &AddedRows) -> Result<()> {
    let _derived = SystemWrite::begin(SystemWrite::Derived);
    let requester = if rows.is_internal {
        let args = [rows.org.into(), rows.ticket.into(), rows.latest.into()];
        let requester = statement::write(BUMP_UPDATED_AT).fetch_scalar(&args)?;
        change_internal_counts(rows.org, rows.ticket, rows.is_comment, rows.count)?;
        requester
    } else {
        add_to_public_counts(rows)?
    };
    follow_requester(rows, requester)
}

fn add_to_public_counts(rows: &AddedRows) -> Result<Option<Uuid>> {
    let (comments, attachments) = by_kind(rows.is_comment, rows.count);
    let is_by_staff = rows.is_comment && rights::is_staff_member(rows.org, rows.author)?;
    statement::write(UPDATE_PUBLIC_COUNTS).fetch_scalar(&[
        rows.org.into(),
        rows.ticket.into(),
        comments.into(),
        attachments.into(),
        rows.latest.into(),
        rows.is_comment.then_some(rows.author).into(),
        rows.is_comment.then_some(rows.latest).into(),
        is_by_staff.into(),
        rows.earliest.into(),
    ])
}

fn by_kind(is_comment: bool, count: i32) -> (i32, i32) {
    if is_comment { (count, 0) } else { (0, count) }
}

/// The ticket may have got another requester between the rows' BEFORE triggers, which copied the
/// requester, and the update that has just locked the ticket and returned the current one.
fn follow_requester(rows: &AddedRows, requester: Option<Uuid>) -> Result<()> {
    if requester.is_none() || requester == Some(rows.requester) {
        return Ok(());
    }
    let update =
        if rows.is_comment { SET_REQUESTER_OF_COMMENTS } else { SET_REQUESTER_OF_ATTACHMENTS };
    statement::write(update).execute(&[rows.org.into(), rows.ticket.into(), requester.into()])
}

/// Subtracts deleted rows from their ticket, which is locked already: a statement that waits for
/// the ticket would look for the last comment in a snapshot of before it waited.
pub(super) fn subtract(rows: &DeletedRows) -> Result<()> {
    let _derived = SystemWrite::begin(SystemWrite::Derived);
    if rows.is_internal {
        return change_internal_counts(rows.org, rows.ticket, rows.is_comment, -rows.count);
    }
    let (comments, attachments) = by_kind(rows.is_comment, -rows.count);
    statement::write(SUBTRACT_PUBLIC_COUNTS).execute(&[
        rows.org.into(),
        rows.ticket.into(),
        comments.into(),
        attachments.into(),
    ])
}

fn change_internal_counts(org: Uuid, ticket: Uuid, is_comment: bool, count: i32) -> Result<()> {
    let (comments, attachments) = by_kind(is_comment, count);
    statement::write(UPSERT_INTERNAL_COUNTS).execute(&[
        org.into(),
        ticket.into(),
        comments.into(),
        attachments.into(),
    ])
}
