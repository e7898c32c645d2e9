//! JSON results, which serde writes from typed rows. For a page of tickets that takes a third of
//! the time of json_build_object.

use std::ffi::CStr;

use pgrx::Uuid;
use pgrx::datum::TimestampWithTimeZone;
use pgrx::prelude::*;
use serde::{Serialize, Serializer};

use super::id::Id;
use crate::platform::datum::JsonText;
use crate::platform::statement::Row;

/// A timestamptz, printed as to_json() prints it.
#[derive(Clone, Copy)]
pub struct Time(TimestampWithTimeZone);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        let mut buffer: [std::ffi::c_char; pg_sys::MAXDATELEN as usize + 1] =
            [0; pg_sys::MAXDATELEN as usize + 1];
        // SAFETY: the buffer has the size that JsonEncodeDateTime requires; it appends a NUL.
        let text = unsafe {
            let time = pg_sys::Datum::from(self.0.into_inner());
            pg_sys::JsonEncodeDateTime(
                buffer.as_mut_ptr(),
                time,
                pg_sys::TIMESTAMPTZOID,
                std::ptr::null(),
            );
            CStr::from_ptr(buffer.as_ptr())
        };
        output.serialize_str(&text.to_string_lossy())
    }
}

/// An id with the name that belongs to it, as of a person or a stage.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Named<'a> {
    id: Id,
    name: &'a str,
}

/// A JSON array of items that are already JSON.
pub fn array(items: impl IntoIterator<Item = JsonText>) -> JsonText {
    let items: Vec<String> = items.into_iter().map(|item| item.0).collect();
    JsonText(format!("[{}]", items.join(",")))
}

/// A page of a list: the items under `name`, and the pagination object beside them.
pub fn page(
    name: &str,
    items: impl IntoIterator<Item = JsonText>,
    pagination: serde_json::Value,
) -> JsonText {
    JsonText(format!("{{\"{name}\":{},\"pagination\":{pagination}}}", array(items).0))
}

impl<'a> Row<'a> {
    pub fn id(&self, position: usize) -> Option<Id> {
        self.get::<Uuid>(position).map(Id::from)
    }

    pub fn time(&self, position: usize) -> Option<Time> {
        self.get(position).map(Time)
    }

    /// The id in one column with the name in the next; None if the id is NULL.
    pub fn named(&self, position: usize) -> Option<Named<'a>> {
        Some(Named { id: self.id(position)?, name: self.get(position + 1)? })
    }
}
