//! How people get in: invites to an organization, and codes that make an administrator of the installation.

use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::datum::{Interval, TimestampWithTimeZone};
use pgrx::prelude::*;

use crate::access::caller::Caller;
use crate::access::rights::{self, not_an_admin};
use crate::platform::datum::JsonText;
use crate::platform::enums::UserRole;
use crate::platform::error::{self, Result, required};
use crate::platform::{roles, statement};

const MAX_EMAIL: usize = 320;

/// When something made now expires; NULL when it would not live at all, or too long.
const EXPIRY: &str = "
    select case when $1 > interval '0' and $1 <= interval '366 days' and now() + $1 > now()
                then least(now() + $1, now() + interval '366 days') end";

const IS_MEMBER_BY_EMAIL: &str = "
    select from helpdesk.org_members m join helpdesk.profiles p on p.id = m.user_id
     where m.org_id = $1 and lower(p.email collate \"C\") = lower($2 collate \"C\")";

/// A pending invite to the same address is replaced.
const INVITE: &str = "
    insert into helpdesk.org_invites (org_id, email, role, expires_at, created_by)
    select o.id, $2, $3::helpdesk.user_role, $4, $5 from helpdesk.organizations o where o.id = $1
    on conflict (org_id, lower(email collate \"C\")) where used_at is null
    do update set id = excluded.id, email = excluded.email, role = excluded.role, created_at = excluded.created_at,
                  expires_at = excluded.expires_at, created_by = excluded.created_by
    returning id";

/// Only an address that its owner has proved to be theirs says who somebody is.
const CONFIRMED_EMAIL: &str = "
    select u.email::text from helpdesk.profiles p join auth.users u on u.id = p.auth_id
     where p.id = $1 and u.email_confirmed_at is not null";

/// Locks the membership before the invite: removing a member takes the two locks in the same order.
const LOCK_MEMBERSHIP: &str = "
    select from helpdesk.org_members m
     where m.user_id = $2 and m.org_id = (select i.org_id from helpdesk.org_invites i where i.id = $1)
       for key share";

/// An invite counts only while whoever sent it is org_admin. Losing that withdraws it, but not one that is not committed yet.
const SENDER_MAY_INVITE: &str = "(i.created_by is null
            or exists (select from helpdesk.org_members m
                        where m.org_id = i.org_id and m.user_id = i.created_by and m.org_role = 'org_admin'))";

/// Case is folded for ASCII letters only: other letters that look alike belong to other people.
static LOCK_INVITE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "
    select i.org_id, i.used_by, i.expires_at > clock_timestamp()
      from helpdesk.org_invites i
     where i.id = $1 and lower(i.email collate \"C\") = lower($2 collate \"C\")
       and (i.used_at is not null or {SENDER_MAY_INVITE})
       for update"
    )
});

/// Who is a member already keeps the role they have.
const ACCEPT: &str = "
    with invite as (
      update helpdesk.org_invites set used_at = now(), used_by = $3 where org_id = $1 and id = $2
      returning role, created_by
    )
    insert into helpdesk.org_members (org_id, user_id, org_role, added_by)
    select $1, $3, 'org_' || i.role, i.created_by from invite i
    on conflict (org_id, user_id) do nothing";

const IS_MEMBER: &str = "select from helpdesk.org_members where org_id = $1 and user_id = $2";

const REVOKE: &str = "
    delete from helpdesk.org_invites
     where id = $1 and ($2 or org_id = any ($3)) and used_at is null
    returning true";

const INVITE_EXISTS: &str =
    "select from helpdesk.org_invites where id = $1 and ($2 or org_id = any ($3))";

