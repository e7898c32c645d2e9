//! What the system itself is changing at this moment: triggers let through what they refuse to people.

use std::cell::Cell;

#[derive(Clone, Copy, PartialEq)]
pub enum SystemWrite {
    /// What follows from a write elsewhere: the counts and updated_at of a ticket, the counts of an article and the names of its
    /// categories. No revision, no version.
    Activity,
    /// The stage of a ticket, because the customer spoke: workflow_transitions do not limit it.
    Reopen,
    /// Which stage of a workflow is the start: the trigger meets itself on the stage that loses the mark.
    MoveStartMark,
}

thread_local! {
    static SYSTEM_WRITE: Cell<Option<SystemWrite>> = const { Cell::new(None) };
}

/// What the system is changing now.
pub fn system_write() -> Option<SystemWrite> {
    SYSTEM_WRITE.get()
}

/// Says so for as long as the returned value lives, also when an error unwinds.
pub fn system_writes(what: SystemWrite) -> impl Drop {
    struct Until(Option<SystemWrite>);
    impl Drop for Until {
        fn drop(&mut self) {
            SYSTEM_WRITE.set(self.0);
        }
    }
    Until(SYSTEM_WRITE.replace(Some(what)))
}

/// Whether the system is changing that, and no longer from here on.
pub fn use_up(what: SystemWrite) -> bool {
    let is_it = SYSTEM_WRITE.get() == Some(what);
    if is_it {
        SYSTEM_WRITE.set(None);
    }
    is_it
}
