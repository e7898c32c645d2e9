//! Filters on tickets inside the text of a query: `status:open assignee:me`.

mod newest;
mod people;
pub mod scope;
pub mod times;

use std::cell::Cell;

use pgrx::Uuid;

use self::scope::{Part, Scope};
use self::times::{Times, find_times};
use crate::access::caller::Caller;
use crate::access::rights;
use crate::fulltext::filters::{Pair, take_filters};
use crate::fulltext::folding::plain;
use crate::platform::conditions::{Arguments, Clauses, Condition};
use crate::platform::enums::{Priority, Status};
use crate::platform::error::Result;
use crate::platform::statement;

/// A column with ids of what has a name.
#[derive(Clone, Copy)]
pub enum Column {
    Assignee,
    Requester,
    Stage,
    Workflow,
}

impl Column {
    const fn name(self) -> &'static str {
        match self {
            Column::Assignee => "assigned_to",
            Column::Requester => "created_by",
            Column::Stage => "current_stage_id",
            Column::Workflow => "workflow_id",
        }
    }
}

/// A condition on a ticket `t`.
#[derive(Clone)]
pub enum TicketFilter {
    Status(Status),
    Priority(Priority),
    /// The column has one of these ids.
    Has(Column, Vec<Uuid>),
    IsAssigned,
    IsUnassigned,
    Number(i64),
    Created(Times),
    Updated(Times),
    IsUnanswered,
    IsAnswered,
}

impl Condition for TicketFilter {
    fn to_sql(&self, arguments: &mut Arguments) -> String {
        match self {
            TicketFilter::Has(column, ids) => {
                let column = column.name();
                match ids.as_slice() {
                    [id] => format!("t.{column} = {}", arguments.bind(*id)),
                    ids => format!("t.{column} = any ({})", arguments.bind(ids.to_vec())),
                }
            }
            TicketFilter::Status(status) => {
                format!("t.status = {}", arguments.bind(status.label()))
            }
            TicketFilter::Priority(priority) => {
                let label = arguments.bind(priority.label());
                format!("t.priority = {label}::text::helpdesk.ticket_priority")
            }
            TicketFilter::Number(number) => format!("t.number = {}", arguments.bind(*number)),
            TicketFilter::Created(times) => times.to_sql("t.created_at", arguments),
            TicketFilter::Updated(times) => times.to_sql("t.updated_at", arguments),
            TicketFilter::IsAssigned => "t.assigned_to is not null".to_owned(),
            TicketFilter::IsUnassigned => "t.assigned_to is null".to_owned(),
            TicketFilter::IsUnanswered => {
                "t.status in ('open', 'pending') and not t.is_answered".to_owned()
            }
            TicketFilter::IsAnswered => {
                "t.status in ('open', 'pending') and t.is_answered".to_owned()
            }
        }
    }
}

pub type TicketFilters = Clauses<TicketFilter>;

