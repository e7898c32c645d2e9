//! The `search` filter of lists of tickets, as a condition on a ticket.

use std::sync::LazyLock;

use pgrx::Uuid;

use crate::fulltext::lexemes::Kind;
use crate::fulltext::query::{Query, SMALL_RESULT};
use crate::platform::datum::TsQuery;
use crate::platform::error::Result;
use crate::tickets::number::parse_ticket_number;

/// The total is counted only if no more documents than this match.
const MAX_COUNTED: i64 = 20_000;

/// The conditions on a ticket `t` for a query ($17), without and with a ticket number ($18).
static CONDITIONS: LazyLock<[[String; 2]; 3]> = LazyLock::new(|| {
    let number = ["", " or t.number = $18"];
    [
        number.map(in_matches),
        number.map(|or| has_match("true", or)),
        number.map(|or| has_match("not d.is_internal", or)),
    ]
});

/// Which of `CONDITIONS`.
#[derive(Clone, Copy)]
enum Strategy {
    /// Looks up all matches in the full-text index.
    Index,
    /// Checks the documents of each ticket, in the order of the list.
    EachTicket,
    /// The same without internal comments, for customers: they have few tickets.
    EachTicketOfCustomer,
}

fn in_matches(or: &str) -> String {
    format!(
        "(t.id = any (array(
               with matching as materialized (
                 select d.org_id, d.ticket_id
                   from helpdesk.search_documents d where d.lexemes @@ $17)
               select d.ticket_id from matching d where d.org_id = $1)){or})"
    )
}

/// Counts, because for EXISTS the planner may scan all documents, expecting a match soon.
fn has_match(visible: &str, or: &str) -> String {
    format!(
        "((select count(*) > 0 from helpdesk.search_documents d
                where d.ticket_id = t.id and d.org_id = $1 and d.lexemes @@ $17 and {visible}){or})"
    )
}

/// The `search` filter, parsed for an organization.
#[derive(Clone)]
pub struct TicketSearch {
    /// None if the text has no lexemes.
    pub lexemes: Option<TsQuery>,
    /// The ticket number that the text may also be.
    pub number: Option<i64>,
    is_countable: bool,
    uses_index: bool,
}

impl TicketSearch {
    /// Only those who see all tickets find them by people.
    pub fn parse(org: Uuid, text: &str, sees_all: bool) -> Result<TicketSearch> {
        let mut query = Query::parse(org, text)?;
        if let Some(query) = query.as_mut().filter(|_| sees_all) {
            query.add_people()?;
        }
        let matches = match &query {
            Some(query) => query.estimate_matches(query.for_kind(Kind::Ticket), MAX_COUNTED)?,
            None => 0,
        };
        Ok(TicketSearch {
            lexemes: query.map(|query| query.for_kind(Kind::Ticket)),
            number: parse_ticket_number(text),
            is_countable: matches <= MAX_COUNTED,
            uses_index: matches <= SMALL_RESULT,
        })
    }

    /// The search as it is counted, by the index because the order does not matter; None if there
    /// are too many matches to count. A customer's tickets are always few.
    pub(super) fn for_counting(&self, sees_all: bool) -> Option<TicketSearch> {
        (!sees_all || self.is_countable).then(|| TicketSearch { uses_index: true, ..self.clone() })
    }

    /// The condition on a ticket `t`: $17 is the query, $18 the number.
    pub(super) fn condition(&self, sees_all: bool) -> &'static str {
        let has_number = self.number.is_some();
        if self.lexemes.is_none() {
            return if has_number { "t.number = $18" } else { "false" };
        }
        let strategy = match (sees_all, self.uses_index) {
            (true, true) => Strategy::Index,
            (true, false) => Strategy::EachTicket,
            (false, _) => Strategy::EachTicketOfCustomer,
        };
        &CONDITIONS[strategy as usize][usize::from(has_number)]
    }
}
