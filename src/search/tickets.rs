//! Tickets and comments that match: one window of them at a time, and the ticket of a number.
//!
//! All statements of a window have the same arguments: $1 organization, $2 tsquery, $3 kinds, $4
//! only documents older than this one, $5 the tsquery that ranks, $6 the same with the words as
//! they are written.

use std::sync::LazyLock;

use pgrx::Uuid;

use super::matches::{Match, RANK_OF_NUMBER_MATCH, RANK_OF_SIMILAR_TITLE, Search, rank};
use super::position::{Position, Scan};
use crate::fulltext::lexemes::Kind;
use crate::fulltext::query::Query;
use crate::fulltext::typos::SimilarTitle;
use crate::platform::conditions::Arguments;
use crate::platform::error::Result;
use crate::platform::statement::{self, Planned, Row};
use crate::tickets::number::parse_ticket_number;

/// The limit in the statements.
pub(super) const WINDOW_SIZE: usize = 500;

/// Fetches every match, for lexemes that are rare. `org_id` is compared behind OFFSET 0, because
/// the planner would otherwise use an index on it instead of the full-text index. Only the matches
/// of the window are read a second time, by ctid.
static FROM_INDEX: LazyLock<String> = LazyLock::new(|| {
    format!(
        "select d.document_id, d.kind, {}
           from (select m.ctid
                   from (select d.ctid, d.org_id, d.document_id, d.kind
                           from helpdesk.search_documents d
                          where d.lexemes @@ $2 offset 0) m
                  where m.org_id = $1 and m.kind = any ($3)
                    and ($4::uuid is null or m.document_id < $4)
                  order by m.document_id desc limit 500) m
           join helpdesk.search_documents d on d.ctid = m.ctid",
        rank("$5", "$6")
    )
});

static FROM_NEWEST: LazyLock<String> = LazyLock::new(|| from_newest(""));

static FROM_NEWEST_BEFORE: LazyLock<String> =
    LazyLock::new(|| from_newest("and d.document_id < $4"));

/// Scans the newest 10,000 documents that meet the condition, for lexemes that are common.
fn from_newest(condition: &str) -> String {
    format!(
        "select d.document_id, d.kind, {}
           from (select d.* from helpdesk.search_documents d
                  where d.org_id = $1 {condition}
                  order by d.document_id desc limit 10000) d
          where d.lexemes @@ $2 and d.kind = any ($3)
          order by d.document_id desc limit 500",
        rank("$5", "$6")
    )
}

/// The last of the documents that FROM_NEWEST scans, if it scans 10,000.
const END_OF_NEWEST: &str = "
    select d.document_id from helpdesk.search_documents d
     where d.org_id = $1 and ($2::uuid is null or d.document_id < $2)
     order by d.document_id desc offset 9999 limit 1";

/// The newest, of which filters then leave some.
fn newest_titles(filters: &str) -> String {
    format!(
        "select t.id, t.title
           from (select t.* from helpdesk.tickets t
                  where t.org_id = $1 order by t.updated_at desc, t.id desc limit 5000) t
          where {filters}"
    )
}

const TITLES: &str = "
    select t.id, t.title from helpdesk.tickets t where t.org_id = $1 and t.id = any ($2)";

fn find_by_number(filters: &str) -> String {
    format!(
        "select t.id from helpdesk.tickets t
          where t.org_id = $1 and t.number = $2 and ($3 or t.created_by = $4 or t.assigned_to = $4)
            and {filters}"
    )
}

/// Some of the matches, and the document before which the next window begins, if there is one.
#[derive(Default)]
pub(super) struct Window {
    pub(super) matches: Vec<Match>,
    pub(super) next: Option<Uuid>,
}

impl Window {
    /// Whether neither this window nor a later one has matches.
    pub(super) fn is_empty(&self) -> bool {
        self.matches.is_empty() && self.next.is_none()
    }
}

impl Search {
    /// Whether all tickets and comments are searched, without filters.
    pub(super) fn covers_all_tickets(&self) -> bool {
        self.reader.is_staff && !self.is_filtered() && self.ticket_kinds().next().is_some()
    }

