//! Queues of transactions that commit in the order in which they took their first turns. A turn is
//! short: others take theirs while the transaction goes on.
//!
//! All of it is one advisory lock per queue, in modes of the lock manager that SQL does not offer.

use std::cell::RefCell;
use std::collections::HashSet;
use std::time::{Duration, Instant};

use pgrx::prelude::*;
use pgrx::{PgXactCallbackEvent, register_xact_callback};

use super::transaction::{self, Attempt};

/// Held during a turn. Conflicts with itself only.
const TURN: u32 = pg_sys::ShareUpdateExclusiveLock;
/// Held from the first turn to the end of the transaction, or of the savepoint that is rolled back.
/// Conflicts with neither.
const MEMBER: u32 = pg_sys::RowExclusiveLock;
/// Conflicts with MEMBER, so its holders are found as conflicts. Nobody takes it.
const CONFLICTS_WITH_MEMBER: u32 = pg_sys::ShareLock;

/// How often a turn is asked for before this session queues for it. Whoever queues is woken for
/// its turn, which nobody else can take until it runs: with more sessions than processors, that
/// takes longer than the turns themselves.
const REQUESTS: u32 = 30;
const BETWEEN_REQUESTS: Duration = Duration::from_micros(50);

/// For how long a commit waits until it begins again, at first and at most. It looks for a deadlock
/// half way, before the others do.
const FIRST_WAIT: Duration = Duration::from_millis(10);
const LONGEST_WAIT: Duration = Duration::from_millis(400);

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

#[derive(Default)]
struct State {
    transaction: pg_sys::LocalTransactionId,
    /// The queues of this transaction.
    joined: HashSet<CommitOrder>,
    /// The transactions that commit before it.
    earlier: Vec<pg_sys::VirtualTransactionId>,
}

/// A queue, named by the class and the number of its advisory lock.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CommitOrder {
    pub class: u32,
    pub number: u32,
}

impl CommitOrder {
    /// Waits for a turn, which lasts until `end_turn`, or until the transaction commits. Returns
    /// whether others may have had turns since the last one of this transaction.
    pub fn begin_turn(self) -> bool {
        let mut taken = self.acquire(TURN, false);
        for _ in 0..REQUESTS {
            if taken != pg_sys::LockAcquireResult::LOCKACQUIRE_NOT_AVAIL {
                break;
            }
            std::thread::sleep(BETWEEN_REQUESTS);
            taken = self.acquire(TURN, false);
        }
        if taken == pg_sys::LockAcquireResult::LOCKACQUIRE_NOT_AVAIL {
            taken = self.acquire(TURN, true);
        }
        self.join();
        taken == pg_sys::LockAcquireResult::LOCKACQUIRE_OK
    }

    /// Ends a turn; as often as it was begun, if turns are nested. Returns whether there was one.
    pub fn end_turn(self) -> bool {
        // SAFETY: releases only what this transaction holds.
        self.holds(TURN)
            && as_transaction(|| unsafe { pg_sys::LockRelease(&self.tag(), TURN as i32, false) })
    }

    fn holds(self, mode: u32) -> bool {
        // SAFETY: only reads the locks of this backend.
        unsafe {
            #[cfg(any(feature = "pg15", feature = "pg16"))]
            return pg_sys::LockHeldByMe(&self.tag(), mode as i32);
            #[cfg(not(any(feature = "pg15", feature = "pg16")))]
            return pg_sys::LockHeldByMe(&self.tag(), mode as i32, false);
        }
    }

    /// Remembers who commits before this transaction: everybody who is in the queue before its
    /// first turn. So of two transactions in a queue, only one waits for the other, whatever turns
    /// follow.
    fn join(self) {
        if self.acquire(MEMBER, true) != pg_sys::LockAcquireResult::LOCKACQUIRE_OK {
            return;
        }
        STATE.with_borrow_mut(|state| {
            let transaction = transaction::local_xid();
            if state.transaction != transaction {
                *state = State { transaction, ..State::default() };
                register_xact_callback(PgXactCallbackEvent::PreCommit, before_commit);
                register_xact_callback(PgXactCallbackEvent::PrePrepare, before_commit);
            }
            state.joined.insert(self);
            state.earlier.extend(self.other_members());
        });
    }

