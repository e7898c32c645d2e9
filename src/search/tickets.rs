//! Tickets and comments that match: one window of them at a time, and the ticket of a number.
//!
//! All statements of a window have the same arguments: $1 organization, $2 tsquery, $3 kinds, $4
//! only documents older than this one, $5 tickets of a customer, $6 the tsquery that ranks, $7 the
//! same with the words as they are written, $8 how many candidates of blocks, $9 the organization's
//! marker, from $10 on the tsqueries by which the index finds candidates.

use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;

use super::matches::{Match, RANK_OF_NUMBER_MATCH, RANK_OF_SIMILAR_TITLE, Search, rank};
use super::position::{Position, Scan};
use crate::fulltext::blocks::{FIRST_START, block_lexeme, start_before};
use crate::fulltext::lexemes::{Kind, organization_marker};
use crate::fulltext::query::{MAX_CONDITIONS, Query};
use crate::fulltext::typos::SimilarTitle;
use crate::platform::datum::TsQuery;
use crate::platform::error::Result;
use crate::platform::statement::{self, Planned, Row};
use crate::tickets::number::parse_ticket_number;

/// The limit in the statements.
const WINDOW_SIZE: usize = 500;

/// How many documents of a window are read if the index does not tell which of them match.
const MAX_CANDIDATES: usize = 5_000;

/// Fetches every match, for lexemes that are rare. `org_id` is compared behind OFFSET 0, because
/// the planner would otherwise use an index on it instead of the full-text index. Only the matches
/// of the window are read a second time, by ctid.
fn from_index(conditions: usize) -> String {
    format!(
        "select d.document_id, d.kind, {}
           from (select m.ctid
                   from (select d.ctid, d.org_id, d.document_id, d.kind
                           from helpdesk.search_documents d
                          where {} offset 0) m
                  where m.org_id = $1 and m.kind = any ($3)
                    and ($4::uuid is null or m.document_id < $4)
                  order by m.document_id desc limit 500) m
           join helpdesk.search_documents d on d.ctid = m.ctid",
        rank("$6", "$7"),
        match_all(conditions)
    )
}

/// That a document `d` matches the tsqueries from $10 on.
fn match_all(conditions: usize) -> String {
    let conditions: Vec<String> =
        (10..10 + conditions).map(|n| format!("d.lexemes @@ ${n}")).collect();
    conditions.join(" and ")
}

static FROM_INDEX: LazyLock<[String; MAX_CONDITIONS]> =
    LazyLock::new(|| std::array::from_fn(|n| from_index(n + 1)));

static FROM_NEWEST: LazyLock<String> = LazyLock::new(|| from_newest(""));

static FROM_NEWEST_BEFORE: LazyLock<String> =
    LazyLock::new(|| from_newest("and d.document_id < $4"));

/// Scans the newest 4,000 documents that meet the condition, for lexemes that many of them have.
fn from_newest(condition: &str) -> String {
    format!(
        "select d.document_id, d.kind, {}
           from (select d.* from helpdesk.search_documents d
                  where d.org_id = $1 and d.kind <> 'article' {condition}
                  order by d.document_id desc limit 4000) d
          where d.lexemes @@ $2 and d.kind = any ($3)
          order by d.document_id desc limit 500",
        rank("$6", "$7")
    )
}

/// Goes through the blocks of documents, newest first, and reads the candidates of each until there
/// are enough. The last row is without a match: the oldest candidate, if there may be more.
fn from_blocks(conditions: usize) -> String {
    format!(
        "with recursive blocks (start, before) as (
           select {}, $4
           union all
           select {}, null from blocks b where b.start <> {FIRST_START}),
         candidates as materialized (
           select c.place, c.document_id, c.is_match
             from blocks b,
                  lateral (
                    select d.place, d.document_id, d.is_match
                      from (select d.ctid as place, d.org_id, d.document_id, d.kind,
                                   d.lexemes @@ $2 as is_match
                              from helpdesk.search_documents d
                             where {} and d.lexemes @@ quote_literal({})::tsquery offset 0) d
                     where d.org_id = $1 and d.kind = any ($3)
                       and (b.before is null or d.document_id < b.before)
                     order by d.document_id desc) c
            limit $8)
         (select d.document_id, d.kind, {}
            from (select c.place from candidates c where c.is_match
                   order by c.document_id desc limit 500) c
            join helpdesk.search_documents d on d.ctid = c.place)
         union all
         select c.document_id, null, null
           from (select c.document_id, count(*) over () = $8 as is_full
                   from candidates c order by c.document_id limit 1) c
          where c.is_full",
        start_before("$1", "coalesce($4, 'ffffffff-ffff-ffff-ffff-ffffffffffff')"),
        start_before("$1", "b.start"),
        match_all(conditions),
        block_lexeme("$9", "b.start"),
        rank("$6", "$7")
    )
}

static FROM_BLOCKS: LazyLock<[String; MAX_CONDITIONS]> =
    LazyLock::new(|| std::array::from_fn(|n| from_blocks(n + 1)));

/// Scans a customer's own tickets, without internal comments.
static FROM_OWN_TICKETS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "select d.document_id, d.kind, {}
           from (select d.* from helpdesk.search_documents d
                  where d.ticket_id = any ($5) and d.org_id = $1 and not d.is_internal
                    and d.kind = any ($3) and ($4::uuid is null or d.document_id < $4)
                 offset 0) d
          where d.lexemes @@ $2
          order by d.document_id desc limit 500",
        rank("$6", "$7")
    )
});

