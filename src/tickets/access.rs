//! Which tickets the caller may see.

use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;
use pgrx::pg_sys::panic::ErrorReport;

use crate::access::caller::Caller;
use crate::access::rights;
use crate::platform::error::{self, Result};
use crate::platform::roles;
use crate::platform::statement::{self, Row, Statement};

/// Conditions of a ticket: its id ($1), if $2 is given in this organization; its number ($1).
pub(super) const BY_ID: &str = "t.id = $1 and ($2::uuid is null or t.org_id = $2)";
pub(super) const BY_NUMBER: &str = "t.number = $1 and t.org_id = $2";

/// $3: the role bypasses row security. $4: the organizations in which the caller is staff; $5: a
/// member. $6: their profile.
pub(super) const VISIBLE: &str = "
    ($3 or (t.org_id = any ($5)
            and (t.org_id = any ($4) or t.created_by = $6 or t.assigned_to = $6)))";

static FIND_VISIBLE_TICKET: LazyLock<String> = LazyLock::new(|| {
    format!(
        "select t.org_id, $3 or t.org_id = any ($4) from helpdesk.tickets t
          where {BY_ID} and {VISIBLE}"
    )
});

/// A ticket that the caller may see.
pub struct VisibleTicket {
    pub org: Uuid,
    /// Whether they see it as staff, or because their role bypasses row security.
    pub is_staff: bool,
}

impl VisibleTicket {
    /// From the first two columns.
    pub(super) fn from_row(row: &Row) -> Option<VisibleTicket> {
        Some(VisibleTicket { org: row.get(1)?, is_staff: row.get(2)? })
    }
}

pub fn find_visible_ticket(id: Uuid, org: Option<Uuid>) -> Result<Option<VisibleTicket>> {
    let find = statement::read(&FIND_VISIBLE_TICKET);
    find_visible(find, id.into(), org, VisibleTicket::from_row)
}

/// Runs a statement with the arguments of BY_ID or BY_NUMBER, and VISIBLE.
pub(super) fn find_visible<T>(
    find: Statement,
    ticket: DatumWithOid,
    org: Option<Uuid>,
    read: impl FnOnce(&Row) -> Option<T>,
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
    Ok(find.fetch_optional(&args, read)?.flatten())
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
