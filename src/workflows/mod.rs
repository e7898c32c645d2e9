//! How tickets move: a workflow that has stages has exactly one where tickets start.

use pgrx::Uuid;
use pgrx::prelude::*;

use crate::access::rights;
use crate::platform::error::{self, Result};
use crate::platform::system_write::SystemWrite;
use crate::platform::trigger::{self, ColumnChange, TriggerResult, TriggerRow, TriggerRows, Tuple};
use crate::platform::{statement, transaction};

const LOCK_WORKFLOW: &str =
    "select from helpdesk.workflows where org_id = $1 and id = $2 for no key update";

const OTHER_STAGES: &str = "
    select count(*), count(*) filter (where is_start) from helpdesk.workflow_stages
     where org_id = $1 and workflow_id = $2 and id <> $3";

const UNMARK_START: &str = "
    update helpdesk.workflow_stages set is_start = false
     where org_id = $1 and workflow_id = $2 and id <> $3 and is_start";

const OTHER_STAGE: &str = "
    select from helpdesk.workflow_stages where org_id = $1 and workflow_id = $2 and id <> $3 limit 1";

const STATUS_TO_TICKETS: &str = "
    update helpdesk.tickets set status = $3 where org_id = $1 and current_stage_id = $2 and status <> $3";

const NOT_OF_STATUS: &str = "
    select from helpdesk.tickets where org_id = $1 and current_stage_id = $2 and status <> $3 limit 1";

/// Trigger: the first stage of a workflow is its start stage; marking another moves the mark; it cannot be taken away otherwise.
#[pg_trigger(sql = "
    create function helpdesk.workflow_stages_single_start() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn workflow_stages_single_start<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, keep_start_mark)
}

fn keep_start_mark(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let (old, new) = (rows.old.as_ref(), rows.new.as_ref());
    let Some(stage) = new.or(old) else { return Ok(None) };
    let org: Uuid = stage.required("org_id")?;
    let workflow: Uuid = stage.required("workflow_id")?;
    let id: Uuid = stage.required("id")?;
    if let (Some(old), Some(new)) = (old, new) {
        new.check_unchanged(
            old,
            &["org_id", "id", "workflow_id"],
            "Make a new stage in the other workflow.",
        )?;
    }
    let is_marked =
        |row: Option<&TriggerRow>| row.map_or(Ok(false), |row| row.required("is_start"));
    let (was_start, is_start) = (is_marked(old)?, is_marked(new)?);
    let is_new = old.is_none();
    // Whoever is no admin there is refused by row security after this, and learns nothing here.
    let may_not_change = !rights::acts_as_admin(org)?;
    let is_moving = SystemWrite::current() == Some(SystemWrite::MoveStartMark);
    if (was_start == is_start && !is_new) || is_moving || may_not_change {
        return Ok(Some(stage.unchanged()));
    }
    let this = &[org.into(), workflow.into(), id.into()];
    if statement::write(LOCK_WORKFLOW).fetch_optional(&this[..2], |_| ())?.is_none() {
        // It is being deleted, and its stages with it. Or there is none: the foreign key says so.
        return Ok(Some(stage.unchanged()));
    }
    let (others, other_starts) = statement::write(OTHER_STAGES)
        .fetch_optional(this, |row| (row.get(1).unwrap_or(0i64), row.get(2).unwrap_or(0i64)))?
        .unwrap_or((0, 0));
    if is_start && other_starts > 0 {
        let _moving = SystemWrite::begin(SystemWrite::MoveStartMark);
        statement::write(UNMARK_START).execute(this)?;
    }
    if is_new && !is_start && others == 0 {
        return Ok(Some(stage.with_changes(vec![ColumnChange::new("is_start", true)])?));
    }
    if was_start && !is_start {
        if others > 0 {
            return Err(error::wrong_state(
                "a workflow needs a start stage",
                "Set is_start on another of its stages; this one then loses it.",
            ));
        }
        transaction::recheck_on_latest_snapshot(OTHER_STAGE, this)?;
    }
    Ok(Some(stage.unchanged()))
}

/// Trigger: a stage that gets another status gives it to the tickets in it.
#[pg_trigger(sql = "
    create function helpdesk.workflow_stages_push_status() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn workflow_stages_push_status<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, |rows| {
        let Some(new) = rows.new else { return Ok(None) };
        let args = [new.arg("org_id")?, new.arg("id")?, new.arg("status")?];
        statement::write(STATUS_TO_TICKETS).execute(&args)?;
        transaction::recheck_on_latest_snapshot(NOT_OF_STATUS, &args)?;
        Ok(None)
    })
}
