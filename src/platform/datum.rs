//! SQL types that pgrx does not pass the way we need them: jsonb, json, tsquery, uuid[], and
//! timestamps.

use std::ffi::CString;
use std::rc::Rc;

use pgrx::Uuid;
use pgrx::callconv::{Arg, ArgAbi, BoxRet, FcInfo};
use pgrx::nullable::Nullable;
use pgrx::prelude::*;
use serde::Serialize;

use super::error::{Result, internal};

/// Microseconds from 1970, the epoch of jiff, to 2000, the epoch of Postgres.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

/// None if it is out of Postgres's range.
pub fn timestamp_from(timestamp: jiff::Timestamp) -> Option<TimestampWithTimeZone> {
    let micros = timestamp.as_microsecond().checked_sub(POSTGRES_EPOCH)?;
    TimestampWithTimeZone::try_from(micros).ok()
}

/// A `jsonb` argument, as the text that it prints as. pgrx's own type panics on deeply nested JSON.
pub struct JsonbText(pub String);

impl JsonbText {
    /// The text of an optional argument; an empty object if it is NULL.
    pub fn or_empty(argument: &Option<JsonbText>) -> &str {
        argument.as_ref().map_or("{}", |json| &json.0)
    }
}

impl FromDatum for JsonbText {
    unsafe fn from_polymorphic_datum(
        datum: pg_sys::Datum,
        is_null: bool,
        _type: pg_sys::Oid,
    ) -> Option<JsonbText> {
        if is_null {
            return None;
        }
        // SAFETY: the datum is a jsonb, because SqlTranslatable declares that type.
        unsafe {
            let jsonb = pg_sys::pg_detoast_datum(datum.cast_mut_ptr());
            let text: &std::ffi::CStr =
                pgrx::direct_function_call(pg_sys::jsonb_out, &[Some(pg_sys::Datum::from(jsonb))])?;
            Some(JsonbText(text.to_string_lossy().into_owned()))
        }
    }
}

// SAFETY: the SQL type of the argument is jsonb.
unsafe impl<'fcx> ArgAbi<'fcx> for JsonbText {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> JsonbText {
        // SAFETY: as for the impl. Arguments that may be NULL are declared as Option.
        unsafe { arg.unbox_arg_using_from_datum() }.unwrap_or(JsonbText(String::new()))
    }

    unsafe fn unbox_nullable_arg(arg: Arg<'_, 'fcx>) -> Nullable<JsonbText> {
        // SAFETY: as for the impl.
        unsafe { arg.unbox_arg_using_from_datum().into() }
    }
}

impl_sql_translatable!(JsonbText, "jsonb");

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
