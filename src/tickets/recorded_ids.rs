//! The ids in `ticket_history.changes`, which details name.

use serde::Deserialize;

use crate::platform::json::id::Id;

/// A new ticket has the values of its fields, a changed one what they were and became.
#[derive(Deserialize)]
struct Changes<T> {
    fields: Fields<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields<T> {
    stage: Option<T>,
    workflow: Option<T>,
    assigned_to: Option<T>,
    created_by: Option<T>,
}

#[derive(Deserialize)]
struct Change {
    from: Option<Id>,
    to: Option<Id>,
}

/// The ids of stages and workflows, and of people.
#[derive(Default)]
pub(super) struct RecordedIds {
    pub(super) configured: Vec<Id>,
    pub(super) people: Vec<Id>,
}

impl RecordedIds {
    pub(super) fn read(changes: &str) -> RecordedIds {
        if let Ok(updated) = serde_json::from_str::<Changes<Change>>(changes) {
            return RecordedIds::collect(updated.fields, |change| [change.from, change.to]);
        }
        match serde_json::from_str::<Changes<Id>>(changes) {
            Ok(created) => RecordedIds::collect(created.fields, |id| [Some(id), None]),
            Err(_) => RecordedIds::default(),
        }
    }

    fn collect<T>(fields: Fields<T>, ids: fn(T) -> [Option<Id>; 2]) -> RecordedIds {
        let all = |fields: [Option<T>; 2]| {
            fields.into_iter().flatten().flat_map(ids).flatten().collect::<Vec<_>>()
        };
        RecordedIds {
            configured: all([fields.stage, fields.workflow]),
            people: all([fields.assigned_to, fields.created_by]),
        }
    }
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::*;

    #[pg_test]
    fn recorded_ids_are_those_of_stages_workflows_and_people() {
        const NIL: &str = "00000000-0000-0000-0000-00000000000";
        for (changes, configured, people) in [
            (
                format!(
                    r#"{{"type": "created", "fields": {{"stage": "{NIL}1", "title": "{NIL}2"}}}}"#
                ),
                1,
                0,
            ),
            (format!(r#"{{"fields": {{"assignedTo": {{"from": null, "to": "{NIL}1"}}}}}}"#), 0, 1),
            (format!(r#"{{"fields": {{"stage": {{"from": "{NIL}1", "to": "{NIL}2"}}}}}}"#), 2, 0),
            (r#"{"fields": {"assignedTo": null}}"#.to_owned(), 0, 0),
            ("[]".to_owned(), 0, 0),
        ] {
            let read = RecordedIds::read(&changes);
            assert_eq!(
                (read.configured.len(), read.people.len()),
                (configured, people),
                "{changes}"
            );
        }
    }
}
