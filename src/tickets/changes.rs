//! The changes that update_ticket and update_tickets accept: parsed, checked and bound.

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;
use serde::Deserialize;

use crate::platform::argument_names::{ArgumentNames, name_arguments};
use crate::platform::datum::JsonbText;
use crate::platform::enums::Priority;
use crate::platform::error::{self, Result};
use crate::platform::json::id::Id;
use crate::platform::json::input;
#[cfg(test)]
use crate::platform::json::schema::{Api, null_only_in};
use crate::platform::statement::{self, Planned};
use crate::platform::text::{check_text, is_longer};

const MAX_TITLE: usize = 500;

const MAX_DESCRIPTION: usize = 100_000;

/// Lock order: stage, then tickets, as in a change of a stage's status; otherwise the two could
/// deadlock. A plain UPDATE of tickets locks its ticket first, so it still can.
const LOCK_STAGE: &str =
    "select from helpdesk.workflow_stages s where s.id = $1 and s.org_id = any ($2) for share";

/// Lock order: comments and files, then their tickets, as when one of them is deleted. Those that
/// are written meanwhile follow the requester themselves.
const LOCK_COMMENTS: &str = "
    select from helpdesk.ticket_comments c
     where c.org_id = any ($1) and c.ticket_id = any ($2) order by c.id for no key update";
const LOCK_ATTACHMENTS: &str = "
    select from helpdesk.ticket_attachments a
     where a.org_id = any ($1) and a.ticket_id = any ($2) order by a.id for no key update";

/// The start stage of a workflow that is named without a stage.
const LOCK_START_STAGE: &str = "
    select from helpdesk.workflow_stages s
     where s.workflow_id = $1 and s.org_id = any ($2) and s.is_start
     order by s.org_id for share";

/// Lock order: member, then tickets, as in the removal of a member.
const LOCK_ASSIGNEE: &str = "
    select from helpdesk.org_members m
     where m.user_id = $1 and m.org_id = any ($2) order by m.org_id for share";

/// `p_changes`. An absent key leaves the field as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "TicketChanges"))]
#[cfg_attr(test, schemars(transform = null_only_in(&["description", "assignedTo"])))]
pub struct Changes {
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
    #[serde(default, deserialize_with = "input::non_null")]
    workflow_id: Option<Id>,
    #[serde(default, deserialize_with = "input::non_null")]
    created_by: Option<Id>,
}

const CHANGE_KEYS: &[(&str, &str)] = &[
    ("title", "1 to 500 characters, not only white space"),
    ("description", "up to 100,000 characters, or null"),
    ("priority", "low, medium, high or urgent"),
    ("assignedTo", "the id of a member of the organization, or null"),
    ("stageId", "the id of a stage of the ticket's workflow"),
    ("workflowId", "the id of an active workflow of the organization"),
    ("createdBy", "the id of a member of the organization"),
];

#[cfg(test)]
pub(super) fn describe(api: &mut Api) {
    for function in ["update_ticket", "update_tickets", "add_comment"] {
        api.argument::<Changes>(function, "p_changes");
    }
    api.describe_keys("TicketChanges", CHANGE_KEYS);
}

/// The columns that the changes are written to.
pub(super) const CHANGE_NAMES: ArgumentNames = &[
    ("assigned_to", "p_changes.assignedTo"),
    ("current_stage_id", "p_changes.stageId"),
    ("workflow_id", "p_changes.workflowId"),
    ("created_by", "p_changes.createdBy"),
];

impl Changes {
    /// Updates the tickets that meet `condition` ($1 and $2) and that the changes ($3 to $9, from
    /// `params`) make different. It names only the columns that change, because Postgres prepares
    /// every expression for each call.
    pub(super) fn update_tickets_where(&self, condition: &str) -> String {
        let columns = [
            (self.title.is_some(), "title", "$3"),
            (self.description.is_some(), "description", "$4"),
            (self.priority.is_some(), "priority", "$5::helpdesk.ticket_priority"),
            (self.assigned_to.is_some(), "assigned_to", "$6"),
            (self.stage_id.is_some(), "current_stage_id", "$7"),
            (self.workflow_id.is_some(), "workflow_id", "$8"),
            (self.created_by.is_some(), "created_by", "$9"),
        ];
        let (mut values, mut differences) = (Vec::new(), Vec::new());
        for (_, column, value) in columns.into_iter().filter(|(is_given, ..)| *is_given) {
            values.push(format!("{column} = {value}"));
            differences.push(format!("t.{column} is distinct from {value}"));
        }
        format!(
            "update helpdesk.tickets t set {} where {condition} and ({})",
            values.join(", "),
            differences.join(" or ")
        )
    }

