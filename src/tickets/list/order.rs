//! The order of a list, and the cursor that says where its next page begins.

use pgrx::Uuid;
use pgrx::datum::TimestampWithTimeZone;
use serde::Deserialize;
use serde::de::Deserializer;

use crate::platform::enums::Priority;
use crate::platform::error::{self, Result};
use crate::platform::json::id::Id;
use crate::platform::json::input;
use crate::platform::paging;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SortKey {
    UpdatedAt,
    CreatedAt,
    /// Within a priority by updated_at, in the same direction.
    Priority,
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
        }
    }
}

impl<'de> Deserialize<'de> for Sort {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Sort, D::Error> {
        input::parse_word(input, Sort::from_text)
    }
}

/// The last ticket of a page. Written as `<sort>.<priority or empty>.<microseconds since 2000>.<id>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Cursor {
    sort: Sort,
    pub priority: Option<Priority>,
    pub moment: TimestampWithTimeZone,
    pub id: Uuid,
}

impl Cursor {
    pub fn after(
        id: Option<Uuid>,
        moment: Option<TimestampWithTimeZone>,
        priority: Option<Priority>,
        sort: Sort,
    ) -> Option<Cursor> {
        Some(Cursor {
            sort,
            priority: priority.filter(|_| sort.key == SortKey::Priority),
            moment: moment?,
            id: id?,
        })
    }

    pub fn encode(&self) -> String {
        let micros: i64 = self.moment.into_inner();
        format!(
            "{}.{}.{}.{}",
            self.sort.text(),
            self.priority.map_or("", Priority::label),
            micros,
            self.id
        )
    }

    pub fn decode(text: &str, sort: Sort) -> Result<Cursor> {
        let cursor = Cursor::from_text(text).ok_or_else(paging::malformed_cursor)?;
        if cursor.sort != sort {
            return Err(error::bad(
                "p_filters.cursor",
                format!("made by sort {:?}, not {:?}", cursor.sort.text(), sort.text()),
                "Keep sort the same from page to page, or begin at the first page.",
            ));
        }
        Ok(cursor)
    }

    fn from_text(text: &str) -> Option<Cursor> {
        let mut parts = text.split('.');
        let sort = Sort::from_text(parts.next()?)?;
        let priority = match (parts.next()?, sort.key) {
            ("", SortKey::UpdatedAt | SortKey::CreatedAt) => None,
            (label, SortKey::Priority) => Some(Priority::from_label(label)?),
            _ => return None,
        };
        let moment = TimestampWithTimeZone::try_from(parts.next()?.parse::<i64>().ok()?).ok()?;
        let id = Id::from_text(parts.next()?)?.into();
        parts.next().is_none().then_some(Cursor { sort, priority, moment, id })
    }
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;
    use proptest::prelude::*;

    use super::*;

    fn any_sort() -> impl Strategy<Value = Sort> {
        (0..3usize, any::<bool>()).prop_map(|(key, descending)| Sort {
            key: [SortKey::UpdatedAt, SortKey::CreatedAt, SortKey::Priority][key],
            descending,
        })
    }

    fn any_cursor() -> impl Strategy<Value = Cursor> {
        let priority = (0..4usize)
            .prop_map(|n| [Priority::Low, Priority::Medium, Priority::High, Priority::Urgent][n]);
        let moment = -200_000_000_000_000_000i64..9_000_000_000_000_000_000;
        (any_sort(), priority, moment, any::<[u8; 16]>()).prop_filter_map(
            "a moment that Postgres can store",
            |(sort, priority, micros, id)| {
                let moment = TimestampWithTimeZone::try_from(micros).ok();
                Cursor::after(Some(Uuid::from_bytes(id)), moment, Some(priority), sort)
            },
        )
    }

    #[pg_test]
    fn ticket_cursor_means_the_same_after_its_way_to_the_client_and_back() {
        proptest!(|(cursor in any_cursor())| {
            prop_assert_eq!(Cursor::decode(&cursor.encode(), cursor.sort).ok(), Some(cursor));
        });
    }

    #[pg_test]
    fn ticket_cursor_of_another_order_is_refused() {
        proptest!(|(cursor in any_cursor(), sort in any_sort())| {
            prop_assume!(sort != cursor.sort);
            let refused = Cursor::decode(&cursor.encode(), sort).unwrap_err();
            prop_assert!(refused.message().starts_with("p_filters.cursor: made by sort"));
        });
    }

    #[pg_test]
    fn ticket_cursor_takes_no_garbage() {
        proptest!(|(text in ".{0,80}|-?[a-zA-Z]{0,10}\\.[a-z]{0,6}\\.-?[0-9]{0,20}\\.[0-9a-f-]{0,40}(\\..*)?")| {
            if let Some(cursor) = Cursor::from_text(&text) {
                prop_assert_eq!(Cursor::from_text(&cursor.encode()), Some(cursor));
            }
        });
        for near_miss in [
            "-updatedAt..1.",
            "-updatedAt.low.1.00000000-0000-0000-0000-000000000000",
            "-priority..1.00000000-0000-0000-0000-000000000000",
            "-updatedAt..9999999999999999999.00000000-0000-0000-0000-000000000000",
        ] {
            assert_eq!(Cursor::from_text(near_miss), None, "{near_miss}");
        }
    }
}
