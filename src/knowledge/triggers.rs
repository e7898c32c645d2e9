//! The knowledge base: reading, publishing and rating articles; what happens whenever one is written.

use pgrx::Uuid;
use pgrx::datum::TimestampWithTimeZone;
use pgrx::prelude::*;

use crate::access::caller::Caller;
use crate::access::rights::check_staff;
use crate::platform::error::{self, Result};
use crate::platform::system_write::SystemWrite;
use crate::platform::trigger::{self, ColumnChange, TriggerResult, TriggerRow, TriggerRows, Tuple};
use crate::platform::{statement, transaction};

const MAX_TITLE: usize = 500;

const MAX_CONTENT: usize = 500_000;

/// Locked until the article is there to follow a new name, or to forget a deleted one.
const LOCK_CATEGORIES: &str = "
    select c.name from helpdesk.categories c where c.org_id = $1 and c.name = any ($2) for share";

const RECORD_VERSION: &str = "
    insert into helpdesk.article_versions (org_id, article_id, version, title, content, created_at, created_by)
    values ($1, $2, $3, $4, $5, $6, $7)";

const FIXED: &[&str] = &["org_id", "id", "author", "created_at"];

/// What only the system changes.
const SYSTEM: &[&str] = &["version", "updated_at", "published_at"];

const COUNTS: &[&str] = &["helpful_count", "unhelpful_count"];

/// What makes a version when it changes.
const TRACKED: &[&str] = &["title", "content", "categories", "tags", "visibility", "status"];

/// Trigger on articles, named as in the original schema: versions, what the system sets, checks.
#[pg_trigger(sql = "
    create function helpdesk.update_article_version() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn update_article_version<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, complete)
}

fn complete(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let org: Uuid = new.required("org_id")?;
    let changes = match &rows.old {
        None => {
            // Before anything is looked up: row security would refuse too, but only after it.
            check_staff(org)?;
            begin(&new, org)?
        }
        Some(old) => revise(old, &new, org)?,
    };
    Ok(Some(new.with_changes(changes)?))
}

/// What the system fills into a new article.
fn begin(new: &TriggerRow, org: Uuid) -> Result<Vec<ColumnChange>> {
    check_texts(new, TRACKED)?;
    let mut changes = checked_words(new, org, TRACKED)?;
    changes.push(ColumnChange::new("version", 1));
    for column in COUNTS {
        changes.push(ColumnChange::new(column, 0));
    }
    changes.extend(published_at(new)?);
    Ok(changes)
}

/// What the system fills into a changed article.
fn revise(old: &TriggerRow, new: &TriggerRow, org: Uuid) -> Result<Vec<ColumnChange>> {
    let is_system = SystemWrite::current() == Some(SystemWrite::Derived);
    let counts = if is_system { &[] } else { COUNTS };
    new.check_unchanged(
        old,
        FIXED.iter().chain(SYSTEM).chain(counts),
        "title, content, categories, tags, visibility and status can; the system sets the rest.",
    )?;
    if is_system {
        return Ok(Vec::new());
    }
    let mut written = Vec::new();
    for column in TRACKED {
        if !new.same_image(old, column)? {
            written.push(*column);
        }
    }
    check_texts(new, &written)?;
    let mut changes = checked_words(new, org, &written)?;
    if !is_changed(old, new, &written)? {
        return Ok(changes);
    }
    if written.contains(&"status") {
        changes.extend(published_at(new)?);
    }
    let now = transaction::transaction_start();
    let before: TimestampWithTimeZone = old.required("updated_at")?;
    changes.push(ColumnChange::new("updated_at", now.max(before)));
    changes.push(ColumnChange::new("version", old.required::<i32>("version")? + 1));
    Ok(changes)
}

