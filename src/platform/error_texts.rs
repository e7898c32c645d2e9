//! Names of shards in the errors of a cluster, which clients would not understand, and which would
//! tell them who shares a shard with whom.

use std::cell::Cell;
use std::ffi::{CStr, CString, c_char};

use pgrx::prelude::*;

thread_local! {
    static SHARDS: Cell<Option<(i64, i64)>> = const { Cell::new(None) };
    static PREVIOUS_HOOK: Cell<pg_sys::emit_log_hook_type> = const { Cell::new(None) };
}

/// Hides the ids of these shards from now on: `tickets` in place of `tickets_102087`.
pub fn hide_shards(first_and_last: (i64, i64)) {
    if SHARDS.replace(Some(first_and_last)).is_none() {
        // SAFETY: a session has one thread. The hook lives as long as the session.
        unsafe {
            PREVIOUS_HOOK.set(pg_sys::emit_log_hook);
            pg_sys::emit_log_hook = Some(emit_log);
        }
    }
}

/// Postgres calls it before it sends an error to the client or to the log.
unsafe extern "C-unwind" fn emit_log(data: *mut pg_sys::ErrorData) {
    // SAFETY: Postgres passes the error that it is about to send; its texts are in this context.
    unsafe {
        let error = &mut *data;
        for text in [
            &mut error.message,
            &mut error.detail,
            &mut error.hint,
            &mut error.context,
            &mut error.table_name,
            &mut error.constraint_name,
        ] {
            if let Some(renamed) = without_shards_of(*text) {
                *text = pg_sys::MemoryContextStrdup(error.assoc_context, renamed.as_ptr());
            }
        }
        if let Some(previous) = PREVIOUS_HOOK.get() {
            previous(data);
        }
    }
}

/// # Safety
///
/// The text must be NUL-terminated, or null.
unsafe fn without_shards_of(text: *const c_char) -> Option<CString> {
    if text.is_null() {
        return None;
    }
    // SAFETY: as required of the caller.
    let text = unsafe { CStr::from_ptr(text) }.to_str().ok()?;
    let renamed = without_shards(text, SHARDS.get()?)?;
    CString::new(renamed).ok()
}

/// The text without the ids of shards at the end of names; None if there are none.
fn without_shards(text: &str, (first, last): (i64, i64)) -> Option<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut renamed = String::with_capacity(text.len());
    let mut is_changed = false;
    for word in text.split_inclusive(|c: char| !is_name(c)) {
        let name = word.trim_end_matches(|c: char| !is_name(c));
        let shard = name.rsplit_once('_').and_then(|(table, id)| Some((table, id.parse().ok()?)));
        match shard {
            Some((table, id)) if !table.is_empty() && (first..=last).contains(&id) => {
                renamed.push_str(table);
                renamed.push_str(&word[name.len()..]);
                is_changed = true;
            }
            _ => renamed.push_str(word),
        }
    }
    is_changed.then_some(renamed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platform_errors_name_no_shards() {
        let hide = |text| without_shards(text, (102_008, 102_200));
        assert_eq!(
            hide(r#"relation "tickets_102087" violates "tickets_pkey_102087""#).as_deref(),
            Some(r#"relation "tickets" violates "tickets_pkey""#)
        );
        assert_eq!(
            hide("ünïcode notes_102008, and order_5").as_deref(),
            Some("ünïcode notes, and order_5")
        );
        assert_eq!(hide("order_99, _102087 and tickets_102087x"), None);
    }
}
