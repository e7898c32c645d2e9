//! The errors that users meet, one function per SQLSTATE. Each error has a stable word.

use std::fmt::Display;

use pgrx::PgSqlErrorCode::{self, *};
use pgrx::pg_sys::panic::ErrorReport;

/// The result of our functions. Only an `ErrorReport` carries SQLSTATE and hint to the client.
pub type Result<T, E = ErrorReport> = std::result::Result<T, E>;

/// 22004: a required argument is NULL.
pub fn null_argument(argument: &str, problem: &str, hint: &str) -> ErrorReport {
    let message = format!("{argument}: {problem}");
    report(ERRCODE_NULL_VALUE_NOT_ALLOWED, "null_argument", message, hint)
}

/// 22023: the value of an argument is not allowed, or names something that is not there.
pub fn invalid(
    word: &str,
    argument: impl Display,
    problem: impl Display,
    allowed: impl Into<String>,
) -> ErrorReport {
    report(ERRCODE_INVALID_PARAMETER_VALUE, word, format!("{argument}: {problem}"), allowed)
}

/// 42501: the caller lacks the right, or the object is in another organization. Both look the same,
/// so that nobody learns what exists elsewhere.
pub fn not_allowed(word: &str, message: impl Into<String>, hint: impl Into<String>) -> ErrorReport {
    report(ERRCODE_INSUFFICIENT_PRIVILEGE, word, message, hint)
}

/// 23000: allowed to the caller, but it would break a rule in the current state of the data.
pub fn breaks_rule(word: &str, message: impl Into<String>, hint: impl Into<String>) -> ErrorReport {
    report(ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION, word, message, hint)
}

/// 23505: a duplicate, or a stale version (HTTP 409). A stale version is not
/// 40001, because PostgREST 12 retries 40001 without end, and a retry cannot succeed here.
pub fn conflict(word: &str, message: impl Into<String>, hint: impl Into<String>) -> ErrorReport {
    report(ERRCODE_UNIQUE_VIOLATION, word, message, hint)
}

/// 23503: what would be deleted is still needed (HTTP 409).
pub fn still_used(word: &str, message: impl Into<String>, hint: impl Into<String>) -> ErrorReport {
    report(ERRCODE_FOREIGN_KEY_VIOLATION, word, message, hint)
}

/// 54000: the result would be too large.
pub fn too_large(word: &str, message: impl Into<String>, hint: impl Into<String>) -> ErrorReport {
    report(ERRCODE_PROGRAM_LIMIT_EXCEEDED, word, message, hint)
}

/// 55000: the database is not ready for the call, which its administrator can change. PostgREST
/// answers it with 500, so it is not for what a user does wrong.
pub fn wrong_state(word: &str, message: impl Into<String>, hint: impl Into<String>) -> ErrorReport {
    report(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, word, message, hint)
}

/// 40001: a transaction above READ COMMITTED missed what another one has committed since.
pub fn concurrent() -> ErrorReport {
    report(
        ERRCODE_T_R_SERIALIZATION_FAILURE,
        "serialization_failure",
        "could not serialize access due to concurrent update",
        "Retry the transaction.",
    )
}

/// The word goes to the client as DETAIL. Applications choose their own sentence by it, so a word
/// never changes its meaning; docs/api.md lists all of them.
fn report(
    code: PgSqlErrorCode,
    word: &str,
    message: impl Into<String>,
    hint: impl Into<String>,
) -> ErrorReport {
    ErrorReport::new(code, message.into(), "").set_detail(word).set_hint(hint)
}

/// Whether an error refuses data: classes 22, 23 and 44, and what triggers of others raise. All
/// other errors are about the transaction, the server or the installation: a cancelled statement, a
/// timeout, a serialization failure, a full disk.
pub fn refuses_data(code: PgSqlErrorCode) -> bool {
    let classes = [
        ERRCODE_DATA_EXCEPTION,
        ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION,
        ERRCODE_WITH_CHECK_OPTION_VIOLATION,
    ];
    code == ERRCODE_RAISE_EXCEPTION || classes.iter().any(|&class| same_class(code, class))
}

/// Whether the first two characters of two SQLSTATEs are the same.
pub fn same_class(a: PgSqlErrorCode, b: PgSqlErrorCode) -> bool {
    // ERRCODE_TO_CATEGORY: the class is in the lowest 12 bits.
    let class = |code: PgSqlErrorCode| code as i32 & 0xfff;
    class(a) == class(b)
}

/// Unwraps an argument that must not be NULL.
pub fn required<T>(value: Option<T>, argument: &'static str) -> Result<T> {
    value.ok_or_else(|| null_argument(argument, "must not be null", "Give it a value."))
}

/// XX000: an invariant of helpdesk is broken, or the system fails. No input can cause it.
pub fn internal(message: &str) -> ErrorReport {
    ErrorReport::new(ERRCODE_INTERNAL_ERROR, message.to_owned(), "").set_detail("internal_error")
}

/// Removes the environment variables that make pgrx send Rust backtraces to clients, as DETAIL.
pub fn hide_backtraces() {
    // SAFETY: a backend has one thread, so nobody reads the environment at the same time.
    unsafe {
        std::env::remove_var("RUST_BACKTRACE");
        std::env::remove_var("RUST_LIB_BACKTRACE");
    }
}
