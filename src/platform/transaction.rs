//! The only code that talks to SPI: kept plans, typed rows, and reads that really are reads.
//!
//! pgrx's own `Spi` decides between reading and writing by whether the transaction has an id, and takes one for `run` and
//! `get_one`. Ours says it per call: a read runs on the caller's snapshot, takes no id and works on a standby.

use pgrx::datum::{DatumWithOid, TimestampWithTimeZone};
use pgrx::prelude::*;

use super::error::{self, Result};
use super::statement;

/// Whether a statement sees what others committed before it began: up to READ COMMITTED.
pub fn is_read_committed() -> bool {
    // SAFETY: a plain setting of the transaction.
    unsafe { pg_sys::XactIsoLevel < pg_sys::XACT_REPEATABLE_READ as i32 }
}

#[derive(Clone, Copy)]
pub enum Lock {
    Shared,
    Exclusive,
}

/// Waits for an advisory lock and keeps it to the end of the transaction. No statement: what follows has a newer snapshot.
pub fn lock(class: i32, number: i32, mode: Lock) {
    let lock = match mode {
        Lock::Shared => pg_sys::pg_advisory_xact_lock_shared_int4,
        Lock::Exclusive => pg_sys::pg_advisory_xact_lock_int4,
    };
    // SAFETY: both functions take two int4, and return nothing.
    unsafe { pgrx::direct_function_call::<()>(lock, &[class.into_datum(), number.into_datum()]) };
}

/// An error when a transaction whose snapshot is older than the newest (REPEATABLE READ and above) has missed rows that a query
/// finds: it wrote what it saw, and must be tried again.
pub fn recheck_on_latest_snapshot(sql: &'static str, args: &[DatumWithOid]) -> Result<()> {
    // SAFETY: a plain setting of the transaction; the snapshot pushed here is popped here, or by the abort after an error.
    let has_missed = unsafe {
        if is_read_committed() {
            return Ok(());
        }
        pg_sys::CommandCounterIncrement();
        pg_sys::PushActiveSnapshot(pg_sys::GetLatestSnapshot());
        let has_missed = statement::read(sql).exists(args)?;
        pg_sys::PopActiveSnapshot();
        has_missed
    };
    if has_missed { Err(error::concurrent()) } else { Ok(()) }
}

/// Which transaction of this backend we are in; the next one has another number.
pub fn local_xid() -> pg_sys::LocalTransactionId {
    // SAFETY: only reads the state of this backend.
    unsafe {
        #[cfg(any(feature = "pg15", feature = "pg16"))]
        return (*pg_sys::MyProc).lxid;
        #[cfg(not(any(feature = "pg15", feature = "pg16")))]
        return (*pg_sys::MyProc).vxid.lxid;
    }
}

/// Runs `work` in a subtransaction and undoes it when it fails, with the failure's message. `work` may raise.
pub fn in_subtransaction(
    work: impl FnOnce() -> Result<()> + std::panic::UnwindSafe,
) -> std::result::Result<(), String> {
    // SAFETY: the subtransaction begun here is ended here on both ways out, with memory context and resource owner put back,
    // as plpgsql does for BEGIN .. EXCEPTION.
    unsafe {
        let context = pg_sys::CurrentMemoryContext;
        let owner = pg_sys::CurrentResourceOwner;
        pg_sys::BeginInternalSubTransaction(std::ptr::null());
        pg_sys::MemoryContextSwitchTo(context);
        let outcome =
            PgTryBuilder::new(move || work().map_err(|report| report.message().to_owned()))
                .catch_others(|caught| {
                    Err(match caught {
                        pg_sys::panic::CaughtError::PostgresError(report)
                        | pg_sys::panic::CaughtError::ErrorReport(report)
                        | pg_sys::panic::CaughtError::RustPanic { ereport: report, .. } => {
                            report.message().to_owned()
                        }
                    })
                })
                .execute();
        match outcome {
            Ok(()) => pg_sys::ReleaseCurrentSubTransaction(),
            Err(_) => pg_sys::RollbackAndReleaseCurrentSubTransaction(),
        }
        pg_sys::MemoryContextSwitchTo(context);
        pg_sys::CurrentResourceOwner = owner;
        outcome
    }
}

/// now(), as SQL calls it: when the transaction began.
pub fn transaction_start() -> TimestampWithTimeZone {
    // SAFETY: only reads the state of the transaction that we are in.
    let micros = unsafe { pg_sys::GetCurrentTransactionStartTimestamp() };
    TimestampWithTimeZone::try_from(micros)
        .unwrap_or_else(|_| TimestampWithTimeZone::positive_infinity())
}
