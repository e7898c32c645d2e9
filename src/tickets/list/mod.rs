//! list_org_tickets: one page of tickets, filtered and sorted.
//!
//! Statements are assembled from constants, in shapes for which one index returns the page in
//! order: the cost depends on the size of the page, not on that of the organization.

pub(super) mod arguments;
mod by_age;
pub(super) mod conditions;
mod counts;
pub(super) mod filters;
mod item;
mod old_matches;
mod order;
mod page;
mod planning;
mod search;
mod totals;

use pgrx::Uuid;
use pgrx::prelude::*;
use serde_json::json;

use self::arguments::Arguments;
use self::conditions::conditions;
use self::filters::Filters;
use self::item::ListedTicket;
use self::order::Cursor;
use self::page::{Window, page_statement};
use self::search::TicketSearch;
use crate::access::caller::Caller;
use crate::access::rights;
use crate::platform::datum::{JsonText, JsonbText};
use crate::platform::error::{Result, required};
use crate::platform::json::output;
#[cfg(test)]
use crate::platform::json::schema::Api;
use crate::platform::paging::{Count, Page};
use crate::platform::statement::{self, Planned};

/// One page of the tickets of an organization that the caller may see.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn list_org_tickets(
    p_org_id: Option<Uuid>,
    p_filters: default!(Option<JsonbText>, "'{}'"),
) -> Result<JsonText> {
    let org = required(p_org_id, "p_org_id")?;
    let filters = Filters::parse("p_filters", JsonbText::or_empty("p_filters", &p_filters)?)?;
    let sees_all = rights::check_member(org)?;
    list(org, &filters, Caller::current()?.profile, sees_all)
}

#[cfg(test)]
pub(super) fn describe(api: &mut Api) {
    counts::describe(api);
    filters::describe(api);
    item::describe(api);
}

