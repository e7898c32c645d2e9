//! forget_person(): removes the name, the addresses and everything else that tells who a person is.

use pgrx::Uuid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::former_login::end_rights;
use crate::platform::error::{self, Result, required};
use crate::platform::schema_version::check_schema_version;
use crate::platform::{roles, statement};
use crate::sharding::sends_calls;

const FIND_LOGIN: &str = "select auth_id from helpdesk.profiles where id = $1";

/// Lock order: login, then profile, as when a login is written.
const LOCK_PROFILE: &str =
    "select auth_id, email from helpdesk.profiles where id = $1 for no key update";

/// Evaluated with the rights of whoever calls: helpdesk_owner may only read logins.
const MAY_DELETE_LOGINS: &str = "
    select where pg_catalog.has_table_privilege('auth.users', 'delete')";

const DELETE_LOGIN: &str = "delete from auth.users where id = $1 returning true";

const END_MEMBERSHIPS: &str = "delete from helpdesk.org_members where user_id = $1";

/// To the address ($2), and to others under which the person accepted an invite.
const DELETE_INVITES: &str = r#"
    delete from helpdesk.org_invites d
     using (select i.org_id, i.id from helpdesk.org_invites i
             where i.used_by = $1
                or lower(i.email collate "C") = lower($2 collate "C")
                or lower(i.email collate "C") in (select lower(u.email collate "C")
                                                    from helpdesk.org_invites u where u.used_by = $1)
             order by i.org_id, i.id for update) locked
     where d.org_id = locked.org_id and d.id = locked.id"#;

/// Those of the person, and those of others that name the person.
const LOCK_NOTIFICATIONS: &str = "
    select from helpdesk.notifications
     where user_id = $1 or content->'actor'->>'id' = $1::text order by org_id, id for update";

const DELETE_NOTIFICATIONS: &str = "delete from helpdesk.notifications where user_id = $1";

/// Notifications of other people name who acted.
const ANONYMIZE_NOTIFICATIONS: &str = "
    update helpdesk.notifications set content = jsonb_set(content, '{actor,name}', to_jsonb($2))
     where content->'actor'->>'id' = $1::text";

const DELETE_PREFERENCES: &str = "delete from helpdesk.notification_preferences where user_id = $1";

/// The keys are texts of the application, such as the address of the person.
const DELETE_IDEMPOTENCY_KEYS: &str = "delete from helpdesk.idempotency_keys where actor_id = $1";

const LOCK_WATCHING: &str = "
    select from helpdesk.ticket_watchers
     where user_id = $1 order by org_id, ticket_id for update";

const DELETE_WATCHING: &str = "delete from helpdesk.ticket_watchers where user_id = $1";

const ANONYMIZE_PROFILE: &str = "
    update helpdesk.profiles
       set name = $2, email = null, imported_for = null, avatar_url = null, teams = '{}', preferences = '{}',
           last_active = null
     where id = $1";

/// The name of people who were forgotten.
const NOBODY: &str = "Deleted";

/// Removes what identifies a person. What they wrote stays, as written by "Deleted". It is not
/// SECURITY DEFINER, because it deletes the login with the rights of whoever calls it.
#[pg_extern(volatile, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
fn forget_person(p_profile_id: Option<Uuid>) -> Result<()> {
    let profile = required(p_profile_id, "p_profile_id")?;
    check_schema_version()?;
    let login = roles::as_owner(|| {
        statement::write(FIND_LOGIN).fetch_optional(&[profile.into()], |row| row.get::<Uuid>(1))
    })?;
    if let Some(Some(login)) = login {
        delete_login(login)?;
    }
    let found = roles::as_owner(|| {
        statement::write(LOCK_PROFILE)
            .fetch_optional(&[profile.into()], |row| (row.get::<Uuid>(1), row.get::<String>(2)))
    })?;
    match found {
        Some((None, email)) => roles::as_owner(|| forget(profile, email.as_deref())),
        Some((Some(_), _)) => Err(login_exists()),
        None => Err(error::invalid(
            "no_such_person",
            "p_profile_id",
            "no such person",
            "helpdesk.profiles lists the people.",
        )),
    }
}

/// Triggers end the rights of the person.
fn delete_login(login: Uuid) -> Result<()> {
    if statement::read(MAY_DELETE_LOGINS).exists(&[])?
        && statement::write(DELETE_LOGIN).exists(&[login.into()])?
    {
        return Ok(());
    }
    Err(login_exists())
}

fn login_exists() -> ErrorReport {
    error::not_allowed(
        "login_exists",
        "p_profile_id: the person still has a login, which you may not delete",
        "Delete it first, with auth.admin.deleteUser() on Supabase, then call this again.",
    )
}

fn forget(profile: Uuid, email: Option<&str>) -> Result<()> {
    end_rights(profile)?;
    let person = || [profile.into()];
    statement::write(END_MEMBERSHIPS).execute(&person())?;
    statement::write(DELETE_INVITES).execute(&[profile.into(), email.into()])?;
    // Citus locks no rows of several shards. There, a deadlock fails, and the call can be repeated.
    if !sends_calls()? {
        statement::write(LOCK_NOTIFICATIONS).execute(&person())?;
        statement::write(LOCK_WATCHING).execute(&person())?;
    }
    statement::write(DELETE_NOTIFICATIONS).execute(&person())?;
    statement::write(ANONYMIZE_NOTIFICATIONS).execute(&[profile.into(), NOBODY.into()])?;
    statement::write(DELETE_PREFERENCES).execute(&person())?;
    statement::write(DELETE_WATCHING).execute(&person())?;
    statement::write(DELETE_IDEMPOTENCY_KEYS).execute(&person())?;
    statement::write(ANONYMIZE_PROFILE).execute(&[profile.into(), NOBODY.into()])
}
