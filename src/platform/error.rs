//! Every error a user can meet: its SQLSTATE, its message, its hint.

use std::fmt::Display;

use pgrx::PgSqlErrorCode::{self, *};
use pgrx::pg_sys::panic::ErrorReport;

/// What our functions return: SQLSTATE and hint survive the way to the client only in an `ErrorReport`.
pub type Result<T, E = ErrorReport> = std::result::Result<T, E>;

/// 22004: an argument that is needed is NULL.
pub fn missing(argument: &'static str) -> ErrorReport {
    let message = format!("{argument} must not be null");
    report(ERRCODE_NULL_VALUE_NOT_ALLOWED, message, "Give it a value.")
}

/// 22023: an argument has a value that is not one of the allowed.
pub fn bad(
    argument: impl Display,
    problem: impl Display,
    allowed: impl Into<String>,
) -> ErrorReport {
    report(ERRCODE_INVALID_PARAMETER_VALUE, format!("{argument}: {problem}"), allowed)
}

/// 42501: the caller may not, or it is a thing of another organization; the two look the same.
pub fn not_allowed(message: impl Into<String>, hint: impl Into<String>) -> ErrorReport {
    report(ERRCODE_INSUFFICIENT_PRIVILEGE, message, hint)
}

/// 55000: allowed and well-formed, but not in the state things are in.
pub fn wrong_state(message: impl Into<String>, hint: impl Into<String>) -> ErrorReport {
    report(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, message, hint)
}

/// 54000: the answer would be larger than a client could want.
pub fn too_large(message: impl Into<String>, hint: impl Into<String>) -> ErrorReport {
    report(ERRCODE_PROGRAM_LIMIT_EXCEEDED, message, hint)
}

/// 23505: that revision, or that idempotency key, exists already. PostgREST answers 409 Conflict. A stale version is not
/// 40001: that one promises that the same request may succeed when repeated, so PostgREST 12 repeats it without end.
pub fn duplicate(message: impl Into<String>, hint: impl Into<String>) -> ErrorReport {
    report(ERRCODE_UNIQUE_VIOLATION, message, hint)
}

/// 40001: a transaction above READ COMMITTED did not see what another one did meanwhile.
pub fn concurrent() -> ErrorReport {
    report(
        ERRCODE_T_R_SERIALIZATION_FAILURE,
        "could not serialize access due to concurrent update",
        "Run the transaction again.",
    )
}

fn report(
    code: PgSqlErrorCode,
    message: impl Into<String>,
    hint: impl Into<String>,
) -> ErrorReport {
    ErrorReport::new(code, message.into(), "").set_hint(hint)
}

/// The value of an argument that must not be NULL.
pub fn required<T>(value: Option<T>, argument: &'static str) -> Result<T> {
    value.ok_or_else(|| missing(argument))
}

/// XX000: a broken invariant of helpdesk, never a mistake of the caller's.
pub fn internal(message: &str) -> ErrorReport {
    ErrorReport::new(ERRCODE_INTERNAL_ERROR, message.to_owned(), "")
}

/// Takes the settings from this backend under which pgrx sends Rust backtraces to clients, as DETAIL.
pub fn hide_backtraces() {
    // SAFETY: called while the library is loaded; a backend has one thread.
    unsafe {
        std::env::remove_var("RUST_BACKTRACE");
        std::env::remove_var("RUST_LIB_BACKTRACE");
    }
}
