//! The locks of install() and migrate(), which neither each other nor calls can deadlock with.

use crate::platform::error::Result;
use crate::platform::statement;
use crate::platform::transaction::{self, Lock};

/// Shows in pg_locks as (7315002, 7).
const INSTALLATION: (i32, i32) = (7_315_002, 7);

/// Tables and views that the privileges change: those that do not belong to helpdesk_owner, that
/// have no row security, or that force it on their owner.
const OUTDATED: &str = "
    select c.oid::regclass::text from pg_class c
     where c.relnamespace = 'helpdesk'::regnamespace and c.relkind in ('r', 'v')
       and (c.relowner <> 'helpdesk_owner'::regrole or (c.relkind = 'r' and not c.relrowsecurity)
            or c.relforcerowsecurity)
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
    lock_tables(OUTDATED, "access exclusive")
}

/// Locks all tables, for a step that changes some. Begins with the profiles, because a call that
/// waits for them holds few other tables.
pub(super) fn lock_all_tables() -> Result<()> {
    lock_tables(ALL, "access exclusive")
}

/// Locks all tables against everybody who writes or locks a row, but not against those who read.
pub(super) fn lock_out_writers() -> Result<()> {
    lock_tables(ALL, "exclusive")
}

fn lock_tables(query: &'static str, mode: &str) -> Result<()> {
    let tables = statement::write(query).fetch_all(&[], |row| row.get::<String>(1))?;
    let tables: Vec<String> = tables.into_iter().flatten().collect();
    transaction::lock_all_or_none(&tables, |table, waits| {
        let nowait = if waits { "" } else { " nowait" };
        statement::run_script(&format!("lock table {table} in {mode} mode{nowait}"))
    })
}
