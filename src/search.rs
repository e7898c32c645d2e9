//! search(): one search over tickets, comments and articles, of what the caller may see and nothing else.
//!
//! Matching articles are ranked together. Matching tickets and comments are taken newest first, in windows of a few hundred, and
//! ranked inside a window: so a word that is in every ticket costs no more than one that is in a few hundred. A window is found in
//! the index of words, or, when many documents have the words, among the newest documents. What has the last word itself comes
//! before what has only words that begin with it.

use pgrx::Uuid;
use pgrx::prelude::*;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;

use crate::db::{self, JsonText, JsonbText, Row, TsQuery};
use crate::error::{Error, Result, required};
use crate::json_input::{self, OneOrMany, PerPage, present};
use crate::json_output::{self, Time};
use crate::knowledge::Reader;
use crate::search_cursor::{Position, Way};
use crate::search_index::{Kind, prefixed};
use crate::search_query::{Part, Query, SimilarTitle, quoted, ticket_number};
use crate::tickets::find_ticket;
use crate::viewer::Viewer;

/// So often the newest documents are looked through for one page, before the index is asked for the rest.
const MAX_WINDOWS: usize = 4;
/// Articles that are ranked of all that match: those with the words in their title, then the newest. The others come after them.
const MAX_RANKED: usize = 1_000;
/// What is found by its number, or by a title that is nearly the same, comes before or after all that is found by words.
const BY_NUMBER: i64 = 1_000_000_000;
const BY_SIMILARITY: i64 = 0;

/// The rank of a document `d` for a query, in millionths. A word of a title counts ten times one of a text.
macro_rules! rank {
    ($query:literal) => {
        concat!("(ts_rank(d.lexemes, ", $query, ", 1) * 1000000)::bigint + 1")
    };
}

// The tickets and comments of a window: $1 organization, $2 query, $3 kinds, $4 older than this document, $5 own tickets, $6 the query
// that they are ranked by.

/// Everything that matches; for words that few documents have. The words name the organization already: asked for outside, it is no
/// condition for an index, so that the index of words is used. Only those of the window are read a second time, by where they are.
const BY_WORDS: &str = concat!(
    "select d.document_id, d.kind, ",
    rank!("$6"),
    " from (select m.ctid
              from (select d.ctid, d.org_id, d.document_id, d.kind
                      from helpdesk.search_documents d where d.lexemes @@ $2 offset 0) m
             where m.org_id = $1 and m.kind = any ($3) and ($4::uuid is null or m.document_id < $4)
             order by m.document_id desc limit 500) m
      join helpdesk.search_documents d on d.ctid = m.ctid"
);

/// Those among the newest 10,000 documents (older than $4, where `$older` says so); for words that many have.
macro_rules! newest {
    ($older:literal) => {
        concat!(
            "select d.document_id, d.kind, ",
            rank!("$6"),
            " from (select d.* from helpdesk.search_documents d
                     where d.org_id = $1 ",
            $older,
            " order by d.document_id desc limit 10000) d
             where d.lexemes @@ $2 and d.kind = any ($3)
             order by d.document_id desc limit 500"
        )
    };
}
const NEWEST: &str = newest!("");
const NEWEST_OLDER: &str = newest!("and d.document_id < $4");
const END_OF_NEWEST: &str = "
    select d.document_id from helpdesk.search_documents d
     where d.org_id = $1 and ($2::uuid is null or d.document_id < $2)
     order by d.document_id desc offset 9999 limit 1";
const WINDOW: usize = 500;

/// Those in one's own tickets ($5), without what is internal.
const OWN: &str = concat!(
    "select d.document_id, d.kind, ",
    rank!("$6"),
    " from (select d.* from helpdesk.search_documents d
             where d.ticket_id = any ($5) and d.org_id = $1 and not d.is_internal
               and d.kind = any ($3) and ($4::uuid is null or d.document_id < $4)
             offset 0) d
     where d.lexemes @@ $2
     order by d.document_id desc limit 500"
);
const OWN_TICKETS: &str = "
    select t.id from helpdesk.tickets t
     where t.org_id = $1 and (t.created_by = $2 or t.assigned_to = $2)
     order by t.updated_at desc limit 2000";

