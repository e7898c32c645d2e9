//! Row and statement triggers: typed access to OLD and NEW, changes to NEW, transition tables.

use std::ffi::CStr;

use pgrx::datum::{Array, DatumWithOid};
use pgrx::pg_sys::panic::ErrorReportable;
use pgrx::prelude::*;
use pgrx::{PgTupleDesc, Uuid};

use super::datum::check_column_size;
use super::error::{self, Result, internal};
use super::settings::with_pinned_search_path;
use super::statement::{self, Row};
use super::table_names::{self, Entered};
use super::transaction;

/// OLD or NEW of a trigger, deformed once.
pub struct TriggerRow<'a> {
    tuple: pg_sys::HeapTuple,
    descriptor: pg_sys::TupleDesc,
    attributes: PgTupleDesc<'a>,
    values: Vec<pg_sys::Datum>,
    nulls: Vec<bool>,
}

/// The rows of the event that fired a row trigger.
pub struct TriggerRows<'a> {
    pub old: Option<TriggerRow<'a>>,
    pub new: Option<TriggerRow<'a>>,
}

/// The row that a BEFORE trigger returns.
pub type Tuple<'a> = PgHeapTuple<'a, AllocatedByRust>;

pub type TriggerResult<'a> = Result<Option<Tuple<'a>>, std::convert::Infallible>;

/// Runs the body of a row trigger, with a pinned search_path: a SET clause of each trigger function
/// would cost 12,000 instructions, although the function that writes the row has pinned the path
/// already. It raises errors itself, because `#[pg_trigger]` turns an Err into a panic that loses
/// the SQLSTATE.
pub fn run_row_trigger<'a>(
    trigger: &'a PgTrigger<'a>,
    body: impl FnOnce(TriggerRows<'a>) -> Result<Option<Tuple<'a>>>,
) -> TriggerResult<'a> {
    let work = || {
        let _place = enter_place(trigger.trigger_data())?;
        with_pinned_search_path(|| body(trigger_rows(trigger)))
    };
    Ok(work().unwrap_or_report())
}

/// On a shard, statements of its triggers are about the tables of the same organizations.
fn enter_place(data: &pg_sys::TriggerData) -> Result<Option<Entered>> {
    // SAFETY: Postgres filled the trigger data for this call, and the name ends with a NUL.
    let name = || unsafe { CStr::from_ptr((*(*data.tg_relation).rd_rel).relname.data.as_ptr()) };
    table_names::enter_place_of(|| name().to_string_lossy().into_owned())
}

/// The transition tables of a statement trigger. Statements refer to them by the names that the
/// trigger gives them (REFERENCING .. AS).
pub struct TransitionTables {
    data: *mut pg_sys::TriggerData,
}

/// Runs the body of a statement trigger with transition tables, as `run_row_trigger` does.
pub fn run_statement_trigger<'a>(
    trigger: &'a PgTrigger<'a>,
    body: impl FnOnce(&TransitionTables) -> Result<()>,
) -> TriggerResult<'a> {
    let data = std::ptr::from_ref(trigger.trigger_data()).cast_mut();
    let work = || {
        let _place = enter_place(trigger.trigger_data())?;
        with_pinned_search_path(|| body(&TransitionTables { data }))
    };
    work().unwrap_or_report();
    Ok(None)
}

impl TransitionTables {
    /// Runs a statement that reads the transition tables, for its effect.
    pub fn run(&self, sql: &'static str) -> Result<()> {
        self.fetch_all(sql, |_| ()).map(drop)
    }

    /// Every row of a statement that reads the transition tables.
    pub fn fetch_all<T>(&self, sql: &'static str, read: impl FnMut(&Row) -> T) -> Result<Vec<T>> {
        // SAFETY: the data belongs to the running trigger, because `run_statement_trigger` made
        // `self`.
        unsafe { statement::write(sql).fetch_all_of_transition(self.data, read) }
    }

    /// Whether the trigger's table has this column.
    pub fn has_column(&self, column: &str) -> bool {
        // SAFETY: Postgres filled the trigger data for this call. The descriptor is not released.
        let attributes =
            unsafe { PgTupleDesc::from_pg_unchecked((*(*self.data).tg_relation).rd_att) };
        let is_it = |attribute: &pg_sys::FormData_pg_attribute| {
            is_named(&attribute.attname, column) && !attribute.attisdropped
        };
        attributes.iter().any(is_it)
    }
}

