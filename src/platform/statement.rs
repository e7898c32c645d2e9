//! SQL statements: kept plans, bound arguments, typed rows.
//!
//! pgrx's `Spi` takes a transaction id for `run` and `get_one`, so both fail on a standby. Here the
//! caller chooses: a read runs on the caller's snapshot and takes no transaction id.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::CString;
use std::mem::ManuallyDrop;
use std::num::NonZeroUsize;
use std::rc::Rc;

use lru::LruCache;
use pgrx::PgTupleDesc;
use pgrx::datum::DatumWithOid;
use pgrx::prelude::*;

use super::datum::stored_size;
use super::error::{self, Result, internal};
use super::table_names::{self, TableNames};

/// How many plans of assembled statements a backend keeps. The least recently used one is evicted.
const MAX_ASSEMBLED_PLANS: NonZeroUsize = NonZeroUsize::new(64).unwrap();

/// The same for constant statements on shards, of which each has plans of its own: those of a few
/// organizations in use.
const MAX_PLACED_PLANS: NonZeroUsize = NonZeroUsize::new(600).unwrap();

/// The most that `fetch_all` reads, in bytes. Callers keep it in memory of Rust, where a failed
/// allocation ends the session.
const MAX_RESULT: usize = 128 << 20;

type PlacedPlans = LruCache<(i64, usize, usize), Rc<Plan>>;

thread_local! {
    /// Plans of constant statements, by the address of their text. Never freed.
    static CONSTANT_PLANS: RefCell<HashMap<(usize, usize), Rc<Plan>>> = RefCell::default();
    /// Plans of statements assembled at run time, by their text. ManuallyDrop, because the
    /// destructors of a thread run after Postgres has shut down, and freeing a plan would call it.
    static ASSEMBLED_PLANS: ManuallyDrop<RefCell<LruCache<String, Rc<Plan>>>> =
        ManuallyDrop::new(RefCell::new(LruCache::new(MAX_ASSEMBLED_PLANS)));
    /// Plans of constant statements in other places, by the place, too.
    static PLACED_PLANS: ManuallyDrop<RefCell<PlacedPlans>> =
        ManuallyDrop::new(RefCell::new(LruCache::new(MAX_PLACED_PLANS)));
}

/// How Postgres plans a statement that runs often. By itself it plans for the arguments of five
/// calls, and then once if it expects that plan to be about as good, which it may not be.
#[derive(Clone, Copy)]
pub enum Planned {
    /// One plan is best for all arguments.
    Once,
    /// The best plan depends on the arguments, or on a table whose size changes much between calls.
    /// Planning costs more than running most statements.
    EachTime,
}

impl Planned {
    /// CURSOR_OPT_*.
    fn options(self) -> u32 {
        match self {
            Planned::Once => pg_sys::CURSOR_OPT_GENERIC_PLAN,
            Planned::EachTime => pg_sys::CURSOR_OPT_CUSTOM_PLAN,
        }
    }
}

/// A constant statement that only reads, on the caller's snapshot.
pub fn read(sql: &'static str) -> Statement<'static> {
    Statement { text: Text::Constant(sql), mode: Mode::Read, options: 0 }
}

/// A constant statement that may write, on a new snapshot that shows everything done so far.
pub fn write(sql: &'static str) -> Statement<'static> {
    Statement { text: Text::Constant(sql), mode: Mode::Write, options: 0 }
}

/// A statement assembled from constants that only reads.
pub fn read_assembled(sql: &str, planned: Planned) -> Statement<'_> {
    Statement { text: Text::Assembled(sql), mode: Mode::Read, options: planned.options() }
}

/// A statement assembled from constants that may write.
pub fn write_assembled(sql: &str, planned: Planned) -> Statement<'_> {
    Statement { text: Text::Assembled(sql), mode: Mode::Write, options: planned.options() }
}

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Read,
    Write,
}

#[derive(Clone, Copy)]
enum Text<'a> {
    Constant(&'static str),
    Assembled(&'a str),
}

/// A statement that is about to run.
#[derive(Clone, Copy)]
pub struct Statement<'a> {
    text: Text<'a>,
    mode: Mode,
    /// CURSOR_OPT_*: which kind of plan Postgres may choose; 0 for both.
    options: u32,
}

