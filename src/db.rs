//! The only code that talks to SPI: kept plans, typed rows, and reads that really are reads.
//!
//! pgrx's own `Spi` decides between reading and writing by whether the transaction has an id, and takes one for `run` and
//! `get_one`. Ours says it per call: a read runs on the caller's snapshot, takes no id and works on a standby.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::CString;
use std::rc::Rc;

use pgrx::Uuid;
use pgrx::callconv::{Arg, ArgAbi, BoxRet, FcInfo};
use pgrx::datum::{DatumWithOid, TimestampWithTimeZone};
use pgrx::nullable::Nullable;
use pgrx::prelude::*;
use serde::Serialize;

use crate::error::{Error, Result};

/// Statements (lists with filters, searches) whose plans one backend keeps by their text. Past it all of them are planned anew.
const MAX_DYNAMIC_PLANS: usize = 64;

thread_local! {
    /// Plans of statements that are constants, by the address of their text.
    static CONSTANT_PLANS: RefCell<HashMap<(usize, usize), pg_sys::SPIPlanPtr>> = RefCell::default();
    /// Plans of statements put together at run time, and of those that are planned once, by their text.
    static DYNAMIC_PLANS: RefCell<HashMap<String, pg_sys::SPIPlanPtr>> = RefCell::default();
    /// How many statements are running: a trigger on what one writes may call our functions.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Read,
    Write,
}

/// One row of a result, valid while the statement's result is.
pub struct Row<'a> {
    values: &'a [pg_sys::Datum],
    nulls: &'a [bool],
}

impl<'a> Row<'a> {
    /// The column at `position`, counted from 1; None for NULL.
    pub fn get<T: FromDatum + 'a>(&self, position: usize) -> Option<T> {
        let value = *self.values.get(position - 1)?;
        // SAFETY: the value is of the column's type, which the caller names in Rust; a row borrows it no longer than the result lives.
        unsafe { T::from_datum(value, self.nulls[position - 1]) }
    }
}

/// The first row of a read, if there is one.
pub fn read_one<T>(
    sql: &'static str,
    args: &[DatumWithOid],
    read: impl FnOnce(&Row) -> T,
) -> Result<Option<T>> {
    execute(Statement::Constant(sql), args, Mode::Read, 1, nothing, first(read))
}

/// Every row of a read.
pub fn read_all<T>(
    sql: &'static str,
    args: &[DatumWithOid],
    read: impl FnMut(&Row) -> T,
) -> Result<Vec<T>> {
    execute(Statement::Constant(sql), args, Mode::Read, 0, nothing, all(read))
}

/// The first row of a read whose text was put together from constants.
pub fn read_dynamic<T>(
    sql: &str,
    args: &[DatumWithOid],
    read: impl FnOnce(&Row) -> T,
) -> Result<Option<T>> {
    execute(Statement::Dynamic(sql), args, Mode::Read, 1, nothing, first(read))
}

/// Every row of a read whose text was put together from constants.
pub fn read_dynamic_all<T>(
    sql: &str,
    args: &[DatumWithOid],
    read: impl FnMut(&Row) -> T,
) -> Result<Vec<T>> {
    execute(Statement::Dynamic(sql), args, Mode::Read, 0, nothing, all(read))
}

/// The first row of a read that is planned once, for whatever arguments, and not anew for each.
pub fn read_generic<T>(
    sql: &str,
    args: &[DatumWithOid],
    read: impl FnOnce(&Row) -> T,
) -> Result<Option<T>> {
    execute(Statement::Generic(sql), args, Mode::Read, 1, nothing, first(read))
}

/// Every row of a read that is planned once.
pub fn read_generic_all<T>(
    sql: &str,
    args: &[DatumWithOid],
    read: impl FnMut(&Row) -> T,
) -> Result<Vec<T>> {
    execute(Statement::Generic(sql), args, Mode::Read, 0, nothing, all(read))
}

/// Runs a statement that may write, on a snapshot of its own that sees what was done so far; its first row, if any.
pub fn run_one<T>(
    sql: &'static str,
    args: &[DatumWithOid],
    read: impl FnOnce(&Row) -> T,
) -> Result<Option<T>> {
    execute(Statement::Constant(sql), args, Mode::Write, 0, nothing, first(read))
}

/// The same, planned anew each time: for a large statement over tables whose size changes much from one call to the next.
pub fn run_one_replanned<T>(
    sql: &'static str,
    args: &[DatumWithOid],
    read: impl FnOnce(&Row) -> T,
) -> Result<Option<T>> {
    execute(Statement::Custom(sql), args, Mode::Write, 0, nothing, first(read))
}

