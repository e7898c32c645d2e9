//! Changes of definitions of tables, in this session and in others.

use std::cell::RefCell;

use pgrx::prelude::*;

thread_local! {
    static LISTENERS: RefCell<Vec<fn()>> = const { RefCell::new(Vec::new()) };
}

/// Calls back whenever the definition of any table may have changed. Listeners only set variables.
pub fn on_table_change(listener: fn()) {
    unsafe extern "C-unwind" fn notify(_: pg_sys::Datum, _: pg_sys::Oid) {
        LISTENERS.with_borrow(|listeners| listeners.iter().for_each(|listener| listener()));
    }
    let is_first = LISTENERS.with_borrow_mut(|listeners| {
        listeners.push(listener);
        listeners.len() == 1
    });
    if is_first {
        // SAFETY: `notify` lives as long as the backend, and calls nothing of Postgres.
        unsafe { pg_sys::CacheRegisterRelcacheCallback(Some(notify), pg_sys::Datum::from(0)) }
    }
}
