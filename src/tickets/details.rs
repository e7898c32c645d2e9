//! The ticket object of the API, alone or with its conversation and history.
//!
//! Runs several small statements, each of which reads rows by one index, and assembles the JSON
//! with serde. One statement that joins and builds everything took twice as long.

use std::collections::BTreeMap;

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;
use pgrx::prelude::*;
use serde::Serialize;
use serde_json::value::RawValue;

use super::access::{VisibleTicket, find_visible_number, find_visible_ticket};
use super::people::{People, Person};
use super::recorded_ids::RecordedIds;
use crate::access::caller::Caller;
use crate::access::rights;
use crate::platform::datum::JsonText;
use crate::platform::enums::Priority;
use crate::platform::error::{self, Result, required};
use crate::platform::json::id::Id;
use crate::platform::json::output::Time;
use crate::platform::statement::{self, Row, Statement};

/// For a person ($3), who is staff ($4), or an admin ($5). The available stages are those that
/// `checks::check_transition` allows.
const FIND_TICKET: &str = "
    select t.id, t.number, t.title, t.description, t.priority, t.status, t.version,
           s.id, s.name, s.description, w.id, w.name,
           t.assigned_to, t.created_by, t.created_at, t.updated_at, t.resolved_at, t.closed_at,
           t.first_response_at,
           exists (select from helpdesk.ticket_watchers x
                    where x.org_id = $1 and x.ticket_id = $2 and x.user_id = $3),
           case when $4 then (
             select json_agg(json_build_object('id', a.id, 'name', a.name, 'status', a.status)
                             order by a.position, a.id)::text
               from helpdesk.workflow_stages a
              where a.org_id = $1 and a.workflow_id = t.workflow_id and a.id <> t.current_stage_id
                and a.is_active
                and (not exists (select from helpdesk.workflow_transitions x
                                  where x.org_id = $1 and x.workflow_id = t.workflow_id)
                     or exists (select from helpdesk.workflow_transitions x
                                 where x.org_id = $1 and x.workflow_id = t.workflow_id
                                   and x.from_stage_id = t.current_stage_id
                                   and x.to_stage_id = a.id
                                   and ($5 or x.min_role = 'org_agent')))) end
      from helpdesk.tickets t
      join helpdesk.workflow_stages s on s.org_id = $1 and s.id = t.current_stage_id
      join helpdesk.workflows w on w.org_id = $1 and w.id = t.workflow_id
     where t.org_id = $1 and t.id = $2";

const FIND_COMMENTS: &str = "
    select c.id, c.content, c.is_internal, c.created_by, c.created_at, c.updated_at
      from helpdesk.ticket_comments c
     where c.org_id = $1 and c.ticket_id = $2 and ($3 or not c.is_internal)
     order by c.created_at, c.id";

const FIND_ATTACHMENTS: &str = "
    select a.id, a.comment_id, a.file_name, a.file_type, a.file_size, a.storage_path, a.is_internal,
           a.uploaded_by, a.uploaded_at
      from helpdesk.ticket_attachments a
     where a.org_id = $1 and a.ticket_id = $2 and ($3 or not a.is_internal)
     order by a.uploaded_at, a.id";

const FIND_REVISIONS: &str = "
    select h.id, h.changes::text, h.changed_by, h.changed_at
      from helpdesk.ticket_history h
     where h.org_id = $1 and h.ticket_id = $2
     order by h.version desc";

/// Longer conversations are refused, because one result takes about four times this memory.
const MAX_BYTES: usize = 64 << 20;

/// A ticket with its comments, attachments and history, as far as the caller may see them; NULL if
/// there is no such ticket or they may not see it.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn get_ticket_details(
    p_ticket_id: default!(Option<Uuid>, "NULL"),
    p_org_id: default!(Option<Uuid>, "NULL"),
    p_number: default!(Option<i64>, "NULL"),
) -> Result<Option<JsonText>> {
    let Some((id, visible)) = find_requested(p_ticket_id, p_org_id, p_number)? else {
        return Ok(None);
    };
    let VisibleTicket { org, is_staff } = visible;
    let Some(ticket) = Ticket::find(statement::read, org, id, is_staff)? else {
        return Ok(None);
    };
    let args = [org.into(), id.into(), is_staff.into()];
    let mut details = Details {
        ticket,
        comments: find_comments(&args)?,
        attachments: statement::read(FIND_ATTACHMENTS).fetch_all(&args, Attachment::from_row)?,
        history: statement::read(FIND_REVISIONS).fetch_all(&args[..2], Revision::from_row)?,
    };
    let people = details.find_people(org)?;
    people.fill_in_names(details.people());
    details.ticket.show_email(&people, is_staff);
    for revision in &mut details.history {
        revision.names = revision.recorded.all().filter_map(|id| people.name(id)).collect();
    }
    show_under_comments(&details.attachments, &mut details.comments);
    JsonText::serialize(&details).map(Some)
}

