//! Settings of the session: their values, and a pinned search_path.

use std::ffi::CStr;

use pgrx::prelude::*;

use super::error::Result;

/// The value of a setting; None if it is not set.
pub fn setting(name: &CStr) -> Option<&'static CStr> {
    // SAFETY: the text belongs to the setting, and callers read it before anything can change it.
    unsafe {
        let text = pg_sys::GetConfigOption(name.as_ptr(), true, false);
        (!text.is_null()).then(|| CStr::from_ptr(text))
    }
}

/// The settings in which PostgREST and Supabase pass the claims of the access token.
pub const CLAIMS: &CStr = c"request.jwt.claims";

/// The setting in which PostgREST before version 9 passed the sub claim alone.
pub const SUBJECT: &CStr = c"request.jwt.claim.sub";

/// The search_path of all our code.
const PINNED: &CStr = c"pg_catalog, pg_temp";

/// Runs `work` with a search_path that has no schema of the caller's. Functions that policies call
/// pin it here, only on a cache miss, and triggers: a SET clause costs more than what they do.
pub fn with_pinned_search_path<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    // SAFETY: the variable of the setting, which is never null. To look the setting up by its name
    // would cost more than some triggers.
    let is_pinned = unsafe { CStr::from_ptr(pg_sys::namespace_search_path) } == PINNED;
    // An API function may have pinned it already.
    if is_pinned { work() } else { with_settings(&[(c"search_path", PINNED)], work) }
}

/// Runs `work` with this limit of pending lists of GIN indexes, in kB.
pub fn with_pending_list_limit<T>(limit: i32, work: impl FnOnce() -> Result<T>) -> Result<T> {
    struct Restored(i32);
    impl Drop for Restored {
        fn drop(&mut self) {
            // SAFETY: as below.
            unsafe { pg_sys::gin_pending_list_limit = self.0 };
        }
    }
    // SAFETY: the variable of the setting, which only this backend reads and writes. To set it as a
    // setting would cost 6,000 instructions for each document.
    let _restored = unsafe {
        let before = Restored(pg_sys::gin_pending_list_limit);
        pg_sys::gin_pending_list_limit = limit;
        before
    };
    work()
}

/// Runs `work` with values of settings that users may change as well.
pub fn with_settings<T>(
    settings: &[(&CStr, &CStr)],
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    // SAFETY: the nest level is closed below, or by the abort of the transaction after an error.
    unsafe {
        let level = pg_sys::NewGUCNestLevel();
        for (name, value) in settings {
            pg_sys::set_config_option(
                name.as_ptr(),
                value.as_ptr(),
                pg_sys::GucContext::PGC_USERSET,
                pg_sys::GucSource::PGC_S_SESSION,
                pg_sys::GucAction::GUC_ACTION_SAVE,
                true,
                0,
                false,
            );
        }
        let outcome = work();
        pg_sys::AtEOXact_GUC(true, level);
        outcome
    }
}
