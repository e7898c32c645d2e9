//! The arguments of a function that become columns. A trigger that refuses a column names it as the
//! caller wrote it: the argument of the function, or else the column.

use std::cell::Cell;

/// Columns, each with the argument that its value comes from.
pub type ArgumentNames = &'static [(&'static str, &'static str)];

thread_local! {
    static CURRENT: Cell<ArgumentNames> = const { Cell::new(&[]) };
}

/// Gives columns the names of arguments until the returned guard is dropped.
pub fn name_arguments(names: ArgumentNames) -> impl Drop {
    struct Guard(ArgumentNames);
    impl Drop for Guard {
        fn drop(&mut self) {
            CURRENT.set(self.0);
        }
    }
    Guard(CURRENT.replace(names))
}

/// What the caller calls a column.
pub fn written_name(column: &'static str) -> &'static str {
    let names = CURRENT.get();
    names.iter().find(|(known, _)| *known == column).map_or(column, |(_, argument)| argument)
}
