//! Triggers: the rows they are fired for, and what they hand back.

use pgrx::PgTupleDesc;
use pgrx::datum::DatumWithOid;
use pgrx::pg_sys::panic::ErrorReportable;
use pgrx::prelude::*;

use super::error::{self, Result, internal};
use super::{statement, transaction};

/// A row of a table as a trigger sees it, taken apart once.
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

/// What a trigger hands back: the row to go on with, or none.
pub type Tuple<'a> = PgHeapTuple<'a, AllocatedByRust>;

pub type TriggerResult<'a> = Result<Option<Tuple<'a>>, std::convert::Infallible>;

/// Runs the body of a trigger. It reports errors here, because `#[pg_trigger]` turns an Err into a panic without SQLSTATE.
pub fn run_row_trigger<'a>(
    trigger: &'a PgTrigger<'a>,
    body: impl FnOnce(TriggerRows<'a>) -> Result<Option<Tuple<'a>>>,
) -> TriggerResult<'a> {
    Ok(body(trigger_rows(trigger)).unwrap_or_report())
}

/// The transition tables of a statement trigger, which its statements name as the trigger does (REFERENCING .. AS).
pub struct TransitionTables {
    data: *mut pg_sys::TriggerData,
}

/// Runs the body of a statement trigger with transition tables.
pub fn run_statement_trigger<'a>(
    trigger: &'a PgTrigger<'a>,
    body: impl FnOnce(&TransitionTables) -> Result<()>,
) -> TriggerResult<'a> {
    let data = std::ptr::from_ref(trigger.trigger_data()).cast_mut();
    body(&TransitionTables { data }).unwrap_or_report();
    Ok(None)
}

impl TransitionTables {
    /// Runs a statement that reads the transition tables.
    pub fn run(&self, sql: &'static str) -> Result<()> {
        // SAFETY: the data is of the trigger that is running.
        unsafe { statement::write(sql).execute_on_transition_tables(self.data) }
    }
}

