//! What runs inside an extension script, and what must not count as part of the extension.

use pgrx::prelude::*;

use super::error::Result;

/// Runs `work` as if no extension script were running: the objects that it creates do not become
/// members of the extension, and its grants on the objects of others do not count as initial
/// privileges. pg_dump then dumps all of them.
pub fn outside_extension(work: impl FnOnce() -> Result<()>) -> Result<()> {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            // SAFETY: as below.
            unsafe { pg_sys::creating_extension = self.0 }
        }
    }
    // SAFETY: a flag of this backend that Postgres sets while it runs an extension script, and clears
    // when the script fails.
    let _restore = unsafe {
        let before = Restore(pg_sys::creating_extension);
        pg_sys::creating_extension = false;
        before
    };
    work()
}

/// Runs `work` as a step of the extension script of helpdesk would.
#[cfg(any(test, feature = "pg_test"))]
pub fn inside_extension<T>(work: impl FnOnce() -> T) -> T {
    let helpdesk = Spi::get_one("select oid from pg_extension where extname = 'helpdesk'");
    // SAFETY: variables of this backend, which are reset before anything else runs.
    unsafe {
        pg_sys::CurrentExtensionObject = helpdesk.unwrap().unwrap();
        pg_sys::creating_extension = true;
        let done = work();
        pg_sys::creating_extension = false;
        done
    }
}
