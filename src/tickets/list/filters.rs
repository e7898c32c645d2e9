//! Which tickets a list shows: what `p_filters` may say, and the conditions that it becomes. Statements are put together from
//! constants only; what the caller sent is bound.

use pgrx::Uuid;
use pgrx::datum::{DatumWithOid, TimestampWithTimeZone};
use serde::{Deserialize, Deserializer};

use super::order::{Cursor, Sort};
use super::search::TicketSearch;
use crate::platform::datum::TsQuery;
use crate::platform::enums::{Priority, Status};
use crate::platform::error::{self, Result};
use crate::platform::json::id::Id;
use crate::platform::json::input::{self, Integer, OneOrMany, non_null};
use crate::platform::paging::{Count, PageSize};

const MAX_SEARCH: usize = 200;

/// What `p_filters` may say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Filters {
    #[serde(default, deserialize_with = "non_null")]
    pub priority: Option<OneOrMany<Priority>>,
    #[serde(default, deserialize_with = "non_null")]
    pub status: Option<OneOrMany<Status>>,
    #[serde(default, deserialize_with = "non_null")]
    pub stage_id: Option<OneOrMany<Id>>,
    #[serde(default, deserialize_with = "non_null")]
    pub workflow_id: Option<OneOrMany<Id>>,
    #[serde(default, deserialize_with = "non_null")]
    pub assigned_to: Option<Assignee>,
    #[serde(default, deserialize_with = "non_null")]
    pub created_by: Option<Person>,
    #[serde(default, deserialize_with = "non_null")]
    pub created_after: Option<Moment>,
    #[serde(default, deserialize_with = "non_null")]
    pub created_before: Option<Moment>,
    #[serde(default, deserialize_with = "non_null")]
    pub updated_after: Option<Moment>,
    #[serde(default, deserialize_with = "non_null")]
    pub updated_before: Option<Moment>,
    #[serde(default, deserialize_with = "non_null")]
    pub search: Option<String>,
    #[serde(default, deserialize_with = "non_null")]
    pub sort: Option<Sort>,
    #[serde(default, deserialize_with = "non_null")]
    pub per_page: Option<PageSize>,
    #[serde(default, deserialize_with = "non_null")]
    pub page: Option<Integer>,
    #[serde(default, deserialize_with = "non_null")]
    pub cursor: Option<String>,
    #[serde(default, deserialize_with = "non_null")]
    pub count: Option<Count>,
}

const KEYS: &[(&str, &str)] = &[
    ("priority", "low, medium, high, urgent, or a list of them"),
    ("status", "open, pending, resolved, closed, or a list of them"),
    ("stageId", "the id of a stage, or a list of them"),
    ("workflowId", "the id of a workflow, or a list of them"),
    ("assignedTo", "the id of a member, \"me\" or \"none\""),
    ("createdBy", "the id of a member, or \"me\""),
    ("createdAfter", "a time as in RFC 3339, 2026-01-31T09:00:00Z; that moment is included"),
    ("createdBefore", "a time as in RFC 3339, 2026-01-31T09:00:00Z; that moment is not included"),
    ("updatedAfter", "a time as in RFC 3339, 2026-01-31T09:00:00Z; that moment is included"),
    ("updatedBefore", "a time as in RFC 3339, 2026-01-31T09:00:00Z; that moment is not included"),
    ("search", "1 to 200 characters"),
    ("sort", "updatedAt, createdAt, priority, or one of them with - before it for descending"),
    ("perPage", PageSize::ALLOWED),
    ("page", "a whole number from 1, without cursor"),
    ("cursor", "nextCursor of a page in the same order, without page"),
    ("count", "\"exact\" or \"none\""),
];

#[derive(Clone, Copy)]
pub enum Assignee {
    Me,
    Nobody,
    Member(Id),
}

#[derive(Clone, Copy)]
pub enum Person {
    Me,
    Member(Id),
}

impl<'de> Deserialize<'de> for Assignee {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Assignee, D::Error> {
        input::parse_word(input, |word| match word {
            "me" => Some(Assignee::Me),
            "none" => Some(Assignee::Nobody),
            id => Id::from_text(id).map(Assignee::Member),
        })
    }
}

impl<'de> Deserialize<'de> for Person {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Person, D::Error> {
        input::parse_word(input, |word| match word {
            "me" => Some(Person::Me),
            id => Id::from_text(id).map(Person::Member),
        })
    }
}

/// Microseconds from 1970, where jiff begins to count, to 2000, where Postgres does.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

/// A point in time, RFC 3339.
#[derive(Clone, Copy)]
pub struct Moment(TimestampWithTimeZone);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Moment, D::Error> {
        input::parse_word(input, |word| {
            let moment: jiff::Timestamp = word.parse().ok()?;
            let micros = moment.as_microsecond().checked_sub(POSTGRES_EPOCH)?;
            TimestampWithTimeZone::try_from(micros).ok().map(Moment)
        })
    }
}

impl Filters {
    /// Whether the tickets are counted by all that the filters ask for, so that their number is known without them.
    pub fn can_use_counters(&self) -> bool {
        self.created_by.is_none() && !self.has_time_range() && self.search.is_none()
    }

    /// Whether they ask for a span of time.
    pub fn has_time_range(&self) -> bool {
        self.created_after.is_some()
            || self.created_before.is_some()
            || self.updated_after.is_some()
            || self.updated_before.is_some()
    }

