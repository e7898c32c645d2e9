//! Checks that the tables have the version that this library was built for.

use std::cell::Cell;

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::error::{self, Result};
use super::invalidation::on_table_change;
use super::transaction;
use super::versions::{SCHEMA_VERSION, Versions, installed_version, is_installed};

thread_local! {
    static IS_CHECKED: Cell<bool> = const { Cell::new(false) };
    /// The last transaction that received a relcache invalidation. Its snapshot may be older than
    /// the change.
    static INVALIDATED_IN: Cell<Option<pg_sys::LocalTransactionId>> = const { Cell::new(None) };
}

/// Makes the next call check the version again after any table's definition has changed, as
/// migrate() in another session changes it.
pub fn register_invalidation() {
    on_table_change(|| {
        IS_CHECKED.set(false);
        INVALIDATED_IN.set(Some(transaction::local_xid()));
    });
}

/// Errors unless the tables exist and have the version that this library was built for.
pub fn check_schema_version() -> Result<()> {
    if IS_CHECKED.get() {
        return Ok(());
    }
    if !is_installed()? {
        return Err(not_installed());
    }
    if installed_version()? != Some(SCHEMA_VERSION) {
        return Err(wrong_version());
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

/// What a call says in a database that is not updated, or to whose tables the library is too old.
pub fn wrong_version() -> ErrorReport {
    match Versions::read() {
        Err(error) => error,
        Ok(versions) => error::wrong_state(
            "wrong_schema_version",
            format!("the versions of helpdesk do not match: {versions}"),
            versions.remedy().unwrap_or_default(),
        ),
    }
}