const BY_ITS_NUMBER: &str = "
    select t.id from helpdesk.tickets t
     where t.org_id = $1 and t.number = $2 and ($3 or t.created_by = $4 or t.assigned_to = $4)";

/// What a page shows of its documents: $2 ids, $3 kinds, $4 ranks, in order; $5 language, $6 query without organization. The marks
/// are characters that no text has, so that the rest can be escaped.
const HITS: &str = "
    select h.kind, h.id, coalesce(t.id, c.ticket_id), t.number, coalesce(a.title, t.title), coalesce(a.status, t.status),
           t.priority::text, c.is_internal, coalesce(c.created_at, a.created_at, t.created_at), h.rank,
           a.helpful_count, ts_headline((select $5::regconfig),
             translate(helpdesk.indexable_text(left(coalesce(c.content, concat_ws(E'\\n', coalesce(a.title, t.title), coalesce(a.content, t.description))), 20000)),
                       E'\\x02\\x03', ''),
             $6,
             E'StartSel=\\x02, StopSel=\\x03, MaxFragments=2, MaxWords=24, MinWords=8, FragmentDelimiter=\" … \"')
      from unnest($2::uuid[], $3::text[], $4::bigint[]) with ordinality as h (id, kind, rank, position)
      left join helpdesk.ticket_comments c on c.org_id = $1 and c.id = case h.kind when 'comment' then h.id end
      left join helpdesk.tickets t on t.org_id = $1 and t.id = case h.kind when 'ticket' then h.id when 'comment' then c.ticket_id end
      left join helpdesk.articles a on a.org_id = $1 and a.id = case h.kind when 'article' then h.id end
     order by h.position";

/// The words of a ticket, any of which an article may have: those of the title first, then the longest.
const WORDS_OF_TICKET: &str = "
    select o.search_language,
           array(select lexeme
                   from unnest(setweight(to_tsvector(o.search_language::regconfig, helpdesk.indexable_text(t.title)), 'A')
                               || to_tsvector(o.search_language::regconfig, helpdesk.indexable_text(left(t.description, 2000)))) w
                  where char_length(lexeme) > 3
                  order by 'A' = any (w.weights) desc, char_length(lexeme) desc limit 30)
      from helpdesk.organizations o, helpdesk.tickets t
     where o.id = $1 and t.org_id = $1 and t.id = $2";

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Filters {
    #[serde(default, deserialize_with = "present")]
    kind: Option<OneOrMany<Kind>>,
    #[serde(default, deserialize_with = "present")]
    per_page: Option<PerPage>,
    #[serde(default, deserialize_with = "present")]
    cursor: Option<String>,
}

const KEYS: &[(&str, &str)] = &[
    ("kind", "ticket, comment, article, or a list of them"),
    ("perPage", PerPage::ALLOWED),
    ("cursor", "nextCursor of the page before"),
];

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Kind, D::Error> {
        json_input::word(input, Kind::from_label)
    }
}

