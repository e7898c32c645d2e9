//! How people get in: invites to an organization, and codes that make an administrator of the installation.

use pgrx::Uuid;
use pgrx::datum::{Interval, TimestampWithTimeZone};
use pgrx::prelude::*;

use crate::db::{self, JsonText};
use crate::enums::UserRole;
use crate::error::{Error, Result, required};
use crate::organizations::not_an_admin;
use crate::viewer::{self, Viewer};

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
macro_rules! sender_may_invite {
    () => {
        "(i.created_by is null
            or exists (select from helpdesk.org_members m
                        where m.org_id = i.org_id and m.user_id = i.created_by and m.org_role = 'org_admin'))"
    };
}

/// Case is folded for ASCII letters only: other letters that look alike belong to other people.
const LOCK_INVITE: &str = concat!(
    "
    select i.org_id, i.used_by, i.expires_at > clock_timestamp()
      from helpdesk.org_invites i
     where i.id = $1 and lower(i.email collate \"C\") = lower($2 collate \"C\")
       and (i.used_at is not null or ",
    sender_may_invite!(),
    ")
       for update"
);

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

const PENDING: &str = concat!(
    "
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
       and i.used_at is null and i.expires_at > now() and ",
    sender_may_invite!()
);

const SAVE_CODE: &str = "
    insert into helpdesk.admin_invite_codes (code, expires_at, created_by)
    values (encode(sha256(convert_to($1, 'UTF8')), 'hex'), $2, $3)";

/// A code, too, counts only while whoever made it is administrator.
const REDEEM: &str = "
    with code as (
      update helpdesk.admin_invite_codes c set used_at = now(), used_by = $2
       where c.code = encode(sha256(convert_to($1, 'UTF8')), 'hex')
         and c.used_at is null and c.expires_at > clock_timestamp()
         and (c.created_by is null
              or exists (select from helpdesk.profiles p where p.id = c.created_by and p.role = 'admin'))
      returning true
    )
    update helpdesk.profiles set role = 'admin' where id = $2 and exists (select from code)
    returning true";

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
    let viewer = Viewer::current()?;
    if !viewer::acts_as_admin(org)? {
        return Err(not_an_admin());
    }
    let expires_at = expiry(p_expires_in)?;
    // A backend invites also in the name of somebody who may not, and then by itself.
    let sender = viewer.profile.filter(|_| viewer.is_admin(org));
    if db::run_one(IS_MEMBER_BY_EMAIL, &[org.into(), email.into()], |_| ())?.is_some() {
        return Err(Error::duplicate(
            "p_email: a member of the organization already",
            "set_member_role() changes what they are.",
        ));
    }
    let invite = db::run_one(
        INVITE,
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
        return Err(Error::bad(
            "p_email",
            "not an e-mail address",
            "name@domain, up to 320 characters, without white space.",
        ));
    }
    Ok(email)
}

fn expiry(expires_in: Option<Interval>) -> Result<TimestampWithTimeZone> {
    let expires_in = required(expires_in, "p_expires_in")?;
    db::run_one(EXPIRY, &[expires_in.into()], |row| row.get(1))?.flatten().ok_or_else(|| {
        Error::bad("p_expires_in", "too short or too long", "More than 0, at most 366 days.")
    })
}

/// Joins the organization that the signed-in person was invited to. Returns its id, also when they accepted it before.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn accept_org_invite(p_invite_id: Option<Uuid>) -> Result<Uuid> {
    let id = required(p_invite_id, "p_invite_id")?;
    let me = Viewer::current()?.person()?;
    let email = confirmed_email(me)?.ok_or_else(unconfirmed)?;
    db::run(LOCK_MEMBERSHIP, &[id.into(), me.into()])?;
    let found = db::run_one(LOCK_INVITE, &[id.into(), email.into()], |row| {
        (row.get::<Uuid>(1), row.get::<Uuid>(2), row.get::<bool>(3))
    })?;
    let Some((Some(org), used_by, is_valid)) = found else { return Err(no_such_invite()) };
    if used_by.is_some() {
        let is_member = db::run_one(IS_MEMBER, &[org.into(), me.into()], |_| ())?.is_some();
        if used_by == Some(me) && is_member {
            return Ok(org);
        }
        return Err(Error::wrong_state(
            "p_invite_id: the invite was accepted already",
            "An org_admin invites again.",
        ));
    }
    if is_valid != Some(true) {
        return Err(Error::wrong_state(
            "p_invite_id: the invite has expired",
            "An org_admin invites again.",
        ));
    }
    db::run(ACCEPT, &[org.into(), id.into(), me.into()])?;
    Ok(org)
}

fn confirmed_email(person: Uuid) -> Result<Option<String>> {
    Ok(db::read_one(CONFIRMED_EMAIL, &[person.into()], |row| row.get(1))?.flatten())
}

