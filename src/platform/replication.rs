//! Logical replication into this database.

use super::error::{self, Result};
use super::statement;

const IS_SUBSCRIBED: &str =
    "select exists (select from pg_subscription_rel where srrelid = $1::regclass)";

/// Whether a subscription writes a table. Its rows follow another server then: what is changed here
/// conflicts with what arrives, and stops the subscription.
pub fn is_subscribed(table: &'static str) -> Result<bool> {
    Ok(statement::write(IS_SUBSCRIBED).fetch_scalar(&[table.into()])? == Some(true))
}

/// Errors if a subscription writes a table that is about to be rebuilt.
pub fn check_is_not_subscribed(table: &'static str) -> Result<()> {
    if is_subscribed(table)? {
        return Err(error::wrong_state(
            "is_subscribed",
            format!("a subscription writes {table}: its changes would conflict with a rebuild"),
            "Rebuild on the publisher, or after DROP SUBSCRIPTION.",
        ));
    }
    Ok(())
}

/// Whether this process applies the changes of a subscription, or copies its tables.
pub fn is_subscription_worker() -> bool {
    unsafe extern "C-unwind" {
        fn IsLogicalWorker() -> bool;
    }
    // SAFETY: only reads a variable of this process.
    unsafe { IsLogicalWorker() }
}
