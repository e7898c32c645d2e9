//! search(): one search over tickets, comments and articles, of what the caller may see and nothing else.
//!
//! Matching articles are ranked together. Matching tickets and comments are taken newest first, in windows of a few hundred, and
//! ranked inside a window: so a word that is in every ticket costs no more than one that is in a few hundred. A window is found in
//! the index of words, or, when many documents have the words, among the newest documents. What has the last word itself comes
//! before what has only words that begin with it.

use std::sync::LazyLock;

use pgrx::Uuid;

use super::hits::{HITS, Hit};
use super::position::{Position, Scan};
use crate::access::caller::Caller;
use crate::fulltext::lexemes::Kind;
use crate::fulltext::query::{Phase, Query};
use crate::fulltext::typos::SimilarTitle;
use crate::knowledge::access::Reader;
use crate::platform::datum::{JsonText, TsQuery};
use crate::platform::error::Result;
use crate::platform::statement::{self, Row};
use crate::tickets::list::search::ticket_number;

/// So often the newest documents are looked through for one page, before the index is asked for the rest.
const MAX_WINDOWS: usize = 4;

/// Articles that are ranked of all that match: those with the words in their title, then the newest. The others come after them.
const MAX_RANKED: usize = 1_000;

/// What is found by its number, or by a title that is nearly the same, comes before or after all that is found by words.
const RANK_OF_NUMBER_MATCH: i64 = 1_000_000_000;

const BY_SIMILARITY: i64 = 0;

/// The rank of a document `d` for a query, in millionths. A word of a title counts ten times one of a text.
fn rank(query: &str) -> String {
    format!("(ts_rank(d.lexemes, {query}, 1) * 1000000)::bigint + 1")
}

// The tickets and comments of a window: $1 organization, $2 query, $3 kinds, $4 older than this document, $5 own tickets, $6 the query
// that they are ranked by.

/// Everything that matches; for words that few documents have. The words name the organization already: asked for outside, it is no
/// condition for an index, so that the index of words is used. Only those of the window are read a second time, by where they are.
static BY_WORDS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "select d.document_id, d.kind, {} from (select m.ctid
              from (select d.ctid, d.org_id, d.document_id, d.kind
                      from helpdesk.search_documents d where d.lexemes @@ $2 offset 0) m
             where m.org_id = $1 and m.kind = any ($3) and ($4::uuid is null or m.document_id < $4)
             order by m.document_id desc limit 500) m
      join helpdesk.search_documents d on d.ctid = m.ctid",
        rank("$6")
    )
});

/// Those among the newest 10,000 documents (older than $4, where `$older` says so); for words that many have.
fn newest(older: &str) -> String {
    format!(
        "select d.document_id, d.kind, {} from (select d.* from helpdesk.search_documents d
                     where d.org_id = $1 {older} order by d.document_id desc limit 10000) d
             where d.lexemes @@ $2 and d.kind = any ($3)
             order by d.document_id desc limit 500",
        rank("$6")
    )
}

static NEWEST: LazyLock<String> = LazyLock::new(|| newest(""));

static NEWEST_OLDER: LazyLock<String> = LazyLock::new(|| newest("and d.document_id < $4"));

const END_OF_NEWEST: &str = "
    select d.document_id from helpdesk.search_documents d
     where d.org_id = $1 and ($2::uuid is null or d.document_id < $2)
     order by d.document_id desc offset 9999 limit 1";

const WINDOW: usize = 500;

/// Those in one's own tickets ($5), without what is internal.
static OWN: LazyLock<String> = LazyLock::new(|| {
    format!(
        "select d.document_id, d.kind, {} from (select d.* from helpdesk.search_documents d
             where d.ticket_id = any ($5) and d.org_id = $1 and not d.is_internal
               and d.kind = any ($3) and ($4::uuid is null or d.document_id < $4)
             offset 0) d
     where d.lexemes @@ $2
     order by d.document_id desc limit 500",
        rank("$6")
    )
});

const OWN_TICKETS: &str = "
    select t.id from helpdesk.tickets t
     where t.org_id = $1 and (t.created_by = $2 or t.assigned_to = $2)
     order by t.updated_at desc limit 2000";

const FIND_BY_NUMBER: &str = "
    select t.id from helpdesk.tickets t
     where t.org_id = $1 and t.number = $2 and ($3 or t.created_by = $4 or t.assigned_to = $4)";

/// A document that matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Match {
    rank: i64,
    id: Uuid,
    kind: Kind,
}

impl Match {
    fn of(row: &Row) -> Option<Match> {
        Some(Match { rank: row.get(3)?, id: row.get(1)?, kind: Kind::from_label(row.get(2)?)? })
    }
}

/// What one search looks for, and who looks.
pub(super) struct Search {
    pub(super) org: Uuid,
    pub(super) me: Option<Uuid>,
    pub(super) reader: Reader,
    pub(super) kinds: Vec<Kind>,
    pub(super) query: Option<Query>,
    pub(super) text: String,
}

