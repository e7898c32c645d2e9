//! The time zones that the server knows.

use std::ffi::CString;

use pgrx::prelude::*;

/// Whether `AT TIME ZONE` accepts this name. A name that was valid once may be missing from the
/// time zone data of another server.
pub fn knows_time_zone(name: &str) -> bool {
    let Ok(name) = CString::new(name) else { return false };
    // SAFETY: the name is NUL-terminated, and the result belongs to Postgres's cache.
    unsafe { !pg_sys::pg_tzset(name.as_ptr()).is_null() }
}
