//! search(): one search over tickets, comments and articles, of what the caller may see and nothing else.
//!
//! Matching articles are ranked together. Matching tickets and comments are taken newest first, in windows of a few hundred, and
//! ranked inside a window: so a word that is in every ticket costs no more than one that is in a few hundred. A window is found in
//! the index of words, or, when many documents have the words, among the newest documents. What has the last word itself comes
//! before what has only words that begin with it.

use serde::Serialize;

use crate::platform::json::id;
use crate::platform::json::output::Time;
use crate::platform::statement::Row;

/// What a page shows of its documents: $2 ids, $3 kinds, $4 ranks, in order; $5 language, $6 query without organization. The marks
/// are characters that no text has, so that the rest can be escaped.
pub(super) const HITS: &str = "
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

/// A result as the caller gets it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Hit<'a> {
    kind: Option<&'a str>,
    id: Option<id::Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_id: Option<id::Id>,
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
    pub(super) fn of(row: &Row<'a>) -> Hit<'a> {
        Hit {
            kind: row.get(1),
            id: row.id(2),
            ticket_id: row.id(3),
            number: row.get(4),
            title: row.get(5),
            snippet: highlight_html(row.get(12).unwrap_or_default()),
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
pub(super) fn highlight_html(headline: &str) -> String {
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
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::*;

    #[pg_test]
    fn search_snippets_are_escaped_but_for_their_marks() {
        assert_eq!(
            highlight_html("<script>\u{2}alert\u{3}('x')&\""),
            "&lt;script&gt;<mark>alert</mark>(&#39;x&#39;)&amp;&quot;"
        );
    }
}
