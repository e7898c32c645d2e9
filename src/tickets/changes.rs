//! Opening, changing and finding a ticket; ticket_details.rs shows it. What happens on every write, whichever way it comes, is in ticket_triggers.rs;
//! lists are in ticket_list.rs.

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;
use serde::Deserialize;

use crate::platform::datum::JsonbText;
use crate::platform::enums::Priority;
use crate::platform::error::{self, Result};
use crate::platform::json::id::Id;
use crate::platform::json::input;
use crate::platform::statement;

const MAX_TITLE: usize = 500;

const MAX_DESCRIPTION: usize = 100_000;

/// The update that Changes::bound gives $3 to $9 to, of the tickets that $1 and $2 name and it really changes.
pub(super) fn update_tickets_where(which: &str) -> String {
    format!(
        "
    update helpdesk.tickets t
       set title = coalesce($3, t.title),
           description = case when $4 then $5 else t.description end,
           priority = coalesce($6::helpdesk.ticket_priority, t.priority),
           assigned_to = case when $7 then $8 else t.assigned_to end,
           current_stage_id = coalesce($9, t.current_stage_id)
     where {which}
       and (t.title is distinct from coalesce($3, t.title)
            or ($4 and t.description is distinct from $5)
            or t.priority is distinct from coalesce($6::helpdesk.ticket_priority, t.priority)
            or ($7 and t.assigned_to is distinct from $8)
            or t.current_stage_id is distinct from coalesce($9, t.current_stage_id))"
    )
}

/// The stage that tickets are about to move to, before any of them is locked: whoever changes a stage's status locks the stage
/// first and its tickets then. (A plain UPDATE of the table locks its ticket first, and may meet them the wrong way round.)
const LOCK_STAGE: &str =
    "select from helpdesk.workflow_stages s where s.id = $1 and s.org_id = any ($2) for share";

/// The membership of whom tickets are about to be assigned to, likewise: whoever removes a member locks it first and then
/// their tickets.
const LOCK_ASSIGNEE: &str =
    "select from helpdesk.org_members m where m.user_id = $1 and m.org_id = any ($2) for share";

/// What update_ticket is asked to change. An absent key leaves the field alone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Changes {
    #[serde(default, deserialize_with = "input::non_null")]
    title: Option<String>,
    #[serde(default, deserialize_with = "input::non_null")]
    description: Option<Option<String>>,
    #[serde(default, deserialize_with = "input::non_null")]
    priority: Option<Priority>,
    #[serde(default, deserialize_with = "input::non_null")]
    assigned_to: Option<Option<Id>>,
    #[serde(default, deserialize_with = "input::non_null")]
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
    pub fn params(&self) -> [DatumWithOid<'_>; 7] {
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
        let mut changes: Changes = input::parse("p_changes", &text.0, CHANGES_KEYS)?;
        if changes.is_empty() {
            return Err(error::bad(
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
            statement::write(LOCK_STAGE)
                .execute(&[Uuid::from(stage).into(), orgs.clone().into()])?;
        }
        if let Some(assignee) = self.assigned_to.flatten() {
            statement::write(LOCK_ASSIGNEE).execute(&[Uuid::from(assignee).into(), orgs.into()])?;
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

pub(super) fn checked_title<'a>(title: &'a str, argument: &'static str) -> Result<&'a str> {
    let title = title.trim();
    if title.is_empty() || title.chars().count() > MAX_TITLE {
        return Err(error::bad(
            argument,
            "not a title",
            "1 to 500 characters, not only white space.",
        ));
    }
    Ok(title)
}

pub(super) fn check_description(description: &str, argument: &'static str) -> Result<()> {
    if description.chars().count() > MAX_DESCRIPTION {
        return Err(error::bad(argument, "too long", "Up to 100,000 characters."));
    }
    Ok(())
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::*;

    #[pg_test]
    fn tickets_changes_are_read_or_refused_by_name() {
        input::tests::every_input_is_read_or_refused("p_changes", CHANGES_KEYS, |text| {
            let changes = Changes::parse(&JsonbText(text.to_owned()))?;
            assert!(!changes.is_empty());
            assert!(
                changes.title.as_ref().is_none_or(|title| checked_title(title, "title").is_ok())
            );
            Ok(())
        });
    }
}
