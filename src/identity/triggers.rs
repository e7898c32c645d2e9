//! The triggers on auth.users. Neither signing up nor deleting a login may fail because helpdesk
//! refuses the data, so such errors become warnings. A timeout, for instance, fails both: the login
//! would otherwise be committed without what belongs to it.

use std::panic::AssertUnwindSafe;

use pgrx::datum::TimestampWithTimeZone;
use pgrx::prelude::*;
use pgrx::{Uuid, warning};

use super::former_login::{detach_profile, end_rights};
use super::login::Login;
use super::profiles::save_profile;
use crate::platform::error::{self, Result};
use crate::platform::transaction;
use crate::platform::trigger::{self, TriggerResult, TriggerRow, TriggerRows, Tuple};

/// Trigger on auth.users: creates the profile of a new login, and keeps address, name and picture
/// up to date. The person's next call or install() creates a profile that is missing.
#[pg_trigger(sql = "
    create function helpdesk.handle_new_user() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn handle_new_user<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, after_login_write)
}

fn after_login_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    if let Some(old) = &rows.old
        && is_same_person(old, &new)?
    {
        return Ok(None);
    }
    let login = Login::from_trigger(&new)?;
    let before = rows.old.as_ref().map(Login::from_trigger).transpose()?;
    if is_soft_deleted(&new)? {
        end_login(before.as_ref().unwrap_or(&login))?;
    } else {
        or_warn("create the profile", login.id, || save_profile(&login, before.as_ref()));
    }
    Ok(None)
}

/// Whether an update, such as that of the last sign-in, leaves alone what the profile follows.
fn is_same_person(old: &TriggerRow, new: &TriggerRow) -> Result<bool> {
    for column in ["email", "email_confirmed_at", "raw_user_meta_data"] {
        if !new.same_image(old, column)? {
            return Ok(false);
        }
    }
    Ok(is_soft_deleted(old)? == is_soft_deleted(new)?)
}

/// Trigger on auth.users: detaches the profile from a login that is deleted, and ends the rights
/// that the person had as staff or administrator.
#[pg_trigger(sql = "
    create function helpdesk.profiles_detach_login() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn profiles_detach_login<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, before_login_delete)
}

fn before_login_delete(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(old) = rows.old else { return Ok(None) };
    end_login(&Login::from_trigger(&old)?)?;
    Ok(Some(old.unchanged()))
}

/// Supabase can keep the row of a deleted login, with its data removed.
fn is_soft_deleted(row: &TriggerRow) -> Result<bool> {
    Ok(row.has_column("deleted_at") && row.get::<TimestampWithTimeZone>("deleted_at")?.is_some())
}

fn end_login(login: &Login) -> Result<()> {
    if let Some(profile) = detach_profile(login)? {
        or_warn("end the rights", login.id, || end_rights(profile));
    }
    Ok(())
}

fn or_warn(task: &str, login: Uuid, work: impl FnOnce() -> Result<()>) {
    let outcome = transaction::in_subtransaction(error::refuses_data, AssertUnwindSafe(work));
    if let Err(problem) = outcome {
        warning!("helpdesk could not {task} of login {login}: {problem}");
    }
}
