//! Which version tables have whose row of schema_version is missing, as after `pg_dump -s`.

use std::collections::HashSet;

use crate::platform::error::{self, Result};
use crate::platform::statement;

/// The columns of each version of the tables, newest first. `make shape` writes the newest.
const SHAPES: &[(i32, &str)] = &[(1, include_str!("../../sql/shapes/1.txt"))];

const COLUMNS: &str = include_str!("../../sql/queries/shape.sql");

/// The newest version whose columns all exist. There may be others, which the user has added.
pub(super) fn recognize_version() -> Result<i32> {
    let found = statement::write(COLUMNS).fetch_all(&[], |row| row.get::<String>(1))?;
    let found: HashSet<String> = found.into_iter().flatten().collect();
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
