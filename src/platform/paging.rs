//! JSON arguments: serde does the reading, this turns what it says into our errors, with what is allowed as the hint.

use pgrx::pg_sys::panic::ErrorReport;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::error::{self, Result};
use super::json::input::{self, Integer};

/// How many things a page has at most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PageSize(i64);

impl PageSize {
    /// As a list of keys says it.
    pub const ALLOWED: &str = "a whole number from 1 to 100";

    pub fn of(number: i64) -> Option<PageSize> {
        (1..=100).contains(&number).then_some(PageSize(number))
    }

    pub fn get(self) -> i64 {
        self.0
    }
}

impl Default for PageSize {
    fn default() -> PageSize {
        PageSize(20)
    }
}

impl<'de> Deserialize<'de> for PageSize {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<PageSize, D::Error> {
        let Integer(number) = Integer::deserialize(input)?;
        PageSize::of(number).ok_or_else(|| D::Error::custom("out of range"))
    }
}

/// What was given as the cursor of a list is none.
pub fn malformed_cursor() -> ErrorReport {
    error::bad("p_filters.cursor", "not a cursor", "Give nextCursor of the page before, unchanged.")
}

#[derive(Clone, Copy)]
pub enum Count {
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