impl Statement<'_> {
    /// Overrides Postgres's choice, which is safe for statements that look up a few rows by keys.
    pub fn planned(self, planned: Planned) -> Self {
        Statement { options: planned.options(), ..self }
    }

    /// The first row; None when there is none.
    pub fn fetch_optional<T>(
        self,
        args: &[DatumWithOid],
        read: impl FnOnce(&Row) -> T,
    ) -> Result<Option<T>> {
        self.run(args, 1, |rows| rows.next().map(|row| read(&row)))
    }

    /// Every row. Errors before it reads more than `MAX_RESULT` in all.
    pub fn fetch_all<T>(
        self,
        args: &[DatumWithOid],
        read: impl FnMut(&Row) -> T,
    ) -> Result<Vec<T>> {
        self.run(args, 0, |rows| rows.read_all(read))?
    }

    /// The first column of the first row; None when there is no row, or the column is NULL.
    pub fn fetch_scalar<T: FromDatum>(self, args: &[DatumWithOid]) -> Result<Option<T>> {
        Ok(self.fetch_optional(args, |row| row.get(1))?.flatten())
    }

    /// Whether there is a row.
    pub fn exists(self, args: &[DatumWithOid]) -> Result<bool> {
        self.run(args, 1, |rows| rows.next().is_some())
    }

    /// Runs the statement for its effect.
    pub fn execute(self, args: &[DatumWithOid]) -> Result<()> {
        self.run(args, 0, |_| ())
    }

    /// Every row of a statement that reads the transition tables of a trigger.
    ///
    /// # Safety
    ///
    /// `data` must belong to the trigger that is running.
    pub unsafe fn fetch_all_of_transition<T>(
        self,
        data: *mut pg_sys::TriggerData,
        read: impl FnMut(&Row) -> T,
    ) -> Result<Vec<T>> {
        Spi::connect(|_| {
            // SAFETY: SPI is connected, and the data belongs to the running trigger.
            check(unsafe { pg_sys::SPI_register_trigger_data(data) })?;
            self.run_connected(&[], 0, |rows| rows.read_all(read))?
        })
    }

    /// A read stops after `limit` rows (0 means no limit); a write always runs to its end.
    fn run<T>(
        self,
        args: &[DatumWithOid],
        limit: i64,
        consume: impl FnOnce(&mut Rows) -> T,
    ) -> Result<T> {
        Spi::connect(|_| self.run_connected(args, limit, consume))
    }

    fn run_connected<T>(
        self,
        args: &[DatumWithOid],
        limit: i64,
        consume: impl FnOnce(&mut Rows) -> T,
    ) -> Result<T> {
        let plan = self.kept_plan(args)?;
        let mut values: Vec<pg_sys::Datum> = args
            .iter()
            .map(|arg| arg.datum().map_or(pg_sys::Datum::null(), |datum| datum.sans_lifetime()))
            .collect();
        let nulls: Vec<std::ffi::c_char> = args
            .iter()
            .map(|arg| if arg.datum().is_some() { b' ' } else { b'n' } as std::ffi::c_char)
            .collect();
        let is_read = self.mode == Mode::Read;
        // SAFETY: the plan was prepared for exactly these argument types, and SPI is connected.
        let code = unsafe {
            pg_sys::SPI_tuptable = std::ptr::null_mut();
            pg_sys::SPI_execute_snapshot(
                plan.0,
                values.as_mut_ptr(),
                nulls.as_ptr(),
                std::ptr::null_mut(),
                std::ptr::null_mut(),
                is_read,
                true,
                if is_read { limit } else { 0 },
            )
        };
        check(code)?;
        // SAFETY: the statement was just executed, and `consume` returns before SPI_finish.
        let mut rows = unsafe { Rows::from_last_statement() };
        Ok(consume(&mut rows))
    }

    fn kept_plan(self, args: &[DatumWithOid]) -> Result<Rc<Plan>> {
        if let Some(place) = table_names::current()? {
            return self.placed_plan(&place, args);
        }
        match self.text {
            Text::Constant(sql) => {
                let key = (sql.as_ptr() as usize, sql.len());
                if let Some(plan) = CONSTANT_PLANS.with_borrow(|plans| plans.get(&key).cloned()) {
                    return Ok(plan);
                }
                let plan = Rc::new(Plan::prepare(sql, args, self.options)?);
                CONSTANT_PLANS.with_borrow_mut(|plans| plans.insert(key, plan.clone()));
                Ok(plan)
            }
            Text::Assembled(sql) => self.assembled_plan(sql, args),
        }
    }

    fn assembled_plan(self, sql: &str, args: &[DatumWithOid]) -> Result<Rc<Plan>> {
        let kept = ASSEMBLED_PLANS.with(|plans| plans.borrow_mut().get(sql).cloned());
        if let Some(plan) = kept {
            return Ok(plan);
        }
        let plan = Rc::new(Plan::prepare(sql, args, self.options)?);
        let evicted =
            ASSEMBLED_PLANS.with(|plans| plans.borrow_mut().push(sql.to_owned(), plan.clone()));
        drop(evicted);
        Ok(plan)
    }

    /// The plan with the names of tables in this place.
    fn placed_plan(self, place: &TableNames, args: &[DatumWithOid]) -> Result<Rc<Plan>> {
        let is_read = self.mode == Mode::Read;
        let sql = match self.text {
            Text::Constant(sql) => sql,
            Text::Assembled(sql) => {
                let renamed = place.rename(sql, is_read);
                return self.assembled_plan(renamed.as_deref().unwrap_or(sql), args);
            }
        };
        let key = (place.id, sql.as_ptr() as usize, sql.len());
        let kept = PLACED_PLANS.with(|plans| plans.borrow_mut().get(&key).cloned());
        if let Some(plan) = kept {
            return Ok(plan);
        }
        let renamed = place.rename(sql, is_read);
        let plan = Rc::new(Plan::prepare(renamed.as_deref().unwrap_or(sql), args, self.options)?);
        let evicted = PLACED_PLANS.with(|plans| plans.borrow_mut().push(key, plan.clone()));
        drop(evicted);
        Ok(plan)
    }
}

