//! Search results as JSON, with highlighted snippets.

use pgrx::Uuid;
use serde::Serialize;

use super::matches::{Match, Search};
use crate::fulltext::highlight::{Highlighter, START, STOP};
use crate::platform::datum::JsonText;
#[cfg(test)]
use crate::platform::enums::Priority;
use crate::platform::error::Result;
use crate::platform::json::id::Id;
use crate::platform::json::output::Time;
#[cfg(test)]
use crate::platform::json::schema::{Api, null_only_in};
use crate::platform::statement::{self, Planned, Row};

const HITS: &str = include_str!("../../sql/queries/search_hits.sql");

impl Search {
    /// The matches of a page as JSON objects.
    pub(super) fn to_json(&self, page: &[Match]) -> Result<Vec<JsonText>> {
        if page.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Uuid> = page.iter().map(|found| found.id).collect();
        let kinds: Vec<String> = page.iter().map(|found| found.kind.label().to_owned()).collect();
        let ranks: Vec<i64> = page.iter().map(|found| found.rank).collect();
        let highlighter = Highlighter::of(self.query.as_ref())?;
        let args = [self.org.into(), ids.into(), kinds.into(), ranks.into()];
        let hits = statement::read(HITS)
            .planned(Planned::Once)
            .fetch_all(&args, |row| JsonText::serialize(&Hit::from_row(row, &highlighter)))?;
        hits.into_iter().collect()
    }
}

/// A search result. Keys without a value for the kind are left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(transform = null_only_in(&[])))]
struct Hit<'a> {
    kind: Option<&'a str>,
    id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<i64>,
    title: Option<&'a str>,
    snippet: String,
    status: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<Priority>"))]
    priority: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_internal: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    helpful_count: Option<i32>,
    created_at: Option<Time>,
    rank: Option<i64>,
}

/// The keys of every result, and those that depend on its kind.
#[cfg(test)]
const KEYS: [&str; 6] = ["id", "title", "snippet", "status", "createdAt", "rank"];

#[cfg(test)]
const KEYS_OF_KINDS: [(&str, &str, &str, &[&str]); 3] = [
    ("TicketHit", "ticket", "TicketStatus", &["ticketId", "number", "priority"]),
    ("CommentHit", "comment", "TicketStatus", &["ticketId", "number", "priority", "isInternal"]),
    ("ArticleHit", "article", "ArticleStatus", &["helpfulCount"]),
];

#[cfg(test)]
struct SearchHit;

#[cfg(test)]
impl schemars::JsonSchema for SearchHit {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SearchHit".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        use serde_json::{Map, Value, json};
        let hit = <Hit as schemars::JsonSchema>::json_schema(generator);
        let all = &hit.as_value()["properties"];
        for (name, kind, status, more) in KEYS_OF_KINDS {
            let keys: Vec<&str> = KEYS.iter().chain(more).copied().collect();
            let mut properties: Map<String, Value> =
                keys.iter().map(|key| (key.to_string(), all[*key].clone())).collect();
            properties.insert("kind".into(), json!({ "const": kind }));
            properties.insert("status".into(), json!({ "$ref": format!("#/$defs/{status}") }));
            let required: Vec<&str> = keys.into_iter().chain(["kind"]).collect();
            let schema =
                json!({ "type": "object", "properties": properties, "required": required });
            generator.definitions_mut().insert(name.to_owned(), schema);
        }
        let names = KEYS_OF_KINDS.map(|(name, ..)| json!({ "$ref": format!("#/$defs/{name}") }));
        schemars::json_schema!({ "anyOf": names })
    }
}

#[cfg(test)]
struct ArticleHit;

#[cfg(test)]
crate::platform::json::schema::describe_inline!(ArticleHit, { "$ref": "#/$defs/ArticleHit" });

#[cfg(test)]
pub(super) fn describe(api: &mut Api) {
    api.page::<SearchHit>("search", "SearchPage", "results", &[]);
    api.result::<Vec<ArticleHit>>("search_articles");
    api.result::<Vec<ArticleHit>>("suggest_articles");
}

impl<'a> Hit<'a> {
    fn from_row(row: &Row<'a>, highlighter: &Highlighter) -> Hit<'a> {
        Hit {
            kind: row.get(1),
            id: row.id(2),
            ticket_id: row.id(3),
            number: row.get(4),
            title: row.get(5),
            snippet: highlight_html(&highlighter.snippet(row.get(12).unwrap_or_default())),
            status: row.get(6),
            priority: row.get(7),
            is_internal: row.get(8),
            helpful_count: row.get(11),
            created_at: row.time(9),
            rank: row.get(10),
        }
    }
}

/// A snippet as HTML in which the marks are the only tags.
fn highlight_html(headline: &str) -> String {
    let mut html = String::with_capacity(headline.len() + 32);
    for character in headline.chars() {
        match character {
            START => html.push_str("<mark>"),
            STOP => html.push_str("</mark>"),
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
    fn search_snippets_are_escaped_except_for_their_marks() {
        assert_eq!(
            highlight_html("<script>\u{2}alert\u{3}('x')&\""),
            "&lt;script&gt;<mark>alert</mark>(&#39;x&#39;)&amp;&quot;"
        );
    }
}
