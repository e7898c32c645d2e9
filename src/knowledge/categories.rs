//! The tree of categories of a knowledge base.

use std::collections::{BTreeMap, BTreeSet};

use pgrx::Uuid;
use pgrx::prelude::*;
use serde::Serialize;

use super::access::Reader;
use super::category_triggers::MAX_LEVELS;
use crate::platform::datum::JsonText;
use crate::platform::error::{Result, required};
use crate::platform::json::id::Id;
#[cfg(test)]
use crate::platform::json::schema::Api;
use crate::platform::statement::{self, Planned};

const LIST_CATEGORIES: &str = "
    select c.id, c.parent_id, c.name, c.description
      from helpdesk.organizations o join helpdesk.categories c on c.org_id = o.id
     where o.id = $1 and c.org_id = $1
     order by helpdesk.sort_key(c.name, coalesce(o.sort_locale, o.search_language)), c.id";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Category"))]
struct Node {
    id: Id,
    name: String,
    description: Option<String>,
    /// The articles in this category; then those in it and its sub-categories, each counted once.
    article_count: usize,
    total_count: usize,
    children: Vec<Node>,
}

#[cfg(test)]
pub(super) fn describe(api: &mut Api) {
    api.result::<Vec<Node>>("list_categories");
}

/// A row of the table.
struct Category {
    id: Uuid,
    parent: Option<Uuid>,
    name: String,
    description: Option<String>,
}

/// The categories of an organization as a tree, each with the number of articles that the caller
/// may read. Only staff see categories without any.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn list_categories(p_org_id: Option<Uuid>) -> Result<JsonText> {
    let org = required(p_org_id, "p_org_id")?;
    let reader = Reader::for_org(org)?;
    let categories = statement::read(LIST_CATEGORIES).fetch_all(&[org.into()], |row| {
        Some(Category {
            id: row.get(1)?,
            parent: row.get(2),
            name: row.get(3)?,
            description: row.get(4),
        })
    })?;
    let mut children: BTreeMap<Option<Uuid>, Vec<Category>> = BTreeMap::new();
    for category in categories.into_iter().flatten() {
        children.entry(category.parent).or_default().push(category);
    }
    let articles = find_readable_articles(org, reader)?;
    let (tree, _) = subtree(None, MAX_LEVELS, &mut children, &articles, reader.is_staff);
    JsonText::serialize(&tree)
}

/// The articles that the reader may read, as numbers, by the names of their categories.
fn find_readable_articles(org: Uuid, reader: Reader) -> Result<BTreeMap<String, Vec<usize>>> {
    let statement = format!(
        "select a.categories from helpdesk.articles a
          where a.org_id = $1 and a.categories <> '{{}}' and {}",
        reader.condition()
    );
    let articles = statement::read_assembled(&statement, Planned::Once)
        .fetch_all(&[org.into()], |row| row.get::<Vec<Option<String>>>(1))?;
    let mut named: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (number, names) in articles.into_iter().flatten().enumerate() {
        for name in names.into_iter().flatten() {
            named.entry(name).or_default().push(number);
        }
    }
    Ok(named)
}

/// The sub-categories of a category, down to a number of levels, and the articles in all of them.
fn subtree(
    parent: Option<Uuid>,
    levels: i32,
    children: &mut BTreeMap<Option<Uuid>, Vec<Category>>,
    articles: &BTreeMap<String, Vec<usize>>,
    shows_empty: bool,
) -> (Vec<Node>, BTreeSet<usize>) {
    let mut nodes = Vec::new();
    let mut all = BTreeSet::new();
    // Only a load with disabled triggers can create more levels.
    if levels == 0 {
        return (nodes, all);
    }
    for category in children.remove(&parent).unwrap_or_default() {
        let (below, mut inside) =
            subtree(Some(category.id), levels - 1, children, articles, shows_empty);
        let own = articles.get(&category.name).map_or(&[][..], Vec::as_slice);
        inside.extend(own);
        all.extend(&inside);
        if inside.is_empty() && !shows_empty {
            continue;
        }
        nodes.push(Node {
            id: category.id.into(),
            name: category.name,
            description: category.description,
            article_count: own.len(),
            total_count: inside.len(),
            children: below,
        });
    }
    (nodes, all)
}
