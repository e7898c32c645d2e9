//! list_org_tickets: one page of tickets, filtered and sorted. Each statement is put together from constants only, and shaped so
//! that one index gives the page in order: the cost follows the page, not the organization.

mod by_age;
pub mod filters;
pub mod order;
pub mod search;
mod totals;

use pgrx::Uuid;
use pgrx::datum::TimestampWithTimeZone;
use pgrx::prelude::*;
use serde::Serialize;
use serde_json::json;

use self::filters::{Arguments, Filters, OF_WORKFLOW, conditions, with_conditions};
use self::order::{Cursor, Sort, SortKey};
use crate::access::caller::Caller;
use crate::access::rights;
use crate::platform::datum::{JsonText, JsonbText};
use crate::platform::enums::Priority;
use crate::platform::error::{Result, required};
use crate::platform::json::id;
use crate::platform::json::output::{self, Named, Time};
use crate::platform::paging::{Count, Page};
use crate::platform::statement::{self, Row};

/// One page of the tickets of an organization that the caller may see.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn list_org_tickets(
    p_org_id: Option<Uuid>,
    p_filters: default!(Option<JsonbText>, "'{}'"),
) -> Result<JsonText> {
    let org = required(p_org_id, "p_org_id")?;
    let filters = Filters::parse(JsonbText::or_empty(&p_filters))?;
    let sees_all = rights::check_member(org)?;
    list(org, filters, Caller::current()?.profile, sees_all)
}

fn list(org: Uuid, filters: Filters, me: Option<Uuid>, sees_all: bool) -> Result<JsonText> {
    let sort = filters.sort.unwrap_or_default();
    let size = filters.per_page.unwrap_or_default();
    let page_number = match filters.cursor {
        Some(_) => None,
        None => Some(filters.page.map_or(1, |number| number.0)),
    };
    let cursor = filters.cursor.as_deref().map(|text| Cursor::decode(text, sort)).transpose()?;
    let search = filters.search_in(org)?;
    let conditions = conditions(&filters, search.as_ref(), sees_all);
    let arguments = Arguments::of(org, me, &filters, search.as_ref(), cursor);
    let params = arguments.params();

    let window =
        Window { limit: size.limit(), offset: (page_number.unwrap_or(1) - 1) * size.get() };
    let sql = page_statement(&conditions, sort, arguments.cursor.is_some(), sees_all, window);
    let statement = statement::read_assembled(&sql);
    // Which index is best depends on the arguments where several conditions meet, and for an agent
    // of few or of many tickets.
    let is_by_age = sees_all && by_age::applies(&conditions, sort, window.most());
    let is_planned_once = conditions.len() <= 1
        && filters.assigned_to.is_none()
        && (!filters.has_time_range() || is_by_age);
    let statement = if is_planned_once { statement.generic_plan() } else { statement };
    let rows = statement.fetch_all(&params, Listed::of)?;
    let page = Page::new(rows.into_iter().collect::<Result<Vec<_>>>()?, size);
    let next_cursor = page.next_cursor(|last| last.cursor(sort))?;
    let total = match filters.count.unwrap_or_default() {
        Count::Exact => totals::count(&filters, &conditions, search.as_ref(), sees_all, &params)?,
        Count::None => None,
    };
    Ok(output::page(
        "tickets",
        page.rows.into_iter().map(|row| row.json),
        json!({
            "total": total,
            "page": page_number,
            "perPage": size.get(),
            "nextCursor": next_cursor,
        }),
    ))
}

/// A ticket as lists show it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TicketItem<'a> {
    id: Option<id::Id>,
    number: Option<i64>,
    title: Option<&'a str>,
    priority: Option<Priority>,
    status: Option<&'a str>,
    version: Option<i32>,
    current_stage: Option<Named<'a>>,
    assigned_to: Option<Named<'a>>,
    created_by: Option<Named<'a>>,
    comment_count: Option<i32>,
    attachment_count: Option<i32>,
    created_at: Option<Time>,
    updated_at: Option<Time>,
}

const ITEM_COLUMNS: &str = "
    t.id, t.number, t.title, t.priority, t.status, t.version, s.id, s.name, a.id, a.name, c.id, c.name,
    t.created_at, t.updated_at";

/// What the reader sees of the ticket's conversation, in numbers: staff also what is internal.
const COUNTS: &str = ", t.public_comment_count, t.public_attachment_count";

const STAFF_COUNTS: &str = ",
    t.public_comment_count + coalesce(i.comment_count, 0), t.public_attachment_count + coalesce(i.attachment_count, 0)";

const STAFF_JOIN: &str = "
           left join helpdesk.ticket_internal_counts i on i.org_id = $1 and i.ticket_id = t.id";

