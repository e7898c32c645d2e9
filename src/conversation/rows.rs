//! Comments and files as the triggers on them count them.

use pgrx::Uuid;
use pgrx::datum::TimestampWithTimeZone;

use crate::platform::statement::Row;
use crate::platform::trigger::TriggerRow;

/// Whether a row is a comment, not an attachment.
pub(super) fn is_comment(row: &TriggerRow) -> bool {
    row.has_column("content")
}

/// New comments, or new files, of one person on one ticket, that are equally visible.
pub(super) struct AddedRows {
    pub(super) is_comment: bool,
    pub(super) org: Uuid,
    pub(super) ticket: Uuid,
    pub(super) is_internal: bool,
    pub(super) author: Uuid,
    /// The ticket's requester when the rows were written.
    pub(super) requester: Uuid,
    pub(super) is_import: bool,
    pub(super) count: i32,
    pub(super) earliest: TimestampWithTimeZone,
    pub(super) latest: TimestampWithTimeZone,
    /// The id of one of them.
    pub(super) id: Uuid,
}

/// What is equal in the rows that are counted together.
pub(super) type Group = ([[u8; 16]; 4], bool, bool);

impl AddedRows {
    /// One row; None if it lacks a value, which NOT NULL refuses.
    pub(super) fn read(row: &Row, is_comment: bool) -> Option<AddedRows> {
        let time = row.get(7)?;
        Some(AddedRows {
            is_comment,
            org: row.get(1)?,
            ticket: row.get(2)?,
            is_internal: row.get(3)?,
            author: row.get(4)?,
            requester: row.get(5)?,
            is_import: row.get(6)?,
            count: 1,
            earliest: time,
            latest: time,
            id: row.get(8)?,
        })
    }

    pub(super) fn group(&self) -> Group {
        let ids = [self.ticket, self.org, self.author, self.requester];
        (ids.map(|id| *id.as_bytes()), self.is_internal, self.is_import)
    }

    pub(super) fn add(&mut self, other: AddedRows) {
        self.count += other.count;
        self.earliest = self.earliest.min(other.earliest);
        self.latest = self.latest.max(other.latest);
    }
}

/// Deleted comments, or deleted files, of one ticket, that were equally visible.
pub(super) struct DeletedRows {
    pub(super) is_comment: bool,
    pub(super) org: Uuid,
    pub(super) ticket: Uuid,
    pub(super) is_internal: bool,
    pub(super) count: i32,
}

impl DeletedRows {
    pub(super) fn read(row: &Row, is_comment: bool) -> Option<DeletedRows> {
        Some(DeletedRows {
            is_comment,
            org: row.get(1)?,
            ticket: row.get(2)?,
            is_internal: row.get(3)?,
            count: row.get(4)?,
        })
    }
}
