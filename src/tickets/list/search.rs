//! The `search` filter of lists of tickets, as conditions on a ticket.

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;

use super::old_matches::{are_few_new, old_matches};
use crate::fulltext::query::{Phase, Query, SMALL_RESULT};
use crate::fulltext::typos::SimilarTitle;
use crate::platform::conditions::Arguments;
use crate::platform::datum::TsQuery;
use crate::platform::error::Result;
use crate::tickets::number::parse_ticket_number;
use crate::tickets::similar_titles::find_tickets_by_similar_title;
use crate::tickets::text_filters::TextFilters;
use crate::tickets::text_filters::scope::{Document, Reach};

/// How many arguments the statements of lists have before those of filters in the text.
const ARGUMENTS: usize = 24;

/// The argument that has the tickets, if they are known.
const KNOWN: usize = ARGUMENTS + 1;

/// The total is counted only if no more documents than this match.
const MAX_COUNTED: i64 = 20_000;

/// The ids of the tickets that the index finds, once for each of their documents.
fn matches(scope: &str) -> String {
    format!(
        "with matching as materialized (
           select d.org_id, d.ticket_id
             from helpdesk.search_documents d where d.lexemes @@ $17 and {scope})
         select d.ticket_id from matching d where d.org_id = $1"
    )
}

/// The tickets that the index finds.
fn in_matches(scope: &str) -> String {
    format!("t.id = any (array({}))", matches(scope))
}

/// Checks the documents of each ticket, in the order of the list. It counts, because for EXISTS the
/// planner may scan all documents, expecting a match soon.
fn has_match(visible: &str, scope: &str) -> String {
    format!(
        "(select count(*) > 0 from helpdesk.search_documents d
                where d.ticket_id = t.id and d.org_id = $1 and d.lexemes @@ $17 and {visible}
                  and {scope})"
    )
}

/// The `search` filter, parsed for an organization.
pub struct TicketSearch {
    /// None if the text has no lexemes.
    query: Option<Query>,
    /// The text without its filters.
    text: String,
    /// The ticket number that the text may also be.
    pub number: Option<i64>,
    filters: TextFilters,
    is_countable: bool,
    way: Way,
    phase: Phase,
}

/// How the tickets that match are found.
enum Way {
    /// By the index, all at once.
    Index,
    /// By the documents of each ticket, in the order of the list.
    EachTicket,
    /// They are known.
    Known(Vec<Uuid>),
}

impl TicketSearch {
    /// Only those who see all tickets find them by people.
    pub fn parse(org: Uuid, text: &str, sees_all: bool) -> Result<TicketSearch> {
        let (filters, words) = TextFilters::of_tickets(org, text)?;
        let mut query = Query::parse(org, &words)?.map(|query| filters.scope.narrow(query));
        if let Some(query) = query.as_mut().filter(|_| sees_all) {
            query.add_people()?;
        }
        TicketSearch::of_words(org, query, words, filters, sees_all, Phase::All)
    }

    fn of_words(
        org: Uuid,
        query: Option<Query>,
        text: String,
        filters: TextFilters,
        sees_all: bool,
        phase: Phase,
    ) -> Result<TicketSearch> {
        let scope = &filters.scope;
        let matches = match &query {
            Some(query) => query.estimate_matches(query.for_phase(phase), MAX_COUNTED)?,
            None => 0,
        };
        let mut is_countable = matches <= MAX_COUNTED;
        let way = match &query {
            Some(_) if matches <= SMALL_RESULT => Way::Index,
            Some(query) if sees_all && are_few_new(org, query, phase, scope)? => {
                let (tickets, are_all) = old_matches(org, query, phase, scope)?;
                is_countable = are_all;
                Way::Known(tickets)
            }
            _ => Way::EachTicket,
        };
        let number = parse_ticket_number(&text);
        Ok(TicketSearch { query, text, number, filters, is_countable, way, phase })
    }

