//! The running transaction: isolation, the latest snapshot, advisory locks, subtransactions.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, UnwindSafe};
use std::time::{Duration, Instant};

use pgrx::PgSqlErrorCode::{ERRCODE_LOCK_NOT_AVAILABLE, ERRCODE_T_R_DEADLOCK_DETECTED};
use pgrx::datum::{DatumWithOid, TimestampWithTimeZone};
use pgrx::pg_sys::panic::{CaughtError, ErrorReportable};
use pgrx::prelude::*;

use super::error::{self, Result};
use super::statement;

/// For how long lock_all_or_none() makes others wait in vain, and how long they may go on then.
const LONGEST_ATTEMPT: Duration = Duration::from_millis(100);
const PAUSE: Duration = Duration::from_millis(50);

/// Whether each statement sees everything committed before it began (READ COMMITTED and below).
pub fn is_read_committed() -> bool {
    // SAFETY: only reads a variable of this backend.
    unsafe { pg_sys::XactIsoLevel < pg_sys::XACT_REPEATABLE_READ as i32 }
}

/// Whether the transaction goes on after the client's statement.
pub fn is_in_block() -> bool {
    // SAFETY: only reads a variable of this backend.
    unsafe { pg_sys::IsTransactionBlock() }
}

#[derive(Clone, Copy)]
pub enum Lock {
    Shared,
    Exclusive,
}

/// Takes an advisory lock and holds it until the transaction ends. It does not run SQL, so the next
/// statement takes its snapshot after the lock.
pub fn advisory_lock(class: i32, number: i32, mode: Lock) {
    let lock = match mode {
        Lock::Shared => pg_sys::pg_advisory_xact_lock_shared_int4,
        Lock::Exclusive => pg_sys::pg_advisory_xact_lock_int4,
    };
    // SAFETY: both functions take two int4 and return void.
    unsafe { pgrx::direct_function_call::<()>(lock, &[class.into_datum(), number.into_datum()]) };
}

/// Above READ COMMITTED, errors if a query finds rows on the latest snapshot: the transaction wrote
/// without seeing them, so it must be repeated.
pub fn recheck_on_latest_snapshot(sql: &'static str, args: &[DatumWithOid]) -> Result<()> {
    if is_read_committed() {
        return Ok(());
    }
    // SAFETY: makes what this transaction wrote visible to the next snapshot.
    unsafe { pg_sys::CommandCounterIncrement() };
    match on_latest_snapshot(|| statement::read(sql).exists(args))? {
        true => Err(error::concurrent()),
        false => Ok(()),
    }
}

/// Runs `work`, whose statements only read, on what is committed now, also above READ COMMITTED.
pub fn on_latest_snapshot<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    // SAFETY: the snapshot is popped below, or by the abort of the transaction after an error.
    unsafe {
        pg_sys::PushActiveSnapshot(pg_sys::GetLatestSnapshot());
        let done = work()?;
        pg_sys::PopActiveSnapshot();
        Ok(done)
    }
}

/// The number of the running transaction in this backend.
pub fn local_xid() -> pg_sys::LocalTransactionId {
    // SAFETY: only reads a variable of this backend.
    unsafe {
        #[cfg(any(feature = "pg15", feature = "pg16"))]
        return (*pg_sys::MyProc).lxid;
        #[cfg(not(any(feature = "pg15", feature = "pg16")))]
        return (*pg_sys::MyProc).vxid.lxid;
    }
}

