//! act_as(): a DBA sees what somebody else sees.

use pgrx::prelude::*;

use crate::platform::error::{self, Result};
use crate::platform::roles::session_user_is_superuser;
use crate::platform::{roles, settings, statement};

/// Whether the role that logged in was granted this function, itself or through another role. The grant to authenticated does
/// not count: it is there so that act_as(null) can be called while acting.
const WAS_GRANTED: &str = "
    select from pg_proc p, aclexplode(p.proacl) a
     where p.oid = 'helpdesk.act_as(text)'::regprocedure
       and a.privilege_type = 'EXECUTE'
       and a.grantee <> all (array[0, p.proowner, 'authenticated'::regrole])
       and pg_has_role(session_user, a.grantee, 'member')";

/// Case is folded for ASCII letters only, as for invites.
const LOGINS: &str = "
    select json_build_object('sub', u.id, 'email', u.email, 'role', 'authenticated')::text
      from auth.users u where lower(u.email::text collate \"C\") = lower($1 collate \"C\") limit 2";

const TAKE: &str = "
    select set_config('request.jwt.claims', $1, false), set_config('request.jwt.claim.sub', '', false),
           set_config('role', $2, false)";

/// From now on this session is the person with this e-mail address: their claims, and the role `authenticated`. NULL: itself
/// again. For superusers and whoever was granted it.
#[pg_extern(volatile, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
fn act_as(p_email: Option<&str>) -> Result<()> {
    check_permitted()?;
    let Some(email) = p_email else {
        return take("", "none");
    };
    let mut logins = roles::as_owner(|| {
        statement::write(LOGINS).fetch_all(&[email.trim().into()], |row| row.get::<String>(1))
    })?;
    match (logins.pop().flatten(), logins.is_empty()) {
        (Some(claims), true) => take(&claims, "authenticated"),
        (None, _) => Err(error::bad(
            "p_email",
            "nobody has this e-mail address",
            "The address of a login (auth.users.email), or null to be yourself again.",
        )),
        (Some(_), false) => Err(error::bad(
            "p_email",
            "several logins have this e-mail address",
            "Set request.jwt.claims to {\"sub\": \"<auth.users.id>\"} and SET ROLE authenticated yourself.",
        )),
    }
}

fn check_permitted() -> Result<()> {
    // PostgREST sets request.method: a server that it logs in to as superuser must not open this to its users.
    let is_api_request = settings::setting(c"request.method").is_some_and(|text| !text.is_empty());
    if !is_api_request
        && (session_user_is_superuser()
            || statement::read(WAS_GRANTED).fetch_optional(&[], |_| ())?.is_some())
    {
        return Ok(());
    }
    Err(error::not_allowed(
        "permission denied for function act_as",
        "It is for superusers, and for login roles to whom a role was granted that has EXECUTE on it.",
    ))
}

fn take(claims: &str, role: &str) -> Result<()> {
    statement::write(TAKE).execute(&[claims.into(), role.into()])
}
