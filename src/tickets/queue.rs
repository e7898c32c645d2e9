//! claim_next_ticket: the queue of unassigned open tickets.

use pgrx::Uuid;
use pgrx::prelude::*;

use super::access::VisibleTicket;
use super::changes::lock_assignee;
use super::list::arguments::Arguments;
use super::list::conditions::{conditions, with_conditions};
use super::list::filters::Filters;
use super::ticket_object::changed_ticket;
use crate::access::caller::Caller;
use crate::access::rights;
use crate::platform::datum::{JsonText, JsonbText};
use crate::platform::error::{self, Result, required};
use crate::platform::statement::{self, Planned};

/// The filters are appended to the first part. Tickets that another caller is claiming are skipped,
/// so nobody waits and no two callers get the same one.
const CLAIM_FIRST: [&str; 2] = [
    "
    update helpdesk.tickets set assigned_to = $2
     where org_id = $1
       and id = (select t.id from helpdesk.tickets t
                  where t.org_id = $1 and t.assigned_to is null and t.status = 'open'",
    "
                  order by t.priority desc, t.created_at, t.id
                  limit 1 for no key update skip locked)
    returning id",
];

/// Assigns the most urgent, oldest unassigned open ticket to the caller, who must be staff, and
/// returns the ticket object; NULL when the queue is empty.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn claim_next_ticket(
    p_org_id: Option<Uuid>,
    p_filters: default!(Option<JsonbText>, "'{}'"),
) -> Result<Option<JsonText>> {
    let org = required(p_org_id, "p_org_id")?;
    let filters = parse_queue_filters(JsonbText::or_empty("p_filters", &p_filters)?)?;
    let _caller = Caller::hold();
    let me = rights::require_staff_member("p_org_id", org)?;
    lock_assignee(me, vec![org])?;
    match claim_first(&filters, org, me)? {
        Some(id) => changed_ticket(&VisibleTicket { org, is_staff: true }, id).map(Some),
        None => Ok(None),
    }
}

/// The filters of a list that select tickets by what the queue leaves open.
fn parse_queue_filters(text: &str) -> Result<Filters> {
    let filters = Filters::parse("p_filters", text)?;
    let not_for_queues = [
        ("status", filters.status.is_some()),
        ("assignedTo", filters.assigned_to.is_some()),
        ("sort", filters.sort.is_some()),
        ("perPage", filters.per_page.is_some()),
        ("page", filters.page.is_some()),
        ("cursor", filters.cursor.is_some()),
        ("count", filters.count.is_some()),
    ];
    match not_for_queues.iter().find(|(_, is_given)| *is_given) {
        None => Ok(filters),
        Some((key, _)) => Err(error::invalid(
            "unknown_key",
            format!("p_filters.{key}"),
            "not allowed: claim_next_ticket() always takes the most urgent, oldest ticket",
            "Allowed keys: priority, stageId, workflowId, createdBy, createdAfter, createdBefore, \
             updatedAfter, updatedBefore, search, number, watching, waitingFor.",
        )),
    }
}

fn claim_first(filters: &Filters, org: Uuid, me: Uuid) -> Result<Option<Uuid>> {
    let search = filters.search_in(org, true)?;
    let [select, order] = CLAIM_FIRST;
    let of_search = search.as_ref().map(|search| search.conditions(true, false));
    let of_search = of_search.unwrap_or_default();
    let conditions = conditions(filters, &of_search);
    let planned = if conditions.is_empty() { Planned::Once } else { Planned::EachTime };
    let statement = with_conditions(select, conditions) + order;
    let arguments = Arguments::new(org, Some(me), filters, search.as_ref(), None);
    statement::write_assembled(&statement, planned).fetch_scalar(&arguments.params())
}
