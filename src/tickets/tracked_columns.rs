//! The columns of a ticket whose changes create a revision.

use crate::platform::error::Result;
use crate::platform::trigger::TriggerRow;

pub(super) const TRACKED_COLUMNS: &[&str] = &[
    "title",
    "description",
    "priority",
    "status",
    "workflow_id",
    "current_stage_id",
    "assigned_to",
    "created_by",
];

/// The tracked columns that differ, apart from white space around the title.
pub(super) fn changed_columns(old: &TriggerRow, new: &TriggerRow) -> Result<Vec<&'static str>> {
    let mut changed = Vec::new();
    for column in TRACKED_COLUMNS {
        if new.same_image(old, column)? {
            continue;
        }
        let is_different = match *column {
            "title" => new.text(column)?.map(str::trim) != old.text(column)?.map(str::trim),
            // Equal texts can have different images, of which one is compressed.
            "description" => new.text(column)? != old.text(column)?,
            _ => true,
        };
        if is_different {
            changed.push(*column);
        }
    }
    Ok(changed)
}
