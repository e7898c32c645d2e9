//! Pages of a list: how large they are, whether more rows follow, and the cursor of the next one.

use pgrx::datum::TimestampWithTimeZone;
use pgrx::pg_sys::panic::ErrorReport;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::error::{self, Result};
use super::json::input::{self, Integer};

/// The longest cursor that a list returns: a sort key in hexadecimal, and an id.
const MAX_CURSOR: usize = 10_000;

/// How many rows a page shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PageSize(i64);

impl PageSize {
    /// The hint of an error.
    pub const ALLOWED: &str = "a whole number from 1 to 100";

    pub fn new(number: i64) -> Option<PageSize> {
        (1..=100).contains(&number).then_some(PageSize(number))
    }

    pub fn get(self) -> i64 {
        self.0
    }

    /// How many rows to read: one more than the page shows tells whether another page follows.
    pub fn limit(self) -> i64 {
        self.0 + 1
    }
}

#[cfg(test)]
super::json::schema::describe_inline!(PageSize, { "type": "integer", "minimum": 1, "maximum": 100 });

impl Default for PageSize {
    fn default() -> PageSize {
        PageSize(20)
    }
}

impl<'de> Deserialize<'de> for PageSize {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<PageSize, D::Error> {
        let Integer(number) = Integer::deserialize(input)?;
        PageSize::new(number).ok_or_else(|| input::refuse("out_of_range", "out of range"))
    }
}

/// Whether a list counts all that match.
#[derive(Clone, Copy, Default, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename_all = "lowercase"))]
pub enum Count {
    #[default]
    Exact,
    None,
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Count, D::Error> {
        input::parse_word(input, |word| match word {
            "exact" => Some(Count::Exact),
            "none" => Some(Count::None),
            _ => None,
        })
    }
}

/// The bytes by which a list is sorted, in a cursor: in hexadecimal.
#[derive(Clone, Debug, PartialEq)]
pub struct SortKey(pub Vec<u8>);

impl Serialize for SortKey {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        let hex: String = self.0.iter().map(|byte| format!("{byte:02x}")).collect();
        output.serialize_str(&hex)
    }
}

impl<'de> Deserialize<'de> for SortKey {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<SortKey, D::Error> {
        let text = String::deserialize(input)?;
        let is_hex = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() % 2 == 1 || !text.bytes().all(is_hex) {
            return Err(serde::de::Error::custom("not a sort key"));
        }
        let digits = |n: usize| u8::from_str_radix(&text[n..n + 2], 16);
        let bytes = (0..text.len()).step_by(2).map(digits).collect::<Result<_, _>>();
        bytes.map(SortKey).map_err(serde::de::Error::custom)
    }
}

/// The rows of a page, and whether more follow.
pub struct Page<R> {
    pub rows: Vec<R>,
    has_more: bool,
}

impl<R> Page<R> {
    /// From up to `size.limit()` rows.
    pub fn new(mut rows: Vec<R>, size: PageSize) -> Page<R> {
        let shown = size.get() as usize;
        let has_more = rows.len() > shown;
        rows.truncate(shown);
        Page { rows, has_more }
    }

    /// The cursor of the next page, which continues after the last row of this one.
    pub fn next_cursor<C: Serialize>(
        &self,
        position_of: impl FnOnce(&R) -> Option<C>,
    ) -> Result<Option<String>> {
        let last = self.rows.last().filter(|_| self.has_more);
        last.and_then(position_of).map(|position| encode(&position)).transpose()
    }
}

/// A cursor: the position after which a page continues, as JSON. Clients send it back unchanged.
pub fn encode(position: &impl Serialize) -> Result<String> {
    serde_json::to_string(position).map_err(|problem| error::internal(&problem.to_string()))
}

/// The position that a cursor holds.
pub fn decode<C: DeserializeOwned>(cursor: &str) -> Result<C> {
    let position =
        (cursor.len() <= MAX_CURSOR).then(|| serde_json::from_str(cursor).ok()).flatten();
    position.ok_or_else(malformed_cursor)
}

pub fn malformed_cursor() -> ErrorReport {
    error::invalid(
        "invalid_cursor",
        "p_filters.cursor",
        "not a cursor",
        "Pass the nextCursor of the previous page unchanged.",
    )
}

/// Refuses a cursor of a list in another order.
pub fn check_same_order(cursor: &str, list: &str) -> Result<()> {
    if cursor == list {
        return Ok(());
    }
    Err(error::invalid(
        "invalid_cursor",
        "p_filters.cursor",
        format!("from a list sorted by {cursor:?}, not {list:?}"),
        "Keep sort the same from page to page, or begin at the first page.",
    ))
}

/// A timestamp in a cursor, in microseconds since 2000, so that it comes back exactly.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "i64", try_from = "i64")]
pub struct CursorTime(pub TimestampWithTimeZone);

impl From<CursorTime> for i64 {
    fn from(time: CursorTime) -> i64 {
        time.0.into_inner()
    }
}

impl TryFrom<i64> for CursorTime {
    type Error = &'static str;

    fn try_from(micros: i64) -> Result<CursorTime, &'static str> {
        let time = TimestampWithTimeZone::try_from(micros);
        time.map(CursorTime).map_err(|_| "not a timestamp that Postgres can store")
    }
}
