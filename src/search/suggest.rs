//! search(): one search over tickets, comments and articles, of what the caller may see and nothing else.
//!
//! Matching articles are ranked together. Matching tickets and comments are taken newest first, in windows of a few hundred, and
//! ranked inside a window: so a word that is in every ticket costs no more than one that is in a few hundred. A window is found in
//! the index of words, or, when many documents have the words, among the newest documents. What has the last word itself comes
//! before what has only words that begin with it.

use pgrx::Uuid;
use pgrx::prelude::*;

use super::matches::Search;
use crate::fulltext::lexemes::{Kind, with_prefix};
use crate::fulltext::query::{Query, quote_lexeme};
use crate::knowledge::access::Reader;
use crate::platform::datum::JsonText;
use crate::platform::error::{Result, required};
use crate::platform::json::output;
use crate::platform::statement;
use crate::tickets::access::require_visible_ticket;

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

/// Published articles that have words of a ticket, best first.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn suggest_articles(
    p_ticket_id: Option<Uuid>,
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<JsonText> {
    let ticket = required(p_ticket_id, "p_ticket_id")?;
    let found = require_visible_ticket(ticket, p_org_id)?;
    // Also to staff only what is published.
    let reader = Reader { is_published_only: true, ..Reader::of(found.org)? };
    let words = statement::read(WORDS_OF_TICKET)
        .fetch_optional(&[found.org.into(), ticket.into()], |row| {
            Some((row.get::<String>(1)?, row.get::<Vec<String>>(2)?))
        })?;
    let query = match words.flatten() {
        Some((language, words)) => {
            Query::any_of(found.org, &distinctive_words(words, found.org, reader)?, language)
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
    search.show(&page).map(output::array)
}

/// Of the words of a ticket, those that tell one article from another: not those that most of the newest have.
fn distinctive_words(words: Vec<String>, org: Uuid, reader: Reader) -> Result<Vec<String>> {
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
    let queries: Vec<String> = words
        .iter()
        .map(|word| with_prefix(org, Kind::Article.prefix(), &quote_lexeme(word)))
        .collect();
    let is_telling = statement::read_assembled(&statement)
        .fetch_all(&[org.into(), queries.into()], |row| row.get::<bool>(1))?;
    let telling =
        words.into_iter().zip(is_telling).filter(|(_, is_telling)| *is_telling == Some(true));
    Ok(telling.map(|(word, _)| word).collect())
}
