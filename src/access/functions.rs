//! The functions about the caller that policies call.
//!
//! They have no SET search_path, which would cost five times the call itself: the queries pin the
//! path (`with_pinned_search_path`).

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;
use pgrx::prelude::*;

use super::cache::{update_cached, with_cached};
use super::caller::Caller;
use crate::platform::datum::UuidArray;
use crate::platform::error::Result;
use crate::platform::settings::with_pinned_search_path;
use crate::platform::statement;
use crate::sharding;

const ASSIGNED_TICKETS: &str = "
    select t.id from helpdesk.tickets t
     where t.assigned_to operator(pg_catalog.=) $1
       and t.org_id operator(pg_catalog.=) any ($2)";

const IS_MEMBER_OF: &str = "
    select from helpdesk.org_members m
     where m.user_id operator(pg_catalog.=) $1 and m.org_id operator(pg_catalog.=) any ($2)";

const MEMBERS_OF: &str = "
    select m.user_id from helpdesk.org_members m
     where m.org_id operator(pg_catalog.=) any ($1) order by m.user_id using operator(pg_catalog.<)";

const INVITING_ORGS: &str = "
    select o.id from helpdesk.organizations o
     where o.id operator(pg_catalog.=) any ($1)
       and (o.agents_may_invite or o.id operator(pg_catalog.=) any ($2))";

/// How many profiles are checked one by one. A query that checks more is probably scanning them
/// all, so then the members are fetched at once.
const MAX_SINGLE_CHECKS: u32 = 50;

/// The functions whose result can be NULL.
#[cfg(test)]
pub(super) fn describe(api: &mut crate::platform::json::schema::Api) {
    use crate::platform::json::id::Id;
    api.result::<Option<Id>>("my_profile_id");
    api.result::<Option<Id>>("ensure_profile");
}

/// The signed-in person's profile.
#[pg_extern(stable, parallel_safe, security_definer)]
fn my_profile_id() -> Result<Option<Uuid>> {
    with_cached(|cached| cached.caller.profile)
}

/// The signed-in person's profile, which it creates if it is missing; NULL if nobody is signed in.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn ensure_profile() -> Result<Option<Uuid>> {
    Ok(Caller::with_profile()?.and_then(|caller| caller.profile))
}

/// Organizations that the signed-in person is a member of.
#[pg_extern(stable, parallel_safe, security_definer)]
fn my_org_ids() -> Result<UuidArray> {
    with_cached(|cached| cached.orgs.clone())
}

/// Organizations in which the signed-in person is org_customer.
#[pg_extern(stable, parallel_safe, security_definer)]
fn my_customer_org_ids() -> Result<UuidArray> {
    with_cached(|cached| cached.customer_orgs.clone())
}

/// Organizations in which the signed-in person is org_agent or org_admin.
#[pg_extern(stable, parallel_safe, security_definer)]
fn my_staff_org_ids() -> Result<UuidArray> {
    with_cached(|cached| cached.staff_orgs.clone())
}

/// Organizations in which the signed-in person is org_admin.
#[pg_extern(stable, parallel_safe, security_definer)]
fn my_admin_org_ids() -> Result<UuidArray> {
    with_cached(|cached| cached.admin_orgs.clone())
}

/// Tickets that the signed-in person is assigned to as a customer. There are few, because customers
/// are seldom assigned.
#[pg_extern(stable, parallel_safe, security_definer)]
fn my_assigned_ticket_ids() -> Result<UuidArray> {
    let caller = Caller::current()?;
    let (Some(me), false) = (caller.profile, caller.customer_orgs.is_empty()) else {
        return Ok(UuidArray::new(&[]));
    };
    if let Some(tickets) = with_cached(|cached| cached.assigned_tickets.clone())? {
        return Ok(tickets);
    }
    let args = [me.into(), caller.customer_orgs.clone().into()];
    let mut assigned = Vec::new();
    sharding::each_group(|| {
        assigned.extend(fetch_ids(ASSIGNED_TICKETS, &args)?);
        Ok(())
    })?;
    let tickets = UuidArray::new(&assigned);
    update_cached(|cached| cached.assigned_tickets = Some(tickets.clone()));
    Ok(tickets)
}

fn fetch_ids(query: &'static str, args: &[DatumWithOid]) -> Result<Vec<Uuid>> {
    let found =
        with_pinned_search_path(|| statement::read(query).fetch_all(args, |row| row.get(1)))?;
    Ok(found.into_iter().flatten().collect())
}

/// Whether a profile is a member of an organization in which the signed-in person is staff.
#[pg_extern(stable, parallel_safe, security_definer)]
fn is_member_of_my_orgs(p_profile_id: Option<Uuid>) -> Result<bool> {
    let Some(profile) = p_profile_id else { return Ok(false) };
    let (checked, answer) = with_cached(|cached| {
        let answer = match &cached.members {
            _ if cached.caller.staff_orgs.is_empty() => Some(false),
            members => members.as_ref().map(|members| members.binary_search(&profile).is_ok()),
        };
        (cached.profiles_checked, answer)
    })?;
    if let Some(answer) = answer {
        return Ok(answer);
    }
    let caller = Caller::current()?;
    if checked >= MAX_SINGLE_CHECKS {
        let members = fetch_ids(MEMBERS_OF, &[caller.staff_orgs().into()])?;
        let answer = members.binary_search(&profile).is_ok();
        update_cached(|cached| cached.members = Some(members));
        return Ok(answer);
    }
    update_cached(|cached| cached.profiles_checked += 1);
    let args = [profile.into(), caller.staff_orgs().into()];
    with_pinned_search_path(|| statement::read(IS_MEMBER_OF).exists(&args))
}

/// Organizations in which the signed-in person may invite customers: as an admin, or as an agent of
/// an organization that lets its agents do so.
#[pg_extern(stable, parallel_safe, security_definer)]
fn my_inviting_org_ids() -> Result<UuidArray> {
    let caller = Caller::current()?;
    if caller.staff_orgs.len() == caller.admin_orgs.len() {
        return Ok(UuidArray::new(&caller.admin_orgs));
    }
    let args = [caller.staff_orgs.clone().into(), caller.admin_orgs.clone().into()];
    Ok(UuidArray::new(&fetch_ids(INVITING_ORGS, &args)?))
}

/// Whether the signed-in person may create an organization.
#[pg_extern(stable, parallel_safe, security_definer)]
fn may_create_organization() -> Result<bool> {
    Caller::current()?.may_create_organization()
}

/// Whether the signed-in person is an administrator of the installation.
#[pg_extern(stable, parallel_safe, security_definer)]
fn is_installation_admin() -> Result<bool> {
    Ok(Caller::current()?.is_installation_admin())
}
