//! The ticket object of the API.

use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;
use serde::Serialize;

use super::access::{BY_ID, BY_NUMBER, VISIBLE, VisibleTicket, find_visible};
use super::people::{People, Person};
use super::workflow::{AvailableStage, Workflow};
use crate::access::caller::Caller;
use crate::platform::datum::JsonText;
use crate::platform::enums::Priority;
use crate::platform::error::{self, Result};
use crate::platform::json::id::Id;
use crate::platform::json::output::Time;
use crate::platform::statement::{self, Row, Statement};

static FIND_BY_ID: LazyLock<String> = LazyLock::new(|| find_ticket_where(BY_ID));

static FIND_BY_NUMBER: LazyLock<String> = LazyLock::new(|| find_ticket_where(BY_NUMBER));

fn find_ticket_where(condition: &str) -> String {
    format!(
        "
    select t.org_id, $3 or t.org_id = any ($4),
           t.id, t.number, t.title, t.description, t.priority, t.status, t.version,
           t.current_stage_id, t.workflow_id, t.assigned_to, t.created_by,
           t.created_at, t.updated_at, t.resolved_at, t.closed_at, t.first_response_at
      from helpdesk.tickets t
     where {condition} and {VISIBLE}"
    )
}

const IS_WATCHING: &str = "
    select from helpdesk.ticket_watchers where org_id = $1 and ticket_id = $2 and user_id = $3";

/// A ticket that the caller may see, before the names of people are filled in.
pub(super) struct FoundTicket {
    pub(super) org: Uuid,
    pub(super) id: Uuid,
    pub(super) is_staff: bool,
    pub(super) ticket: Ticket,
    pub(super) workflow: Workflow,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ticket {
    id: Id,
    org_id: Id,
    number: Option<i64>,
    title: Option<String>,
    description: Option<String>,
    priority: Option<Priority>,
    status: Option<String>,
    version: Option<i32>,
    current_stage: StageName,
    workflow: WorkflowName,
    assigned_to: Option<Person>,
    created_by: Option<Person>,
    created_at: Option<Time>,
    updated_at: Option<Time>,
    resolved_at: Option<Time>,
    closed_at: Option<Time>,
    first_response_at: Option<Time>,
    is_watching: bool,
    available_stages: Vec<AvailableStage>,
}

#[derive(Serialize)]
struct StageName {
    id: Id,
    name: Option<String>,
    description: Option<String>,
}

#[derive(Serialize)]
struct WorkflowName {
    id: Id,
    name: Option<String>,
}

impl FoundTicket {
    pub(super) fn find_by_number(number: i64, org: Uuid) -> Result<Option<FoundTicket>> {
        FoundTicket::find(statement::read, &FIND_BY_NUMBER, number.into(), Some(org))
    }

    /// `mode` is `statement::read` or `statement::write`.
    pub(super) fn find_by_id(
        mode: fn(&'static str) -> Statement<'static>,
        id: Uuid,
        org: Option<Uuid>,
    ) -> Result<Option<FoundTicket>> {
        FoundTicket::find(mode, &FIND_BY_ID, id.into(), org)
    }

    fn find(
        mode: fn(&'static str) -> Statement<'static>,
        sql: &'static str,
        ticket: DatumWithOid,
        org: Option<Uuid>,
    ) -> Result<Option<FoundTicket>> {
        let found = find_visible(mode(sql), ticket, org, |row| {
            Some((VisibleTicket::from_row(row)?, Ticket::from_row(row)?))
        })?;
        let Some((VisibleTicket { org, is_staff }, mut ticket)) = found else { return Ok(None) };
        let id = Uuid::from(ticket.id);
        let me = Caller::current()?.profile;
        ticket.is_watching = mode(IS_WATCHING).exists(&[org.into(), id.into(), me.into()])?;
        let workflow = Workflow::find(mode, org, ticket.workflow.id.into())?;
        ticket.show_stage(&workflow);
        if is_staff {
            ticket.available_stages = workflow.available_stages(mode, ticket.current_stage.id)?;
        }
        Ok(Some(FoundTicket { org, id, is_staff, ticket, workflow }))
    }
}

impl Ticket {
    fn from_row(row: &Row) -> Option<Ticket> {
        Some(Ticket {
            org_id: row.id(1)?,
            id: row.id(3)?,
            number: row.get(4),
            title: row.get(5),
            description: row.get(6),
            priority: row.get(7),
            status: row.get(8),
            version: row.get(9),
            current_stage: StageName { id: row.id(10)?, name: None, description: None },
            workflow: WorkflowName { id: row.id(11)?, name: None },
            assigned_to: Person::from_row(row, 12),
            created_by: Person::from_row(row, 13),
            created_at: row.time(14),
            updated_at: row.time(15),
            resolved_at: row.time(16),
            closed_at: row.time(17),
            first_response_at: row.time(18),
            is_watching: false,
            available_stages: Vec::new(),
        })
    }

    fn show_stage(&mut self, workflow: &Workflow) {
        self.workflow.name.clone_from(&workflow.name);
        if let Some(stage) = workflow.stage(self.current_stage.id) {
            self.current_stage.name = Some(stage.name.clone());
            self.current_stage.description.clone_from(&stage.description);
        }
    }

    pub(super) fn people(&mut self) -> impl Iterator<Item = &mut Person> {
        self.assigned_to.iter_mut().chain(&mut self.created_by)
    }

    /// Only staff get the assignee's e-mail address; for others it is null.
    pub(super) fn show_email(&mut self, people: &People, is_staff: bool) {
        if let Some(assignee) = &mut self.assigned_to {
            assignee.email = Some(if is_staff { people.email(assignee.id) } else { None });
        }
    }
}

/// The ticket object, as the same call has just changed it.
pub fn changed_ticket(org: Uuid, id: Uuid) -> Result<JsonText> {
    let found = FoundTicket::find_by_id(statement::write, id, Some(org))?.ok_or_else(|| {
        error::not_allowed(
            "no_such_ticket",
            "p_ticket_id: the ticket was deleted",
            "Another transaction deleted it while this one was about to change it.",
        )
    })?;
    let FoundTicket { is_staff, mut ticket, .. } = found;
    let people = People::find(statement::write, ticket.people().map(|person| person.id))?;
    people.fill_in_names(ticket.people());
    ticket.show_email(&people, is_staff);
    JsonText::serialize(&ticket)
}