/// A document that matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Match {
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
struct Search {
    org: Uuid,
    me: Option<Uuid>,
    reader: Reader,
    kinds: Vec<Kind>,
    query: Option<Query>,
    text: String,
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

/// Tickets, comments and articles in which the words are, of an organization, that the caller may see.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn search(
    p_org_id: Option<Uuid>,
    p_query: Option<&str>,
    p_filters: default!(Option<JsonbText>, "'{}'"),
) -> Result<JsonText> {
    let org = required(p_org_id, "p_org_id")?;
    let text = required(p_query, "p_query")?;
    let filters = p_filters.as_ref().map_or("{}", |filters| &filters.0);
    let filters: Filters = json_input::parse("p_filters", filters, KEYS)?;
    let per_page = filters.per_page.unwrap_or_default().get();
    let position = filters
        .cursor
        .map(|text| Position::decode(&text).ok_or_else(json_input::not_a_cursor))
        .transpose()?;
    let kinds = filters.kind.map_or(Kind::ALL.to_vec(), |kinds| kinds.0);
    let search = Search::new(org, text, kinds)?;
    let (page, next) = search.page(position, per_page as usize)?;
    Ok(json_output::page(
        "results",
        search.show(&page)?,
        json!({ "perPage": per_page, "nextCursor": next.map(Position::encode) }),
    ))
}

/// The articles of an organization in which the words are, best first, that the caller may read.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn search_articles(
    p_org_id: Option<Uuid>,
    p_query: Option<&str>,
    p_limit: default!(Option<i32>, "20"),
) -> Result<JsonText> {
    let org = required(p_org_id, "p_org_id")?;
    let text = required(p_query, "p_query")?;
    let limit = required(p_limit, "p_limit")?;
    let limit = PerPage::of(limit.into()).ok_or_else(|| {
        Error::bad("p_limit", "out of range", format!("p_limit may be: {}.", PerPage::ALLOWED))
    })?;
    let search = Search::new(org, text, vec![Kind::Article])?;
    let (page, _) = search.page(None, limit.get() as usize)?;
    search.show(&page).map(json_output::array)
}

/// Published articles that have words of a ticket, best first.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn suggest_articles(
    p_ticket_id: Option<Uuid>,
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<JsonText> {
    let ticket = required(p_ticket_id, "p_ticket_id")?;
    let found = find_ticket(ticket, p_org_id)?.ok_or_else(|| {
        Error::not_allowed(
            "p_ticket_id: no such ticket, or you may not see it",
            "list_org_tickets lists the tickets you may see.",
        )
    })?;
    // Also to staff only what is published.
    let reader = Reader { is_published_only: true, ..Reader::of(found.org)? };
    let words = db::read_one(WORDS_OF_TICKET, &[found.org.into(), ticket.into()], |row| {
        Some((row.get::<String>(1)?, row.get::<Vec<String>>(2)?))
    })?;
    let query = match words.flatten() {
        Some((language, words)) => {
            Query::any_of(found.org, &telling(words, found.org, reader)?, language)
        }
        None => None,
    };
    let search = Search {
        org: found.org,
        me: None,
        reader,
        kinds: vec![Kind::Article],
        query,
        text: String::new(),
    };
    let (page, _) = search.page(None, 5)?;
    search.show(&page).map(json_output::array)
}

/// Of the words of a ticket, those that tell one article from another: not those that most of the newest have.
fn telling(words: Vec<String>, org: Uuid, reader: Reader) -> Result<Vec<String>> {
    let readable = reader.condition();
    let statement = format!(
        "with newest as materialized (
           select strip(d.lexemes) as lexemes
             from (select a.id from helpdesk.articles a where a.org_id = $1 and {readable}
                    order by a.updated_at desc, a.id desc limit 200) a
             join helpdesk.search_documents d on d.org_id = $1 and d.document_id = a.id and d.kind = 'article')
         select (select count(*) from newest n where n.lexemes @@ q.word::tsquery)
                  <= greatest(10, (select count(*) from newest) / 2)
           from unnest($2::text[]) with ordinality as q (word, position) order by q.position"
    );
    let queries: Vec<String> =
        words.iter().map(|word| prefixed(org, Kind::Article.prefix(), &quoted(word))).collect();
    let is_telling =
        db::read_dynamic_all(&statement, &[org.into(), queries.into()], |row| row.get::<bool>(1))?;
    let telling =
        words.into_iter().zip(is_telling).filter(|(_, is_telling)| *is_telling == Some(true));
    Ok(telling.map(|(word, _)| word).collect())
}

