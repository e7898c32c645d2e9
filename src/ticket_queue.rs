//! Many tickets at once, and the next one of the queue.

use std::collections::BTreeSet;

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;
use pgrx::prelude::*;

use crate::db::{self, JsonText, JsonbText};
use crate::error::{Error, Result, required};
use crate::ticket_details::changed_ticket;
use crate::ticket_filters::{Arguments, Filters, conditions, with_conditions};
use crate::tickets::{self, Changes};
use crate::viewer::{self, Viewer};

const MAX_TICKETS: usize = 1000;

/// Locks the tickets that the caller may change, in the same order whoever asks; each organization with how many.
const LOCK_TICKETS: &str = "
    with locked as (
      select t.org_id from helpdesk.tickets t
       where t.id = any ($1) and ($2 or t.org_id = any ($3)) and ($4::uuid is null or t.org_id = $4)
       order by t.id
         for no key update)
    select org_id, count(*) from locked group by org_id";

const ORGS_OF_TICKETS: &str = "
    select distinct t.org_id from helpdesk.tickets t where t.id = any ($1) and ($2::uuid is null or t.org_id = $2)";

const UPDATE_TICKETS: &str = concat!(
    "with changed as (",
    tickets::update_ticket_sql!("t.org_id = any ($1) and t.id = any ($2)"),
    " returning t.id, t.version)
    select json_build_object('updated', count(*),
             'tickets', coalesce(json_agg(json_build_object('id', id, 'version', version) order by id), '[]'))
      from changed"
);

/// Changes many tickets at once, all or none. Returns {updated, tickets: [{id, version}]}, of those that really changed.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn update_tickets(
    p_ticket_ids: Option<Vec<Option<Uuid>>>,
    p_changes: Option<JsonbText>,
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<JsonText> {
    let ids: BTreeSet<[u8; 16]> = required(p_ticket_ids, "p_ticket_ids")?
        .into_iter()
        .map(|id| required(id, "p_ticket_ids[]").map(|id| *id.as_bytes()))
        .collect::<Result<_>>()?;
    if ids.is_empty() || ids.len() > MAX_TICKETS {
        return Err(Error::bad(
            "p_ticket_ids",
            format!("{} tickets", ids.len()),
            format!("1 to {MAX_TICKETS} different tickets."),
        ));
    }
    let changes = Changes::parse(&required(p_changes, "p_changes")?)?;
    let wanted: Vec<Uuid> = ids.into_iter().map(Uuid::from_bytes).collect();
    let viewer = Viewer::current()?;
    let sees_all = viewer::role_bypasses_row_security();
    let orgs = if sees_all { orgs_of(&wanted, p_org_id)? } else { viewer.staff_orgs() };
    changes.lock_targets(orgs)?;
    let args: [DatumWithOid; 4] =
        [wanted.clone().into(), sees_all.into(), viewer.staff_orgs().into(), p_org_id.into()];
    let locked = db::run_all(LOCK_TICKETS, &args, |row| {
        (row.get::<Uuid>(1), row.get::<i64>(2).unwrap_or(0))
    })?;
    let found: i64 = locked.iter().map(|(_, tickets)| tickets).sum();
    let missing = wanted.len() as i64 - found;
    if missing != 0 {
        return Err(Error::not_allowed(
            format!(
                "p_ticket_ids: {missing} of {} tickets do not exist, or you may not change them",
                wanted.len()
            ),
            "Nothing was changed. Staff of the tickets' organizations change them.",
        ));
    }
    let orgs: Vec<Uuid> = locked.into_iter().filter_map(|(org, _)| org).collect();
    let mut args = vec![orgs.into(), wanted.into()];
    args.extend(changes.bound());
    let result = db::run_one(UPDATE_TICKETS, &args, |row| row.get(1))?;
    Ok(result.flatten().unwrap_or(JsonText("null".to_owned())))
}

fn orgs_of(tickets: &[Uuid], org: Option<Uuid>) -> Result<Vec<Uuid>> {
    let args = [tickets.to_vec().into(), org.into()];
    let orgs = db::run_all(ORGS_OF_TICKETS, &args, |row| row.get(1))?;
    Ok(orgs.into_iter().flatten().collect())
}

/// Assigns the most urgent, oldest unassigned open ticket to the signed-in member of staff, and returns the ticket object; NULL
/// when the queue is empty. Whoever asks at the same time gets another ticket, and nobody waits.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn claim_next_ticket(
    p_org_id: Option<Uuid>,
    p_filters: default!(Option<JsonbText>, "'{}'"),
) -> Result<Option<JsonText>> {
    let org = required(p_org_id, "p_org_id")?;
    let filters = QueueFilters::parse(p_filters.as_ref().map_or("{}", |text| &text.0))?;
    let viewer = Viewer::current()?;
    let me = viewer.person()?;
    if !viewer.is_staff(org) {
        return Err(Error::not_allowed(
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
            Some((key, _)) => Err(Error::bad(
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
        Ok(db::run_dynamic(&statement, &arguments.bound(), |row| row.get(1))?.flatten())
    }
}
