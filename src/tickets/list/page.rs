//! The statement that reads one page of a list.

use super::by_age;
use super::conditions::with_conditions;
use super::item::select_items;
use super::order::{Sort, SortKey};

/// The tickets after the cursor, as disjoint conditions in the order of the list: an index returns
/// the tickets of each in order.
fn after_cursor(sort: Sort) -> &'static [&'static str] {
    match (sort.key, sort.descending) {
        (SortKey::UpdatedAt, true) => &["(t.updated_at, t.id) < ($19, $21)"],
        (SortKey::UpdatedAt, false) => &["(t.updated_at, t.id) > ($19, $21)"],
        (SortKey::CreatedAt, true) => &["(t.created_at, t.id) < ($19, $21)"],
        (SortKey::CreatedAt, false) => &["(t.created_at, t.id) > ($19, $21)"],
        (SortKey::Priority, true) => {
            &["(t.priority, t.updated_at, t.id) < ($20::helpdesk.ticket_priority, $19, $21)"]
        }
        (SortKey::Priority, false) => {
            &["(t.priority, t.updated_at, t.id) > ($20::helpdesk.ticket_priority, $19, $21)"]
        }
        (SortKey::Number, true) => &["t.number < $23"],
        (SortKey::Number, false) => &["t.number > $23"],
        (SortKey::Queue, true) => &[
            "t.priority = $20::helpdesk.ticket_priority and (t.created_at, t.id) < ($19, $21)",
            "t.priority > $20::helpdesk.ticket_priority",
        ],
        (SortKey::Queue, false) => &[
            "t.priority = $20::helpdesk.ticket_priority and (t.created_at, t.id) > ($19, $21)",
            "t.priority < $20::helpdesk.ticket_priority",
        ],
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
        (SortKey::Number, true) => " order by t.number desc",
        (SortKey::Number, false) => " order by t.number",
        (SortKey::Queue, true) => " order by t.priority, t.created_at desc, t.id desc",
        (SortKey::Queue, false) => " order by t.priority desc, t.created_at, t.id",
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
    conditions: &[&str],
    sort: Sort,
    has_cursor: bool,
    sees_all: bool,
    window: Window,
) -> String {
    let order = order_by(sort);
    let (Window { limit, offset }, last) = (window, window.last());
    let in_org = if sees_all { "t.org_id = $1" } else { IN_ORG_BUT_NOT_BY_INDEX };
    let all = with_conditions(
        &format!("select t.* from helpdesk.tickets t where {in_org}"),
        conditions.iter().copied(),
    );
    let each_of = |own: Option<&'static str>| {
        let after: Vec<_> = match has_cursor {
            true => after_cursor(sort).iter().copied().map(Some).collect(),
            false => vec![None],
        };
        after.into_iter().map(move |after| [own, after].into_iter().flatten())
    };
    let parts: Vec<String> = match sees_all {
        true => each_of(None).map(|part| with_conditions(&all, part)).collect(),
        false => (OWN_TICKETS.into_iter().flat_map(|own| each_of(Some(own))))
            .map(|part| with_conditions(&all, part))
            .collect(),
    };
    let page = match parts.as_slice() {
        _ if sees_all && by_age::applies(conditions, sort, last) => {
            by_age::select(last, has_cursor)
        }
        [only] => format!("{only}{order}"),
        parts => {
            let parts: Vec<_> =
                parts.iter().map(|part| format!("({part}{order} limit {last})")).collect();
            format!("select t.* from ({}) t{order}", parts.join(" union all "))
        }
    };
    select_items(&format!("{page} limit {limit} offset {offset}"), sees_all, order)
}
