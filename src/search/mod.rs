//! search(): one search over the tickets, comments and articles that the caller may see.

mod article_filters;
mod articles;
mod by_ticket;
mod files;
mod filters;
mod hits;
mod matches;
mod pages;
mod position;
mod rank;
mod suggest;
mod tickets;

use pgrx::Uuid;
use pgrx::prelude::*;
use serde::{Deserialize, Deserializer};
use serde_json::json;

use self::matches::Search;
use self::position::Position;
use crate::fulltext::lexemes::Kind;
use crate::platform::datum::{JsonText, JsonbText};
use crate::platform::error::{self, Result, required};
use crate::platform::json::input::{self, OneOrMany};
use crate::platform::json::output;
#[cfg(test)]
use crate::platform::json::schema::Api;
use crate::platform::paging::{self, PageSize};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "SearchFilters"))]
struct Filters {
    kind: Option<OneOrMany<Kind>>,
    per_page: Option<PageSize>,
    cursor: Option<String>,
}

const KEYS: &[(&str, &str)] = &[
    ("kind", "ticket, comment, article, or a list of them"),
    ("perPage", PageSize::ALLOWED),
    ("cursor", "the nextCursor of the previous page"),
];

#[cfg(test)]
crate::platform::json::schema::describe_words!(Kind, "SearchKind", &Kind::ALL.map(Kind::label));

/// The JSON of the functions that search.
#[cfg(test)]
pub fn describe(api: &mut Api) {
    api.argument::<Filters>("search", "p_filters");
    api.describe_keys("SearchFilters", KEYS);
    hits::describe(api);
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Kind, D::Error> {
        input::parse_word(input, |word| Kind::ALL.into_iter().find(|kind| kind.label() == word))
    }
}

/// The tickets, comments and articles of an organization that match and that the caller may see.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn search(
    p_org_id: Option<Uuid>,
    p_query: Option<&str>,
    p_filters: default!(Option<JsonbText>, "'{}'"),
) -> Result<JsonText> {
    let org = required(p_org_id, "p_org_id")?;
    let text = required(p_query, "p_query")?;
    let filters: Filters =
        input::parse_filters("p_filters", JsonbText::or_empty("p_filters", &p_filters)?, KEYS)?;
    let size = filters.per_page.unwrap_or_default();
    let position = filters.cursor.as_deref().map(paging::decode::<Position>).transpose()?;
    let kinds = filters.kind.map_or(Kind::ALL.to_vec(), |kinds| kinds.0);
    let search = Search::new(org, text, kinds)?;
    let (page, next) = search.page(position, size.get() as usize)?;
    let next_cursor = next.map(|position| paging::encode(&position)).transpose()?;
    Ok(output::page(
        "results",
        search.to_json(&page)?,
        json!({ "perPage": size.get(), "nextCursor": next_cursor }),
    ))
}

/// The articles of an organization that match and that the caller may read, best first.
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
    let limit = PageSize::new(limit.into()).ok_or_else(|| {
        error::invalid(
            "out_of_range",
            "p_limit",
            "out of range",
            format!("p_limit may be: {}.", PageSize::ALLOWED),
        )
    })?;
    let search = Search::new(org, text, vec![Kind::Article])?;
    let (page, _) = search.page(None, limit.get() as usize)?;
    search.to_json(&page).map(output::array)
}

#[cfg(any(test, feature = "pg_test"))]
#[pg_schema]
mod tests {
    use super::*;

    #[pg_test]
    fn search_filters_are_read_or_refused_by_name() {
        input::tests::every_input_is_read_or_refused("p_filters", KEYS, |text| {
            input::parse_filters::<Filters>("p_filters", text, KEYS)
        });
    }
}
