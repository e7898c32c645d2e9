//! SQL types that pgrx does not pass the way we need them: jsonb, json, tsquery, uuid[], and
//! timestamps.
//!
//! What a caller sends is measured before it is copied, because a failed allocation of Rust ends
//! the session.

use std::ffi::{CStr, CString};
use std::rc::Rc;

use pgrx::Uuid;
use pgrx::callconv::{Arg, ArgAbi, BoxRet, FcInfo};
use pgrx::datum::Array;
use pgrx::nullable::Nullable;
use pgrx::prelude::*;
use serde::Serialize;

use super::error::{self, Result, internal};

/// Microseconds from 1970, the epoch of jiff, to 2000, the epoch of Postgres.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

/// None if it is out of Postgres's range.
pub fn timestamp_from(timestamp: jiff::Timestamp) -> Option<TimestampWithTimeZone> {
    let micros = timestamp.as_microsecond().checked_sub(POSTGRES_EPOCH)?;
    TimestampWithTimeZone::try_from(micros).ok()
}

/// The longest text of a `jsonb` argument, in bytes. 100 files with the longest names and paths,
/// and the longest description, are shorter.
const MAX_JSON: usize = 1 << 20;

/// The longest text of an import. 10,000 tickets, each with three long comments, are shorter.
const MAX_IMPORT: usize = 64 << 20;

/// A jsonb that is larger than so many times a text prints as more than that text: the worst is a
/// list of digits, of which each takes three bytes in the text and twelve here.
const STORED_PER_TEXT: usize = 4;

/// The largest value of a column that triggers look at, in bytes. Larger ones break the column's
/// own limit, which Postgres checks only after BEFORE triggers.
const MAX_COLUMN: usize = 4 << 20;

/// The most elements of an array argument.
const MAX_ELEMENTS: usize = 10_000;

/// The bytes of a value of variable length, uncompressed, without reading it.
///
/// # Safety
/// The type of the datum must have a length header.
pub(super) unsafe fn stored_size(datum: pg_sys::Datum) -> usize {
    // SAFETY: as required of the caller.
    unsafe {
        let header: *const pg_sys::varlena = datum.cast_mut_ptr();
        match pgrx::varatt_is_1b_e(header) || pgrx::varatt_is_4b_c(header) {
            true => pg_sys::toast_raw_datum_size(datum),
            false => pgrx::varsize_any(header),
        }
    }
}

/// Errors if the value of a column is larger than any column allows.
///
/// # Safety
/// The type of the datum must have a length header.
pub(super) unsafe fn check_column_size(column: &str, datum: pg_sys::Datum) -> Result<()> {
    // SAFETY: as required of the caller.
    if unsafe { stored_size(datum) } > MAX_COLUMN {
        return Err(error::invalid("too_long", column, "too long", "Less than 4 MiB."));
    }
    Ok(())
}

/// The elements of an array argument. Errors before it copies any if there are too many.
pub fn elements(argument: &'static str, array: &Array<Uuid>) -> Result<Vec<Option<Uuid>>> {
    if array.len() > MAX_ELEMENTS {
        let problem = format!("{} elements", array.len());
        let allowed = format!("Up to {MAX_ELEMENTS} elements.");
        return Err(error::invalid("too_long", argument, problem, allowed));
    }
    Ok(array.iter().collect())
}

/// A `jsonb` argument, as the text that it prints as; None if that is too long, which is known
/// before it is copied. pgrx's own type panics on deeply nested JSON.
pub struct JsonbText<const MAX: usize = MAX_JSON>(Option<String>);

/// A `jsonb` argument that may be as long as an import.
pub type ImportText = JsonbText<MAX_IMPORT>;

impl<const MAX: usize> JsonbText<MAX> {
    #[cfg(any(test, feature = "pg_test"))]
    pub fn new(text: String) -> Self {
        JsonbText(Some(text))
    }

    /// The text; an error if it is too long.
    pub fn text(&self, argument: &'static str) -> Result<&str> {
        self.0.as_deref().ok_or_else(|| {
            let allowed = format!("JSON of up to {} MiB as text.", MAX >> 20);
            error::invalid("too_long", argument, "too long", allowed)
        })
    }

    /// The text of an optional argument; an empty object if it is NULL.
    pub fn or_empty<'a>(argument: &'static str, value: &'a Option<Self>) -> Result<&'a str> {
        value.as_ref().map_or(Ok("{}"), |json| json.text(argument))
    }
}

impl<const MAX: usize> FromDatum for JsonbText<MAX> {
    unsafe fn from_polymorphic_datum(
        datum: pg_sys::Datum,
        is_null: bool,
        _type: pg_sys::Oid,
    ) -> Option<Self> {
        if is_null {
            return None;
        }
        // SAFETY: the datum is a jsonb, because SqlTranslatable declares that type.
        unsafe {
            if stored_size(datum) > STORED_PER_TEXT * MAX {
                return Some(JsonbText(None));
            }
            let jsonb = pg_sys::pg_detoast_datum(datum.cast_mut_ptr());
            if !has_short_numbers(jsonb.cast(), MAX) {
                return Some(JsonbText(None));
            }
            let text: &CStr =
                pgrx::direct_function_call(pg_sys::jsonb_out, &[Some(pg_sys::Datum::from(jsonb))])?;
            let is_short = text.count_bytes() <= MAX;
            Some(JsonbText(is_short.then(|| text.to_string_lossy().into_owned())))
        }
    }
}

