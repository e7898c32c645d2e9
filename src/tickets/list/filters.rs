//! `p_filters` of lists of tickets: the allowed keys and their values.

use pgrx::Uuid;
use pgrx::pg_sys::panic::ErrorReport;
use serde::{Deserialize, Deserializer};

use super::order::Sort;
use super::search::TicketSearch;
use crate::access::person::PersonFilter;
use crate::platform::enums::{Priority, Status};
use crate::platform::error::{self, Result};
use crate::platform::json::id::Id;
use crate::platform::json::input::{self, Flag, Integer, OneOrMany};
use crate::platform::json::rfc3339::Rfc3339;
#[cfg(test)]
use crate::platform::json::schema::{Api, describe_inline};
use crate::platform::paging::{Count, PageSize};
use crate::platform::text::{is_blank, is_longer};

const MAX_SEARCH: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "TicketFilters"))]
pub struct Filters {
    pub priority: Option<OneOrMany<Priority>>,
    pub status: Option<OneOrMany<Status>>,
    pub stage_id: Option<OneOrMany<Id>>,
    pub workflow_id: Option<OneOrMany<Id>>,
    pub assigned_to: Option<OneOrMany<Assignee>>,
    pub created_by: Option<PersonFilter>,
    pub created_after: Option<Rfc3339>,
    pub created_before: Option<Rfc3339>,
    pub updated_after: Option<Rfc3339>,
    pub updated_before: Option<Rfc3339>,
    pub search: Option<String>,
    pub number: Option<Integer>,
    pub watching: Option<Flag>,
    pub waiting_for: Option<WaitingFor>,
    pub sort: Option<Sort>,
    pub per_page: Option<PageSize>,
    pub page: Option<Integer>,
    pub cursor: Option<String>,
    pub count: Option<Count>,
}