/// OLD and NEW of a row trigger.
fn trigger_rows<'a>(trigger: &'a PgTrigger<'a>) -> TriggerRows<'a> {
    let data = trigger.trigger_data();
    // SAFETY: Postgres filled the trigger data for this call. trigger.h documents which tuple is
    // which.
    unsafe {
        let descriptor = (*data.tg_relation).rd_att;
        let row = |tuple: pg_sys::HeapTuple| {
            (!tuple.is_null()).then(|| TriggerRow::new(tuple, descriptor))
        };
        match data.tg_event & pg_sys::TRIGGER_EVENT_OPMASK {
            pg_sys::TRIGGER_EVENT_INSERT => TriggerRows { old: None, new: row(data.tg_trigtuple) },
            pg_sys::TRIGGER_EVENT_UPDATE => {
                TriggerRows { old: row(data.tg_trigtuple), new: row(data.tg_newtuple) }
            }
            _ => TriggerRows { old: row(data.tg_trigtuple), new: None },
        }
    }
}

/// Whether a catalog name equals a text. Catalog names have at most 63 bytes and end with a NUL.
fn is_named(name: &pg_sys::NameData, text: &str) -> bool {
    // SAFETY: a C character has the size of a byte.
    let name: &[u8; 64] = unsafe { &*name.data.as_ptr().cast() };
    let text = text.as_bytes();
    // Most columns differ in the first letter, and comparing it takes no call.
    name.first() == text.first() && name.get(text.len()) == Some(&0) && name.starts_with(text)
}

