//! Which organization a call is about that names none, for the coordinator of a cluster.

use pgrx::Uuid;
use pgrx::iter::TableIterator;
use pgrx::prelude::*;

use super::caller::Caller;
use crate::platform::error::{self, Result};
use crate::platform::json::id::Id;
use crate::platform::roles::role_bypasses_row_security;
use crate::platform::statement::{self, Planned};
use crate::sharding::read_from_workers;

/// In the organizations of the caller ($2), so that only these are asked.
const OF_TICKET: &str = "select t.org_id from helpdesk.tickets t where t.id = $1 and ($2::uuid[] is null or t.org_id = any ($2))";
const OF_WORKFLOW: &str = "select w.org_id from helpdesk.workflows w where w.id = $1 and ($2::uuid[] is null or w.org_id = any ($2))";
/// Public articles are for everybody.
const OF_ARTICLE: &str = "select a.org_id from helpdesk.articles a where a.id = $1 and ($2::uuid[] is null or a.org_id = any ($2))";

/// The organization of a ticket, an article or a workflow that the caller may see; NULL if there is
/// none. For somebody with one organization it is that one, where the worker looks for it.
#[pg_extern(stable, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
fn find_organization(p_table: Option<&str>, p_id: Option<Uuid>) -> Result<Option<Uuid>> {
    let (Some(table), Some(id)) = (p_table, p_id) else { return Ok(None) };
    let query = match table {
        "tickets" => OF_TICKET,
        "articles" => OF_ARTICLE,
        "workflows" => OF_WORKFLOW,
        _ => {
            return Err(error::invalid(
                "invalid_value",
                "p_table",
                "not a table of the help desk",
                "Expected tickets, articles or workflows.",
            ));
        }
    };
    let find = |orgs: Option<Vec<Uuid>>| {
        read_from_workers(|| {
            statement::read_assembled(query, Planned::EachTime)
                .fetch_scalar::<Uuid>(&[id.into(), orgs.into()])
        })
    };
    if role_bypasses_row_security() {
        return find(None);
    }
    let orgs = Caller::current()?.orgs();
    if table != "articles" && orgs.len() == 1 {
        return Ok(orgs.first().copied()); // It can be in no other.
    }
    match find(Some(orgs))? {
        None if table == "articles" => find(None),
        found => Ok(found),
    }
}

const OF_TICKETS: &str = "
    select t.org_id, array_agg(t.id) from helpdesk.tickets t
     where t.id = any ($1) and ($2::uuid[] is null or t.org_id = any ($2)) group by t.org_id";

/// The organizations of the tickets that the caller may see, with these tickets.
#[pg_extern(stable, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
#[allow(clippy::type_complexity)] // pgrx reads the columns from the signature.
fn find_organizations(
    p_ticket_ids: Option<Vec<Option<Uuid>>>,
) -> Result<
    TableIterator<'static, (name!(organization, Option<Uuid>), name!(ids, Option<Vec<Uuid>>))>,
> {
    let orgs = match role_bypasses_row_security() {
        true => None,
        false => Some(Caller::current()?.orgs()),
    };
    let args = [p_ticket_ids.into(), orgs.into()];
    let found = read_from_workers(|| {
        statement::read_assembled(OF_TICKETS, Planned::EachTime)
            .fetch_all(&args, |row| (row.get(1), row.get(2)))
    })?;
    Ok(TableIterator::new(found))
}

/// The organization that the path of a file begins with; NULL if it begins with none.
#[pg_extern(immutable, parallel_safe)]
fn organization_of_path(p_path: Option<&str>) -> Option<Uuid> {
    let (folder, _) = p_path?.split_once('/')?;
    Id::from_text(folder).map(Uuid::from)
}
