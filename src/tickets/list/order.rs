//! The order of a list of tickets, and the cursor of a position in it.

use pgrx::Uuid;
use pgrx::datum::TimestampWithTimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::platform::enums::Priority;
use crate::platform::error::Result;
use crate::platform::json::id::Id;
use crate::platform::json::input;
use crate::platform::paging::{self, CursorTime};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SortKey {
    UpdatedAt,
    CreatedAt,
    /// Within a priority by updated_at, in the same direction.
    Priority,
    Number,
    /// The order of claim_next_ticket: by priority, the highest first, then by created_at.
    Queue,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sort {
    pub key: SortKey,
    pub descending: bool,
}

impl Default for Sort {
    fn default() -> Sort {
        Sort { key: SortKey::UpdatedAt, descending: true }
    }
}

impl Sort {
    fn from_text(text: &str) -> Option<Sort> {
        let (descending, name) = match text.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, text),
        };
        let key = match name {
            "updatedAt" => SortKey::UpdatedAt,
            "createdAt" => SortKey::CreatedAt,
            "priority" => SortKey::Priority,
            "number" => SortKey::Number,
            "queue" => SortKey::Queue,
            _ => return None,
        };
        Some(Sort { key, descending })
    }

    fn text(self) -> &'static str {
        match (self.key, self.descending) {
            (SortKey::UpdatedAt, true) => "-updatedAt",
            (SortKey::UpdatedAt, false) => "updatedAt",
            (SortKey::CreatedAt, true) => "-createdAt",
            (SortKey::CreatedAt, false) => "createdAt",
            (SortKey::Priority, true) => "-priority",
            (SortKey::Priority, false) => "priority",
            (SortKey::Number, true) => "-number",
            (SortKey::Number, false) => "number",
            (SortKey::Queue, true) => "-queue",
            (SortKey::Queue, false) => "queue",
        }
    }
}

#[cfg(test)]
crate::platform::json::schema::describe_words!(
    Sort,
    "TicketSort",
    &[SortKey::UpdatedAt, SortKey::CreatedAt, SortKey::Priority, SortKey::Number, SortKey::Queue]
        .map(|key| [false, true].map(|descending| Sort { key, descending }.text()))
        .concat()
);

impl<'de> Deserialize<'de> for Sort {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Sort, D::Error> {
        input::parse_word(input, Sort::from_text)
    }
}

impl Serialize for Sort {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.serialize_str(self.text())
    }
}

impl SortKey {
    fn is_by_priority(self) -> bool {
        matches!(self, SortKey::Priority | SortKey::Queue)
    }
}

/// The position after the last ticket of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    sort: Sort,
    /// Only in a list sorted by priority, or as the queue.
    priority: Option<Priority>,
    /// created_at or updated_at, whichever the list is sorted by; not in a list sorted by number.
    time: Option<CursorTime>,
    /// Only in a list sorted by number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<i64>,
    id: Id,
}

impl Cursor {
    pub fn new(
        sort: Sort,
        priority: Option<Priority>,
        time: Option<TimestampWithTimeZone>,
        number: Option<i64>,
        id: Uuid,
    ) -> Cursor {
        let is_by_number = sort.key == SortKey::Number;
        Cursor {
            sort,
            priority: priority.filter(|_| sort.key.is_by_priority()),
            time: time.filter(|_| !is_by_number).map(CursorTime),
            number: number.filter(|_| is_by_number),
            id: id.into(),
        }
    }

    pub fn decode(text: &str, sort: Sort) -> Result<Cursor> {
        let cursor: Cursor = paging::decode(text)?;
        paging::check_same_order(cursor.sort.text(), sort.text())?;
        let is_by_number = sort.key == SortKey::Number;
        if cursor.priority.is_some() != sort.key.is_by_priority()
            || cursor.number.is_some() != is_by_number
            || cursor.time.is_some() == is_by_number
        {
            return Err(paging::malformed_cursor());
        }
        Ok(cursor)
    }

    pub fn priority(&self) -> Option<Priority> {
        self.priority
    }

    pub fn time(&self) -> Option<TimestampWithTimeZone> {
        self.time.map(|time| time.0)
    }

    pub fn number(&self) -> Option<i64> {
        self.number
    }