/// Runs `work` in a subtransaction. After an error that `may_catch` accepts, rolls back and returns
/// its message; other errors are raised again, after the rollback.
pub fn in_subtransaction(
    may_catch: impl FnOnce(PgSqlErrorCode) -> bool,
    work: impl FnOnce() -> Result<()> + UnwindSafe,
) -> std::result::Result<(), String> {
    // SAFETY: the subtransaction ends below whether `work` succeeds or fails; memory context and
    // resource owner are restored, as plpgsql does for BEGIN .. EXCEPTION.
    let outcome = unsafe {
        let context = pg_sys::CurrentMemoryContext;
        let owner = pg_sys::CurrentResourceOwner;
        pg_sys::BeginInternalSubTransaction(std::ptr::null());
        pg_sys::MemoryContextSwitchTo(context);
        let outcome = PgTryBuilder::new(move || {
            work().unwrap_or_report();
            Ok(())
        })
        .catch_others(Err)
        .execute();
        match outcome {
            Ok(()) => pg_sys::ReleaseCurrentSubTransaction(),
            Err(_) => pg_sys::RollbackAndReleaseCurrentSubTransaction(),
        }
        pg_sys::MemoryContextSwitchTo(context);
        pg_sys::CurrentResourceOwner = owner;
        outcome
    };
    outcome.or_else(|caught| {
        let (CaughtError::PostgresError(report)
        | CaughtError::ErrorReport(report)
        | CaughtError::RustPanic { ereport: report, .. }) = &caught;
        if may_catch(report.sql_error_code()) {
            return Err(report.message().to_owned());
        }
        caught.rethrow()
    })
}

/// Locks all items or none. While it holds some and waits for the next, others may be waiting for
/// it, so it does not wait for long: it gives up, lets them go on, and begins again. No deadlock is
/// found meanwhile, and a lock_timeout limits all of it.
pub fn lock_all_or_none<T>(items: &[T], lock: impl Fn(&T) -> Result<()>) -> Result<()> {
    let started = Instant::now();
    let limit = lock_timeout();
    let longest = LONGEST_ATTEMPT.min(deadlock_timeout() / 2);
    let has_time_left = || limit.is_none_or(|limit| started.elapsed() < limit);
    let may_retry = |code| code == ERRCODE_LOCK_NOT_AVAILABLE && has_time_left();
    loop {
        let attempt = Instant::now();
        let work = AssertUnwindSafe(|| {
            items.iter().try_for_each(|item| {
                let left = longest.saturating_sub(attempt.elapsed());
                let _timeout = LockTimeout::set(limit.map_or(left, |limit| left.min(limit)));
                lock(item)
            })
        });
        if in_subtransaction(may_retry, work).is_ok() {
            return Ok(());
        }
        sleep(PAUSE);
    }
}

/// How an attempt to lock has ended.
pub enum Attempt {
    Locked,
    TimedOut,
    /// Those whom this transaction waits for wait for it.
    WouldDeadlock,
}

/// Waits for a lock at a commit, but not longer than `longest`, and looks for a deadlock early:
/// before others, for whom it would be an error. lock_timeout limits what has passed since
/// `started`, and so does statement_timeout, which Postgres has switched off at this time.
pub fn attempt_to_lock<T>(
    started: Instant,
    longest: Duration,
    lock: impl Fn() -> T + UnwindSafe,
) -> Attempt {
    let longest = longest.min(deadlock_timeout() / 2);
    let limit = [lock_timeout(), statement_timeout()].into_iter().flatten().min();
    let limit = limit.map(|limit| limit.saturating_sub(started.elapsed()));
    let is_last = limit.is_some_and(|left| left <= longest);
    let failure = Cell::new(Attempt::Locked);
    let may_catch = |code| match code {
        ERRCODE_LOCK_NOT_AVAILABLE if !is_last => {
            failure.set(Attempt::TimedOut);
            true
        }
        ERRCODE_T_R_DEADLOCK_DETECTED => {
            failure.set(Attempt::WouldDeadlock);
            true
        }
        _ => false,
    };
    let attempt = in_subtransaction(may_catch, move || {
        let _timeout = LockTimeout::set(limit.map_or(longest, |left| left.min(longest)));
        let _early = EarlyDeadlockCheck::begin(longest / 2);
        lock();
        // A timeout that came with the lock must not end what follows.
        check_for_interrupts!();
        Ok(())
    });
    if attempt.is_ok() { Attempt::Locked } else { failure.into_inner() }
}

