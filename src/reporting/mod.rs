//! Numbers for staff: how many tickets are where now, and what happened when. Read from the folded counts and the deltas that are not
//! folded yet.

mod activity;
mod counters;
mod dashboard;
pub mod fragments;
mod maintenance;
mod time_zone;

use pgrx::Uuid;
use pgrx::prelude::*;

use crate::access::rights;
use crate::platform::error::Result;
use crate::platform::statement;

const NAME_ON_TICKET: &str = "
    select p.name from helpdesk.tickets t join helpdesk.profiles p on p.id = $3
     where t.org_id = $1 and t.id = $2 and $3 in (t.created_by, t.assigned_to)";

/// The name of the requester or the assignee of a ticket, for staff: list_org_tickets tells it too, and row security hides the
/// profile of who has left.
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
    let args = [org.into(), ticket.into(), person.into()];
    Ok(statement::read(NAME_ON_TICKET).fetch_optional(&args, |row| row.get(1))?.flatten())
}
