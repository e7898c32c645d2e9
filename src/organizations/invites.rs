//! Invites: the owner of an e-mail address may join an organization, once, before an expiry date.

use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::datum::Interval;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use serde::Serialize;

use super::email::{find_confirmed_email, parse_email, require_confirmed_email};
use super::expiry::expiry;
#[cfg(test)]
use super::org_role::OrgRole;
use crate::access::authors::check_author;
use crate::access::caller::Caller;
use crate::access::rights::{self, not_an_admin};
use crate::platform::argument_names::{ArgumentNames, name_arguments, written_name};
use crate::platform::datum::JsonText;
use crate::platform::enums::UserRole;
use crate::platform::error::{self, Result, required};
use crate::platform::json::id::Id;
use crate::platform::json::output::Time;
#[cfg(test)]
use crate::platform::json::schema::{Api, null_only_in};
use crate::platform::roles;
use crate::platform::statement::{self, Row};
use crate::platform::trigger::{self, TriggerResult};

/// A member without a login can only come back by signing up again.
const IS_MEMBER_BY_EMAIL: &str = "
    select from helpdesk.org_members m join helpdesk.profiles p on p.id = m.user_id
     where m.org_id = $1 and p.auth_id is not null and lower(p.email collate \"C\") = lower($2 collate \"C\")";

const AGENTS_MAY_INVITE: &str =
    "select from helpdesk.organizations where id = $1 and agents_may_invite";

/// Replaces a pending invite to the same address, on a condition without parameters, because Citus
/// loses them.
fn upsert_invite(condition: &str) -> String {
    format!("
    insert into helpdesk.org_invites (org_id, email, role, expires_at, created_by)
    select o.id, $2, $3::helpdesk.user_role, $4, $5 from helpdesk.organizations o where o.id = $1
    on conflict (org_id, lower(email collate \"C\")) where used_at is null
    do update set id = excluded.id, email = excluded.email, role = excluded.role, created_at = excluded.created_at,
                  expires_at = excluded.expires_at, created_by = excluded.created_by
     where {condition}
    returning id")
}

static UPSERT_AS_ADMIN: LazyLock<String> = LazyLock::new(|| upsert_invite("true"));

/// An agent replaces their own invites only, unless the other one has expired.
static UPSERT_AS_AGENT: LazyLock<String> = LazyLock::new(|| {
    upsert_invite(
        "org_invites.created_by = excluded.created_by
         or org_invites.expires_at <= excluded.created_at",
    )
});

const FIND_INVITE: &str = r#"
    select i.org_id, 'org_' || i.role, i.created_by from helpdesk.org_invites i
     where i.id = $1 and lower(i.email collate "C") = lower($2 collate "C")"#;

/// A person who is already a member keeps their role.
const ADD_MEMBER: &str = "
    insert into helpdesk.org_members (org_id, user_id, org_role, added_by) values ($1, $2, $3, $4)
    on conflict (org_id, user_id) do nothing
    returning true";

/// How often a membership is added and found removed again.
const MAX_ATTEMPTS: usize = 10;

const LOCK_MEMBERSHIP: &str = "
    select from helpdesk.org_members m where m.org_id = $1 and m.user_id = $2 for key share";

/// An invite is valid only while its sender may invite. Demoting the sender deletes it, unless the
/// transaction that creates it has not committed yet; hence this condition.
const SENDER_MAY_INVITE: &str = "(i.created_by is null
            or exists (select from helpdesk.org_members m
                         join helpdesk.organizations s on s.id = m.org_id
                        where m.org_id = i.org_id and m.user_id = i.created_by
                          and (m.org_role = 'org_admin'
                               or m.org_role = 'org_agent' and i.role = 'customer' and s.agents_may_invite)))";

/// Folds only ASCII case: addresses that differ in other letters may belong to other people.
static LOCK_INVITE: LazyLock<String> = LazyLock::new(|| {
    format!(
        r#"
    select i.used_by, i.expires_at > clock_timestamp(), 'org_' || i.role, i.created_by
      from helpdesk.org_invites i
     where i.id = $1 and lower(i.email collate "C") = lower($2 collate "C")
       and (i.used_at is not null or {SENDER_MAY_INVITE})
       for update"#
    )
});

const MARK_AS_USED: &str =
    "update helpdesk.org_invites set used_at = now(), used_by = $3 where org_id = $1 and id = $2";

/// Admins ($3) revoke all invites of their organizations, agents ($4) those that they sent ($5).
const DELETE_PENDING_INVITE: &str = "
    delete from helpdesk.org_invites
     where id = $1 and used_at is null
       and ($2 or org_id = any ($3) or org_id = any ($4) and created_by = $5)
    returning true";

const INVITE_EXISTS: &str = "
    select from helpdesk.org_invites
     where id = $1 and ($2 or org_id = any ($3) or org_id = any ($4) and created_by = $5)";

static LIST_PENDING_INVITES: LazyLock<String> = LazyLock::new(|| {
    format!(
        r#"
    select i.id, i.org_id, o.name, i.role, p.id, p.name, i.created_at, i.expires_at
      from helpdesk.org_invites i
      join helpdesk.organizations o on o.id = i.org_id
      left join helpdesk.profiles p on p.id = i.created_by
     where lower(i.email collate "C") = lower($1 collate "C")
       and i.used_at is null and i.expires_at > now() and {SENDER_MAY_INVITE}
     order by i.created_at, i.id"#
    )
});

/// An invite as the person who can accept it sees it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(transform = null_only_in(&["invitedBy"])))]
struct PendingInvite {
    id: Option<Id>,
    org_id: Option<Id>,
    org_name: Option<String>,
    /// The same as `org_role`, as the table stores it.
    role: Option<UserRole>,
    #[cfg_attr(test, schemars(with = "OrgRole"))]
    org_role: Option<&'static str>,
    invited_by: Option<Sender>,
    created_at: Option<Time>,
    expires_at: Option<Time>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "InviteSender"))]
#[cfg_attr(test, schemars(transform = null_only_in(&[])))]
struct Sender {
    id: Id,
    name: Option<String>,
}

#[cfg(test)]
pub(super) fn describe(api: &mut Api) {
    api.result::<Vec<PendingInvite>>("my_pending_invites");
}

impl PendingInvite {
    fn from_row(row: &Row) -> PendingInvite {
        PendingInvite {
            id: row.id(1),
            org_id: row.id(2),
            org_name: row.get(3),
            role: row.get(4),
            org_role: row.get(4).map(UserRole::org_role),
            invited_by: row.id(5).map(|id| Sender { id, name: row.get(6) }),
            created_at: row.time(7),
            expires_at: row.time(8),
        }
    }
}

/// The columns that create_org_invite writes.
const INVITE_NAMES: ArgumentNames = &[("org_id", "p_org_id"), ("role", "p_role")];

/// Invites the owner of an e-mail address to an organization. Returns the invite's id, for the link
/// that the application sends.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn create_org_invite(
    p_org_id: Option<Uuid>,
    p_email: Option<&str>,
    p_role: default!(Option<UserRole>, "'customer'"),
    p_expires_in: default!(Option<Interval>, "'7 days'"),
    p_org_role: default!(Option<UserRole>, "null"),
) -> Result<Uuid> {
    let org = required(p_org_id, "p_org_id")?;
    let email = parse_email("p_email", required(p_email, "p_email")?)?;
    let role = required(p_org_role.or(p_role), "p_role")?;
    let caller = Caller::current()?;
    let _names = name_arguments(INVITE_NAMES);
    let is_admin = rights::acts_as_admin(org)?;
    check_may_invite(org, role, is_admin)?;
    let expires_at = expiry(p_expires_in)?;
    // A backend that bypasses row security can carry the claims of a person who may not invite.
    // Such an invite has no sender, because it would be invalid with this one.
    let sender = caller.profile.filter(|_| caller.is_admin(org) || !is_admin);
    if statement::write(IS_MEMBER_BY_EMAIL).exists(&[org.into(), email.into()])? {
        return Err(error::conflict(
            "already_a_member",
            "p_email: already a member of the organization",
            "set_member_role() changes a member's role.",
        ));
    }
    let args = [org.into(), email.into(), role.label().into(), expires_at.into(), sender.into()];
    let upsert = if is_admin { &UPSERT_AS_ADMIN } else { &UPSERT_AS_AGENT };
    statement::write(upsert).fetch_scalar(&args)?.ok_or_else(|| match is_admin {
        true => not_an_admin("p_org_id"), // There is no such organization.
        false => error::conflict(
            "already_invited",
            "p_email: somebody else has invited this address",
            "An org_admin can replace the invite.",
        ),
    })
}

