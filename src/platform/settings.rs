//! The claims of the access token, in the settings in which PostgREST and Supabase pass them with each request.

use std::ffi::CStr;

use pgrx::prelude::*;

use super::error::Result;

/// A setting's text; None when nobody set it.
pub fn setting(name: &CStr) -> Option<&'static CStr> {
    // SAFETY: the returned text belongs to the setting; it is read before anything can change it.
    unsafe {
        let text = pg_sys::GetConfigOption(name.as_ptr(), true, false);
        (!text.is_null()).then(|| CStr::from_ptr(text))
    }
}

/// Runs `work` with a search_path in which nothing of the caller's can hide. What policies call cannot have a SET clause of its
/// own (it costs five times the call), so the look-up on a cache miss pins the path here.
pub fn with_pinned_search_path<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    const PINNED: &CStr = c"pg_catalog, pg_temp";
    if setting(c"search_path") == Some(PINNED) {
        return work(); // An API function has pinned it already.
    }
    // SAFETY: the nest level opened here is closed here; an error in between closes it with the transaction.
    unsafe {
        let level = pg_sys::NewGUCNestLevel();
        pg_sys::set_config_option(
            c"search_path".as_ptr(),
            PINNED.as_ptr(),
            pg_sys::GucContext::PGC_USERSET,
            pg_sys::GucSource::PGC_S_SESSION,
            pg_sys::GucAction::GUC_ACTION_SAVE,
            true,
            0,
            false,
        );
        let outcome = work();
        pg_sys::AtEOXact_GUC(true, level);
        outcome
    }
}