const FILTER_KEYS: &[(&str, &str)] = &[
    ("priority", "low, medium, high, urgent, or a list of them"),
    ("status", "open, pending, resolved, closed, or a list of them"),
    ("stageId", "the id of a stage, or a list of them"),
    ("workflowId", "the id of a workflow, or a list of them"),
    ("assignedTo", r#"the id of a member, "me" or "none", or a list of them"#),
    ("createdBy", r#"the id of a member, or "me""#),
    ("createdAfter", "an RFC 3339 timestamp, 2026-01-31T09:00:00Z; inclusive"),
    ("createdBefore", "an RFC 3339 timestamp, 2026-01-31T09:00:00Z; exclusive"),
    ("updatedAfter", "an RFC 3339 timestamp, 2026-01-31T09:00:00Z; inclusive"),
    ("updatedBefore", "an RFC 3339 timestamp, 2026-01-31T09:00:00Z; exclusive"),
    ("search", "1 to 200 characters"),
    ("number", "the number of a ticket"),
    ("watching", "true for the tickets that the caller watches, false for the others"),
    ("waitingFor", "staff or customer"),
    (
        "sort",
        "updatedAt, createdAt, priority, number, queue, or one of them with - before it for descending",
    ),
    ("perPage", PageSize::ALLOWED),
    (
        "page",
        "a whole number from 1, without cursor, with up to 50,000 tickets on the pages before it; \
         nextCursor leads further",
    ),
    ("cursor", "the nextCursor of the previous page, with the same sort and without page"),
    ("count", r#""exact" or "none""#),
];

#[derive(Clone, Copy)]
pub enum Assignee {
    Nobody,
    PersonFilter(PersonFilter),
}

#[cfg(test)]
describe_inline!(Assignee, {
    "anyOf": [{ "type": "string", "format": "uuid" }, { "enum": ["me", "none"] }],
});

impl<'de> Deserialize<'de> for Assignee {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Assignee, D::Error> {
        input::parse_word(input, |word| match word {
            "none" => Some(Assignee::Nobody),
            word => PersonFilter::from_text(word).map(Assignee::PersonFilter),
        })
    }
}

impl Assignee {
    pub fn is_nobody(&self) -> bool {
        matches!(self, Assignee::Nobody)
    }

    /// Their profile, where `me` is the caller's.
    pub fn profile(self, me: Option<Uuid>) -> Option<Uuid> {
        match self {
            Assignee::Nobody => None,
            Assignee::PersonFilter(person) => person.profile(me),
        }
    }
}

/// How many tickets a page passes over to find its own. After a cursor none are passed over.
const MAX_PASSED_OVER: i64 = 50_000;

/// Who has to answer next on an open or pending ticket.
#[derive(Clone, Copy)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename_all = "lowercase"))]
pub enum WaitingFor {
    Staff,
    Customer,
}

impl<'de> Deserialize<'de> for WaitingFor {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<WaitingFor, D::Error> {
        input::parse_word(input, |word| match word {
            "staff" => Some(WaitingFor::Staff),
            "customer" => Some(WaitingFor::Customer),
            _ => None,
        })
    }
}

impl Filters {
    /// `argument` is what errors call them.
    pub fn parse(argument: &str, text: &str) -> Result<Filters> {
        let filters: Filters = input::parse_filters(argument, text, FILTER_KEYS)?;
        let page_size = filters.per_page.unwrap_or_default().get();
        if filters.page.is_some_and(|Integer(n)| n < 1 || (n - 1) > MAX_PASSED_OVER / page_size) {
            return Err(bad_filter(argument, "out_of_range", "page", "out of range"));
        }
        if filters.page.is_some() && filters.cursor.is_some() {
            return Err(bad_filter(
                argument,
                "invalid_value",
                "cursor",
                "cannot be combined with page",
            ));
        }
        match &filters.search {
            Some(blank) if is_blank(blank) => Err(bad_filter(argument, "blank", "search", "blank")),
            Some(long) if is_longer(long, MAX_SEARCH) => {
                Err(bad_filter(argument, "too_long", "search", "too long"))
            }
            _ => Ok(filters),
        }
    }

    /// Whether the counters of reporting count by everything that is filtered by.
    pub fn can_use_counters(&self) -> bool {
        self.created_by.is_none()
            && !self.has_time_range()
            && self.search.is_none()
            && self.number.is_none()
            && self.watching.is_none()
            && self.waiting_for.is_none()
    }

    pub fn has_time_range(&self) -> bool {
        self.created_after.is_some()
            || self.created_before.is_some()
            || self.updated_after.is_some()
            || self.updated_before.is_some()
    }

    pub fn search_in(&self, org: Uuid, sees_all: bool) -> Result<Option<TicketSearch>> {
        self.search.as_deref().map(|text| TicketSearch::parse(org, text, sees_all)).transpose()
    }
}

/// Keys that select what claim_next_ticket() decides itself are not allowed there.
#[cfg(test)]
pub(in crate::tickets) fn describe(api: &mut Api) {
    api.argument::<Filters>("list_org_tickets", "p_filters");
    api.describe_keys("TicketFilters", FILTER_KEYS);
    api.argument_without(
        "claim_next_ticket",
        "QueueFilters",
        "TicketFilters",
        &["status", "assignedTo", "sort", "perPage", "page", "cursor", "count"],
    );
}

fn bad_filter(argument: &str, word: &str, key: &str, problem: &str) -> ErrorReport {
    let allowed =
        FILTER_KEYS.iter().find(|(name, _)| *name == key).map_or("", |(_, values)| values);
    error::invalid(word, format!("{argument}.{key}"), problem, format!("{key} may be: {allowed}."))
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::*;

    #[pg_test]
    fn ticket_filters_are_read_or_refused_by_name() {
        input::tests::every_input_is_read_or_refused("p_filters", FILTER_KEYS, |text| {
            Filters::parse("p_filters", text)
        });
    }
}
