//! The locks of install() and migrate(), which neither each other nor calls can deadlock with.

use std::cell::Cell;
use std::panic::AssertUnwindSafe;

use pgrx::PgSqlErrorCode::ERRCODE_LOCK_NOT_AVAILABLE;

use crate::platform::error::Result;
use crate::platform::statement;
use crate::platform::transaction::{self, Lock};

/// Shows in pg_locks as (7315002, 7).
const INSTALLATION: (i32, i32) = (7_315_002, 7);

/// Tables and views that the privileges change: those that do not belong to helpdesk_owner, or that
/// have no row security.
const OUTDATED: &str = "
    select c.oid::regclass::text from pg_class c
     where c.relnamespace = 'helpdesk'::regnamespace and c.relkind in ('r', 'v')
       and (c.relowner <> 'helpdesk_owner'::regrole or (c.relkind = 'r' and not c.relrowsecurity))
     order by c.oid";

const ALL: &str = "
    select c.oid::regclass::text from pg_class c
     where c.relnamespace = 'helpdesk'::regnamespace and c.relkind = 'r'
       and c.relowner = 'helpdesk_owner'::regrole
     order by c.relname <> 'profiles', c.oid";

/// Waits until no other install() or migrate() runs.
pub(super) fn lock_installation() {
    let (class, number) = INSTALLATION;
    transaction::advisory_lock(class, number, Lock::Exclusive);
}

/// Locks what is about to get its owner and row security. On a sound installation that is nothing.
pub(super) fn lock_outdated_tables() -> Result<()> {
    lock_tables(OUTDATED)
}

/// Locks all tables, for a step that changes some. Begins with the profiles, because a call that
/// waits for them holds few other tables.
pub(super) fn lock_all_tables() -> Result<()> {
    lock_tables(ALL)
}

/// Locks all of the tables or none: while it waits for one, it holds no other.
fn lock_tables(query: &'static str) -> Result<()> {
    let tables = statement::write(query).fetch_all(&[], |row| row.get::<String>(1))?;
    let tables: Vec<String> = tables.into_iter().flatten().collect();
    let mut awaited = tables.first();
    while let Some(first) = awaited {
        let busy = Cell::new(None);
        let lock = |table: &str, nowait| {
            let sql = format!("lock table {table} in access exclusive mode{nowait}");
            statement::run_script(&sql)
        };
        let work = AssertUnwindSafe(|| {
            lock(first, "")?;
            for table in &tables {
                busy.set(Some(table));
                lock(table, " nowait")?;
            }
            busy.set(None);
            Ok(())
        });
        // A lock_timeout has the same SQLSTATE, but only ends the wait for the first table.
        let is_busy = |code| code == ERRCODE_LOCK_NOT_AVAILABLE && busy.get().is_some();
        let outcome = transaction::in_subtransaction(is_busy, work);
        awaited = outcome.err().and(busy.get());
    }
    Ok(())
}