/// OLD and NEW; neither in a statement trigger.
fn trigger_rows<'a>(trigger: &'a PgTrigger<'a>) -> TriggerRows<'a> {
    let data = trigger.trigger_data();
    // SAFETY: Postgres filled the trigger data in for this call; which tuple is which follows trigger.h.
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

/// Whether Postgres calls something by this name. Names are shorter than 64 bytes and end with a NUL.
fn name_is(name: &pg_sys::NameData, text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() < name.data.len()
        && name.data[bytes.len()] == 0
        && name.data.iter().zip(bytes).all(|(a, b)| *a as u8 == *b)
}

impl<'a> TriggerRow<'a> {
    /// SAFETY: the tuple is of a trigger that is running, and the descriptor of its relation.
    unsafe fn new(tuple: pg_sys::HeapTuple, descriptor: pg_sys::TupleDesc) -> TriggerRow<'a> {
        // SAFETY: the buffers have one place per column of the descriptor.
        unsafe {
            let columns = (*descriptor).natts as usize;
            let (mut values, mut nulls) =
                (vec![pg_sys::Datum::null(); columns], vec![false; columns]);
            pg_sys::heap_deform_tuple(tuple, descriptor, values.as_mut_ptr(), nulls.as_mut_ptr());
            let attributes = PgTupleDesc::from_pg_unchecked(descriptor);
            TriggerRow { tuple, descriptor, attributes, values, nulls }
        }
    }

    /// Where a column is among the attributes, counted from 0, and what it is.
    fn column(&self, column: &str) -> Result<(usize, &pg_sys::FormData_pg_attribute)> {
        self.attributes
            .iter()
            .enumerate()
            .find(|(_, attribute)| name_is(&attribute.attname, column) && !attribute.attisdropped)
            .ok_or_else(|| internal(&format!("the table has no column \"{column}\"")))
    }

    /// Whether the table has such a column.
    pub fn has(&self, column: &str) -> bool {
        self.column(column).is_ok()
    }

    fn raw(&self, position: usize) -> Option<pg_sys::Datum> {
        (!self.nulls[position]).then_some(self.values[position])
    }

    /// The value of a column; None for NULL.
    pub fn get<T: FromDatum>(&self, column: &str) -> Result<Option<T>> {
        let datum = self.raw(self.column(column)?.0);
        // SAFETY: the caller names the Rust type of the column's SQL type; sql/*.sql says which.
        Ok(datum.and_then(|datum| unsafe { T::from_datum(datum, false) }))
    }

    /// The value of a NOT NULL column, which an ordinary constraint has not checked yet in a BEFORE trigger.
    pub fn required<T: FromDatum>(&self, column: &'static str) -> Result<T> {
        crate::platform::error::required(self.get(column)?, column)
    }

    /// A column as an argument of a statement, of the column's own type, without converting it.
    pub fn arg(&self, column: &str) -> Result<DatumWithOid<'_>> {
        let (position, attribute) = self.column(column)?;
        let oid = attribute.atttypid;
        Ok(match self.raw(position) {
            // SAFETY: a column's value with the type that the descriptor gives it; it lives as long as the tuple.
            Some(datum) => unsafe { DatumWithOid::new(datum, oid) },
            None => DatumWithOid::null_oid(oid),
        })
    }

    /// Whether a column is stored identically in both rows. Cheap; equal values that are stored differently count as different.
    pub fn same_image(&self, other: &TriggerRow, column: &str) -> Result<bool> {
        let (position, attribute) = self.column(column)?;
        let (a, b) = match (self.raw(position), other.raw(position)) {
            (None, None) => return Ok(true),
            (Some(a), Some(b)) => (a, b),
            _ => return Ok(false),
        };
        if attribute.attbyval {
            return Ok(a == b);
        }
        // SAFETY: both rows are of the same relation, so one descriptor describes the column of both; a value of a type that is
        // passed by reference is as long as its type or its own header says.
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

    /// An error when a column that nobody changes is not as it was before. `allowed` is the hint: what can be changed.
    pub fn check_unchanged<'c>(
        &self,
        old: &TriggerRow,
        columns: impl IntoIterator<Item = &'c &'static str>,
        allowed: &'static str,
    ) -> Result<()> {
        for column in columns {
            if !self.same_image(old, column)? {
                return Err(error::bad(*column, "cannot be changed", allowed));
            }
        }
        Ok(())
    }

    /// A copy with other values in some columns, as a BEFORE trigger returns it.
    pub fn with_changes(&self, columns: Vec<ColumnChange>) -> Result<Tuple<'a>> {
        let mut positions = Vec::with_capacity(columns.len());
        let mut values = Vec::with_capacity(columns.len());
        let mut nulls = Vec::with_capacity(columns.len());
        for change in columns {
            positions.push(self.column(change.column)?.0 as i32 + 1);
            nulls.push(change.value.is_none());
            values.push(change.value.unwrap_or(pg_sys::Datum::null()));
        }
        // SAFETY: the arrays have one entry per changed column, of the types that ColumnChange's makers were given.
        unsafe {
            let tuple = pg_sys::heap_modify_tuple_by_cols(
                self.tuple,
                self.descriptor,
                positions.len() as i32,
                positions.as_mut_ptr(),
                values.as_mut_ptr(),
                nulls.as_mut_ptr(),
            );
            Ok(PgHeapTuple::from_heap_tuple(PgTupleDesc::from_pg_unchecked(self.descriptor), tuple)
                .into_owned())
        }
    }

    /// The row as it is, as a trigger returns it.
    pub fn unchanged(&self) -> Tuple<'a> {
        // SAFETY: tuple and descriptor belong together; into_owned copies.
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

/// Whether a new row says that it is from before this transaction: it was loaded, and nobody needs to be told.
pub fn is_import(new: &TriggerRow, column: &str) -> Result<bool> {
    let created: Option<TimestampWithTimeZone> = new.get(column)?;
    Ok(created.is_some_and(|created| created < transaction::transaction_start()))
}
