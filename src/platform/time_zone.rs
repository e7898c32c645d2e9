//! The only code that talks to SPI: kept plans, typed rows, and reads that really are reads.
//!
//! pgrx's own `Spi` decides between reading and writing by whether the transaction has an id, and takes one for `run` and
//! `get_one`. Ours says it per call: a read runs on the caller's snapshot, takes no id and works on a standby.

use std::ffi::CString;

use pgrx::prelude::*;

/// Whether `AT TIME ZONE` takes this name; one that the server's time zone data had once may be missing now.
pub fn knows_time_zone(name: &str) -> bool {
    let Ok(name) = CString::new(name) else { return false };
    // SAFETY: the name is NUL-terminated; what comes back belongs to Postgres's cache.
    unsafe { !pg_sys::pg_tzset(name.as_ptr()).is_null() }
}
