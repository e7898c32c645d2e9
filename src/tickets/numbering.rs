//! Gives tickets their numbers, which count from 1 in each organization.
//!
//! A transaction takes the number after the highest one in the index on numbers, which also holds
//! those of tickets that are not committed yet. It keeps others from doing so only until its own
//! ticket is in that index, not until it commits. Before it commits, it waits for those who have
//! taken theirs before, so that tickets appear in the order of their numbers.

use std::cell::RefCell;
use std::collections::HashMap;

use pgrx::Uuid;
use pgrx::prelude::*;

use crate::fulltext::language_lock::lock_language;
use crate::platform::commit_order::CommitOrder;
use crate::platform::error::{Result, internal};
use crate::platform::index::highest_value;
use crate::platform::invalidation::on_table_change;
use crate::platform::schema_version::check_schema_version;
use crate::platform::trigger::{self, TriggerResult, TriggerRow};
use crate::platform::{statement, transaction};

/// The class of the advisory locks by which the transactions that number tickets queue.
const NUMBERS_LOCK: u32 = 7_315_009;

const FIND_TABLE: &str = "select 'helpdesk.tickets'::regclass::oid";

/// The index on (org_id, number), and the position of the number in the table.
const FIND_INDEX: &str = "
    select i.indexrelid, n.attnum
      from pg_index i
      join pg_attribute o on o.attrelid = i.indrelid and o.attname = 'org_id'
      join pg_attribute n on n.attrelid = i.indrelid and n.attname = 'number'
     where i.indrelid = $1 and i.indisunique and i.indisvalid and i.indpred is null
       and i.indnkeyatts = 2 and i.indkey[0] = o.attnum and i.indkey[1] = n.attnum
       and i.indoption[0] = 0 and i.indoption[1] = 0
     limit 1";

/// A ticket that this snapshot does not see as deleted is in the index.
const LAST_OF_DELETED: &str =
    "select c.last_number from helpdesk.ticket_counters c where c.org_id = $1";

/// Locks the row only if it changes it.
const KEEP_NUMBERS: &str = "
    insert into helpdesk.ticket_counters as c (org_id, last_number)
    select d.org_id, max(d.number) from deleted_tickets d group by d.org_id
    having max(d.number) > coalesce((select k.last_number from helpdesk.ticket_counters k
                                      where k.org_id = d.org_id), 0)
     order by d.org_id
    on conflict (org_id) do update
       set last_number = excluded.last_number where c.last_number < excluded.last_number";

/// Where the numbers of a table are found.
#[derive(Clone, Copy)]
struct Index {
    index: pg_sys::Oid,
    column: i16,
}

/// The last number that a transaction gave in each organization, which only it knows until the row
/// is in the index.
#[derive(Default)]
struct Given {
    transaction: pg_sys::LocalTransactionId,
    numbers: HashMap<[u8; 16], i64>,
}

thread_local! {
    /// By table, of which a cluster has several.
    static INDEXES: RefCell<HashMap<pg_sys::Oid, Index>> = RefCell::default();
    static GIVEN: RefCell<Given> = RefCell::default();
}

/// Looks for the index again after any table's definition has changed.
pub fn register() {
    on_table_change(|| {
        // It may be called while an index is looked for.
        INDEXES.with(|indexes| indexes.try_borrow_mut().map(|mut found| found.clear()).ok());
    });
}

/// The number of a new row of the trigger's table: `given`, or the next one.
pub(super) fn take_number(trigger: &PgTrigger, org: Uuid, given: Option<i64>) -> Result<i64> {
    check_schema_version()?;
    let table = trigger.relation().map_err(|_| internal("a trigger without a table"))?.oid();
    let last = begin_turn(table, org)?;
    let number = given.unwrap_or(last + 1);
    if number > last + 1 {
        // Nobody continues after it before it is sure to stay, so the turn lasts until the commit.
        queue(org).begin_turn();
    }
    remember(org, last.max(number));
    Ok(number)
}

