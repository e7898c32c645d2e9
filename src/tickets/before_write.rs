//! What happens whenever a ticket is written, whichever door the write came through: numbering, defaults, checks, history.

use pgrx::Uuid;
use pgrx::datum::TimestampWithTimeZone;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::start::{Start, no_such_stage};
use crate::access::caller::Caller;
use crate::access::rights;
use crate::platform::error::{self, Result};
use crate::platform::system_write::SystemWrite;
use crate::platform::trigger::{self, ColumnChange, TriggerResult, TriggerRow, TriggerRows, Tuple};
use crate::platform::uuid::new_id;
use crate::platform::{roles, statement, transaction};

/// The next number of an organization; given explicitly ($2), later ones go on after it. Last of all: whoever opens another ticket
/// there waits from here on until this one is committed.
const TAKE_NUMBER: &str = "
    update helpdesk.ticket_counters c
       set last_number = case when $2 is null then c.last_number + 1 else greatest(c.last_number, $2) end
     where c.org_id = $1
    returning coalesce($2, c.last_number)";

/// For an organization that was made while its triggers were off.
const NEW_COUNTER: &str = "
    insert into helpdesk.ticket_counters (org_id)
    select o.id from helpdesk.organizations o where o.id = $1
    on conflict (org_id) do nothing";

const STAGE: &str = "
    select status from helpdesk.workflow_stages
     where org_id = $1 and workflow_id = $2 and id = $3 for share";

const IS_ASSIGNABLE: &str = "
    select from helpdesk.org_members
     where org_id = $1 and user_id = $2 and (org_role <> 'org_customer' or may_be_assigned)
       for share";

/// Whether a workflow ($2) limits moves, whether it allows this one ($3 to $4; $5: to an admin), and which it allows from there.
const TRANSITIONS: &str = "
    select count(*) > 0,
           coalesce(bool_or(x.from_stage_id = $3 and x.to_stage_id = $4 and ($5 or x.min_role = 'org_agent')), false),
           string_agg(s.name, ', ' order by s.position)
             filter (where x.from_stage_id = $3 and ($5 or x.min_role = 'org_agent'))
      from helpdesk.workflow_transitions x
      join helpdesk.workflow_stages s on s.org_id = $1 and s.id = x.to_stage_id
     where x.org_id = $1 and x.workflow_id = $2";

/// What never changes, and what only the system changes.
const IMMUTABLE: &[&str] = &["org_id", "id", "number", "created_by", "created_at"];

const SYSTEM: &[&str] =
    &["version", "latest_history_id", "stage_entered_at", "resolved_at", "closed_at"];

/// What only the system changes, when a comment or an attachment comes or goes.
const COUNTS: &[&str] =
    &["public_comment_count", "public_attachment_count", "first_response_at", "first_response_by"];

/// What makes a revision when it changes.
pub(super) const TRACKED: &[&str] = &[
    "title",
    "description",
    "priority",
    "status",
    "workflow_id",
    "current_stage_id",
    "assigned_to",
];

/// BEFORE INSERT OR UPDATE on tickets.
#[pg_trigger(sql = "
    create function helpdesk.tickets_before_write() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn tickets_before_write<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, complete_ticket)
}

fn complete_ticket(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let changes = match &rows.old {
        None => intake(&new)?,
        Some(old) => revise(old, &new)?,
    };
    Ok(Some(new.with_changes(changes)?))
}

/// Refuses before anything is looked up, so that the table door answers a stranger always the same: row security would refuse
/// too, but only after what is checked below.
fn check_may_open(new: &TriggerRow, org: Uuid) -> Result<()> {
    if roles::role_bypasses_row_security() {
        return Ok(());
    }
    // Column grants say so too; but one number far ahead would leave none for the tickets after it.
    if new.get::<i64>("number")?.is_some() {
        return Err(error::not_allowed("number: the system gives it", "Leave it out."));
    }
    let caller = Caller::current()?;
    if caller.is_staff(org) {
        return Ok(());
    }
    let in_own_name = caller.profile.is_some() && new.get::<Uuid>("created_by")? == caller.profile;
    if !caller.is_member(org) || !in_own_name || new.get::<Uuid>("assigned_to")?.is_some() {
        return Err(error::not_allowed(
            "you may not open this ticket",
            "Members of an organization open tickets in it in their own name, unassigned; its staff for any member.",
        ));
    }
    Ok(())
}

