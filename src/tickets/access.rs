//! Which tickets the caller may see.

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;
use pgrx::pg_sys::panic::ErrorReport;

use crate::access::caller::Caller;
use crate::access::rights;
use crate::platform::error::{self, Result};
use crate::platform::statement::Row;
use crate::platform::{roles, statement};

/// $3: the role bypasses row security. $4: the organizations in which the caller is staff; $5: a
/// member. $6: their profile.
const FIND_VISIBLE_TICKET: &str = "
    select t.org_id, $3 or t.org_id = any ($4)
      from helpdesk.tickets t
     where t.id = $1
       and ($2::uuid is null or t.org_id = $2)
       and ($3 or (t.org_id = any ($5)
                   and (t.org_id = any ($4) or t.created_by = $6 or t.assigned_to = $6)))";

/// The same for the number $1 in the organization $2.
const FIND_VISIBLE_NUMBER: &str = "
    select t.org_id, $3 or t.org_id = any ($4), t.id
      from helpdesk.tickets t
     where t.org_id = $2
       and t.number = $1
       and ($3 or (t.org_id = any ($5)
                   and (t.org_id = any ($4) or t.created_by = $6 or t.assigned_to = $6)))";

/// A ticket that the caller may see.
pub struct VisibleTicket {
    pub org: Uuid,
    /// Whether they see it as staff, or because their role bypasses row security.
    pub is_staff: bool,
}

impl VisibleTicket {
    fn from_row(row: &Row) -> Option<VisibleTicket> {
        Some(VisibleTicket { org: row.get(1)?, is_staff: row.get(2)? })
    }
}

pub fn find_visible_ticket(id: Uuid, org: Option<Uuid>) -> Result<Option<VisibleTicket>> {
    find_visible(FIND_VISIBLE_TICKET, id.into(), org, VisibleTicket::from_row)
}

/// The id of the ticket with a number, and the ticket.
pub(super) fn find_visible_number(number: i64, org: Uuid) -> Result<Option<(Uuid, VisibleTicket)>> {
    find_visible(FIND_VISIBLE_NUMBER, number.into(), Some(org), |row| {
        Some((row.get(3)?, VisibleTicket::from_row(row)?))
    })
}

fn find_visible<T>(
    statement: &'static str,
    ticket: DatumWithOid,
    org: Option<Uuid>,
    read: fn(&Row) -> Option<T>,
) -> Result<Option<T>> {
    let caller = Caller::current()?;
    let args: [DatumWithOid; 6] = [
        ticket,
        org.into(),
        roles::role_bypasses_row_security().into(),
        caller.staff_orgs().into(),
        caller.orgs().into(),
        caller.profile.into(),
    ];
    Ok(statement::read(statement).fetch_optional(&args, read)?.flatten())
}

/// The ticket in `p_ticket_id`; an error if there is none or the caller may not see it.
pub fn require_visible_ticket(id: Uuid, org: Option<Uuid>) -> Result<VisibleTicket> {
    find_visible_ticket(id, org)?.ok_or_else(|| no_such_ticket("p_ticket_id"))
}

pub fn no_such_ticket(argument: &str) -> ErrorReport {
    rights::refusal(error::not_allowed(
        "no_such_ticket",
        format!("{argument}: no such ticket, or you may not see it"),
        "list_org_tickets lists the tickets you may see.",
    ))
}