/// The first row of a statement that may write and whose text was put together from constants.
pub fn run_dynamic<T>(
    sql: &str,
    args: &[DatumWithOid],
    read: impl FnOnce(&Row) -> T,
) -> Result<Option<T>> {
    execute(Statement::Dynamic(sql), args, Mode::Write, 0, nothing, first(read))
}

/// Every row of a statement that may write.
pub fn run_all<T>(
    sql: &'static str,
    args: &[DatumWithOid],
    read: impl FnMut(&Row) -> T,
) -> Result<Vec<T>> {
    execute(Statement::Constant(sql), args, Mode::Write, 0, nothing, all(read))
}

/// Runs a statement that may write and whose rows do not matter.
pub fn run(sql: &'static str, args: &[DatumWithOid]) -> Result<()> {
    execute(Statement::Constant(sql), args, Mode::Write, 0, nothing, |_| ())
}

/// Runs a statement that reads the transition tables of a trigger.
///
/// # Safety
///
/// The data is of the trigger that is running.
pub unsafe fn run_on_transition_tables(
    data: *mut pg_sys::TriggerData,
    sql: &'static str,
) -> Result<()> {
    // SAFETY: SPI is connected when it is called.
    let register = || check(unsafe { pg_sys::SPI_register_trigger_data(data) });
    execute(Statement::Constant(sql), &[], Mode::Write, 0, register, |_| ())
}

/// Whether a statement sees what others committed before it began: up to READ COMMITTED.
pub fn sees_latest() -> bool {
    // SAFETY: a plain setting of the transaction.
    unsafe { pg_sys::XactIsoLevel < pg_sys::XACT_REPEATABLE_READ as i32 }
}

#[derive(Clone, Copy)]
pub enum Lock {
    Shared,
    Exclusive,
}

/// Waits for an advisory lock and keeps it to the end of the transaction. No statement: what follows has a newer snapshot.
pub fn lock(class: i32, number: i32, mode: Lock) {
    let lock = match mode {
        Lock::Shared => pg_sys::pg_advisory_xact_lock_shared_int4,
        Lock::Exclusive => pg_sys::pg_advisory_xact_lock_int4,
    };
    // SAFETY: both functions take two int4, and return nothing.
    unsafe { pgrx::direct_function_call::<()>(lock, &[class.into_datum(), number.into_datum()]) };
}

/// An error when a transaction whose snapshot is older than the newest (REPEATABLE READ and above) has missed rows that a query
/// finds: it wrote what it saw, and must be tried again.
pub fn check_nothing_missed(sql: &'static str, args: &[DatumWithOid]) -> Result<()> {
    // SAFETY: a plain setting of the transaction; the snapshot pushed here is popped here, or by the abort after an error.
    let missed = unsafe {
        if sees_latest() {
            return Ok(());
        }
        pg_sys::CommandCounterIncrement();
        pg_sys::PushActiveSnapshot(pg_sys::GetLatestSnapshot());
        let missed = read_one(sql, args, |_| ())?;
        pg_sys::PopActiveSnapshot();
        missed
    };
    if missed.is_some() { Err(Error::concurrent()) } else { Ok(()) }
}

/// Which transaction of this backend we are in; the next one has another number.
pub fn transaction() -> pg_sys::LocalTransactionId {
    // SAFETY: only reads the state of this backend.
    unsafe {
        #[cfg(any(feature = "pg15", feature = "pg16"))]
        return (*pg_sys::MyProc).lxid;
        #[cfg(not(any(feature = "pg15", feature = "pg16")))]
        return (*pg_sys::MyProc).vxid.lxid;
    }
}

/// Runs SQL text of any length and kind, once, without keeping a plan.
pub fn run_script(sql: &str) -> Result<()> {
    let text = CString::new(sql).map_err(|_| internal("SQL text with a NUL byte"))?;
    Spi::connect(|_| {
        // SAFETY: the text is NUL-terminated and SPI is connected.
        let code = unsafe { pg_sys::SPI_execute(text.as_ptr(), false, 0) };
        check(code)
    })
}

fn first<T>(read: impl FnOnce(&Row) -> T) -> impl FnOnce(&mut Rows) -> Option<T> {
    |rows| rows.next().map(|row| read(&row))
}

