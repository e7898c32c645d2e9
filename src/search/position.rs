//! Where a page of a search ends and the next one continues.

use pgrx::Uuid;
use serde::{Deserialize, Serialize};

use crate::fulltext::query::Phase;
use crate::platform::json::id::Id;

/// How the tickets and comments of a window are found. Once chosen it stays to the last page,
/// because the windows of the two differ.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Scan {
    /// By the full-text index.
    Index,
    /// Through the most recent documents.
    Recent,
}

/// Where a page continues: in the window of documents of a phase that are older than `before`,
/// after the match of this rank and id.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Position {
    pub scan: Scan,
    pub phase: Phase,
    before: Option<Id>,
    after: Option<(i64, Id)>,
}

impl Position {
    /// The beginning of a phase.
    pub fn start(phase: Phase, scan: Scan) -> Position {
        Position { scan, phase, before: None, after: None }
    }

    pub fn before(self) -> Option<Uuid> {
        self.before.map(Uuid::from)
    }

    /// Whether a match comes after this position in its window.
    pub fn precedes(self, rank: i64, id: Uuid) -> bool {
        self.after.is_none_or(|last| (rank, Id::from(id)) < last)
    }

    /// The same window, after this match; from its beginning without one.
    pub fn continued_after(self, last: Option<(i64, Uuid)>) -> Position {
        Position { after: last.map(|(rank, id)| (rank, id.into())), ..self }
    }

    /// The beginning of the window of documents older than this one.
    pub fn next_window(self, before: Option<Uuid>) -> Position {
        Position { before: before.map(Id::from), after: None, ..self }
    }
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;
    use proptest::prelude::*;

    use super::*;
    use crate::platform::paging;

    #[pg_test]
    fn search_position_survives_its_round_trip() {
        let id = any::<[u8; 16]>().prop_map(|bytes| Id::from(Uuid::from_bytes(bytes)));
        let phase = prop_oneof![Just(Phase::All), Just(Phase::Exact), Just(Phase::Prefix)];
        let scan = prop_oneof![Just(Scan::Index), Just(Scan::Recent)];
        let position = (
            phase,
            scan,
            proptest::option::of(id.clone()),
            proptest::option::of((any::<i64>(), id)),
        );
        proptest!(|((phase, scan, before, after) in position)| {
            let position = Position { phase, scan, before, after };
            let text = paging::encode(&position).unwrap();
            prop_assert_eq!(paging::decode::<Position>(&text).ok(), Some(position));
        });
        let garbage =
            r#".{0,40}|\{"scan":"[a-z]{0,6}","phase":"all","before":null,"after":.{0,20}\}"#;
        proptest!(|(text in garbage)| {
            if let Ok(position) = paging::decode::<Position>(&text) {
                let again = paging::encode(&position).unwrap();
                prop_assert_eq!(paging::decode::<Position>(&again).ok(), Some(position));
            }
        });
    }
}