/// Whether the numbers of a jsonb print as no more than `max` bytes in all: 1e131071 takes a few
/// bytes, and prints as that many.
///
/// # Safety
/// The jsonb must not be compressed or stored elsewhere.
unsafe fn has_short_numbers(jsonb: *mut pg_sys::Jsonb, max: usize) -> bool {
    let mut length = 0;
    // SAFETY: Postgres allocates the iterator, and fills in the value of each key and element. The
    // type of a value says which member of the union it has.
    unsafe {
        let mut iterator = pg_sys::JsonbIteratorInit(&raw mut (*jsonb).root);
        let mut value = pg_sys::JsonbValue::default();
        loop {
            let token = pg_sys::JsonbIteratorNext(&raw mut iterator, &raw mut value, false);
            if token == pg_sys::JsonbIteratorToken::WJB_DONE {
                return true;
            }
            let is_scalar = token == pg_sys::JsonbIteratorToken::WJB_VALUE
                || token == pg_sys::JsonbIteratorToken::WJB_ELEM;
            if is_scalar && value.type_ == pg_sys::jbvType::jbvNumeric {
                let number = Some(pg_sys::Datum::from(value.val.numeric));
                let text: Option<&CStr> =
                    pgrx::direct_function_call(pg_sys::numeric_out, &[number]);
                length += text.map_or(0, CStr::count_bytes);
            }
            if length > max {
                return false;
            }
        }
    }
}

// SAFETY: the SQL type of the argument is jsonb.
unsafe impl<'fcx, const MAX: usize> ArgAbi<'fcx> for JsonbText<MAX> {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> Self {
        // SAFETY: as for the impl. Arguments that may be NULL are declared as Option.
        unsafe { arg.unbox_arg_using_from_datum() }.unwrap_or(JsonbText(None))
    }

    unsafe fn unbox_nullable_arg(arg: Arg<'_, 'fcx>) -> Nullable<Self> {
        // SAFETY: as for the impl.
        unsafe { arg.unbox_arg_using_from_datum().into() }
    }
}

impl_sql_translatable!(JsonbText, "jsonb");
impl_sql_translatable!(ImportText, "jsonb");

/// A `tsquery` argument, given as text. Casting in SQL would parse it for every row.
#[derive(Clone, PartialEq, Eq)]
pub struct TsQuery(pub String);

impl IntoDatum for TsQuery {
    fn into_datum(self) -> Option<pg_sys::Datum> {
        let text = CString::new(self.0).ok()?;
        let argument = Some(pg_sys::Datum::from(text.as_ptr()));
        // SAFETY: tsqueryin takes a NUL-terminated text and copies it.
        unsafe { pgrx::direct_function_call_as_datum(pg_sys::tsqueryin, &[argument]) }
    }

    fn type_oid() -> pg_sys::Oid {
        pg_sys::TSQUERYOID
    }
}

/// A `json` result, as text that SQL or serde has built. It is never parsed.
pub struct JsonText(pub String);

impl JsonText {
    pub fn serialize(value: &impl Serialize) -> Result<JsonText> {
        serde_json::to_string(value).map(JsonText).map_err(|problem| internal(&problem.to_string()))
    }
}

impl FromDatum for JsonText {
    unsafe fn from_polymorphic_datum(
        datum: pg_sys::Datum,
        is_null: bool,
        oid: pg_sys::Oid,
    ) -> Option<JsonText> {
        // SAFETY: json and text are stored alike.
        unsafe { String::from_polymorphic_datum(datum, is_null, oid) }.map(JsonText)
    }
}

// SAFETY: the SQL type of the result is json, and json and text are stored alike.
unsafe impl BoxRet for JsonText {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> pgrx::datum::Datum<'fcx> {
        match self.0.into_datum() {
            // SAFETY: the datum was just allocated in the caller's memory context.
            Some(datum) => unsafe { fcinfo.return_raw_datum(datum) },
            None => fcinfo.return_null(),
        }
    }
}

impl_sql_translatable!(JsonText, "json");

/// A `uuid[]` that is returned many times: the array is built once and then only copied.
#[derive(Clone)]
pub struct UuidArray(Rc<[u8]>);

impl UuidArray {
    /// Builds what array_in would: a header of 32-bit numbers (size, dimensions, no null bitmap,
    /// type, length, lower bound), then the ids. An empty array has no dimension.
    pub fn new(ids: &[Uuid]) -> UuidArray {
        let count = ids.len() as u32;
        let dimension: &[u32] = if ids.is_empty() { &[] } else { &[count, 1] };
        let header = [u32::from(!ids.is_empty()), 0, pg_sys::UUIDOID.to_u32()];
        let size = 4 * (1 + header.len() + dimension.len()) + 16 * ids.len();
        let mut image = vec![0; 4];
        image.extend(header.iter().chain(dimension).flat_map(|number| number.to_ne_bytes()));
        image.extend(ids.iter().flat_map(|id| id.as_bytes()));
        // SAFETY: the image begins with the four bytes that this call writes.
        unsafe { pgrx::set_varsize_4b(image.as_mut_ptr().cast(), size as i32) };
        UuidArray(image.into())
    }
}

// SAFETY: the bytes are those of an array of uuid.
unsafe impl BoxRet for UuidArray {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> pgrx::datum::Datum<'fcx> {
        // SAFETY: exactly the allocated bytes are copied, and palloc aligns them.
        unsafe {
            let copy = pg_sys::palloc(self.0.len()).cast::<u8>();
            copy.copy_from_nonoverlapping(self.0.as_ptr(), self.0.len());
            fcinfo.return_raw_datum(pg_sys::Datum::from(copy))
        }
    }
}

impl_sql_translatable!(UuidArray, "uuid[]");
