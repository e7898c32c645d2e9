//! The claims of the access token, in the settings in which PostgREST and Supabase pass them with each request.

use std::ffi::{CStr, CString, c_char, c_void};
use std::sync::atomic::{AtomicU64, Ordering};

use pgrx::prelude::*;
use pgrx::{GucContext, GucFlags, GucRegistry, GucSetting, Uuid};

use crate::platform::json::id::Id;
use crate::platform::settings::setting;

const CLAIMS: &CStr = c"request.jwt.claims";

/// Where PostgREST before version 9 put the login alone.
const SUBJECT: &CStr = c"request.jwt.claim.sub";

static CLAIMS_SETTING: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);

static SUBJECT_SETTING: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);

/// Counts how often either was set in this backend.
static CHANGES: AtomicU64 = AtomicU64::new(0);

/// Only a superuser may give these settings a default for a role or a database: it would decide who others are.
#[pg_guard]
unsafe extern "C-unwind" fn check_source(
    _value: *mut *mut c_char,
    _extra: *mut *mut c_void,
    source: pg_sys::GucSource::Type,
) -> bool {
    // SAFETY: the hint lives forever; the message is Postgres's own.
    unsafe {
        // The source of ALTER ROLE .. SET and ALTER DATABASE .. SET.
        let may = source != pg_sys::GucSource::PGC_S_TEST || pg_sys::superuser();
        if !may {
            pg_sys::GUC_check_errcode(PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE as i32);
            pg_sys::GUC_check_errhint_string =
                c"Claims are set for a session or a transaction.".as_ptr().cast_mut();
        }
        may
    }
}

/// Postgres calls it before a setting changes, whatever the reason: SET, the end of a transaction, DISCARD.
unsafe extern "C-unwind" fn note_change(_: *const c_char, _: *mut c_void) {
    CHANGES.fetch_add(1, Ordering::Relaxed);
}

/// Makes settings of our own of what would be placeholders, for Postgres to say when they change: policies ask for every row who is
/// asking, and finding two settings by their names is most of what that would cost. A placeholder's value is kept.
pub fn register_settings() {
    for (name, setting) in [(CLAIMS, &CLAIMS_SETTING), (SUBJECT, &SUBJECT_SETTING)] {
        // SAFETY: one hook is guarded, the other cannot panic.
        unsafe {
            GucRegistry::define_string_guc_with_hooks(
                name,
                c"What the access token of the request says.",
                c"Set by PostgREST; helpdesk takes the sub claim for the login.",
                setting,
                GucContext::Userset,
                GucFlags::default(),
                Some(check_source),
                Some(note_change),
                None,
            );
        }
    }
}

/// Another number whenever the claims may have changed.
pub fn changes() -> u64 {
    CHANGES.load(Ordering::Relaxed)
}

/// The login of the current request; what auth.uid() answers where Supabase's is missing.
#[pg_extern(stable, parallel_safe)]
fn jwt_subject() -> Option<Uuid> {
    #[derive(serde::Deserialize)]
    struct Claims {
        sub: Option<String>,
    }
    let older = setting(SUBJECT).and_then(|text| text.to_str().ok());
    let subject = match older {
        Some(text) if !text.is_empty() => text.to_owned(),
        _ => {
            let claims = setting(CLAIMS)?.to_bytes();
            // serde would also take the first value of a list for the first field.
            if claims.trim_ascii_start().first() != Some(&b'{') {
                return None;
            }
            serde_json::from_slice::<Claims>(claims).ok()?.sub?
        }
    };
    Id::from_text(&subject).map(Uuid::from)
}