    /// The search for tickets in which any word may be longer; None if that finds no others.
    pub(super) fn with_beginnings(
        &self,
        org: Uuid,
        sees_all: bool,
    ) -> Result<Option<TicketSearch>> {
        // A query of unwanted words reads many documents before it finds nothing.
        let may_be_longer =
            |query: &&Query| query.has_more_beginnings() && !query.matches_without_words();
        let query = self.query.as_ref().filter(may_be_longer).cloned();
        let (text, filters) = (self.text.clone(), self.filters.clone());
        let search = query.map(|query| {
            let phase = Phase::Beginnings;
            TicketSearch::of_words(org, Some(query), text, filters, sees_all, phase)
        });
        search.transpose()
    }

    /// The search for tickets with similar titles; None if there are none.
    pub(super) fn despite_typos(
        &self,
        org: Uuid,
        me: Option<Uuid>,
        sees_all: bool,
    ) -> Result<Option<TicketSearch>> {
        let reach = self.filters.scope.reach(Document::Ticket);
        let may_have_typos = self.query.as_ref().is_some_and(|query| !query.has_negation())
            && reach != Reach::Nothing;
        let wanted = SimilarTitle::for_query(&self.text).filter(|_| may_have_typos);
        let Some(wanted) = wanted else { return Ok(None) };
        let filters = &self.filters.tickets;
        let is_in_titles = reach == Reach::Title;
        let similar =
            find_tickets_by_similar_title(org, me, sees_all, &wanted, is_in_titles, filters)?;
        let tickets: Vec<Uuid> = similar.into_iter().map(|(ticket, _)| ticket).collect();
        Ok((!tickets.is_empty()).then(|| TicketSearch {
            query: None,
            text: String::new(),
            number: None,
            filters: self.filters.clone(),
            is_countable: true,
            way: Way::Known(tickets),
            phase: Phase::All,
        }))
    }

    pub(super) fn lexemes(&self) -> Option<TsQuery> {
        self.query.as_ref().map(|query| query.for_phase(self.phase))
    }

    /// Whether the matches may be counted: there are few, or they are a customer's.
    pub(super) fn is_countable(&self, sees_all: bool) -> bool {
        !sees_all || self.is_countable
    }

    /// Counts the tickets that match, up to a limit, if nothing but words decides which are listed:
    /// their documents tell, without the tickets.
    pub(super) fn count_of_words(&self, limit: i64) -> Option<String> {
        let are_known = matches!(self.way, Way::Known(_));
        if self.query.is_none() || self.number.is_some() || self.has_filters() || are_known {
            return None;
        }
        let matches = matches("true");
        Some(format!(
            "select count(*) from (select distinct m.ticket_id from ({matches}) m limit {limit}) t"
        ))
    }

    /// Whether there are filters in the text.
    fn has_filters(&self) -> bool {
        !self.filters.is_empty()
    }

    /// What the filters compare with: $25 and further.
    pub(super) fn filter_values(&self) -> Vec<DatumWithOid<'static>> {
        self.filter_conditions().1.into_values()
    }

    /// The conditions on documents `d` and tickets `t` that the filters mean.
    fn filter_conditions(&self) -> ([String; 2], Arguments) {
        let mut arguments = Arguments::after(ARGUMENTS);
        if let Way::Known(tickets) = &self.way {
            arguments.bind(tickets.clone());
        }
        let query = self.query.as_ref().map(|query| (query, self.phase));
        let scope = self.filters.scope.to_sql(query, &mut arguments);
        let tickets = self.filters.tickets.to_sql(&mut arguments);
        ([scope, tickets], arguments)
    }

    /// The conditions on a ticket `t`: $17 is the query, $18 the number. To count, the index is
    /// best, because the order does not matter.
    pub fn conditions(&self, sees_all: bool, is_counted: bool) -> Vec<String> {
        let ([scope, tickets], _) = self.filter_conditions();
        let words = match (&self.query, &self.way) {
            (_, Way::Known(_)) => format!("t.id = any (${KNOWN})"),
            (None, _) => (self.has_filters() && scope != "false").to_string(),
            (Some(_), _) if !sees_all => has_match("not d.is_internal", &scope),
            (Some(_), Way::EachTicket) if !is_counted => has_match("true", &scope),
            (Some(_), Way::Index | Way::EachTicket) => in_matches(&scope),
        };
        let number = if self.number.is_some() { " or t.number = $18" } else { "" };
        let mut conditions = vec![format!("({words}{number})")];
        conditions.extend(self.has_filters().then_some(tickets));
        conditions
    }
}
