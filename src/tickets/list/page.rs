//! The statement that reads one page of a list.

use super::by_age;
use super::conditions::with_conditions;
use super::item::select_items;
use super::order::{Sort, SortKey};

fn after_cursor(sort: Sort) -> &'static str {
    match (sort.key, sort.descending) {
        (SortKey::UpdatedAt, true) => "(t.updated_at, t.id) < ($19, $21)",
        (SortKey::UpdatedAt, false) => "(t.updated_at, t.id) > ($19, $21)",
        (SortKey::CreatedAt, true) => "(t.created_at, t.id) < ($19, $21)",
        (SortKey::CreatedAt, false) => "(t.created_at, t.id) > ($19, $21)",
        (SortKey::Priority, true) => {
            "(t.priority, t.updated_at, t.id) < ($20::helpdesk.ticket_priority, $19, $21)"
        }
        (SortKey::Priority, false) => {
            "(t.priority, t.updated_at, t.id) > ($20::helpdesk.ticket_priority, $19, $21)"
        }
    }
}

/// The ORDER BY clause of a list.
fn order_by(sort: Sort) -> &'static str {
    match (sort.key, sort.descending) {
        (SortKey::UpdatedAt, true) => " order by t.updated_at desc, t.id desc",
        (SortKey::UpdatedAt, false) => " order by t.updated_at, t.id",
        (SortKey::CreatedAt, true) => " order by t.created_at desc, t.id desc",
        (SortKey::CreatedAt, false) => " order by t.created_at, t.id",
        (SortKey::Priority, true) => " order by t.priority desc, t.updated_at desc, t.id desc",
        (SortKey::Priority, false) => " order by t.priority, t.updated_at, t.id",
    }
}

/// The tickets of a member who is not staff, as two disjoint conditions: each has an index that
/// returns its tickets in order.
const OWN_TICKETS: [&str; 2] = ["t.created_by = $2", "t.assigned_to = $2 and t.created_by <> $2"];

/// Not `=`, so that the planner cannot choose an index on the organization: it takes everybody for
/// an agent with many tickets, and would look for a customer's among those of all others.
const IN_ORG_BUT_NOT_BY_INDEX: &str = "t.org_id is not distinct from $1";

/// The rows of the page. They are part of the statement, not bound: for an unknown limit the
/// planner assumes a tenth of the table, and then plans every call again (0.2 ms) or sorts.
#[derive(Clone, Copy)]
pub(super) struct Window {
    pub(super) limit: i64,
    pub(super) offset: i64,
}

impl Window {
    /// The position of the last row in the list.
    pub(super) fn last(self) -> i64 {
        self.limit + self.offset
    }
}

/// Selects the items of a page, by whichever shape one index can return in order.
pub(super) fn page_statement(
    conditions: &[&'static str],
    sort: Sort,
    has_cursor: bool,
    sees_all: bool,
    window: Window,
) -> String {
    let order = order_by(sort);
    let select = |own: Option<&'static str>| {
        let cursor = has_cursor.then(|| after_cursor(sort));
        let in_org = if sees_all { "t.org_id = $1" } else { IN_ORG_BUT_NOT_BY_INDEX };
        with_conditions(
            &format!("select t.* from helpdesk.tickets t where {in_org}"),
            conditions.iter().copied().chain(own).chain(cursor),
        ) + order
    };
    let (Window { limit, offset }, last) = (window, window.last());
    let page = if !sees_all {
        format!(
            "select t.* from (({} limit {last}) union all ({} limit {last})) t{order}",
            select(Some(OWN_TICKETS[0])),
            select(Some(OWN_TICKETS[1])),
        )
    } else if by_age::applies(conditions, sort, last) {
        by_age::select(last, has_cursor)
    } else {
        select(None)
    };
    select_items(&format!("{page} limit {limit} offset {offset}"), sees_all, order)
}
