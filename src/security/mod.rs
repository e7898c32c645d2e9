//! Tools for a DBA: impersonating a user, and checking privileges for drift.

mod act_as;
mod report;

pub use self::report::missing_grants;
