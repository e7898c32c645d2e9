//! Filters on articles inside the text of a search: `tag:winter category:Garden status:draft`.

use std::cell::OnceCell;
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

/// The tags and categories that a reader knows: those of articles that they may read, so that
/// others cannot be tried out. They are read once.
pub(super) struct ArticleNames<'a> {
    asker: &'a Asker,
    reader: Reader,
    tags: OnceCell<Vec<String>>,
    categories: OnceCell<Vec<Category>>,
}

struct Category {
    id: Uuid,
    parent: Option<Uuid>,
    name: String,
    is_used: bool,
}

impl ArticleNames<'_> {
    pub(super) fn new(asker: &Asker, reader: Reader) -> ArticleNames<'_> {
        ArticleNames { asker, reader, tags: OnceCell::new(), categories: OnceCell::new() }
    }

    /// What `key:value` means for articles; None if it is no filter on articles.
    pub(super) fn article_filter(&self, key: &str, value: &str) -> Result<Meaning<ArticleFilter>> {
        Ok(match key {
            "status" | "is" => {
                let word = value.to_lowercase();
                let statuses = ["draft", "published", "archived"];
                let status = statuses.into_iter().find(|status| *status == word);
                status.map(|status| ("status", vec![ArticleFilter::Status(status)]))
            }
            "tag" | "tags" => {
                let wanted = plain(value);
                let is_wanted = |tag: &&String| plain(tag) == wanted;
                let tags: Vec<String> = self.tags()?.iter().filter(is_wanted).cloned().collect();
                (!tags.is_empty()).then_some(("tag", vec![ArticleFilter::Tag(tags)]))
            }
            "category" => {
                let names = categories_below(self.categories()?, value);
                (!names.is_empty()).then_some(("category", vec![ArticleFilter::Category(names)]))
            }
            "created" if self.asker.may_look_up() => {
                let keys = ["created", "created from", "created before"];
                find_times(self.asker.org, value, keys)?
                    .map(|(key, times)| (key, vec![ArticleFilter::Created(times)]))
            }
            "updated" if self.asker.may_look_up() => {
                let keys = ["updated", "updated from", "updated before"];
                find_times(self.asker.org, value, keys)?
                    .map(|(key, times)| (key, vec![ArticleFilter::Updated(times)]))
            }
            _ => None,
        })
    }

    fn tags(&self) -> Result<&Vec<String>> {
        if self.tags.get().is_none() {
            let tags = names_in_articles("tags", self.asker.org, self.reader)?;
            return Ok(self.tags.get_or_init(|| tags));
        }
        Ok(self.tags.get_or_init(Vec::new))
    }

    fn categories(&self) -> Result<&Vec<Category>> {
        if self.categories.get().is_none() {
            let used = names_in_articles("categories", self.asker.org, self.reader)?;
            let used: HashSet<String> = used.into_iter().collect();
            let categories =
                statement::read(CATEGORIES).fetch_all(&[self.asker.org.into()], |row| {
                    let name: String = row.get(3)?;
                    let is_used = used.contains(&name);
                    Some(Category { id: row.get(1)?, parent: row.get(2), name, is_used })
                })?;
            let categories = categories.into_iter().flatten().collect();
            return Ok(self.categories.get_or_init(|| categories));
        }
        Ok(self.categories.get_or_init(Vec::new))
    }
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

/// The names of the categories of this name, and of those below them, that articles have.
fn categories_below(categories: &[Category], value: &str) -> Vec<String> {
    let wanted = plain(value);
    let mut children: HashMap<Uuid, Vec<&Category>> = HashMap::new();
    for category in categories {
        if let Some(parent) = category.parent {
            children.entry(parent).or_default().push(category);
        }
    }
    let mut found: Vec<&Category> =
        categories.iter().filter(|category| plain(&category.name) == wanted).collect();
    let mut names = Vec::new();
    while let Some(category) = found.pop() {
        // Removed, so that each is visited once.
        found.extend(children.remove(&category.id).unwrap_or_default());
        names.extend(category.is_used.then(|| category.name.clone()));
    }
    names
}
