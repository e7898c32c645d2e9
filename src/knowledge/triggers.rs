//! Triggers on articles: what the system fills in, and the versions.

use pgrx::Uuid;
use pgrx::datum::TimestampWithTimeZone;
use pgrx::prelude::*;

use super::columns::{TRACKED_COLUMNS, check_columns, is_changed, normalize_columns};
use crate::access::authors::check_author;
use crate::access::caller::Caller;
use crate::access::rights::check_staff;
use crate::fulltext::sorting::title_key;
use crate::platform::error::Result;
use crate::platform::system_write::SystemWrite;
use crate::platform::trigger::{self, ColumnChange, TriggerResult, TriggerRow, TriggerRows, Tuple};
use crate::platform::{statement, transaction};

const INSERT_VERSION: &str = "
    insert into helpdesk.article_versions
           (org_id, article_id, version, title, content, created_at, created_by)
    values ($1, $2, $3, $4, $5, $6, $7)";

const IMMUTABLE_COLUMNS: &[&str] = &["org_id", "id", "author", "created_at"];

const SYSTEM_COLUMNS: &[&str] = &["version", "published_at"];

const WRITABLE: &str = "You can change title, content, categories, tags, visibility and status.";

/// Changed only together with the feedback that they count.
const COUNT_COLUMNS: &[&str] = &["helpful_count", "unhelpful_count"];

/// Changed only together with the title or the language of the organization.
const SORT_COLUMN: &str = "title_key";

/// Trigger on articles, named as in the original schema: checks a write, and fills in the columns
/// that the system sets.
#[pg_trigger(sql = "
    create function helpdesk.update_article_version() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn update_article_version<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, before_write)
}

fn before_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let org: Uuid = new.required("org_id")?;
    let changes = match &rows.old {
        None => before_insert(&new, org)?,
        Some(old) => before_update(old, &new, org)?,
    };
    Ok(Some(new.with_changes(changes)?))
}

fn before_insert(new: &TriggerRow, org: Uuid) -> Result<Vec<ColumnChange>> {
    // Row security also refuses others, but only after the checks below, which must not reveal
    // anything to them.
    check_staff("org_id", org)?;
    check_author(new, "author")?;
    check_columns(new, TRACKED_COLUMNS)?;
    let mut changes = normalize_columns(new, org, TRACKED_COLUMNS)?;
    changes.push(ColumnChange::new("version", 1));
    for column in COUNT_COLUMNS {
        changes.push(ColumnChange::new(column, 0));
    }
    changes.extend(change_published_at(new, transaction::transaction_start())?);
    changes.push(change_title_key(new, org)?);
    Ok(changes)
}

fn before_update(old: &TriggerRow, new: &TriggerRow, org: Uuid) -> Result<Vec<ColumnChange>> {
    let is_system = SystemWrite::current() == Some(SystemWrite::Derived);
    let derived: &[_] = if is_system { &[] } else { &[COUNT_COLUMNS, &[SORT_COLUMN]] };
    new.check_unchanged(
        old,
        IMMUTABLE_COLUMNS.iter().chain(SYSTEM_COLUMNS).chain(derived.iter().copied().flatten()),
        WRITABLE,
    )?;
    let before: TimestampWithTimeZone = old.required("updated_at")?;
    let now = transaction::transaction_start();
    // A trigger that stamps each UPDATE, such as moddatetime, is overruled. Users are refused.
    if new.required::<TimestampWithTimeZone>("updated_at")? < now {
        new.check_unchanged(old, &["updated_at"], WRITABLE)?;
    }
    let unchanged = vec![ColumnChange::new("updated_at", before)];
    if is_system {
        return Ok(unchanged);
    }
    let mut written = Vec::new();
    for column in TRACKED_COLUMNS {
        if !new.same_image(old, column)? {
            written.push(*column);
        }
    }
    check_columns(new, &written)?;
    let mut changes = normalize_columns(new, org, &written)?;
    if !is_changed(old, new, &written)? {
        changes.extend(unchanged);
        return Ok(changes);
    }
    // A transaction that waited for this article may have started before the change it waited for.
    let now = now.max(before);
    if written.contains(&"status") {
        changes.extend(change_published_at(new, now)?);
    }
    if written.contains(&"title") {
        changes.push(change_title_key(new, org)?);
    }
    changes.push(ColumnChange::new("updated_at", now));
    changes.push(ColumnChange::new("version", old.required::<i32>("version")? + 1));
    Ok(changes)
}

fn change_title_key(new: &TriggerRow, org: Uuid) -> Result<ColumnChange> {
    let title: Option<&str> = new.get("title")?;
    Ok(ColumnChange::new(SORT_COLUMN, title_key(org, title.unwrap_or_default().trim())?))
}

/// The time of publication of an article that is published. An import may set its own.
fn change_published_at(
    new: &TriggerRow,
    now: TimestampWithTimeZone,
) -> Result<Option<ColumnChange>> {
    if new.text("status")? != Some("published") {
        return Ok(None);
    }
    let imported: Option<TimestampWithTimeZone> = new.get("published_at")?;
    let created: Option<TimestampWithTimeZone> = new.get("created_at")?;
    let time = if created < Some(now) { imported.unwrap_or(now) } else { now };
    Ok(Some(ColumnChange::new("published_at", time)))
}

/// Trigger on articles: keeps title and content of each version.
#[pg_trigger(sql = "
    create function helpdesk.articles_record_version() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn articles_record_version<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, after_write)
}

fn after_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let time_column = match &rows.old {
        None => "created_at",
        Some(old) if !new.same_image(old, "version")? => "updated_at",
        Some(_) => return Ok(None),
    };
    statement::write(INSERT_VERSION).execute(&[
        new.arg("org_id")?,
        new.arg("id")?,
        new.arg("version")?,
        new.arg("title")?,
        new.arg("content")?,
        new.arg(time_column)?,
        Caller::current()?.profile.into(),
    ])?;
    Ok(None)
}