/// The ticket that the arguments name: by its id, or by its number in an organization.
fn find_requested(
    id: Option<Uuid>,
    org: Option<Uuid>,
    number: Option<i64>,
) -> Result<Option<(Uuid, VisibleTicket)>> {
    match number {
        None => {
            let id = required(id, "p_ticket_id")?;
            Ok(find_visible_ticket(id, org)?.map(|ticket| (id, ticket)))
        }
        Some(_) if id.is_some() => Err(error::invalid(
            "invalid_value",
            "p_number",
            "cannot be combined with p_ticket_id",
            "Pass p_ticket_id, or p_number with p_org_id.",
        )),
        Some(number) => find_visible_number(number, required(org, "p_org_id")?),
    }
}

/// Repeats the attachments that belong to comments under them.
fn show_under_comments(attachments: &[Attachment], comments: &mut [Comment]) {
    let mut by_comment: BTreeMap<Id, Vec<Attachment>> = BTreeMap::new();
    for file in attachments {
        if let Some(comment) = file.comment_id {
            by_comment.entry(comment).or_default().push(file.clone());
        }
    }
    for comment in comments {
        let files = comment.id.and_then(|id| by_comment.remove(&id));
        comment.attachments = files.unwrap_or_default();
    }
}

fn find_comments(args: &[DatumWithOid]) -> Result<Vec<Comment>> {
    let mut bytes = 0;
    let comments = statement::read(FIND_COMMENTS).fetch_all(args, |row| {
        let comment = (bytes <= MAX_BYTES).then(|| Comment::from_row(row))?;
        bytes += comment.content.as_ref().map_or(0, String::len);
        Some(comment)
    })?;
    let comments: Option<Vec<Comment>> = comments.into_iter().collect();
    comments.ok_or_else(|| {
        error::too_large(
            "too_large",
            "p_ticket_id: the conversation has more than 64 MiB of text",
            "Read helpdesk.ticket_comments page by page.",
        )
    })
}

/// The ticket object, as the same call has just changed it.
pub fn changed_ticket(org: Uuid, id: Uuid, is_staff: bool) -> Result<JsonText> {
    let ticket = Ticket::find(statement::write, org, id, is_staff)?;
    let mut ticket = ticket.ok_or_else(|| {
        error::not_allowed(
            "no_such_ticket",
            "p_ticket_id: the ticket was deleted",
            "Another transaction deleted it while this one was about to change it.",
        )
    })?;
    let people = People::find(statement::write, ticket.people().map(|person| person.id))?;
    people.fill_in_names(ticket.people());
    ticket.show_email(&people, is_staff);
    JsonText::serialize(&ticket)
}

#[derive(Serialize)]
struct Details {
    ticket: Ticket,
    comments: Vec<Comment>,
    attachments: Vec<Attachment>,
    history: Vec<Revision>,
}

impl Details {
    fn people(&mut self) -> impl Iterator<Item = &mut Person> {
        (self.comments.iter_mut().filter_map(|comment| comment.created_by.as_mut()))
            .chain(self.attachments.iter_mut().filter_map(|file| file.uploaded_by.as_mut()))
            .chain(self.history.iter_mut().filter_map(|revision| revision.changed_by.as_mut()))
            .chain(self.ticket.people())
    }

