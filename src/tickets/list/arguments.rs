//! The numbered parameters that all statements of a list share.

use pgrx::Uuid;
use pgrx::datum::{DatumWithOid, TimestampWithTimeZone};

use super::filters::Filters;
use super::order::Cursor;
use super::search::TicketSearch;
use crate::platform::enums::{Priority, Status};
use crate::platform::json::input::OneOrMany;

/// The values of $1 to $24, whether a statement uses them or not, and of those that filters in the
/// text of a search compare with.
pub struct Arguments<'a> {
    org: Uuid,
    me: Option<Uuid>,
    priorities: Vec<&'static str>,
    statuses: Vec<&'static str>,
    stages: Vec<Uuid>,
    workflows: Vec<Uuid>,
    assignees: Vec<Uuid>,
    creator: Option<Uuid>,
    created_after: Option<TimestampWithTimeZone>,
    created_before: Option<TimestampWithTimeZone>,
    updated_after: Option<TimestampWithTimeZone>,
    updated_before: Option<TimestampWithTimeZone>,
    search: Option<&'a TicketSearch>,
    number: Option<i64>,
    pub cursor: Option<Cursor>,
}

impl<'a> Arguments<'a> {
    pub fn new(
        org: Uuid,
        me: Option<Uuid>,
        filters: &Filters,
        search: Option<&'a TicketSearch>,
        cursor: Option<Cursor>,
    ) -> Arguments<'a> {
        Arguments {
            org,
            me,
            priorities: OneOrMany::values(&filters.priority, Priority::label),
            statuses: OneOrMany::values(&filters.status, Status::label),
            stages: OneOrMany::values(&filters.stage_id, Uuid::from),
            workflows: OneOrMany::values(&filters.workflow_id, Uuid::from),
            assignees: (filters.assigned_to.iter().flat_map(|assignees| &assignees.0))
                .filter_map(|assignee| assignee.profile(me))
                .collect(),
            creator: filters.created_by.and_then(|person| person.profile(me)),
            created_after: filters.created_after.map(|time| time.0),
            created_before: filters.created_before.map(|time| time.0),
            updated_after: filters.updated_after.map(|time| time.0),
            updated_before: filters.updated_before.map(|time| time.0),
            number: filters.number.map(|number| number.0),
            search,
            cursor,
        }
    }

    pub fn params(&self) -> Vec<DatumWithOid<'_>> {
        let cursor = self.cursor.as_ref();
        let mut params = vec![
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
            self.assignees.first().copied().into(),
            self.creator.into(),
            self.created_after.into(),
            self.created_before.into(),
            self.updated_after.into(),
            self.updated_before.into(),
            self.search.and_then(TicketSearch::lexemes).into(),
            self.search.and_then(|search| search.number).into(),
            cursor.and_then(Cursor::time).into(),
            cursor.and_then(Cursor::priority).map(Priority::label).into(),
            cursor.map(Cursor::id).into(),
            self.number.into(),
            cursor.and_then(Cursor::number).into(),
            self.assignees.clone().into(),
        ];
        params.extend(self.search.map(TicketSearch::filter_values).unwrap_or_default());
        params
    }
}
