//! install(): makes the tables. They are the user's, not the extension's, so that pg_dump dumps them whole and DROP EXTENSION
//! cannot take them along silently. migrate(): brings tables of an older release up to date.

use std::cell::Cell;

use pgrx::prelude::*;

use super::error::{self, Result};
use super::{statement, transaction};

/// The shape of the tables that this code was written for.
pub const SCHEMA_VERSION: i32 = 1;

pub const INSTALLED: &str = "select pg_catalog.to_regclass('helpdesk.schema_version') is not null";

const VERSION: &str = "select pg_catalog.max(version) from helpdesk.schema_version";

thread_local! {
    static VERSION_IS_RIGHT: Cell<bool> = const { Cell::new(false) };
    /// The transaction that noticed last that a table was changed. It may see how it was before.
    static CHANGE_NOTICED_IN: Cell<Option<pg_sys::LocalTransactionId>> = const { Cell::new(None) };
}

/// Asks for the version again once the definition of any table has changed, as migrate() in another session does.
pub fn register_invalidation() {
    unsafe extern "C-unwind" fn forget(_: pg_sys::Datum, _: pg_sys::Oid) {
        VERSION_IS_RIGHT.set(false);
        CHANGE_NOTICED_IN.set(Some(transaction::local_xid()));
    }
    // SAFETY: `forget` lives as long as the backend, and calls nothing of Postgres.
    unsafe { pg_sys::CacheRegisterRelcacheCallback(Some(forget), pg_sys::Datum::from(0)) }
}

/// An error unless the tables are there and have the shape this code was written for.
pub fn check_schema_version() -> Result<()> {
    if VERSION_IS_RIGHT.get() {
        return Ok(());
    }
    if !ask(INSTALLED)? {
        return Err(not_installed());
    }
    let version = installed_version()?;
    if version != Some(SCHEMA_VERSION) {
        return Err(wrong_version(version));
    }
    VERSION_IS_RIGHT.set(CHANGE_NOTICED_IN.get() != Some(transaction::local_xid()));
    Ok(())
}

pub fn not_installed() -> pgrx::pg_sys::panic::ErrorReport {
    error::wrong_state(
        "the tables of helpdesk are not in this database",
        "As a superuser, run: SELECT helpdesk.install()",
    )
}

pub fn wrong_version(version: Option<i32>) -> pgrx::pg_sys::panic::ErrorReport {
    let found = version.map_or("an unknown version".to_owned(), |v| format!("version {v}"));
    error::wrong_state(
        format!(
            "the tables of helpdesk are of {found}, this release needs version {SCHEMA_VERSION}"
        ),
        "As a superuser, run: SELECT helpdesk.migrate(). If they are newer than this release, install the newer release.",
    )
}

pub fn installed_version() -> Result<Option<i32>> {
    Ok(statement::write(VERSION).fetch_optional(&[], |row| row.get(1))?.flatten())
}

/// The answer of a yes-or-no query.
pub fn ask(query: &'static str) -> Result<bool> {
    Ok(statement::write(query).fetch_optional(&[], |row| row.get(1))?.flatten() == Some(true))
}
