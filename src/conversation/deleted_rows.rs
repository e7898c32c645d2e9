//! Deleted comments and files: what is locked before anything that belongs to them is changed, and
//! how they are subtracted from their tickets.
//!
//! Postgres locks the rows of a DELETE one by one, each before its BEFORE trigger. A ticket that is
//! locked in between would make two deletes wait for each other. So the rows are remembered, and
//! the first AFTER trigger of the statement locks for all of them. Its name comes before those of
//! the foreign keys, whose triggers delete files and notifications.

use std::cell::RefCell;
use std::collections::BTreeSet;

use pgrx::Uuid;
use pgrx::prelude::*;

use super::counts;
use super::rows::{DeletedRows, is_comment};
use crate::platform::error::Result;
use crate::platform::statement::{self, Planned};
use crate::platform::transaction::local_xid;
use crate::platform::trigger::{self, TransitionTables, TriggerResult, TriggerRow};

/// A key of a tenant table: organization and id.
type Key = ([u8; 16], [u8; 16]);

#[derive(Default)]
struct ToLock {
    transaction: pg_sys::LocalTransactionId,
    comments: BTreeSet<Key>,
    tickets: BTreeSet<Key>,
}

thread_local! {
    /// What has not been locked yet for the rows of the running DELETE.
    static TO_LOCK: RefCell<ToLock> = RefCell::default();
}

const LOCK_FILES: &str = "
    select from unnest($1::uuid[], $2::uuid[]) c (org_id, id)
      join helpdesk.ticket_attachments a on a.org_id = c.org_id and a.comment_id = c.id
     order by a.id
       for update of a";

const LOCK_TICKETS: &str = "
    select from unnest($1::uuid[], $2::uuid[]) d (org_id, id)
      join helpdesk.tickets t on t.org_id = d.org_id and t.id = d.id
     order by t.id
       for no key update of t";

const DELETED_COMMENTS: &str = "
    select org_id, ticket_id, is_internal, count(*)::int
      from deleted_comments group by 1, 2, 3 order by ticket_id";

const DELETED_ATTACHMENTS: &str = "
    select org_id, ticket_id, is_internal, count(*)::int
      from deleted_attachments group by 1, 2, 3 order by ticket_id";

/// Remembers a row that is about to be deleted.
pub(super) fn remember(row: &TriggerRow) -> Result<()> {
    let org: Uuid = row.required("org_id")?;
    let key = |id: Uuid| (*org.as_bytes(), *id.as_bytes());
    let ticket = key(row.required("ticket_id")?);
    let comment = if is_comment(row) { Some(key(row.required("id")?)) } else { None };
    TO_LOCK.with_borrow_mut(|deleted| {
        // A statement that failed has left its rows.
        if deleted.transaction != local_xid() {
            *deleted = ToLock { transaction: local_xid(), ..ToLock::default() };
        }
        deleted.tickets.insert(ticket);
        deleted.comments.extend(comment);
    });
    Ok(())
}

/// Trigger on comments and attachments: locks the tickets of the rows that the statement deletes.
#[pg_trigger(sql = "
    create function helpdesk.conversation_lock_tickets() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn conversation_lock_tickets<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, |_| {
        let deleted = TO_LOCK.take();
        lock(LOCK_FILES, deleted.comments)?;
        lock(LOCK_TICKETS, deleted.tickets)?;
        Ok(None)
    })
}

fn lock(statement: &'static str, keys: BTreeSet<Key>) -> Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let (orgs, ids): (Vec<Uuid>, Vec<Uuid>) =
        keys.into_iter().map(|(org, id)| (Uuid::from_bytes(org), Uuid::from_bytes(id))).unzip();
    statement::write(statement).planned(Planned::Once).execute(&[orgs.into(), ids.into()])
}

/// Trigger on comments and attachments, once per DELETE: subtracts the rows from their tickets.
#[pg_trigger(sql = "
    create function helpdesk.conversation_subtract() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn conversation_subtract<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_statement_trigger(trigger, after_delete)
}

fn after_delete(tables: &TransitionTables) -> Result<()> {
    let is_comment = tables.has_column("content");
    let query = if is_comment { DELETED_COMMENTS } else { DELETED_ATTACHMENTS };
    let deleted = tables.fetch_all(query, |row| DeletedRows::read(row, is_comment))?;
    for rows in deleted.into_iter().flatten() {
        counts::subtract(&rows)?;
    }
    Ok(())
}
