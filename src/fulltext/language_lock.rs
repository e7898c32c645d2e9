//! The lock between those who write documents of an organization and those who change its language.

use pgrx::Uuid;
use pgrx::pg_sys::panic::ErrorReport;

use super::lexemes::org_bits;
use crate::platform::error::{self, Result};
use crate::platform::statement;
use crate::platform::transaction::{self, Lock};

/// The class of the advisory locks on the language of organizations.
const LANGUAGE_LOCK: i32 = 7_315_007;

/// Errors above READ COMMITTED if the snapshot's language is not the latest.
const LOCK_LANGUAGE: &str = "select from helpdesk.organizations where id = $1 for share";

/// Keeps the organization's language from changing between the time it is read and the commit.
pub fn lock_language(org: Uuid) -> Result<()> {
    if !transaction::is_read_committed() {
        statement::write(LOCK_LANGUAGE).execute(&[org.into()])?;
    }
    advisory_lock(org, Lock::Shared);
    Ok(())
}

/// Taken in shared mode to write a document, and in exclusive mode to rebuild the organization.
pub(super) fn advisory_lock(org: Uuid, mode: Lock) {
    transaction::advisory_lock(LANGUAGE_LOCK, org_bits(org).cast_signed(), mode);
}

pub(super) fn check_read_committed() -> Result<()> {
    if transaction::is_read_committed() { Ok(()) } else { Err(not_read_committed()) }
}

fn not_read_committed() -> ErrorReport {
    error::wrong_state(
        "not_read_committed",
        "the full-text index cannot be rebuilt in a transaction above READ COMMITTED",
        "Change the language, or rebuild, in a READ COMMITTED transaction: only that one sees what others have just committed.",
    )
}
