//! Opening, changing and finding a ticket; ticket_details.rs shows it. What happens on every write, whichever way it comes, is in ticket_triggers.rs;
//! lists are in ticket_list.rs.

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;
use pgrx::prelude::*;
use serde::Deserialize;

use crate::db::{self, JsonText, JsonbText};
use crate::enums::Priority;
use crate::error::{Error, Result, required};
use crate::identity::new_id;
use crate::json_input::{self, Id};
use crate::organizations::not_a_member;
use crate::ticket_details::changed_ticket;
use crate::viewer::{self, Viewer};

const MAX_TITLE: usize = 500;
const MAX_DESCRIPTION: usize = 100_000;
const MAX_KEY: usize = 255;

const INSERT_TICKET: &str = "
    insert into helpdesk.tickets (org_id, id, title, description, priority, workflow_id, created_by)
    values ($1, $2, $3, $4, $5::helpdesk.ticket_priority, $6, $7)";

/// Waits for whoever is using the same key; no row when they succeeded.
const TAKE_KEY: &str = "
    insert into helpdesk.ticket_idempotency_keys (org_id, actor_id, key, ticket_id, request_digest)
    values ($1, $2, $3, $4, sha256(convert_to($5, 'UTF8')))
    on conflict (org_id, actor_id, key) do nothing
    returning true";

const TICKET_OF_KEY: &str = "
    select ticket_id, request_digest = sha256(convert_to($4, 'UTF8'))
      from helpdesk.ticket_idempotency_keys
     where org_id = $1 and actor_id is not distinct from $2 and key = $3";

/// Which organization a ticket is in, if the caller may see it: $3 everything, else $4 organizations as staff, $5 as member.
const FIND_TICKET: &str = "
    select t.org_id, $3 or t.org_id = any ($4)
      from helpdesk.tickets t
     where t.id = $1
       and ($2::uuid is null or t.org_id = $2)
       and ($3 or (t.org_id = any ($5) and (t.org_id = any ($4) or t.created_by = $6 or t.assigned_to = $6)))";

/// The update that Changes::bound gives $3 to $9 to, of the tickets that $1 and $2 name and it really changes.
macro_rules! update_ticket_sql {
    ($which:literal) => {
        concat!(
            "
    update helpdesk.tickets t
       set title = coalesce($3, t.title),
           description = case when $4 then $5 else t.description end,
           priority = coalesce($6::helpdesk.ticket_priority, t.priority),
           assigned_to = case when $7 then $8 else t.assigned_to end,
           current_stage_id = coalesce($9, t.current_stage_id)
     where ",
            $which,
            "
       and (t.title is distinct from coalesce($3, t.title)
            or ($4 and t.description is distinct from $5)
            or t.priority is distinct from coalesce($6::helpdesk.ticket_priority, t.priority)
            or ($7 and t.assigned_to is distinct from $8)
            or t.current_stage_id is distinct from coalesce($9, t.current_stage_id))"
        )
    };
}
pub(crate) use update_ticket_sql;

const UPDATE_TICKET: &str = concat!(
    update_ticket_sql!("t.org_id = $1 and t.id = $2 and ($10::integer is null or t.version = $10)"),
    " returning true"
);

/// The stage that tickets are about to move to, before any of them is locked: whoever changes a stage's status locks the stage
/// first and its tickets then. (A plain UPDATE of the table locks its ticket first, and may meet them the wrong way round.)
const LOCK_STAGE: &str =
    "select from helpdesk.workflow_stages s where s.id = $1 and s.org_id = any ($2) for share";

/// The membership of whom tickets are about to be assigned to, likewise: whoever removes a member locks it first and then
/// their tickets.
const LOCK_ASSIGNEE: &str =
    "select from helpdesk.org_members m where m.user_id = $1 and m.org_id = any ($2) for share";

/// The version, once whoever is changing the ticket is done.
const LOCKED_VERSION: &str =
    "select version from helpdesk.tickets where org_id = $1 and id = $2 for share";

