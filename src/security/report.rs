//! The security state of the live catalog, and where it is weaker than the baseline.

use pgrx::iter::TableIterator;
use pgrx::prelude::*;

use crate::platform::error::Result;
use crate::platform::statement;
use crate::platform::versions::Versions;

/// What security_state() returns on a fresh installation of this release.
const BASELINE: &str = include_str!("../../sql/security_baseline.txt");

const STATE: &str = include_str!("../../sql/queries/security_state.sql");
const REPORT: &str = include_str!("../../sql/queries/security_report.sql");

/// Privileges, policies, triggers, functions and roles of helpdesk, as text that can be compared.
#[pg_extern(stable, parallel_safe)]
#[search_path(pg_catalog, pg_temp)]
fn security_state()
-> Result<TableIterator<'static, (name!(object, Option<String>), name!(fact, Option<String>))>> {
    Ok(TableIterator::new(statement::read(STATE).fetch_all(&[], |row| (row.get(1), row.get(2)))?))
}

/// One row for each weakness that the baseline does not have; no rows if there is none.
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
    let mut rows = statement::read(REPORT)
        .fetch_all(&[BASELINE.into()], |row| (row.get(1), row.get(2), row.get(3)))?;
    let versions = Versions::read()?;
    if let Some(remedy) = versions.remedy() {
        // The rest of the report compares with what another release ships.
        rows.insert(0, (Some("versions".to_owned()), Some(versions.to_string()), Some(remedy)));
    }
    Ok(TableIterator::new(rows))
}
