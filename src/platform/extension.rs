//! Running code outside or inside an extension script.

use std::ffi::CStr;

use pgrx::prelude::*;

use super::error::Result;

/// Runs `work` as if no extension script were running, so that pg_dump dumps what it creates:
/// objects do not become members of the extension, and grants do not count as initial privileges.
pub fn outside_extension(work: impl FnOnce() -> Result<()>) -> Result<()> {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            // SAFETY: a variable of this backend.
            unsafe { pg_sys::creating_extension = self.0 }
        }
    }
    // SAFETY: a variable of this backend, true while an extension script runs. Postgres resets it
    // if the script fails.
    let _restore = unsafe {
        let before = Restore(pg_sys::creating_extension);
        pg_sys::creating_extension = false;
        before
    };
    work()
}

/// Whether the schema pg_catalog has a table, which only extensions of superusers put there.
pub fn system_table_exists(name: &CStr) -> bool {
    // SAFETY: a plain look-up in the catalog.
    unsafe {
        pg_sys::get_relname_relid(name.as_ptr(), pg_sys::Oid::from(pg_sys::PG_CATALOG_NAMESPACE))
            != pg_sys::InvalidOid
    }
}

/// Runs `work` as if the extension script of helpdesk were running.
#[cfg(any(test, feature = "pg_test"))]
pub fn inside_extension<T>(work: impl FnOnce() -> T) -> T {
    let helpdesk = Spi::get_one("select oid from pg_extension where extname = 'helpdesk'");
    // SAFETY: variables of this backend; creating_extension is reset below.
    unsafe {
        pg_sys::CurrentExtensionObject = helpdesk.unwrap().unwrap();
        pg_sys::creating_extension = true;
        let done = work();
        pg_sys::creating_extension = false;
        done
    }
}
