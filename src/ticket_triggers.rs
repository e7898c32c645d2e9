//! What happens whenever a ticket is written, whichever door the write came through: numbering, defaults, checks, history.

use pgrx::Uuid;
use pgrx::datum::{DatumWithOid, TimestampWithTimeZone};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use serde_json::{Map, Value, json};

use crate::db::{self, Row};
use crate::enums::Priority;
use crate::error::{Error, Result};
use crate::identity::new_id;
use crate::system_write::{SystemWrite, system_write, use_up};
use crate::trigger::{self, Change, Fired, TriggerRow, TriggerRows, Tuple};
use crate::viewer::{self, Viewer};

// What a new ticket finds out about its organization. Small statements: each costs less than its part of one that answers all.

/// Where a ticket starts that names neither workflow nor stage; locked against a change of its status.
const USUAL_START: &str = "
    select s.workflow_id, s.id, s.status
      from helpdesk.workflow_stages s
     where s.org_id = $1 and s.is_start
       and s.workflow_id = (select w.id from helpdesk.workflows w
                             where w.org_id = $1 and w.is_active order by w.created_at, w.id limit 1)
       for share";

/// The same for one that names its workflow ($2), or its stage ($3), or both; and whether the workflow is active.
const GIVEN_START: &str = "
    select s.workflow_id, s.id, s.status, (select w.is_active from helpdesk.workflows w where w.org_id = $1 and w.id = s.workflow_id)
      from helpdesk.workflow_stages s
     where s.org_id = $1
       and case when $2 is null then s.id = $3 else s.workflow_id = $2 and case when $3 is null then s.is_start else s.id = $3 end end
       for share";

/// The workflow that was given ($2), or would have been taken: whether it is active, for the error to say.
const WORKFLOW: &str = "
    select w.is_active from helpdesk.workflows w
     where w.org_id = $1 and case when $2 is null then w.is_active else w.id = $2 end limit 1";

const ORGANIZATION: &str = "select from helpdesk.organizations where id = $1";

const IS_MEMBER: &str = "select from helpdesk.org_members where org_id = $1 and user_id = $2";

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

const RECORD: &str = "
    insert into helpdesk.ticket_history
           (org_id, id, ticket_id, requester_id, version, title, description, priority, status, assigned_to,
            workflow_stage_id, changed_at, previous_history_id, changed_by, changes)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15::jsonb)";

/// The columns that RECORD's first eleven arguments are, in its order.
const RECORDED: [&str; 11] = [
    "org_id",
    "latest_history_id",
    "id",
    "created_by",
    "version",
    "title",
    "description",
    "priority",
    "status",
    "assigned_to",
    "current_stage_id",
];

const TICKET_EXISTS: &str = "select from helpdesk.tickets where org_id = $1 and id = $2";

/// What never changes, and what only the system changes.
const IMMUTABLE: &[&str] = &["org_id", "id", "number", "created_by", "created_at"];
const SYSTEM: &[&str] =
    &["version", "latest_history_id", "stage_entered_at", "resolved_at", "closed_at"];
/// What only the system changes, when a comment or an attachment comes or goes.
const COUNTS: &[&str] =
    &["public_comment_count", "public_attachment_count", "first_response_at", "first_response_by"];
/// What makes a revision when it changes.
const TRACKED: &[&str] = &[
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
fn tickets_before_write<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    trigger::fire(trigger, complete_ticket)
}

fn complete_ticket(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let changes = match &rows.old {
        None => intake(&new)?,
        Some(old) => revise(old, &new)?,
    };
    Ok(Some(new.with(changes)?))
}

/// Refuses before anything is looked up, so that the table door answers a stranger always the same: row security would refuse
/// too, but only after what is checked below.
fn check_may_open(new: &TriggerRow, org: Uuid) -> Result<()> {
    if viewer::role_bypasses_row_security() {
        return Ok(());
    }
    // Column grants say so too; but one number far ahead would leave none for the tickets after it.
    if new.get::<i64>("number")?.is_some() {
        return Err(Error::not_allowed("number: the system gives it", "Leave it out."));
    }
    let viewer = Viewer::current()?;
    if viewer.is_staff(org) {
        return Ok(());
    }
    let in_own_name = viewer.profile.is_some() && new.get::<Uuid>("created_by")? == viewer.profile;
    if !viewer.is_member(org) || !in_own_name || new.get::<Uuid>("assigned_to")?.is_some() {
        return Err(Error::not_allowed(
            "you may not open this ticket",
            "Members of an organization open tickets in it in their own name, unassigned; its staff for any member.",
        ));
    }
    Ok(())
}