/// Opens a ticket and returns its id. Staff and backends may open one for a member (p_requester_id). A repeated request with
/// the same p_idempotency_key returns the first ticket instead of opening another.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn create_ticket(
    p_org_id: Option<Uuid>,
    p_title: Option<&str>,
    p_description: default!(Option<&str>, "NULL"),
    p_priority: default!(Option<Priority>, "'low'"),
    p_workflow_id: default!(Option<Uuid>, "NULL"),
    p_requester_id: default!(Option<Uuid>, "NULL"),
    p_idempotency_key: default!(Option<&str>, "NULL"),
) -> Result<Uuid> {
    let org = required(p_org_id, "p_org_id")?;
    let title = checked_title(required(p_title, "p_title")?, "p_title")?;
    if let Some(description) = p_description {
        check_description(description, "p_description")?;
    }
    let priority = p_priority.unwrap_or(Priority::Low);

    let viewer = Viewer::current()?;
    let is_staff = viewer::acts_as_staff(org)?;
    if !is_staff && !viewer.is_member(org) {
        return Err(not_a_member());
    }
    let requester = match p_requester_id.or(viewer.profile) {
        Some(requester) if is_staff || Some(requester) == viewer.profile => requester,
        Some(_) => {
            return Err(Error::not_allowed(
                "p_requester_id: only staff open tickets for others",
                "Leave it out to open the ticket for yourself.",
            ));
        }
        None => return Err(Error::missing("p_requester_id")),
    };

    let id = new_id();
    if let Some(key) = p_idempotency_key {
        let request = serde_json::json!([
            title,
            p_description,
            priority.label(),
            p_workflow_id.map(|id| id.to_string()),
            requester.to_string()
        ]);
        if let Some(first) = take_key(org, viewer.profile, key, id, &request.to_string())? {
            return Ok(first);
        }
    }
    db::run(
        INSERT_TICKET,
        &[
            org.into(),
            id.into(),
            title.into(),
            p_description.into(),
            priority.label().into(),
            p_workflow_id.into(),
            requester.into(),
        ],
    )?;
    Ok(id)
}

/// Marks a key as used for the ticket about to be made; or finds the ticket it was used for.
fn take_key(
    org: Uuid,
    actor: Option<Uuid>,
    key: &str,
    ticket: Uuid,
    request: &str,
) -> Result<Option<Uuid>> {
    if key.is_empty() || key.chars().count() > MAX_KEY {
        return Err(Error::bad(
            "p_idempotency_key",
            "not a key",
            "1 to 255 characters, a new UUID for instance.",
        ));
    }
    let taken = db::run_one(
        TAKE_KEY,
        &[org.into(), actor.into(), key.into(), ticket.into(), request.into()],
        |_| (),
    )?;
    if taken.is_some() {
        return Ok(None);
    }
    let first = db::run_one(
        TICKET_OF_KEY,
        &[org.into(), actor.into(), key.into(), request.into()],
        |row| (row.get::<Uuid>(1), row.get::<bool>(2)),
    )?;
    match first {
        Some((Some(first), Some(true))) => Ok(Some(first)),
        _ => Err(Error::duplicate(
            "p_idempotency_key: already used for another request",
            "Repeat the first request unchanged, or take a new key.",
        )),
    }
}

/// Changes a ticket: title, description, priority, assignedTo, stageId, any of them in one revision. Returns the ticket object.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn update_ticket(
    p_ticket_id: Option<Uuid>,
    p_changes: Option<JsonbText>,
    p_expected_version: default!(Option<i32>, "NULL"),
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<JsonText> {
    let id = required(p_ticket_id, "p_ticket_id")?;
    let changes = Changes::parse(&required(p_changes, "p_changes")?)?;
    let Some(Found { org, is_staff: true }) = find_ticket(id, p_org_id)? else {
        return Err(Error::not_allowed(
            "p_ticket_id: no such ticket, or you may not change it",
            "Staff of the ticket's organization change it; customers comment on it.",
        ));
    };
    changes.lock_targets(vec![org])?;
    let mut args = vec![org.into(), id.into()];
    args.extend(changes.bound());
    args.push(p_expected_version.into());
    let changed = db::run_one(UPDATE_TICKET, &args, |_| ())?;
    if let (None, Some(expected)) = (changed, p_expected_version) {
        let version =
            db::run_one(LOCKED_VERSION, &[org.into(), id.into()], |row| row.get::<i32>(1))?
                .flatten();
        if version != Some(expected) {
            let now = version.map_or("gone".to_owned(), |v| format!("at version {v}"));
            return Err(Error::duplicate(
                format!(
                    "p_expected_version: the ticket is {now}, not {expected}: somebody changed it meanwhile"
                ),
                "Read the ticket again, then repeat the change with its version.",
            ));
        }
    }
    changed_ticket(org, id)
}

/// A ticket that the caller may see.
pub struct Found {
    pub org: Uuid,
    /// Whether they see it as staff (or through a role that bypasses row security).
    pub is_staff: bool,
}

