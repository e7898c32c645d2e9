//! Names of the people of a ticket, for the views agent_tickets and customer_tickets.

use pgrx::Uuid;
use pgrx::prelude::*;

use crate::access::caller::Caller;
use crate::access::rights;
use crate::platform::error::Result;
use crate::platform::statement;
use crate::sharding::enter_organization;

const FIND_NAME: &str = "
    select p.name from helpdesk.tickets t join helpdesk.profiles p on p.id = $3
     where t.org_id = $1 and t.id = $2 and $3 in (t.created_by, t.assigned_to)";

/// The name of the requester or the assignee of a ticket, for staff. Row security hides the
/// profiles of former members from them, although list_org_tickets shows these names.
#[cfg(test)]
pub(super) fn describe(api: &mut crate::platform::json::schema::Api) {
    api.result::<Option<String>>("ticket_participant_name");
    api.result::<Option<String>>("customer_assignee_name");
}

#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn ticket_participant_name(
    p_org_id: Option<Uuid>,
    p_ticket_id: Option<Uuid>,
    p_profile_id: Option<Uuid>,
) -> Result<Option<String>> {
    let (Some(org), Some(ticket), Some(person)) = (p_org_id, p_ticket_id, p_profile_id) else {
        return Ok(None);
    };
    if !rights::acts_as_staff(org)? {
        return Ok(None);
    }
    let _here = enter_organization(org)?;
    statement::read(FIND_NAME).fetch_scalar(&[org.into(), ticket.into(), person.into()])
}

/// The assignee of a ticket ($2) who is a customer, for a person ($4) who is its requester or
/// assignee, or sees all tickets ($3).
const FIND_CUSTOMER_ASSIGNED: &str = "
    select p.name
      from helpdesk.tickets t
      join helpdesk.org_members m on m.org_id = $1 and m.user_id = t.assigned_to
                                 and m.org_role = 'org_customer'
      join helpdesk.profiles p on p.id = t.assigned_to
     where t.org_id = $1 and t.id = $2 and ($3 or t.created_by = $4 or t.assigned_to = $4)";

/// The name of a ticket's assignee who is not staff, for whoever sees the ticket; NULL otherwise.
/// Row security hides the profiles of other members from customers.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn customer_assignee_name(
    p_org_id: Option<Uuid>,
    p_ticket_id: Option<Uuid>,
) -> Result<Option<String>> {
    let (Some(org), Some(ticket)) = (p_org_id, p_ticket_id) else { return Ok(None) };
    let sees_all = rights::acts_as_staff(org)?;
    let caller = Caller::current()?;
    if !sees_all && !caller.is_member(org) {
        return Ok(None);
    }
    let _here = enter_organization(org)?;
    let args = [org.into(), ticket.into(), sees_all.into(), caller.profile.into()];
    statement::read(FIND_CUSTOMER_ASSIGNED).fetch_scalar(&args)
}
