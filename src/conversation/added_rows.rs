//! What new comments and files do to their tickets: once per statement, so that many rows on one
//! ticket change it once.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use pgrx::prelude::*;

use super::counts;
use super::reopening::Reopening;
use super::rows::{AddedRows, Group};
use crate::platform::error::Result;
use crate::platform::system_write::SystemWrite;
use crate::platform::trigger::{self, TransitionTables, TriggerResult};

/// The names differ because a plan is kept for each text.
const ADDED_COMMENTS: &str = "
    select org_id, ticket_id, is_internal, created_by, requester_id, created_at < now(), created_at, id
      from added_comments";

const ADDED_ATTACHMENTS: &str = "
    select org_id, ticket_id, is_internal, uploaded_by, requester_id, uploaded_at < now(), uploaded_at, id
      from added_attachments";

/// Trigger on comments and attachments, once per INSERT: counts the rows on their tickets, sets
/// updated_at, and reopens tickets after what their customers say publicly.
#[pg_trigger(sql = "
    create function helpdesk.conversation_touch_tickets() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn conversation_touch_tickets<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_statement_trigger(trigger, after_insert)
}

fn after_insert(tables: &TransitionTables) -> Result<()> {
    if SystemWrite::current() == Some(SystemWrite::CountedImport) {
        return Ok(());
    }
    let is_comment = tables.has_column("content");
    let query = if is_comment { ADDED_COMMENTS } else { ADDED_ATTACHMENTS };
    let mut groups: BTreeMap<Group, AddedRows> = BTreeMap::new();
    tables.fetch_all(query, |row| {
        let Some(added) = AddedRows::read(row, is_comment) else { return };
        match groups.entry(added.group()) {
            Entry::Vacant(group) => drop(group.insert(added)),
            Entry::Occupied(mut group) => group.get_mut().add(added),
        }
    })?;
    // Lock order: tickets by id. The person who spoke last comes last.
    let mut groups: Vec<AddedRows> = groups.into_values().collect();
    groups.sort_by_key(|rows| (*rows.ticket.as_bytes(), rows.latest));
    for rows in groups {
        let reopening = Reopening::find(&rows)?;
        counts::add(&rows)?;
        if let Some(reopening) = reopening {
            reopening.apply(&rows)?;
        }
    }
    Ok(())
}