const OWN_TICKETS: &str = "
    select t.id from helpdesk.tickets t
     where t.org_id = $1 and (t.created_by = $2 or t.assigned_to = $2)
     order by t.updated_at desc limit 2000";

const NEWEST_TITLES: &str = "
    select t.id, t.title from helpdesk.tickets t
     where t.org_id = $1 order by t.updated_at desc, t.id desc limit 5000";

const TITLES: &str = "
    select t.id, t.title from helpdesk.tickets t where t.org_id = $1 and t.id = any ($2)";

const FIND_BY_NUMBER: &str = "
    select t.id from helpdesk.tickets t
     where t.org_id = $1 and t.number = $2 and ($3 or t.created_by = $4 or t.assigned_to = $4)";

/// Some of the matches, and the document before which the next window begins, if there is one.
#[derive(Default)]
pub(super) struct Window {
    pub(super) matches: Vec<Match>,
    pub(super) next: Option<Uuid>,
}

impl Window {
    /// The matches, and where the next window begins: before the last of them if the window is full,
    /// or before the document of a row without a kind.
    fn fetch(sql: &'static str, args: &[DatumWithOid]) -> Result<Window> {
        let rows = statement::read(sql)
            .planned(Planned::Once)
            .fetch_all(args, |row| (row.get(1), Match::from_row(row)))?;
        let mut window = Window::default();
        for (id, found) in rows {
            match found {
                Some(found) => window.matches.push(found),
                None => window.next = id,
            }
        }
        if window.matches.len() == WINDOW_SIZE {
            window.next = window.matches.iter().map(|found| found.id).min();
        }
        Ok(window)
    }

    /// Whether neither this window nor a later one has matches.
    pub(super) fn is_empty(&self) -> bool {
        self.matches.is_empty() && self.next.is_none()
    }
}

impl Search {
    /// Whether tickets and comments of all customers are searched.
    pub(super) fn covers_all_tickets(&self) -> bool {
        self.reader.is_staff && self.ticket_kinds().next().is_some()
    }

    /// The tickets and comments of the window at a position.
    pub(super) fn find_tickets(&self, position: Position) -> Result<Window> {
        let files = self.kinds.contains(&Kind::Ticket).then_some(&Kind::Attachment);
        let kinds: Vec<String> =
            self.ticket_kinds().chain(files).map(|kind| kind.label().to_owned()).collect();
        let (Some(query), false, true) = (&self.query, kinds.is_empty(), self.reader.is_member)
        else {
            return Ok(Window::default());
        };
        let own_tickets = if self.reader.is_staff { Vec::new() } else { self.own_tickets()? };
        let before = position.before();
        let args = vec![
            self.org.into(),
            query.for_phase(position.phase).into(),
            kinds.into(),
            before.into(),
            own_tickets.into(),
            query.for_kind(Kind::Ticket).into(),
            query.literal_for_kind(Kind::Ticket).into(),
        ];
        if !self.reader.is_staff {
            return Window::fetch(&FROM_OWN_TICKETS, &args);
        }
        if position.scan == Scan::Index {
            let conditions = query.conditions_for_phase(position.phase);
            return self.find_tickets_by_index(&FROM_INDEX, args, 0, conditions);
        }
        let newest = if before.is_none() { &FROM_NEWEST } else { &FROM_NEWEST_BEFORE };
        let window = Window::fetch(newest, &args)?;
        if window.next.is_some() {
            return Ok(window);
        }
        let candidates = query.candidates_for_phase(position.phase)?;
        let are_matches = candidates == query.conditions_for_phase(position.phase);
        let count = if are_matches { WINDOW_SIZE } else { MAX_CANDIDATES };
        self.find_tickets_by_index(&FROM_BLOCKS, args, count, candidates)
    }

    fn find_tickets_by_index(
        &self,
        statements: &'static [String; MAX_CONDITIONS],
        mut args: Vec<DatumWithOid>,
        candidates: usize,
        conditions: Vec<TsQuery>,
    ) -> Result<Window> {
        let Some(sql) = statements.get(conditions.len() - 1) else { return Ok(Window::default()) };
        args.push((candidates as i64).into());
        args.push(organization_marker(self.org, Kind::Ticket.prefix()).into());
        args.extend(conditions.into_iter().map(DatumWithOid::from));
        Window::fetch(sql, &args)
    }

    fn own_tickets(&self) -> Result<Vec<Uuid>> {
        // Without the argument, the planner takes a customer for an agent with many tickets.
        let tickets = statement::read(OWN_TICKETS)
            .planned(Planned::EachTime)
            .fetch_all(&[self.org.into(), self.me.into()], |row| row.get(1))?;
        Ok(tickets.into_iter().flatten().collect())
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
            statement::read(NEWEST_TITLES).fetch_all(&[self.org.into()], find)?
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
        let args = [self.org.into(), number.into(), self.reader.is_staff.into(), self.me.into()];
        let ticket = statement::read(FIND_BY_NUMBER).fetch_scalar(&args)?;
        Ok(ticket.map(|id| Match { rank: RANK_OF_NUMBER_MATCH, id, kind: Kind::Ticket }))
    }
}
