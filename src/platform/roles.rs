//! The rights of the database role, whoever the claims name.

use pgrx::prelude::*;

use super::error::Result;

/// Whether the caller's database role bypasses row security. That is the role outside of all
/// SECURITY DEFINER functions.
pub fn role_bypasses_row_security() -> bool {
    // During ANALYZE, REINDEX and the like, index functions run for whoever started the command,
    // and must not get that role's rights.
    // SAFETY: only reads variables of this backend.
    unsafe { !pg_sys::InSecurityRestrictedOperation() && bypasses(pg_sys::GetOuterUserId()) }
}

/// Whether the current user bypasses row security. In our SECURITY DEFINER functions that is
/// helpdesk_owner.
pub fn current_user_bypasses_row_security() -> bool {
    // SAFETY: only reads a variable of this backend.
    unsafe { bypasses(pg_sys::GetUserId()) }
}

fn bypasses(role: pg_sys::Oid) -> bool {
    // SAFETY: plain look-ups in the role catalog.
    unsafe {
        pg_sys::has_bypassrls_privilege(role) || {
            let owner = pg_sys::get_role_oid(c"helpdesk_owner".as_ptr(), true);
            owner != pg_sys::InvalidOid && pg_sys::has_privs_of_role(role, owner)
        }
    }
}

/// Whether the caller's database role is anon. Then nobody is signed in, whatever the claims
/// contain.
pub fn is_anonymous() -> bool {
    // SAFETY: a plain look-up in the role catalog.
    unsafe { pg_sys::GetOuterUserId() == pg_sys::get_role_oid(c"anon".as_ptr(), true) }
}

/// Runs `work` with the rights of helpdesk_owner, for a function that must not be SECURITY DEFINER.
pub fn as_owner<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let (mut user, mut context) = (pg_sys::InvalidOid, 0);
    // SAFETY: the user is restored below, or by the abort of the transaction after an error.
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

/// Whether the caller's database role bypasses row security, so that views for staff show it all
/// rows. A materialized view is refreshed as its owner, in a security-restricted operation: it
/// holds what that role may read. This function is not SECURITY DEFINER, so it can ask for it.
#[pg_extern(stable, parallel_safe)]
fn bypasses_row_security() -> bool {
    // SAFETY: only reads a variable of this backend.
    if unsafe { pg_sys::InSecurityRestrictedOperation() } {
        return current_user_bypasses_row_security();
    }
    role_bypasses_row_security()
}

/// Whether the session user is a superuser, whatever SET ROLE has done since.
pub fn session_user_is_superuser() -> bool {
    // SAFETY: plain look-ups in the role catalog.
    unsafe { pg_sys::superuser_arg(pg_sys::GetSessionUserId()) }
}
