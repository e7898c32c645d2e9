//! How tickets move: a workflow that has stages has exactly one where tickets start.

use pgrx::Uuid;
use pgrx::prelude::*;

use crate::db::{self, Change, Fired, TriggerRows, Tuple};
use crate::error::{Error, Result};

const LOCK_WORKFLOW: &str =
    "select from helpdesk.workflows where org_id = $1 and id = $2 for no key update";

const OTHER_STAGES: &str = "
    select count(*), count(*) filter (where is_start) from helpdesk.workflow_stages
     where org_id = $1 and workflow_id = $2 and id <> $3";

const UNMARK_START: &str = "
    update helpdesk.workflow_stages set is_start = false
     where org_id = $1 and workflow_id = $2 and id <> $3 and is_start";

/// Trigger: the first stage of a workflow is its start stage; marking another moves the mark; it cannot be taken away otherwise.
/// It does not fire for its own moving of the mark, nor when a workflow is deleted with its stages.
#[pg_trigger(sql = "
    create function helpdesk.one_start_stage() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn one_start_stage<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    db::fire(trigger, move_start_mark)
}

fn move_start_mark(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(stage) = rows.new.as_ref().or(rows.old.as_ref()) else {
        return Ok(None);
    };
    let org: Uuid = stage.required("org_id")?;
    let workflow: Uuid = stage.required("workflow_id")?;
    let id: Uuid = stage.required("id")?;
    let was_start = match &rows.old {
        Some(old) => old.required("is_start")?,
        None => false,
    };
    let is_start = match &rows.new {
        Some(new) => new.required("is_start")?,
        None => false,
    };
    let is_new = rows.old.is_none();
    if was_start == is_start && !is_new {
        return Ok(Some(stage.unchanged()));
    }
    let this = &[org.into(), workflow.into(), id.into()];
    db::run(LOCK_WORKFLOW, &this[..2])?;
    let (others, other_starts) = db::run_one(OTHER_STAGES, this, |row| {
        (row.get(1).unwrap_or(0i64), row.get(2).unwrap_or(0i64))
    })?
    .unwrap_or((0, 0));
    if is_start && other_starts > 0 {
        db::run(UNMARK_START, this)?;
    }
    if is_new && !is_start && others == 0 {
        return Ok(Some(stage.with(vec![Change::new("is_start", true)])?));
    }
    if was_start && !is_start && others > 0 {
        return Err(Error::wrong_state(
            "a workflow needs a start stage",
            "Set is_start on another of its stages; this one then loses it.",
        ));
    }
    Ok(Some(stage.unchanged()))
}
