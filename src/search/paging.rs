//! Where a page of a search ends and the next one begins.

use pgrx::Uuid;

use crate::fulltext::query::Phase;
use crate::platform::json::id;

/// How the tickets and comments of a window are found. Once chosen it stays to the last page, since windows differ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scan {
    Index,
    Recent,
}

/// Where a page continues: in the window of documents of a part older than `before`, after the match of this rank and id.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Position {
    pub part: Phase,
    pub way: Scan,
    pub before: Option<Uuid>,
    pub after: Option<(i64, Uuid)>,
}

impl Position {
    pub fn start(part: Phase, way: Scan) -> Position {
        Position { part, way, before: None, after: None }
    }

    /// `<way and part>.<before>.<rank>.<id>`, the last three possibly empty.
    pub fn encode(self) -> String {
        let way = match (self.way, self.part) {
            (Scan::Index, Phase::All) => "w",
            (Scan::Recent, Phase::All) => "n",
            (Scan::Index, Phase::Exact) => "ww",
            (Scan::Recent, Phase::Exact) => "nw",
            (Scan::Index, Phase::Prefix) => "wb",
            (Scan::Recent, Phase::Prefix) => "nb",
        };
        let before = self.before.map(|id| id.to_string()).unwrap_or_default();
        let after = self.after.map(|(rank, id)| format!("{rank}.{id}"));
        format!("{way}.{before}.{}", after.as_deref().unwrap_or("."))
    }

    pub fn decode(text: &str) -> Option<Position> {
        let mut parts = text.split('.');
        let (way, part) = match parts.next()? {
            "w" => (Scan::Index, Phase::All),
            "n" => (Scan::Recent, Phase::All),
            "ww" => (Scan::Index, Phase::Exact),
            "nw" => (Scan::Recent, Phase::Exact),
            "wb" => (Scan::Index, Phase::Prefix),
            "nb" => (Scan::Recent, Phase::Prefix),
            _ => return None,
        };
        let before = id_or_nothing(parts.next()?)?;
        let (rank, id) = (parts.next()?, id_or_nothing(parts.next()?)?);
        let after = match (rank, id) {
            ("", None) => None,
            (rank, Some(id)) => Some((rank.parse().ok()?, id)),
            _ => return None,
        };
        parts.next().is_none().then_some(Position { part, way, before, after })
    }
}

fn id_or_nothing(text: &str) -> Option<Option<Uuid>> {
    if text.is_empty() {
        return Some(None);
    }
    id::Id::from_text(text).map(|id| Some(id.into()))
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;
    use proptest::prelude::*;

    use super::*;

    #[pg_test]
    fn search_position_means_the_same_after_its_way_to_the_client_and_back() {
        let id = any::<[u8; 16]>().prop_map(Uuid::from_bytes);
        let part = prop_oneof![Just(Phase::All), Just(Phase::Exact), Just(Phase::Prefix)];
        let way = prop_oneof![Just(Scan::Index), Just(Scan::Recent)];
        let position =
            (part, way, proptest::option::of(id.clone()), proptest::option::of((any::<i64>(), id)));
        proptest!(|((part, way, before, after) in position)| {
            let position = Position { part, way, before, after };
            prop_assert_eq!(Position::decode(&position.encode()), Some(position));
        });
        proptest!(|(text in "([wn][wb]?[.])?([0-9a-f.-]{0,60}|.{0,40})")| {
            if let Some(position) = Position::decode(&text) {
                prop_assert_eq!(Position::decode(&position.encode()), Some(position));
            }
        });
    }
}