/// The first of `numbers` numbers that follow each other, higher than all before and than
/// `highest`, which an import has given to tickets. Others take none until this transaction is
/// about to commit.
pub fn take_numbers(org: Uuid, highest: i64, numbers: i64) -> Result<i64> {
    let table = statement::write(FIND_TABLE).fetch_scalar(&[])?;
    let table = table.ok_or_else(|| internal("there is no table of tickets"))?;
    let last = begin_turn(table, org)?.max(highest);
    remember(org, last + numbers);
    Ok(last + 1)
}

/// Lets others take numbers, because the number of this row is in the index.
pub(super) fn end_turn(row: &TriggerRow) -> Result<()> {
    queue(row.required("org_id")?).end_turn();
    Ok(())
}

/// Keeps others from taking numbers. Returns the last one that was given.
fn begin_turn(table: pg_sys::Oid, org: Uuid) -> Result<i64> {
    // The ticket's document needs this lock, which create_ticket() has already.
    lock_language(org)?;
    if queue(org).begin_turn() {
        forget_given(org);
    }
    // A trigger of the user's may open another ticket before the row is there.
    match given_here(org) {
        Some(number) => Ok(number),
        None => last_number(table, org),
    }
}

/// Forgets what was given before the turn, in which others have taken numbers.
fn forget_given(org: Uuid) {
    GIVEN.with_borrow_mut(|given| {
        given.numbers.retain(|other, _| queue(Uuid::from_bytes(*other)) != queue(org));
    });
}

fn given_here(org: Uuid) -> Option<i64> {
    GIVEN.with_borrow(|given| {
        let is_of_this = given.transaction == transaction::local_xid();
        given.numbers.get(org.as_bytes()).filter(|_| is_of_this).copied()
    })
}

fn remember(org: Uuid, number: i64) {
    GIVEN.with_borrow_mut(|given| {
        let transaction = transaction::local_xid();
        if given.transaction != transaction {
            *given = Given { transaction, ..Given::default() };
        }
        given.numbers.insert(*org.as_bytes(), number);
    });
}

fn queue(org: Uuid) -> CommitOrder {
    let [.., a, b, c, d] = *org.as_bytes();
    CommitOrder { class: NUMBERS_LOCK, number: u32::from_be_bytes([a, b, c, d]) }
}

fn last_number(table: pg_sys::Oid, org: Uuid) -> Result<i64> {
    let Index { index, column } = find_index(table)?;
    // In this order: a ticket that is deleted in between is in the index.
    let last = highest_value(table, index, org, column);
    let last_of_deleted: Option<i64> =
        statement::read(LAST_OF_DELETED).fetch_scalar(&[org.into()])?;
    Ok(last.max(last_of_deleted).unwrap_or_default())
}

fn find_index(table: pg_sys::Oid) -> Result<Index> {
    if let Some(found) = INDEXES.with_borrow(|indexes| indexes.get(&table).copied()) {
        return Ok(found);
    }
    // An older snapshot may show an index that was dropped.
    let found = transaction::on_latest_snapshot(|| {
        statement::read(FIND_INDEX)
            .fetch_optional(&[table.into()], |row| (row.get::<pg_sys::Oid>(1), row.get::<i16>(2)))
    })?;
    let Some((Some(index), Some(column))) = found else {
        return Err(internal("tickets has no unique index on org_id and number"));
    };
    let found = Index { index, column };
    INDEXES.with_borrow_mut(|indexes| indexes.insert(table, found));
    Ok(found)
}

/// AFTER DELETE on tickets: keeps their numbers from being given again.
#[pg_trigger(sql = "
    create function helpdesk.tickets_keep_numbers() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn tickets_keep_numbers<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_statement_trigger(trigger, |deleted| deleted.run(KEEP_NUMBERS))
}
