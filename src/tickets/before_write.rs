//! The BEFORE trigger on tickets: numbers them, fills in defaults and keeps derived columns right.

use pgrx::Uuid;
use pgrx::datum::TimestampWithTimeZone;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::checks::{
    check_assignee, check_may_open, check_requester, check_transition, given_number,
    keeps_assignee, no_such_stage, stage_is_retired,
};
use super::numbering::take_number;
use super::start::Start;
use super::tracked_columns::changed_columns;
use crate::platform::error::{self, Result};
use crate::platform::system_write::SystemWrite;
use crate::platform::trigger::{self, ColumnChange, TriggerResult, TriggerRow, TriggerRows, Tuple};
use crate::platform::uuid::new_id;
use crate::platform::{roles, statement, transaction};

/// Whether the last public comment is by somebody else than the requester ($3).
const IS_ANSWERED: &str = "
    select c.created_by <> $3 from helpdesk.ticket_comments c
     where c.org_id = $1 and c.ticket_id = $2 and not c.is_internal
     order by c.created_at desc, c.id desc limit 1";

const LOCK_STAGE: &str = "
    select status, is_active from helpdesk.workflow_stages
     where org_id = $1 and workflow_id = $2 and id = $3 for share";

const IMMUTABLE_COLUMNS: &[&str] = &["org_id", "id", "number", "created_at"];

/// Only this trigger changes them.
const SYSTEM_COLUMNS: &[&str] =
    &["version", "latest_history_id", "stage_entered_at", "resolved_at", "closed_at"];

/// Only the triggers on comments and attachments change them.
const DERIVED_COLUMNS: &[&str] = &[
    "public_comment_count",
    "public_attachment_count",
    "first_response_at",
    "first_response_by",
    "last_public_comment_at",
    "is_answered",
];

/// BEFORE INSERT OR UPDATE on tickets.
#[pg_trigger(sql = "
    create function helpdesk.tickets_before_write() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn tickets_before_write<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, |rows| before_write(trigger, rows))
}

fn before_write<'a>(trigger: &PgTrigger, rows: TriggerRows<'a>) -> Result<Option<Tuple<'a>>> {
    let Some(new) = rows.new else { return Ok(None) };
    if let Some(old) = &rows.old {
        return Ok(Some(new.with_changes(before_update(old, &new)?)?));
    }
    let mut changes = before_insert(&new)?;
    if SystemWrite::current() != Some(SystemWrite::CountedImport) {
        let number = take_number(trigger, new.required("org_id")?, given_number(&new)?)?;
        changes.push(ColumnChange::new("number", number));
    }
    Ok(Some(new.with_changes(changes)?))
}

fn before_insert(new: &TriggerRow) -> Result<Vec<ColumnChange>> {
    let org: Uuid = new.required("org_id")?;
    check_may_open(new, org)?;
    let has_checked_people = SystemWrite::is_import();
    let is_archive = roles::role_bypasses_row_security() && new.is_import("created_at")?;
    if !is_archive && !has_checked_people {
        check_people(new, org)?;
    }
    let Start { workflow, stage, status } = Start::find(new)?;
    // A closed ticket that is imported may be of people who have left the organization.
    if is_archive && !has_checked_people && status != "closed" {
        check_people(new, org)?;
    }
    if new.text("status")?.is_some_and(|given| !given.is_empty() && given != status) {
        return Err(status_does_not_match());
    }
    let mut changes = vec![
        ColumnChange::new("workflow_id", workflow),
        ColumnChange::new("current_stage_id", stage),
        ColumnChange::new("version", 1),
        ColumnChange::new("latest_history_id", new_id()),
        ColumnChange::new("public_attachment_count", 0),
    ];
    if SystemWrite::current() != Some(SystemWrite::CountedImport) {
        changes.extend([
            ColumnChange::new("public_comment_count", 0),
            ColumnChange::new("last_public_comment_at", Option::<TimestampWithTimeZone>::None),
            ColumnChange::new("is_answered", false),
        ]);
    }
    changes.extend(milestones_of_insert(new, &status)?);
    changes.push(ColumnChange::new("status", status));
    changes.extend(trimmed_title(new)?);
    Ok(changes)
}

fn check_people(new: &TriggerRow, org: Uuid) -> Result<()> {
    check_requester(new, org)?;
    check_assignee(new, org)
}

/// resolved_at and closed_at of a new ticket. An import sets them itself; otherwise they are when
/// the ticket entered its stage.
fn milestones_of_insert(new: &TriggerRow, status: &str) -> Result<Vec<ColumnChange>> {
    let entered: Option<TimestampWithTimeZone> = new.get("stage_entered_at")?;
    let mut changes = Vec::new();
    for (column, is_reached) in milestones(status) {
        match (is_reached, new.get::<TimestampWithTimeZone>(column)?) {
            (true, None) => changes.push(ColumnChange::new(column, entered)),
            (false, Some(_)) => {
                return Err(error::invalid(
                    "status_mismatch",
                    column,
                    format!("the ticket is {status}"),
                    "Leave it out, or choose a stage of a matching status.",
                ));
            }
            _ => {}
        }
    }
    Ok(changes)
}

