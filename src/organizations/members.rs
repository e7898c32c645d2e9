//! Tenants: founding one, and who belongs to it.

use pgrx::Uuid;
use pgrx::prelude::*;

use crate::access::caller::Caller;
use crate::access::rights::{self, check_admin, not_a_member};
use crate::platform::datum::JsonText;
use crate::platform::error::{self, Result, required};
use crate::platform::statement;

const SET_ROLE: &str = "
    update helpdesk.org_members set org_role = $3 where org_id = $1 and user_id = $2 and org_role <> $3";

const IS_MEMBER: &str = "select from helpdesk.org_members where org_id = $1 and user_id = $2";

const REMOVE: &str =
    "delete from helpdesk.org_members where org_id = $1 and user_id = $2 returning true";

const MEMBERS: &str = "
    select coalesce(json_agg(json_build_object(
             'id', p.id,
             'name', p.name,
             'email', case when $2 then p.email end,
             'orgRole', m.org_role,
             'addedAt', m.added_at) order by m.added_at, p.id), '[]')
      from helpdesk.org_members m
      join helpdesk.profiles p on p.id = m.user_id
     where m.org_id = $1
       and ($2 or m.user_id = $3 or m.org_role in ('org_admin', 'org_agent'))";

const ORG_ROLES: [&str; 3] = ["org_admin", "org_agent", "org_customer"];

/// The members of an organization: all of them with e-mail addresses for its staff; the staff's names and oneself for customers.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn list_org_members(p_org_id: Option<Uuid>) -> Result<JsonText> {
    let org = required(p_org_id, "p_org_id")?;
    let caller = Caller::current()?;
    let sees_all = rights::acts_as_staff(org)?;
    if !sees_all && !caller.is_member(org) {
        return Err(not_a_member());
    }
    let members = statement::read(MEMBERS)
        .fetch_optional(&[org.into(), sees_all.into(), caller.profile.into()], |row| row.get(1))?;
    Ok(members.flatten().unwrap_or(JsonText("[]".to_owned())))
}

/// Makes a member org_admin, org_agent or org_customer.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn set_member_role(
    p_org_id: Option<Uuid>,
    p_user_id: Option<Uuid>,
    p_org_role: Option<&str>,
) -> Result<()> {
    let org = required(p_org_id, "p_org_id")?;
    let member = required(p_user_id, "p_user_id")?;
    let role = required(p_org_role, "p_org_role")?;
    if !ORG_ROLES.contains(&role) {
        return Err(error::bad(
            "p_org_role",
            "not a role in an organization",
            "org_admin, org_agent or org_customer.",
        ));
    }
    check_admin(org)?;
    statement::write(SET_ROLE).execute(&[org.into(), member.into(), role.into()])?;
    statement::write(IS_MEMBER)
        .fetch_optional(&[org.into(), member.into()], |_| ())?
        .ok_or_else(no_such_member)
}

/// Ends a membership. The person's tickets that are not closed become unassigned.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn remove_member(p_org_id: Option<Uuid>, p_user_id: Option<Uuid>) -> Result<()> {
    let org = required(p_org_id, "p_org_id")?;
    let member = required(p_user_id, "p_user_id")?;
    check_admin(org)?;
    statement::write(REMOVE)
        .fetch_optional(&[org.into(), member.into()], |_| ())?
        .ok_or_else(no_such_member)
}

/// Ends one's own membership.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn leave_organization(p_org_id: Option<Uuid>) -> Result<()> {
    let org = required(p_org_id, "p_org_id")?;
    let me = Caller::current()?.require_profile()?;
    statement::write(REMOVE)
        .fetch_optional(&[org.into(), me.into()], |_| ())?
        .ok_or_else(not_a_member)
}

fn no_such_member() -> pgrx::pg_sys::panic::ErrorReport {
    error::not_allowed(
        "p_user_id: not a member of this organization",
        "list_org_members(org) lists them.",
    )
}
