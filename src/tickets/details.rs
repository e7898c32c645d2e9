//! A ticket with its conversation and history.
//!
//! Runs several small statements, each of which reads rows by one index, and assembles the JSON
//! with serde. One statement that joins and builds everything took twice as long.

use std::collections::{BTreeMap, BTreeSet};

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;
use pgrx::prelude::*;
use serde::Serialize;
use serde_json::value::RawValue;

#[cfg(test)]
use super::history::RecordedChanges;
use super::people::{People, Person};
use super::recorded_ids::RecordedIds;
use super::ticket_object::{FoundTicket, Ticket};
use super::workflow::Workflow;
use crate::platform::datum::JsonText;
use crate::platform::error::{self, Result, required};
use crate::platform::json::id::Id;
use crate::platform::json::output::Time;
#[cfg(test)]
use crate::platform::json::schema::{Api, null_only_in};
use crate::platform::statement::{self, Row};

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

/// Stages and workflows ($2) of an organization.
const FIND_OTHER_NAMES: &str = "
    select s.id, s.name from helpdesk.workflow_stages s where s.org_id = $1 and s.id = any ($2)
    union all
    select w.id, w.name from helpdesk.workflows w where w.org_id = $1 and w.id = any ($2)";

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
    let Some(found) = find_requested(p_ticket_id, p_org_id, p_number)? else {
        return Ok(None);
    };
    let FoundTicket { org, id, is_staff, ticket, workflow } = found;
    let args = [org.into(), id.into(), is_staff.into()];
    let mut details = Details {
        ticket,
        comments: find_comments(&args)?,
        attachments: statement::read(FIND_ATTACHMENTS).fetch_all(&args, Attachment::from_row)?,
        history: statement::read(FIND_REVISIONS).fetch_all(&args[..2], Revision::from_row)?,
    };
    details.fill_in_names(org, is_staff, workflow)?;
    show_under_comments(&details.attachments, &mut details.comments);
    JsonText::serialize(&details).map(Some)
}

/// The ticket that the arguments name: by its id, or by its number in an organization.
fn find_requested(
    id: Option<Uuid>,
    org: Option<Uuid>,
    number: Option<i64>,
) -> Result<Option<FoundTicket>> {
    match number {
        None => FoundTicket::find_by_id(required(id, "p_ticket_id")?, org),
        Some(_) if id.is_some() => Err(error::invalid(
            "invalid_value",
            "p_number",
            "cannot be combined with p_ticket_id",
            "Pass p_ticket_id, or p_number with p_org_id.",
        )),
        Some(number) => FoundTicket::find_by_number(number, required(org, "p_org_id")?),
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

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "TicketDetails"))]
struct Details {
    ticket: Ticket,
    comments: Vec<Comment>,
    attachments: Vec<Attachment>,
    history: Vec<Revision>,
}

#[cfg(test)]
pub(super) fn describe(api: &mut Api) {
    api.result::<Option<Details>>("get_ticket_details");
    api.alternative("get_ticket_details", &["p_ticket_id"], &["p_org_id"]);
    api.alternative("get_ticket_details", &["p_org_id", "p_number"], &[]);
}

impl Details {
    fn people(&mut self) -> impl Iterator<Item = &mut Person> {
        (self.comments.iter_mut().filter_map(|comment| comment.created_by.as_mut()))
            .chain(self.attachments.iter_mut().filter_map(|file| file.uploaded_by.as_mut()))
            .chain(self.history.iter_mut().filter_map(|revision| revision.changed_by.as_mut()))
            .chain(self.ticket.people())
    }

    /// Looks up the names of all people at once, and those that the history mentions.
    fn fill_in_names(&mut self, org: Uuid, is_staff: bool, workflow: Workflow) -> Result<()> {
        let recorded = self.history.iter().flat_map(|revision| &revision.recorded.people);
        let ids: Vec<Id> = recorded.copied().collect();
        let ids = ids.into_iter().chain(self.people().map(|person| person.id));
        let people = People::find(statement::read, ids)?;
        people.fill_in_names(self.people());
        self.ticket.show_email(&people, is_staff);
        let mut names = workflow.into_names();
        let recorded = self.history.iter().flat_map(|revision| &revision.recorded.configured);
        find_other_names(org, recorded.copied(), &mut names)?;
        for revision in &mut self.history {
            let RecordedIds { configured, people: recorded } = &revision.recorded;
            let configured = configured.iter().filter_map(|id| Some((*id, names.get(id)?.clone())));
            revision.names =
                configured.chain(recorded.iter().filter_map(|id| people.name(*id))).collect();
        }
        Ok(())
    }
}

/// Adds the names of stages and workflows that a ticket has left.
fn find_other_names(
    org: Uuid,
    ids: impl Iterator<Item = Id>,
    names: &mut BTreeMap<Id, String>,
) -> Result<()> {
    let other: BTreeSet<Id> = ids.filter(|id| !names.contains_key(id)).collect();
    if other.is_empty() {
        return Ok(());
    }
    let other: Vec<Uuid> = other.into_iter().map(Uuid::from).collect();
    let found = statement::read(FIND_OTHER_NAMES)
        .fetch_all(&[org.into(), other.into()], |row| Some((row.id(1)?, row.get(2)?)))?;
    names.extend(found.into_iter().flatten());
    Ok(())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(transform = null_only_in(&[])))]
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(transform = null_only_in(&["commentId"])))]
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(transform = null_only_in(&["changedBy"])))]
struct Revision {
    id: Option<Id>,
    #[cfg_attr(test, schemars(with = "RecordedChanges"))]
    changes: Option<Box<RawValue>>,
    /// The names of the stages, workflows and people whose ids are in `changes`.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, String>"))]
    names: BTreeMap<Id, String>,
    changed_by: Option<Person>,
    changed_at: Option<Time>,
    #[serde(skip)]
    recorded: RecordedIds,
}

impl Revision {
    fn from_row(row: &Row) -> Revision {
        let changes = row.get::<String>(2).and_then(|text| RawValue::from_string(text).ok());
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
