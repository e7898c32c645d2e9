//! The only code that talks to SPI: kept plans, typed rows, and reads that really are reads.
//!
//! pgrx's own `Spi` decides between reading and writing by whether the transaction has an id, and takes one for `run` and
//! `get_one`. Ours says it per call: a read runs on the caller's snapshot, takes no id and works on a standby.

use std::ffi::CString;
use std::rc::Rc;

use pgrx::Uuid;
use pgrx::callconv::{Arg, ArgAbi, BoxRet, FcInfo};
use pgrx::nullable::Nullable;
use pgrx::prelude::*;
use serde::Serialize;

use super::error::{Result, internal};

/// A `jsonb` argument as the text it prints as. pgrx's own type panics on deeply nested JSON.
pub struct JsonbText(pub String);

impl FromDatum for JsonbText {
    unsafe fn from_polymorphic_datum(
        datum: pg_sys::Datum,
        is_null: bool,
        _type: pg_sys::Oid,
    ) -> Option<JsonbText> {
        if is_null {
            return None;
        }
        // SAFETY: the datum is a jsonb, as SqlTranslatable says.
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
        // SAFETY: as for the impl; an argument that may be NULL is declared as Option.
        unsafe { arg.unbox_arg_using_from_datum() }.unwrap_or(JsonbText(String::new()))
    }

    unsafe fn unbox_nullable_arg(arg: Arg<'_, 'fcx>) -> Nullable<JsonbText> {
        // SAFETY: as for the impl.
        unsafe { arg.unbox_arg_using_from_datum().into() }
    }
}

impl_sql_translatable!(JsonbText, "jsonb");

/// A `tsquery` argument, from its text: read once, not for every row that it is compared with.
#[derive(Clone)]
pub struct TsQuery(pub String);

impl IntoDatum for TsQuery {
    fn into_datum(self) -> Option<pg_sys::Datum> {
        let text = CString::new(self.0).ok()?;
        let argument = Some(pg_sys::Datum::from(text.as_ptr()));
        // SAFETY: tsqueryin takes a text that ends with a NUL, and copies it.
        unsafe { pgrx::direct_function_call_as_datum(pg_sys::tsqueryin, &[argument]) }
    }

    fn type_oid() -> pg_sys::Oid {
        pg_sys::TSQUERYOID
    }
}

/// A `json` result, as the text that SQL or serde built: it is passed on, never parsed.
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
        // SAFETY: json is stored as text is.
        unsafe { String::from_polymorphic_datum(datum, is_null, oid) }.map(JsonText)
    }
}

// SAFETY: the SQL type of the result is json, which is stored as text is.
unsafe impl BoxRet for JsonText {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> pgrx::datum::Datum<'fcx> {
        match self.0.into_datum() {
            // SAFETY: the datum was just made, in the caller's memory context.
            Some(datum) => unsafe { fcinfo.return_raw_datum(datum) },
            None => fcinfo.return_null(),
        }
    }
}

impl_sql_translatable!(JsonText, "json");

/// A `uuid[]` that is returned again and again: the array is built once, and copied as it is.
#[derive(Clone)]
pub struct UuidArray(Rc<[u8]>);

impl UuidArray {
    /// As array_in would make it: a header of 32-bit numbers (size, dimensions, no bitmap of nulls, type, length, first index), then
    /// the ids. An empty array has no dimension.
    pub fn new(ids: &[Uuid]) -> UuidArray {
        let count = ids.len() as u32;
        let dimension: &[u32] = if ids.is_empty() { &[] } else { &[count, 1] };
        let header = [u32::from(!ids.is_empty()), 0, pg_sys::UUIDOID.to_u32()];
        let size = 4 * (1 + header.len() + dimension.len()) + 16 * ids.len();
        let mut image = vec![0; 4];
        image.extend(header.iter().chain(dimension).flat_map(|number| number.to_ne_bytes()));
        image.extend(ids.iter().flat_map(|id| id.as_bytes()));
        // SAFETY: the image is as long as its header now says, and begins with the header's four bytes.
        unsafe { pgrx::set_varsize_4b(image.as_mut_ptr().cast(), size as i32) };
        UuidArray(image.into())
    }
}

// SAFETY: the bytes are those of an array of uuid.
unsafe impl BoxRet for UuidArray {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> pgrx::datum::Datum<'fcx> {
        // SAFETY: as many bytes are copied as were allocated, in the caller's memory context; alignment is palloc's.
        unsafe {
            let copy = pg_sys::palloc(self.0.len()).cast::<u8>();
            copy.copy_from_nonoverlapping(self.0.as_ptr(), self.0.len());
            fcinfo.return_raw_datum(pg_sys::Datum::from(copy))
        }
    }
}

impl_sql_translatable!(UuidArray, "uuid[]");