impl Search {
    fn new(org: Uuid, text: &str, kinds: Vec<Kind>) -> Result<Search> {
        Ok(Search {
            org,
            me: Viewer::current()?.profile,
            reader: Reader::of(org)?,
            kinds,
            query: Query::parse(org, text)?,
            text: text.trim().to_owned(),
        })
    }

    /// The matches of one page, and where the next one begins.
    fn page(
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
            let rest = window.matches.into_iter().filter(|found| match position.after {
                Some(last) => (found.rank, found.id) < last,
                None => true,
            });
            for found in rest {
                if page.len() == per_page {
                    // Of this window; of the one before nothing is left.
                    let last = page[earlier..].last();
                    let after = last.map(|last| (last.rank, last.id));
                    return Ok((page, Some(Position { after, ..position })));
                }
                page.push(found);
            }
            windows += 1;
            position = match (window.next, position.part) {
                (None, Part::Words) => self.start(Part::Beginnings)?,
                (None, _) => return Ok((page, None)),
                (before, _) => {
                    let next = Position { before, after: None, ..position };
                    if page.len() == per_page {
                        return Ok((page, Some(next)));
                    }
                    next
                }
            };
            if windows >= MAX_WINDOWS {
                position.way = Way::ByWords;
            }
            tickets = self.tickets(position)?;
        }
    }

    /// The first window of tickets and comments.
    fn begin(&self) -> Result<(Position, Window)> {
        let position = self.start(self.first_part())?;
        let tickets = self.tickets(position)?;
        if position.part != Part::Words || !tickets.is_empty() {
            return Ok((position, tickets));
        }
        let position = self.start(Part::All)?;
        Ok((position, self.tickets(position)?))
    }

    /// Where a part begins.
    fn start(&self, part: Part) -> Result<Position> {
        let is_frequent = match &self.query {
            Some(query) if self.searches_all_tickets() => query.is_frequent(part)?,
            _ => false,
        };
        Ok(Position::start(part, if is_frequent { Way::Newest } else { Way::ByWords }))
    }

    /// What a customer has is not much, and searched at once.
    fn first_part(&self) -> Part {
        match &self.query {
            Some(query) if self.searches_all_tickets() => query.first_part(),
            _ => Part::All,
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
        let is_first = position.part != Part::Beginnings && position.before.is_none();
        if is_first && self.kinds.contains(&Kind::Article) {
            let mut articles = self.articles()?;
            if articles.is_empty() {
                articles = self.similar_articles()?;
            }
            window.matches.extend(articles);
        }
        if let Some(ticket) = self.by_number()? {
            window.matches.retain(|found| found.id != ticket.id);
            window.matches.extend(is_first.then_some(ticket));
        }
        window.matches.sort_by(|a, b| b.cmp(a));
        Ok(window)
    }

    /// Tickets and comments of one window.
    fn tickets(&self, Position { part, way, before, .. }: Position) -> Result<Window> {
        let kinds: Vec<String> = self.ticket_kinds().map(|kind| kind.label().to_owned()).collect();
        let (Some(query), false, true) = (&self.query, kinds.is_empty(), self.reader.is_member)
        else {
            return Ok(Window { matches: Vec::new(), next: None });
        };
        let own_tickets = if self.reader.is_staff { Vec::new() } else { self.own_tickets()? };
        let statement = match (self.reader.is_staff, way, before) {
            (false, ..) => OWN,
            (true, Way::ByWords, _) => BY_WORDS,
            (true, Way::Newest, None) => NEWEST,
            (true, Way::Newest, Some(_)) => NEWEST_OLDER,
        };
        let args = [
            self.org.into(),
            query.of_part(part).into(),
            kinds.into(),
            before.into(),
            own_tickets.into(),
            query.of(Kind::Ticket).into(),
        ];
        let matches: Vec<Match> =
            db::read_generic_all(statement, &args, Match::of)?.into_iter().flatten().collect();
        let next = if matches.len() == WINDOW {
            matches.iter().map(|found| found.id).min()
        } else if self.reader.is_staff && way == Way::Newest {
            db::read_one(END_OF_NEWEST, &[self.org.into(), before.into()], |row| row.get(1))?
                .flatten()
        } else {
            None
        };
        Ok(Window { matches, next })
    }

    fn own_tickets(&self) -> Result<Vec<Uuid>> {
        let tickets =
            db::read_all(OWN_TICKETS, &[self.org.into(), self.me.into()], |row| row.get(1))?;
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
            rank!("$2")
        );
        let args = [self.org.into(), query.of(Kind::Article).into(), query.of_titles().into()];
        Ok(db::read_generic_all(&statement, &args, Match::of)?.into_iter().flatten().collect())
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
        let similar = db::read_dynamic_all(&titles, &[self.org.into()], |row| {
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
    fn by_number(&self) -> Result<Option<Match>> {
        let number = ticket_number(&self.text);
        if number.is_none() || !self.reader.is_member || !self.kinds.contains(&Kind::Ticket) {
            return Ok(None);
        }
        let args = [self.org.into(), number.into(), self.reader.is_staff.into(), self.me.into()];
        let ticket = db::read_one(BY_ITS_NUMBER, &args, |row| row.get(1))?.flatten();
        Ok(ticket.map(|id| Match { rank: BY_NUMBER, id, kind: Kind::Ticket }))
    }

    /// The matches as JSON.
    fn show(&self, page: &[Match]) -> Result<Vec<JsonText>> {
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
        let hits = db::read_generic_all(
            HITS,
            &[
                self.org.into(),
                ids.into(),
                kinds.into(),
                ranks.into(),
                language.into(),
                TsQuery(words.to_owned()).into(),
            ],
            |row| JsonText::of(&Hit::of(row)),
        )?;
        hits.into_iter().collect()
    }
}

/// A result as the caller gets it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Hit<'a> {
    kind: Option<&'a str>,
    id: Option<json_output::Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_id: Option<json_output::Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<i64>,
    title: Option<&'a str>,
    snippet: String,
    status: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_internal: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    helpful_count: Option<i32>,
    created_at: Option<Time>,
    rank: Option<i64>,
}

impl<'a> Hit<'a> {
    fn of(row: &Row<'a>) -> Hit<'a> {
        Hit {
            kind: row.get(1),
            id: row.id(2),
            ticket_id: row.id(3),
            number: row.get(4),
            title: row.get(5),
            snippet: marked(row.get(12).unwrap_or_default()),
            status: row.get(6),
            priority: row.get(7),
            is_internal: row.get(8),
            helpful_count: row.get(11),
            created_at: row.time(9),
            rank: row.get(10),
        }
    }
}

/// HTML in which only our own marks are tags.
fn marked(headline: &str) -> String {
    let mut html = String::with_capacity(headline.len() + 32);
    for character in headline.chars() {
        match character {
            '\u{2}' => html.push_str("<mark>"),
            '\u{3}' => html.push_str("</mark>"),
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

#[cfg(any(test, feature = "pg_test"))]
#[pg_schema]
mod tests {
    use super::*;

    #[pg_test]
    fn search_filters_are_read_or_refused_by_name() {
        json_input::tests::every_input_is_read_or_refused("p_filters", KEYS, |text| {
            json_input::parse::<Filters>("p_filters", text, KEYS)
        });
    }

    #[pg_test]
    fn search_snippets_are_escaped_but_for_their_marks() {
        assert_eq!(
            marked("<script>\u{2}alert\u{3}('x')&\""),
            "&lt;script&gt;<mark>alert</mark>(&#39;x&#39;)&amp;&quot;"
        );
    }
}