    pub fn id(&self) -> Uuid {
        self.id.into()
    }
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;
    use proptest::prelude::*;

    use super::*;

    fn any_sort() -> impl Strategy<Value = Sort> {
        let keys = vec![
            SortKey::UpdatedAt,
            SortKey::CreatedAt,
            SortKey::Priority,
            SortKey::Number,
            SortKey::Queue,
        ];
        (prop::sample::select(keys), any::<bool>())
            .prop_map(|(key, descending)| Sort { key, descending })
    }

    fn any_cursor() -> impl Strategy<Value = Cursor> {
        let priority = (0..4usize)
            .prop_map(|n| [Priority::Low, Priority::Medium, Priority::High, Priority::Urgent][n]);
        let micros = -200_000_000_000_000_000i64..9_000_000_000_000_000_000;
        let number = 1..1_000_000_000_000i64;
        (any_sort(), priority, micros, number, any::<[u8; 16]>()).prop_filter_map(
            "a timestamp that Postgres can store",
            |(sort, priority, micros, number, id)| {
                let time = TimestampWithTimeZone::try_from(micros).ok()?;
                let id = Uuid::from_bytes(id);
                Some(Cursor::new(sort, Some(priority), Some(time), Some(number), id))
            },
        )
    }

    #[pg_test]
    fn ticket_cursor_survives_its_round_trip() {
        proptest!(|(cursor in any_cursor())| {
            let text = paging::encode(&cursor).unwrap();
            prop_assert_eq!(Cursor::decode(&text, cursor.sort).ok(), Some(cursor));
        });
    }

    #[pg_test]
    fn ticket_cursor_of_another_order_is_refused() {
        proptest!(|(cursor in any_cursor(), sort in any_sort())| {
            prop_assume!(sort != cursor.sort);
            let refused = Cursor::decode(&paging::encode(&cursor).unwrap(), sort).unwrap_err();
            prop_assert!(refused.message().starts_with("p_filters.cursor: from a list sorted by"));
        });
    }

    #[pg_test]
    fn ticket_cursor_takes_no_garbage() {
        const ID: &str = "00000000-0000-0000-0000-000000000000";
        let cursor = |sort: &str, priority: &str, time: &str, id: &str| {
            format!(r#"{{"sort":"{sort}","priority":{priority},"time":{time},"id":"{id}"}}"#)
        };
        let sort = Sort::default();
        let by_priority = Sort { key: SortKey::Priority, ..sort };
        assert!(Cursor::decode(&cursor("-updatedAt", "null", "1", ID), sort).is_ok());
        proptest!(|(text in r#".{0,80}|\{"sort":"-updatedAt","priority":[a-z"]{0,9},"time":-?[0-9]{0,20},"id":"[0-9a-f-]{0,40}"\}"#)| {
            if let Ok(cursor) = Cursor::decode(&text, sort) {
                let again = paging::encode(&cursor).unwrap();
                prop_assert_eq!(Cursor::decode(&again, sort).ok(), Some(cursor));
            }
        });
        for (near_miss, sort) in [
            (cursor("-updatedAt", "null", "1", ""), sort),
            (cursor("-updatedAt", "null", "1.5", ID), sort),
            (cursor("-updatedAt", "null", "9223372036854775808", ID), sort),
            (cursor("-updatedAt", "null", "9223372036854775806", ID), sort),
            (cursor("-updatedAt", "\"whatever\"", "1", ID), sort),
            (cursor("-updatedAt", "\"low\"", "1", ID), sort),
            (cursor("-priority", "null", "1", ID), by_priority),
            (cursor("-updatedAt", "null", "null", ID), sort),
            (cursor("-updatedAt", "null", "1", ID).replace('}', ",\"number\":1}"), sort),
            (cursor("-updatedAt", "null", "1", ID).replace('}', ",\"more\":1}"), sort),
            (cursor("-updatedAt", "null", "1", ID) + " x", sort),
            (" ".repeat(100_000) + &cursor("-updatedAt", "null", "1", ID), sort),
        ] {
            let refused = Cursor::decode(&near_miss, sort).unwrap_err();
            assert_eq!(refused.message(), "p_filters.cursor: not a cursor", "{near_miss}");
        }
    }
}
