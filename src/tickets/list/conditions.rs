//! The SQL conditions that the filters of a list mean. They are constants; values are always bound.

use super::filters::{Assignee, Filters, WaitingFor};
use crate::platform::json::input::{Flag, OneOrMany};

pub(super) const CREATED_BEFORE: &str = "t.created_at < $14";

/// An array, so that the tickets are looked up by id: for EXISTS the planner may scan the list.
const WATCHED: &str = "
    t.id = any (array(select x.ticket_id from helpdesk.ticket_watchers x
                       where x.org_id = $1 and x.user_id = $2))";

const NOT_WATCHED: &str = "
    not exists (select from helpdesk.ticket_watchers x
                 where x.org_id = $1 and x.ticket_id = t.id and x.user_id = $2)";

/// The conditions on a ticket `t` that the filters mean, with those of `search`. A single value is
/// compared with `=`, so that an index can return its tickets in order.
pub fn conditions<'a>(filters: &Filters, search: &'a [String]) -> Vec<&'a str> {
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
        filters.assigned_to.as_ref().map(|assignees| match assignees.0.as_slice() {
            [Assignee::Nobody] => "t.assigned_to is null",
            [_] => "t.assigned_to = $11",
            many if many.iter().any(Assignee::is_nobody) => {
                "(t.assigned_to = any ($24) or t.assigned_to is null)"
            }
            _ => "t.assigned_to = any ($24)",
        }),
        filters.created_by.as_ref().map(|_| "t.created_by = $12"),
        filters.created_after.as_ref().map(|_| "t.created_at >= $13"),
        filters.created_before.as_ref().map(|_| CREATED_BEFORE),
        filters.updated_after.as_ref().map(|_| "t.updated_at >= $15"),
        filters.updated_before.as_ref().map(|_| "t.updated_at < $16"),
        filters.number.as_ref().map(|_| "t.number = $22"),
        filters.watching.map(|Flag(is_watching)| if is_watching { WATCHED } else { NOT_WATCHED }),
        filters.waiting_for.map(|waiting_for| match waiting_for {
            WaitingFor::Staff => "t.status in ('open', 'pending') and not t.is_answered",
            WaitingFor::Customer => "t.status in ('open', 'pending') and t.is_answered",
        }),
    ]
    .into_iter()
    .flatten()
    .chain(search.iter().map(String::as_str))
    .collect()
}

/// Appends conditions to a statement that ends in one.
pub fn with_conditions<'a>(
    statement: &str,
    conditions: impl IntoIterator<Item = &'a str>,
) -> String {
    conditions.into_iter().fold(statement.to_owned(), |text, condition| text + " and " + condition)
}
