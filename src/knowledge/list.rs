//! list_articles(): one page of articles, filtered and sorted. The statement is assembled from
//! constants; everything that the caller sends is bound.

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;
use pgrx::prelude::*;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;

use super::access::Reader;
use super::article_json::{CREATED_AT, ID, UPDATED_AT, article_columns, listed_article};
use crate::access::caller::Caller;
use crate::access::person::PersonFilter;
use crate::platform::datum::{JsonText, JsonbText};
use crate::platform::error::{Result, required};
use crate::platform::json::id::Id;
use crate::platform::json::input::{self, OneOrMany};
use crate::platform::json::output;
#[cfg(test)]
use crate::platform::json::schema::{Api, describe_words};
use crate::platform::paging::{self, Count, CursorTime, Page, PageSize, SortKey};
use crate::platform::statement::{self, Planned, Row};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ArticleFilters"))]
struct Filters {
    category: Option<String>,
    tag: Option<String>,
    status: Option<OneOrMany<Status>>,
    visibility: Option<OneOrMany<Visibility>>,
    author: Option<PersonFilter>,
    sort: Option<Sort>,
    per_page: Option<PageSize>,
    cursor: Option<String>,
    count: Option<Count>,
}

const KEYS: &[(&str, &str)] = &[
    ("category", "the name of a category; its sub-categories count too"),
    ("tag", "a tag"),
    ("status", "draft, published, archived, or a list of them"),
    ("visibility", "internal, members, public, or a list of them"),
    ("author", "the id of a member, or \"me\""),
    ("sort", "updatedAt, createdAt, title, or one of them with - before it for descending"),
    ("perPage", PageSize::ALLOWED),
    ("cursor", "the nextCursor of the previous page, with the same sort"),
    ("count", "\"exact\" or \"none\""),
];

const STATUSES: &[&str] = &["draft", "published", "archived"];

#[derive(Clone, Copy)]
pub(super) struct Status(&'static str);

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Status, D::Error> {
        input::one_of(input, STATUSES).map(Status)
    }
}

const VISIBILITIES: &[&str] = &["internal", "members", "public"];

#[derive(Clone, Copy)]
pub(super) struct Visibility(&'static str);

impl<'de> Deserialize<'de> for Visibility {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Visibility, D::Error> {
        input::one_of(input, VISIBILITIES).map(Visibility)
    }
}

const SORTS: &[&str] = &["updatedAt", "-updatedAt", "createdAt", "-createdAt", "title", "-title"];

#[derive(Clone, Copy)]
struct Sort(&'static str);

impl<'de> Deserialize<'de> for Sort {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Sort, D::Error> {
        input::one_of(input, SORTS).map(Sort)
    }
}

#[cfg(test)]
mod described {
    use super::*;

    describe_words!(Status, "ArticleStatus", STATUSES);
    describe_words!(Visibility, "ArticleVisibility", VISIBILITIES);
    describe_words!(Sort, "ArticleSort", SORTS);
}

#[cfg(test)]
pub(super) fn describe(api: &mut Api) {
    api.argument::<Filters>("list_articles", "p_filters");
    api.describe_keys("ArticleFilters", KEYS);
}

impl Sort {
    fn column(self) -> &'static str {
        match self.0.trim_start_matches('-') {
            "title" => "a.title_key",
            "createdAt" => "a.created_at",
            _ => "a.updated_at",
        }
    }

    fn is_by_title(self) -> bool {
        self.0.ends_with("title")
    }

    fn is_by_updated_at(self) -> bool {
        self.0.ends_with("updatedAt")
    }

    fn is_descending(self) -> bool {
        self.0.starts_with('-')
    }
}

/// The position of the sort key, which follows the columns of an article.
const TITLE_KEY: usize = 16;

/// The position after an article of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cursor {
    sort: String,
    /// The timestamp that the list is sorted by; unused if it is sorted by title.
    time: CursorTime,
    title: SortKey,
    id: Id,
}

