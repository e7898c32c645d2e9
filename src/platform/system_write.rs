//! What the extension itself is writing, so that triggers allow it what they refuse to users.

use std::cell::Cell;

use super::trigger_depth::trigger_depth;

#[derive(Clone, Copy, PartialEq)]
pub enum SystemWrite {
    /// Columns derived from a write elsewhere: a ticket's counts and updated_at, an article's
    /// counts and category names. They create no revision and no new version.
    Derived,
    /// The stage of a ticket that its customer reopens or resolves, which workflow_transitions do
    /// not restrict.
    MoveByCustomer,
    /// A comment that does not reopen its ticket.
    CommentWithoutReopening,
    /// What an admin's change of the configuration does to tickets: the status of a stage, a
    /// member who can no longer be assigned. It notifies nobody.
    Configuration,
    /// What import_tickets() adds: people, numbers and times are those of another help desk, and it
    /// has checked them.
    Import,
    /// New tickets with their comments, which the columns of the tickets count already.
    CountedImport,
    /// The start mark of a workflow. The trigger also fires for the stage that loses the mark.
    MoveStartMark,
}

thread_local! {
    /// With how deep triggers were nested when it began.
    static CURRENT: Cell<Option<(SystemWrite, i32)>> = const { Cell::new(None) };
}

impl SystemWrite {
    /// What the extension is writing at present; None for a user's own write. Of an import, only
    /// its own rows count: a trigger of the user's on these may write others.
    pub fn current() -> Option<SystemWrite> {
        let (what, depth) = CURRENT.get()?;
        (!what.is_of_import() || trigger_depth() == depth + 1).then_some(what)
    }

    /// Whether import_tickets() is writing.
    pub fn is_import() -> bool {
        SystemWrite::current().is_some_and(SystemWrite::is_of_import)
    }

    fn is_of_import(self) -> bool {
        matches!(self, SystemWrite::Import | SystemWrite::CountedImport)
    }

    /// Marks all writes until the returned guard is dropped, which unwinding also does.
    pub fn begin(what: SystemWrite) -> impl Drop {
        struct Guard(Option<(SystemWrite, i32)>);
        impl Drop for Guard {
            fn drop(&mut self) {
                CURRENT.set(self.0);
            }
        }
        Guard(CURRENT.replace(Some((what, trigger_depth()))))
    }

    /// Whether the extension is writing this; also ends the mark, so that it holds for one row
    /// only.
    pub fn take(what: SystemWrite) -> bool {
        let is_current = SystemWrite::current() == Some(what);
        if is_current {
            CURRENT.set(None);
        }
        is_current
    }
}