impl<'a> TicketItem<'a> {
    fn of(row: &Row<'a>) -> TicketItem<'a> {
        TicketItem {
            id: row.id(1),
            number: row.get(2),
            title: row.get(3),
            priority: row.get(4),
            status: row.get(5),
            version: row.get(6),
            current_stage: row.named(7),
            assigned_to: row.named(9),
            created_by: row.named(11),
            comment_count: row.get(15),
            attachment_count: row.get(16),
            created_at: row.time(13),
            updated_at: row.time(14),
        }
    }
}

/// A ticket of the page, and what a cursor after it needs.
struct Listed {
    json: JsonText,
    id: Option<Uuid>,
    priority: Option<Priority>,
    created_at: Option<TimestampWithTimeZone>,
    updated_at: Option<TimestampWithTimeZone>,
}

impl Listed {
    fn of(row: &Row) -> Result<Listed> {
        Ok(Listed {
            json: JsonText::serialize(&TicketItem::of(row))?,
            id: row.get(1),
            priority: row.get(4),
            created_at: row.get(13),
            updated_at: row.get(14),
        })
    }

    fn cursor(&self, sort: Sort) -> Option<Cursor> {
        let time = match sort.key {
            SortKey::CreatedAt => self.created_at,
            SortKey::UpdatedAt | SortKey::Priority => self.updated_at,
        };
        Some(Cursor::new(sort, self.priority, time?, self.id?))
    }
}

/// Where a page that starts at a cursor continues.
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

/// What a member who is not staff sees, as two conditions that exclude each other: each has an index that gives it in order.
const OWN: [&str; 2] = ["t.created_by = $2", "t.assigned_to = $2 and t.created_by <> $2"];

/// Which rows of the order. Written into the statement as numbers, not bound: for an unknown limit the planner assumes a tenth of
/// the table, and then plans each call anew (0.2 ms) or sorts.
#[derive(Clone, Copy)]
struct Window {
    limit: i64,
    offset: i64,
}

impl Window {
    /// How many rows there are up to its end.
    fn most(self) -> i64 {
        self.limit + self.offset
    }
}

fn page_statement(
    conditions: &[&'static str],
    sort: Sort,
    has_cursor: bool,
    sees_all: bool,
    window: Window,
) -> String {
    let order = order_by(sort);
    let select = |own: Option<&'static str>| {
        let cursor = has_cursor.then(|| after_cursor(sort));
        with_conditions(
            "select t.* from helpdesk.tickets t where t.org_id = $1",
            conditions.iter().copied().chain(own).chain(cursor),
        ) + order
    };
    let (Window { limit, offset }, most) = (window, window.most());
    let page = if !sees_all {
        format!(
            "select t.* from (({} limit {most}) union all ({} limit {most})) t{order} limit {limit} offset {offset}",
            select(Some(OWN[0])),
            select(Some(OWN[1])),
        )
    } else if conditions.contains(&OF_WORKFLOW) && sort.key == SortKey::UpdatedAt {
        // An index gives the tickets of each stage of the workflow in order: the page is the first of them all.
        format!(
            "select t.* from helpdesk.workflow_stages b cross join lateral ({} limit {most}) t
              where b.org_id = $1 and b.workflow_id = $9{order} limit {limit} offset {offset}",
            select(Some("t.current_stage_id = b.id")),
        )
    } else if by_age::applies(conditions, sort, most) {
        format!("{} limit {limit} offset {offset}", by_age::page_statement(most, has_cursor))
    } else {
        format!("{} limit {limit} offset {offset}", select(None))
    };
    let (counts, join) = if sees_all { (STAFF_COUNTS, STAFF_JOIN) } else { (COUNTS, "") };
    format!(
        "select {ITEM_COLUMNS}{counts}
           from ({page}) t
           join helpdesk.workflow_stages s on s.org_id = $1 and s.id = t.current_stage_id
           join helpdesk.profiles c on c.id = t.created_by
           left join helpdesk.profiles a on a.id = t.assigned_to{join}{order}"
    )
}

#[cfg(any(test, feature = "pg_test"))]
#[pg_schema]
mod tests {
    use std::collections::HashSet;

    use pgrx::datum::DatumWithOid;
    use proptest::prelude::*;
    use proptest::test_runner::Config;
    use serde_json::Value;

    use super::*;

    fn ask<T: FromDatum + IntoDatum>(query: &str, args: &[DatumWithOid]) -> T {
        Spi::get_one_with_args(query, args).unwrap().unwrap()
    }

    /// A new login, and its profile.
    fn person() -> (Uuid, Uuid) {
        let login = crate::platform::uuid::new_id();
        Spi::run_with_args("insert into auth.users (id) values ($1)", &[login.into()]).unwrap();
        (login, ask("select id from helpdesk.profiles where auth_id = $1", &[login.into()]))
    }

