//! What happens whenever a ticket is written, whichever door the write came through: numbering, defaults, checks, history.

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;
use pgrx::pg_sys::panic::ErrorReport;

use crate::platform::error::{self, Result};
use crate::platform::statement::{self, Row};
use crate::platform::trigger::TriggerRow;

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

/// Where a new ticket starts.
pub(super) struct Start {
    pub(super) workflow: Uuid,
    pub(super) stage: Uuid,
    pub(super) status: String,
}

impl Start {
    fn of(row: &Row) -> Option<Start> {
        Some(Start { workflow: row.get(1)?, stage: row.get(2)?, status: row.get(3)? })
    }

    pub(super) fn find(new: &TriggerRow) -> Result<Start> {
        let workflow: Option<Uuid> = new.get("workflow_id")?;
        let stage: Option<Uuid> = new.get("current_stage_id")?;
        let args = [new.arg("org_id")?, workflow.into(), stage.into()];
        let (start, is_active) = if workflow.is_none() && stage.is_none() {
            (statement::write(USUAL_START).fetch_optional(&args[..1], Start::of)?.flatten(), true)
        } else {
            let found = statement::write(GIVEN_START)
                .fetch_optional(&args, |row| (Start::of(row), row.get(4) == Some(true)))?;
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
        let is_active = statement::write(WORKFLOW)
            .fetch_optional(&args[..2], |row| row.get::<bool>(1))?
            .flatten();
        Ok(match (is_active, workflow, stage) {
            (None, Some(_), _) => no_such_workflow(),
            (None, None, _) => error::wrong_state(
                "workflow_id (p_workflow_id): the organization has no active workflow",
                "An org_admin activates or creates one in helpdesk.workflows.",
            ),
            (Some(false), ..) => workflow_is_not_active(),
            (_, _, Some(_)) => no_such_stage(),
            (_, _, None) => error::wrong_state(
                "workflow_id (p_workflow_id): the workflow has no stages",
                "An org_admin creates them in helpdesk.workflow_stages.",
            ),
        })
    }
}

fn no_such_workflow() -> ErrorReport {
    error::not_allowed(
        "workflow_id (p_workflow_id): no such workflow in this organization",
        "Leave it out to take the organization's earliest active one.",
    )
}

fn workflow_is_not_active() -> ErrorReport {
    error::wrong_state(
        "workflow_id (p_workflow_id): the workflow is not active",
        "Take an active one, or leave it out to take the organization's earliest active one.",
    )
}

pub(super) fn no_such_stage() -> ErrorReport {
    error::not_allowed(
        "current_stage_id (stageId): no such stage in the ticket's workflow",
        "helpdesk.workflow_stages lists the stages of the workflow.",
    )
}
