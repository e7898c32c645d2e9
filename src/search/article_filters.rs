//! Filters on articles inside the text of a search: `tag:winter category:Garden status:draft`.

use std::collections::{HashMap, HashSet};

use pgrx::Uuid;

use crate::fulltext::folding::plain;
use crate::knowledge::access::Reader;
use crate::platform::conditions::{Arguments, Condition};
use crate::platform::error::Result;
use crate::platform::statement::{self, Planned};
use crate::tickets::text_filters::times::{Times, find_times};
use crate::tickets::text_filters::{Asker, Meaning};

/// A condition on an article `a`.
#[derive(Clone)]
pub(super) enum ArticleFilter {
    Status(&'static str),
    /// A tag in all its spellings.
    Tag(Vec<String>),
    /// A category with those below it.
    Category(Vec<String>),
    Created(Times),
    Updated(Times),
}

impl Condition for ArticleFilter {
    fn to_sql(&self, arguments: &mut Arguments) -> String {
        match self {
            ArticleFilter::Status(status) => format!("a.status = {}", arguments.bind(*status)),
            ArticleFilter::Tag(tags) => format!("a.tags && {}", arguments.bind(tags.clone())),
            ArticleFilter::Category(names) => {
                format!("a.categories && {}", arguments.bind(names.clone()))
            }
            ArticleFilter::Created(times) => times.to_sql("a.created_at", arguments),
            ArticleFilter::Updated(times) => times.to_sql("a.updated_at", arguments),
        }
    }
}

/// What `key:value` means for the articles of a reader; None if it is no filter on articles. Tags
/// and categories are only known from articles that the reader may read, so that others cannot be
/// tried out.
pub(super) fn article_filter(
    asker: Asker,
    reader: Reader,
    key: &str,
    value: &str,
) -> Result<Meaning<ArticleFilter>> {
    Ok(match key {
        "status" | "is" => {
            let word = value.to_lowercase();
            let status = ["draft", "published", "archived"].into_iter().find(|name| *name == word);
            status.map(|status| ("status", vec![ArticleFilter::Status(status)]))
        }
        "tag" | "tags" => {
            let wanted = plain(value);
            let mut tags = names_in_articles("tags", asker.org, reader)?;
            tags.retain(|tag| plain(tag) == wanted);
            (!tags.is_empty()).then_some(("tag", vec![ArticleFilter::Tag(tags)]))
        }
        "category" => {
            let names = find_categories(asker.org, reader, value)?;
            (!names.is_empty()).then_some(("category", vec![ArticleFilter::Category(names)]))
        }
        "created" => find_times(asker.org, value, ["created", "created from", "created before"])?
            .map(|(key, times)| (key, vec![ArticleFilter::Created(times)])),
        "updated" => find_times(asker.org, value, ["updated", "updated from", "updated before"])?
            .map(|(key, times)| (key, vec![ArticleFilter::Updated(times)])),
        _ => None,
    })
}

/// The tags or the categories of the articles that the reader may read.
fn names_in_articles(column: &'static str, org: Uuid, reader: Reader) -> Result<Vec<String>> {
    let sql = format!(
        "select distinct x.name
           from (select a.{column} from helpdesk.articles a
                  where a.org_id = $1 and {}
                  order by a.updated_at desc, a.id desc limit 5000) a,
                unnest(a.{column}) as x (name)",
        reader.condition()
    );
    let names = statement::read_assembled(&sql, Planned::Once)
        .fetch_all(&[org.into()], |row| row.get::<String>(1))?;
    Ok(names.into_iter().flatten().collect())
}

const CATEGORIES: &str =
    "select c.id, c.parent_id, c.name from helpdesk.categories c where c.org_id = $1 limit 5000";

/// The categories of this name and those below them that articles have.
fn find_categories(org: Uuid, reader: Reader, value: &str) -> Result<Vec<String>> {
    let used: HashSet<String> = names_in_articles("categories", org, reader)?.into_iter().collect();
    let categories = statement::read(CATEGORIES).fetch_all(&[org.into()], |row| {
        Some((row.get::<Uuid>(1)?, row.get::<Uuid>(2), row.get::<String>(3)?))
    })?;
    let mut children: HashMap<Option<Uuid>, Vec<(Uuid, String)>> = HashMap::new();
    let mut found: Vec<(Uuid, String)> = Vec::new();
    let wanted = plain(value);
    for (id, parent, name) in categories.into_iter().flatten() {
        if plain(&name) == wanted {
            found.push((id, name.clone()));
        }
        children.entry(parent).or_default().push((id, name));
    }
    let mut names = Vec::new();
    while let Some((id, name)) = found.pop() {
        found.extend(children.remove(&Some(id)).unwrap_or_default());
        names.extend(used.contains(&name).then_some(name));
    }
    Ok(names)
}
