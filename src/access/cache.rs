//! The cached caller, and when it is still valid.
//!
//! Policies need the caller for every row, so a backend keeps the last one that it loaded. A cached
//! caller is reused as it is while the whole `CacheKey` matches. Otherwise `revalidate` keeps it if
//! the snapshot and the login match and nothing was written. ARCHITECTURE.md, "The caller and the
//! cache", numbers the invariants that make this sound and names what enforces each.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use pgrx::Uuid;
use pgrx::prelude::*;

use super::caller::{Caller, claimed_login, not_signed_in};
use super::claims;
use crate::identity::create_missing_profile;
use crate::platform::datum::UuidArray;
use crate::platform::error::{Result, internal};
use crate::platform::roles::{is_anonymous, outer_role};
use crate::platform::settings::with_pinned_search_path;
use crate::platform::statement;
use crate::platform::transaction::local_xid;

/// What a cached caller depends on.
#[derive(Clone, Copy, PartialEq)]
struct CacheKey {
    role: pg_sys::Oid,
    claims: u64,
    snapshot: SnapshotStamp,
    transaction: pg_sys::LocalTransactionId,
    /// The time at which the client sent the statement.
    statement: pg_sys::TimestampTz,
}

/// Two snapshots with equal stamps show the same committed rows and the same changes of their own
/// transaction.
#[derive(Clone, Copy, PartialEq)]
struct SnapshotStamp {
    /// Advances when a transaction that began after the snapshot has ended.
    xmax: pg_sys::TransactionId,
    /// With equal xmax, these change when a running transaction ends.
    xcnt: u32,
    subxcnt: i32,
    /// Advances with each command of this transaction that writes, unless the caller is held.
    command: pg_sys::CommandId,
    /// Differs after ROLLBACK TO SAVEPOINT, which undoes changes.
    subtransaction: pg_sys::SubTransactionId,
    /// The minute of the transaction's start, because transaction ids wrap around.
    minute: i64,
}

/// A caller, and what policies need to know about them for every row, ready to be returned.
pub(super) struct CachedCaller {
    /// None if the caller was loaded without a snapshot. Then the entry is never reused.
    key: Option<CacheKey>,
    has_written: bool,
    pub(super) caller: Rc<Caller>,
    pub(super) orgs: UuidArray,
    pub(super) customer_orgs: UuidArray,
    pub(super) staff_orgs: UuidArray,
    pub(super) admin_orgs: UuidArray,
    pub(super) assigned_tickets: Option<UuidArray>,
    /// How many profiles have been checked one by one.
    pub(super) profiles_checked: u32,
    /// The sorted members of the caller's organizations, loaded after many profiles have been
    /// checked.
    pub(super) members: Option<Vec<Uuid>>,
}

thread_local! {
    static CACHE: RefCell<Option<CachedCaller>> = const { RefCell::new(None) };
    /// The command id when the caller was held.
    static HELD_SINCE: Cell<Option<pg_sys::CommandId>> = const { Cell::new(None) };
}

/// While this lives, what this transaction writes does not change who the caller is.
pub struct HeldCaller {
    before: Option<pg_sys::CommandId>,
}

impl Drop for HeldCaller {
    fn drop(&mut self) {
        HELD_SINCE.set(self.before);
    }
}

impl Caller {
    /// The caller of the running statement.
    pub fn current() -> Result<Rc<Caller>> {
        with_cached(|cached| cached.caller.clone())
    }

    /// Holds the caller during a function that writes to tickets, because it changes no membership.
    /// What others commit meanwhile is still seen.
    pub fn hold() -> HeldCaller {
        let before = HELD_SINCE.get();
        HELD_SINCE.set(before.or_else(|| CacheKey::current().map(|key| key.snapshot.command)));
        HeldCaller { before }
    }

    /// Has the caller loaded again: a user's trigger may change memberships while they are held.
    pub fn forget() {
        HELD_SINCE.set(None);
        CACHE.set(None);
    }

    /// The caller, with a profile; an error when nobody is signed in. Creates a profile that is
    /// missing, so only functions that write may call it.
    pub fn signed_in() -> Result<Rc<Caller>> {
        Caller::with_profile()?.ok_or_else(not_signed_in)
    }

    /// The same; None when nobody is signed in.
    pub(super) fn with_profile() -> Result<Option<Rc<Caller>>> {
        let caller = Caller::current()?;
        if caller.profile.is_some() {
            return Ok(Some(caller));
        }
        let Some(login) = claimed_login()? else { return Ok(None) };
        if !with_pinned_search_path(|| create_missing_profile(login))? {
            return Ok(None);
        }
        // The statement's own snapshot does not show the new row, but its policies need it.
        let caller = CachedCaller::new(CacheKey::current(), Caller::load(statement::write)?);
        let caller = CACHE.with_borrow_mut(|cache| cache.insert(caller).caller.clone());
        Ok(Some(caller))
    }
}

