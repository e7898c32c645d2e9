//! What the live catalog says about security, and where it differs from what this release shipped.

use pgrx::iter::TableIterator;
use pgrx::prelude::*;

use crate::platform::error::Result;
use crate::platform::statement;

/// What security_state() returned on a fresh installation of this release.
const BASELINE: &str = include_str!("../../sql/security_baseline.txt");

const STATE: &str = include_str!("../../sql/queries/security_state.sql");
const REPORT: &str = include_str!("../../sql/queries/security_report.sql");

/// Everything the catalog says about rights on helpdesk's objects, as text that can be compared.
#[pg_extern(stable, parallel_safe)]
#[search_path(pg_catalog, pg_temp)]
fn security_state()
-> Result<TableIterator<'static, (name!(object, Option<String>), name!(fact, Option<String>))>> {
    Ok(TableIterator::new(statement::read(STATE).fetch_all(&[], |row| (row.get(1), row.get(2)))?))
}

/// One row per finding: where the live catalog is less safe than what was shipped. Empty when all is well.
#[pg_extern(stable, parallel_safe)]
#[search_path(pg_catalog, pg_temp)]
#[allow(clippy::type_complexity)] // pgrx reads the columns from the signature.
fn security_report() -> Result<
    TableIterator<
        'static,
        (
            name!(object, Option<String>),
            name!(finding, Option<String>),
            name!(remedy, Option<String>),
        ),
    >,
> {
    let rows = statement::read(REPORT)
        .fetch_all(&[BASELINE.into()], |row| (row.get(1), row.get(2), row.get(3)))?;
    Ok(TableIterator::new(rows))
}
