//! The comment or file that changes its ticket, by reopening it for instance. Both are one event.

use std::cell::Cell;

use pgrx::Uuid;

/// A comment, while the changes of its ticket that belong to it are written. It was written before,
/// and whoever was told of it is not told of the changes.
#[derive(Clone, Copy)]
pub struct CommentEvent {
    /// The comment; None if it is a file, of which everybody concerned is told.
    pub comment: Option<Uuid>,
    pub author: Uuid,
}

thread_local! {
    static CURRENT: Cell<Option<CommentEvent>> = const { Cell::new(None) };
}

impl CommentEvent {
    pub fn current() -> Option<CommentEvent> {
        CURRENT.get()
    }

    /// All changes belong to the comment until the returned guard is dropped, which unwinding also
    /// does.
    pub fn begin(comment: impl Into<Option<Uuid>>, author: Uuid) -> impl Drop {
        struct Guard(Option<CommentEvent>);
        impl Drop for Guard {
            fn drop(&mut self) {
                CURRENT.set(self.0);
            }
        }
        Guard(CURRENT.replace(Some(CommentEvent { comment: comment.into(), author })))
    }
}