/// Takes an invite back that was not accepted yet.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn revoke_org_invite(p_invite_id: Option<Uuid>) -> Result<()> {
    let id = required(p_invite_id, "p_invite_id")?;
    let viewer = Viewer::current()?;
    let sees_all = viewer::role_bypasses_row_security();
    let args = || [id.into(), sees_all.into(), viewer.admin_orgs().into()];
    if db::run_one(REVOKE, &args(), |_| ())?.is_some() {
        return Ok(());
    }
    if db::run_one(INVITE_EXISTS, &args(), |_| ())?.is_some() {
        return Err(Error::wrong_state(
            "p_invite_id: the invite was accepted already",
            "remove_member() removes who accepted it.",
        ));
    }
    Err(Error::not_allowed(
        "p_invite_id: no such invite, or you are not an admin of its organization",
        "Admins of an organization revoke its invites.",
    ))
}

/// The invites that the signed-in person can accept now: those to their confirmed e-mail address.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn my_pending_invites() -> Result<JsonText> {
    let me = Viewer::current()?.person()?;
    let invites = match confirmed_email(me)? {
        Some(email) => db::read_one(PENDING, &[email.into()], |row| row.get(1))?.flatten(),
        None => None,
    };
    Ok(invites.unwrap_or(JsonText("[]".to_owned())))
}

/// Makes a code with which somebody becomes an administrator of the installation. It is shown this once.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn create_admin_invite_code(
    p_expires_in: default!(Option<Interval>, "'7 days'"),
) -> Result<String> {
    let viewer = Viewer::current()?;
    if !viewer::role_bypasses_row_security() && !viewer.is_installation_admin() {
        return Err(Error::not_allowed(
            "only administrators of the installation make admin codes",
            "The role of the profile must be admin.",
        ));
    }
    let expires_at = expiry(p_expires_in)?;
    let code = random_code()?;
    let maker = viewer.profile.filter(|_| viewer.is_installation_admin());
    db::run(SAVE_CODE, &[code.as_str().into(), expires_at.into(), maker.into()])?;
    Ok(code)
}

/// 128 bits from the system's random source, as 32 hex digits.
fn random_code() -> Result<String> {
    let mut bits = [0_u8; 16];
    // SAFETY: the buffer has the length that is passed.
    let is_filled = unsafe { pg_sys::pg_strong_random(bits.as_mut_ptr().cast(), bits.len()) };
    if !is_filled {
        return Err(Error::wrong_state(
            "the system has no random numbers now",
            "Try again later; see the server's log.",
        ));
    }
    Ok(format!("{:032x}", u128::from_be_bytes(bits)))
}

/// Makes the signed-in person an administrator of the installation.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn redeem_admin_invite_code(p_code: Option<&str>) -> Result<()> {
    let code = required(p_code, "p_code")?.trim().to_ascii_lowercase();
    let viewer = Viewer::current()?;
    let me = viewer.person()?;
    if viewer.is_installation_admin() {
        return Err(Error::wrong_state(
            "you are an administrator of the installation already",
            "The code was not used up.",
        ));
    }
    confirmed_email(me)?.ok_or_else(unconfirmed)?;
    // Whatever is wrong with a code, the answer is the same.
    db::run_one(REDEEM, &[code.into(), me.into()], |_| ())?.ok_or_else(|| {
        Error::not_allowed(
            "p_code: no such code, or it was used or has expired",
            "An administrator of the installation makes another: create_admin_invite_code().",
        )
    })
}

fn unconfirmed() -> pgrx::pg_sys::panic::ErrorReport {
    Error::not_allowed(
        "your e-mail address is not confirmed",
        "Follow the link in the mail that the sign-up sent, then try again.",
    )
}

fn no_such_invite() -> pgrx::pg_sys::panic::ErrorReport {
    Error::not_allowed(
        "p_invite_id: no such invite to your e-mail address",
        "my_pending_invites() lists yours.",
    )
}

#[cfg(any(test, feature = "pg_test"))]
#[pg_schema]
mod tests {
    use super::*;

    #[pg_test]
    fn invites_codes_are_128_random_bits() {
        let codes: std::collections::BTreeSet<String> =
            (0..1000).map(|_| random_code().unwrap_or_default()).collect();
        assert_eq!(codes.len(), 1000);
        assert!(
            codes.iter().all(|code| code.len() == 32 && u128::from_str_radix(code, 16).is_ok())
        );
        // Each of the 128 bits is sometimes set and sometimes not.
        let bits = codes.iter().filter_map(|code| u128::from_str_radix(code, 16).ok());
        let (any, all) = bits.fold((0, u128::MAX), |(any, all), code| (any | code, all & code));
        assert_eq!((any, all), (u128::MAX, 0));
    }
}
