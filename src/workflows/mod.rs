//! Triggers on workflows and their stages: each workflow has one start stage, a stage's status is
//! also the status of its tickets, and what tickets have used is retired instead of deleted.

mod order;

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;
use pgrx::prelude::*;

use self::order::{LAST, next_position};

use crate::access::rights;
use crate::platform::error::{self, Result};
use crate::platform::system_write::SystemWrite;
use crate::platform::trigger::{self, ColumnChange, TriggerResult, TriggerRow, TriggerRows, Tuple};
use crate::platform::{statement, transaction};

const LOCK_WORKFLOW: &str =
    "select from helpdesk.workflows where org_id = $1 and id = $2 for no key update";

/// How many other stages the workflow has, how many of them are start stages, and whether one has
/// the name $4.
const COUNT_OTHER_STAGES: &str = "
    select count(*), count(*) filter (where is_start),
           coalesce(bool_or(lower(name) = lower($4)), false)
      from helpdesk.workflow_stages
     where org_id = $1 and workflow_id = $2 and id <> $3";

/// Lock order: stages, then the workflow. The stage that is written is locked already.
const LOCK_OTHER_START: &str = "
    select from helpdesk.workflow_stages
     where org_id = $1 and workflow_id = $2 and id <> $3 and is_start for no key update";

const HAS_OTHER_START: &str = "
    select from helpdesk.workflow_stages
     where org_id = $1 and workflow_id = $2 and id <> $3 and is_start limit 1";

const UNMARK_START: &str = "
    update helpdesk.workflow_stages set is_start = false
     where org_id = $1 and workflow_id = $2 and id <> $3 and is_start";

const HAS_OTHER_STAGE: &str = "
    select from helpdesk.workflow_stages
     where org_id = $1 and workflow_id = $2 and id <> $3 limit 1";

/// Whether a stage ($3) contains or ever contained a ticket. Without the workflow's row, the stage
/// is being deleted with it.
const IS_STAGE_USED: &str = "
    select from helpdesk.workflows w
     where w.org_id = $1 and w.id = $2
       and (exists (select from helpdesk.tickets t where t.org_id = $1 and t.current_stage_id = $3)
            or exists (select from helpdesk.ticket_history h
                        where h.org_id = $1 and h.workflow_stage_id = $3))";

/// The same for a workflow ($2), which may be deleted with its organization.
const IS_WORKFLOW_USED: &str = "
    select from helpdesk.organizations o
     where o.id = $1
       and (exists (select from helpdesk.tickets t where t.org_id = $1 and t.workflow_id = $2)
            or exists (select from helpdesk.workflow_stages s
                         join helpdesk.ticket_history h
                           on h.org_id = $1 and h.workflow_stage_id = s.id
                        where s.org_id = $1 and s.workflow_id = $2))";

const UPDATE_STATUS_OF_TICKETS: &str = "
    update helpdesk.tickets t set status = $3
      from (select x.id from helpdesk.tickets x
             where x.org_id = $1 and x.current_stage_id = $2 and x.status <> $3
             order by x.id for no key update) locked
     where t.org_id = $1 and t.id = locked.id";

const HAS_TICKET_OF_OTHER_STATUS: &str = "
    select from helpdesk.tickets
     where org_id = $1 and current_stage_id = $2 and status <> $3 limit 1";

/// Trigger on workflow_stages: the first stage that can be a workflow's start stage becomes it.
/// Marking another one moves the mark, which cannot be removed in any other way while the workflow
/// has other stages. Names are unique, a new stage comes last, and used ones cannot be deleted.
#[pg_trigger(sql = "
    create function helpdesk.workflow_stages_single_start() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn workflow_stages_single_start<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, before_write)
}

fn before_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let (old, new) = (rows.old.as_ref(), rows.new.as_ref());
    let Some(stage) = new.or(old) else { return Ok(None) };
    let org: Uuid = stage.required("org_id")?;
    let workflow: Uuid = stage.required("workflow_id")?;
    let id: Uuid = stage.required("id")?;
    if let (Some(old), Some(new)) = (old, new) {
        new.check_unchanged(
            old,
            &["org_id", "id", "workflow_id"],
            "Create a new stage in the other workflow.",
        )?;
    }
    // Row security refuses a caller who is not an admin, but only after this trigger, which must
    // neither change nor reveal anything before that.
    let is_moving = SystemWrite::current() == Some(SystemWrite::MoveStartMark);
    if is_moving || !rights::acts_as_admin(org)? {
        return Ok(Some(stage.unchanged()));
    }
    let ids = StageIds { org, workflow, id };
    match new {
        Some(new) => Ok(Some(new.with_changes(changes_of_stage(&ids, old, new)?)?)),
        None => {
            check_may_delete(&ids, stage)?;
            Ok(Some(stage.unchanged()))
        }
    }
}

struct StageIds {
    org: Uuid,
    workflow: Uuid,
    id: Uuid,
}

impl StageIds {
    fn args(&self) -> [DatumWithOid<'static>; 3] {
        [self.org.into(), self.workflow.into(), self.id.into()]
    }
}