/// Where a new ticket starts.
struct Start {
    workflow: Uuid,
    stage: Uuid,
    status: String,
}

impl Start {
    fn of(row: &Row) -> Option<Start> {
        Some(Start { workflow: row.get(1)?, stage: row.get(2)?, status: row.get(3)? })
    }

    fn find(new: &TriggerRow) -> Result<Start> {
        let workflow: Option<Uuid> = new.get("workflow_id")?;
        let stage: Option<Uuid> = new.get("current_stage_id")?;
        let args = [new.arg("org_id")?, workflow.into(), stage.into()];
        let (start, is_active) = if workflow.is_none() && stage.is_none() {
            (db::run_one(USUAL_START, &args[..1], Start::of)?.flatten(), true)
        } else {
            let found =
                db::run_one(GIVEN_START, &args, |row| (Start::of(row), row.get(4) == Some(true)))?;
            found.unwrap_or_default()
        };
        match start {
            Some(start) if is_active => Ok(start),
            Some(_) => Err(workflow_is_not_active()),
            None => Err(Start::missing(&args, workflow, stage)?),
        }
    }

    /// Why there is none.
    fn missing(
        args: &[DatumWithOid],
        workflow: Option<Uuid>,
        stage: Option<Uuid>,
    ) -> Result<ErrorReport> {
        if workflow.is_none() && stage.is_some() {
            return Ok(no_such_stage());
        }
        let is_active = db::run_one(WORKFLOW, &args[..2], |row| row.get::<bool>(1))?.flatten();
        Ok(match (is_active, workflow, stage) {
            (None, Some(_), _) => no_such_workflow(),
            (None, None, _) => Error::wrong_state(
                "workflow_id (p_workflow_id): the organization has no active workflow",
                "An org_admin activates or creates one in helpdesk.workflows.",
            ),
            (Some(false), ..) => workflow_is_not_active(),
            (_, _, Some(_)) => no_such_stage(),
            (_, _, None) => Error::wrong_state(
                "workflow_id (p_workflow_id): the workflow has no stages",
                "An org_admin creates them in helpdesk.workflow_stages.",
            ),
        })
    }
}

/// An error unless a requester is a member. Who opens a ticket in their own name is known to be one.
fn check_requester(new: &TriggerRow, org: Uuid) -> Result<()> {
    let requester: Uuid = new.required("created_by")?;
    let viewer = Viewer::current()?;
    if viewer.profile == Some(requester) && viewer.is_member(org) {
        return Ok(());
    }
    if db::run_one(IS_MEMBER, &[org.into(), requester.into()], |_| ())?.is_some() {
        return Ok(());
    }
    match db::run_one(ORGANIZATION, &[org.into()], |_| ())? {
        Some(()) => Err(not_a_member("created_by (p_requester_id)")),
        None => Err(no_such_organization()),
    }
}

fn check_assignee(new: &TriggerRow, org: Uuid) -> Result<()> {
    if has_assignable(new, org)? { Ok(()) } else { Err(not_assignable()) }
}

/// A closed ticket keeps its last assignee, who may have left by the time it is opened again.
fn unassigned_if_gone(new: &TriggerRow, org: Uuid) -> Result<Option<Change>> {
    let nobody = || Change::new("assigned_to", Option::<Uuid>::None);
    Ok((!has_assignable(new, org)?).then(nobody))
}

/// Whether the assignee, if there is one, may work on tickets of the organization.
fn has_assignable(new: &TriggerRow, org: Uuid) -> Result<bool> {
    let Some(assignee) = new.get::<Uuid>("assigned_to")? else { return Ok(true) };
    Ok(db::run_one(IS_ASSIGNABLE, &[org.into(), assignee.into()], |_| ())?.is_some())
}

fn take_number(new: &TriggerRow, org: Uuid) -> Result<Option<i64>> {
    let args = [org.into(), new.arg("number")?];
    let mut number = db::run_one(TAKE_NUMBER, &args, |row| row.get(1))?;
    if number.is_none() {
        db::run(NEW_COUNTER, &[org.into()])?;
        number = db::run_one(TAKE_NUMBER, &args, |row| row.get(1))?;
    }
    Ok(number.flatten())
}