    pub fn search_in(&self, org: Uuid) -> Result<Option<TicketSearch>> {
        self.search.as_deref().map(|text| TicketSearch::of(org, text)).transpose()
    }

    pub fn parse(text: &str) -> Result<Filters> {
        let filters: Filters = input::parse("p_filters", text, KEYS)?;
        let out_of_range = |key: &str, problem: &str| {
            let allowed = KEYS.iter().find(|(name, _)| *name == key);
            let allowed = allowed.map_or("", |(_, values)| values);
            Err(error::bad(
                format!("p_filters.{key}"),
                problem.to_owned(),
                format!("{key} may be: {allowed}."),
            ))
        };
        if filters.page.is_some_and(|n| !(1..=i32::MAX as i64).contains(&n.0)) {
            return out_of_range("page", "out of range");
        }
        if filters.page.is_some() && filters.cursor.is_some() {
            return out_of_range("cursor", "cannot be combined with page");
        }
        if let Some(words) = &filters.search
            && (words.trim().is_empty() || words.chars().count() > MAX_SEARCH)
        {
            return out_of_range("search", "not a search");
        }
        Ok(filters)
    }
}

/// The values behind the numbered parameters of every statement here, whether a statement uses them or not.
pub struct Arguments {
    org: Uuid,
    me: Option<Uuid>,
    priorities: Vec<&'static str>,
    statuses: Vec<&'static str>,
    stages: Vec<Uuid>,
    workflows: Vec<Uuid>,
    assignee: Option<Uuid>,
    creator: Option<Uuid>,
    created_after: Option<TimestampWithTimeZone>,
    created_before: Option<TimestampWithTimeZone>,
    updated_after: Option<TimestampWithTimeZone>,
    updated_before: Option<TimestampWithTimeZone>,
    search: Option<TsQuery>,
    search_number: Option<i64>,
    pub cursor: Option<Cursor>,
}

impl Arguments {
    pub fn of(
        org: Uuid,
        me: Option<Uuid>,
        filters: &Filters,
        search: Option<&TicketSearch>,
        cursor: Option<Cursor>,
    ) -> Arguments {
        Arguments {
            org,
            me,
            priorities: OneOrMany::values(&filters.priority, Priority::label),
            statuses: OneOrMany::values(&filters.status, Status::label),
            stages: OneOrMany::values(&filters.stage_id, Uuid::from),
            workflows: OneOrMany::values(&filters.workflow_id, Uuid::from),
            assignee: match filters.assigned_to {
                Some(Assignee::Member(id)) => Some(id.into()),
                _ => me,
            },
            creator: match filters.created_by {
                Some(Person::Member(id)) => Some(id.into()),
                _ => me,
            },
            created_after: filters.created_after.map(|m| m.0),
            created_before: filters.created_before.map(|m| m.0),
            updated_after: filters.updated_after.map(|m| m.0),
            updated_before: filters.updated_before.map(|m| m.0),
            search_number: search.and_then(|search| search.number),
            search: search.and_then(|search| search.terms.clone()),
            cursor,
        }
    }

    pub fn params(&self) -> Vec<DatumWithOid<'_>> {
        let cursor = self.cursor.as_ref();
        vec![
            self.org.into(),
            self.me.into(),
            self.priorities.first().copied().into(),
            self.priorities.clone().into(),
            self.statuses.first().copied().into(),
            self.statuses.clone().into(),
            self.stages.first().copied().into(),
            self.stages.clone().into(),
            self.workflows.first().copied().into(),
            self.workflows.clone().into(),
            self.assignee.into(),
            self.creator.into(),
            self.created_after.into(),
            self.created_before.into(),
            self.updated_after.into(),
            self.updated_before.into(),
            self.search.clone().into(),
            self.search_number.into(),
            cursor.map(Cursor::time).into(),
            cursor.and_then(Cursor::priority).map(Priority::label).into(),
            cursor.map(Cursor::id).into(),
        ]
    }
}

pub(super) const OF_WORKFLOW: &str = "t.workflow_id = $9";

pub(super) const OPENED_BEFORE: &str = "t.created_at < $14";

/// What the filters ask of a ticket. A single value is compared with `=`, so that an index gives it in order.
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
        one_or_many(&filters.workflow_id, OF_WORKFLOW, "t.workflow_id = any ($10)"),
        filters.assigned_to.as_ref().map(|assignee| match assignee {
            Assignee::Nobody => "t.assigned_to is null",
            _ => "t.assigned_to = $11",
        }),
        filters.created_by.as_ref().map(|_| "t.created_by = $12"),
        filters.created_after.as_ref().map(|_| "t.created_at >= $13"),
        filters.created_before.as_ref().map(|_| OPENED_BEFORE),
        filters.updated_after.as_ref().map(|_| "t.updated_at >= $15"),
        filters.updated_before.as_ref().map(|_| "t.updated_at < $16"),
        search.map(|search| search.condition(sees_all)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A statement that ends in a condition, with more of them.
pub fn with_conditions<'a>(
    statement: &str,
    conditions: impl IntoIterator<Item = &'a str>,
) -> String {
    conditions.into_iter().fold(statement.to_owned(), |text, more| text + " and " + more)
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::*;

    #[pg_test]
    fn ticket_filters_are_read_or_refused_by_name() {
        input::tests::every_input_is_read_or_refused("p_filters", KEYS, Filters::parse);
    }
}
