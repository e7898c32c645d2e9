//! The workflow of a ticket object: its stages, and where the ticket may move to.

use std::collections::{BTreeMap, BTreeSet};

use pgrx::Uuid;
use serde::Serialize;

use crate::access::rights;
#[cfg(test)]
use crate::platform::enums::Status;
use crate::platform::error::Result;
use crate::platform::json::id::Id;
use crate::platform::statement::{Row, Statement};

const FIND_STAGES: &str = "
    select s.id, s.name, s.description, s.status, s.is_active,
           (select w.name from helpdesk.workflows w where w.org_id = $1 and w.id = $2)
      from helpdesk.workflow_stages s
     where s.org_id = $1 and s.workflow_id = $2
     order by s.position";

/// The moves to which a workflow is restricted, if there are any, and whether the caller may make
/// them, who is an admin ($3) or other staff.
const FIND_MOVES: &str = "
    select x.from_stage_id, x.to_stage_id, $3 or x.min_role = 'org_agent'
      from helpdesk.workflow_transitions x
     where x.org_id = $1 and x.workflow_id = $2";

pub(super) struct Workflow {
    org: Uuid,
    id: Uuid,
    pub(super) name: Option<String>,
    stages: Vec<Stage>,
}

pub(super) struct Stage {
    pub(super) id: Id,
    pub(super) name: String,
    pub(super) description: Option<String>,
    status: String,
    is_active: bool,
}

impl Stage {
    fn from_row(row: &Row) -> Option<Stage> {
        Some(Stage {
            id: row.id(1)?,
            name: row.get(2)?,
            description: row.get(3),
            status: row.get(4)?,
            is_active: row.get(5)?,
        })
    }
}

struct Move {
    from: Id,
    to: Id,
    is_allowed: bool,
}

impl Move {
    fn from_row(row: &Row) -> Option<Move> {
        Some(Move { from: row.id(1)?, to: row.id(2)?, is_allowed: row.get(3)? })
    }
}

/// A stage that a ticket may move to.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct AvailableStage {
    id: Id,
    name: String,
    #[cfg_attr(test, schemars(with = "Status"))]
    status: String,
}

impl Workflow {
    /// `mode` is `statement::read` or `statement::write`.
    pub(super) fn find(
        mode: fn(&'static str) -> Statement<'static>,
        org: Uuid,
        id: Uuid,
    ) -> Result<Workflow> {
        let mut name = None;
        let stages = mode(FIND_STAGES).fetch_all(&[org.into(), id.into()], |row| {
            name = row.get(6);
            Stage::from_row(row)
        })?;
        Ok(Workflow { org, id, name, stages: stages.into_iter().flatten().collect() })
    }

    pub(super) fn stage(&self, id: Id) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.id == id)
    }

    /// Where staff may move a ticket from a stage, as `checks::check_transition` allows it.
    pub(super) fn available_stages(
        &self,
        mode: fn(&'static str) -> Statement<'static>,
        from: Id,
    ) -> Result<Vec<AvailableStage>> {
        let args = [self.org.into(), self.id.into(), rights::acts_as_admin(self.org)?.into()];
        let moves = mode(FIND_MOVES).fetch_all(&args, Move::from_row)?;
        let allowed: BTreeSet<Id> = (moves.iter().flatten())
            .filter(|step| step.from == from && step.is_allowed)
            .map(|step| step.to)
            .collect();
        let stages = (self.stages.iter())
            .filter(|stage| stage.is_active && stage.id != from)
            .filter(|stage| moves.is_empty() || allowed.contains(&stage.id));
        let available = stages.map(|stage| AvailableStage {
            id: stage.id,
            name: stage.name.clone(),
            status: stage.status.clone(),
        });
        Ok(available.collect())
    }

    /// The names of the workflow and its stages.
    pub(super) fn into_names(self) -> BTreeMap<Id, String> {
        let stages = self.stages.into_iter().map(|stage| (stage.id, stage.name));
        stages.chain(self.name.map(|name| (self.id.into(), name))).collect()
    }
}
