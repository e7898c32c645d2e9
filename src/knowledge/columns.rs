//! The columns of an article that users write: what they may contain, and what counts as a change.

use pgrx::Uuid;

use crate::platform::error::{self, Result};
use crate::platform::statement;
use crate::platform::text::check_text;
use crate::platform::trigger::{ColumnChange, TriggerRow};

const MAX_TITLE: usize = 500;

const MAX_CONTENT: usize = 500_000;

/// The most tags or categories of an article, as the constraints have it.
const MAX_NAMES: usize = 50;

/// The longest tag or name of a category.
const MAX_NAME: usize = 200;

/// Locked until the transaction ends, so that renaming or deleting a category finds this article.
const LOCK_CATEGORIES: &str = "
    select c.name from helpdesk.categories c
     where c.org_id = $1 and c.name = any ($2) order by c.id for share";

/// The columns that users write. A change of any of them is a new version.
pub(super) const TRACKED_COLUMNS: &[&str] =
    &["title", "content", "categories", "tags", "visibility", "status"];

/// The constraints of the table, with errors that name what is allowed.
pub(super) fn check_columns(new: &TriggerRow, written: &[&str]) -> Result<()> {
    for (column, max) in [("title", MAX_TITLE), ("content", MAX_CONTENT)] {
        if written.contains(&column)
            && let Some(text) = new.text(column)?
        {
            check_text(column, text.trim(), max)?;
        }
    }
    for (column, allowed, hint) in [
        ("visibility", ["internal", "members", "public"], "internal, members or public."),
        ("status", ["draft", "published", "archived"], "draft, published or archived."),
    ] {
        if written.contains(&column)
            && let Some(value) = new.text(column)?
            && !allowed.contains(&value)
        {
            return Err(error::invalid("invalid_value", column, "not an allowed value", hint));
        }
    }
    Ok(())
}

/// Trims the title, the tags and the names of the categories, and removes duplicates. Errors if a
/// category does not exist.
pub(super) fn normalize_columns(
    new: &TriggerRow,
    org: Uuid,
    written: &[&str],
) -> Result<Vec<ColumnChange>> {
    let mut changes = Vec::new();
    if let Some(title) = new.text("title")?
        && title.trim().len() != title.len()
    {
        changes.push(ColumnChange::new("title", title.trim()));
    }
    if written.contains(&"tags") {
        changes.push(ColumnChange::new("tags", distinct_names(new, "tags")?));
    }
    if written.contains(&"categories") {
        let names = distinct_names(new, "categories")?;
        lock_categories(org, &names)?;
        changes.push(ColumnChange::new("categories", names));
    }
    Ok(changes)
}

fn lock_categories(org: Uuid, names: &[String]) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let existing = statement::write(LOCK_CATEGORIES)
        .fetch_all(&[org.into(), names.to_vec().into()], |row| row.get::<String>(1))?;
    match names.iter().find(|name| !existing.iter().flatten().any(|known| known == *name)) {
        Some(unknown) => Err(error::invalid(
            "no_such_category",
            "categories",
            format!("the organization has no category {unknown:?}"),
            "list_categories(p_org_id) lists its categories; create this one first.",
        )),
        None => Ok(()),
    }
}

/// Whether a write changes the article: white space around names and repeated names do not count.
pub(super) fn is_changed(
    old: &TriggerRow,
    new: &TriggerRow,
    written: &[&'static str],
) -> Result<bool> {
    for column in written {
        let is_same = match *column {
            "title" => new.text(column)?.map(str::trim) == old.text(column)?.map(str::trim),
            "tags" | "categories" => distinct_names(new, column)? == distinct_names(old, column)?,
            _ => new.text(column)? == old.text(column)?,
        };
        if !is_same {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The names in an array, trimmed, each once. Errors as soon as there are too many.
fn distinct_names(row: &TriggerRow, column: &'static str) -> Result<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for name in row.texts(column)?.iter() {
        pgrx::check_for_interrupts!();
        let name = name.map(str::trim).unwrap_or_default();
        check_text(column, name, MAX_NAME)?;
        if names.iter().any(|known| known == name) {
            continue;
        }
        if names.len() == MAX_NAMES {
            let allowed = format!("Up to {MAX_NAMES} different names.");
            return Err(error::invalid("too_long", column, "too many names", allowed));
        }
        names.push(name.to_owned());
    }
    Ok(names)
}