    /// An organization with tickets that often share their times and priorities: the logins of its admin and of the customer who
    /// opened them all.
    fn organization(tickets: &[(i32, i32, i32)]) -> (Uuid, [Uuid; 2]) {
        let (admin_login, admin) = person();
        let (customer_login, customer) = person();
        let org: Uuid = ask(
            "insert into helpdesk.organizations (name, created_by) values ('Acme', $1) returning id",
            &[admin.into()],
        );
        Spi::run_with_args(
            "insert into helpdesk.org_members (org_id, user_id, org_role) values ($1, $2, 'org_customer')",
            &[org.into(), customer.into()],
        )
        .unwrap();
        for (created, updated, priority) in tickets {
            Spi::run_with_args(
                "insert into helpdesk.tickets (org_id, title, priority, created_by, created_at, updated_at)
                 values ($1, 'A ticket', (enum_range(null::helpdesk.ticket_priority))[$2], $3,
                         to_timestamp($4), to_timestamp($5))",
                &[org.into(), (*priority).into(), customer.into(), (*created).into(), (*updated).into()],
            )
            .unwrap();
        }
        (org, [admin_login, customer_login])
    }

    /// How one goes on from a page to the next.
    #[derive(Clone, Copy)]
    enum By {
        Cursor,
        Number,
    }

    /// Every page from the first to the last, as the person of that login.
    fn walk(org: Uuid, login: Uuid, mut filters: Value, by: By) -> Vec<Value> {
        let claims = json!({ "sub": login.to_string() }).to_string();
        ask::<String>("select set_config('request.jwt.claims', $1, true)", &[claims.into()]);
        Spi::run("set local role authenticated").unwrap();
        let mut seen = Vec::new();
        for number in 2.. {
            let page: String = ask(
                "select helpdesk.list_org_tickets($1, $2::jsonb)::text",
                &[org.into(), filters.to_string().into()],
            );
            let mut page: Value = serde_json::from_str(&page).unwrap();
            seen.extend(page["tickets"].as_array().unwrap().iter().cloned());
            let cursor = page["pagination"]["nextCursor"].take();
            if cursor.is_null() {
                break;
            }
            match by {
                By::Cursor => filters["cursor"] = cursor,
                By::Number => filters["page"] = number.into(),
            }
        }
        Spi::run("reset role").unwrap();
        seen
    }

    const SORTS: [&str; 6] =
        ["updatedAt", "-updatedAt", "createdAt", "-createdAt", "priority", "-priority"];

    fn pages_give_every_ticket_once_and_in_order(cases: u32, sorts: &'static [&'static str]) {
        let config = Config { cases, failure_persistence: None, ..Config::default() };
        // Many tickets share a time, and tickets are of any age.
        let second =
            prop::sample::select(vec![0, 1, 2, 59, 60, 400, 90_000, 3_000_000, 400_000_000]);
        let tickets = prop::collection::vec((second.clone(), second.clone(), 1..5), 0..25);
        let sort = prop::sample::select(sorts);
        let before = prop::option::of(second);
        proptest!(config, |(tickets in tickets, sort in sort, per_page in 1..8i64, who in 0..2usize, before in before)| {
            let (org, logins) = organization(&tickets);
            let mut filters = json!({ "sort": sort, "perPage": per_page });
            if let Some(second) = before {
                filters["createdBefore"] = jiff::Timestamp::new(second.into(), 0).unwrap().to_string().into();
            }
            let seen = walk(org, logins[who], filters.clone(), By::Cursor);
            prop_assert_eq!(&seen, &walk(org, logins[who], filters, By::Number));
            let expected = tickets.iter().filter(|(created, ..)| before.is_none_or(|second| *created < second)).count();
            prop_assert_eq!(seen.len(), expected);
            let ids: HashSet<_> = seen.iter().map(|ticket| ticket["id"].to_string()).collect();
            prop_assert_eq!(ids.len(), expected);
            let keys: Vec<_> = seen.iter().map(|ticket| match sort.trim_start_matches('-') {
                "priority" => (["low", "medium", "high", "urgent"].iter().position(|p| ticket["priority"] == *p), ticket["updatedAt"].to_string()),
                key => (None, ticket[key].to_string()),
            }).collect();
            let in_order = keys.windows(2).all(|w| if sort.starts_with('-') { w[0] >= w[1] } else { w[0] <= w[1] });
            prop_assert!(in_order, "{:?}", keys);
        });
    }

    #[pg_test]
    fn ticket_list_pages_of_any_order_give_every_ticket_once_and_in_order() {
        pages_give_every_ticket_once_and_in_order(24, &SORTS);
    }

    /// By age, where they are asked for by when they were opened.
    #[pg_test]
    fn ticket_list_pages_of_the_usual_order_give_every_ticket_once_and_in_order() {
        pages_give_every_ticket_once_and_in_order(48, &["-updatedAt"]);
    }
}