/// Matches ranked best first, and where the next window begins, if there is one.
struct Window {
    matches: Vec<Match>,
    next: Option<Uuid>,
}

impl Window {
    /// Whether nothing is here, and nothing after it.
    fn is_empty(&self) -> bool {
        self.matches.is_empty() && self.next.is_none()
    }
}

impl Search {
    pub(super) fn new(org: Uuid, text: &str, kinds: Vec<Kind>) -> Result<Search> {
        Ok(Search {
            org,
            me: Caller::current()?.profile,
            reader: Reader::of(org)?,
            kinds,
            query: Query::parse(org, text)?,
            text: text.trim().to_owned(),
        })
    }

    /// The matches of one page, and where the next one begins.
    pub(super) fn page(
        &self,
        position: Option<Position>,
        per_page: usize,
    ) -> Result<(Vec<Match>, Option<Position>)> {
        let (mut position, mut tickets) = match position {
            Some(position) => (position, self.tickets(position)?),
            None => self.begin()?,
        };
        let mut page: Vec<Match> = Vec::new();
        let mut windows = 0;
        loop {
            let window = self.window(position, tickets)?;
            let earlier = page.len();
            let rest =
                window.matches.into_iter().filter(|found| position.precedes(found.rank, found.id));
            for found in rest {
                if page.len() == per_page {
                    // Of this window; of the one before nothing is left.
                    let last = page[earlier..].last();
                    let next = position.continued_after(last.map(|last| (last.rank, last.id)));
                    return Ok((page, Some(next)));
                }
                page.push(found);
            }
            windows += 1;
            position = match (window.next, position.phase) {
                (None, Phase::Exact) => self.start(Phase::Prefix)?,
                (None, _) => return Ok((page, None)),
                (before, _) => {
                    let next = position.next_window(before);
                    if page.len() == per_page {
                        return Ok((page, Some(next)));
                    }
                    next
                }
            };
            if windows >= MAX_WINDOWS {
                position.scan = Scan::Index;
            }
            tickets = self.tickets(position)?;
        }
    }

    /// The first window of tickets and comments.
    fn begin(&self) -> Result<(Position, Window)> {
        let position = self.start(self.first_part())?;
        let tickets = self.tickets(position)?;
        if position.phase != Phase::Exact || !tickets.is_empty() {
            return Ok((position, tickets));
        }
        let position = self.start(Phase::All)?;
        Ok((position, self.tickets(position)?))
    }

    /// Where a part begins.
    fn start(&self, part: Phase) -> Result<Position> {
        let is_common = match &self.query {
            Some(query) if self.searches_all_tickets() => query.is_common(part)?,
            _ => false,
        };
        Ok(Position::start(part, if is_common { Scan::Recent } else { Scan::Index }))
    }

    /// What a customer has is not much, and searched at once.
    fn first_part(&self) -> Phase {
        match &self.query {
            Some(query) if self.searches_all_tickets() => query.first_part(),
            _ => Phase::All,
        }
    }

    fn searches_all_tickets(&self) -> bool {
        self.reader.is_staff && self.ticket_kinds().next().is_some()
    }

    fn ticket_kinds(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.iter().filter(|kind| **kind != Kind::Article)
    }

    /// A window of tickets and comments, with what else belongs to the first one.
    fn window(&self, position: Position, mut window: Window) -> Result<Window> {
        let is_first = position.phase != Phase::Prefix && position.before().is_none();
        if is_first && self.kinds.contains(&Kind::Article) {
            let mut articles = self.articles()?;
            if articles.is_empty() {
                articles = self.similar_articles()?;
            }
            window.matches.extend(articles);
        }
        if let Some(ticket) = self.match_by_number()? {
            window.matches.retain(|found| found.id != ticket.id);
            window.matches.extend(is_first.then_some(ticket));
        }
        window.matches.sort_by(|a, b| b.cmp(a));
        Ok(window)
    }

    /// Tickets and comments of one window.
    fn tickets(&self, position: Position) -> Result<Window> {
        let kinds: Vec<String> = self.ticket_kinds().map(|kind| kind.label().to_owned()).collect();
        let (Some(query), false, true) = (&self.query, kinds.is_empty(), self.reader.is_member)
        else {
            return Ok(Window { matches: Vec::new(), next: None });
        };
        let own_tickets = if self.reader.is_staff { Vec::new() } else { self.own_tickets()? };
        let before = position.before();
        let sql = match (self.reader.is_staff, position.scan, before) {
            (false, ..) => &OWN,
            (true, Scan::Index, _) => &BY_WORDS,
            (true, Scan::Recent, None) => &NEWEST,
            (true, Scan::Recent, Some(_)) => &NEWEST_OLDER,
        };
        let args = [
            self.org.into(),
            query.of_part(position.phase).into(),
            kinds.into(),
            before.into(),
            own_tickets.into(),
            query.of(Kind::Ticket).into(),
        ];
        let matches: Vec<Match> = statement::read(sql)
            .generic_plan()
            .fetch_all(&args, Match::of)?
            .into_iter()
            .flatten()
            .collect();
        let next = if matches.len() == WINDOW {
            matches.iter().map(|found| found.id).min()
        } else if self.reader.is_staff && position.scan == Scan::Recent {
            statement::read(END_OF_NEWEST)
                .fetch_optional(&[self.org.into(), before.into()], |row| row.get(1))?
                .flatten()
        } else {
            None
        };
        Ok(Window { matches, next })
    }

