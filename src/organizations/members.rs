//! The members of an organization: listing them, changing their roles, removing them.

use pgrx::Uuid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;
use serde::Serialize;

#[cfg(test)]
use super::org_role::OrgRole;
use super::org_role::parse_org_role;
use crate::access::caller::Caller;
use crate::access::rights::{self, check_admin, not_a_member};
use crate::platform::datum::JsonText;
use crate::platform::error::{self, Result, required};
use crate::platform::json::id::Id;
use crate::platform::json::output::Time;
#[cfg(test)]
use crate::platform::json::schema::{Api, null_only_in};
use crate::platform::statement::{self, Row};

/// $2: all members, with their e-mail addresses. Otherwise the staff and the caller ($3), without
/// addresses.
const LIST_MEMBERS: &str = "
    select p.id, p.name, case when $2 then p.email end, p.avatar_url, m.org_role, m.added_at,
           p.auth_id is not null
      from helpdesk.org_members m
      join helpdesk.profiles p on p.id = m.user_id
     where m.org_id = $1
       and ($2 or m.user_id = $3 or m.org_role in ('org_admin', 'org_agent'))
     order by m.added_at, p.id";

const SET_ROLE: &str = "
    update helpdesk.org_members set org_role = $3
     where org_id = $1 and user_id = $2 and org_role <> $3";

const DELETE_MEMBER: &str =
    "delete from helpdesk.org_members where org_id = $1 and user_id = $2 returning true";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(transform = null_only_in(&["email", "avatarUrl"])))]
struct Member {
    id: Option<Id>,
    name: Option<String>,
    email: Option<String>,
    avatar_url: Option<String>,
    #[cfg_attr(test, schemars(with = "OrgRole"))]
    org_role: Option<String>,
    added_at: Option<Time>,
    has_login: Option<bool>,
}

impl Member {
    fn from_row(row: &Row) -> Member {
        Member {
            id: row.id(1),
            name: row.get(2),
            email: row.get(3),
            avatar_url: row.get(4),
            org_role: row.get(5),
            added_at: row.time(6),
            has_login: row.get(7),
        }
    }
}

#[cfg(test)]
pub(super) fn describe(api: &mut Api) {
    api.result::<Vec<Member>>("list_org_members");
    api.argument::<OrgRole>("set_member_role", "p_org_role");
    api.argument::<OrgRole>("set_member_role", "p_role");
}

/// The members of an organization. Staff see all of them with their e-mail addresses; customers see
/// the names of the staff, and themselves.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn list_org_members(p_org_id: Option<Uuid>) -> Result<JsonText> {
    let org = required(p_org_id, "p_org_id")?;
    let is_staff = rights::check_member(org)?;
    let args = [org.into(), is_staff.into(), Caller::current()?.profile.into()];
    let members = statement::read(LIST_MEMBERS).fetch_all(&args, Member::from_row)?;
    JsonText::serialize(&members)
}

/// Makes a member org_admin, org_agent or org_customer. p_role is another name of p_org_role.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn set_member_role(
    p_org_id: Option<Uuid>,
    p_user_id: Option<Uuid>,
    p_org_role: default!(Option<&str>, "null"),
    p_role: default!(Option<&str>, "null"),
) -> Result<()> {
    let org = required(p_org_id, "p_org_id")?;
    let member = required(p_user_id, "p_user_id")?;
    let role = parse_org_role("p_org_role", required(p_org_role.or(p_role), "p_org_role")?)?;
    check_admin("p_org_id", org)?;
    statement::write(SET_ROLE).execute(&[org.into(), member.into(), role.into()])?;
    if rights::is_member(org, member)? { Ok(()) } else { Err(no_such_member()) }
}

/// Ends a membership. The person's tickets that are not closed become unassigned.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn remove_member(p_org_id: Option<Uuid>, p_user_id: Option<Uuid>) -> Result<()> {
    let org = required(p_org_id, "p_org_id")?;
    let member = required(p_user_id, "p_user_id")?;
    check_admin("p_org_id", org)?;
    if delete_member(org, member)? { Ok(()) } else { Err(no_such_member()) }
}

/// Ends the caller's membership.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn leave_organization(p_org_id: Option<Uuid>) -> Result<()> {
    let org = required(p_org_id, "p_org_id")?;
    let me = Caller::signed_in()?.require_profile()?;
    if delete_member(org, me)? { Ok(()) } else { Err(not_a_member()) }
}

/// Returns whether there was such a member.
fn delete_member(org: Uuid, member: Uuid) -> Result<bool> {
    statement::write(DELETE_MEMBER).exists(&[org.into(), member.into()])
}

fn no_such_member() -> ErrorReport {
    error::not_allowed(
        "no_such_member",
        "p_user_id: not a member of this organization",
        "list_org_members(p_org_id) lists its members.",
    )
}
