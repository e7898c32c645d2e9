//! update_tickets: the same changes to many tickets, all or none.

use std::collections::BTreeSet;

use pgrx::Uuid;
use pgrx::datum::{Array, DatumWithOid};
use pgrx::prelude::*;
use serde::Serialize;

use super::changes::{CHANGE_NAMES, Changes};
use crate::access::caller::Caller;
use crate::access::rights;
use crate::platform::argument_names::name_arguments;
use crate::platform::datum::{JsonText, JsonbText, elements};
use crate::platform::error::{self, Result, required};
use crate::platform::json::id::Id;
#[cfg(test)]
use crate::platform::json::schema::{Api, null_only_in};
use crate::platform::roles;
use crate::platform::statement::{self, Planned};

const MAX_TICKETS: usize = 1000;

/// Locks the tickets that the caller may change, in the order of their ids as every caller does, so
/// that two calls cannot deadlock. Returns how many each organization has.
const LOCK_TICKETS: &str = "
    with locked as (
      select t.org_id from helpdesk.tickets t
       where t.id = any ($1) and ($2 or t.org_id = any ($3)) and ($4::uuid is null or t.org_id = $4)
       order by t.id
         for no key update)
    select org_id, count(*) from locked group by org_id";

/// What the former requesters and assignees may lose, in the order in which they mark it as read.
/// Otherwise each ticket would lock its own.
const LOCK_NOTIFICATIONS: &str = "
    select from helpdesk.notifications n
      join helpdesk.tickets t on t.org_id = n.org_id and t.id = n.ticket_id
     where t.org_id = any ($1) and t.id = any ($2) and n.org_id = any ($1)
       and (n.user_id = t.created_by or n.user_id = t.assigned_to)
     order by n.org_id, n.id for update of n";

const FIND_ORGS_OF_TICKETS: &str = "
    select distinct t.org_id
      from helpdesk.tickets t
     where t.id = any ($1) and ($2::uuid is null or t.org_id = $2)";

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct UpdatedTickets {
    updated: usize,
    tickets: Vec<UpdatedTicket>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(transform = null_only_in(&[])))]
struct UpdatedTicket {
    id: Option<Id>,
    version: Option<i32>,
}

#[cfg(test)]
pub(super) fn describe(api: &mut Api) {
    api.result::<UpdatedTickets>("update_tickets");
}

/// Changes many tickets at once, all or none. Returns {updated, tickets: [{id, version}]} with the
/// tickets that the changes made different.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn update_tickets(
    p_ticket_ids: Option<Array<Uuid>>,
    p_changes: Option<JsonbText>,
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<JsonText> {
    let tickets = distinct_ids(&required(p_ticket_ids, "p_ticket_ids")?)?;
    let changes = Changes::parse(&required(p_changes, "p_changes")?)?;
    let _caller = Caller::hold();
    changes.lock_targets(orgs_to_change(&tickets, p_org_id)?, &tickets)?;
    let orgs = lock_tickets(&tickets, p_org_id)?;
    if changes.change_people() {
        let args = [orgs.clone().into(), tickets.clone().into()];
        statement::write(LOCK_NOTIFICATIONS).execute(&args)?;
    }
    let mut args = vec![orgs.into(), tickets.into()];
    args.extend(changes.params());
    let update = changes.update_tickets_where("t.org_id = any ($1) and t.id = any ($2)");
    let update = format!(
        "with changed as ({update} returning t.id, t.version)
         select id, version from changed order by id"
    );
    let _names = name_arguments(CHANGE_NAMES);
    let tickets = statement::write_assembled(&update, Planned::EachTime)
        .fetch_all(&args, |row| UpdatedTicket { id: row.id(1), version: row.get(2) })?;
    JsonText::serialize(&UpdatedTickets { updated: tickets.len(), tickets })
}

fn distinct_ids(ids: &Array<Uuid>) -> Result<Vec<Uuid>> {
    let ids: BTreeSet<[u8; 16]> = elements("p_ticket_ids", ids)?
        .into_iter()
        .map(|id| required(id, "p_ticket_ids[]").map(|id| *id.as_bytes()))
        .collect::<Result<_>>()?;
    if ids.is_empty() || ids.len() > MAX_TICKETS {
        return Err(error::invalid(
            if ids.is_empty() { "empty_list" } else { "too_long" },
            "p_ticket_ids",
            format!("{} tickets", ids.len()),
            format!("1 to {MAX_TICKETS} different tickets."),
        ));
    }
    Ok(ids.into_iter().map(Uuid::from_bytes).collect())
}

/// The organizations whose tickets the caller may change, as far as these tickets need them.
fn orgs_to_change(tickets: &[Uuid], org: Option<Uuid>) -> Result<Vec<Uuid>> {
    if !roles::role_bypasses_row_security() {
        return Ok(Caller::current()?.staff_orgs());
    }
    let args = [tickets.to_vec().into(), org.into()];
    let orgs = statement::write(FIND_ORGS_OF_TICKETS).fetch_all(&args, |row| row.get(1))?;
    Ok(orgs.into_iter().flatten().collect())
}

/// Locks the tickets and returns their organizations. Errors unless the caller may change them all.
fn lock_tickets(tickets: &[Uuid], org: Option<Uuid>) -> Result<Vec<Uuid>> {
    let args: [DatumWithOid; 4] = [
        tickets.to_vec().into(),
        roles::role_bypasses_row_security().into(),
        Caller::current()?.staff_orgs().into(),
        org.into(),
    ];
    let locked = statement::write(LOCK_TICKETS)
        .fetch_all(&args, |row| (row.get::<Uuid>(1), row.get::<i64>(2).unwrap_or(0)))?;
    let found: i64 = locked.iter().map(|(_, tickets)| tickets).sum();
    let missing = tickets.len() as i64 - found;
    if missing != 0 {
        return Err(rights::refusal(error::not_allowed(
            "no_such_ticket",
            format!(
                "p_ticket_ids: {missing} of {} tickets do not exist, or you may not change them",
                tickets.len()
            ),
            "Nothing was changed. Only staff of a ticket's organization can change it.",
        )));
    }
    Ok(locked.into_iter().filter_map(|(org, _)| org).collect())
}
