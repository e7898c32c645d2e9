//! suggest_articles(): published articles that may answer a ticket.

use std::cell::OnceCell;

use pgrx::Uuid;
use pgrx::prelude::*;

use super::filters::SearchFilters;
use super::matches::Search;
use crate::access::caller::Caller;
use crate::access::rights;
use crate::fulltext::lexemes::Kind;
use crate::fulltext::query::{Query, TellingWord, read_question};
use crate::knowledge::access::Reader;
use crate::platform::datum::JsonText;
use crate::platform::error::{Result, required};
use crate::platform::json::output;
use crate::platform::statement::{self, Planned};
use crate::tickets::access::{find_visible_ticket, require_visible_ticket};

const MAX_SUGGESTIONS: usize = 5;

/// How many words of a text are compared with articles.
const MAX_WORDS: usize = 30;

const TEXTS_OF_TICKET: &str = "
    select t.title, left(t.description, 2000)
      from helpdesk.tickets t where t.org_id = $1 and t.id = $2";

/// For each tsquery of $2, whether it distinguishes articles: at most half of the newest 200 match.
fn are_distinctive(readable: &str) -> String {
    format!(
        "with newest as materialized (
           select strip(d.lexemes) as lexemes
             from (select a.id from helpdesk.articles a
                    where a.org_id = $1 and {readable}
                    order by a.updated_at desc, a.id desc limit 200) a
             join helpdesk.search_documents d
               on d.org_id = $1 and d.document_id = a.id and d.kind = 'article')
         select (select count(*) from newest n where n.lexemes @@ q.word::tsquery)
                  <= greatest(10, (select count(*) from newest) / 2)
           from unnest($2::text[]) with ordinality as q (word, position)
          order by q.position"
    )
}

/// The published articles that share telling words with a ticket, best first.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn suggest_articles(
    p_ticket_id: Option<Uuid>,
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<JsonText> {
    let ticket = required(p_ticket_id, "p_ticket_id")?;
    let found = require_visible_ticket(ticket, p_org_id)?;
    let texts = statement::read(TEXTS_OF_TICKET)
        .fetch_optional(&[found.org.into(), ticket.into()], |row| {
            Some((row.get::<String>(1)?, row.get::<String>(2).unwrap_or_default()))
        })?;
    let (title, text) = texts.flatten().unwrap_or_default();
    suggest(found.org, &title, &text)
}

/// The published articles that share telling words with a text, such as that of a ticket not opened
/// yet.
#[pg_extern(stable, parallel_safe, security_definer, name = "suggest_articles")]
#[search_path(pg_catalog, pg_temp)]
fn suggest_articles_for_text(p_org_id: Option<Uuid>, p_text: Option<&str>) -> Result<JsonText> {
    let org = required(p_org_id, "p_org_id")?;
    if are_ticket_and_org(org, p_text)? {
        let in_org = p_text.and_then(|text| uuid::Uuid::parse_str(text.trim()).ok());
        return suggest_articles(Some(org), in_org.map(|id| Uuid::from_bytes(id.into_bytes())));
    }
    suggest(org, "", required(p_text, "p_text")?)
}

/// Whether the arguments are a ticket and its organization, or NULL, for the function above: of two
/// literals without a type, Postgres takes the second for a text. No question is such an id.
fn are_ticket_and_org(first: Uuid, second: Option<&str>) -> Result<bool> {
    let Some(second) = second else { return Ok(find_visible_ticket(first, None)?.is_some()) };
    let Ok(id) = uuid::Uuid::parse_str(second.trim()) else { return Ok(false) };
    let org = Uuid::from_bytes(id.into_bytes());
    Ok(Caller::current()?.is_member(org)
        || rights::check_staff_of_existing("p_org_id", org).is_ok())
}

fn suggest(org: Uuid, title: &str, text: &str) -> Result<JsonText> {
    // Even staff are only suggested what is published.
    let reader = Reader { is_published_only: true, ..Reader::for_org(org)? };
    let search = Search {
        org,
        me: None,
        reader,
        kinds: vec![Kind::Article],
        filters: SearchFilters::default(),
        selects_tickets: false,
        query: query_for_question(org, title, text, reader)?,
        text: String::new(),
        articles: OnceCell::new(),
    };
    let (page, _) = search.page(None, MAX_SUGGESTIONS)?;
    search.to_json(&page).map(output::array)
}

/// A query for the words of a title and a text that few articles have; None without one.
pub(super) fn query_for_question(
    org: Uuid,
    title: &str,
    text: &str,
    reader: Reader,
) -> Result<Option<Query>> {
    let Some(mut question) = read_question(org, title, text, MAX_WORDS)? else { return Ok(None) };
    question.words = distinctive_words(question.words, org, reader)?;
    Ok(Query::for_question(question))
}

/// Those words that most of the newest articles do not have.
fn distinctive_words(
    words: Vec<TellingWord>,
    org: Uuid,
    reader: Reader,
) -> Result<Vec<TellingWord>> {
    let queries: Vec<String> = words.iter().map(|word| word.in_articles(org)).collect();
    let are_distinctive =
        statement::read_assembled(&are_distinctive(reader.condition()), Planned::Once)
            .fetch_all(&[org.into(), queries.into()], |row| row.get::<bool>(1))?;
    let distinctive = words
        .into_iter()
        .zip(are_distinctive)
        .filter(|(_, is_distinctive)| *is_distinctive == Some(true));
    Ok(distinctive.map(|(word, _)| word).collect())
}
