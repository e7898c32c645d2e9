//! Checks that the tables have the version that this library was built for.

use std::cell::Cell;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::error::{self, Result};
use super::{statement, transaction};

/// The version of the tables that this library was built for.
pub const SCHEMA_VERSION: i32 = 1;

const IS_INSTALLED: &str = "select pg_catalog.to_regclass('helpdesk.schema_version') is not null";

const VERSION: &str = "select pg_catalog.max(version) from helpdesk.schema_version";

thread_local! {
    static IS_CHECKED: Cell<bool> = const { Cell::new(false) };
    /// The last transaction that received a relcache invalidation. Its snapshot may be older than
    /// the change.
    static INVALIDATED_IN: Cell<Option<pg_sys::LocalTransactionId>> = const { Cell::new(None) };
}

/// Makes the next call check the version again after any table's definition has changed, as
/// migrate() in another session changes it.
pub fn register_invalidation() {
    unsafe extern "C-unwind" fn invalidate(_: pg_sys::Datum, _: pg_sys::Oid) {
        IS_CHECKED.set(false);
        INVALIDATED_IN.set(Some(transaction::local_xid()));
    }
    // SAFETY: `invalidate` lives as long as the backend, and reads only a variable of Postgres.
    unsafe { pg_sys::CacheRegisterRelcacheCallback(Some(invalidate), pg_sys::Datum::from(0)) }
}

/// Errors unless the tables exist and have the version that this library was built for.
pub fn check_schema_version() -> Result<()> {
    if IS_CHECKED.get() {
        return Ok(());
    }
    if !is_installed()? {
        return Err(not_installed());
    }
    let version = installed_version()?;
    if version != Some(SCHEMA_VERSION) {
        return Err(wrong_version(version));
    }
    IS_CHECKED.set(INVALIDATED_IN.get() != Some(transaction::local_xid()));
    Ok(())
}

pub fn not_installed() -> ErrorReport {
    error::wrong_state(
        "not_installed",
        "the tables of helpdesk are not in this database",
        "As a superuser, run: SELECT helpdesk.install()",
    )
}

pub fn wrong_version(version: Option<i32>) -> ErrorReport {
    let found = version.map_or("an unknown version".to_owned(), |v| format!("version {v}"));
    error::wrong_state(
        "wrong_schema_version",
        format!(
            "the tables of helpdesk have {found}, but this release needs version {SCHEMA_VERSION}"
        ),
        "As a superuser, run: SELECT helpdesk.migrate(). If the tables are newer than this release, install the newer release.",
    )
}

/// Whether install() has created the tables.
pub fn is_installed() -> Result<bool> {
    Ok(statement::write(IS_INSTALLED).fetch_scalar(&[])? == Some(true))
}

pub fn installed_version() -> Result<Option<i32>> {
    statement::write(VERSION).fetch_scalar(&[])
}
