//! Many tickets at once, and the next one of the queue.

use pgrx::Uuid;
use pgrx::prelude::*;

use super::details::changed_ticket;
use super::list::filters::{Arguments, Filters, conditions, with_conditions};
use crate::access::caller::Caller;
use crate::platform::datum::{JsonText, JsonbText};
use crate::platform::error::{self, Result, required};
use crate::platform::statement;

/// Assigns the most urgent, oldest unassigned open ticket to the signed-in member of staff, and returns the ticket object; NULL
/// when the queue is empty. Whoever asks at the same time gets another ticket, and nobody waits.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn claim_next_ticket(
    p_org_id: Option<Uuid>,
    p_filters: default!(Option<JsonbText>, "'{}'"),
) -> Result<Option<JsonText>> {
    let org = required(p_org_id, "p_org_id")?;
    let filters = QueueFilters::parse(JsonbText::or_empty(&p_filters))?;
    let caller = Caller::current()?;
    let me = caller.require_profile()?;
    if !caller.is_staff(org) {
        return Err(error::not_allowed(
            "p_org_id: only staff of the organization claim its tickets",
            "my_staff_org_ids() lists the organizations you are staff of.",
        ));
    }
    match filters.claim(org, me)? {
        Some(id) => changed_ticket(org, id).map(Some),
        None => Ok(None),
    }
}

/// The filters of claim_next_ticket: those of a list that say which tickets, not how to show them.
struct QueueFilters(Filters);

impl QueueFilters {
    fn parse(text: &str) -> Result<QueueFilters> {
        let filters = Filters::parse(text)?;
        let out_of_place = [
            ("status", filters.status.is_some()),
            ("assignedTo", filters.assigned_to.is_some()),
            ("sort", filters.sort.is_some()),
            ("perPage", filters.per_page.is_some()),
            ("page", filters.page.is_some()),
            ("cursor", filters.cursor.is_some()),
            ("count", filters.count.is_some()),
        ];
        match out_of_place.iter().find(|(_, is_given)| *is_given) {
            None => Ok(QueueFilters(filters)),
            Some((key, _)) => Err(error::bad(
                format!("p_filters.{key}"),
                "not for the queue: that is the unassigned open tickets, most urgent and oldest first",
                "Allowed keys: priority, stageId, workflowId, createdBy, createdAfter, createdBefore, updatedAfter, updatedBefore, search.",
            )),
        }
    }

    /// Assigns the first ticket of the queue that nobody else is just taking.
    fn claim(self, org: Uuid, me: Uuid) -> Result<Option<Uuid>> {
        let queue = "
            update helpdesk.tickets set assigned_to = $2
             where org_id = $1
               and id = (select t.id from helpdesk.tickets t
                          where t.org_id = $1 and t.assigned_to is null and t.status = 'open'";
        let search = self.0.search_in(org)?;
        let mut statement = with_conditions(queue, conditions(&self.0, search.as_ref(), true));
        statement.push_str(
            " order by t.priority desc, t.created_at, t.id limit 1 for no key update skip locked)
            returning id",
        );
        let arguments = Arguments::of(org, Some(me), &self.0, search.as_ref(), None);
        Ok(statement::write_assembled(&statement)
            .fetch_optional(&arguments.params(), |row| row.get(1))?
            .flatten())
    }
}
