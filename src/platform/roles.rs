//! Who is asking and what they may see: the one place.
//!
//! Rights follow the database role, as row security does: a role that bypasses it (superuser, service_role, the tables' owner)
//! may do everything. For all others they follow the memberships of the person named by the access token's claims.
//! Authorship always follows the claims; but the role anon is nobody, whatever they say.
//!
//! Policies ask this per row, so what is known about the person is cached, and looked up anew as soon as it could have changed:
//! other claims or another role, a change by the transaction itself, or the end of any transaction that wrote. With each statement
//! the login is asked for anew.

use pgrx::prelude::*;

use super::error::Result;

/// Whether the database role of the session bypasses row security: then both doors are open to it. Asked of the role outside
/// all SECURITY DEFINER functions.
pub fn role_bypasses_row_security() -> bool {
    // ANALYZE, REINDEX and the like run functions of the table's owner, but that role is who started them.
    // SAFETY: only reads the state of this backend.
    unsafe { !pg_sys::InSecurityRestrictedOperation() && bypasses(pg_sys::GetOuterUserId()) }
}

/// The same of the role that a statement runs as, which within our SECURITY DEFINER functions is helpdesk_owner.
pub fn current_user_bypasses_row_security() -> bool {
    // SAFETY: only reads the state of this backend.
    unsafe { bypasses(pg_sys::GetUserId()) }
}

pub fn bypasses(role: pg_sys::Oid) -> bool {
    // SAFETY: plain look-ups in the role catalog.
    unsafe {
        pg_sys::has_bypassrls_privilege(role) || {
            let owner = pg_sys::get_role_oid(c"helpdesk_owner".as_ptr(), true);
            owner != pg_sys::InvalidOid && pg_sys::has_privs_of_role(role, owner)
        }
    }
}

/// Whether the role is the one of people who are not signed in: then nobody is, whatever the claims say.
pub fn is_anonymous() -> bool {
    // SAFETY: a plain look-up in the role catalog.
    unsafe { pg_sys::GetOuterUserId() == pg_sys::get_role_oid(c"anon".as_ptr(), true) }
}

/// Runs `work` with the rights of helpdesk_owner, for a function that must not be SECURITY DEFINER.
pub fn as_owner<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let (mut user, mut context) = (pg_sys::InvalidOid, 0);
    // SAFETY: the user is put back below; an error in between puts it back with the transaction.
    unsafe {
        let owner = pg_sys::get_role_oid(c"helpdesk_owner".as_ptr(), false);
        pg_sys::GetUserIdAndSecContext(&mut user, &mut context);
        let local = pg_sys::SECURITY_LOCAL_USERID_CHANGE as i32;
        pg_sys::SetUserIdAndSecContext(owner, context | local);
        let outcome = work();
        pg_sys::SetUserIdAndSecContext(user, context);
        outcome
    }
}

/// Whether the role bypasses row security, so that a view for staff shows it everything.
#[pg_extern(stable, parallel_safe)]
fn bypasses_row_security() -> bool {
    role_bypasses_row_security()
}

/// Whether the role that logged in is a superuser, whatever SET ROLE did since.
pub fn session_user_is_superuser() -> bool {
    // SAFETY: plain look-ups in the role catalog.
    unsafe { pg_sys::superuser_arg(pg_sys::GetSessionUserId()) }
}
