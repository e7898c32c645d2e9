//! Triggers on the stages of a workflow: exactly one is the start stage, and a stage's status is
//! also the status of its tickets.

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;
use pgrx::prelude::*;

use crate::access::rights;
use crate::platform::error::{self, Result};
use crate::platform::system_write::SystemWrite;
use crate::platform::trigger::{self, ColumnChange, TriggerResult, TriggerRow, TriggerRows, Tuple};
use crate::platform::{statement, transaction};

const LOCK_WORKFLOW: &str =
    "select from helpdesk.workflows where org_id = $1 and id = $2 for no key update";

const COUNT_OTHER_STAGES: &str = "
    select count(*), count(*) filter (where is_start) from helpdesk.workflow_stages
     where org_id = $1 and workflow_id = $2 and id <> $3";

const UNMARK_START: &str = "
    update helpdesk.workflow_stages set is_start = false
     where org_id = $1 and workflow_id = $2 and id <> $3 and is_start";

const HAS_OTHER_STAGE: &str = "
    select from helpdesk.workflow_stages
     where org_id = $1 and workflow_id = $2 and id <> $3 limit 1";

const UPDATE_STATUS_OF_TICKETS: &str = "
    update helpdesk.tickets set status = $3
     where org_id = $1 and current_stage_id = $2 and status <> $3";

const HAS_TICKET_OF_OTHER_STATUS: &str = "
    select from helpdesk.tickets
     where org_id = $1 and current_stage_id = $2 and status <> $3 limit 1";

/// Trigger on workflow_stages: the first stage of a workflow becomes its start stage. Marking
/// another one moves the mark, which cannot be removed in any other way while the workflow has
/// other stages.
#[pg_trigger(sql = "
    create function helpdesk.workflow_stages_single_start() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
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
    let change =
        StartMark { is_new: old.is_none(), was_start: is_start(old)?, is_start: is_start(new)? };
    // Row security refuses a caller who is not an admin, but only after this trigger, which must
    // neither change nor reveal anything before that.
    let may_change = rights::acts_as_admin(org)?;
    let is_moving = SystemWrite::current() == Some(SystemWrite::MoveStartMark);
    if may_change
        && !is_moving
        && change.needs_check()
        && change.apply(&[org.into(), workflow.into(), id.into()])?
    {
        return Ok(Some(stage.with_changes(vec![ColumnChange::new("is_start", true)])?));
    }
    Ok(Some(stage.unchanged()))
}

fn is_start(row: Option<&TriggerRow>) -> Result<bool> {
    row.map_or(Ok(false), |row| row.required("is_start"))
}

/// What a write does to the start mark of a stage.
struct StartMark {
    is_new: bool,
    was_start: bool,
    is_start: bool,
}

impl StartMark {
    fn needs_check(&self) -> bool {
        self.is_new || self.was_start != self.is_start
    }

    /// Removes the mark from the other stages if this one is marked now. Returns whether this stage
    /// must be marked, because it is the first of its workflow.
    fn apply(&self, stage: &[DatumWithOid; 3]) -> Result<bool> {
        // Without the row, the workflow is being deleted with its stages, or the foreign key fails.
        if !statement::write(LOCK_WORKFLOW).exists(&stage[..2])? {
            return Ok(false);
        }
        let (others, other_starts) = statement::write(COUNT_OTHER_STAGES)
            .fetch_optional(stage, |row| (row.get(1).unwrap_or(0i64), row.get(2).unwrap_or(0i64)))?
            .unwrap_or((0, 0));
        if self.is_start && other_starts > 0 {
            let _moving = SystemWrite::begin(SystemWrite::MoveStartMark);
            statement::write(UNMARK_START).execute(stage)?;
        }
        if self.was_start && !self.is_start {
            if others > 0 {
                return Err(error::breaks_rule(
                    "start_stage_required",
                    "a workflow needs a start stage",
                    "Set is_start on another of its stages; this one then loses it.",
                ));
            }
            transaction::recheck_on_latest_snapshot(HAS_OTHER_STAGE, stage)?;
        }
        Ok(self.is_new && !self.is_start && others == 0)
    }
}

/// Trigger on workflow_stages: a new status of a stage becomes the status of the tickets in it.
#[pg_trigger(sql = "
    create function helpdesk.workflow_stages_push_status() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
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
