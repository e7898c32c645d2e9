//! Reading an index with what other transactions have not committed yet.

use pgrx::Uuid;
use pgrx::prelude::*;

/// The highest bigint in the column at position `column` of a table that stands beside `first` in a
/// btree index of both. Rows whose transactions are running count, and deleted ones may; those
/// whose insertion was rolled back do not.
pub fn highest_value(
    table: pg_sys::Oid,
    index: pg_sys::Oid,
    first: Uuid,
    column: i16,
) -> Option<i64> {
    // SAFETY: the caller has found the index on the table and its columns in the catalog. Locks of
    // both are kept, so that neither changes.
    unsafe {
        let lock = pg_sys::AccessShareLock as i32;
        let table = pg_sys::table_open(table, lock);
        let index = pg_sys::index_open(index, lock);
        let mut key = pg_sys::ScanKeyData::default();
        pg_sys::ScanKeyInit(
            &mut key,
            1,
            pg_sys::BTEqualStrategyNumber as u16,
            pg_sys::Oid::from(pg_sys::F_UUID_EQ),
            first.into_datum().unwrap_or(pg_sys::Datum::null()),
        );
        let scan = begin_scan(table, index);
        pg_sys::index_rescan(scan, &mut key, 1, std::ptr::null_mut(), 0);
        let slot = pg_sys::table_slot_create(table, std::ptr::null_mut());
        let backward = pg_sys::ScanDirection::BackwardScanDirection;
        let mut highest = None;
        while highest.is_none() && !pg_sys::index_getnext_tid(scan, backward).is_null() {
            if !pg_sys::index_fetch_heap(scan, slot) {
                continue;
            }
            if is_rolled_back(slot) {
                // Scans skip its index entry from now on.
                (*scan).kill_prior_tuple = true;
                continue;
            }
            pg_sys::slot_getsomeattrs_int(slot, column.into());
            let position = usize::try_from(column - 1).unwrap_or_default();
            highest = i64::from_datum(*(*slot).tts_values.add(position), false);
        }
        pg_sys::ExecDropSingleTupleTableSlot(slot);
        pg_sys::index_endscan(scan);
        pg_sys::index_close(index, pg_sys::NoLock as i32);
        pg_sys::table_close(table, pg_sys::NoLock as i32);
        highest
    }
}

/// A scan that finds every version of a row.
///
/// # Safety
///
/// Both must be open, and the index one of the table.
unsafe fn begin_scan(table: pg_sys::Relation, index: pg_sys::Relation) -> pg_sys::IndexScanDesc {
    let all = &raw mut pg_sys::SnapshotAnyData;
    // SAFETY: see above.
    unsafe {
        #[cfg(not(feature = "pg18"))]
        return pg_sys::index_beginscan(table, index, all, 1, 0);
        #[cfg(feature = "pg18")]
        return pg_sys::index_beginscan(table, index, all, std::ptr::null_mut(), 1, 0);
    }
}

/// Whether the transaction that has inserted a row version was rolled back.
///
/// # Safety
///
/// The slot must hold a version of a table's row.
unsafe fn is_rolled_back(slot: *mut pg_sys::TupleTableSlot) -> bool {
    // SAFETY: the slot keeps the version in its buffer. Whoever sets the hint bits meanwhile does
    // not change the answer.
    unsafe {
        let mut is_copy = false;
        let tuple = pg_sys::ExecFetchSlotHeapTuple(slot, false, &mut is_copy);
        let header = &*(*tuple).t_data;
        let hints = u32::from(header.t_infomask);
        if hints & pg_sys::HEAP_XMIN_COMMITTED != 0 {
            return false;
        }
        let inserter = header.t_choice.t_heap.t_xmin;
        // In this order, because a transaction ends in the log before it stops being in progress.
        let is_alive = pg_sys::TransactionIdIsCurrentTransactionId(inserter)
            || pg_sys::TransactionIdIsInProgress(inserter)
            || pg_sys::TransactionIdDidCommit(inserter);
        hints & pg_sys::HEAP_XMIN_INVALID != 0 || !is_alive
    }
}
