//! What is said on a ticket: comments and attachments.

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;
use pgrx::prelude::*;

use super::no_such_ticket;
use crate::access::caller::Caller;
use crate::access::rights;
use crate::platform::error::Result;
use crate::platform::system_write::SystemWrite;
use crate::platform::trigger::{
    self, ColumnChange, TriggerResult, TriggerRow, TriggerRows, Tuple, is_import,
};
use crate::platform::{statement, transaction};

/// The requester of a ticket, if $3 may see it: everybody's ($4), or as requester or assignee.
const REQUESTER: &str = "
    select t.created_by from helpdesk.tickets t
     where t.org_id = $1 and t.id = $2 and ($4 or t.created_by = $3 or t.assigned_to = $3)";

const COUNT_PUBLIC: &str = "
    update helpdesk.tickets
       set public_comment_count = public_comment_count + $3,
           public_attachment_count = public_attachment_count + $4,
           updated_at = greatest(updated_at, $5),
           first_response_at = coalesce(first_response_at, (
             select $5 from helpdesk.org_members m
              where m.org_id = $1 and m.user_id = $6 and m.org_role <> 'org_customer')),
           first_response_by = coalesce(first_response_by, (
             select m.user_id from helpdesk.org_members m
              where m.org_id = $1 and m.user_id = $6 and m.org_role <> 'org_customer'))
     where org_id = $1 and id = $2";

/// The ticket first, then its counts: as every comment does, so that nobody waits for somebody who waits for them.
const LOCK_TICKET: &str =
    "select from helpdesk.tickets where org_id = $1 and id = $2 for no key update";

const MOVE_UP: &str = "
    update helpdesk.tickets set updated_at = greatest(updated_at, $3) where org_id = $1 and id = $2";

/// Nothing when the ticket itself is being deleted.
const COUNT_INTERNAL: &str = "
    insert into helpdesk.ticket_internal_counts as c (org_id, ticket_id, comment_count, attachment_count)
    select t.org_id, t.id, $3, $4 from helpdesk.tickets t where t.org_id = $1 and t.id = $2
    on conflict (org_id, ticket_id) do update
       set comment_count = c.comment_count + excluded.comment_count,
           attachment_count = c.attachment_count + excluded.attachment_count";

/// Where a ticket reopens to when somebody ($3) who is not staff speaks, if the organization wants that: the first open stage
/// after the start stage, else the start stage. Locked before the ticket is, as update_ticket does.
const REOPENS_TO: &str = "
    select s.id
      from helpdesk.tickets t
      join helpdesk.organizations o on o.id = $1 and o.reopen_on_customer_comment
      join helpdesk.workflow_stages b on b.org_id = $1 and b.workflow_id = t.workflow_id and b.is_start
      join helpdesk.workflow_stages s on s.org_id = $1 and s.workflow_id = t.workflow_id and s.status = 'open'
                                     and (s.position > b.position or s.is_start)
     where t.org_id = $1 and t.id = $2
       and not exists (select from helpdesk.org_members m
                        where m.org_id = $1 and m.user_id = $3 and m.org_role <> 'org_customer')
     order by s.is_start, s.position, s.id
     limit 1
       for share of s";

const REOPEN: &str = "
    update helpdesk.tickets set current_stage_id = $3
     where org_id = $1 and id = $2 and status in ('pending', 'resolved')";

/// Columns of a comment or attachment that stay as they were written.
const FIXED: &[&str] = &["org_id", "id", "ticket_id", "is_internal"];

/// Trigger on comments and attachments: takes the requester from the ticket, and keeps author, ticket and visibility.
#[pg_trigger(sql = "
    create function helpdesk.conversation_before_write() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn conversation_before_write<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, complete_child)
}

fn complete_child(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let Some(old) = rows.old else {
        let requester = requester(&new)?;
        return Ok(Some(new.with_changes(vec![ColumnChange::new("requester_id", requester)])?));
    };
    new.check_unchanged(
        &old,
        FIXED.iter().chain([&author_column(&new), &"requester_id"]),
        "Only the content can be edited.",
    )?;
    if is_comment(&new) && !new.same_image(&old, "content")? {
        let edited = ColumnChange::new("updated_at", transaction::transaction_start());
        return Ok(Some(new.with_changes(vec![edited])?));
    }
    Ok(Some(new.unchanged()))
}

/// The requester of the ticket that a new row is on. A ticket the caller does not see answers like one that does not exist.
fn requester(new: &TriggerRow) -> Result<Uuid> {
    let org: Uuid = new.required("org_id")?;
    let caller = Caller::current()?;
    let sees_all = rights::acts_as_staff(org)?;
    let ticket: Uuid = new.required("ticket_id")?;
    let args = [org.into(), ticket.into(), caller.profile.into(), sees_all.into()];
    statement::write(REQUESTER)
        .fetch_optional(&args, |row| row.get(1))?
        .flatten()
        .ok_or_else(no_such_ticket)
}

fn is_comment(row: &TriggerRow) -> bool {
    row.has("content")
}

fn author_column(row: &TriggerRow) -> &'static str {
    if is_comment(row) { "created_by" } else { "uploaded_by" }
}

/// Trigger on comments and attachments: counts them, moves the ticket up in lists, and reopens it when its customer speaks.
#[pg_trigger(sql = "
    create function helpdesk.conversation_touch_ticket() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn conversation_touch_ticket<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, touch)
}

fn touch(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let reopens_to = match &rows.new {
        Some(new) => reopens_to(new)?,
        None => None,
    };
    let is_new = rows.new.is_some();
    let Some(row) = rows.new.or(rows.old) else { return Ok(None) };
    count(&row, is_new)?;
    if let Some(stage) = reopens_to {
        let _reopening = SystemWrite::begin(SystemWrite::Reopen);
        statement::write(REOPEN).execute(&[
            row.arg("org_id")?,
            row.arg("ticket_id")?,
            stage.into(),
        ])?;
    }
    Ok(None)
}

/// Counts a comment or attachment in or out, and moves its ticket up in lists.
pub fn count(row: &TriggerRow, is_new: bool) -> Result<()> {
    let step = if is_new { 1 } else { -1 };
    let (comments, attachments, moment) =
        if is_comment(row) { (step, 0, "created_at") } else { (0, step, "uploaded_at") };
    // Who may be the first of the staff to respond.
    let responder: Option<Uuid> =
        if is_new && is_comment(row) { row.get("created_by")? } else { None };
    let counted: [DatumWithOid; 6] = [
        row.arg("org_id")?,
        row.arg("ticket_id")?,
        comments.into(),
        attachments.into(),
        row.arg(moment)?,
        responder.into(),
    ];
    let _activity = SystemWrite::begin(SystemWrite::Derived);
    if !row.required::<bool>("is_internal")? {
        return statement::write(COUNT_PUBLIC).execute(&counted);
    }
    if is_new {
        statement::write(MOVE_UP).execute(&[
            row.arg("org_id")?,
            row.arg("ticket_id")?,
            row.arg(moment)?,
        ])?;
    } else {
        statement::write(LOCK_TICKET).execute(&counted[..2])?;
    }
    statement::write(COUNT_INTERNAL).execute(&counted[..4])
}

fn reopens_to(new: &TriggerRow) -> Result<Option<Uuid>> {
    if !is_comment(new) || new.required("is_internal")? || is_import(new, "created_at")? {
        return Ok(None);
    }
    let args = [new.arg("org_id")?, new.arg("ticket_id")?, new.arg("created_by")?];
    Ok(statement::write(REOPENS_TO).fetch_optional(&args, |row| row.get(1))?.flatten())
}
