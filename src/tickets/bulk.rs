//! Many tickets at once, and the next one of the queue.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;
use pgrx::prelude::*;

use super::changes::{Changes, update_tickets_where};
use crate::access::caller::Caller;
use crate::platform::datum::{JsonText, JsonbText};
use crate::platform::error::{self, Result, required};
use crate::platform::{roles, statement};

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

static UPDATE_TICKETS: LazyLock<String> = LazyLock::new(|| {
    format!("with changed as ({} returning t.id, t.version)
    select json_build_object('updated', count(*),
             'tickets', coalesce(json_agg(json_build_object('id', id, 'version', version) order by id), '[]'))
      from changed", update_tickets_where("t.org_id = any ($1) and t.id = any ($2)"))
});

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
        return Err(error::bad(
            "p_ticket_ids",
            format!("{} tickets", ids.len()),
            format!("1 to {MAX_TICKETS} different tickets."),
        ));
    }
    let changes = Changes::parse(&required(p_changes, "p_changes")?)?;
    let wanted: Vec<Uuid> = ids.into_iter().map(Uuid::from_bytes).collect();
    let caller = Caller::current()?;
    let sees_all = roles::role_bypasses_row_security();
    let orgs = if sees_all { orgs_of(&wanted, p_org_id)? } else { caller.staff_orgs() };
    changes.lock_targets(orgs)?;
    let args: [DatumWithOid; 4] =
        [wanted.clone().into(), sees_all.into(), caller.staff_orgs().into(), p_org_id.into()];
    let locked = statement::write(LOCK_TICKETS)
        .fetch_all(&args, |row| (row.get::<Uuid>(1), row.get::<i64>(2).unwrap_or(0)))?;
    let found: i64 = locked.iter().map(|(_, tickets)| tickets).sum();
    let missing = wanted.len() as i64 - found;
    if missing != 0 {
        return Err(error::not_allowed(
            format!(
                "p_ticket_ids: {missing} of {} tickets do not exist, or you may not change them",
                wanted.len()
            ),
            "Nothing was changed. Staff of the tickets' organizations change them.",
        ));
    }
    let orgs: Vec<Uuid> = locked.into_iter().filter_map(|(org, _)| org).collect();
    let mut args = vec![orgs.into(), wanted.into()];
    args.extend(changes.params());
    let result = statement::write(&UPDATE_TICKETS).fetch_optional(&args, |row| row.get(1))?;
    Ok(result.flatten().unwrap_or(JsonText("null".to_owned())))
}

fn orgs_of(tickets: &[Uuid], org: Option<Uuid>) -> Result<Vec<Uuid>> {
    let args = [tickets.to_vec().into(), org.into()];
    let orgs = statement::write(ORGS_OF_TICKETS).fetch_all(&args, |row| row.get(1))?;
    Ok(orgs.into_iter().flatten().collect())
}
