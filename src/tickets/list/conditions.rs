//! The SQL conditions that the filters of a list mean. They are constants; values are always bound.

use super::filters::{Assignee, Filters};
use super::search::TicketSearch;
use crate::platform::json::input::OneOrMany;

pub(super) const CREATED_BEFORE: &str = "t.created_at < $14";

/// The conditions on a ticket `t` that the filters mean. A single value is compared with `=`, so
/// that an index can return its tickets in order.
pub fn conditions(
    filters: &Filters,
    search: Option<&TicketSearch>,
    sees_all: bool,
) -> Vec<&'static str> {
    fn one_or_many<T>(
        values: &Option<OneOrMany<T>>,
        one: &'static str,
        many: &'static str,
    ) -> Option<&'static str> {
        let values = values.as_ref()?;
        Some(if values.0.len() == 1 { one } else { many })
    }
    [
        one_or_many(
            &filters.priority,
            "t.priority = $3::helpdesk.ticket_priority",
            "t.priority = any ($4::text[]::helpdesk.ticket_priority[])",
        ),
        one_or_many(&filters.status, "t.status = $5", "t.status = any ($6)"),
        one_or_many(&filters.stage_id, "t.current_stage_id = $7", "t.current_stage_id = any ($8)"),
        one_or_many(&filters.workflow_id, "t.workflow_id = $9", "t.workflow_id = any ($10)"),
        filters.assigned_to.as_ref().map(|assignee| match assignee {
            Assignee::Nobody => "t.assigned_to is null",
            _ => "t.assigned_to = $11",
        }),
        filters.created_by.as_ref().map(|_| "t.created_by = $12"),
        filters.created_after.as_ref().map(|_| "t.created_at >= $13"),
        filters.created_before.as_ref().map(|_| CREATED_BEFORE),
        filters.updated_after.as_ref().map(|_| "t.updated_at >= $15"),
        filters.updated_before.as_ref().map(|_| "t.updated_at < $16"),
        search.map(|search| search.condition(sees_all)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Appends conditions to a statement that ends in one.
pub fn with_conditions<'a>(
    statement: &str,
    conditions: impl IntoIterator<Item = &'a str>,
) -> String {
    conditions.into_iter().fold(statement.to_owned(), |text, condition| text + " and " + condition)
}