    fn own_tickets(&self) -> Result<Vec<Uuid>> {
        let tickets = statement::read(OWN_TICKETS)
            .fetch_all(&[self.org.into(), self.me.into()], |row| row.get(1))?;
        Ok(tickets.into_iter().flatten().collect())
    }

    /// The articles with the words.
    fn articles(&self) -> Result<Vec<Match>> {
        let readable = self.reader.condition();
        let Some(query) = &self.query else { return Ok(Vec::new()) };
        let statement = format!(
            "with matching as materialized (
               select d.ctid as place, d.org_id, d.document_id from helpdesk.search_documents d
                where d.lexemes @@ $2 and d.kind = 'article'),
             titled as materialized (
               select d.org_id, d.document_id from helpdesk.search_documents d
                where (select count(*) from matching) > {MAX_RANKED} and d.lexemes @@ $3 and d.kind = 'article')
             select m.document_id, 'article',
                    case when m.position <= {MAX_RANKED} then (
                      select {} from helpdesk.search_documents d where d.ctid = m.place) else 1 end
               from (select m.document_id, m.place,
                            row_number() over (order by t.document_id is null, m.document_id desc) as position
                       from matching m
                       join helpdesk.articles a on a.org_id = $1 and a.id = m.document_id
                       left join titled t on t.org_id = $1 and t.document_id = m.document_id
                      where m.org_id = $1 and {readable}) m",
            rank("$2")
        );
        let args = [self.org.into(), query.of(Kind::Article).into(), query.of_titles().into()];
        Ok(statement::read_assembled(&statement)
            .generic_plan()
            .fetch_all(&args, Match::of)?
            .into_iter()
            .flatten()
            .collect())
    }

    /// Where no article has the words: those with a title that is nearly the same.
    fn similar_articles(&self) -> Result<Vec<Match>> {
        let Some(wanted) = SimilarTitle::to(&self.text) else { return Ok(Vec::new()) };
        if self.query.as_ref().is_some_and(Query::excludes) {
            return Ok(Vec::new());
        }
        let readable = self.reader.condition();
        let titles = format!(
            "select a.id, a.title from helpdesk.articles a
              where a.org_id = $1 and {readable} order by a.updated_at desc, a.id desc limit 5000"
        );
        let similar = statement::read_assembled(&titles).fetch_all(&[self.org.into()], |row| {
            pgrx::check_for_interrupts!();
            wanted.matches(row.get(2)?).then_some(Match {
                rank: BY_SIMILARITY,
                id: row.get(1)?,
                kind: Kind::Article,
            })
        })?;
        Ok(similar.into_iter().flatten().collect())
    }

    /// `42` and `#42` also mean the ticket of that number.
    fn match_by_number(&self) -> Result<Option<Match>> {
        let number = ticket_number(&self.text);
        if number.is_none() || !self.reader.is_member || !self.kinds.contains(&Kind::Ticket) {
            return Ok(None);
        }
        let args = [self.org.into(), number.into(), self.reader.is_staff.into(), self.me.into()];
        let ticket =
            statement::read(FIND_BY_NUMBER).fetch_optional(&args, |row| row.get(1))?.flatten();
        Ok(ticket.map(|id| Match { rank: RANK_OF_NUMBER_MATCH, id, kind: Kind::Ticket }))
    }

    /// The matches as JSON.
    pub(super) fn show(&self, page: &[Match]) -> Result<Vec<JsonText>> {
        if page.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Uuid> = page.iter().map(|found| found.id).collect();
        let kinds: Vec<String> = page.iter().map(|found| found.kind.label().to_owned()).collect();
        let ranks: Vec<i64> = page.iter().map(|found| found.rank).collect();
        let (language, words) = match &self.query {
            Some(query) => (query.language.as_str(), query.words.as_str()),
            None => ("simple", ""),
        };
        let hits = statement::read_assembled(HITS).generic_plan().fetch_all(
            &[
                self.org.into(),
                ids.into(),
                kinds.into(),
                ranks.into(),
                language.into(),
                TsQuery(words.to_owned()).into(),
            ],
            |row| JsonText::serialize(&Hit::of(row)),
        )?;
        hits.into_iter().collect()
    }
}
