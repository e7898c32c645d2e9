//! act_as(): a DBA impersonates a user, to see what that user sees.

use pgrx::prelude::*;

use crate::platform::error::{self, Result};
use crate::platform::roles::session_user_is_superuser;
use crate::platform::{roles, settings, statement, transaction};

/// Whether the session user was granted act_as(), directly or through another role. The grant to
/// authenticated does not count: it only lets act_as(null) be called while impersonating.
const HAS_GRANT: &str = "
    select from pg_proc p, aclexplode(p.proacl) a
     where p.oid = 'helpdesk.act_as(text)'::regprocedure
       and a.privilege_type = 'EXECUTE'
       and a.grantee <> all (array[0, p.proowner, 'authenticated'::regrole])
       and pg_has_role(session_user, a.grantee, 'member')";

/// The claims of the logins with an e-mail address. Folds only ASCII case, as invites do.
const FIND_CLAIMS: &str = r#"
    select json_build_object('sub', u.id, 'email', u.email, 'role', 'authenticated')::text
      from auth.users u where lower(u.email::text collate "C") = lower($1 collate "C") limit 2"#;

const SET_IDENTITY: &str = "
    select set_config('request.jwt.claims', $1, $3),
           set_config('request.jwt.claim.sub', '', $3),
           set_config('role', $2, $3)";

/// Gives the session, or the transaction block, the claims of the login with this e-mail address
/// and the role authenticated. NULL ends the impersonation. For superusers and for roles that were
/// granted it.
#[pg_extern(volatile, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
fn act_as(p_email: Option<&str>) -> Result<()> {
    check_permitted()?;
    let Some(email) = p_email else {
        return set_identity("", "none", false);
    };
    let mut logins = roles::as_owner(|| {
        statement::write(FIND_CLAIMS).fetch_all(&[email.trim().into()], |row| row.get::<String>(1))
    })?;
    match (logins.pop().flatten(), logins.is_empty()) {
        (Some(claims), true) => {
            // What begins in a transaction ends with it, because a pooler may give the connection
            // to somebody else then.
            set_identity(&claims, "authenticated", transaction::is_in_block())
        }
        (None, _) => Err(error::invalid(
            "no_such_login",
            "p_email",
            "no login has this e-mail address",
            "The address of a login (auth.users.email), or null to end the impersonation.",
        )),
        (Some(_), false) => Err(error::invalid(
            "ambiguous_login",
            "p_email",
            "several logins have this e-mail address",
            r#"Set request.jwt.claims to {"sub": "<auth.users.id>"}, then SET ROLE authenticated."#,
        )),
    }
}

fn check_permitted() -> Result<()> {
    // PostgREST sets request.method. Its users are refused even if it logs in as superuser.
    let is_api_request = settings::setting(c"request.method").is_some_and(|text| !text.is_empty());
    if !is_api_request && (session_user_is_superuser() || statement::read(HAS_GRANT).exists(&[])?) {
        return Ok(());
    }
    Err(error::not_allowed(
        "superuser_only",
        "permission denied for function act_as",
        "Only superusers can call it, and login roles that are members of a role with EXECUTE on it.",
    ))
}

fn set_identity(claims: &str, role: &str, is_local: bool) -> Result<()> {
    statement::write(SET_IDENTITY).execute(&[claims.into(), role.into(), is_local.into()])
}
