//! import_tickets(): tickets of another help desk, with their people and comments.

mod comments;
mod existing;
mod people;
mod rows;
mod stages;
mod tickets;

use pgrx::Uuid;
use pgrx::prelude::*;
use serde::Serialize;

use self::existing::Work;
use self::people::{NewPerson, People};
use crate::access::rights;
use crate::platform::datum::{ImportText, JsonText};
use crate::platform::error::{self, Result, required};
#[cfg(test)]
use crate::platform::json::schema::Api;
use crate::platform::transaction::{self, Lock};

/// The class of the advisory locks by which the imports of an organization exclude each other: each
/// sees what the one before it has brought.
const IMPORT_LOCK: i32 = 7_315_008;

/// What an import did.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ImportedTickets {
    created: usize,
    /// Tickets of an earlier import that got comments.
    updated: usize,
    /// Tickets of an earlier import to which nothing was added.
    skipped: usize,
    comments: usize,
    people: usize,
    /// Tickets that lost their assignee.
    unassigned: usize,
}

/// The JSON of the import.
#[cfg(test)]
pub fn describe(api: &mut Api) {
    rows::describe(api);
    api.result::<ImportedTickets>("import_tickets");
}

/// Imports tickets, all or none. Those that an earlier import has brought stay as they are, apart
/// from comments that are new. Returns what it did.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn import_tickets(p_org_id: Option<Uuid>, p_rows: Option<ImportText>) -> Result<JsonText> {
    let Import { org, count, work: Work { new, additions } } = Import::begin(p_org_id, p_rows)?;
    let stages = stages::find(org, &new)?;
    let missing = people::find_missing(org, &new, &additions)?;
    people::create(org, &missing)?;
    let people = People::find(org, &new, &additions)?;
    // Lock order: the tickets that exist, then the numbers of new ones.
    let mut comments = comments::add(org, &additions, &people)?;
    let unassigned = tickets::insert(org, &new, &stages, &people)?;
    comments += new.iter().map(|ticket| ticket.comments.len()).sum::<usize>();
    JsonText::serialize(&ImportedTickets {
        created: new.len(),
        updated: additions.len(),
        skipped: count - new.len() - additions.len(),
        comments,
        people: missing.len(),
        unassigned,
    })
}

/// For import_tickets() on a cluster, where a worker knows what is new and only the coordinator
/// creates people: those whom an import brings.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn find_missing_people(p_org_id: Option<Uuid>, p_rows: Option<ImportText>) -> Result<JsonText> {
    let Import { org, work, .. } = Import::begin(p_org_id, p_rows)?;
    JsonText::serialize(&people::find_missing(org, &work.new, &work.additions)?)
}

/// Creates these people. Returns how many. Nobody but helpdesk_owner may execute it, as which
/// import_tickets() runs on a coordinator.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn create_missing_people(p_org_id: Option<Uuid>, p_people: Option<ImportText>) -> Result<i64> {
    let org = required(p_org_id, "p_org_id")?;
    let text = required(p_people, "p_people")?;
    let missing: Vec<NewPerson> =
        serde_json::from_str(text.text("p_people")?).map_err(|problem| {
            let allowed = "What find_missing_people() returns.";
            error::invalid("invalid_value", "p_people", problem.to_string(), allowed)
        })?;
    people::create(org, &missing)?;
    Ok(missing.len() as i64)
}

/// An import that may go on: the caller is an admin, and no other import of the organization runs.
struct Import {
    org: Uuid,
    /// How many rows there are.
    count: usize,
    work: Work,
}

impl Import {
    fn begin(org: Option<Uuid>, rows: Option<ImportText>) -> Result<Import> {
        let org = required(org, "p_org_id")?;
        let text = required(rows, "p_rows")?;
        rights::check_admin_of_existing("p_org_id", org)?;
        let rows = rows::parse(&text)?;
        drop(text);
        lock_imports(org);
        Ok(Import { org, count: rows.len(), work: existing::divide(org, rows)? })
    }
}

fn lock_imports(org: Uuid) {
    let [.., a, b, c, d] = *org.as_bytes();
    transaction::advisory_lock(IMPORT_LOCK, i32::from_be_bytes([a, b, c, d]), Lock::Exclusive);
}