/// What the system fills into a new ticket.
fn intake(new: &TriggerRow) -> Result<Vec<Change>> {
    let org: Uuid = new.required("org_id")?;
    check_may_open(new, org)?;
    check_requester(new, org)?;
    check_assignee(new, org)?;
    let Start { workflow, stage, status } = Start::find(new)?;
    if new.get::<String>("status")?.is_some_and(|given| given != status) {
        return Err(status_follows_stage());
    }
    let mut changes = vec![
        Change::new("number", take_number(new, org)?),
        Change::new("workflow_id", workflow),
        Change::new("current_stage_id", stage),
        Change::new("version", 1),
        Change::new("latest_history_id", new_id()),
        Change::new("public_comment_count", 0),
        Change::new("public_attachment_count", 0),
    ];
    // Imports say themselves when a ticket was resolved or closed.
    let entered: Option<TimestampWithTimeZone> = new.get("stage_entered_at")?;
    for (column, is_reached) in milestones(&status) {
        match (is_reached, new.get::<TimestampWithTimeZone>(column)?) {
            (true, None) => changes.push(Change::new(column, entered)),
            (false, Some(_)) => {
                return Err(Error::bad(
                    column,
                    format!("the ticket is {status}"),
                    "Leave it out, or give a stage of that status.",
                ));
            }
            _ => {}
        }
    }
    changes.push(Change::new("status", status));
    changes.extend(trimmed_title(new)?);
    Ok(changes)
}

/// What the system fills into a changed ticket.
fn revise(old: &TriggerRow, new: &TriggerRow) -> Result<Vec<Change>> {
    let is_activity = system_write() == Some(SystemWrite::Activity);
    let counts = if is_activity { &[] } else { COUNTS };
    new.check_unchanged(
        old,
        IMMUTABLE.iter().chain(SYSTEM).chain(counts),
        "title, description, priority, assigned_to and current_stage_id can; the system sets the rest.",
    )?;
    let mut changes: Vec<Change> = trimmed_title(new)?.into_iter().collect();
    let is_changed = changed_columns(old, new)?;
    if is_changed.is_empty() {
        return Ok(changes);
    }
    let org: Uuid = new.required("org_id")?;
    if is_changed.contains(&"assigned_to") {
        check_assignee(new, org)?;
    }
    let moved = is_changed.contains(&"current_stage_id") || is_changed.contains(&"workflow_id");
    let now = db::transaction_start();
    if moved || is_changed.contains(&"status") {
        let given: String = new.required("status")?;
        let old_status: String = old.required("status")?;
        let status: String = db::run_one(
            STAGE,
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
            changes.push(Change::new("stage_entered_at", now));
        }
        if old_status == "closed" && status != "closed" && !is_changed.contains(&"assigned_to") {
            changes.extend(unassigned_if_gone(new, org)?);
        }
        for (column, is_reached) in milestones(&status) {
            let before: Option<TimestampWithTimeZone> = new.get(column)?;
            changes.push(Change::new(column, is_reached.then_some(before.unwrap_or(now))));
        }
        changes.push(Change::new("status", status));
    }
    let old_version: i32 = old.required("version")?;
    let updated_at: TimestampWithTimeZone = old.required("updated_at")?;
    changes.push(Change::new("version", old_version + 1));
    changes.push(Change::new("latest_history_id", new_id()));
    changes.push(Change::new("updated_at", now.max(updated_at)));
    Ok(changes)
}

