//! join_organization(): a signed-in person joins an organization that is open to customers.

use pgrx::Uuid;
use pgrx::prelude::*;

use super::email::require_confirmed_email;
use crate::access::caller::Caller;
use crate::access::rights;
use crate::platform::error::{self, Result, required};
use crate::platform::statement;

/// Somebody who worked on tickets and was removed would see them again, as their assignee.
const HAS_WORKED_THERE: &str =
    "select from helpdesk.tickets where org_id = $1 and assigned_to = $2 limit 1";

const JOIN: &str = "
    insert into helpdesk.org_members (org_id, user_id, org_role, added_by)
    select o.id, $2, 'org_customer', $2
      from helpdesk.organizations o where o.id = $1 and o.open_to_customers
    on conflict (org_id, user_id) do nothing";

const IS_OPEN: &str = "select from helpdesk.organizations where id = $1 and open_to_customers";

/// Makes the caller a customer of the organization, and returns its id. Members stay what they are.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn join_organization(p_org_id: Option<Uuid>) -> Result<Uuid> {
    let org = required(p_org_id, "p_org_id")?;
    let me = Caller::signed_in()?.require_profile()?;
    if rights::is_member(org, me)? {
        return Ok(org);
    }
    require_confirmed_email()?;
    let args = || [org.into(), me.into()];
    if !statement::write(IS_OPEN).exists(&args()[..1])? {
        return Err(error::not_allowed(
            "not_open_to_customers",
            "p_org_id: no such organization, or it is not open to customers",
            "Ask for an invite: my_pending_invites() lists yours.",
        ));
    }
    if statement::write(HAS_WORKED_THERE).exists(&args())? {
        return Err(error::not_allowed(
            "former_assignee",
            "p_org_id: you have worked on tickets of this organization before you left it",
            "Ask an org_admin for an invite.",
        ));
    }
    statement::write(JOIN).execute(&args())?;
    Ok(org)
}
