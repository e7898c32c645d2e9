//! Who is asking and what they may see: the one place.
//!
//! Rights follow the database role, as row security does: a role that bypasses it (superuser, service_role, the tables' owner)
//! may do everything. For all others they follow the memberships of the person named by the access token's claims.
//! Authorship always follows the claims; but the role anon is nobody, whatever they say.
//!
//! Policies ask this per row, so what is known about the person is cached, and looked up anew as soon as it could have changed:
//! other claims or another role, a change by the transaction itself, or the end of any transaction that wrote. With each statement
//! the login is asked for anew.

use pgrx::Uuid;

use super::caller::Caller;
use crate::platform::error::{self, Result};
use crate::platform::roles::role_bypasses_row_security;
use crate::platform::schema_version::check_schema_version;

/// Whether who asks may do what staff of an organization may: they are, or their role bypasses row security.
pub fn acts_as_staff(org: Uuid) -> Result<bool> {
    check_schema_version()?;
    Ok(role_bypasses_row_security() || Caller::current()?.is_staff(org))
}

/// The same of its admins.
pub fn acts_as_admin(org: Uuid) -> Result<bool> {
    check_schema_version()?;
    Ok(role_bypasses_row_security() || Caller::current()?.is_admin(org))
}

pub fn check_admin(org: Uuid) -> Result<()> {
    if acts_as_admin(org)? {
        return Ok(());
    }
    Err(not_an_admin())
}

pub fn not_an_admin() -> pgrx::pg_sys::panic::ErrorReport {
    error::not_allowed(
        "p_org_id: no such organization, or you are not an admin of it",
        "my_admin_org_ids() lists the organizations you are an admin of.",
    )
}

pub fn not_a_member() -> pgrx::pg_sys::panic::ErrorReport {
    error::not_allowed(
        "p_org_id: no such organization, or you are not a member of it",
        "my_org_ids() lists the organizations you are a member of.",
    )
}

/// An error unless the caller is staff of the organization.
pub fn check_staff(org: Uuid) -> Result<()> {
    if acts_as_staff(org)? {
        return Ok(());
    }
    Err(error::not_allowed(
        "org_id: no such organization, or you are not staff of it",
        "my_staff_org_ids() lists the organizations you are staff of.",
    ))
}
