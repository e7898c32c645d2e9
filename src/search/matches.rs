//! What a search looks for, and what it finds.

use std::cell::OnceCell;

use pgrx::Uuid;

use super::filters::SearchFilters;
use crate::access::caller::Caller;
use crate::fulltext::lexemes::Kind;
use crate::fulltext::query::Query;
use crate::knowledge::access::Reader;
use crate::platform::error::Result;
use crate::platform::statement::Row;

/// Tickets found by number come before all that is found by words.
pub(super) const RANK_OF_NUMBER_MATCH: i64 = 1_000_000_000;

/// What is found by a similar title comes after all that is found by words, those with fewest typos
/// first.
pub(super) fn rank_of_similar_title(typos: usize) -> i64 {
    -(typos as i64)
}

/// A search: what is searched for, and by whom.
pub(super) struct Search {
    pub(super) org: Uuid,
    pub(super) me: Option<Uuid>,
    pub(super) reader: Reader,
    pub(super) kinds: Vec<Kind>,
    pub(super) filters: SearchFilters,
    /// Whether the tickets that the filters select are searched, not all.
    pub(super) selects_tickets: bool,
    /// None if the text has no lexemes.
    pub(super) query: Option<Query>,
    /// The text without its filters.
    pub(super) text: String,
    /// The articles that match, once they are known: the first window of tickets needs them, and
    /// the last.
    pub(super) articles: OnceCell<Vec<Match>>,
}

impl Search {
    pub(super) fn new(org: Uuid, text: &str, mut kinds: Vec<Kind>) -> Result<Search> {
        let reader = Reader::for_org(org)?;
        let (filters, text) = SearchFilters::read(org, text, reader)?;
        kinds.retain(|kind| filters.admit(*kind));
        let mut query = Query::parse(org, &text)?.map(|query| filters.text.scope.narrow(query));
        if let Some(query) =
            query.as_mut().filter(|_| reader.is_staff && kinds.contains(&Kind::Ticket))
        {
            query.add_people()?;
        }
        let mut search = Search {
            org,
            me: Caller::current()?.profile,
            reader,
            kinds,
            filters,
            selects_tickets: false,
            query,
            text: text.trim().to_owned(),
            articles: OnceCell::new(),
        };
        search.selects_tickets = search.must_select_tickets()?;
        Ok(search)
    }

    /// Whether there are filters, and no words to search for.
    pub(super) fn has_only_filters(&self) -> bool {
        self.query.is_none() && !self.filters.is_empty()
    }

    pub(super) fn ticket_kinds(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.iter().filter(|kind| **kind != Kind::Article)
    }
}

/// A document that matches. The order is that of the results, from last to first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Match {
    pub(super) rank: i64,
    pub(super) id: Uuid,
    pub(super) kind: Kind,
}

impl Match {
    /// From a row of id, kind and rank.
    pub(super) fn from_row(row: &Row) -> Option<Match> {
        Some(Match { rank: row.get(3)?, id: row.get(1)?, kind: Kind::from_label(row.get(2)?)? })
    }
}
