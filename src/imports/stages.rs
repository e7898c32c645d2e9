//! The stage that each imported ticket is in.

use pgrx::Uuid;
use pgrx::check_for_interrupts;

use super::existing::NewTicket;
use super::rows::{bad_row, place};
use crate::platform::enums::Status;
use crate::platform::error::{self, Result};
use crate::platform::{statement, transaction};

const FIND_WORKFLOWS: &str = "
    select w.id, w.is_active from helpdesk.workflows w where w.org_id = $1 order by w.created_at, w.id";

/// The lock keeps their status until the end of the transaction. Whoever moves the start mark locks
/// stages in another order, so all are locked or none.
const LOCK_STAGES: &str = "
    select s.workflow_id, s.id, s.name, s.status, s.is_active, s.is_start, s.position
      from helpdesk.workflow_stages s
     where s.org_id = $1 and s.workflow_id = any ($2)
     order by s.id for share";

pub(super) struct Stage {
    pub(super) workflow: Uuid,
    pub(super) id: Uuid,
    pub(super) status: Status,
    name: String,
    is_active: bool,
    is_start: bool,
    place: i32,
}

/// The stages of the workflows that the tickets are in.
pub(super) struct Stages {
    all: Vec<Stage>,
    /// For each ticket its stage, as an index.
    chosen: Vec<usize>,
}

impl Stages {
    pub(super) fn of(&self, ticket: usize) -> Result<&Stage> {
        let stage = self.chosen.get(ticket).and_then(|&index| self.all.get(index));
        stage.ok_or_else(|| error::internal("an imported ticket has no stage"))
    }
}

/// Finds and locks the stage of each ticket: the one that its row names, or one of its status.
pub(super) fn find(org: Uuid, tickets: &[NewTicket]) -> Result<Stages> {
    let workflows = statement::write(FIND_WORKFLOWS)
        .fetch_all(&[org.into()], |row| Some((row.get::<Uuid>(1)?, row.get::<bool>(2)?)))?;
    let workflows: Vec<(Uuid, bool)> = workflows.into_iter().flatten().collect();
    let ids = tickets.iter().map(|ticket| find_workflow(ticket, &workflows));
    let ids = ids.collect::<Result<Vec<Uuid>>>()?;
    let mut used = ids.clone();
    used.sort_by_key(|id| *id.as_bytes());
    used.dedup();
    let all = lock_stages(org, used)?;
    let mut chosen = Vec::with_capacity(tickets.len());
    for (ticket, workflow) in tickets.iter().zip(ids) {
        check_for_interrupts!();
        let index = choose(ticket, workflow, &all)?;
        check_milestones(ticket, all[index].status)?;
        chosen.push(index);
    }
    Ok(Stages { all, chosen })
}

fn find_workflow(ticket: &NewTicket, workflows: &[(Uuid, bool)]) -> Result<Uuid> {
    let Some(named) = ticket.row.workflow_id.map(Uuid::from) else {
        let first = workflows.iter().find(|(_, is_active)| *is_active);
        return first.map(|(id, _)| *id).ok_or_else(|| {
            error::breaks_rule(
                "no_active_workflow",
                "the organization has no active workflow",
                "An org_admin activates or creates one in helpdesk.workflows.",
            )
        });
    };
    match workflows.iter().find(|(id, _)| *id == named) {
        Some((id, true)) => Ok(*id),
        Some(_) => Err(error::breaks_rule(
            "workflow_not_active",
            format!("{}: the workflow is not active", place(ticket.position, "workflowId")),
            "Choose an active one; workflows.is_active says which are.",
        )),
        None => {
            let problem = "no such workflow in this organization";
            Err(bad_row("no_such_workflow", ticket.position, "workflowId", problem))
        }
    }
}

fn lock_stages(org: Uuid, workflows: Vec<Uuid>) -> Result<Vec<Stage>> {
    let args = [org.into(), workflows.into()];
    transaction::lock_all_or_none(&[LOCK_STAGES], |sql| statement::write(sql).execute(&args))?;
    let stages = statement::write(LOCK_STAGES).fetch_all(&args, |row| {
        Some(Stage {
            workflow: row.get(1)?,
            id: row.get(2)?,
            name: row.get(3)?,
            status: Status::from_label(row.get(4)?)?,
            is_active: row.get(5)?,
            is_start: row.get(6)?,
            place: row.get(7)?,
        })
    })?;
    Ok(stages.into_iter().flatten().collect())
}

/// The index of a ticket's stage.
fn choose(ticket: &NewTicket, workflow: Uuid, stages: &[Stage]) -> Result<usize> {
    let (position, row) = (ticket.position, &ticket.row);
    let mut here = stages.iter().enumerate().filter(|(_, stage)| stage.workflow == workflow);
    if let Some(name) = &row.stage {
        let Some((index, stage)) = here.find(|(_, stage)| stage.name == name.trim()) else {
            let problem = "no such stage in the workflow";
            return Err(bad_row("no_such_stage", position, "stage", problem));
        };
        if !stage.is_active {
            let problem = "the stage is retired and takes no tickets";
            return Err(bad_row("stage_retired", position, "stage", problem));
        }
        if row.status.is_some_and(|status| status != stage.status) {
            let problem = format!("the stage is {}", stage.status.label());
            return Err(bad_row("status_mismatch", position, "status", &problem));
        }
        return Ok(index);
    }
    let status = row.status.unwrap_or(Status::Open);
    let fitting = here.filter(|(_, stage)| stage.is_active && stage.status == status);
    let first = fitting.min_by_key(|(_, stage)| (!stage.is_start, stage.place));
    first.map(|(index, _)| index).ok_or_else(|| {
        let problem = format!("the workflow has no active stage that is {}", status.label());
        bad_row("no_such_stage", position, "status", &problem)
    })
}

/// Errors if a ticket was resolved or closed that is not.
fn check_milestones(ticket: &NewTicket, status: Status) -> Result<()> {
    let row = &ticket.row;
    let is_closed = status == Status::Closed;
    let is_resolved = is_closed || status == Status::Resolved;
    for (key, is_given, is_reached) in [
        ("resolvedAt", row.resolved_at.is_some(), is_resolved),
        ("closedAt", row.closed_at.is_some(), is_closed),
    ] {
        if is_given && !is_reached {
            let problem = format!("the ticket is {}", status.label());
            return Err(bad_row("status_mismatch", ticket.position, key, &problem));
        }
    }
    Ok(())
}
