//! The order of a list, and the cursor that says where its next page begins.

use pgrx::Uuid;
use pgrx::datum::TimestampWithTimeZone;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use crate::enums::Priority;
use crate::error::{Error, Result};

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
        let text = String::deserialize(input)?;
        Sort::from_text(&text).ok_or_else(|| D::Error::custom(format!("no such order: {text:?}")))
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
        let cursor = Cursor::from_text(text).ok_or_else(|| {
            Error::bad(
                "p_filters.cursor",
                "not a cursor",
                "Give nextCursor of the page before, unchanged.",
            )
        })?;
        if cursor.sort != sort {
            return Err(Error::bad(
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
        let id = uuid::Uuid::try_parse(parts.next()?).ok()?;
        parts.next().is_none().then_some(Cursor {
            sort,
            priority,
            moment,
            id: Uuid::from_bytes(*id.as_bytes()),
        })
    }
}

/// Microseconds from 1970 to 2000, where Postgres begins to count.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

/// A moment given as Unix time; None when Postgres cannot store it.
pub fn from_unix_micros(micros: i64) -> Option<TimestampWithTimeZone> {
    TimestampWithTimeZone::try_from(micros.checked_sub(POSTGRES_EPOCH)?).ok()
}
