//! An article as the API returns it.

use serde::Serialize;

#[cfg(test)]
use super::list::{Status, Visibility};
use crate::platform::datum::JsonText;
use crate::platform::error::Result;
use crate::platform::json::id::Id;
use crate::platform::json::output::{Named, Time};
#[cfg(test)]
use crate::platform::json::schema::{Api, null_only_in};
use crate::platform::statement::Row;

/// The columns of an article `a` and its author `p` that `ArticleJson` reads. Only members ($n in
/// `is_member`) learn who wrote an article.
pub(super) fn article_columns(is_member: &str) -> String {
    format!(
        "a.id, a.org_id, a.title, a.categories, a.tags, a.visibility, a.status, a.version,
            case when {is_member} then p.id end, p.name, a.created_at, a.updated_at, a.published_at,
            a.helpful_count, a.unhelpful_count"
    )
}

/// Positions among those columns.
pub(super) const ID: usize = 1;
pub(super) const CREATED_AT: usize = 11;
pub(super) const UPDATED_AT: usize = 12;

/// The position of the content, which follows them when a single article is read.
const CONTENT: usize = 16;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Article"))]
#[cfg_attr(test, schemars(transform = null_only_in(&["author", "publishedAt"])))]
struct ArticleJson<'a> {
    id: Option<Id>,
    org_id: Option<Id>,
    title: Option<&'a str>,
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    categories: Option<Vec<Option<String>>>,
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    tags: Option<Vec<Option<String>>>,
    #[cfg_attr(test, schemars(with = "Visibility"))]
    visibility: Option<&'a str>,
    #[cfg_attr(test, schemars(with = "Status"))]
    status: Option<&'a str>,
    version: Option<i32>,
    author: Option<Named<'a>>,
    created_at: Option<Time>,
    updated_at: Option<Time>,
    published_at: Option<Time>,
    helpful_count: Option<i32>,
    unhelpful_count: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(skip))]
    content: Option<&'a str>,
}

#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[allow(dead_code)] // It describes what article_with_content() writes.
struct ArticleWithContent<'a> {
    #[serde(flatten)]
    article: ArticleJson<'a>,
    content: &'a str,
}

#[cfg(test)]
pub(super) fn describe(api: &mut Api) {
    api.page::<ArticleJson>("list_articles", "ArticlePage", "articles", &["total"]);
    api.result::<Option<ArticleWithContent>>("get_article");
    for function in ["publish_article", "archive_article", "revert_article"] {
        api.result::<ArticleWithContent>(function);
    }
}

/// An article as lists show it.
pub(super) fn listed_article(row: &Row) -> Result<JsonText> {
    JsonText::serialize(&ArticleJson::from_row(row))
}

/// An article with its content.
pub(super) fn article_with_content(row: &Row) -> Result<JsonText> {
    let content = row.get(CONTENT);
    JsonText::serialize(&ArticleJson { content, ..ArticleJson::from_row(row) })
}

impl<'a> ArticleJson<'a> {
    fn from_row(row: &Row<'a>) -> ArticleJson<'a> {
        ArticleJson {
            id: row.id(ID),
            org_id: row.id(2),
            title: row.get(3),
            categories: row.get(4),
            tags: row.get(5),
            visibility: row.get(6),
            status: row.get(7),
            version: row.get(8),
            author: row.named(9),
            created_at: row.time(CREATED_AT),
            updated_at: row.time(UPDATED_AT),
            published_at: row.time(13),
            helpful_count: row.get(14),
            unhelpful_count: row.get(15),
            content: None,
        }
    }
}
