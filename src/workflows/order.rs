//! The order of the stages of a workflow.

use std::collections::BTreeSet;

use pgrx::Uuid;
use pgrx::datum::{Array, DatumWithOid};
use pgrx::prelude::*;

use crate::access::caller::Caller;
use crate::access::rights;
use crate::platform::datum::elements;
use crate::platform::error::{self, Result, required};
use crate::platform::{roles, statement, transaction};

/// The position that stands for "after all others"; the default of the column.
pub(super) const LAST: i32 = i32::MAX;

const NEXT_POSITION: &str = "
    select coalesce(max(position), 0) + 1 from helpdesk.workflow_stages
     where org_id = $1 and workflow_id = $2 and id <> $3";

/// $2: the role bypasses row security. $3: the organizations in which the caller is an admin.
const FIND_ORG: &str = "
    select org_id from helpdesk.workflows where id = $1 and ($2 or org_id = any ($3))";

const FIND_STAGE_IDS: &str = "
    select id from helpdesk.workflow_stages where org_id = $1 and workflow_id = $2 order by id";

/// A new position locks out everybody who writes a row that names the stage, such as a revision of
/// a ticket. They lock stages in any order, so all are locked or none.
const LOCK_STAGE: &str =
    "select from helpdesk.workflow_stages where org_id = $1 and id = $2 for update";

/// Lock order: stages, then the workflow, as when a stage is written.
const LOCK_WORKFLOW: &str =
    "select from helpdesk.workflows where org_id = $1 and id = $2 for no key update";

const FIND_STAGES: &str = "
    select id, is_active from helpdesk.workflow_stages
     where org_id = $1 and workflow_id = $2 order by position, id";

const UPDATE_POSITIONS: &str = "
    update helpdesk.workflow_stages s set position = o.position
      from unnest($3::uuid[]) with ordinality o (id, position)
     where s.org_id = $1 and s.workflow_id = $2 and s.id = o.id and s.position <> o.position";

pub(super) fn next_position(stage: &[DatumWithOid; 3]) -> Result<Option<i32>> {
    statement::write(NEXT_POSITION).fetch_scalar(stage)
}

/// Puts the stages of a workflow in a new order. Retired stages that are not named come last.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn reorder_stages(p_workflow_id: Option<Uuid>, p_stage_ids: Option<Array<Uuid>>) -> Result<()> {
    let workflow = required(p_workflow_id, "p_workflow_id")?;
    let stages = elements("p_stage_ids", &required(p_stage_ids, "p_stage_ids")?)?
        .into_iter()
        .map(|id| required(id, "p_stage_ids[]"))
        .collect::<Result<Vec<Uuid>>>()?;
    let org = lock_workflow(workflow)?;
    let known = statement::write(FIND_STAGES).fetch_all(&[org.into(), workflow.into()], |row| {
        Some((row.get::<Uuid>(1)?, row.get::<bool>(2)?))
    })?;
    let order = complete_order(stages, known.into_iter().flatten().collect())?;
    statement::write(UPDATE_POSITIONS).execute(&[org.into(), workflow.into(), order.into()])
}

/// Locks a workflow that the caller administers, and its stages. Returns its organization.
fn lock_workflow(workflow: Uuid) -> Result<Uuid> {
    let args = [
        workflow.into(),
        roles::role_bypasses_row_security().into(),
        Caller::current()?.admin_orgs().into(),
    ];
    if let Some(org) = statement::write(FIND_ORG).fetch_scalar::<Uuid>(&args)? {
        let args = [org.into(), workflow.into()];
        let stages = statement::write(FIND_STAGE_IDS).fetch_all(&args, |row| row.get::<Uuid>(1))?;
        transaction::lock_all_or_none(&stages, |stage| {
            statement::write(LOCK_STAGE).execute(&[org.into(), (*stage).into()])
        })?;
        if statement::write(LOCK_WORKFLOW).exists(&args)? {
            return Ok(org);
        }
    }
    Err(rights::refusal(error::not_allowed(
        "not_an_admin",
        "p_workflow_id: no such workflow, or you are not an admin of its organization",
        "helpdesk.workflows lists the workflows of your organizations.",
    )))
}

/// The named stages, then the retired ones that are not named; an error unless every active stage
/// is named, all are the workflow's, and none is named twice.
fn complete_order(mut stages: Vec<Uuid>, known: Vec<(Uuid, bool)>) -> Result<Vec<Uuid>> {
    let bytes = |id: &Uuid| *id.as_bytes();
    let named: BTreeSet<[u8; 16]> = stages.iter().map(bytes).collect();
    let ids: BTreeSet<[u8; 16]> = known.iter().map(|(id, _)| bytes(id)).collect();
    let is_missing = |(id, _): &&(Uuid, bool)| !named.contains(&bytes(id));
    let problem = if named.len() < stages.len() {
        "a stage is named twice"
    } else if !named.is_subset(&ids) {
        "not all are stages of the workflow"
    } else if known.iter().filter(is_missing).any(|(_, is_active)| *is_active) {
        "an active stage of the workflow is missing"
    } else {
        stages.extend(known.iter().filter(is_missing).map(|(id, _)| *id));
        return Ok(stages);
    };
    Err(error::invalid(
        "invalid_stage_order",
        "p_stage_ids",
        problem,
        "Name each stage of the workflow once. Retired ones may be left out; they then come last.",
    ))
}