impl Cursor {
    fn after(row: &Row, sort: Sort) -> Option<Cursor> {
        let time_column = if sort.is_by_updated_at() { UPDATED_AT } else { CREATED_AT };
        Some(Cursor {
            sort: sort.0.to_owned(),
            time: CursorTime(row.get(time_column)?),
            title: SortKey(row.get(TITLE_KEY)?),
            id: row.id(ID)?,
        })
    }

    fn decode(text: &str, sort: Sort) -> Result<Cursor> {
        let cursor: Cursor = paging::decode(text)?;
        paging::check_same_order(&cursor.sort, sort.0)?;
        Ok(cursor)
    }
}

/// One page of the articles of an organization that the caller may read.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn list_articles(
    p_org_id: Option<Uuid>,
    p_filters: default!(Option<JsonbText>, "'{}'"),
) -> Result<JsonText> {
    let org = required(p_org_id, "p_org_id")?;
    let filters: Filters =
        input::parse_filters("p_filters", JsonbText::or_empty("p_filters", &p_filters)?, KEYS)?;
    let reader = Reader::for_org(org)?;
    list(org, Caller::current()?.profile, reader, &filters)
}

fn list(org: Uuid, me: Option<Uuid>, reader: Reader, filters: &Filters) -> Result<JsonText> {
    let sort = filters.sort.unwrap_or(Sort("-updatedAt"));
    let size = filters.per_page.unwrap_or_default();
    let cursor = filters.cursor.as_deref().map(|text| Cursor::decode(text, sort)).transpose()?;
    let author = filters.author.and_then(|person| person.profile(me));
    let cursor = cursor.as_ref();
    let params: [DatumWithOid; 10] = [
        org.into(),
        filters.category.as_deref().map(str::trim).into(),
        filters.tag.as_deref().map(str::trim).into(),
        OneOrMany::values(&filters.status, |status| status.0).into(),
        OneOrMany::values(&filters.visibility, |visibility| visibility.0).into(),
        author.into(),
        cursor.map(|cursor| cursor.time.0).into(),
        cursor.map(|cursor| cursor.title.0.as_slice()).into(),
        cursor.map(|cursor| Uuid::from(cursor.id)).into(),
        reader.is_member.into(),
    ];
    let conditions = conditions(filters, reader);
    let planned = planned(filters);
    let sql = page_statement(&conditions, sort, cursor.is_some(), size);
    let rows = statement::read_assembled(&sql, planned).fetch_all(&params, |row| {
        let json = listed_article(row)?;
        Ok(Cursor::after(row, sort).map(|cursor| (json, cursor)))
    })?;
    let rows: Result<Vec<_>> = rows.into_iter().filter_map(Result::transpose).collect();
    let page = Page::new(rows?, size);
    let next_cursor = page.next_cursor(|(_, cursor)| Some(cursor.clone()))?;
    let total = match filters.count.unwrap_or_default() {
        Count::Exact => {
            let sql = format!("select count(*) from helpdesk.articles a where {conditions}");
            statement::read_assembled(&sql, planned).fetch_scalar::<i64>(&params)?
        }
        Count::None => None,
    };
    Ok(output::page(
        "articles",
        page.rows.into_iter().map(|(json, _)| json),
        json!({ "total": total, "perPage": size.get(), "nextCursor": next_cursor }),
    ))
}

/// A filter selects many articles or few, and the best index depends on how many.
fn planned(filters: &Filters) -> Planned {
    let Filters { category, tag, status, visibility, author, .. } = filters;
    match (category, tag, status, visibility, author) {
        (None, None, None, None, None) => Planned::Once,
        _ => Planned::EachTime,
    }
}

fn page_statement(conditions: &str, sort: Sort, has_cursor: bool, size: PageSize) -> String {
    let (direction, comparison) = if sort.is_descending() { ("desc", "<") } else { ("", ">") };
    let column = sort.column();
    let last = if sort.is_by_title() { "$8" } else { "$7" };
    let after = match has_cursor {
        true => format!(" and ({column}, a.id) {comparison} ({last}, $9)"),
        false => String::new(),
    };
    format!(
        "select {}, a.title_key
           from helpdesk.articles a join helpdesk.profiles p on p.id = a.author
          where {conditions}{after}
          order by {column} {direction}, a.id {direction} limit {}",
        article_columns("$10"),
        size.limit(),
    )
}