    /// Those who have had a turn and have not ended, in the order in which they joined.
    fn other_members(self) -> Vec<pg_sys::VirtualTransactionId> {
        let (tag, mode, mut count) = (self.tag(), CONFLICTS_WITH_MEMBER as i32, 0);
        // SAFETY: it returns an array of `count` elements, without this transaction.
        unsafe {
            let members = pg_sys::GetLockConflicts(&tag, mode, &mut count);
            let copy = std::slice::from_raw_parts(members, count as usize).to_vec();
            pg_sys::pfree(members.cast());
            copy
        }
    }

    fn acquire(self, mode: u32, waits: bool) -> pg_sys::LockAcquireResult::Type {
        // SAFETY: the tag is that of an advisory lock, which ends with the transaction.
        as_transaction(|| unsafe { pg_sys::LockAcquire(&self.tag(), mode as i32, false, !waits) })
    }

    /// That of pg_advisory_lock(class, number).
    fn tag(self) -> pg_sys::LOCKTAG {
        pg_sys::LOCKTAG {
            // SAFETY: only reads a variable of this backend.
            locktag_field1: unsafe { pg_sys::MyDatabaseId }.to_u32(),
            locktag_field2: self.class,
            locktag_field3: self.number,
            locktag_field4: 2,
            locktag_type: pg_sys::LockTagType::LOCKTAG_ADVISORY as u8,
            locktag_lockmethodid: pg_sys::USER_LOCKMETHOD as u8,
        }
    }
}

/// Makes locks belong to the running (sub)transaction instead of the query, so that another query,
/// or the commit, can release them.
fn as_transaction<T>(work: impl FnOnce() -> T) -> T {
    struct Restore(pg_sys::ResourceOwner);
    impl Drop for Restore {
        fn drop(&mut self) {
            // SAFETY: a variable of this backend; the query's owner outlives `work`.
            unsafe { pg_sys::CurrentResourceOwner = self.0 };
        }
    }
    // SAFETY: as above; a transaction is running.
    let _restore = unsafe {
        let restore = Restore(pg_sys::CurrentResourceOwner);
        pg_sys::CurrentResourceOwner = pg_sys::CurTransactionResourceOwner;
        restore
    };
    work()
}

/// Runs when everything is written. Ends the turns, and waits for those who commit before.
fn before_commit() {
    let State { joined, earlier, .. } = STATE.with_borrow_mut(std::mem::take);
    // False if all that it wrote in its turns was rolled back to a savepoint.
    let is_member = joined.iter().any(|queue| queue.holds(MEMBER));
    for queue in joined {
        while queue.end_turn() {}
    }
    if is_member {
        let started = Instant::now();
        // The last one has waited for the others, so that this session is mostly woken once.
        earlier.into_iter().rev().for_each(|other| wait_for(other, started));
    }
}

/// Waits for the end of another transaction, unless that one waits for this one: for a row that
/// both change, for example. Then this one commits first, because otherwise one of the two would
/// have to fail.
fn wait_for(other: pg_sys::VirtualTransactionId, started: Instant) {
    // SAFETY: it may have ended long ago, which is no error.
    let has_ended = move |waits| unsafe { pg_sys::VirtualXactLock(other, waits) };
    let mut longest = FIRST_WAIT;
    while !has_ended(false) {
        match transaction::attempt_to_lock(started, longest, || has_ended(true)) {
            Attempt::Locked | Attempt::WouldDeadlock => return,
            Attempt::TimedOut => longest = LONGEST_WAIT.min(longest * 2),
        }
    }
}
