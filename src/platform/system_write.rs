//! What the extension itself is writing, so that triggers allow it what they refuse to users.

use std::cell::Cell;

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
    /// New tickets with their comments: the columns of the tickets count them already, and people
    /// are in the full-text index.
    CountedImport,
    /// The start mark of a workflow. The trigger also fires for the stage that loses the mark.
    MoveStartMark,
}

thread_local! {
    static CURRENT: Cell<Option<SystemWrite>> = const { Cell::new(None) };
}

impl SystemWrite {
    /// What the extension is writing at present; None for a user's own write.
    pub fn current() -> Option<SystemWrite> {
        CURRENT.get()
    }

    /// Whether import_tickets() is writing.
    pub fn is_import() -> bool {
        matches!(CURRENT.get(), Some(SystemWrite::Import | SystemWrite::CountedImport))
    }

    /// Marks all writes until the returned guard is dropped, which unwinding also does.
    pub fn begin(what: SystemWrite) -> impl Drop {
        struct Guard(Option<SystemWrite>);
        impl Drop for Guard {
            fn drop(&mut self) {
                CURRENT.set(self.0);
            }
        }
        Guard(CURRENT.replace(Some(what)))
    }

    /// Whether the extension is writing this; also ends the mark, so that it holds for one row
    /// only.
    pub fn take(what: SystemWrite) -> bool {
        let is_current = CURRENT.get() == Some(what);
        if is_current {
            CURRENT.set(None);
        }
        is_current
    }
}
