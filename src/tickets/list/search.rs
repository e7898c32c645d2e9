//! What people type into a search box, as the index understands it.

use std::sync::LazyLock;

use pgrx::Uuid;

use crate::fulltext::lexemes::Kind;
use crate::fulltext::query::{Query, SMALL_RESULT};
use crate::platform::datum::TsQuery;
use crate::platform::error::Result;

/// Up to so many it is worth counting their tickets.
const COUNTABLE: i64 = 20_000;

/// What a search asks of a ticket `t`: $17 the lexemes, $18 the number. Two ways, each for staff and for customers,
/// without a number and with one.
static CONDITIONS: LazyLock<[String; 6]> = LazyLock::new(|| {
    let by_number = " or t.number = $18";
    [
        from_index("d.org_id = $1", ""),
        from_index("d.org_id = $1", by_number),
        of_each_ticket("true", ""),
        of_each_ticket("true", by_number),
        of_each_ticket("not d.is_internal", ""),
        of_each_ticket("not d.is_internal", by_number),
    ]
});

/// Looks all matches up in the full-text index.
fn from_index(condition: &str, or: &str) -> String {
    format!(
        "(t.id = any (array(
               with matching as materialized (
                 select d.org_id, d.ticket_id from helpdesk.search_documents d where d.lexemes @@ $17)
               select d.ticket_id from matching d where {condition})){or})"
    )
}

/// Asks each ticket in the order of the list. It counts, because to find the first match the planner might scan all documents,
/// expecting one soon.
fn of_each_ticket(condition: &str, or: &str) -> String {
    format!(
        "((select count(*) > 0 from helpdesk.search_documents d
                where d.ticket_id = t.id and d.org_id = $1 and d.lexemes @@ $17 and {condition}){or})"
    )
}

/// `42` and `#42` also mean the ticket of that number.
pub fn ticket_number(text: &str) -> Option<i64> {
    let text = text.trim();
    text.strip_prefix('#').unwrap_or(text).parse().ok()
}

/// The `search` filter of a list of tickets.
#[derive(Clone)]
pub struct TicketSearch {
    pub terms: Option<TsQuery>,
    pub number: Option<i64>,
    is_countable: bool,
    is_listed_by_words: bool,
}

impl TicketSearch {
    pub fn of(org: Uuid, text: &str) -> Result<TicketSearch> {
        let query = Query::parse(org, text)?;
        let documents = match &query {
            Some(query) => query.estimate_matches(query.for_kind(Kind::Ticket), COUNTABLE)?,
            None => 0,
        };
        Ok(TicketSearch {
            terms: query.map(|query| query.for_kind(Kind::Ticket)),
            number: ticket_number(text),
            is_countable: documents <= COUNTABLE,
            is_listed_by_words: documents <= SMALL_RESULT,
        })
    }

    /// The same for counting, which needs no order; None when there is too much to count. What a customer has is not much.
    pub fn counted(&self, sees_all: bool) -> Option<TicketSearch> {
        (!sees_all || self.is_countable)
            .then(|| TicketSearch { is_listed_by_words: true, ..self.clone() })
    }

    /// What it asks of a ticket `t`: $17 the words, $18 the number. Few matches are looked up in the index of words; otherwise each
    /// ticket is asked in the order of the list, and so are the few that a customer has.
    pub fn condition(&self, sees_all: bool) -> &'static str {
        let by_number = self.number.is_some();
        if self.terms.is_none() {
            return if by_number { "t.number = $18" } else { "false" };
        }
        let way = match (sees_all, self.is_listed_by_words) {
            (true, true) => 0,
            (true, false) => 2,
            (false, _) => 4,
        };
        &CONDITIONS[way + usize::from(by_number)]
    }
}