static PENDING: LazyLock<String> = LazyLock::new(|| {
    format!("
    select coalesce(json_agg(json_build_object(
             'id', i.id,
             'orgId', i.org_id,
             'orgName', o.name,
             'role', i.role,
             'invitedBy', case when p.id is not null then json_build_object('id', p.id, 'name', p.name) end,
             'createdAt', i.created_at,
             'expiresAt', i.expires_at) order by i.created_at, i.id), '[]')
      from helpdesk.org_invites i
      join helpdesk.organizations o on o.id = i.org_id
      left join helpdesk.profiles p on p.id = i.created_by
     where lower(i.email collate \"C\") = lower($1 collate \"C\")
       and i.used_at is null and i.expires_at > now() and {SENDER_MAY_INVITE}")
});

/// Invites the owner of an e-mail address to an organization. Returns the invite's id, for the link that the application mails.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn create_org_invite(
    p_org_id: Option<Uuid>,
    p_email: Option<&str>,
    p_role: default!(Option<UserRole>, "'customer'"),
    p_expires_in: default!(Option<Interval>, "'7 days'"),
) -> Result<Uuid> {
    let org = required(p_org_id, "p_org_id")?;
    let email = checked_email(required(p_email, "p_email")?)?;
    let role = required(p_role, "p_role")?;
    let caller = Caller::current()?;
    if !rights::acts_as_admin(org)? {
        return Err(not_an_admin());
    }
    let expires_at = expiry(p_expires_in)?;
    // A backend invites also in the name of somebody who may not, and then by itself.
    let sender = caller.profile.filter(|_| caller.is_admin(org));
    if statement::write(IS_MEMBER_BY_EMAIL)
        .fetch_optional(&[org.into(), email.into()], |_| ())?
        .is_some()
    {
        return Err(error::duplicate(
            "p_email: a member of the organization already",
            "set_member_role() changes what they are.",
        ));
    }
    let invite = statement::write(INVITE).fetch_optional(
        &[org.into(), email.into(), role.label().into(), expires_at.into(), sender.into()],
        |row| row.get(1),
    )?;
    invite.flatten().ok_or_else(not_an_admin)
}

fn checked_email(email: &str) -> Result<&str> {
    let email = email.trim();
    let is_address = match email.split_once('@') {
        Some((local, domain)) => !local.is_empty() && !domain.is_empty() && !domain.contains('@'),
        None => false,
    };
    if !is_address || email.chars().any(char::is_whitespace) || email.chars().count() > MAX_EMAIL {
        return Err(error::bad(
            "p_email",
            "not an e-mail address",
            "name@domain, up to 320 characters, without white space.",
        ));
    }
    Ok(email)
}

pub(super) fn expiry(expires_in: Option<Interval>) -> Result<TimestampWithTimeZone> {
    let expires_in = required(expires_in, "p_expires_in")?;
    statement::write(EXPIRY)
        .fetch_optional(&[expires_in.into()], |row| row.get(1))?
        .flatten()
        .ok_or_else(|| {
            error::bad("p_expires_in", "too short or too long", "More than 0, at most 366 days.")
        })
}

/// Joins the organization that the signed-in person was invited to. Returns its id, also when they accepted it before.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn accept_org_invite(p_invite_id: Option<Uuid>) -> Result<Uuid> {
    let id = required(p_invite_id, "p_invite_id")?;
    let me = Caller::current()?.require_profile()?;
    let email = confirmed_email(me)?.ok_or_else(unconfirmed)?;
    statement::write(LOCK_MEMBERSHIP).execute(&[id.into(), me.into()])?;
    let found = statement::write(&LOCK_INVITE)
        .fetch_optional(&[id.into(), email.into()], |row| {
            (row.get::<Uuid>(1), row.get::<Uuid>(2), row.get::<bool>(3))
        })?;
    let Some((Some(org), used_by, is_valid)) = found else { return Err(no_such_invite()) };
    if used_by.is_some() {
        let is_member =
            statement::write(IS_MEMBER).fetch_optional(&[org.into(), me.into()], |_| ())?.is_some();
        if used_by == Some(me) && is_member {
            return Ok(org);
        }
        return Err(error::wrong_state(
            "p_invite_id: the invite was accepted already",
            "An org_admin invites again.",
        ));
    }
    if is_valid != Some(true) {
        return Err(error::wrong_state(
            "p_invite_id: the invite has expired",
            "An org_admin invites again.",
        ));
    }
    statement::write(ACCEPT).execute(&[org.into(), id.into(), me.into()])?;
    Ok(org)
}

pub(super) fn confirmed_email(person: Uuid) -> Result<Option<String>> {
    Ok(statement::read(CONFIRMED_EMAIL)
        .fetch_optional(&[person.into()], |row| row.get(1))?
        .flatten())
}

/// Takes an invite back that was not accepted yet.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn revoke_org_invite(p_invite_id: Option<Uuid>) -> Result<()> {
    let id = required(p_invite_id, "p_invite_id")?;
    let caller = Caller::current()?;
    let sees_all = roles::role_bypasses_row_security();
    let args = || [id.into(), sees_all.into(), caller.admin_orgs().into()];
    if statement::write(REVOKE).fetch_optional(&args(), |_| ())?.is_some() {
        return Ok(());
    }
    if statement::write(INVITE_EXISTS).fetch_optional(&args(), |_| ())?.is_some() {
        return Err(error::wrong_state(
            "p_invite_id: the invite was accepted already",
            "remove_member() removes who accepted it.",
        ));
    }
    Err(error::not_allowed(
        "p_invite_id: no such invite, or you are not an admin of its organization",
        "Admins of an organization revoke its invites.",
    ))
}

/// The invites that the signed-in person can accept now: those to their confirmed e-mail address.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn my_pending_invites() -> Result<JsonText> {
    let me = Caller::current()?.require_profile()?;
    let invites = match confirmed_email(me)? {
        Some(email) => {
            statement::read(&PENDING).fetch_optional(&[email.into()], |row| row.get(1))?.flatten()
        }
        None => None,
    };
    Ok(invites.unwrap_or(JsonText("[]".to_owned())))
}

pub(super) fn unconfirmed() -> pgrx::pg_sys::panic::ErrorReport {
    error::not_allowed(
        "your e-mail address is not confirmed",
        "Follow the link in the mail that the sign-up sent, then try again.",
    )
}

fn no_such_invite() -> pgrx::pg_sys::panic::ErrorReport {
    error::not_allowed(
        "p_invite_id: no such invite to your e-mail address",
        "my_pending_invites() lists yours.",
    )
}