/// Whether what was written says something else than before, white space and repeated words aside.
fn is_changed(old: &TriggerRow, new: &TriggerRow, written: &[&'static str]) -> Result<bool> {
    for column in written {
        let is_same = match *column {
            "title" => {
                new.get::<&str>(column)?.map(str::trim) == old.get::<&str>(column)?.map(str::trim)
            }
            "tags" | "categories" => words(new, column)? == words(old, column)?,
            _ => new.get::<&str>(column)? == old.get::<&str>(column)?,
        };
        if !is_same {
            return Ok(true);
        }
    }
    Ok(false)
}

fn published_at(new: &TriggerRow) -> Result<Option<ColumnChange>> {
    let is_published = new.get::<&str>("status")? == Some("published");
    // An import says itself when it was.
    let imported: Option<TimestampWithTimeZone> = new.get("published_at")?;
    let created: Option<TimestampWithTimeZone> = new.get("created_at")?;
    let now = transaction::transaction_start();
    let moment = if created < Some(now) { imported.unwrap_or(now) } else { now };
    Ok(is_published.then(|| ColumnChange::new("published_at", moment)))
}

/// The checks of the table, as errors that say what is allowed.
fn check_texts(new: &TriggerRow, changed: &[&str]) -> Result<()> {
    for (column, max, hint) in [
        ("title", MAX_TITLE, "1 to 500 characters, not only white space."),
        ("content", MAX_CONTENT, "1 to 500,000 characters, not only white space."),
    ] {
        if changed.contains(&column)
            && let Some(text) = new.get::<&str>(column)?
            && (text.trim().is_empty() || text.trim().chars().count() > max)
        {
            return Err(error::bad(column, "blank or too long", hint));
        }
    }
    for (column, words, hint) in [
        ("visibility", ["internal", "members", "public"], "internal, members or public."),
        ("status", ["draft", "published", "archived"], "draft, published or archived."),
    ] {
        if changed.contains(&column)
            && let Some(word) = new.get::<&str>(column)?
            && !words.contains(&word)
        {
            return Err(error::bad(column, "not one of the allowed", hint));
        }
    }
    Ok(())
}

/// The title trimmed, categories that exist, tags that say something; each word once.
fn checked_words(new: &TriggerRow, org: Uuid, changed: &[&str]) -> Result<Vec<ColumnChange>> {
    let mut changes = Vec::new();
    if let Some(title) = new.get::<&str>("title")?
        && title.trim().len() != title.len()
    {
        changes.push(ColumnChange::new("title", title.trim()));
    }
    if changed.contains(&"tags") {
        changes.push(ColumnChange::new("tags", words(new, "tags")?));
    }
    if changed.contains(&"categories") {
        let names = words(new, "categories")?;
        let known = if names.is_empty() {
            Vec::new()
        } else {
            statement::write(LOCK_CATEGORIES)
                .fetch_all(&[org.into(), names.clone().into()], |row| {
                    row.get::<String>(1).unwrap_or_default()
                })?
        };
        if let Some(unknown) = names.iter().find(|name| !known.contains(name)) {
            return Err(error::bad(
                "categories",
                format!("the organization has no category {unknown:?}"),
                "list_categories(org) lists them; create it first.",
            ));
        }
        changes.push(ColumnChange::new("categories", names));
    }
    Ok(changes)
}

fn words(new: &TriggerRow, column: &'static str) -> Result<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    for word in new.required::<Vec<Option<String>>>(column)? {
        let word = word.as_deref().map(str::trim).unwrap_or_default().to_owned();
        if word.is_empty() || word.chars().count() > 200 {
            return Err(error::bad(
                column,
                "blank, null or too long",
                "Words of 1 to 200 characters.",
            ));
        }
        if !words.contains(&word) {
            words.push(word);
        }
    }
    Ok(words)
}

/// Trigger on articles: keeps title and content of each version.
#[pg_trigger(sql = "
    create function helpdesk.articles_record_version() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn articles_record_version<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, record)
}

fn record(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let moment = match &rows.old {
        None => "created_at",
        Some(old) if !new.same_image(old, "version")? => "updated_at",
        Some(_) => return Ok(None),
    };
    statement::write(RECORD_VERSION).execute(&[
        new.arg("org_id")?,
        new.arg("id")?,
        new.arg("version")?,
        new.arg("title")?,
        new.arg("content")?,
        new.arg(moment)?,
        Caller::current()?.profile.into(),
    ])?;
    Ok(None)
}
