//! Writing the profile of a login, and giving a person who signs up again their former one.

use std::panic::AssertUnwindSafe;

use pgrx::Uuid;

use super::former_login::end_rights;
use super::login::Login;
use crate::platform::error::{self, Result};
use crate::platform::{settings, statement, transaction};

/// $6 and $7: name and picture as the login had them before. Those that the person chose stay.
const UPSERT_PROFILE: &str = "
    insert into helpdesk.profiles as p (auth_id, name, role, email, avatar_url, email_is_confirmed)
    values ($1, $2, (case when $4 then 'admin' else 'customer' end)::helpdesk.user_role, $3, $5, $9)
    on conflict (auth_id) do update
       set email = excluded.email,
           email_is_confirmed = excluded.email_is_confirmed,
           name = case when p.name = $6 then excluded.name else p.name end,
           avatar_url = case when p.avatar_url is not distinct from $7 then excluded.avatar_url
                             else p.avatar_url end,
           role = case when $8 then 'admin'::helpdesk.user_role else p.role end";

/// Not those that somebody left behind with an address that they had not confirmed. Folds only
/// ASCII case: addresses that differ in other letters may belong to other people.
const LOCK_FORMER_PROFILES: &str = r#"
    select p.id from helpdesk.profiles p
     where lower(p.email collate "C") = lower($1 collate "C") and p.auth_id is null and p.email_is_confirmed
     order by p.id for update"#;

const HAS_PROFILE: &str = "select from helpdesk.profiles where auth_id = $1";

/// The foreign keys refuse it if the profile is used.
const DELETE_UNUSED_PROFILE: &str = "
    delete from helpdesk.profiles where auth_id = $1 and role = 'customer' returning true";

const ATTACH_PROFILE: &str = "update helpdesk.profiles set auth_id = $2 where id = $1";

const LOGINS_WITHOUT_PROFILE: &str = "
    select u.id, u.email::text, u.email_confirmed_at is not null, u.raw_user_meta_data
      from auth.users u
     where not exists (select from helpdesk.profiles p where p.auth_id = u.id)
     order by u.created_at, u.id";

/// Creates the profiles of logins that have none, for install().
pub fn back_fill_profiles() -> Result<()> {
    let logins = statement::write(LOGINS_WITHOUT_PROFILE).fetch_all(&[], Login::from_row)?;
    logins.iter().flatten().try_for_each(|login| save_profile(login, None))
}

/// Writes the profile of a login. `before`: the login before the change.
pub(super) fn save_profile(login: &Login, before: Option<&Login>) -> Result<()> {
    let was_just_confirmed =
        login.is_confirmed && !before.is_some_and(|before| before.is_confirmed);
    if let Some(email) = login.confirmed_email().filter(|_| was_just_confirmed) {
        return_former_profile(login.id, email)?;
    }
    let is_initial_admin = is_initial_admin(login);
    // The address does not replace a name that the metadata no longer has.
    let keeps_name = login.name().is_none() && before.is_some_and(|before| before.name().is_some());
    let followed_name = before.filter(|_| !keeps_name).map(Login::display_name);
    statement::write(UPSERT_PROFILE).execute(&[
        login.id.into(),
        login.display_name().into(),
        login.email.as_deref().into(),
        (is_initial_admin && login.is_confirmed).into(),
        login.avatar_url().into(),
        followed_name.into(),
        before.and_then(Login::avatar_url).into(),
        (is_initial_admin && was_just_confirmed).into(),
        login.is_confirmed.into(),
    ])
}

/// Attaches the login to the only profile without a login that has its confirmed address.
fn return_former_profile(login: Uuid, email: &str) -> Result<()> {
    let former = statement::write(LOCK_FORMER_PROFILES)
        .fetch_all(&[email.into()], |row| row.get::<Uuid>(1))?;
    let [Some(former)] = former[..] else { return Ok(()) };
    if statement::write(HAS_PROFILE).exists(&[login.into()])? && !delete_unused_profile(login) {
        return Ok(());
    }
    end_rights(former)?;
    statement::write(ATTACH_PROFILE).execute(&[former.into(), login.into()])
}

/// Deletes the profile of a new login. Returns false if it has been used.
fn delete_unused_profile(login: Uuid) -> bool {
    transaction::in_subtransaction(AssertUnwindSafe(|| {
        match statement::write(DELETE_UNUSED_PROFILE).exists(&[login.into()])? {
            true => Ok(()),
            false => Err(error::internal("the profile has a role on the installation")),
        }
    }))
    .is_ok()
}

/// Whether the login has the address in app.initial_admin_email. Folds only ASCII case.
fn is_initial_admin(login: &Login) -> bool {
    let (Some(email), Some(admin)) = (&login.email, settings::setting(c"app.initial_admin_email"))
    else {
        return false;
    };
    let admin = admin.to_string_lossy();
    let admin = admin.trim();
    !admin.is_empty() && email.eq_ignore_ascii_case(admin)
}
