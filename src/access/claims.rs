//! The claims of the access token, in the settings in which PostgREST and Supabase pass them.

use std::ffi::{CStr, CString, c_char, c_void};
use std::sync::atomic::{AtomicU64, Ordering};

use pgrx::prelude::*;
use pgrx::{GucContext, GucFlags, GucRegistry, GucSetting, Uuid};

use crate::platform::json::id::Id;
use crate::platform::settings::setting;

const CLAIMS: &CStr = c"request.jwt.claims";

/// The setting in which PostgREST before version 9 passed the sub claim alone.
const SUBJECT: &CStr = c"request.jwt.claim.sub";

/// Longer claims are nobody's. An access token arrives in a header of HTTP, which is far shorter.
const MAX_CLAIMS: usize = 16 << 20;

static CLAIMS_SETTING: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);

static SUBJECT_SETTING: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);

/// How often either setting has changed in this backend.
static CHANGES: AtomicU64 = AtomicU64::new(0);

/// A check hook: only a superuser may give these settings a default for a role or a database,
/// because a default would decide who other people are.
#[pg_guard]
unsafe extern "C-unwind" fn check_source(
    _value: *mut *mut c_char,
    _extra: *mut *mut c_void,
    source: pg_sys::GucSource::Type,
) -> bool {
    // SAFETY: only sets variables for the error message of Postgres; the hint is a constant.
    unsafe {
        // The source of ALTER ROLE .. SET and ALTER DATABASE .. SET.
        let is_allowed = source != pg_sys::GucSource::PGC_S_TEST || pg_sys::superuser();
        if !is_allowed {
            pg_sys::GUC_check_errcode(PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE as i32);
            pg_sys::GUC_check_errhint_string =
                c"Set claims for a session or a transaction only.".as_ptr().cast_mut();
        }
        is_allowed
    }
}

/// An assign hook: Postgres calls it before every change, be it by SET, DISCARD or the end of a
/// transaction.
unsafe extern "C-unwind" fn count_change(_: *const c_char, _: *mut c_void) {
    CHANGES.fetch_add(1, Ordering::Relaxed);
}

/// Defines the settings, so that an assign hook reports each change: policies need the caller for
/// every row, and looking up two settings by name would be most of that cost. Values that were set
/// before the library was loaded are kept.
pub fn register_settings() {
    for (name, setting) in [(CLAIMS, &CLAIMS_SETTING), (SUBJECT, &SUBJECT_SETTING)] {
        // SAFETY: the check hook is guarded, and the assign hook cannot panic.
        unsafe {
            GucRegistry::define_string_guc_with_hooks(
                name,
                c"Claims of the request's access token.",
                c"Set by PostgREST. helpdesk reads the sub claim, the id of the login.",
                setting,
                GucContext::Userset,
                GucFlags::default(),
                Some(check_source),
                Some(count_change),
                None,
            );
        }
    }
}

/// A number that differs whenever the claims may have changed.
pub fn change_count() -> u64 {
    CHANGES.load(Ordering::Relaxed)
}

/// The sub claim of the request. auth.uid() returns it where Supabase has not defined that
/// function.
#[pg_extern(stable, parallel_safe)]
fn jwt_subject() -> Option<Uuid> {
    #[derive(serde::Deserialize)]
    struct Claims {
        sub: Option<String>,
    }
    let subject = setting(SUBJECT).and_then(|text| text.to_str().ok());
    let subject = match subject {
        Some(text) if !text.is_empty() => return Id::from_text(text).map(Uuid::from),
        _ => {
            let claims = setting(CLAIMS)?.to_bytes();
            // serde would also accept an array, with its first element as the sub claim.
            if claims.len() > MAX_CLAIMS {
                return None;
            }
            if claims.trim_ascii_start().first() != Some(&b'{') {
                return None;
            }
            serde_json::from_slice::<Claims>(claims).ok()?.sub?
        }
    };
    Id::from_text(&subject).map(Uuid::from)
}
