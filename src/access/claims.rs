//! The claims of the access token, in the settings in which PostgREST and Supabase pass them.

use std::borrow::Cow;
use std::cell::Cell;
use std::ffi::{CStr, CString, c_char, c_void};
use std::fmt::Formatter;
use std::sync::atomic::{AtomicU64, Ordering};

use pgrx::prelude::*;
use pgrx::{GucContext, GucFlags, GucRegistry, GucSetting, Uuid};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::platform::json::id::Id;
use crate::platform::settings::{CLAIMS, SUBJECT, setting};

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

/// Who the claims name.
#[derive(Clone, Copy, PartialEq)]
enum Subject {
    /// There are no claims, or none with a subject.
    Missing,
    /// The subject is not a UUID, or the claims are not JSON.
    Malformed,
    Login(Uuid),
}

thread_local! {
    /// What the claims were found to be, and their `change_count` then.
    static SUBJECT_OF_CLAIMS: Cell<Option<(u64, Subject)>> = const { Cell::new(None) };
}

/// Whether the claims cannot name a login. Then the caller is nobody: the auth.uid() of Supabase
/// raises an error, which in a policy would fail the query, and with it Realtime for everybody.
pub(super) fn are_malformed() -> bool {
    subject() == Subject::Malformed
}

/// The sub claim of the request. auth.uid() returns it where Supabase has not defined that
/// function.
#[pg_extern(stable, parallel_safe)]
fn jwt_subject() -> Option<Uuid> {
    match subject() {
        Subject::Login(login) => Some(login),
        Subject::Missing | Subject::Malformed => None,
    }
}

fn subject() -> Subject {
    let changes = change_count();
    if let Some((at, subject)) = SUBJECT_OF_CLAIMS.get()
        && at == changes
    {
        return subject;
    }
    let subject = read_subject();
    SUBJECT_OF_CLAIMS.set(Some((changes, subject)));
    subject
}

fn read_subject() -> Subject {
    let given = |name| setting(name).map(CStr::to_bytes).filter(|text| !text.is_empty());
    if let Some(text) = given(SUBJECT) {
        return std::str::from_utf8(text).map_or(Subject::Malformed, subject_of_text);
    }
    let Some(claims) = given(CLAIMS) else { return Subject::Missing };
    if claims.len() > MAX_CLAIMS {
        return Subject::Malformed;
    }
    match serde_json::from_slice::<Claims>(claims) {
        Ok(Claims { sub: None }) => Subject::Missing,
        Ok(Claims { sub: Some(sub) }) => subject_of_text(&sub),
        Err(_) => Subject::Malformed,
    }
}

/// A UUID as Postgres reads it, which does not know the form `urn:uuid:..`.
fn subject_of_text(text: &str) -> Subject {
    match Id::from_text(text) {
        Some(login) if !text.starts_with(['u', 'U']) => Subject::Login(login.into()),
        _ => Subject::Malformed,
    }
}

/// The claims, which are accepted if jsonb accepts them too.
struct Claims {
    sub: Option<String>,
}

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Claims, D::Error> {
        input.deserialize_map(ClaimsVisitor)
    }
}

struct ClaimsVisitor;

impl<'de> Visitor<'de> for ClaimsVisitor {
    type Value = Claims;

    fn expecting(&self, formatter: &mut Formatter) -> std::fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut claims: A) -> Result<Claims, A::Error> {
        let mut sub = None;
        let mut has_sub = false;
        while let Some(JsonText(name)) = claims.next_key()? {
            if name == "sub" {
                // Readers disagree on which of two counts.
                if std::mem::replace(&mut has_sub, true) {
                    return Err(A::Error::duplicate_field("sub"));
                }
                sub = claims.next_value()?;
            } else {
                claims.next_value::<AnyJson>()?;
            }
        }
        Ok(Claims { sub })
    }
}

/// A text without U+0000, which Postgres cannot store.
struct JsonText<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for JsonText<'de> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<JsonText<'de>, D::Error> {
        #[derive(Deserialize)]
        struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
        let Text(text) = Text::deserialize(input)?;
        check_text(&text)?;
        Ok(JsonText(text))
    }
}

fn check_text<E: serde::de::Error>(text: &str) -> Result<(), E> {
    if text.contains('\0') { Err(E::custom("U+0000")) } else { Ok(()) }
}

/// A value of any kind that jsonb can hold.
struct AnyJson;

impl<'de> Deserialize<'de> for AnyJson {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<AnyJson, D::Error> {
        input.deserialize_any(AnyJson)
    }
}

impl<'de> Visitor<'de> for AnyJson {
    type Value = AnyJson;

    fn expecting(&self, formatter: &mut Formatter) -> std::fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<AnyJson, E> {
        Ok(AnyJson)
    }

    fn visit_bool<E>(self, _: bool) -> Result<AnyJson, E> {
        Ok(AnyJson)
    }

    fn visit_i64<E>(self, _: i64) -> Result<AnyJson, E> {
        Ok(AnyJson)
    }

    fn visit_u64<E>(self, _: u64) -> Result<AnyJson, E> {
        Ok(AnyJson)
    }

    fn visit_f64<E>(self, _: f64) -> Result<AnyJson, E> {
        Ok(AnyJson)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<AnyJson, E> {
        check_text(text).map(|()| AnyJson)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<AnyJson, A::Error> {
        while values.next_element::<AnyJson>()?.is_some() {}
        Ok(AnyJson)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<AnyJson, A::Error> {
        while members.next_key::<AnyJson>()?.is_some() {
            members.next_value::<AnyJson>()?;
        }
        Ok(AnyJson)
    }
}
