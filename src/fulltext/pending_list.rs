//! The pending list of the full-text index (GIN). Every search reads all of it, so it is short. But
//! whoever makes it too long moves it into the index, which costs the less for a document the more
//! of them come together.
//!
//! Its length is a setting and not a storage parameter of the index, because nobody can change that
//! without locking everybody out.

use crate::platform::error::Result;
use crate::platform::settings::with_pending_list_limit;
use crate::platform::statement;

/// In kB. The default of Postgres is 4 MB.
const SHORT: i32 = 256;
const LONG: i32 = 4096;

/// How many documents are too few for a long list.
const FEW: usize = 200;

const EMPTY: &str = "select gin_clean_pending_list('helpdesk.search_documents_lexemes_idx')";

/// Writes documents. All statements that do are run by one of these two functions.
pub(super) fn write<T>(run: impl FnOnce() -> Result<T>) -> Result<T> {
    with_pending_list_limit(SHORT, run)
}

/// Writes so many documents, and leaves an empty list.
pub(super) fn write_many(documents: usize, run: impl FnOnce() -> Result<()>) -> Result<()> {
    if documents < FEW {
        return write(run);
    }
    with_pending_list_limit(LONG, run)?;
    statement::write(EMPTY).execute(&[])
}