/// Conditions for one value, and the key of those that are alternatives to them.
pub type Meaning<C> = Option<(&'static str, Vec<C>)>;

/// The caller and the organization that they search. Only members can filter by names, and only
/// staff by names of people, so that nobody else finds out by trying which names exist.
pub struct Asker {
    pub org: Uuid,
    me: Option<Uuid>,
    is_staff: bool,
    is_member: bool,
    look_ups_left: Cell<usize>,
}

/// A query has at most so many names and times. More are words.
const MAX_LOOK_UPS: usize = 20;

impl Asker {
    pub fn in_org(org: Uuid) -> Result<Asker> {
        let caller = Caller::current()?;
        let is_staff = rights::acts_as_staff(org)?;
        let is_member = is_staff || caller.is_member(org);
        let look_ups_left = Cell::new(MAX_LOOK_UPS);
        Ok(Asker { org, me: caller.profile, is_staff, is_member, look_ups_left })
    }

    /// Whether another value may be looked up, which reads rows.
    pub fn may_look_up(&self) -> bool {
        let left = self.look_ups_left.get();
        self.look_ups_left.set(left.saturating_sub(1));
        left > 0
    }

    /// What `key:value` means for tickets; None if it is no filter on tickets.
    pub fn ticket_filter(&self, key: &str, value: &str) -> Result<Meaning<TicketFilter>> {
        let word = value.to_lowercase();
        let one = |key, filter: Option<TicketFilter>| filter.map(|filter| (key, vec![filter]));
        Ok(match key {
            "status" => one("status", Status::from_label(&word).map(TicketFilter::Status)),
            "priority" => one("priority", Priority::from_label(&word).map(TicketFilter::Priority)),
            "assignee" | "assigned" if word == "none" => {
                one("assignee", Some(TicketFilter::IsUnassigned))
            }
            "no" if word == "assignee" => one("assignee", Some(TicketFilter::IsUnassigned)),
            "assignee" | "assigned" => self.people("assignee", value, Column::Assignee)?,
            "requester" => self.people("requester", value, Column::Requester)?,
            "stage" => self.named(STAGES, "stage", value, Column::Stage)?,
            "workflow" => self.named(WORKFLOWS, "workflow", value, Column::Workflow)?,
            "number" => {
                let number = value.trim_start_matches('#').parse().ok();
                one("number", number.map(TicketFilter::Number))
            }
            "created" if self.may_look_up() => {
                find_times(self.org, value, ["created", "created from", "created before"])?
                    .map(|(key, times)| (key, vec![TicketFilter::Created(times)]))
            }
            "updated" if self.may_look_up() => {
                find_times(self.org, value, ["updated", "updated from", "updated before"])?
                    .map(|(key, times)| (key, vec![TicketFilter::Updated(times)]))
            }
            "is" => match word.as_str() {
                "assigned" => one("is assigned", Some(TicketFilter::IsAssigned)),
                "unassigned" => one("is assigned", Some(TicketFilter::IsUnassigned)),
                "answered" => one("is answered", Some(TicketFilter::IsAnswered)),
                "unanswered" => one("is answered", Some(TicketFilter::IsUnanswered)),
                _ => one("status", Status::from_label(&word).map(TicketFilter::Status)),
            },
            _ => None,
        })
    }

    fn people(
        &self,
        key: &'static str,
        value: &str,
        column: Column,
    ) -> Result<Meaning<TicketFilter>> {
        let people = match self.me {
            Some(me) if value.eq_ignore_ascii_case("me") => vec![me],
            _ if self.is_staff && self.may_look_up() => people::find(self.org, value)?,
            _ => Vec::new(),
        };
        Ok((!people.is_empty()).then(|| (key, vec![TicketFilter::Has(column, people)])))
    }

    /// Stages or workflows by their name.
    fn named(
        &self,
        names: &'static str,
        key: &'static str,
        value: &str,
        column: Column,
    ) -> Result<Meaning<TicketFilter>> {
        if !self.is_member || !self.may_look_up() {
            return Ok(None);
        }
        let wanted = plain(value);
        let found = statement::read(names).fetch_all(&[self.org.into()], |row| {
            let is_wanted = row.get::<&str>(2).is_some_and(|name| plain(name) == wanted);
            row.get::<Uuid>(1).filter(|_| is_wanted)
        })?;
        let found: Vec<Uuid> = found.into_iter().flatten().collect();
        Ok((!found.is_empty()).then(|| (key, vec![TicketFilter::Has(column, found)])))
    }
}

const STAGES: &str =
    "select s.id, s.name from helpdesk.workflow_stages s where s.org_id = $1 limit 1000";

const WORKFLOWS: &str =
    "select w.id, w.name from helpdesk.workflows w where w.org_id = $1 limit 1000";

/// The filters of a query.
#[derive(Clone, Default)]
pub struct TextFilters {
    pub tickets: TicketFilters,
    pub scope: Scope,
}

impl TextFilters {
    /// The filters of the query of a list of tickets, and its words.
    pub fn of_tickets(org: Uuid, query: &str) -> Result<(TextFilters, String)> {
        let asker = Asker::in_org(org)?;
        let mut filters = TextFilters::default();
        let words = take_filters(query, |pair| {
            if filters.take_scope(pair) {
                return Ok(true);
            }
            let meanings = pair.values.iter().map(|value| asker.ticket_filter(&pair.key, value));
            let meanings: Vec<Meaning<_>> = meanings.collect::<Result<_>>()?;
            // Beside a known value, an unknown one selects nothing.
            let known: Vec<_> = meanings.into_iter().flatten().collect();
            let is_known = !known.is_empty();
            add_alternatives(&mut filters.tickets, pair.is_unwanted, known);
            Ok(is_known)
        })?;
        Ok((filters, words))
    }

    pub fn is_empty(&self) -> bool {
        self.tickets.is_empty() && self.scope.is_empty()
    }

    /// Whether the pair says where words must occur.
    pub fn take_scope(&mut self, pair: &Pair) -> bool {
        let parts = pair.values.iter().map(|value| Part::named(&pair.key, value));
        let Some(parts) = parts.collect::<Option<Vec<_>>>() else { return false };
        let is_title_unwanted =
            pair.is_unwanted && parts.iter().any(|(_, part)| *part == Part::Titles);
        if is_title_unwanted {
            return false;
        }
        for (key, part) in parts {
            self.scope.0.add(key, pair.is_unwanted, vec![part]);
        }
        true
    }
}

/// Adds what the values of one pair mean.
pub fn add_alternatives<C: Condition>(
    filters: &mut Clauses<C>,
    is_unwanted: bool,
    meanings: Vec<(&'static str, Vec<C>)>,
) {
    let Some(key) = meanings.first().map(|(key, _)| *key) else { return };
    // Alternatives of different kinds, like `is:open,unassigned`, stay by themselves.
    let is_one_kind = meanings.iter().all(|(other, _)| *other == key);
    let any_of = meanings.into_iter().flat_map(|(_, conditions)| conditions).collect();
    filters.add(if is_one_kind { key } else { "is" }, is_unwanted, any_of);
}