impl CachedCaller {
    fn new(key: Option<CacheKey>, caller: Caller) -> CachedCaller {
        CachedCaller {
            key,
            has_written: has_written(),
            orgs: UuidArray::new(&caller.orgs),
            customer_orgs: UuidArray::new(&caller.customer_orgs),
            staff_orgs: UuidArray::new(&caller.staff_orgs),
            admin_orgs: UuidArray::new(&caller.admin_orgs),
            caller: Rc::new(caller),
            assigned_tickets: None,
            profiles_checked: 0,
            members: None,
        }
    }
}

/// Reads the cached caller, after loading them again if they may have changed.
pub(super) fn with_cached<T>(read: impl Fn(&CachedCaller) -> T) -> Result<T> {
    let key = CacheKey::current();
    let is_valid = |cached: &&CachedCaller| key.is_some() && cached.key == key;
    let answer = CACHE.with_borrow(|cache| cache.as_ref().filter(is_valid).map(&read));
    if let Some(answer) = answer {
        return Ok(answer);
    }
    if !revalidate(key)? {
        let caller = Caller::load(statement::read)?;
        CACHE.set(Some(CachedCaller::new(key, caller)));
    }
    let answer = CACHE.with_borrow(|cache| cache.as_ref().map(&read));
    answer.ok_or_else(|| internal("no caller is cached"))
}

/// Adds to what is cached about the caller.
pub(super) fn update_cached(add: impl FnOnce(&mut CachedCaller)) {
    CACHE.with_borrow_mut(|cache| cache.as_mut().map(add));
}

/// Reuses the cached caller of an earlier statement if its snapshot showed the same rows, nothing
/// was written since, and `auth.uid()` still returns the same login.
fn revalidate(key: Option<CacheKey>) -> Result<bool> {
    let shows_the_same = |cached: &&CachedCaller| {
        let keys = cached.key.zip(key);
        keys.is_some_and(|(old, new)| old.snapshot == new.snapshot && !cached.has_written)
    };
    let cached_login = CACHE.with_borrow(|cache| {
        cache.as_ref().filter(shows_the_same).and_then(|cached| cached.caller.login)
    });
    if cached_login.is_none() || has_written() || is_anonymous() {
        return Ok(false);
    }
    let is_same = claimed_login()? == cached_login;
    if is_same {
        update_cached(|cached| cached.key = key);
    }
    Ok(is_same)
}

fn has_written() -> bool {
    // SAFETY: only reads a variable of this backend.
    unsafe { pg_sys::GetTopTransactionIdIfAny() != pg_sys::InvalidTransactionId }
}

impl CacheKey {
    /// None if there is no snapshot.
    fn current() -> Option<CacheKey> {
        const MINUTE: i64 = 60_000_000;
        // SAFETY: these functions only read variables of this backend, and the snapshot stays
        // active while it is read.
        unsafe {
            if !unguarded::ActiveSnapshotSet() {
                return None;
            }
            let snapshot = &*unguarded::GetActiveSnapshot();
            Some(CacheKey {
                role: outer_role(),
                claims: claims::change_count(),
                snapshot: SnapshotStamp {
                    xmax: snapshot.xmax,
                    xcnt: snapshot.xcnt,
                    subxcnt: snapshot.subxcnt,
                    command: HELD_SINCE.get().unwrap_or(snapshot.curcid),
                    subtransaction: unguarded::GetCurrentSubTransactionId(),
                    minute: unguarded::GetCurrentTransactionStartTimestamp() / MINUTE,
                },
                transaction: local_xid(),
                statement: unguarded::GetCurrentStatementStartTimestamp(),
            })
        }
    }
}

/// Functions of Postgres that cannot raise an error, declared without pgrx's guard, which costs
/// more than they do.
mod unguarded {
    use pgrx::pg_sys;

    unsafe extern "C-unwind" {
        pub fn GetCurrentTransactionStartTimestamp() -> pg_sys::TimestampTz;
        pub fn GetCurrentStatementStartTimestamp() -> pg_sys::TimestampTz;
        pub fn GetCurrentSubTransactionId() -> pg_sys::SubTransactionId;
        pub fn ActiveSnapshotSet() -> bool;
        pub fn GetActiveSnapshot() -> pg_sys::Snapshot;
    }
}
