//! What new comments and files do to their tickets: once per statement, so that many rows on one
//! ticket change it once.

use pgrx::Uuid;
use pgrx::datum::TimestampWithTimeZone;
use pgrx::prelude::*;

use super::counts;
use super::reopening::Reopening;
use crate::platform::error::{Result, internal};
use crate::platform::statement::Row;
use crate::platform::trigger::{self, TransitionTables, TriggerResult};

/// Lock order: tickets by id. The names differ because a plan is kept for each text.
const ADDED_COMMENTS: &str = "
    select org_id, ticket_id, is_internal, created_by, requester_id, created_at < now(),
           count(*)::int, min(created_at), max(created_at), (array_agg(id))[1]
      from added_comments
     group by 1, 2, 3, 4, 5, 6
     order by ticket_id, max(created_at)";

const ADDED_ATTACHMENTS: &str = "
    select org_id, ticket_id, is_internal, uploaded_by, requester_id, uploaded_at < now(),
           count(*)::int, min(uploaded_at), max(uploaded_at), (array_agg(id))[1]
      from added_attachments
     group by 1, 2, 3, 4, 5, 6
     order by ticket_id, max(uploaded_at)";

/// New comments, or new files, of one person on one ticket, that are equally visible.
pub(super) struct AddedRows {
    pub(super) is_comment: bool,
    pub(super) org: Uuid,
    pub(super) ticket: Uuid,
    pub(super) is_internal: bool,
    pub(super) author: Uuid,
    /// The ticket's requester when the rows were written.
    pub(super) requester: Uuid,
    pub(super) is_import: bool,
    pub(super) count: i32,
    pub(super) earliest: TimestampWithTimeZone,
    pub(super) latest: TimestampWithTimeZone,
    /// The id of one of them.
    pub(super) id: Uuid,
}

impl AddedRows {
    fn read(row: &Row, is_comment: bool) -> Option<AddedRows> {
        Some(AddedRows {
            is_comment,
            org: row.get(1)?,
            ticket: row.get(2)?,
            is_internal: row.get(3)?,
            author: row.get(4)?,
            requester: row.get(5)?,
            is_import: row.get(6)?,
            count: row.get(7)?,
            earliest: row.get(8)?,
            latest: row.get(9)?,
            id: row.get(10)?,
        })
    }
}

/// Trigger on comments and attachments, once per INSERT: counts the rows on their tickets, sets
/// updated_at, and reopens tickets after what their customers say publicly.
#[pg_trigger(sql = "
    create function helpdesk.conversation_touch_tickets() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn conversation_touch_tickets<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_statement_trigger(trigger, after_insert)
}

fn after_insert(tables: &TransitionTables) -> Result<()> {
    let is_comment = tables.is_of("ticket_comments");
    let query = if is_comment { ADDED_COMMENTS } else { ADDED_ATTACHMENTS };
    let added = tables.fetch_all(query, |row| AddedRows::read(row, is_comment))?;
    for rows in added {
        let rows = rows.ok_or_else(|| internal("a new row lacks a value"))?;
        let reopening = Reopening::find(&rows)?;
        counts::add(&rows)?;
        if let Some(reopening) = reopening {
            reopening.apply(&rows)?;
        }
    }
    Ok(())
}