/// The setting lock_timeout, unless it is off.
fn lock_timeout() -> Option<Duration> {
    // SAFETY: only reads a variable of this backend.
    let millis = unsafe { pg_sys::LockTimeout };
    (millis > 0).then(|| Duration::from_millis(millis.unsigned_abs().into()))
}

/// The setting statement_timeout, unless it is off.
fn statement_timeout() -> Option<Duration> {
    // SAFETY: only reads a variable of this backend.
    let millis = unsafe { pg_sys::StatementTimeout };
    (millis > 0).then(|| Duration::from_millis(millis.unsigned_abs().into()))
}

/// After how long somebody who waits for a lock looks for a deadlock.
fn deadlock_timeout() -> Duration {
    // SAFETY: only reads a variable of this backend.
    Duration::from_millis(unsafe { pg_sys::DeadlockTimeout }.unsigned_abs().into())
}

/// Another lock_timeout until it is dropped, also by an error.
struct LockTimeout(i32);

impl LockTimeout {
    fn set(timeout: Duration) -> LockTimeout {
        // Zero would wait forever.
        let millis = i32::try_from(timeout.as_millis()).unwrap_or(i32::MAX).max(1);
        // SAFETY: a variable of this backend, which is read whenever it begins to wait.
        unsafe {
            let before = pg_sys::LockTimeout;
            pg_sys::LockTimeout = millis;
            LockTimeout(before)
        }
    }
}

impl Drop for LockTimeout {
    fn drop(&mut self) {
        // SAFETY: as above.
        unsafe { pg_sys::LockTimeout = self.0 };
    }
}

/// Another deadlock_timeout until it is dropped, also by an error. What is found so early is not
/// logged by log_lock_waits.
struct EarlyDeadlockCheck {
    timeout: i32,
    is_logged: bool,
}

impl EarlyDeadlockCheck {
    fn begin(timeout: Duration) -> EarlyDeadlockCheck {
        let millis = i32::try_from(timeout.as_millis()).unwrap_or(i32::MAX).max(1);
        // SAFETY: variables of this backend, which are read whenever it begins to wait.
        unsafe {
            let before = EarlyDeadlockCheck {
                timeout: pg_sys::DeadlockTimeout,
                is_logged: pg_sys::log_lock_waits,
            };
            pg_sys::DeadlockTimeout = millis.min(before.timeout);
            pg_sys::log_lock_waits = false;
            before
        }
    }
}

impl Drop for EarlyDeadlockCheck {
    fn drop(&mut self) {
        // SAFETY: as above.
        unsafe {
            pg_sys::DeadlockTimeout = self.timeout;
            pg_sys::log_lock_waits = self.is_logged;
        }
    }
}

fn sleep(duration: Duration) {
    let seconds = duration.as_secs_f64().into_datum();
    // SAFETY: pg_sleep takes a float8 and returns void. It can be interrupted.
    unsafe { pgrx::direct_function_call::<()>(pg_sys::pg_sleep, &[seconds]) };
}

/// The time; SQL calls it `clock_timestamp()`.
pub fn clock() -> TimestampWithTimeZone {
    // SAFETY: only reads the clock.
    let micros = unsafe { pg_sys::GetCurrentTimestamp() };
    TimestampWithTimeZone::try_from(micros)
        .unwrap_or_else(|_| TimestampWithTimeZone::positive_infinity())
}

/// When the transaction began; SQL calls it `now()`.
pub fn transaction_start() -> TimestampWithTimeZone {
    // SAFETY: only reads a variable of this backend.
    let micros = unsafe { pg_sys::GetCurrentTransactionStartTimestamp() };
    TimestampWithTimeZone::try_from(micros)
        .unwrap_or_else(|_| TimestampWithTimeZone::positive_infinity())
}
