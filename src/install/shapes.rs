//! Which version tables have whose row of schema_version is missing, as after `pg_dump -s`.

use std::collections::HashSet;

use crate::platform::error::{self, Result};
use crate::platform::statement;

/// The columns of the tables, newest first, each with the first version that had them. The step of
/// a version that changes none may run twice. `make shape` writes the newest.
const SHAPES: &[(i32, &str)] = &[(1, include_str!("../../sql/shapes/1.txt"))];

const COLUMNS: &str = include_str!("../../sql/queries/shape.sql");

/// Errors if a table that exists has lost a column, as DROP EXTENSION CASCADE drops those whose
/// type is ours. Its values are gone, so only a dump can bring them back.
pub(super) fn check_columns() -> Result<()> {
    let found = existing_columns()?;
    // A line is `table.column type`, and the type may have been changed.
    let column_of = |line: &'static str| line.split(' ').next().unwrap_or_default();
    let columns: HashSet<&str> = found.iter().filter_map(|line| line.split(' ').next()).collect();
    let tables: HashSet<&str> = found.iter().filter_map(|line| line.split('.').next()).collect();
    let (_, shape) = SHAPES[0];
    let is_lost = |column: &&str| {
        !columns.contains(column) && column.split('.').next().is_some_and(|t| tables.contains(t))
    };
    match shape.lines().map(column_of).find(is_lost) {
        None => Ok(()),
        Some(column) => Err(error::wrong_state(
            "lost_column",
            format!("the column {column} of helpdesk is gone, with its values"),
            "Restore a dump. DROP EXTENSION helpdesk CASCADE drops the columns whose types are its own.",
        )),
    }
}

fn existing_columns() -> Result<HashSet<String>> {
    let found = statement::write(COLUMNS).fetch_all(&[], |row| row.get::<String>(1))?;
    Ok(found.into_iter().flatten().collect())
}

/// The first version with the newest columns that all exist. There may be others, which the user
/// has added.
pub(super) fn recognize_version() -> Result<i32> {
    let found = existing_columns()?;
    let missing = |shape: &'static str| shape.lines().find(|line| !found.contains(*line));
    let mut first_missing = None;
    for (version, shape) in SHAPES {
        match missing(shape) {
            None => return Ok(*version),
            Some(column) => first_missing = first_missing.or(Some(column)),
        }
    }
    Err(error::wrong_state(
        "wrong_schema_version",
        format!(
            "helpdesk.schema_version is empty, and the tables are those of no release: {} is missing",
            first_missing.unwrap_or("every column")
        ),
        "Restore all tables of a dump, with or without their rows.",
    ))
}
