//! list_articles: one page of articles, filtered and sorted. The statement is put together from constants; what the caller sent is
//! bound.

use pgrx::Uuid;
use pgrx::datum::{DatumWithOid, TimestampWithTimeZone};
use pgrx::prelude::*;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;

use super::access::Reader;
use super::articles::article_fields;
use crate::access::caller::Caller;
use crate::platform::datum::{JsonText, JsonbText};
use crate::platform::error::{self, Result, required};
use crate::platform::json::id::Id;
use crate::platform::json::input::{self, OneOrMany, non_null};
use crate::platform::json::output;
use crate::platform::paging::{self, Count, PageSize};
use crate::platform::statement;
use crate::tickets::list::filters::Person;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Filters {
    #[serde(default, deserialize_with = "non_null")]
    category: Option<String>,
    #[serde(default, deserialize_with = "non_null")]
    tag: Option<String>,
    #[serde(default, deserialize_with = "non_null")]
    status: Option<OneOrMany<Status>>,
    #[serde(default, deserialize_with = "non_null")]
    visibility: Option<OneOrMany<Visibility>>,
    #[serde(default, deserialize_with = "non_null")]
    author: Option<Person>,
    #[serde(default, deserialize_with = "non_null")]
    sort: Option<Sort>,
    #[serde(default, deserialize_with = "non_null")]
    per_page: Option<PageSize>,
    #[serde(default, deserialize_with = "non_null")]
    cursor: Option<String>,
    #[serde(default, deserialize_with = "non_null")]
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
    ("cursor", "nextCursor of a page in the same order"),
    ("count", "\"exact\" or \"none\""),
];

#[derive(Clone, Copy)]
struct Status(&'static str);

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Status, D::Error> {
        input::one_of(input, &["draft", "published", "archived"]).map(Status)
    }
}

#[derive(Clone, Copy)]
struct Visibility(&'static str);

impl<'de> Deserialize<'de> for Visibility {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Visibility, D::Error> {
        input::one_of(input, &["internal", "members", "public"]).map(Visibility)
    }
}

#[derive(Clone, Copy)]
struct Sort(&'static str);

impl<'de> Deserialize<'de> for Sort {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Sort, D::Error> {
        input::one_of(
            input,
            &["updatedAt", "-updatedAt", "createdAt", "-createdAt", "title", "-title"],
        )
        .map(Sort)
    }
}

impl Sort {
    fn column(self) -> &'static str {
        match self.0.trim_start_matches('-') {
            "title" => "a.title collate \"C\"",
            "createdAt" => "a.created_at",
            _ => "a.updated_at",
        }
    }

    fn is_descending(self) -> bool {
        self.0.starts_with('-')
    }
}

/// The last article of a page: in which order, what it is sorted by (microseconds since 2000, or the title), and which it is.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Cursor(String, i64, String, Id);

/// One page of the articles of an organization that the caller may read.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn list_articles(
    p_org_id: Option<Uuid>,
    p_filters: default!(Option<JsonbText>, "'{}'"),
) -> Result<JsonText> {
    let org = required(p_org_id, "p_org_id")?;
    let text = p_filters.as_ref().map_or("{}", |filters| &filters.0);
    let filters: Filters = input::parse("p_filters", text, KEYS)?;
    let reader = Reader::of(org)?;
    list(org, Caller::current()?.profile, reader, &filters)
}

fn list(org: Uuid, me: Option<Uuid>, reader: Reader, filters: &Filters) -> Result<JsonText> {
    let sort = filters.sort.unwrap_or(Sort("-updatedAt"));
    let per_page = filters.per_page.unwrap_or_default().get();
    let cursor = filters.cursor.as_deref().map(|text| decode(text, sort)).transpose()?;
    let author = match filters.author {
        Some(Person::Member(id)) => Some(id.into()),
        _ => me,
    };
    let moment = match &cursor {
        Some(Cursor(_, micros, ..)) => TimestampWithTimeZone::try_from(*micros).ok(),
        None => None,
    };
    let args: Vec<DatumWithOid> = vec![
        org.into(),
        filters.category.as_deref().map(str::trim).into(),
        filters.tag.as_deref().map(str::trim).into(),
        OneOrMany::values(&filters.status, |status| status.0).into(),
        OneOrMany::values(&filters.visibility, |visibility| visibility.0).into(),
        author.into(),
        moment.into(),
        cursor.as_ref().map(|Cursor(_, _, title, _)| title.as_str()).into(),
        cursor.as_ref().map(|Cursor(.., id)| Uuid::from(*id)).into(),
        reader.is_member.into(),
    ];
    let conditions = conditions(filters, reader);
    let (direction, comparison) = if sort.is_descending() { ("desc", "<") } else { ("", ">") };
    let column = sort.column();
    let after = match &cursor {
        None => String::new(),
        Some(_) if column.starts_with("a.title") => {
            format!(" and (a.title collate \"C\", a.id) {comparison} ($8, $9)")
        }
        Some(_) => format!(" and ({column}, a.id) {comparison} ($7, $9)"),
    };
    let statement = format!(
        "select json_build_object({}), a.id, {}, a.title
           from helpdesk.articles a join helpdesk.profiles p on p.id = a.author
          where {conditions}{after}
          order by {column} {direction}, a.id {direction} limit {}",
        &article_fields("$10"),
        if column.starts_with("a.title") { "a.created_at" } else { column },
        per_page + 1,
    );
    let mut rows = statement::read_assembled(&statement).fetch_all(&args, |row| {
        let json: JsonText = row.get(1)?;
        let moment: TimestampWithTimeZone = row.get(3)?;
        let cursor = Cursor(sort.0.to_owned(), moment.into_inner(), row.get(4)?, row.id(2)?);
        Some((json, cursor))
    })?;
    let has_more = rows.len() as i64 > per_page;
    rows.truncate(per_page as usize);
    let next_cursor = match rows.last() {
        Some(Some((_, cursor))) if has_more => serde_json::to_string(cursor).ok(),
        _ => None,
    };
    let total = match filters.count.unwrap_or(Count::Exact) {
        Count::None => None,
        Count::Exact => {
            let statement = format!("select count(*) from helpdesk.articles a where {conditions}");
            statement::read_assembled(&statement)
                .fetch_optional(&args, |row| row.get::<i64>(1))?
                .flatten()
        }
    };
    Ok(output::page(
        "articles",
        rows.into_iter().flatten().map(|(json, _)| json),
        json!({ "total": total, "perPage": per_page, "nextCursor": next_cursor }),
    ))
}

