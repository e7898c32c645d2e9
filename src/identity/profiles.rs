//! Writing the profile of a login, and giving a person who signs up again their former one.

use std::cell::Cell;
use std::panic::AssertUnwindSafe;

use pgrx::Uuid;

use super::former_login::end_rights;
use super::login::Login;
use crate::platform::error::{self, Result};
use crate::platform::statement::Planned;
use crate::platform::{settings, statement, transaction};
use crate::sharding::is_main_node;

/// $6 and $7: name and picture as the login had them before. Those that the person chose stay.
const UPSERT_PROFILE: &str = "
    insert into helpdesk.profiles as p (auth_id, name, role, email, avatar_url, email_is_confirmed)
    values ($1, $2, (case when $4 then 'admin' else 'customer' end)::helpdesk.user_role, $3, $5, $9)
    on conflict (auth_id) where auth_id is not null do update
       set email = excluded.email,
           email_is_confirmed = excluded.email_is_confirmed,
           name = case when p.name = $6 then excluded.name else p.name end,
           avatar_url = case when p.avatar_url is not distinct from $7 then excluded.avatar_url
                             else p.avatar_url end,
           role = case when $8 then 'admin'::helpdesk.user_role else p.role end";

/// Not those that somebody left behind with an address that they had not confirmed. Folds only
/// ASCII case: addresses that differ in other letters may belong to other people.
const LOCK_FORMER_PROFILES: &str = r#"
    select p.id, p.imported_for is not null, p.name from helpdesk.profiles p
     where lower(p.email collate "C") = lower($1 collate "C") and p.auth_id is null and p.email_is_confirmed
     order by p.id for no key update"#;

const HAS_PROFILE: &str = "select from helpdesk.profiles where auth_id = $1";

/// The foreign keys refuse it if the profile is used.
const DELETE_UNUSED_PROFILE: &str = "
    delete from helpdesk.profiles where auth_id = $1 and role = 'customer' returning true";

const ATTACH_PROFILE: &str =
    "update helpdesk.profiles set auth_id = $2, imported_for = null where id = $1";

/// Logins, with the columns that `Login::from_row` reads. Supabase keeps the rows of deleted ones.
const SELECT_LOGINS: &str = "
    select u.id, u.email::text, u.email_confirmed_at is not null, u.raw_user_meta_data
      from auth.users u";

const MARKS_DELETED_LOGINS: &str = "
    select from pg_catalog.pg_attribute a
     where a.attrelid operator(pg_catalog.=) 'auth.users'::pg_catalog.regclass
       and a.attname operator(pg_catalog.=) 'deleted_at' and not a.attisdropped";

const WITHOUT_PROFILE: &str = "
     where not exists (select from helpdesk.profiles p where p.auth_id = u.id)";

const ORDER_OF_SIGN_UP: &str = " order by u.created_at, u.id";

/// Profiles that may differ from their login: by the address, or because they still have the name
/// of a login without one.
const STALE_PROFILES: &str = "
    select u.id, u.email::text, u.email_confirmed_at is not null, u.raw_user_meta_data,
           p.email, p.email_is_confirmed
      from auth.users u join helpdesk.profiles p on p.auth_id = u.id
     where p.email is distinct from u.email::text
        or p.email_is_confirmed <> (u.email_confirmed_at is not null)
        or (p.name in (p.email, 'User')
            and u.raw_user_meta_data ?| '{full_name,name,display_name,preferred_username,user_name}')
     order by p.id";

/// For install(): creates the profiles of logins that have none, and brings up to date those that
/// have not followed their login.
pub fn back_fill_profiles() -> Result<()> {
    let select = select_existing_logins(WITHOUT_PROFILE)? + ORDER_OF_SIGN_UP;
    let logins =
        statement::write_assembled(&select, Planned::Once).fetch_all(&[], Login::from_row)?;
    logins.iter().flatten().try_for_each(|login| save_profile(login, None))?;
    let stale = statement::write(STALE_PROFILES).fetch_all(&[], |row| {
        let login = Login::from_row(row)?;
        let before = login.as_known_by_profile(row.get(5), row.get(6) == Some(true));
        Some((login, before))
    })?;
    let stale = stale.into_iter().flatten().filter(|(login, before)| login.differs_from(before));
    stale.into_iter().try_for_each(|(login, before)| save_profile(&login, Some(&before)))
}