/// Admins invite anybody; agents invite customers if the organization lets them.
fn check_may_invite(org: Uuid, role: UserRole, is_admin: bool) -> Result<()> {
    if is_admin {
        return Ok(());
    }
    let may_invite_customers = Caller::current()?.is_staff(org)
        && statement::read(AGENTS_MAY_INVITE).exists(&[org.into()])?;
    match may_invite_customers {
        true if role == UserRole::Customer => Ok(()),
        true => Err(error::not_allowed(
            "may_not_invite_staff",
            format!("{}: agents may only invite customers", written_name("role")),
            "An org_admin can invite staff.",
        )),
        false => Err(not_an_admin(written_name("org_id"))),
    }
}

/// Trigger on org_invites: people invite in their own name, and whom they may.
#[pg_trigger(sql = "
    create function helpdesk.org_invites_check_sender() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn org_invites_check_sender<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, |rows| {
        let Some(new) = rows.new else { return Ok(None) };
        check_author(&new, "created_by")?;
        let org: Uuid = new.required("org_id")?;
        check_may_invite(org, new.required("role")?, rights::acts_as_admin(org)?)?;
        Ok(Some(new.unchanged()))
    })
}

/// Makes the caller a member of the organization that invited them. Returns its id, also if they
/// accepted the same invite before.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn accept_org_invite(p_invite_id: Option<Uuid>) -> Result<Uuid> {
    let id = required(p_invite_id, "p_invite_id")?;
    let me = Caller::signed_in()?.require_profile()?;
    let email = require_confirmed_email()?;
    let invite = [id.into(), email.into()];
    let offer = statement::write(FIND_INVITE).fetch_optional(&invite, |row| Offer {
        org: row.get(1),
        role: row.get(2),
        sender: row.get(3),
    })?;
    let Some(offer @ Offer { org: Some(org), .. }) = offer else { return Err(no_such_invite()) };
    let was_member = !become_member(org, me, &offer)?;
    let locked = statement::write(&LOCK_INVITE).fetch_optional(&invite, |row| {
        let offer = Offer { org: Some(org), role: row.get(3), sender: row.get(4) };
        (row.get::<Uuid>(1), row.get::<bool>(2), offer)
    })?;
    // A backend may have changed it since.
    let Some((used_by, is_valid, _)) = locked.filter(|(_, _, locked)| *locked == offer) else {
        return Err(no_such_invite());
    };
    if used_by.is_some() {
        if used_by == Some(me) && was_member {
            return Ok(org);
        }
        return Err(error::conflict(
            "invite_used",
            "p_invite_id: the invite has already been accepted",
            "Ask an org_admin for another invite.",
        ));
    }
    if is_valid != Some(true) {
        return Err(error::breaks_rule(
            "invite_expired",
            "p_invite_id: the invite has expired",
            "Ask an org_admin for another invite.",
        ));
    }
    statement::write(MARK_AS_USED).execute(&[org.into(), id.into(), me.into()])?;
    Ok(org)
}