fn list(org: Uuid, filters: &Filters, me: Option<Uuid>, sees_all: bool) -> Result<JsonText> {
    let sort = filters.sort.unwrap_or_default();
    let size = filters.per_page.unwrap_or_default();
    let page_number = match filters.cursor {
        Some(_) => None,
        None => Some(filters.page.map_or(1, |page| page.0)),
    };
    let cursor = filters.cursor.as_deref().map(|text| Cursor::decode(text, sort)).transpose()?;
    let offset = (page_number.unwrap_or(1) - 1) * size.get();
    let window = Window { limit: size.limit(), offset };
    let list = List { org, filters, me, sees_all };

    let mut search = filters.search_in(org, sees_all)?;
    let mut rows = list.read(search.as_ref(), cursor.clone(), window)?;
    let is_later = cursor.is_some() || offset > 0;
    if rows.is_empty()
        && let Some(exact) = &search
        && (!is_later || list.finds_nothing(exact)?)
        && let Some(other) = list.search_further(exact)?
    {
        rows = list.read(Some(&other), cursor, window)?;
        search = Some(other);
    }
    let page = Page::new(rows, size);
    let next_cursor = page.next_cursor(|last| last.cursor(sort))?;
    let total = match filters.count.unwrap_or_default() {
        Count::Exact => list.count(search.as_ref())?,
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

/// What a caller lists.
struct List<'a> {
    org: Uuid,
    filters: &'a Filters,
    me: Option<Uuid>,
    sees_all: bool,
}

impl List<'_> {
    /// The tickets of a window after a cursor.
    fn read(
        &self,
        search: Option<&TicketSearch>,
        cursor: Option<Cursor>,
        window: Window,
    ) -> Result<Vec<ListedTicket>> {
        let List { org, filters, me, sees_all } = *self;
        let sort = filters.sort.unwrap_or_default();
        let of_search = search.map(|search| search.conditions(sees_all, false));
        let of_search = of_search.unwrap_or_default();
        let conditions = conditions(filters, &of_search);
        let arguments = Arguments::new(org, me, filters, search, cursor);
        let sql = page_statement(&conditions, sort, arguments.cursor.is_some(), sees_all, window);
        let is_by_age = sees_all && by_age::applies(&conditions, sort, window.last());
        let planned = match is_by_age {
            true => Planned::Once,
            false => planning::of_page(filters, &conditions, sort, sees_all),
        };
        let rows = statement::read_assembled(&sql, planned)
            .fetch_all(&arguments.params(), ListedTicket::from_row)?;
        rows.into_iter().collect()
    }

    fn finds_nothing(&self, search: &TicketSearch) -> Result<bool> {
        Ok(self.read(Some(search), None, Window { limit: 1, offset: 0 })?.is_empty())
    }

    /// What is listed if no ticket matches: those with longer words, or those with similar titles.
    fn search_further(&self, exact: &TicketSearch) -> Result<Option<TicketSearch>> {
        if let Some(longer) = exact.with_beginnings(self.org, self.sees_all)?
            && !self.finds_nothing(&longer)?
        {
            return Ok(Some(longer));
        }
        exact.despite_typos(self.org, self.me, self.sees_all)
    }

    /// The total that comes with the first page.
    fn total(&self) -> Result<Option<i64>> {
        let search = self.filters.search_in(self.org, self.sees_all)?;
        let other = match &search {
            Some(exact) if self.finds_nothing(exact)? => self.search_further(exact)?,
            _ => None,
        };
        self.count(other.or(search).as_ref())
    }

    fn count(&self, search: Option<&TicketSearch>) -> Result<Option<i64>> {
        let List { org, filters, me, sees_all } = *self;
        let of_search = search.map(|search| search.conditions(sees_all, false));
        let of_search = of_search.unwrap_or_default();
        let arguments = Arguments::new(org, me, filters, search, None);
        let conditions = conditions(filters, &of_search);
        totals::count(filters, &conditions, search, sees_all, &arguments.params())
    }
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

    fn query<T: FromDatum + IntoDatum>(sql: &str, args: &[DatumWithOid]) -> T {
        Spi::get_one_with_args(sql, args).unwrap().unwrap()
    }

    /// Inserts a login. Returns its id and that of its profile.
    fn insert_person() -> (Uuid, Uuid) {
        let login = crate::platform::uuid::new_id();
        Spi::run_with_args("insert into auth.users (id) values ($1)", &[login.into()]).unwrap();
        (login, query("select id from helpdesk.profiles where auth_id = $1", &[login.into()]))
    }

    /// Inserts an organization with tickets that often share times and priorities. Returns its id
    /// and the logins of its admin and of the customer who opened all tickets.
    fn insert_organization(tickets: &[(i32, i32, i32)]) -> (Uuid, [Uuid; 2]) {
        let (admin_login, admin) = insert_person();
        let (customer_login, customer) = insert_person();
        let org: Uuid = query(
            "insert into helpdesk.organizations (name, created_by)
             values ('Acme', $1) returning id",
            &[admin.into()],
        );
        Spi::run_with_args(
            "insert into helpdesk.org_members (org_id, user_id, org_role)
             values ($1, $2, 'org_customer')",
            &[org.into(), customer.into()],
        )
        .unwrap();
        for (created, updated, priority) in tickets {
            Spi::run_with_args(
                "insert into helpdesk.tickets
                        (org_id, title, priority, created_by, created_at, updated_at)
                 values ($1, 'A ticket', (enum_range(null::helpdesk.ticket_priority))[$2], $3,
                         to_timestamp($4), to_timestamp($5))",
                &[
                    org.into(),
                    (*priority).into(),
                    customer.into(),
                    (*created).into(),
                    (*updated).into(),
                ],
            )
            .unwrap();
        }
        (org, [admin_login, customer_login])
    }

    /// How to get from a page to the next.
    #[derive(Clone, Copy)]
    enum By {
        Cursor,
        Number,
    }

    /// The tickets of all pages, for the person of a login.
    fn walk(org: Uuid, login: Uuid, mut filters: Value, by: By) -> Vec<Value> {
        let claims = json!({ "sub": login.to_string() }).to_string();
        query::<String>("select set_config('request.jwt.claims', $1, true)", &[claims.into()]);
        Spi::run("set local role authenticated").unwrap();
        let mut seen = Vec::new();
        for number in 2.. {
            let page: String = query(
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

    const SORTS: [&str; 10] = [
        "updatedAt",
        "-updatedAt",
        "createdAt",
        "-createdAt",
        "priority",
        "-priority",
        "number",
        "-number",
        "queue",
        "-queue",
    ];

    fn check_that_pages_have_every_ticket_once_and_in_order(
        cases: u32,
        sorts: &'static [&'static str],
    ) {
        let config = Config { cases, failure_persistence: None, ..Config::default() };
        // Many tickets share a time, and tickets are of any age.
        let second =
            prop::sample::select(vec![0, 1, 2, 59, 60, 400, 90_000, 3_000_000, 400_000_000]);
        let tickets = prop::collection::vec((second.clone(), second.clone(), 1..5), 0..25);
        let sort = prop::sample::select(sorts);
        let before = prop::option::of(second);
        proptest!(config, |(
            tickets in tickets, sort in sort, per_page in 1..8i64, who in 0..2usize, before in before
        )| {
            let (org, logins) = insert_organization(&tickets);
            let mut filters = json!({ "sort": sort, "perPage": per_page });
            if let Some(second) = before {
                let time = jiff::Timestamp::new(second.into(), 0).unwrap();
                filters["createdBefore"] = time.to_string().into();
            }
            let seen = walk(org, logins[who], filters.clone(), By::Cursor);
            prop_assert_eq!(&seen, &walk(org, logins[who], filters, By::Number));
            let is_listed = |created: i32| before.is_none_or(|second| created < second);
            let expected = tickets.iter().filter(|(created, ..)| is_listed(*created)).count();
            prop_assert_eq!(seen.len(), expected);
            let ids: HashSet<_> = seen.iter().map(|ticket| ticket["id"].to_string()).collect();
            prop_assert_eq!(ids.len(), expected);
            let keys: Vec<_> = seen.iter().map(|ticket| sort_key(ticket, sort)).collect();
            let is_in_order = keys.windows(2).all(|pair| match sort.starts_with('-') {
                true => pair[0] >= pair[1],
                false => pair[0] <= pair[1],
            });
            prop_assert!(is_in_order, "{:?}", keys);
        });
    }

    fn sort_key(ticket: &Value, sort: &str) -> (Option<u64>, String) {
        let priorities = ["low", "medium", "high", "urgent"];
        let rank = priorities.iter().position(|priority| ticket["priority"] == *priority);
        let rank = rank.map(|rank| rank as u64);
        match sort.trim_start_matches('-') {
            "priority" => (rank, ticket["updatedAt"].to_string()),
            "number" => (ticket["number"].as_u64(), String::new()),
            "queue" => (rank.map(|rank| 3 - rank), ticket["createdAt"].to_string()),
            key => (None, ticket[key].to_string()),
        }
    }

    #[pg_test]
    fn ticket_list_pages_of_any_order_have_every_ticket_once_and_in_order() {
        check_that_pages_have_every_ticket_once_and_in_order(24, &SORTS);
    }

    /// Covers by_age.rs, which only serves this order.
    #[pg_test]
    fn ticket_list_pages_of_the_default_order_have_every_ticket_once_and_in_order() {
        check_that_pages_have_every_ticket_once_and_in_order(48, &["-updatedAt"]);
    }
}