fn before_update(old: &TriggerRow, new: &TriggerRow) -> Result<Vec<ColumnChange>> {
    let is_derived = SystemWrite::current() == Some(SystemWrite::Derived);
    let derived = if is_derived { &[] } else { DERIVED_COLUMNS };
    new.check_unchanged(
        old,
        IMMUTABLE_COLUMNS.iter().chain(SYSTEM_COLUMNS).chain(derived),
        "You can change title, description, priority, assigned_to, current_stage_id, workflow_id \
         and created_by.",
    )?;
    let mut changes: Vec<ColumnChange> = trimmed_title(new)?.into_iter().collect();
    let changed = changed_columns(old, new)?;
    if changed.is_empty() {
        return Ok(changes);
    }
    let org: Uuid = new.required("org_id")?;
    if changed.contains(&"created_by") {
        check_requester(new, org)?;
        let args = [org.into(), new.arg("id")?, new.arg("created_by")?];
        let is_answered: Option<bool> = statement::write(IS_ANSWERED).fetch_scalar(&args)?;
        changes.push(ColumnChange::new("is_answered", is_answered.unwrap_or(false)));
    }
    let is_reassigned = changed.contains(&"assigned_to");
    if is_reassigned {
        check_assignee(new, org)?;
    }
    // A transaction that waited for this ticket may have started before the change it waited for.
    let now = transaction::transaction_start().max(old.required("updated_at")?);
    let has_moved = changed.contains(&"current_stage_id") || changed.contains(&"workflow_id");
    if has_moved || changed.contains(&"status") {
        changes.extend(stage_changes(org, old, new, now, has_moved, is_reassigned)?);
    }
    let version: i32 = old.required("version")?;
    changes.push(ColumnChange::new("version", version + 1));
    changes.push(ColumnChange::new("latest_history_id", new_id()));
    changes.push(ColumnChange::new("updated_at", now));
    Ok(changes)
}

/// What follows from another stage, or from another status of the same stage.
fn stage_changes(
    org: Uuid,
    old: &TriggerRow,
    new: &TriggerRow,
    now: TimestampWithTimeZone,
    has_moved: bool,
    is_reassigned: bool,
) -> Result<Vec<ColumnChange>> {
    let mut changes = Vec::new();
    let requested = error::required(new.text("status")?, "status")?;
    let old_status = error::required(old.text("status")?, "status")?;
    let status = if new.same_image(old, "workflow_id")? {
        lock_stage(new, has_moved)?
    } else {
        let start = find_start_in_new_workflow(old, new)?;
        changes.push(ColumnChange::new("current_stage_id", start.stage));
        start.status
    };
    // A ticket that moves takes the status of its new stage; the UPDATE may leave the old one.
    if requested != status && !(has_moved && requested == old_status) {
        return Err(status_does_not_match());
    }
    if has_moved {
        check_transition(org, old, new)?;
        changes.push(ColumnChange::new("stage_entered_at", now));
    }
    // A closed ticket keeps its last assignee, who may have left before it is reopened.
    let is_reopened = old_status == "closed" && status != "closed";
    if is_reopened && !is_reassigned && !keeps_assignee(new, org)? {
        changes.push(ColumnChange::new("assigned_to", Option::<Uuid>::None));
    }
    for (column, is_reached) in milestones(&status) {
        let before: Option<TimestampWithTimeZone> = new.get(column)?;
        changes.push(ColumnChange::new(column, is_reached.then_some(before.unwrap_or(now))));
    }
    changes.push(ColumnChange::new("status", status));
    Ok(changes)
}

/// The status of the ticket's stage, which keeps it until the transaction ends.
fn lock_stage(new: &TriggerRow, has_moved: bool) -> Result<String> {
    let args = [new.arg("org_id")?, new.arg("workflow_id")?, new.arg("current_stage_id")?];
    let found = statement::write(LOCK_STAGE)
        .fetch_optional(&args, |row| Some((row.get::<String>(1)?, row.get::<bool>(2)?)))?;
    match found.flatten() {
        Some((_, false)) if has_moved => Err(stage_is_retired()),
        Some((status, _)) => Ok(status),
        None => Err(no_such_stage()),
    }
}

/// A ticket enters another workflow in its start stage, unless it names another stage of it.
fn find_start_in_new_workflow(old: &TriggerRow, new: &TriggerRow) -> Result<Start> {
    let stage = match new.same_image(old, "current_stage_id")? {
        true => None,
        false => new.get("current_stage_id")?,
    };
    Start::find_requested(new, Some(new.required("workflow_id")?), stage)
}

/// Whether a ticket of this status has been resolved, and closed.
fn milestones(status: &str) -> [(&'static str, bool); 2] {
    let is_closed = status == "closed";
    [("resolved_at", is_closed || status == "resolved"), ("closed_at", is_closed)]
}

fn trimmed_title(new: &TriggerRow) -> Result<Option<ColumnChange>> {
    let Some(title) = new.text("title")? else {
        return Ok(None);
    };
    let trimmed = title.trim();
    Ok((trimmed.len() != title.len()).then(|| ColumnChange::new("title", trimmed)))
}

fn status_does_not_match() -> ErrorReport {
    error::invalid(
        "status_mismatch",
        "status",
        "does not match the stage",
        "Set current_stage_id to a stage of that status.",
    )
}