    fn find_people(&mut self, org: Uuid) -> Result<People> {
        let recorded = self.history.iter().map(|revision| &revision.recorded);
        let (configured, people): (Vec<_>, Vec<_>) =
            recorded.map(|ids| (ids.configured.clone(), ids.people.clone())).unzip();
        let people = people.into_iter().flatten().chain(self.people().map(|person| person.id));
        People::find_with_configured(people, org, configured.into_iter().flatten())
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ticket {
    id: Option<Id>,
    org_id: Id,
    number: Option<i64>,
    title: Option<String>,
    description: Option<String>,
    priority: Option<Priority>,
    status: Option<String>,
    version: Option<i32>,
    current_stage: Stage,
    workflow: Workflow,
    assigned_to: Option<Person>,
    created_by: Option<Person>,
    created_at: Option<Time>,
    updated_at: Option<Time>,
    resolved_at: Option<Time>,
    closed_at: Option<Time>,
    first_response_at: Option<Time>,
    is_watching: Option<bool>,
    available_stages: Box<RawValue>,
}

#[derive(Serialize)]
struct Stage {
    id: Option<Id>,
    name: Option<String>,
    description: Option<String>,
}

#[derive(Serialize)]
struct Workflow {
    id: Option<Id>,
    name: Option<String>,
}

impl Ticket {
    /// `mode` is `statement::read` or `statement::write`.
    fn find(
        mode: fn(&'static str) -> Statement<'static>,
        org: Uuid,
        id: Uuid,
        is_staff: bool,
    ) -> Result<Option<Ticket>> {
        let me = Caller::current()?.profile;
        let is_admin = rights::acts_as_admin(org)?;
        let args = [org.into(), id.into(), me.into(), is_staff.into(), is_admin.into()];
        mode(FIND_TICKET).fetch_optional(&args, |row| Ticket::from_row(row, org))
    }

    fn from_row(row: &Row, org: Uuid) -> Ticket {
        Ticket {
            id: row.id(1),
            org_id: org.into(),
            number: row.get(2),
            title: row.get(3),
            description: row.get(4),
            priority: row.get(5),
            status: row.get(6),
            version: row.get(7),
            current_stage: Stage { id: row.id(8), name: row.get(9), description: row.get(10) },
            workflow: Workflow { id: row.id(11), name: row.get(12) },
            assigned_to: Person::from_row(row, 13),
            created_by: Person::from_row(row, 14),
            created_at: row.time(15),
            updated_at: row.time(16),
            resolved_at: row.time(17),
            closed_at: row.time(18),
            first_response_at: row.time(19),
            is_watching: row.get(20),
            available_stages: raw_json(row, 21).unwrap_or_else(empty_list),
        }
    }

    fn people(&mut self) -> impl Iterator<Item = &mut Person> {
        self.assigned_to.iter_mut().chain(&mut self.created_by)
    }

    /// Only staff get the assignee's e-mail address; for others it is null.
    fn show_email(&mut self, people: &People, is_staff: bool) {
        if let Some(assignee) = &mut self.assigned_to {
            assignee.email = Some(if is_staff { people.email(assignee.id) } else { None });
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Comment {
    id: Option<Id>,
    content: Option<String>,
    is_internal: Option<bool>,
    created_by: Option<Person>,
    created_at: Option<Time>,
    updated_at: Option<Time>,
    attachments: Vec<Attachment>,
}

impl Comment {
    fn from_row(row: &Row) -> Comment {
        Comment {
            id: row.id(1),
            content: row.get(2),
            is_internal: row.get(3),
            created_by: Person::from_row(row, 4),
            created_at: row.time(5),
            updated_at: row.time(6),
            attachments: Vec::new(),
        }
    }
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Attachment {
    id: Option<Id>,
    comment_id: Option<Id>,
    file_name: Option<String>,
    file_type: Option<String>,
    file_size: Option<i32>,
    storage_path: Option<String>,
    is_internal: Option<bool>,
    uploaded_by: Option<Person>,
    uploaded_at: Option<Time>,
}

impl Attachment {
    fn from_row(row: &Row) -> Attachment {
        Attachment {
            id: row.id(1),
            comment_id: row.id(2),
            file_name: row.get(3),
            file_type: row.get(4),
            file_size: row.get(5),
            storage_path: row.get(6),
            is_internal: row.get(7),
            uploaded_by: Person::from_row(row, 8),
            uploaded_at: row.time(9),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Revision {
    id: Option<Id>,
    changes: Option<Box<RawValue>>,
    /// The names of the stages, workflows and people whose ids are in `changes`.
    names: BTreeMap<Id, String>,
    changed_by: Option<Person>,
    changed_at: Option<Time>,
    #[serde(skip)]
    recorded: RecordedIds,
}

impl Revision {
    fn from_row(row: &Row) -> Revision {
        let changes = raw_json(row, 2);
        Revision {
            id: row.id(1),
            recorded: changes
                .as_deref()
                .map(|changes| RecordedIds::read(changes.get()))
                .unwrap_or_default(),
            changes,
            names: BTreeMap::new(),
            changed_by: Person::from_row(row, 3),
            changed_at: row.time(4),
        }
    }
}

fn raw_json(row: &Row, position: usize) -> Option<Box<RawValue>> {
    row.get::<String>(position).and_then(|text| RawValue::from_string(text).ok())
}

fn empty_list() -> Box<RawValue> {
    RawValue::from_string("[]".to_owned()).unwrap_or_default()
}
