//! What is said on a ticket: comments and attachments.

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::db;
use crate::error::{Error, Result, required};
use crate::identity::new_id;
use crate::json_input;
use crate::system_write::{SystemWrite, system_writes};
use crate::tickets::{Found, find_ticket};
use crate::trigger::{self, Change, Fired, TriggerRow, TriggerRows, Tuple};
use crate::viewer::{self, Viewer};

const MAX_CONTENT: usize = 100_000;
const MAX_FILE_NAME: usize = 255;
const MAX_STORAGE_PATH: usize = 1024;

const INSERT_COMMENT: &str = "
    insert into helpdesk.ticket_comments (org_id, id, ticket_id, content, is_internal, created_by)
    values ($1, $2, $3, $4, $5, $6)";

const INSERT_ATTACHMENT: &str = "
    insert into helpdesk.ticket_attachments
           (org_id, id, ticket_id, file_name, file_type, file_size, storage_path, is_internal, uploaded_by)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

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

/// Whether a file ($3) in the folder of its own organization ($1) and ticket ($2) is attached; and internally nowhere, for readers
/// who are not staff ($4): nobody opens an internal file by attaching its path once more.
const FILE: &str = "
    select count(*) > 0 and ($4 or not coalesce(bool_or(a.is_internal), false))
      from helpdesk.ticket_attachments a
     where a.org_id = $1 and a.ticket_id = $2 and a.storage_path = $3";

/// Columns of a comment or attachment that stay as they were written.
const FIXED: &[&str] = &["org_id", "id", "ticket_id", "is_internal"];

/// Says something on a ticket. Whoever sees the ticket may; internal comments are staff's. Returns the comment's id.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn add_comment(
    p_ticket_id: Option<Uuid>,
    p_content: Option<&str>,
    p_is_internal: default!(Option<bool>, "false"),
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<Uuid> {
    let ticket = required(p_ticket_id, "p_ticket_id")?;
    let content = required(p_content, "p_content")?;
    check_text("p_content", content, MAX_CONTENT)?;
    let is_internal = p_is_internal.unwrap_or(false);
    let org = visible_org(ticket, p_org_id, is_internal)?;
    let author = Viewer::current()?.person()?;
    let id = new_id();
    db::run(
        INSERT_COMMENT,
        &[org.into(), id.into(), ticket.into(), content.into(), is_internal.into(), author.into()],
    )?;
    Ok(id)
}

/// Attaches a file that is in storage already to a ticket. Returns the attachment's id.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn add_attachment(
    p_ticket_id: Option<Uuid>,
    p_file_name: Option<&str>,
    p_file_type: Option<&str>,
    p_file_size: Option<i32>,
    p_storage_path: Option<&str>,
    p_is_internal: default!(Option<bool>, "false"),
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<Uuid> {
    let ticket = required(p_ticket_id, "p_ticket_id")?;
    let file_name = required(p_file_name, "p_file_name")?;
    let file_type = required(p_file_type, "p_file_type")?;
    let file_size = required(p_file_size, "p_file_size")?;
    let storage_path = required(p_storage_path, "p_storage_path")?;
    check_text("p_file_name", file_name, MAX_FILE_NAME)?;
    check_text("p_file_type", file_type, MAX_FILE_NAME)?;
    check_text("p_storage_path", storage_path, MAX_STORAGE_PATH)?;
    if file_size < 0 {
        return Err(Error::bad("p_file_size", "negative", "Bytes, 0 or more."));
    }
    if !is_relative_path(storage_path) {
        return Err(Error::bad(
            "p_storage_path",
            "not a path in storage",
            "A relative path without . and .. parts, backslashes and control characters.",
        ));
    }
    let is_internal = p_is_internal.unwrap_or(false);
    let org = visible_org(ticket, p_org_id, is_internal)?;
    let uploader = Viewer::current()?.person()?;
    let id = new_id();
    db::run(
        INSERT_ATTACHMENT,
        &[
            org.into(),
            id.into(),
            ticket.into(),
            file_name.into(),
            file_type.into(),
            file_size.into(),
            storage_path.into(),
            is_internal.into(),
            uploader.into(),
        ],
    )?;
    Ok(id)
}

/// Whether the signed-in person may read the file at this path, `<organization>/<ticket>/<name>`: asked by the policies on a
/// storage bucket. An attachment opens only a file in its own ticket's folder, whatever path somebody wrote into it.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn may_read_file(p_storage_path: Option<&str>) -> Result<bool> {
    let Some(path) = p_storage_path else { return Ok(false) };
    let Some((ticket, found)) = visible_folder(path)? else { return Ok(false) };
    let args = [found.org.into(), ticket.into(), path.into(), found.is_staff.into()];
    Ok(db::read_one(FILE, &args, |row| row.get(1))?.flatten() == Some(true))
}

/// Whether the signed-in person may put a file at this path, `<organization>/<ticket>/<name>`: they see the ticket.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn may_upload_file(p_storage_path: Option<&str>) -> Result<bool> {
    Ok(visible_folder(p_storage_path.unwrap_or_default())?.is_some())
}

