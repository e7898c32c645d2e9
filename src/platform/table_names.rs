//! Tables that statements find under other names. On a cluster, the tables of an organization are
//! shards: `tickets_102087` in place of `tickets`. On one machine no name changes.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::error::Result;

const SCHEMA: &str = "helpdesk.";

/// The names of tables in one place.
pub struct TableNames {
    /// Tells plans of one place from those of another.
    pub id: i64,
    /// By table: its name here, or None where it is distributed and has no single one.
    names: HashMap<String, Option<String>>,
    /// Whether statements that write keep the names, because writes reach all copies of a table.
    is_for_reads: bool,
}

impl TableNames {
    /// For every statement.
    pub fn new(id: i64, names: HashMap<String, Option<String>>) -> Self {
        Self { id, names, is_for_reads: false }
    }

    /// For statements that only read tables with a name here.
    pub fn for_reads(id: i64, names: HashMap<String, Option<String>>) -> Self {
        Self { id, names, is_for_reads: true }
    }

    /// Whether the table is here.
    pub fn contains(&self, table: &str) -> bool {
        self.names.get(table).is_some_and(Option::is_some)
    }

    /// The statement with the names here; None if it runs as it is.
    pub fn rename(&self, sql: &str, is_read: bool) -> Option<String> {
        if self.is_for_reads && !is_read {
            return None;
        }
        let mut renamed = String::with_capacity(sql.len() + 200);
        let mut rest = sql;
        while let Some(start) = rest.find(SCHEMA) {
            let (before, name) = rest.split_at(start + SCHEMA.len());
            let end =
                name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(name.len());
            let (name, after) = name.split_at(end);
            renamed.push_str(before);
            match self.names.get(name) {
                Some(Some(here)) => renamed.push_str(here),
                Some(None) if self.is_for_reads => return None,
                _ => renamed.push_str(name),
            }
            rest = after;
        }
        renamed.push_str(rest);
        Some(renamed)
    }
}

/// Who knows the places of tables. The layer above registers it.
pub struct Places {
    /// Where statements run that are in no other place; None if no table has another name.
    pub default: fn() -> Result<Option<Rc<TableNames>>>,
    /// Where a table with this name lies, if it is one of several under other names.
    pub of_table: fn(&str) -> Result<Option<Rc<TableNames>>>,
}

thread_local! {
    static PLACES: OnceCell<Places> = const { OnceCell::new() };
    /// False once it is known that no table has another name.
    static MAY_DIFFER: Cell<bool> = const { Cell::new(true) };
    static CURRENT: RefCell<Option<Rc<TableNames>>> = const { RefCell::new(None) };
    /// Whether the names are kept while the places themselves are looked up.
    static IS_LOOKING_UP: Cell<bool> = const { Cell::new(false) };
}

pub fn register_places(places: Places) {
    PLACES.with(|registered| drop(registered.set(places)));
}

/// Asks for the places again, after tables may have been distributed, or no longer are.
pub fn forget_places() {
    MAY_DIFFER.set(true);
}

/// Where statements run now; None if under the names as they are.
pub fn current() -> Result<Option<Rc<TableNames>>> {
    if !MAY_DIFFER.get() || IS_LOOKING_UP.get() {
        return Ok(None);
    }
    let entered = CURRENT.with_borrow(Clone::clone);
    if entered.is_some() {
        return Ok(entered);
    }
    match PLACES.with(|places| places.get().map(|places| places.default)) {
        Some(default) => default(),
        None => Ok(None),
    }
}

/// Says that no table has another name, until `forget_places`.
pub fn keep_names() {
    MAY_DIFFER.set(false);
}

/// The place that was entered.
pub fn entered() -> Option<Rc<TableNames>> {
    CURRENT.with_borrow(Clone::clone)
}

/// Runs `work` with the names as they are.
pub fn with_own_names<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            IS_LOOKING_UP.set(self.0);
        }
    }
    let _restore = Restore(IS_LOOKING_UP.replace(true));
    work()
}

/// Statements run in this place until the value is dropped, also by an error.
pub struct Entered(Option<Rc<TableNames>>);

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

/// Enters a place.
pub fn enter(place: Rc<TableNames>) -> Entered {
    Entered(CURRENT.replace(Some(place)))
}

/// Enters the place of a table, for the trigger that fired on it.
pub fn enter_place_of(table: impl FnOnce() -> String) -> Result<Option<Entered>> {
    if !MAY_DIFFER.get() {
        return Ok(None);
    }
    match PLACES.with(|places| places.get().map(|places| places.of_table)) {
        Some(of_table) => Ok(of_table(&table())?.map(enter)),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(is_for_reads: bool) -> TableNames {
        let names = [("tickets", Some("tickets_102087")), ("notifications", None)];
        let names = names.map(|(name, here)| (name.to_owned(), here.map(str::to_owned)));
        TableNames { id: 1, names: names.into(), is_for_reads }
    }

    #[test]
    fn platform_only_whole_names_of_tables_change() {
        let sql =
            "select helpdesk.tickets_of(t.id) from helpdesk.tickets t, helpdesk.profiles, tickets";
        let renamed = "select helpdesk.tickets_of(t.id) from helpdesk.tickets_102087 t, helpdesk.profiles, tickets";
        assert_eq!(names(false).rename(sql, false).as_deref(), Some(renamed));
        assert_eq!(names(true).rename(sql, true).as_deref(), Some(renamed));
    }

    #[test]
    fn platform_reads_of_distributed_tables_keep_their_names() {
        let sql = "select from helpdesk.tickets, helpdesk.notifications";
        assert_eq!(names(true).rename(sql, true), None);
        assert_eq!(names(true).rename("delete from helpdesk.tickets", false), None);
    }
}
