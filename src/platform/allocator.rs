//! Rust's allocator for the library. A failed allocation of Rust would abort the process, and then
//! Postgres restarts the whole server. Here it ends the session only.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ffi::{CStr, c_char, c_int};
use std::sync::atomic::{AtomicBool, Ordering};

use pgrx::PgSqlErrorCode::ERRCODE_OUT_OF_MEMORY;

#[global_allocator]
static ALLOCATOR: EndSession = EndSession;

struct EndSession;

// SAFETY: the system's allocator does the work. `end_session` does not return a pointer that is not
// valid, and it does not unwind.
unsafe impl GlobalAlloc for EndSession {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as promised by the caller.
        allocated(unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as promised by the caller.
        allocated(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as promised by the caller.
        allocated(unsafe { System.realloc(pointer, layout, size) })
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as promised by the caller.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[inline]
fn allocated(pointer: *mut u8) -> *mut u8 {
    if pointer.is_null() {
        end_session();
    }
    pointer
}

/// Raises FATAL, which rolls back and exits without unwinding: an allocator must not unwind, so it
/// cannot raise ERROR. Returns only if the exit itself runs out of memory, which aborts.
#[cold]
fn end_session() {
    static IS_ENDING: AtomicBool = AtomicBool::new(false);
    unsafe extern "C-unwind" {
        fn errstart(level: c_int, domain: *const c_char) -> bool;
        fn errcode(code: c_int) -> c_int;
        fn errmsg(format: *const c_char, ...) -> c_int;
        fn errfinish(file: *const c_char, line: c_int, function: *const c_char);
    }
    const MESSAGE: &CStr = c"out of memory";
    if IS_ENDING.swap(true, Ordering::Relaxed) {
        return;
    }
    // SAFETY: the functions of Postgres that ereport() consists of; the texts have no formats. They
    // use memory that Postgres has reserved for errors.
    unsafe {
        if errstart(pgrx::PgLogLevel::FATAL as c_int, std::ptr::null()) {
            errcode(ERRCODE_OUT_OF_MEMORY as c_int);
            errmsg(MESSAGE.as_ptr());
            errfinish(c"allocator.rs".as_ptr(), line!() as c_int, c"end_session".as_ptr());
        }
    }
}