/// The columns of a stage that its place among the other stages of the workflow decides.
fn changes_of_stage(
    ids: &StageIds,
    old: Option<&TriggerRow>,
    new: &TriggerRow,
) -> Result<Vec<ColumnChange>> {
    let mut changes = Vec::new();
    let name = new.text("name")?.unwrap_or_default();
    let position: Option<i32> = new.get("position")?;
    let (was, is) = (old.map(Start::of).transpose()?, Start::of(new)?);
    let is_renamed = match old {
        Some(old) => !new.same_image(old, "name")?,
        None => true,
    };
    if was.as_ref() == Some(&is) && !is_renamed && position != Some(LAST) {
        return Ok(changes);
    }
    if is.is_marked {
        lock_other_start(ids)?;
    }
    // Without the row, the foreign key fails.
    if !statement::write(LOCK_WORKFLOW).exists(&ids.args()[..2])? {
        return Ok(changes);
    }
    if is_renamed {
        changes.push(ColumnChange::new("name", name.trim()));
    }
    if position == Some(LAST) || (old.is_none() && position.is_none()) {
        changes.push(ColumnChange::new("position", next_position(&ids.args())?));
    }
    let (_, other_starts, has_namesake) = count_others(ids, name.trim())?;
    if is_renamed && has_namesake {
        return Err(error::conflict(
            "name_taken",
            format!("name: the workflow already has a stage {:?} (ignoring case)", name.trim()),
            "Choose another name. Retired stages keep theirs.",
        ));
    }
    if is.is_marked {
        is.check()?;
        if other_starts > 0 {
            let _moving = SystemWrite::begin(SystemWrite::MoveStartMark);
            statement::write(UNMARK_START).execute(&ids.args())?;
        }
    } else if was.is_some_and(|was| was.is_marked) {
        check_is_only_stage(ids)?;
    }
    if !is.is_marked && is.is_active && is.is_unresolved && other_starts == 0 {
        changes.push(ColumnChange::new("is_start", true));
    }
    Ok(changes)
}

/// Locks the other stage that has the mark, if one has. Whoever it waits for may move the mark.
fn lock_other_start(ids: &StageIds) -> Result<()> {
    let args = ids.args();
    while !statement::write(LOCK_OTHER_START).exists(&args)?
        && statement::write(HAS_OTHER_START).exists(&args)?
    {}
    Ok(())
}

/// What a stage must be to be the start stage, and whether it is.
#[derive(PartialEq)]
struct Start {
    is_marked: bool,
    is_active: bool,
    is_unresolved: bool,
}

impl Start {
    fn of(stage: &TriggerRow) -> Result<Start> {
        let status: Option<&str> = stage.get("status")?;
        Ok(Start {
            is_marked: stage.get("is_start")?.unwrap_or(false),
            is_active: stage.get("is_active")?.unwrap_or(false),
            is_unresolved: !matches!(status, Some("resolved" | "closed")),
        })
    }

    fn check(&self) -> Result<()> {
        let problem = match (self.is_active, self.is_unresolved) {
            (true, true) => return Ok(()),
            (false, _) => "is_active: the start stage of a workflow cannot be retired",
            (true, false) => "status: the start stage of a workflow must be open or pending",
        };
        Err(error::breaks_rule(
            "invalid_start_stage",
            problem,
            "Set is_start on an active stage that is open or pending.",
        ))
    }
}

fn count_others(stage: &StageIds, name: &str) -> Result<(i64, i64, bool)> {
    let [org, workflow, id] = stage.args();
    let counts = statement::write(COUNT_OTHER_STAGES)
        .fetch_optional(&[org, workflow, id, name.into()], |row| {
            Some((row.get(1)?, row.get(2)?, row.get(3)?))
        })?;
    Ok(counts.flatten().unwrap_or_default())
}

/// Errors if a start stage that loses its mark leaves other stages without one.
fn check_is_only_stage(ids: &StageIds) -> Result<()> {
    if count_others(ids, "")?.0 > 0 {
        return Err(error::breaks_rule(
            "start_stage_required",
            "a workflow needs a start stage",
            "Set is_start on another of its stages; this one then loses it.",
        ));
    }
    transaction::recheck_on_latest_snapshot(HAS_OTHER_STAGE, &ids.args())
}

fn check_may_delete(ids: &StageIds, stage: &TriggerRow) -> Result<()> {
    // Without the row, the workflow is being deleted with its stages.
    let is_start = stage.required("is_start")?;
    if is_start && statement::write(LOCK_WORKFLOW).exists(&ids.args()[..2])? {
        check_is_only_stage(ids)?;
    }
    if !statement::write(IS_STAGE_USED).exists(&ids.args())? {
        return Ok(());
    }
    Err(error::still_used(
        "stage_in_use",
        "a stage that tickets are or were in cannot be deleted",
        "Retire it: set is_active to false. It then takes no tickets.",
    ))
}

/// Trigger on workflows: one that tickets use or used cannot be deleted.
#[pg_trigger(sql = "
    create function helpdesk.workflows_keep_used() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn workflows_keep_used<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, before_delete)
}

fn before_delete(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(old) = rows.old else { return Ok(None) };
    if statement::write(IS_WORKFLOW_USED).exists(&[old.arg("org_id")?, old.arg("id")?])? {
        return Err(error::still_used(
            "workflow_in_use",
            "a workflow that tickets use or used cannot be deleted",
            "Retire it: set is_active to false. New tickets then cannot use it.",
        ));
    }
    Ok(Some(old.unchanged()))
}

/// Trigger on workflow_stages: a new status of a stage becomes the status of the tickets in it.
#[pg_trigger(sql = "
    create function helpdesk.workflow_stages_push_status() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn workflow_stages_push_status<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, after_update)
}

fn after_update(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let args = [new.arg("org_id")?, new.arg("id")?, new.arg("status")?];
    {
        let _configuring = SystemWrite::begin(SystemWrite::Configuration);
        statement::write(UPDATE_STATUS_OF_TICKETS).execute(&args)?;
    }
    transaction::recheck_on_latest_snapshot(HAS_TICKET_OF_OTHER_STATUS, &args)?;
    Ok(None)
}
