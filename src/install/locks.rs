//! The locks of install() and migrate(), which neither each other nor calls can deadlock with.

use crate::platform::error::Result;
use crate::platform::statement;
use crate::platform::transaction::{self, Lock};
use crate::reporting::maintenance::LOCK_COUNTS;
use crate::sharding::has_table;

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

/// Tickets come first, because a call that waits for them has locked few other tables. Of the
/// orders tried under load, this one was delayed least.
const ALL: &str = "
    select c.oid::regclass::text from pg_class c
     where c.relnamespace = 'helpdesk'::regnamespace and c.relkind = 'r'
       and c.relowner = 'helpdesk_owner'::regrole
     order by c.relname <> 'tickets', c.oid desc";

/// Waits until no other install() or migrate() runs.
pub(super) fn lock_installation() {
    let (class, number) = INSTALLATION;
    transaction::advisory_lock(class, number, Lock::Exclusive);
}

/// Locks what is about to get its owner and row security. On a sound installation that is nothing.
pub(super) fn lock_outdated_tables() -> Result<()> {
    lock_all(tables(OUTDATED, "access exclusive")?)
}

/// Locks all tables, for a step that changes some.
pub(super) fn lock_all_tables() -> Result<()> {
    lock_all(tables(ALL, "access exclusive")?)
}

/// Locks all tables against everybody who writes or locks a row, but not against those who read;
/// and against those who fold or count tickets, who wait for tables while they hold their lock.
pub(super) fn lock_out_writers() -> Result<()> {
    let mut locks = vec![LOCK_COUNTS.to_owned()];
    locks.extend(tables(ALL, "exclusive")?);
    lock_all(locks)
}

/// The statements that lock the tables found by a query.
fn tables(query: &'static str, mode: &str) -> Result<Vec<String>> {
    let names = statement::write(query).fetch_all(&[], |row| row.get::<String>(1))?;
    let mut locks = Vec::new();
    for name in names.into_iter().flatten() {
        if has_table(&name)? {
            locks.push(format!("lock table {name} in {mode} mode"));
        }
    }
    Ok(locks)
}

fn lock_all(locks: Vec<String>) -> Result<()> {
    transaction::lock_all_or_none(&locks, |lock| statement::run_script(lock))
}