/// An error unless a requester is a member. Who opens a ticket in their own name is known to be one.
fn check_requester(new: &TriggerRow, org: Uuid) -> Result<()> {
    let requester: Uuid = new.required("created_by")?;
    let caller = Caller::current()?;
    if caller.profile == Some(requester) && caller.is_member(org) {
        return Ok(());
    }
    if rights::is_member(org, requester)? {
        return Ok(());
    }
    if rights::organization_exists(org)? {
        Err(not_a_member("created_by (p_requester_id)"))
    } else {
        Err(rights::no_such_organization())
    }
}

fn check_assignee(new: &TriggerRow, org: Uuid) -> Result<()> {
    if has_assignable(new, org)? { Ok(()) } else { Err(not_assignable()) }
}

/// A closed ticket keeps its last assignee, who may have left by the time it is opened again.
fn unassigned_if_gone(new: &TriggerRow, org: Uuid) -> Result<Option<ColumnChange>> {
    let nobody = || ColumnChange::new("assigned_to", Option::<Uuid>::None);
    Ok((!has_assignable(new, org)?).then(nobody))
}

/// Whether the assignee, if there is one, may work on tickets of the organization.
fn has_assignable(new: &TriggerRow, org: Uuid) -> Result<bool> {
    let Some(assignee) = new.get::<Uuid>("assigned_to")? else { return Ok(true) };
    Ok(statement::write(IS_ASSIGNABLE)
        .fetch_optional(&[org.into(), assignee.into()], |_| ())?
        .is_some())
}

fn take_number(new: &TriggerRow, org: Uuid) -> Result<Option<i64>> {
    let args = [org.into(), new.arg("number")?];
    let mut number = statement::write(TAKE_NUMBER).fetch_optional(&args, |row| row.get(1))?;
    if number.is_none() {
        statement::write(NEW_COUNTER).execute(&[org.into()])?;
        number = statement::write(TAKE_NUMBER).fetch_optional(&args, |row| row.get(1))?;
    }
    Ok(number.flatten())
}

/// What the system fills into a new ticket.
fn intake(new: &TriggerRow) -> Result<Vec<ColumnChange>> {
    let org: Uuid = new.required("org_id")?;
    check_may_open(new, org)?;
    check_requester(new, org)?;
    check_assignee(new, org)?;
    let Start { workflow, stage, status } = Start::find(new)?;
    if new.get::<String>("status")?.is_some_and(|given| given != status) {
        return Err(status_follows_stage());
    }
    let mut changes = vec![
        ColumnChange::new("number", take_number(new, org)?),
        ColumnChange::new("workflow_id", workflow),
        ColumnChange::new("current_stage_id", stage),
        ColumnChange::new("version", 1),
        ColumnChange::new("latest_history_id", new_id()),
        ColumnChange::new("public_comment_count", 0),
        ColumnChange::new("public_attachment_count", 0),
    ];
    // Imports say themselves when a ticket was resolved or closed.
    let entered: Option<TimestampWithTimeZone> = new.get("stage_entered_at")?;
    for (column, is_reached) in milestones(&status) {
        match (is_reached, new.get::<TimestampWithTimeZone>(column)?) {
            (true, None) => changes.push(ColumnChange::new(column, entered)),
            (false, Some(_)) => {
                return Err(error::bad(
                    column,
                    format!("the ticket is {status}"),
                    "Leave it out, or give a stage of that status.",
                ));
            }
            _ => {}
        }
    }
    changes.push(ColumnChange::new("status", status));
    changes.extend(trimmed_title(new)?);
    Ok(changes)
}