    /// The arguments $3 to $9 of `update_tickets_where`.
    pub(super) fn params(&self) -> [DatumWithOid<'_>; 7] {
        [
            self.title.as_deref().into(),
            self.description.as_ref().and_then(|text| text.as_deref()).into(),
            self.priority.map(Priority::label).into(),
            self.assigned_to.flatten().map(Uuid::from).into(),
            self.stage_id.map(Uuid::from).into(),
            self.workflow_id.map(Uuid::from).into(),
            self.created_by.map(Uuid::from).into(),
        ]
    }

    pub fn parse(text: &JsonbText) -> Result<Changes> {
        let mut changes: Changes = input::parse("p_changes", text.text("p_changes")?, CHANGE_KEYS)?;
        if changes.is_empty() {
            return Err(error::invalid(
                "nothing_to_change",
                "p_changes",
                "nothing to change",
                "At least one of title, description, priority, assignedTo, stageId, workflowId, createdBy.",
            ));
        }
        if let Some(title) = &changes.title {
            changes.title = Some(checked_title("p_changes.title", title)?.to_owned());
        }
        if let Some(Some(description)) = &changes.description {
            check_description("p_changes.description", description)?;
        }
        Ok(changes)
    }

    /// Locks what the tickets are about to reference, and what follows their requester, before any
    /// ticket.
    pub fn lock_targets(&self, orgs: Vec<Uuid>, tickets: &[Uuid]) -> Result<()> {
        if let Some(stage) = self.stage_id {
            statement::write(LOCK_STAGE)
                .execute(&[Uuid::from(stage).into(), orgs.clone().into()])?;
        } else if let Some(workflow) = self.workflow_id {
            statement::write(LOCK_START_STAGE)
                .execute(&[Uuid::from(workflow).into(), orgs.clone().into()])?;
        }
        if let Some(assignee) = self.assigned_to.flatten() {
            lock_assignee(assignee.into(), orgs.clone())?;
        }
        if self.created_by.is_some() {
            for lock in [LOCK_COMMENTS, LOCK_ATTACHMENTS] {
                statement::write(lock).execute(&[orgs.clone().into(), tickets.to_vec().into()])?;
            }
        }
        Ok(())
    }

    /// Changes one ticket, after `lock_targets`. Returns whether that made it different; if
    /// `version` is given, only a ticket of that version is changed.
    pub fn apply(&self, org: Uuid, ticket: Uuid, version: Option<i32>) -> Result<bool> {
        let mut args = vec![org.into(), ticket.into()];
        args.extend(self.params());
        args.push(version.into());
        let update = self.update_tickets_where(
            "t.org_id = $1 and t.id = $2 and ($10::integer is null or t.version = $10)",
        ) + " returning true";
        let _names = name_arguments(CHANGE_NAMES);
        statement::write_assembled(&update, Planned::Once).exists(&args)
    }

    /// Whether they choose the stage, or the workflow and with it the stage.
    pub fn move_ticket(&self) -> bool {
        self.stage_id.is_some() || self.workflow_id.is_some()
    }

    /// Whether they change who may see the ticket.
    pub(super) fn change_people(&self) -> bool {
        self.assigned_to.is_some() || self.created_by.is_some()
    }

    fn is_empty(&self) -> bool {
        self.title.is_none()
            && self.description.is_none()
            && self.priority.is_none()
            && self.assigned_to.is_none()
            && self.stage_id.is_none()
            && self.workflow_id.is_none()
            && self.created_by.is_none()
    }
}

/// Locks the memberships of somebody to whom tickets are about to be assigned, before the tickets.
pub(super) fn lock_assignee(assignee: Uuid, orgs: Vec<Uuid>) -> Result<()> {
    statement::write(LOCK_ASSIGNEE).execute(&[assignee.into(), orgs.into()])
}

/// The title without white space around it.
pub fn checked_title<'a>(argument: &str, title: &'a str) -> Result<&'a str> {
    let title = title.trim();
    check_text(argument, title, MAX_TITLE)?;
    Ok(title)
}

pub fn check_description(argument: &str, description: &str) -> Result<()> {
    if is_longer(description, MAX_DESCRIPTION) {
        return Err(error::invalid("too_long", argument, "too long", "Up to 100,000 characters."));
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
        input::tests::every_input_is_read_or_refused("p_changes", CHANGE_KEYS, |text| {
            let changes = Changes::parse(&JsonbText::new(text.to_owned()))?;
            assert!(!changes.is_empty());
            assert!(
                changes.title.as_ref().is_none_or(|title| checked_title("title", title).is_ok())
            );
            Ok(())
        });
    }
}