    /// The tickets and comments of the window at a position.
    pub(super) fn find_tickets(&self, position: Position) -> Result<Window> {
        let files = self.kinds.contains(&Kind::Ticket).then_some(&Kind::Attachment);
        let kinds: Vec<String> =
            self.ticket_kinds().chain(files).map(|kind| kind.label().to_owned()).collect();
        if kinds.is_empty() || !self.reader.is_member {
            return Ok(Window::default());
        }
        let query = match &self.query {
            Some(query) if self.covers_all_tickets() => query,
            None if !self.has_only_filters() => return Ok(Window::default()),
            _ => return self.find_filtered(position, kinds),
        };
        let before = position.before();
        let sql = match (position.scan, before) {
            (Scan::Index, _) => &FROM_INDEX,
            (Scan::Recent, None) => &FROM_NEWEST,
            (Scan::Recent, Some(_)) => &FROM_NEWEST_BEFORE,
        };
        let args = [
            self.org.into(),
            query.for_phase(position.phase).into(),
            kinds.into(),
            before.into(),
            query.for_kind(Kind::Ticket).into(),
            query.literal_for_kind(Kind::Ticket).into(),
        ];
        let rows = statement::read(sql).planned(Planned::Once).fetch_all(&args, Match::from_row)?;
        let matches: Vec<Match> = rows.into_iter().flatten().collect();
        let next = if matches.len() == WINDOW_SIZE {
            matches.iter().map(|found| found.id).min()
        } else if position.scan == Scan::Recent {
            statement::read(END_OF_NEWEST).fetch_scalar(&[self.org.into(), before.into()])?
        } else {
            None
        };
        Ok(Window { matches, next })
    }

    /// Tickets with a similar title, among the newest that the caller may see.
    pub(super) fn find_tickets_by_similar_title(&self) -> Result<Vec<Match>> {
        let may_be_found = self.reader.is_member && self.kinds.contains(&Kind::Ticket);
        let has_negation = self.query.as_ref().is_some_and(Query::has_negation);
        let wanted = SimilarTitle::for_query(&self.text);
        let Some(wanted) = wanted.filter(|_| may_be_found && !has_negation) else {
            return Ok(Vec::new());
        };
        let find = |row: &Row| {
            pgrx::check_for_interrupts!();
            wanted.matches(row.get(2)?).then_some(Match {
                rank: RANK_OF_SIMILAR_TITLE,
                id: row.get(1)?,
                kind: Kind::Ticket,
            })
        };
        let similar = if self.reader.is_staff {
            let mut more = Arguments::after(1);
            let sql = newest_titles(&self.filters.text.tickets.to_sql(&mut more));
            let mut args = vec![self.org.into()];
            args.extend(more.into_values());
            statement::read_assembled(&sql, Planned::Once).fetch_all(&args, find)?
        } else {
            let args = [self.org.into(), self.own_tickets()?.into()];
            statement::read(TITLES).fetch_all(&args, find)?
        };
        Ok(similar.into_iter().flatten().collect())
    }

    /// The ticket that a text like `42` or `#42` names, if the caller may see it.
    pub(super) fn find_ticket_by_number(&self) -> Result<Option<Match>> {
        let number = parse_ticket_number(&self.text);
        if number.is_none() || !self.reader.is_member || !self.kinds.contains(&Kind::Ticket) {
            return Ok(None);
        }
        let mut more = Arguments::after(4);
        let sql = find_by_number(&self.filters.text.tickets.to_sql(&mut more));
        let mut args =
            vec![self.org.into(), number.into(), self.reader.is_staff.into(), self.me.into()];
        args.extend(more.into_values());
        let ticket = statement::read_assembled(&sql, Planned::Once).fetch_scalar(&args)?;
        Ok(ticket.map(|id| Match { rank: RANK_OF_NUMBER_MATCH, id, kind: Kind::Ticket }))
    }
}
