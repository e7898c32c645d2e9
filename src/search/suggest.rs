//! suggest_articles(): published articles that may answer a ticket.

use pgrx::Uuid;
use pgrx::prelude::*;

use super::matches::Search;
use crate::fulltext::lexemes::{Kind, quote_lexeme, with_prefix};
use crate::fulltext::query::Query;
use crate::knowledge::access::Reader;
use crate::platform::datum::JsonText;
use crate::platform::error::{Result, required};
use crate::platform::json::output;
use crate::platform::statement::{self, Planned};
use crate::tickets::access::require_visible_ticket;

const MAX_SUGGESTIONS: usize = 5;

/// The language of an organization, and the lexemes of a ticket that are worth searching for: first
/// those of the title, then the longest.
const LEXEMES_OF_TICKET: &str = "
    select o.search_language,
           array(select lexeme
                   from unnest(
                          setweight(to_tsvector(o.search_language::regconfig,
                                                helpdesk.indexable_text(t.title)), 'A')
                          || to_tsvector(o.search_language::regconfig,
                                         helpdesk.indexable_text(left(t.description, 2000)))) w
                  where char_length(lexeme) > 3
                  order by 'A' = any (w.weights) desc, char_length(lexeme) desc limit 30)
      from helpdesk.organizations o, helpdesk.tickets t
     where o.id = $1 and t.org_id = $1 and t.id = $2";

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

/// The published articles that have lexemes of a ticket, best first.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn suggest_articles(
    p_ticket_id: Option<Uuid>,
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<JsonText> {
    let ticket = required(p_ticket_id, "p_ticket_id")?;
    let found = require_visible_ticket(ticket, p_org_id)?;
    // Even staff are only suggested what is published.
    let reader = Reader { is_published_only: true, ..Reader::for_org(found.org)? };
    let search = Search {
        org: found.org,
        me: None,
        reader,
        kinds: vec![Kind::Article],
        query: query_for_ticket(found.org, ticket, reader)?,
        text: String::new(),
    };
    let (page, _) = search.page(None, MAX_SUGGESTIONS)?;
    search.to_json(&page).map(output::array)
}

/// None if the ticket has no distinctive lexeme.
fn query_for_ticket(org: Uuid, ticket: Uuid, reader: Reader) -> Result<Option<Query>> {
    let found = statement::read(LEXEMES_OF_TICKET)
        .fetch_optional(&[org.into(), ticket.into()], |row| {
            Some((row.get::<String>(1)?, row.get::<Vec<String>>(2)?))
        })?;
    let Some((language, lexemes)) = found.flatten() else { return Ok(None) };
    Ok(Query::for_any_lexeme(org, &distinctive_lexemes(lexemes, org, reader)?, language))
}

/// Those lexemes that most of the newest articles do not have.
fn distinctive_lexemes(lexemes: Vec<String>, org: Uuid, reader: Reader) -> Result<Vec<String>> {
    let queries: Vec<String> = lexemes
        .iter()
        .map(|lexeme| with_prefix(org, Kind::Article.prefix(), &quote_lexeme(lexeme)))
        .collect();
    let are_distinctive =
        statement::read_assembled(&are_distinctive(reader.condition()), Planned::Once)
            .fetch_all(&[org.into(), queries.into()], |row| row.get::<bool>(1))?;
    let distinctive = lexemes
        .into_iter()
        .zip(are_distinctive)
        .filter(|(_, is_distinctive)| *is_distinctive == Some(true));
    Ok(distinctive.map(|(lexeme, _)| lexeme).collect())
}
