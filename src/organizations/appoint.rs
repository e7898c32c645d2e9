//! appoint_admin(): gives an organization that has lost its admins another one.

use pgrx::Uuid;
use pgrx::prelude::*;

use crate::access::caller::Caller;
use crate::access::rights::{self, no_such_organization};
use crate::platform::error::{self, Result, required};
use crate::platform::{roles, statement};

/// Lock order: membership, then organization, as when an admin is removed.
const LOCK_MEMBERSHIP: &str = "
    select from helpdesk.org_members where org_id = $1 and user_id = $2 for no key update";

const LOCK_ORGANIZATION: &str =
    "select from helpdesk.organizations where id = $1 for no key update";

const HAS_LOGIN: &str = "select from helpdesk.profiles where id = $1 and auth_id is not null";

pub(super) const HAS_ADMIN: &str = "
    select from helpdesk.org_members m join helpdesk.profiles p on p.id = m.user_id
     where m.org_id = $1 and m.org_role = 'org_admin' and p.auth_id is not null limit 1";

/// added_by tells the organization who appointed its admin.
const UPSERT_ADMIN: &str = "
    insert into helpdesk.org_members (org_id, user_id, org_role, added_by)
    values ($1, $2, 'org_admin', $3)
    on conflict (org_id, user_id) do update set org_role = 'org_admin', added_by = excluded.added_by";

/// Makes a person org_admin. An administrator of the installation can appoint somebody else, and
/// only where nobody with a login is org_admin, so that the function opens no organization to them.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn appoint_admin(p_org_id: Option<Uuid>, p_profile_id: Option<Uuid>) -> Result<()> {
    let org = required(p_org_id, "p_org_id")?;
    let person = required(p_profile_id, "p_profile_id")?;
    let caller = Caller::current()?;
    let is_trusted = roles::role_bypasses_row_security();
    if !is_trusted && !caller.is_installation_admin() {
        return Err(rights::refusal(error::not_allowed(
            "not_an_installation_admin",
            "only administrators of the installation can appoint an org_admin",
            "Admins of an organization call set_member_role().",
        )));
    }
    statement::write(LOCK_MEMBERSHIP).execute(&[org.into(), person.into()])?;
    if !statement::write(LOCK_ORGANIZATION).exists(&[org.into()])? {
        return Err(no_such_organization());
    }
    if !statement::write(HAS_LOGIN).exists(&[person.into()])? {
        return Err(error::invalid(
            "no_such_person",
            "p_profile_id",
            "no such person, or their login was deleted",
            "The profiles.id of a person who can sign in, which my_profile_id() tells them.",
        ));
    }
    if !is_trusted {
        check_is_needed(org, person == caller.require_profile()?)?;
    }
    statement::write(UPSERT_ADMIN).execute(&[org.into(), person.into(), caller.profile.into()])
}

fn check_is_needed(org: Uuid, is_own: bool) -> Result<()> {
    if statement::write(HAS_ADMIN).exists(&[org.into()])? {
        return Err(error::breaks_rule(
            "has_admin",
            "p_org_id: the organization has an org_admin who can sign in",
            "Its admins appoint others: set_member_role().",
        ));
    }
    if is_own {
        return Err(error::not_allowed(
            "self_appointment",
            "p_profile_id: you cannot appoint yourself",
            "Appoint somebody of the organization. The database administrator can appoint anybody.",
        ));
    }
    Ok(())
}
