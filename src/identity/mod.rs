//! Profiles: one for each login of auth.users, created and kept up to date by triggers.

use pgrx::datum::TimestampWithTimeZone;
use pgrx::prelude::*;
use pgrx::{Uuid, warning};

use crate::platform::datum::JsonbText;
use crate::platform::error::{self, Result};
use crate::platform::trigger::{self, TriggerResult, TriggerRows, Tuple};
use crate::platform::{roles, settings, statement, transaction};

const MAX_NAME: usize = 200;

const UPSERT_PROFILE: &str = "
    insert into helpdesk.profiles as p (auth_id, name, role, email)
    values ($1, $2, (case when $3 then 'admin' else 'customer' end)::helpdesk.user_role, $4)
    on conflict (auth_id) do update
       set email = excluded.email,
           role = case when $5 then 'admin'::helpdesk.user_role else p.role end";

const DETACH_LOGIN: &str = "update helpdesk.profiles set auth_id = null where auth_id = $1";

const LOGINS_WITHOUT_PROFILE: &str = "
    select u.id, u.email::text, u.email_confirmed_at is not null, u.raw_user_meta_data
      from auth.users u
     where not exists (select from helpdesk.profiles p where p.auth_id = u.id)
     order by u.created_at, u.id";

/// A row of auth.users.
struct Login {
    id: Uuid,
    email: Option<String>,
    is_confirmed: bool,
    /// Whether the address was confirmed by the change that fired the trigger.
    was_just_confirmed: bool,
    meta: Option<JsonbText>,
}

/// Trigger on auth.users: creates the profile of a new login, and copies its e-mail address. A
/// sign-up must never fail because of it, so errors become warnings; install() creates what is
/// missing.
#[pg_trigger(sql = "
    create function helpdesk.handle_new_user() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn handle_new_user<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, after_login_write)
}

fn after_login_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let was_confirmed = match &rows.old {
        Some(old) => old.get::<TimestampWithTimeZone>("email_confirmed_at")?.is_some(),
        None => false,
    };
    let is_confirmed = new.get::<TimestampWithTimeZone>("email_confirmed_at")?.is_some();
    let login = Login {
        id: new.required("id")?,
        email: new.get("email")?,
        is_confirmed,
        was_just_confirmed: is_confirmed && !was_confirmed,
        meta: new.get("raw_user_meta_data")?,
    };
    if let Err(problem) =
        transaction::in_subtransaction(std::panic::AssertUnwindSafe(|| save_profile(&login)))
    {
        warning!("helpdesk could not create the profile of login {}: {problem}", login.id);
    }
    Ok(None)
}

/// Trigger on auth.users: detaches the profile from a login that is deleted.
#[pg_trigger(sql = "
    create function helpdesk.profiles_detach_login() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn profiles_detach_login<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, before_login_delete)
}

fn before_login_delete(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(old) = rows.old else { return Ok(None) };
    statement::write(DETACH_LOGIN).execute(&[old.arg("id")?])?;
    Ok(Some(old.unchanged()))
}

/// Row security lets people update their own profile, but not these columns of it.
const PROTECTED_COLUMNS: [&str; 6] = ["id", "auth_id", "role", "email", "teams", "created_at"];

/// Trigger on profiles: nobody can promote themselves, whatever was granted on the table. It is not
/// SECURITY DEFINER, because the extension's own functions of that kind may change these columns.
#[pg_trigger(sql = "
    create function helpdesk.profiles_protect_columns() returns trigger
    language c set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn profiles_protect_columns<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, before_profile_update)
}

fn before_profile_update(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let (Some(old), Some(new)) = (rows.old, rows.new) else { return Ok(None) };
    if !roles::current_user_bypasses_row_security() {
        for column in PROTECTED_COLUMNS {
            if !new.same_image(&old, column)? {
                return Err(error::not_allowed(
                    "read_only_column",
                    format!("{column}: you may not change this column"),
                    "You can change name, preferences and last_active.",
                ));
            }
        }
    }
    Ok(Some(new.unchanged()))
}

/// Creates the profiles of logins that have none, for install().
pub fn back_fill_profiles() -> Result<()> {
    let logins = statement::write(LOGINS_WITHOUT_PROFILE).fetch_all(&[], |row| {
        let is_confirmed = row.get(3) == Some(true);
        row.get(1).map(|id| Login {
            id,
            email: row.get(2),
            is_confirmed,
            was_just_confirmed: is_confirmed,
            meta: row.get(4),
        })
    })?;
    logins.iter().flatten().try_for_each(save_profile)
}

fn save_profile(login: &Login) -> Result<()> {
    let is_initial_admin = match (&login.email, settings::setting(c"app.initial_admin_email")) {
        (Some(email), Some(admin)) => {
            // Folds only ASCII case: addresses that differ in other letters may belong to others.
            let admin = admin.to_string_lossy();
            let admin = admin.trim();
            !admin.is_empty() && email.eq_ignore_ascii_case(admin)
        }
        _ => false,
    };
    statement::write(UPSERT_PROFILE).execute(&[
        login.id.into(),
        display_name(login).into(),
        (is_initial_admin && login.is_confirmed).into(),
        login.email.clone().into(),
        (is_initial_admin && login.was_just_confirmed).into(),
    ])
}

/// The first that is not blank of full_name, name and user_name (which OAuth providers set), then
/// the e-mail address, then "User".
fn display_name(login: &Login) -> String {
    let meta: serde_json::Value =
        login.meta.as_ref().and_then(|meta| serde_json::from_str(&meta.0).ok()).unwrap_or_default();
    ["full_name", "name", "user_name"]
        .iter()
        .filter_map(|key| meta.get(key)?.as_str())
        .chain(login.email.as_deref())
        .map(str::trim)
        .find(|name| !name.is_empty())
        .unwrap_or("User")
        .chars()
        .take(MAX_NAME)
        .collect()
}

#[cfg(any(test, feature = "pg_test"))]
#[pg_schema]
mod tests {
    use super::*;
    use crate::platform::uuid::new_id;

    fn name(meta: &str, email: Option<&str>) -> String {
        display_name(&Login {
            id: new_id(),
            email: email.map(str::to_owned),
            is_confirmed: false,
            was_just_confirmed: false,
            meta: Some(JsonbText(meta.to_owned())),
        })
    }

    #[pg_test]
    fn identity_name_is_the_first_that_is_not_blank() {
        assert_eq!(name(r#"{"full_name": " Ada L ", "name": "x"}"#, None), "Ada L");
        assert_eq!(
            name(r#"{"full_name": " ", "name": 7, "user_name": "ada"}"#, Some("a@x")),
            "ada"
        );
        assert_eq!(name("[]", Some("a@x")), "a@x");
        assert_eq!(name("{}", None), "User");
        assert_eq!(
            name(&format!(r#"{{"name": "{}"}}"#, "\u{1F642}".repeat(300)), None).chars().count(),
            MAX_NAME
        );
    }
}
