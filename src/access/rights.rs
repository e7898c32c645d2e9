//! Checks of what the caller may do in an organization, and the errors for callers who may not.

use pgrx::Uuid;
use pgrx::pg_sys::panic::ErrorReport;

use super::caller::{Caller, not_signed_in};
use crate::platform::argument_names::written_name;
use crate::platform::error::{self, Result};
use crate::platform::roles::role_bypasses_row_security;
use crate::platform::schema_version::check_schema_version;
use crate::platform::statement;

const ORGANIZATION_EXISTS: &str = "select from helpdesk.organizations where id = $1";

const IS_MEMBER: &str = "select from helpdesk.org_members where org_id = $1 and user_id = $2";

const IS_STAFF_MEMBER: &str = "
    select from helpdesk.org_members
     where org_id = $1 and user_id = $2 and org_role <> 'org_customer'";

/// Whether the caller has the rights of the organization's staff: as one of them, or because the
/// database role bypasses row security.
pub fn acts_as_staff(org: Uuid) -> Result<bool> {
    check_schema_version()?;
    Ok(role_bypasses_row_security() || Caller::current()?.is_staff(org))
}

/// Whether the caller has the rights of the organization's admins, in the same two ways.
pub fn acts_as_admin(org: Uuid) -> Result<bool> {
    check_schema_version()?;
    Ok(role_bypasses_row_security() || Caller::current()?.is_admin(org))
}

/// Errors unless the caller is a member of the organization or acts as its staff. Returns whether
/// they act as its staff.
pub fn check_member(org: Uuid) -> Result<bool> {
    let is_staff = acts_as_staff(org)?;
    if is_staff || Caller::current()?.is_member(org) {
        return Ok(is_staff);
    }
    Err(not_a_member())
}

/// Errors unless the caller acts as staff of the organization that `argument` names.
pub fn check_staff(argument: &'static str, org: Uuid) -> Result<()> {
    if acts_as_staff(org)? { Ok(()) } else { Err(not_staff(argument)) }
}

/// The signed-in person's profile; an error unless they are staff of the organization.
pub fn require_staff_member(argument: &'static str, org: Uuid) -> Result<Uuid> {
    let caller = Caller::current()?;
    caller.require_login()?;
    match caller.profile {
        Some(me) if caller.is_staff(org) => Ok(me),
        _ => Err(not_staff(argument)),
    }
}

/// Errors unless the organization exists and the caller acts as its staff. A role that bypasses row
/// security acts as staff everywhere, so only this check tells it that an id is wrong.
pub fn check_staff_of_existing(argument: &'static str, org: Uuid) -> Result<()> {
    let is_allowed = acts_as_staff(org)?
        && (Caller::current()?.is_staff(org)
            || statement::read(ORGANIZATION_EXISTS).exists(&[org.into()])?);
    if is_allowed { Ok(()) } else { Err(not_staff(argument)) }
}

/// Errors unless the caller acts as an admin of the organization that `argument` names.
pub fn check_admin(argument: &'static str, org: Uuid) -> Result<()> {
    if acts_as_admin(org)? { Ok(()) } else { Err(not_an_admin(argument)) }
}

/// Errors unless the organization exists and the caller acts as an admin of it.
pub fn check_admin_of_existing(argument: &'static str, org: Uuid) -> Result<()> {
    let is_allowed = acts_as_admin(org)?
        && (Caller::current()?.is_admin(org)
            || statement::read(ORGANIZATION_EXISTS).exists(&[org.into()])?);
    if is_allowed { Ok(()) } else { Err(not_an_admin(argument)) }
}

/// Whether a person is a member of an organization. Sees what the running statement has written.
pub fn is_member(org: Uuid, profile: Uuid) -> Result<bool> {
    statement::write(IS_MEMBER).exists(&[org.into(), profile.into()])
}

/// Whether a person, who mostly is the caller, is a member of an organization's staff. Sees what
/// the running statement has written.
pub fn is_staff_member(org: Uuid, profile: Uuid) -> Result<bool> {
    let caller = Caller::current()?;
    if caller.profile == Some(profile) {
        return Ok(caller.is_staff(org));
    }
    statement::write(IS_STAFF_MEMBER).exists(&[org.into(), profile.into()])
}

/// Whether there is such an organization. Sees what the running statement has written.
pub fn organization_exists(org: Uuid) -> Result<bool> {
    statement::write(ORGANIZATION_EXISTS).exists(&[org.into()])
}

/// The error of a caller who lacks a right: that nobody is signed in, if that is why, or `error`.
pub fn refusal(error: ErrorReport) -> ErrorReport {
    if role_bypasses_row_security() {
        return error;
    }
    match Caller::current().and_then(|caller| caller.is_signed_in()) {
        Ok(true) => error,
        Ok(false) => not_signed_in(),
        Err(failure) => failure,
    }
}

pub fn not_a_member() -> ErrorReport {
    refusal(error::not_allowed(
        "not_a_member",
        "p_org_id: no such organization, or you are not a member of it",
        "my_org_ids() lists the organizations you are a member of.",
    ))
}

pub fn not_staff(argument: &'static str) -> ErrorReport {
    refusal(error::not_allowed(
        "not_staff",
        format!("{argument}: no such organization, or you are not staff of it"),
        "my_staff_org_ids() lists the organizations you are staff of.",
    ))
}

pub fn not_an_admin(argument: &'static str) -> ErrorReport {
    refusal(error::not_allowed(
        "not_an_admin",
        format!("{argument}: no such organization, or you are not an admin of it"),
        "my_admin_org_ids() lists the organizations you are an admin of.",
    ))
}

pub fn email_not_confirmed() -> ErrorReport {
    error::not_allowed(
        "email_not_confirmed",
        "your e-mail address is not confirmed",
        "Follow the link in the e-mail that you received when you signed up, then try again.",
    )
}

/// For callers who may know which organizations exist.
pub fn no_such_organization() -> ErrorReport {
    error::not_allowed(
        "no_such_organization",
        format!("{}: no such organization", written_name("org_id")),
        "helpdesk.organizations lists them.",
    )
}
