//! The rights of the database role, whoever the claims name.

use std::cell::Cell;
use std::ffi::{CStr, CString};

use pgrx::prelude::*;

use super::error::{Result, internal};

thread_local! {
    /// The role for which another server of the cluster has sent a call.
    static ACTING: Cell<Option<pg_sys::Oid>> = const { Cell::new(None) };
}

/// The role outside of all SECURITY DEFINER functions: the caller's.
pub fn outer_role() -> pg_sys::Oid {
    unsafe extern "C-unwind" {
        // Cannot raise an error, so it needs no guard of pgrx, which costs more than the function.
        fn GetOuterUserId() -> pg_sys::Oid;
    }
    // SAFETY: only reads a variable of this backend.
    ACTING.get().unwrap_or_else(|| unsafe { GetOuterUserId() })
}

/// Its name.
pub fn outer_role_name() -> String {
    // SAFETY: the role exists, or the look-up raises an error; the name ends with a NUL.
    let name = unsafe { CStr::from_ptr(pg_sys::GetUserNameFromId(outer_role(), false)) };
    name.to_string_lossy().into_owned()
}

/// The role of this name; an error if there is none.
pub fn find_role(name: &str) -> Result<pg_sys::Oid> {
    let name = CString::new(name).map_err(|_| internal("a NUL byte"))?;
    // SAFETY: a plain look-up in the role catalog.
    Ok(unsafe { pg_sys::get_role_oid(name.as_ptr(), false) })
}

/// Whether a call is answered that another server of the cluster has sent.
pub fn is_acting() -> bool {
    ACTING.get().is_some()
}

/// Gives the caller this role until the value is dropped, also by an error.
pub fn act_for(role: pg_sys::Oid) -> impl Drop {
    struct Guard(Option<pg_sys::Oid>);
    impl Drop for Guard {
        fn drop(&mut self) {
            ACTING.set(self.0);
        }
    }
    Guard(ACTING.replace(Some(role)))
}

/// Whether the caller's database role bypasses row security. That is the role outside of all
/// SECURITY DEFINER functions.
pub fn role_bypasses_row_security() -> bool {
    // During ANALYZE, REINDEX and the like, index functions run for whoever started the command,
    // and must not get that role's rights.
    // SAFETY: only reads variables of this backend.
    unsafe { !pg_sys::InSecurityRestrictedOperation() && bypasses(outer_role()) }
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
    unsafe { outer_role() == pg_sys::get_role_oid(c"anon".as_ptr(), true) }
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