/// What the system fills into a changed ticket.
fn revise(old: &TriggerRow, new: &TriggerRow) -> Result<Vec<ColumnChange>> {
    let is_activity = SystemWrite::current() == Some(SystemWrite::Derived);
    let counts = if is_activity { &[] } else { COUNTS };
    new.check_unchanged(
        old,
        IMMUTABLE.iter().chain(SYSTEM).chain(counts),
        "title, description, priority, assigned_to and current_stage_id can; the system sets the rest.",
    )?;
    let mut changes: Vec<ColumnChange> = trimmed_title(new)?.into_iter().collect();
    let is_changed = changed_columns(old, new)?;
    if is_changed.is_empty() {
        return Ok(changes);
    }
    let org: Uuid = new.required("org_id")?;
    if is_changed.contains(&"assigned_to") {
        check_assignee(new, org)?;
    }
    let moved = is_changed.contains(&"current_stage_id") || is_changed.contains(&"workflow_id");
    let now = transaction::transaction_start();
    if moved || is_changed.contains(&"status") {
        let given: String = new.required("status")?;
        let old_status: String = old.required("status")?;
        let status: String = statement::write(STAGE)
            .fetch_optional(
                &[new.arg("org_id")?, new.arg("workflow_id")?, new.arg("current_stage_id")?],
                |row| row.get(1),
            )?
            .flatten()
            .ok_or_else(no_such_stage)?;
        // A ticket that moves takes the new stage's status, whether the writer says so or leaves the old one.
        if given != status && !(moved && given == old_status) {
            return Err(status_follows_stage());
        }
        if moved {
            check_transition(org, old, new)?;
            changes.push(ColumnChange::new("stage_entered_at", now));
        }
        if old_status == "closed" && status != "closed" && !is_changed.contains(&"assigned_to") {
            changes.extend(unassigned_if_gone(new, org)?);
        }
        for (column, is_reached) in milestones(&status) {
            let before: Option<TimestampWithTimeZone> = new.get(column)?;
            changes.push(ColumnChange::new(column, is_reached.then_some(before.unwrap_or(now))));
        }
        changes.push(ColumnChange::new("status", status));
    }
    let old_version: i32 = old.required("version")?;
    let updated_at: TimestampWithTimeZone = old.required("updated_at")?;
    changes.push(ColumnChange::new("version", old_version + 1));
    changes.push(ColumnChange::new("latest_history_id", new_id()));
    changes.push(ColumnChange::new("updated_at", now.max(updated_at)));
    Ok(changes)
}

/// An error unless the workflow allows the move.
fn check_transition(org: Uuid, old: &TriggerRow, new: &TriggerRow) -> Result<()> {
    // Used up by the one ticket it was meant for: what a trigger of the user's does on top is checked again.
    let is_reopening = SystemWrite::take(SystemWrite::Reopen);
    if is_reopening || !new.same_image(old, "workflow_id")? {
        return Ok(());
    }
    let is_admin = rights::acts_as_admin(org)?;
    let args = [
        new.arg("org_id")?,
        new.arg("workflow_id")?,
        old.arg("current_stage_id")?,
        new.arg("current_stage_id")?,
        is_admin.into(),
    ];
    let found = statement::write(TRANSITIONS).fetch_optional(&args, |row| {
        (row.get::<bool>(1), row.get::<bool>(2), row.get::<String>(3))
    })?;
    let Some((Some(true), Some(false), allowed)) = found else { return Ok(()) };
    Err(error::not_allowed(
        "current_stage_id (stageId): the workflow does not allow this move",
        match allowed {
            Some(stages) => format!("From its present stage the ticket may move to: {stages}."),
            None => "From its present stage the ticket may move nowhere.".to_owned(),
        },
    ))
}

/// Whether a ticket of this status has been resolved, and closed.
fn milestones(status: &str) -> [(&'static str, bool); 2] {
    let is_closed = status == "closed";
    [("resolved_at", is_closed || status == "resolved"), ("closed_at", is_closed)]
}

fn trimmed_title(new: &TriggerRow) -> Result<Option<ColumnChange>> {
    let Some(title) = new.get::<&str>("title")? else {
        return Ok(None);
    };
    let trimmed = title.trim();
    Ok((trimmed.len() != title.len()).then(|| ColumnChange::new("title", trimmed)))
}

/// Which tracked columns differ, white space around the title aside.
pub(super) fn changed_columns(old: &TriggerRow, new: &TriggerRow) -> Result<Vec<&'static str>> {
    let mut changed = Vec::new();
    for column in TRACKED {
        if new.same_image(old, column)? {
            continue;
        }
        let really = match *column {
            "title" => {
                new.get::<&str>(column)?.map(str::trim) != old.get::<&str>(column)?.map(str::trim)
            }
            "description" => new.get::<&str>(column)? != old.get::<&str>(column)?,
            _ => true,
        };
        if really {
            changed.push(*column);
        }
    }
    Ok(changed)
}

fn not_a_member(column: &'static str) -> ErrorReport {
    error::not_allowed(
        format!("{column}: not a member of this organization"),
        "list_org_members(org) lists them.",
    )
}

fn not_assignable() -> ErrorReport {
    error::not_allowed(
        "assigned_to (assignedTo): not staff of this organization, nor a member who may be assigned",
        "list_org_members(org) lists the staff; an org_admin sets may_be_assigned for other members.",
    )
}

fn status_follows_stage() -> ErrorReport {
    error::bad("status", "follows the stage", "Set current_stage_id to a stage of that status.")
}
