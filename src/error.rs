//! Every error a user can meet: its SQLSTATE, its message, its hint.

use std::borrow::Cow;

use pgrx::PgSqlErrorCode;
use pgrx::pg_sys::panic::ErrorReport;

/// What our functions return: SQLSTATE and hint survive the way to the client only in an `ErrorReport`.
pub type Result<T, E = ErrorReport> = std::result::Result<T, E>;

type Text = Cow<'static, str>;

#[derive(Debug)]
pub enum Error {
    /// 22004: an argument that is needed is NULL.
    Missing(&'static str),
    /// 22023: an argument has a value that is not one of the allowed.
    BadValue { argument: Text, problem: Text, allowed: Text },
    /// 42501: the caller may not, or it is a thing of another organization; the two look the same.
    NotAllowed { message: Text, hint: Text },
    /// 55000: allowed and well-formed, but not in the state things are in.
    WrongState { message: Text, hint: Text },
    /// 23505: that revision, or that idempotency key, exists already. PostgREST answers 409 Conflict. A stale version is not
    /// 40001: that one promises that the same request may succeed when repeated, so PostgREST 12 repeats it without end.
    Duplicate { message: Text, hint: Text },
    /// 54000: the answer would be larger than a client could want.
    TooLarge { message: Text, hint: Text },
    /// 40001: a transaction above READ COMMITTED did not see what another one did meanwhile.
    Concurrent,
}

impl Error {
    pub fn bad(
        argument: impl Into<Text>,
        problem: impl Into<Text>,
        allowed: impl Into<Text>,
    ) -> ErrorReport {
        Error::BadValue {
            argument: argument.into(),
            problem: problem.into(),
            allowed: allowed.into(),
        }
        .into()
    }

    pub fn not_allowed(message: impl Into<Text>, hint: impl Into<Text>) -> ErrorReport {
        Error::NotAllowed { message: message.into(), hint: hint.into() }.into()
    }

    pub fn wrong_state(message: impl Into<Text>, hint: impl Into<Text>) -> ErrorReport {
        Error::WrongState { message: message.into(), hint: hint.into() }.into()
    }

    pub fn too_large(message: impl Into<Text>, hint: impl Into<Text>) -> ErrorReport {
        Error::TooLarge { message: message.into(), hint: hint.into() }.into()
    }

    pub fn duplicate(message: impl Into<Text>, hint: impl Into<Text>) -> ErrorReport {
        Error::Duplicate { message: message.into(), hint: hint.into() }.into()
    }
}

impl From<Error> for ErrorReport {
    fn from(error: Error) -> ErrorReport {
        use PgSqlErrorCode::*;
        let (code, message, hint) = match error {
            Error::Missing(argument) => (
                ERRCODE_NULL_VALUE_NOT_ALLOWED,
                format!("{argument} must not be null").into(),
                "Give it a value.".into(),
            ),
            Error::BadValue { argument, problem, allowed } => {
                (ERRCODE_INVALID_PARAMETER_VALUE, format!("{argument}: {problem}").into(), allowed)
            }
            Error::NotAllowed { message, hint } => (ERRCODE_INSUFFICIENT_PRIVILEGE, message, hint),
            Error::WrongState { message, hint } => {
                (ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, message, hint)
            }
            Error::Concurrent => (
                ERRCODE_T_R_SERIALIZATION_FAILURE,
                "could not serialize access due to concurrent update".into(),
                "Run the transaction again.".into(),
            ),
            Error::TooLarge { message, hint } => (ERRCODE_PROGRAM_LIMIT_EXCEEDED, message, hint),
            Error::Duplicate { message, hint } => (ERRCODE_UNIQUE_VIOLATION, message, hint),
        };
        ErrorReport::new(code, message, "").set_hint(hint)
    }
}

/// The value of an argument that must not be NULL.
pub fn required<T>(value: Option<T>, argument: &'static str) -> Result<T> {
    value.ok_or_else(|| Error::Missing(argument).into())
}