/// An error unless the workflow allows the move.
fn check_transition(org: Uuid, old: &TriggerRow, new: &TriggerRow) -> Result<()> {
    // Used up by the one ticket it was meant for: what a trigger of the user's does on top is checked again.
    let is_reopening = use_up(SystemWrite::Reopen);
    if is_reopening || !new.same_image(old, "workflow_id")? {
        return Ok(());
    }
    let is_admin = viewer::acts_as_admin(org)?;
    let args = [
        new.arg("org_id")?,
        new.arg("workflow_id")?,
        old.arg("current_stage_id")?,
        new.arg("current_stage_id")?,
        is_admin.into(),
    ];
    let found = db::run_one(TRANSITIONS, &args, |row| {
        (row.get::<bool>(1), row.get::<bool>(2), row.get::<String>(3))
    })?;
    let Some((Some(true), Some(false), allowed)) = found else { return Ok(()) };
    Err(Error::not_allowed(
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

fn trimmed_title(new: &TriggerRow) -> Result<Option<Change>> {
    let Some(title) = new.get::<&str>("title")? else {
        return Ok(None);
    };
    let trimmed = title.trim();
    Ok((trimmed.len() != title.len()).then(|| Change::new("title", trimmed)))
}

/// Which tracked columns differ, white space around the title aside.
fn changed_columns(old: &TriggerRow, new: &TriggerRow) -> Result<Vec<&'static str>> {
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

/// AFTER INSERT OR UPDATE on tickets: writes the revision that latest_history_id already points at.
#[pg_trigger(sql = "
    create function helpdesk.tickets_record_history() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn tickets_record_history<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    trigger::fire(trigger, record)
}

fn record(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    if let Some(old) = &rows.old
        && new.same_image(old, "latest_history_id")?
    {
        return Ok(None);
    }
    let changes = match &rows.old {
        None => json!({ "type": "created", "fields": created_fields(&new)? }),
        Some(old) => json!({ "type": "updated", "fields": updated_fields(old, &new)? }),
    };
    let mut args = Vec::with_capacity(15);
    for column in RECORDED {
        args.push(new.arg(column)?);
    }
    match &rows.old {
        None => {
            args.push(new.arg("created_at")?);
            args.push(Option::<Uuid>::None.into());
        }
        Some(old) => {
            args.push(new.arg("updated_at")?);
            args.push(old.arg("latest_history_id")?);
        }
    }
    args.push(Viewer::current()?.profile.into());
    args.push(changes.to_string().into());
    db::run(RECORD, &args)?;
    Ok(None)
}

fn created_fields(new: &TriggerRow) -> Result<Map<String, Value>> {
    let mut fields = Map::new();
    for column in TRACKED {
        fields.insert(field_name(column).to_owned(), field_value(new, column)?);
    }
    Ok(fields)
}

fn updated_fields(old: &TriggerRow, new: &TriggerRow) -> Result<Map<String, Value>> {
    let mut fields = Map::new();
    for column in changed_columns(old, new)? {
        fields.insert(
            field_name(column).to_owned(),
            json!({ "from": field_value(old, column)?, "to": field_value(new, column)? }),
        );
    }
    Ok(fields)
}

/// A column as `changes` and the API call it.
fn field_name(column: &'static str) -> &'static str {
    match column {
        "workflow_id" => "workflow",
        "current_stage_id" => "stage",
        "assigned_to" => "assignedTo",
        same => same,
    }
}

fn field_value(row: &TriggerRow, column: &str) -> Result<Value> {
    Ok(match column {
        "title" | "description" | "status" => json!(row.get::<&str>(column)?),
        "priority" => json!(row.get::<Priority>(column)?.map(Priority::label)),
        _ => json!(row.get::<Uuid>(column)?.map(|id| id.to_string())),
    })
}

/// Trigger on ticket_history: nobody changes or removes a revision; it goes only with its ticket.
#[pg_trigger(sql = "
    create function helpdesk.ticket_history_append_only() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn ticket_history_append_only<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    trigger::fire(trigger, refuse_unless_cascade)
}

fn refuse_unless_cascade(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    if let (Some(old), None) = (&rows.old, &rows.new) {
        let ticket = [old.arg("org_id")?, old.arg("ticket_id")?];
        let ticket_is_gone = db::run_one(TICKET_EXISTS, &ticket, |_| ())?.is_none();
        if ticket_is_gone {
            return Ok(Some(old.unchanged()));
        }
    }
    Err(Error::not_allowed(
        "ticket_history is append-only",
        "Revisions are written by trigger when a ticket changes, and go when their ticket is deleted.",
    ))
}

fn not_a_member(column: &'static str) -> ErrorReport {
    Error::not_allowed(
        format!("{column}: not a member of this organization"),
        "list_org_members(org) lists them.",
    )
}

fn not_assignable() -> ErrorReport {
    Error::not_allowed(
        "assigned_to (assignedTo): not staff of this organization, nor a member who may be assigned",
        "list_org_members(org) lists the staff; an org_admin sets may_be_assigned for other members.",
    )
}

fn no_such_organization() -> ErrorReport {
    Error::not_allowed(
        "org_id (p_org_id): no such organization",
        "helpdesk.organizations lists them.",
    )
}

fn no_such_workflow() -> ErrorReport {
    Error::not_allowed(
        "workflow_id (p_workflow_id): no such workflow in this organization",
        "Leave it out to take the organization's earliest active one.",
    )
}

fn workflow_is_not_active() -> ErrorReport {
    Error::wrong_state(
        "workflow_id (p_workflow_id): the workflow is not active",
        "Take an active one, or leave it out to take the organization's earliest active one.",
    )
}

fn no_such_stage() -> ErrorReport {
    Error::not_allowed(
        "current_stage_id (stageId): no such stage in the ticket's workflow",
        "helpdesk.workflow_stages lists the stages of the workflow.",
    )
}

fn status_follows_stage() -> ErrorReport {
    Error::bad("status", "follows the stage", "Set current_stage_id to a stage of that status.")
}
