//! Tickets and comments that match: one window of them at a time, and the ticket of a number.
//!
//! All statements of a window have the same arguments: $1 organization, $2 tsquery, $3 kinds, $4
//! only documents older than this one, $5 the tsquery that ranks, $6 the same with the words as
//! they are written, $7 that of whole words, $8 how many candidates of blocks, $9 the
//! organization's marker, from $10 on the tsqueries by which the index finds candidates.

use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;

use super::matches::{Match, RANK_OF_NUMBER_MATCH, Search, rank_of_similar_title};
use super::position::{Position, Scan};
use super::rank::rank;
use crate::fulltext::blocks::{blocks_before, blocks_to_read, in_blocks};
use crate::fulltext::lexemes::{Kind, organization_marker};
use crate::fulltext::query::{MAX_CONDITIONS, Query};
use crate::fulltext::typos::SimilarTitle;
use crate::platform::conditions::Arguments;
use crate::platform::datum::TsQuery;
use crate::platform::error::Result;
use crate::platform::statement::{self, Planned};
use crate::tickets::number::parse_ticket_number;
use crate::tickets::similar_titles::find_tickets_by_similar_title;
use crate::tickets::text_filters::scope::{Document, Reach};

/// The limit in the statements.
pub(super) const WINDOW_SIZE: usize = 500;

/// The kinds of documents that tickets have: themselves, comments and files.
const ALL_KINDS: usize = 3;

/// How many documents of a window are read if the index does not tell which of them match: a few,
/// and more if too few of those do.
const CANDIDATES: [usize; 2] = [1_000, 5_000];

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
        rank("$5", "$6", "$7"),
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
        rank("$5", "$6", "$7")
    )
}

/// Goes through the blocks of documents, newest first, and reads the candidates of each until there
/// are enough. The last row is without a match: the oldest candidate, if there may be more.
fn from_blocks(conditions: usize) -> String {
    format!(
        "with {},
         candidates as materialized (
           select c.place, c.document_id, c.is_match
             from blocks b,
                  lateral ({}) r,
                  lateral (
                    select d.place, d.document_id, d.is_match
                      from (select d.ctid as place, d.org_id, d.document_id,
                                   d.kind = any ($3) and d.lexemes @@ $2 as is_match
                              from helpdesk.search_documents d
                             where {} and d.lexemes @@ {} offset 0) d
                     where d.org_id = $1
                       and ($4::uuid is null or d.document_id < $4)
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
        blocks_before("$1", "$4"),
        blocks_to_read("$9", &match_all(conditions)),
        match_all(conditions),
        in_blocks("$9", "r.starts"),
        rank("$5", "$6", "$7")
    )
}

static FROM_BLOCKS: LazyLock<[String; MAX_CONDITIONS]> =
    LazyLock::new(|| std::array::from_fn(|n| from_blocks(n + 1)));

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
    /// The matches, and where the next window begins: before the last of them if the window is
    /// full, or before the document of a row without a kind.
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

    /// Whether there are fewer matches than in other windows, but more may follow.
    pub(super) fn is_short(&self) -> bool {
        self.next.is_some() && self.matches.len() < WINDOW_SIZE
    }

    /// Whether there are no more matches than these, in this window and later ones.
    pub(super) fn has_at_most(&self, count: usize) -> bool {
        self.matches.len() <= count && self.next.is_none()
    }

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
        let args = || -> Vec<DatumWithOid> {
            vec![
                self.org.into(),
                query.for_phase(position.phase).into(),
                kinds.clone().into(),
                before.into(),
                query.ranking_for_kind(Kind::Ticket, position.phase).into(),
                query.literal_for_kind(Kind::Ticket).into(),
                query.whole_words_for_kind(Kind::Ticket).into(),
            ]
        };
        if position.scan == Scan::Index {
            let conditions = query.conditions_for_phase(position.phase);
            return self.find_tickets_by_index(&FROM_INDEX, args(), 0, conditions);
        }
        let has_all_kinds = kinds.len() == ALL_KINDS;
        let newest = if before.is_none() { &FROM_NEWEST } else { &FROM_NEWEST_BEFORE };
        if !query.has_phrase() {
            let window = Window::fetch(newest, &args())?;
            if window.next.is_some() {
                return Ok(window);
            }
        }
        let candidates = query.candidates_for_phase(position.phase)?;
        let are_matches = has_all_kinds && candidates == query.conditions_for_phase(position.phase);
        let counts: &[usize] = if are_matches { &[WINDOW_SIZE] } else { &CANDIDATES };
        let mut window = Window::default();
        for count in counts {
            window =
                self.find_tickets_by_index(&FROM_BLOCKS, args(), *count, candidates.clone())?;
            if !window.is_short() {
                break;
            }
        }
        Ok(window)
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

    /// Tickets with a similar title, among the newest that the caller may see.
    pub(super) fn find_tickets_by_similar_title(&self) -> Result<Vec<Match>> {
        let may_be_found = self.reader.is_member && self.kinds.contains(&Kind::Ticket);
        let has_negation = self.query.as_ref().is_some_and(Query::has_negation);
        let wanted = SimilarTitle::for_query(&self.text);
        let Some(wanted) = wanted.filter(|_| may_be_found && !has_negation) else {
            return Ok(Vec::new());
        };
        let filters = &self.filters.text.tickets;
        let similar = find_tickets_by_similar_title(
            self.org,
            self.me,
            self.reader.is_staff,
            &wanted,
            self.filters.text.scope.reach(Document::Ticket) == Reach::Title,
            filters,
        )?;
        let to_match =
            |(id, typos)| Match { rank: rank_of_similar_title(typos), id, kind: Kind::Ticket };
        Ok(similar.into_iter().map(to_match).collect())
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