fn conditions(filters: &Filters, reader: Reader) -> String {
    let mut conditions = vec!["a.org_id = $1", reader.condition()];
    if filters.category.is_some() {
        conditions.push(
            "a.categories && array(
               with recursive tree as (
                 select c.id, c.name from helpdesk.categories c where c.org_id = $1 and c.name = $2
                 union
                 select c.id, c.name
                   from helpdesk.categories c join tree on c.org_id = $1 and c.parent_id = tree.id)
               select name from tree)",
        );
    }
    if filters.tag.is_some() {
        conditions.push("a.tags @> array[$3::text]");
    }
    if filters.status.is_some() {
        conditions.push("a.status = any ($4)");
    }
    if filters.visibility.is_some() {
        conditions.push("a.visibility = any ($5)");
    }
    if filters.author.is_some() {
        // Only members learn who wrote an article.
        conditions.push("a.author = $6 and $10");
    }
    conditions.join(" and ")
}

#[cfg(any(test, feature = "pg_test"))]
#[pg_schema]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SORTS: [&str; 6] =
        ["updatedAt", "-updatedAt", "createdAt", "-createdAt", "title", "-title"];

    #[pg_test]
    fn article_list_filters_are_read_or_refused_by_name() {
        input::tests::every_input_is_read_or_refused("p_filters", KEYS, |text| {
            input::parse_filters::<Filters>("p_filters", text, KEYS)
        });
    }

    #[pg_test]
    fn article_list_cursor_survives_its_round_trip() {
        // Microseconds from 4713 BC to AD 294276, as Postgres can store them.
        let micros = -200_000_000_000_000_000i64..9_000_000_000_000_000_000;
        let parts = (prop::sample::select(&SORTS[..]), micros, any::<Vec<u8>>(), any::<[u8; 16]>());
        proptest!(|((sort, micros, title, id) in parts, other in prop::sample::select(&SORTS[..]))| {
            let time = CursorTime::try_from(micros).unwrap();
            let id = Uuid::from_bytes(id).into();
            let cursor = Cursor { sort: sort.to_owned(), time, title: SortKey(title), id };
            let text = paging::encode(&cursor).unwrap();
            match Cursor::decode(&text, Sort(other)) {
                Ok(same) => {
                    prop_assert_eq!(same, cursor);
                    prop_assert_eq!(sort, other);
                }
                Err(refused) => {
                    prop_assert!(sort != other);
                    prop_assert!(refused.message().starts_with("p_filters.cursor: from a list sorted by"));
                }
            }
        });
    }

    #[pg_test]
    fn article_list_cursor_takes_no_garbage() {
        const ID: &str = "00000000-0000-0000-0000-000000000000";
        let sort = Sort("title");
        let cursor = |time: &str, title: &str, id: &str| {
            format!(r#"{{"sort":"title","time":{time},"title":{title},"id":"{id}"}}"#)
        };
        assert!(Cursor::decode(&cursor("1", "\"\"", ID), sort).is_ok());
        for near_miss in [
            cursor("1", "\"\"", "0000"),
            cursor("1.5", "\"\"", ID),
            cursor("1", "null", ID),
            cursor("1", "\"A1\"", ID),
            cursor("1", "\"a\"", ID),
            cursor("9223372036854775806", "\"\"", ID),
            cursor("9223372036854775808", "\"\"", ID),
            cursor("1", "\"\"", ID).replace('}', ",\"more\":1}"),
            cursor("1", "\"\"", ID) + "]",
            format!(r#"["title",1,"","{ID}"#),
        ] {
            let refused = Cursor::decode(&near_miss, sort).unwrap_err();
            assert_eq!(refused.message(), "p_filters.cursor: not a cursor", "{near_miss}");
        }
    }
}