/// On a worker, which has no logins: a deleted one has no profile.
const PROFILE_EXISTS: &str = "
    select from helpdesk.profiles p where p.auth_id operator(pg_catalog.=) $1";

/// Whether there is such a login, and it has not been deleted. Callers pin the search_path.
pub fn login_exists(login: Uuid) -> Result<bool> {
    if is_main_node()? {
        return Ok(find_login(login)?.is_some());
    }
    statement::read(PROFILE_EXISTS).exists(&[login.into()])
}

/// Creates the profile of a login that has none. Returns false if there is no such login.
pub fn create_missing_profile(login: Uuid) -> Result<bool> {
    // A worker has no logins, and a profile only there would differ from those elsewhere.
    if !is_main_node()? {
        return Ok(false);
    }
    let Some(login) = find_login(login)? else { return Ok(false) };
    save_profile(&login, None)?;
    Ok(true)
}

fn find_login(login: Uuid) -> Result<Option<Login>> {
    let select = select_existing_logins(" where u.id operator(pg_catalog.=) $1")?;
    let found = statement::read_assembled(&select, Planned::Once)
        .fetch_optional(&[login.into()], Login::from_row)?;
    Ok(found.flatten())
}

/// Selects the logins that meet a condition and are not deleted.
fn select_existing_logins(condition: &str) -> Result<String> {
    let marks_deleted = statement::write(MARKS_DELETED_LOGINS).exists(&[])?;
    let existing = if marks_deleted { " and u.deleted_at is null" } else { "" };
    Ok(format!("{SELECT_LOGINS}{condition}{existing}"))
}

/// Writes the profile of a login. `before`: the login before the change.
pub(super) fn save_profile(login: &Login, before: Option<&Login>) -> Result<()> {
    let was_just_confirmed =
        login.is_confirmed && !before.is_some_and(|before| before.is_confirmed);
    let imported_name = match login.confirmed_email().filter(|_| was_just_confirmed) {
        Some(email) => return_former_profile(login.id, email)?,
        None => None,
    };
    let is_initial_admin = is_initial_admin(login);
    // The address does not replace a name that the metadata no longer has.
    let keeps_name = login.name().is_none() && before.is_some_and(|before| before.name().is_some());
    let followed_name = before.filter(|_| !keeps_name).map(Login::display_name);
    // An organization has chosen the name of somebody whom it imported.
    let imported_name = imported_name.filter(|_| login.name().is_some());
    let followed_name = imported_name.or(followed_name);
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

/// A profile without a login.
struct FormerProfile {
    id: Uuid,
    is_imported: bool,
    name: Option<String>,
}

/// Attaches the login to the profile without a login that has its confirmed address. Returns the
/// name that an import gave it.
fn return_former_profile(login: Uuid, email: &str) -> Result<Option<String>> {
    let former = statement::write(LOCK_FORMER_PROFILES).fetch_all(&[email.into()], |row| {
        Some(FormerProfile { id: row.get(1)?, is_imported: row.get(2)?, name: row.get(3) })
    })?;
    let Some(former) = choose_former_profile(former.into_iter().flatten().collect()) else {
        return Ok(None);
    };
    if statement::write(HAS_PROFILE).exists(&[login.into()])? && !delete_unused_profile(login) {
        return Ok(None);
    }
    end_rights(former.id)?;
    statement::write(ATTACH_PROFILE).execute(&[former.id.into(), login.into()])?;
    Ok(former.name.filter(|_| former.is_imported))
}

/// The only one that the person can have left behind. Whoever administers an organization can
/// import any address, so what they import is never in the way of it; of that, the first counts.
fn choose_former_profile(former: Vec<FormerProfile>) -> Option<FormerProfile> {
    let (mut imported, mut own): (Vec<_>, Vec<_>) =
        former.into_iter().partition(|profile| profile.is_imported);
    match own.len() {
        0 if imported.is_empty() => None,
        0 => Some(imported.swap_remove(0)),
        1 => own.pop(),
        _ => None,
    }
}

/// Deletes the profile of a new login. Returns false if it has been used or has a role.
fn delete_unused_profile(login: Uuid) -> bool {
    let is_deleted = Cell::new(false);
    let work = AssertUnwindSafe(|| {
        is_deleted.set(statement::write(DELETE_UNUSED_PROFILE).exists(&[login.into()])?);
        Ok(())
    });
    transaction::in_subtransaction(error::refuses_data, work).is_ok() && is_deleted.get()
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
