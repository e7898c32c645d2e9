//! How deep the running triggers are nested.

use pgrx::prelude::*;

/// 0 outside of triggers.
pub fn trigger_depth() -> i32 {
    // SAFETY: the function takes no arguments and only reads a variable of this backend.
    unsafe { pgrx::direct_function_call(pg_sys::pg_trigger_depth, &[]) }.unwrap_or_default()
}