impl<'a> TriggerRow<'a> {
    /// # Safety
    ///
    /// The tuple must belong to the running trigger, and the descriptor to its relation.
    unsafe fn new(tuple: pg_sys::HeapTuple, descriptor: pg_sys::TupleDesc) -> TriggerRow<'a> {
        // SAFETY: the buffers have one element per column of the descriptor.
        unsafe {
            let columns = (*descriptor).natts as usize;
            let (mut values, mut nulls) =
                (vec![pg_sys::Datum::null(); columns], vec![false; columns]);
            pg_sys::heap_deform_tuple(tuple, descriptor, values.as_mut_ptr(), nulls.as_mut_ptr());
            let attributes = PgTupleDesc::from_pg_unchecked(descriptor);
            TriggerRow { tuple, descriptor, attributes, values, nulls }
        }
    }

    /// A column's position, counted from 0, and its attribute.
    fn find_column(&self, column: &str) -> Result<(usize, &pg_sys::FormData_pg_attribute)> {
        self.attributes
            .iter()
            .enumerate()
            .find(|(_, attribute)| is_named(&attribute.attname, column) && !attribute.attisdropped)
            .ok_or_else(|| internal(&format!(r#"the table has no column "{column}""#)))
    }

    pub fn has_column(&self, column: &str) -> bool {
        self.find_column(column).is_ok()
    }

    fn datum(&self, position: usize) -> Option<pg_sys::Datum> {
        (!self.nulls[position]).then_some(self.values[position])
    }

    /// The value of a column; None for NULL. Errors before it copies more than any column allows.
    pub fn get<T: FromDatum>(&self, column: &str) -> Result<Option<T>> {
        let (position, attribute) = self.find_column(column)?;
        let datum = self.datum(position);
        if let Some(datum) = datum
            && attribute.attlen == -1
        {
            // SAFETY: the length of the type is not fixed.
            unsafe { check_column_size(column, datum)? };
        }
        // SAFETY: the caller asks for the Rust type that matches the column's SQL type.
        Ok(datum.and_then(|datum| unsafe { T::from_datum(datum, false) }))
    }

    /// The value of a text column, however long, because it is not copied; None for NULL.
    pub fn text(&self, column: &str) -> Result<Option<&str>> {
        self.get_borrowed(column)
    }

    /// The elements of a text[] column that is NOT NULL, however many, because they are not copied.
    pub fn texts(&self, column: &'static str) -> Result<Array<'_, &str>> {
        error::required(self.get_borrowed(column)?, column)
    }

    fn get_borrowed<'r, T: FromDatum + 'r>(&'r self, column: &str) -> Result<Option<T>> {
        let datum = self.datum(self.find_column(column)?.0);
        // SAFETY: as in `get`. What is borrowed lives as long as the memory of the trigger's call.
        Ok(datum.and_then(|datum| unsafe { T::from_datum(datum, false) }))
    }

    /// An id; None for NULL and for the nil UUID, the default of a column that a trigger fills in.
    pub fn given_id(&self, column: &str) -> Result<Option<Uuid>> {
        Ok(self.get::<Uuid>(column)?.filter(|id| id.as_bytes() != &[0; 16]))
    }

    /// The value of a NOT NULL column. Postgres checks NOT NULL only after BEFORE triggers.
    pub fn required<T: FromDatum>(&self, column: &'static str) -> Result<T> {
        error::required(self.get(column)?, column)
    }

    /// A column as an argument of a statement: the datum itself, with the column's type.
    pub fn arg(&self, column: &str) -> Result<DatumWithOid<'_>> {
        let (position, attribute) = self.find_column(column)?;
        let oid = attribute.atttypid;
        Ok(match self.datum(position) {
            // SAFETY: the datum has the attribute's type and lives as long as the tuple.
            Some(datum) => unsafe { DatumWithOid::new(datum, oid) },
            None => DatumWithOid::null_oid(oid),
        })
    }

    /// Whether a column has the same bytes in both rows. Cheaper than comparing the values; equal
    /// values may be stored differently.
    pub fn same_image(&self, other: &TriggerRow, column: &str) -> Result<bool> {
        let (position, attribute) = self.find_column(column)?;
        let (a, b) = match (self.datum(position), other.datum(position)) {
            (None, None) => return Ok(true),
            (Some(a), Some(b)) => (a, b),
            _ => return Ok(false),
        };
        if attribute.attbyval {
            return Ok(a == b);
        }
        // SAFETY: both rows belong to the same relation, so the attribute describes the column of
        // both. A type passed by reference has a fixed length, or its values have a header with the
        // length.
        let bytes = |datum: pg_sys::Datum| unsafe {
            let start: *const u8 = datum.cast_mut_ptr();
            let length = match usize::try_from(attribute.attlen) {
                Ok(length) => length,
                Err(_) => pgrx::varsize_any(start.cast()),
            };
            std::slice::from_raw_parts(start, length)
        };
        Ok(bytes(a) == bytes(b))
    }

    /// Errors if an immutable column was changed. `allowed` is the hint: what can be changed.
    pub fn check_unchanged<'c>(
        &self,
        old: &TriggerRow,
        columns: impl IntoIterator<Item = &'c &'static str>,
        allowed: &'static str,
    ) -> Result<()> {
        for column in columns {
            if !self.same_image(old, column)? {
                return Err(error::invalid(
                    "immutable_column",
                    *column,
                    "cannot be changed",
                    allowed,
                ));
            }
        }
        Ok(())
    }

    /// A copy of the row with new values in some columns.
    pub fn with_changes(&self, changes: Vec<ColumnChange>) -> Result<Tuple<'a>> {
        let tuple = self.modified(changes)?;
        // SAFETY: the descriptor describes the tuple, and into_owned copies it.
        Ok(unsafe {
            PgHeapTuple::from_heap_tuple(PgTupleDesc::from_pg_unchecked(self.descriptor), tuple)
                .into_owned()
        })
    }

    fn modified(&self, changes: Vec<ColumnChange>) -> Result<pg_sys::HeapTuple> {
        let mut positions = Vec::with_capacity(changes.len());
        let mut values = Vec::with_capacity(changes.len());
        let mut nulls = Vec::with_capacity(changes.len());
        for change in changes {
            positions.push(self.find_column(change.column)?.0 as i32 + 1);
            nulls.push(change.value.is_none());
            values.push(change.value.unwrap_or(pg_sys::Datum::null()));
        }
        // SAFETY: the arrays have one entry per changed column, and whoever made a ColumnChange
        // chose the Rust type that matches the column's SQL type.
        Ok(unsafe {
            pg_sys::heap_modify_tuple_by_cols(
                self.tuple,
                self.descriptor,
                positions.len() as i32,
                positions.as_mut_ptr(),
                values.as_mut_ptr(),
                nulls.as_mut_ptr(),
            )
        })
    }

    /// Whether a new row carries a timestamp from before this transaction. Such a row was imported,
    /// so nobody is notified of it.
    pub fn is_import(&self, column: &str) -> Result<bool> {
        let created: Option<TimestampWithTimeZone> = self.get(column)?;
        Ok(created.is_some_and(|created| created < transaction::transaction_start()))
    }

    /// A copy of the row without changes.
    pub fn unchanged(&self) -> Tuple<'a> {
        // SAFETY: the descriptor describes the tuple, and into_owned copies it.
        unsafe {
            PgHeapTuple::from_heap_tuple(
                PgTupleDesc::from_pg_unchecked(self.descriptor),
                self.tuple,
            )
            .into_owned()
        }
    }
}

/// A new value for a column of a trigger's row.
pub struct ColumnChange {
    column: &'static str,
    value: Option<pg_sys::Datum>,
}

impl ColumnChange {
    pub fn new<T: IntoDatum>(column: &'static str, value: T) -> ColumnChange {
        ColumnChange { column, value: value.into_datum() }
    }
}
