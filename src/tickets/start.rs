//! The workflow, stage and status in which a new ticket starts.
//!
//! Runs several small statements, which together cost less than one that answers everything.

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;
use pgrx::pg_sys::panic::ErrorReport;

use super::checks::{no_such_stage, stage_is_retired};
use crate::platform::argument_names::written_name;
use crate::platform::error::{self, Result};
use crate::platform::statement::{self, Row};
use crate::platform::trigger::TriggerRow;

/// For a ticket that names neither workflow nor stage. The lock keeps the stage's status.
const DEFAULT_START_STAGE: &str = "
    select s.workflow_id, s.id, s.status
      from helpdesk.workflow_stages s
     where s.org_id = $1 and s.is_start
       and s.workflow_id = (select w.id from helpdesk.workflows w
                             where w.org_id = $1 and w.is_active
                             order by w.created_at, w.id limit 1)
       for share";

/// For a ticket that names its workflow ($2), its stage ($3), or both; also whether the workflow
/// and the stage are active.
const REQUESTED_START_STAGE: &str = "
    select s.workflow_id, s.id, s.status,
           (select w.is_active from helpdesk.workflows w
             where w.org_id = $1 and w.id = s.workflow_id), s.is_active
      from helpdesk.workflow_stages s
     where s.org_id = $1
       and case when $2 is null then s.id = $3
                else s.workflow_id = $2
                     and case when $3 is null then s.is_start else s.id = $3 end end
       for share";

/// Whether the requested workflow ($2) is active, or an active one exists; no row if there is none.
const IS_WORKFLOW_ACTIVE: &str = "
    select w.is_active from helpdesk.workflows w
     where w.org_id = $1 and case when $2 is null then w.is_active else w.id = $2 end limit 1";

pub(super) struct Start {
    pub(super) workflow: Uuid,
    pub(super) stage: Uuid,
    pub(super) status: String,
}

impl Start {
    fn from_row(row: &Row) -> Option<Start> {
        Some(Start { workflow: row.get(1)?, stage: row.get(2)?, status: row.get(3)? })
    }

    pub(super) fn find(new: &TriggerRow) -> Result<Start> {
        let workflow: Option<Uuid> = new.given_id("workflow_id")?;
        let stage: Option<Uuid> = new.given_id("current_stage_id")?;
        if workflow.is_some() || stage.is_some() {
            return Start::find_requested(new, workflow, stage);
        }
        let args = [new.arg("org_id")?, workflow.into(), stage.into()];
        let start =
            statement::write(DEFAULT_START_STAGE).fetch_optional(&args[..1], Start::from_row)?;
        match start.flatten() {
            Some(start) => Ok(start),
            None => Err(why_no_start(&args, workflow, stage)?),
        }
    }

    /// Where a ticket starts in a workflow, or in a stage; an error if that is not active.
    pub(super) fn find_requested(
        ticket: &TriggerRow,
        workflow: Option<Uuid>,
        stage: Option<Uuid>,
    ) -> Result<Start> {
        let args = [ticket.arg("org_id")?, workflow.into(), stage.into()];
        let found = statement::write(REQUESTED_START_STAGE).fetch_optional(&args, |row| {
            Some((Start::from_row(row)?, row.get::<bool>(4)?, row.get::<bool>(5)?))
        })?;
        match found.flatten() {
            Some((start, true, true)) => Ok(start),
            Some((_, true, false)) => Err(stage_is_retired()),
            Some(_) => Err(workflow_is_not_active()),
            None => Err(why_no_start(&args, workflow, stage)?),
        }
    }
}

/// The error for a ticket that has no stage to start in.
fn why_no_start(
    args: &[DatumWithOid],
    workflow: Option<Uuid>,
    stage: Option<Uuid>,
) -> Result<ErrorReport> {
    if workflow.is_none() && stage.is_some() {
        return Ok(no_such_stage());
    }
    let is_active = statement::write(IS_WORKFLOW_ACTIVE).fetch_scalar::<bool>(&args[..2])?;
    Ok(match (is_active, workflow, stage) {
        (None, Some(_), _) => no_such_workflow(),
        (None, None, _) => error::breaks_rule(
            "no_active_workflow",
            "the organization has no active workflow",
            "An org_admin activates or creates one in helpdesk.workflows.",
        ),
        (Some(false), ..) => workflow_is_not_active(),
        (_, _, Some(_)) => no_such_stage(),
        (_, _, None) => error::breaks_rule(
            "workflow_without_stages",
            format!("{}: the workflow has no start stage", written_name("workflow_id")),
            "An org_admin creates an open or pending stage in helpdesk.workflow_stages.",
        ),
    })
}

fn no_such_workflow() -> ErrorReport {
    error::invalid(
        "no_such_workflow",
        written_name("workflow_id"),
        "no such workflow in this organization",
        "helpdesk.workflows lists the workflows of the organization.",
    )
}

fn workflow_is_not_active() -> ErrorReport {
    error::breaks_rule(
        "workflow_not_active",
        format!("{}: the workflow is not active", written_name("workflow_id")),
        "Choose an active one; workflows.is_active says which are.",
    )
}
