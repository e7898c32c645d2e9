//! Names of a ticket's participants for the view agent_tickets.

use pgrx::Uuid;
use pgrx::prelude::*;

use crate::access::rights;
use crate::platform::error::Result;
use crate::platform::statement;

const PARTICIPANT_NAME: &str = "
    select p.name from helpdesk.tickets t join helpdesk.profiles p on p.id = $3
     where t.org_id = $1 and t.id = $2 and $3 in (t.created_by, t.assigned_to)";

/// The name of a ticket's requester or assignee, for staff. Row security hides the profile of a
/// member who has left, but list_org_tickets shows their name too.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn ticket_participant_name(
    p_org_id: Option<Uuid>,
    p_ticket_id: Option<Uuid>,
    p_profile_id: Option<Uuid>,
) -> Result<Option<String>> {
    let (Some(org), Some(ticket), Some(profile)) = (p_org_id, p_ticket_id, p_profile_id) else {
        return Ok(None);
    };
    if !rights::acts_as_staff(org)? {
        return Ok(None);
    }
    statement::read(PARTICIPANT_NAME).fetch_scalar(&[org.into(), ticket.into(), profile.into()])
}
