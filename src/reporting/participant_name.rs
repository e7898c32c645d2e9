//! ticket_participant_name, which the view agent_tickets calls.

use pgrx::Uuid;
use pgrx::prelude::*;

use crate::access::rights;
use crate::platform::error::Result;
use crate::platform::statement;

const FIND_NAME: &str = "
    select p.name from helpdesk.tickets t join helpdesk.profiles p on p.id = $3
     where t.org_id = $1 and t.id = $2 and $3 in (t.created_by, t.assigned_to)";

/// The name of the requester or the assignee of a ticket, for staff. Row security hides the
/// profiles of former members from them, although list_org_tickets shows these names.
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
    statement::read(FIND_NAME).fetch_scalar(&[org.into(), ticket.into(), person.into()])
}