/// What an invite offers.
#[derive(PartialEq)]
struct Offer {
    org: Option<Uuid>,
    role: Option<String>,
    sender: Option<Uuid>,
}

/// Returns whether the person was no member before. Lock order: memberships before invites, as when
/// a member is removed; so this comes before it is known whether the invite is valid.
fn become_member(org: Uuid, person: Uuid, offer: &Offer) -> Result<bool> {
    let member = [org.into(), person.into()];
    let new = [org.into(), person.into(), offer.role.as_deref().into(), offer.sender.into()];
    for _ in 0..MAX_ATTEMPTS {
        if statement::write(ADD_MEMBER).exists(&new)? {
            return Ok(true);
        }
        // The member may have been removed since.
        if statement::write(LOCK_MEMBERSHIP).exists(&member)? {
            return Ok(false);
        }
    }
    Err(error::wrong_state(
        "membership_suppressed",
        "the membership was not added",
        "A trigger on org_members in this database may suppress it.",
    ))
}

/// Withdraws an invite that has not been accepted yet.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn revoke_org_invite(p_invite_id: Option<Uuid>) -> Result<()> {
    let id = required(p_invite_id, "p_invite_id")?;
    let caller = Caller::current()?;
    let sees_all = roles::role_bypasses_row_security();
    let args = || {
        [
            id.into(),
            sees_all.into(),
            caller.admin_orgs().into(),
            caller.staff_orgs().into(),
            caller.profile.into(),
        ]
    };
    if statement::write(DELETE_PENDING_INVITE).exists(&args())? {
        return Ok(());
    }
    if statement::write(INVITE_EXISTS).exists(&args())? {
        return Err(error::conflict(
            "invite_used",
            "p_invite_id: the invite has already been accepted",
            "remove_member() removes the person who accepted it.",
        ));
    }
    Err(rights::refusal(error::not_allowed(
        "no_such_invite",
        "p_invite_id: no such invite, or you are not an admin of its organization",
        "Admins of an organization can revoke its invites, agents those that they sent.",
    )))
}

/// The invites to the caller's confirmed e-mail address that can be accepted now.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn my_pending_invites() -> Result<JsonText> {
    Caller::current()?.require_login()?;
    let invites = match find_confirmed_email()? {
        Some(email) => statement::read(&LIST_PENDING_INVITES)
            .fetch_all(&[email.into()], PendingInvite::from_row)?,
        None => Vec::new(),
    };
    JsonText::serialize(&invites)
}

fn no_such_invite() -> ErrorReport {
    error::not_allowed(
        "no_such_invite",
        "p_invite_id: no such invite to your e-mail address",
        "my_pending_invites() lists the invites to your address.",
    )
}