fn conditions(filters: &Filters, reader: Reader) -> String {
    let mut conditions = vec!["a.org_id = $1", reader.condition()];
    if filters.category.is_some() {
        conditions.push(
            "a.categories && array(
               with recursive tree as (
                 select c.id, c.name from helpdesk.categories c where c.org_id = $1 and c.name = $2
                 union
                 select c.id, c.name from helpdesk.categories c join tree on c.org_id = $1 and c.parent_id = tree.id)
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
        // Who wrote an article is for members to know.
        conditions.push("a.author = $6 and $10");
    }
    conditions.join(" and ")
}

fn decode(text: &str, sort: Sort) -> Result<Cursor> {
    let cursor = serde_json::from_str::<Cursor>(text)
        .ok()
        .filter(|Cursor(_, micros, ..)| TimestampWithTimeZone::try_from(*micros).is_ok())
        .ok_or_else(paging::malformed_cursor)?;
    if cursor.0 != sort.0 {
        return Err(error::bad(
            "p_filters.cursor",
            "made by another sort",
            "Keep sort the same from page to page, or begin at the first page.",
        ));
    }
    Ok(cursor)
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
            input::parse::<Filters>("p_filters", text, KEYS)
        });
    }

    #[pg_test]
    fn article_list_cursor_means_the_same_after_its_way_to_the_client_and_back() {
        // Microseconds from 4713 before to 294276 after, as Postgres can store them, and some beyond.
        let micros = -220_000_000_000_000_000..9_223_372_036_854_775_807_i64;
        let parts = (prop::sample::select(&SORTS[..]), micros, ".{0,40}", any::<[u8; 16]>());
        proptest!(|((sort, micros, title, id) in parts, other in prop::sample::select(&SORTS[..]))| {
            let cursor = Cursor(sort.to_owned(), micros, title, Uuid::from_bytes(id).into());
            let text = serde_json::to_string(&cursor).unwrap();
            match decode(&text, Sort(other)) {
                Ok(same) => {
                    prop_assert_eq!(same, cursor);
                    prop_assert_eq!(sort, other);
                    prop_assert!(TimestampWithTimeZone::try_from(micros).is_ok());
                }
                Err(_) => prop_assert!(sort != other || TimestampWithTimeZone::try_from(micros).is_err()),
            }
        });
    }

    #[pg_test]
    fn article_list_cursor_takes_no_garbage() {
        let sort = Sort("title");
        proptest!(|(text in r#".{0,80}|\["-?[a-zA-Z]{0,9}",-?[0-9]{0,20},"[^"]{0,9}","[0-9a-f-]{0,40}"\]"#)| {
            match decode(&text, sort) {
                Ok(cursor) => {
                    let again = serde_json::to_string(&cursor).unwrap();
                    prop_assert_eq!(decode(&again, sort).ok(), Some(cursor));
                }
                Err(refused) => {
                    prop_assert!(refused.message().starts_with("p_filters.cursor"));
                    prop_assert!(refused.hint().is_some());
                }
            }
        });
        const ID: &str = "00000000-0000-0000-0000-000000000000";
        assert!(decode(&format!(r#"["title",1,"","{ID}"]"#), sort).is_ok());
        for near_miss in [
            r#"["title",1,""]"#.to_owned(),
            r#"["title",1,"","0000"]"#.to_owned(),
            format!(r#"["title",1,"","{ID}",1]"#),
            format!(r#"["title",1,"","{ID}"]]"#),
            format!(r#"["title",1.5,"","{ID}"]"#),
            format!(r#"["title",9223372036854775806,"","{ID}"]"#),
            format!(r#"["title",9223372036854775808,"","{ID}"]"#),
            format!(r#"["title",1,null,"{ID}"]"#),
            format!(r#"{{"0":"title","1":1,"2":"","3":"{ID}"}}"#),
        ] {
            let refused = decode(&near_miss, sort).unwrap_err();
            assert_eq!(refused.message(), "p_filters.cursor: not a cursor", "{near_miss}");
        }
    }
}