fn all<T>(mut read: impl FnMut(&Row) -> T) -> impl FnOnce(&mut Rows) -> Vec<T> {
    move |rows| {
        let mut all = Vec::new();
        while let Some(row) = rows.next() {
            all.push(read(&row));
        }
        all
    }
}

#[derive(Clone, Copy)]
enum Statement<'a> {
    Constant(&'static str),
    /// Planned anew for the arguments of each call.
    Custom(&'static str),
    Dynamic(&'a str),
    /// Planned once, whatever the arguments are.
    Generic(&'a str),
}

/// The rows of a result, taken apart one after the other.
struct Rows {
    table: *mut pg_sys::SPITupleTable,
    next: usize,
    values: Vec<pg_sys::Datum>,
    nulls: Vec<bool>,
}

impl Rows {
    /// SAFETY: for use between the execution of a statement and SPI_finish.
    unsafe fn of_last_statement() -> Rows {
        // SAFETY: SPI set SPI_tuptable for the statement, or left it null.
        unsafe {
            let table = pg_sys::SPI_tuptable;
            let columns = table.as_ref().map_or(0, |t| (*t.tupdesc).natts as usize);
            Rows {
                table,
                next: 0,
                values: vec![pg_sys::Datum::null(); columns],
                nulls: vec![false; columns],
            }
        }
    }

    fn next(&mut self) -> Option<Row<'_>> {
        // SAFETY: the table is SPI's of this statement, not yet freed; the index is checked against numvals, and the buffers have
        // one place per column of the descriptor.
        unsafe {
            let table = self.table.as_ref()?;
            if self.next >= table.numvals as usize {
                return None;
            }
            let tuple = *table.vals.add(self.next);
            self.next += 1;
            pg_sys::heap_deform_tuple(
                tuple,
                table.tupdesc,
                self.values.as_mut_ptr(),
                self.nulls.as_mut_ptr(),
            );
        }
        Some(Row { values: &self.values, nulls: &self.nulls })
    }
}

fn execute<T>(
    statement: Statement,
    args: &[DatumWithOid],
    mode: Mode,
    limit: i64,
    prepare: impl FnOnce() -> Result<()>,
    consume: impl FnOnce(&mut Rows) -> T,
) -> Result<T> {
    Spi::connect(|_| {
        prepare()?;
        let plan = kept_plan(statement, args)?;
        let _running = Running::begin();
        let mut values: Vec<pg_sys::Datum> = args
            .iter()
            .map(|arg| arg.datum().map_or(pg_sys::Datum::null(), |datum| datum.sans_lifetime()))
            .collect();
        let nulls: Vec<std::ffi::c_char> = args
            .iter()
            .map(|arg| if arg.datum().is_some() { b' ' } else { b'n' } as std::ffi::c_char)
            .collect();
        // SAFETY: the plan was prepared for as many arguments of these types, and SPI is connected.
        let code = unsafe {
            pg_sys::SPI_tuptable = std::ptr::null_mut();
            pg_sys::SPI_execute_plan(
                plan,
                values.as_mut_ptr(),
                nulls.as_ptr(),
                mode == Mode::Read,
                limit,
            )
        };
        check(code)?;
        // SAFETY: the statement was just executed, and `consume` is done before Spi::connect finishes.
        let mut rows = unsafe { Rows::of_last_statement() };
        Ok(consume(&mut rows))
    })
}

/// One more statement that runs for as long as this lives, also when an error unwinds.
struct Running;

impl Running {
    fn begin() -> Running {
        DEPTH.set(DEPTH.get() + 1);
        Running
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

fn nothing() -> Result<()> {
    Ok(())
}

fn kept_plan(statement: Statement, args: &[DatumWithOid]) -> Result<pg_sys::SPIPlanPtr> {
    match statement {
        Statement::Constant(sql) | Statement::Custom(sql) => {
            let key = (sql.as_ptr() as usize, sql.len());
            if let Some(plan) = CONSTANT_PLANS.with_borrow(|plans| plans.get(&key).copied()) {
                return Ok(plan);
            }
            let options = match statement {
                Statement::Custom(_) => pg_sys::CURSOR_OPT_CUSTOM_PLAN as i32,
                _ => 0,
            };
            let plan = prepare(sql, args, options)?;
            CONSTANT_PLANS.with_borrow_mut(|plans| plans.insert(key, plan));
            Ok(plan)
        }
        Statement::Dynamic(sql) | Statement::Generic(sql) => {
            if let Some(plan) = DYNAMIC_PLANS.with_borrow(|plans| plans.get(sql).copied()) {
                return Ok(plan);
            }
            let options = match statement {
                Statement::Generic(_) => pg_sys::CURSOR_OPT_GENERIC_PLAN as i32,
                _ => 0,
            };
            let plan = prepare(sql, args, options)?;
            DYNAMIC_PLANS.with_borrow_mut(|plans| {
                if plans.len() >= MAX_DYNAMIC_PLANS && DEPTH.get() == 0 {
                    for (_, old) in plans.drain() {
                        // SAFETY: the plan is ours, and no statement is running.
                        unsafe { pg_sys::SPI_freeplan(old) };
                    }
                }
                plans.insert(sql.to_owned(), plan);
            });
            Ok(plan)
        }
    }
}

fn prepare(sql: &str, args: &[DatumWithOid], options: i32) -> Result<pg_sys::SPIPlanPtr> {
    let text = CString::new(sql).map_err(|_| internal("SQL text with a NUL byte"))?;
    let mut types: Vec<pg_sys::Oid> = args.iter().map(DatumWithOid::oid).collect();
    // SAFETY: text and types outlive the call, which copies them; SPI is connected.
    unsafe {
        let plan = pg_sys::SPI_prepare_cursor(
            text.as_ptr(),
            types.len() as i32,
            types.as_mut_ptr(),
            options,
        );
        if plan.is_null() {
            return Err(internal("SPI_prepare failed"));
        }
        check(pg_sys::SPI_keepplan(plan))?;
        Ok(plan)
    }
}

fn check(code: i32) -> Result<()> {
    if code < 0 {
        return Err(internal(&format!("SPI error {code}")));
    }
    Ok(())
}

pub fn internal(message: &str) -> pgrx::pg_sys::panic::ErrorReport {
    pgrx::pg_sys::panic::ErrorReport::new(
        PgSqlErrorCode::ERRCODE_INTERNAL_ERROR,
        message.to_owned(),
        "",
    )
}

/// Runs `work` in a subtransaction and undoes it when it fails, with the failure's message. `work` may raise.
pub fn attempt(
    work: impl FnOnce() -> Result<()> + std::panic::UnwindSafe,
) -> std::result::Result<(), String> {
    // SAFETY: the subtransaction begun here is ended here on both ways out, with memory context and resource owner put back,
    // as plpgsql does for BEGIN .. EXCEPTION.
    unsafe {
        let context = pg_sys::CurrentMemoryContext;
        let owner = pg_sys::CurrentResourceOwner;
        pg_sys::BeginInternalSubTransaction(std::ptr::null());
        pg_sys::MemoryContextSwitchTo(context);
        let outcome =
            PgTryBuilder::new(move || work().map_err(|report| report.message().to_owned()))
                .catch_others(|caught| {
                    Err(match caught {
                        pg_sys::panic::CaughtError::PostgresError(report)
                        | pg_sys::panic::CaughtError::ErrorReport(report)
                        | pg_sys::panic::CaughtError::RustPanic { ereport: report, .. } => {
                            report.message().to_owned()
                        }
                    })
                })
                .execute();
        match outcome {
            Ok(()) => pg_sys::ReleaseCurrentSubTransaction(),
            Err(_) => pg_sys::RollbackAndReleaseCurrentSubTransaction(),
        }
        pg_sys::MemoryContextSwitchTo(context);
        pg_sys::CurrentResourceOwner = owner;
        outcome
    }
}

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

/// now(), as SQL calls it: when the transaction began.
pub fn transaction_start() -> TimestampWithTimeZone {
    // SAFETY: only reads the state of the transaction that we are in.
    let micros = unsafe { pg_sys::GetCurrentTransactionStartTimestamp() };
    TimestampWithTimeZone::try_from(micros)
        .unwrap_or_else(|_| TimestampWithTimeZone::positive_infinity())
}

/// Whether `AT TIME ZONE` takes this name; one that the server's time zone data had once may be missing now.
pub fn knows_time_zone(name: &str) -> bool {
    let Ok(name) = CString::new(name) else { return false };
    // SAFETY: the name is NUL-terminated; what comes back belongs to Postgres's cache.
    unsafe { !pg_sys::pg_tzset(name.as_ptr()).is_null() }
}

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
    pub fn of(value: &impl Serialize) -> Result<JsonText> {
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
    pub fn of(ids: &[Uuid]) -> UuidArray {
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