pub fn find_ticket(id: Uuid, org: Option<Uuid>) -> Result<Option<Found>> {
    let viewer = Viewer::current()?;
    let args: [DatumWithOid; 6] = [
        id.into(),
        org.into(),
        viewer::role_bypasses_row_security().into(),
        viewer.staff_orgs().into(),
        viewer.orgs().into(),
        viewer.profile.into(),
    ];
    let found = db::read_one(FIND_TICKET, &args, |row| {
        Some(Found { org: row.get(1)?, is_staff: row.get(2)? })
    })?;
    Ok(found.flatten())
}

/// What update_ticket is asked to change. An absent key leaves the field alone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Changes {
    #[serde(default, deserialize_with = "json_input::present")]
    title: Option<String>,
    #[serde(default, deserialize_with = "json_input::present")]
    description: Option<Option<String>>,
    #[serde(default, deserialize_with = "json_input::present")]
    priority: Option<Priority>,
    #[serde(default, deserialize_with = "json_input::present")]
    assigned_to: Option<Option<Id>>,
    #[serde(default, deserialize_with = "json_input::present")]
    stage_id: Option<Id>,
}

const CHANGES_KEYS: &[(&str, &str)] = &[
    ("title", "1 to 500 characters, not only white space"),
    ("description", "up to 100,000 characters, or null"),
    ("priority", "low, medium, high or urgent"),
    ("assignedTo", "the id of a member of the organization, or null"),
    ("stageId", "the id of a stage of the ticket's workflow"),
];

impl Changes {
    /// As arguments, in the order in which the statements take them.
    pub fn bound(&self) -> [DatumWithOid<'_>; 7] {
        [
            self.title.as_deref().into(),
            self.description.is_some().into(),
            self.description.as_ref().and_then(|text| text.as_deref()).into(),
            self.priority.map(Priority::label).into(),
            self.assigned_to.is_some().into(),
            self.assigned_to.flatten().map(Uuid::from).into(),
            self.stage_id.map(Uuid::from).into(),
        ]
    }

    pub fn parse(text: &JsonbText) -> Result<Changes> {
        let mut changes: Changes = json_input::parse("p_changes", &text.0, CHANGES_KEYS)?;
        if changes.is_empty() {
            return Err(Error::bad(
                "p_changes",
                "nothing to change",
                "At least one of title, description, priority, assignedTo, stageId.",
            ));
        }
        if let Some(title) = &changes.title {
            changes.title = Some(checked_title(title, "p_changes.title")?.to_owned());
        }
        if let Some(Some(description)) = &changes.description {
            check_description(description, "p_changes.description")?;
        }
        Ok(changes)
    }

    /// Locks what the tickets are about to point at.
    pub fn lock_targets(&self, orgs: Vec<Uuid>) -> Result<()> {
        if let Some(stage) = self.stage_id {
            db::run(LOCK_STAGE, &[Uuid::from(stage).into(), orgs.clone().into()])?;
        }
        if let Some(assignee) = self.assigned_to.flatten() {
            db::run(LOCK_ASSIGNEE, &[Uuid::from(assignee).into(), orgs.into()])?;
        }
        Ok(())
    }

    fn is_empty(&self) -> bool {
        self.title.is_none()
            && self.description.is_none()
            && self.priority.is_none()
            && self.assigned_to.is_none()
            && self.stage_id.is_none()
    }
}

fn checked_title<'a>(title: &'a str, argument: &'static str) -> Result<&'a str> {
    let title = title.trim();
    if title.is_empty() || title.chars().count() > MAX_TITLE {
        return Err(Error::bad(
            argument,
            "not a title",
            "1 to 500 characters, not only white space.",
        ));
    }
    Ok(title)
}

fn check_description(description: &str, argument: &'static str) -> Result<()> {
    if description.chars().count() > MAX_DESCRIPTION {
        return Err(Error::bad(argument, "too long", "Up to 100,000 characters."));
    }
    Ok(())
}

#[cfg(any(test, feature = "pg_test"))]
#[pg_schema]
mod tests {
    use super::*;

    #[pg_test]
    fn tickets_changes_are_read_or_refused_by_name() {
        json_input::tests::every_input_is_read_or_refused("p_changes", CHANGES_KEYS, |text| {
            let changes = Changes::parse(&JsonbText(text.to_owned()))?;
            assert!(!changes.is_empty());
            assert!(
                changes.title.as_ref().is_none_or(|title| checked_title(title, "title").is_ok())
            );
            Ok(())
        });
    }
}
