//! What the extension itself is writing: triggers let through what they refuse to users.

use std::cell::Cell;

#[derive(Clone, Copy, PartialEq)]
pub enum SystemWrite {
    /// Columns derived from a write elsewhere: the counts and updated_at of a ticket, the counts of an
    /// article and the names of its categories. No revision, no new version.
    Derived,
    /// The stage of a ticket that its customer reopens: workflow_transitions do not limit it.
    Reopen,
    /// Which stage of a workflow is the start: the trigger fires again for the stage that loses the mark.
    MoveStartMark,
}

thread_local! {
    static CURRENT: Cell<Option<SystemWrite>> = const { Cell::new(None) };
}

impl SystemWrite {
    /// What the extension is writing now.
    pub fn current() -> Option<SystemWrite> {
        CURRENT.get()
    }

    /// Marks what is written while the returned guard lives; an error that unwinds drops it too.
    pub fn begin(what: SystemWrite) -> impl Drop {
        struct Guard(Option<SystemWrite>);
        impl Drop for Guard {
            fn drop(&mut self) {
                CURRENT.set(self.0);
            }
        }
        Guard(CURRENT.replace(Some(what)))
    }

    /// Whether this is what the extension is writing; from here on it no longer is.
    pub fn take(what: SystemWrite) -> bool {
        let is_current = CURRENT.get() == Some(what);
        if is_current {
            CURRENT.set(None);
        }
        is_current
    }
}
