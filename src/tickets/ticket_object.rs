//! The ticket object of the API.

use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;
use serde::Serialize;

use super::access::{BY_ID, BY_NUMBER, VISIBLE, VisibleTicket, find_visible};
#[cfg(test)]
use super::people::Assignee;
use super::people::{People, Person};
use super::workflow::{AvailableStage, Workflow};
use crate::access::caller::Caller;
use crate::platform::datum::JsonText;
use crate::platform::enums::Priority;
#[cfg(test)]
use crate::platform::enums::Status;
use crate::platform::error::{self, Result};
use crate::platform::json::id::Id;
use crate::platform::json::output::Time;
#[cfg(test)]
use crate::platform::json::schema::{Api, null_only_in};
use crate::platform::statement::{self, Row, Statement};

static FIND_BY_ID: LazyLock<String> = LazyLock::new(|| find_visible_where(BY_ID));

static FIND_BY_NUMBER: LazyLock<String> = LazyLock::new(|| find_visible_where(BY_NUMBER));

/// $3: whether the caller is staff.
static FIND_CHANGED: LazyLock<String> =
    LazyLock::new(|| find_ticket_where("$3", "t.org_id = $1 and t.id = $2"));

fn find_visible_where(condition: &str) -> String {
    find_ticket_where("$3 or t.org_id = any ($4)", &format!("{condition} and {VISIBLE}"))
}

fn find_ticket_where(is_staff: &str, condition: &str) -> String {
    format!(
        "
    select t.org_id, {is_staff},
           t.id, t.number, t.title, t.description, t.priority, t.status, t.version,
           t.current_stage_id, t.workflow_id, t.assigned_to, t.created_by,
           t.created_at, t.updated_at, t.resolved_at, t.closed_at, t.first_response_at
      from helpdesk.tickets t
     where {condition}"
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(
    test,
    schemars(transform = null_only_in(&[
        "description", "assignedTo", "resolvedAt", "closedAt", "firstResponseAt",
    ]))
)]
pub(super) struct Ticket {
    id: Id,
    org_id: Id,
    number: Option<i64>,
    title: Option<String>,
    description: Option<String>,
    priority: Option<Priority>,
    #[cfg_attr(test, schemars(with = "Status"))]
    status: Option<String>,
    version: Option<i32>,
    current_stage: StageName,
    workflow: WorkflowName,
    #[cfg_attr(test, schemars(with = "Option<Assignee>"))]
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
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "TicketStage"))]
#[cfg_attr(test, schemars(transform = null_only_in(&["description"])))]
struct StageName {
    id: Id,
    name: Option<String>,
    description: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "TicketWorkflow"))]
#[cfg_attr(test, schemars(transform = null_only_in(&[])))]
struct WorkflowName {
    id: Id,
    name: Option<String>,
}

#[cfg(test)]
pub(super) fn describe(api: &mut Api) {
    for function in ["update_ticket", "resolve_ticket"] {
        api.result::<Ticket>(function);
    }
    api.result::<Option<Ticket>>("claim_next_ticket");
}

impl FoundTicket {
    pub(super) fn find_by_number(number: i64, org: Uuid) -> Result<Option<FoundTicket>> {
        FoundTicket::find_visible(&FIND_BY_NUMBER, number.into(), Some(org))
    }

    pub(super) fn find_by_id(id: Uuid, org: Option<Uuid>) -> Result<Option<FoundTicket>> {
        FoundTicket::find_visible(&FIND_BY_ID, id.into(), org)
    }

    fn find_visible(
        sql: &'static str,
        ticket: DatumWithOid,
        org: Option<Uuid>,
    ) -> Result<Option<FoundTicket>> {
        let found = find_visible(statement::read(sql), ticket, org, FoundTicket::columns)?;
        found.map(|columns| FoundTicket::complete(statement::read, columns)).transpose()
    }

    fn columns(row: &Row) -> Option<(VisibleTicket, Ticket)> {
        Some((VisibleTicket::from_row(row)?, Ticket::from_row(row)?))
    }

    /// Adds what is not in the ticket's row. `mode` is `statement::read` or `statement::write`.
    fn complete(
        mode: fn(&'static str) -> Statement<'static>,
        (VisibleTicket { org, is_staff }, mut ticket): (VisibleTicket, Ticket),
    ) -> Result<FoundTicket> {
        let id = Uuid::from(ticket.id);
        let me = Caller::current()?.profile;
        ticket.is_watching = mode(IS_WATCHING).exists(&[org.into(), id.into(), me.into()])?;
        let workflow = Workflow::find(mode, org, ticket.workflow.id.into())?;
        ticket.show_stage(&workflow);
        if is_staff {
            ticket.available_stages = workflow.available_stages(mode, ticket.current_stage.id)?;
        }
        Ok(FoundTicket { org, id, is_staff, ticket, workflow })
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

/// The ticket object, as the same call has just changed it. The caller was allowed to.
pub fn changed_ticket(ticket: &VisibleTicket, id: Uuid) -> Result<JsonText> {
    let args = [ticket.org.into(), id.into(), ticket.is_staff.into()];
    let found = statement::write(&FIND_CHANGED).fetch_optional(&args, FoundTicket::columns)?;
    let columns = found.flatten().ok_or_else(|| {
        error::not_allowed(
            "no_such_ticket",
            "p_ticket_id: the ticket was deleted",
            "Another transaction deleted it while this one was about to change it.",
        )
    })?;
    let FoundTicket { is_staff, mut ticket, .. } =
        FoundTicket::complete(statement::write, columns)?;
    let people = People::find(statement::write, ticket.people().map(|person| person.id))?;
    people.fill_in_names(ticket.people());
    ticket.show_email(&people, is_staff);
    JsonText::serialize(&ticket)
}