/// The ticket in whose folder a path lies, if the caller sees it.
fn visible_folder(path: &str) -> Result<Option<(Uuid, Found)>> {
    let mut parts = path.splitn(3, '/');
    // Written as Postgres writes them: a folder has one name.
    let mut id = || {
        let part = parts.next()?;
        let id = Uuid::from(json_input::Id::from_text(part)?);
        (id.to_string() == part).then_some(id)
    };
    let (Some(org), Some(ticket)) = (id(), id()) else { return Ok(None) };
    if !is_relative_path(path) || parts.next().is_none_or(str::is_empty) {
        return Ok(None);
    }
    Ok(find_ticket(ticket, Some(org))?.map(|found| (ticket, found)))
}

/// Not absolute, and without parts, backslashes and control characters that a storage could read as another path.
fn is_relative_path(path: &str) -> bool {
    let is_odd = |part: &str| part == "." || part == "..";
    !path.starts_with('/')
        && !path.contains('\\')
        && !path.chars().any(char::is_control)
        && !path.split('/').any(is_odd)
}

fn check_text(argument: &'static str, text: &str, longest: usize) -> Result<()> {
    if text.trim().is_empty() || text.chars().count() > longest {
        return Err(Error::bad(
            argument,
            "blank or too long",
            format!("1 to {longest} characters, not only white space."),
        ));
    }
    Ok(())
}

/// The organization of a ticket that the caller may write on.
fn visible_org(ticket: Uuid, org: Option<Uuid>, is_internal: bool) -> Result<Uuid> {
    match find_ticket(ticket, org)? {
        Some(Found { org, is_staff }) if is_staff || !is_internal => Ok(org),
        Some(_) => Err(Error::not_allowed(
            "p_is_internal: only staff write internally",
            "Leave it out, or give false.",
        )),
        None => Err(no_such_ticket()),
    }
}

fn no_such_ticket() -> ErrorReport {
    Error::not_allowed(
        "ticket_id (p_ticket_id): no such ticket, or you may not see it",
        "list_org_tickets lists the tickets you may see.",
    )
}

/// Trigger on comments and attachments: takes the requester from the ticket, and keeps author, ticket and visibility.
#[pg_trigger(sql = "
    create function helpdesk.conversation_before_write() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn conversation_before_write<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    trigger::fire(trigger, complete_child)
}

fn complete_child(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let Some(old) = rows.old else {
        let requester = requester(&new)?;
        return Ok(Some(new.with(vec![Change::new("requester_id", requester)])?));
    };
    new.check_unchanged(
        &old,
        FIXED.iter().chain([&author_column(&new), &"requester_id"]),
        "Only the content can be edited.",
    )?;
    if is_comment(&new) && !new.same_image(&old, "content")? {
        let edited = Change::new("updated_at", db::transaction_start());
        return Ok(Some(new.with(vec![edited])?));
    }
    Ok(Some(new.unchanged()))
}

/// The requester of the ticket that a new row is on. A ticket the caller does not see answers like one that does not exist.
fn requester(new: &TriggerRow) -> Result<Uuid> {
    let org: Uuid = new.required("org_id")?;
    let viewer = Viewer::current()?;
    let sees_all = viewer::acts_as_staff(org)?;
    let ticket: Uuid = new.required("ticket_id")?;
    let args = [org.into(), ticket.into(), viewer.profile.into(), sees_all.into()];
    db::run_one(REQUESTER, &args, |row| row.get(1))?.flatten().ok_or_else(no_such_ticket)
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
fn conversation_touch_ticket<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    trigger::fire(trigger, touch)
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
        let _reopening = system_writes(SystemWrite::Reopen);
        db::run(REOPEN, &[row.arg("org_id")?, row.arg("ticket_id")?, stage.into()])?;
    }
    Ok(None)
}

/// Counts a comment or attachment in or out, and moves its ticket up in lists.
fn count(row: &TriggerRow, is_new: bool) -> Result<()> {
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
    let _activity = system_writes(SystemWrite::Activity);
    if !row.required::<bool>("is_internal")? {
        return db::run(COUNT_PUBLIC, &counted);
    }
    if is_new {
        db::run(MOVE_UP, &[row.arg("org_id")?, row.arg("ticket_id")?, row.arg(moment)?])?;
    } else {
        db::run(LOCK_TICKET, &counted[..2])?;
    }
    db::run(COUNT_INTERNAL, &counted[..4])
}

fn reopens_to(new: &TriggerRow) -> Result<Option<Uuid>> {
    if !is_comment(new) || new.required("is_internal")? || is_import(new, "created_at")? {
        return Ok(None);
    }
    let args = [new.arg("org_id")?, new.arg("ticket_id")?, new.arg("created_by")?];
    Ok(db::run_one(REOPENS_TO, &args, |row| row.get(1))?.flatten())
}

/// Whether a new row says that it is from before this transaction: it was loaded, and nobody needs to be told.
pub fn is_import(new: &TriggerRow, column: &str) -> Result<bool> {
    let created: Option<TimestampWithTimeZone> = new.get(column)?;
    Ok(created.is_some_and(|created| created < db::transaction_start()))
}