/// A plan that Postgres keeps until this value is dropped. A running statement holds a reference,
/// so a trigger that it fires may evict the plan from the cache but cannot free it.
struct Plan(pg_sys::SPIPlanPtr);

impl Plan {
    fn prepare(sql: &str, args: &[DatumWithOid], options: u32) -> Result<Plan> {
        let text = CString::new(sql).map_err(|_| internal("SQL text with a NUL byte"))?;
        let mut types: Vec<pg_sys::Oid> = args.iter().map(DatumWithOid::oid).collect();
        // SAFETY: SPI is connected, and the call copies the text and the types.
        unsafe {
            let plan = pg_sys::SPI_prepare_cursor(
                text.as_ptr(),
                types.len() as i32,
                types.as_mut_ptr(),
                options as i32,
            );
            if plan.is_null() {
                return Err(internal("SPI_prepare failed"));
            }
            check(pg_sys::SPI_keepplan(plan))?;
            Ok(Plan(plan))
        }
    }
}

impl Drop for Plan {
    fn drop(&mut self) {
        // SAFETY: nobody else frees the plan, and a running statement would hold a reference.
        unsafe { pg_sys::SPI_freeplan(self.0) };
    }
}

/// Runs SQL commands once, without keeping a plan.
pub fn run_script(sql: &str) -> Result<()> {
    let place = table_names::current()?;
    let renamed = place.and_then(|place| place.rename(sql, false));
    let text = CString::new(renamed.as_deref().unwrap_or(sql))
        .map_err(|_| internal("SQL text with a NUL byte"))?;
    Spi::connect(|_| {
        // SAFETY: the text is NUL-terminated and SPI is connected.
        let code = unsafe { pg_sys::SPI_execute(text.as_ptr(), false, 0) };
        check(code)
    })
}

/// One row of a result. It cannot outlive the result.
pub struct Row<'a> {
    values: &'a [pg_sys::Datum],
    nulls: &'a [bool],
}

impl<'a> Row<'a> {
    /// The column at `position`, counted from 1; None for NULL.
    pub fn get<T: FromDatum + 'a>(&self, position: usize) -> Option<T> {
        let value = *self.values.get(position - 1)?;
        // SAFETY: the caller asks for the Rust type that matches the column's SQL type, and the
        // value does not outlive the result that the row borrows.
        unsafe { T::from_datum(value, self.nulls[position - 1]) }
    }
}

impl Row<'_> {
    /// The bytes of some columns of variable length, uncompressed.
    fn size(&self, columns: &[usize]) -> usize {
        let value = |&column: &usize| (!self.nulls[column]).then_some(self.values[column]);
        // SAFETY: the values of these columns have a length header.
        columns.iter().filter_map(value).map(|value| unsafe { stored_size(value) }).sum()
    }
}

/// The rows of a result, each deformed when it is read.
struct Rows {
    table: *mut pg_sys::SPITupleTable,
    next: usize,
    values: Vec<pg_sys::Datum>,
    nulls: Vec<bool>,
}

impl Rows {
    /// # Safety
    ///
    /// The value must be used after the execution of a statement and before SPI_finish.
    unsafe fn from_last_statement() -> Rows {
        // SAFETY: SPI_tuptable is the table of the last statement, or null.
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

    fn read_all<T>(&mut self, mut read: impl FnMut(&Row) -> T) -> Result<Vec<T>> {
        let texts = self.columns_of_variable_length();
        let mut size = 0;
        let mut all = Vec::new();
        while let Some(row) = self.next() {
            pgrx::check_for_interrupts!();
            size += row.size(&texts);
            if size > MAX_RESULT {
                return Err(error::too_large(
                    "too_large",
                    "the result has more than 128 MiB",
                    "Read the tables page by page.",
                ));
            }
            all.push(read(&row));
        }
        Ok(all)
    }

    /// Positions, counted from 0.
    fn columns_of_variable_length(&self) -> Vec<usize> {
        // SAFETY: SPI has not freed the table yet.
        let Some(table) = (unsafe { self.table.as_ref() }) else { return Vec::new() };
        // SAFETY: as above. The descriptor belongs to the table and is not released here.
        let attributes = unsafe { PgTupleDesc::from_pg_unchecked(table.tupdesc) };
        let is_variable = |column: &usize| {
            attributes.get(*column).is_some_and(|attribute| attribute.attlen == -1)
        };
        (0..attributes.len()).filter(is_variable).collect()
    }

    fn next(&mut self) -> Option<Row<'_>> {
        // SAFETY: SPI has not freed the table yet; the index is less than numvals, and the buffers
        // have one element per column of the descriptor.
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

fn check(code: i32) -> Result<()> {
    if code < 0 {
        return Err(internal(&format!("SPI error {code}")));
    }
    Ok(())
}
