//! JSON arguments: serde does the reading, this turns what it says into our errors, with what is allowed as the hint.

use pgrx::pg_sys::panic::ErrorReport;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::error::{self, Result};
use super::json::input::{self, Whole};

/// How many things a page has at most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PerPage(i64);

impl PerPage {
    /// As a list of keys says it.
    pub const ALLOWED: &str = "a whole number from 1 to 100";

    pub fn of(number: i64) -> Option<PerPage> {
        (1..=100).contains(&number).then_some(PerPage(number))
    }

    pub fn get(self) -> i64 {
        self.0
    }
}

impl Default for PerPage {
    fn default() -> PerPage {
        PerPage(20)
    }
}

impl<'de> Deserialize<'de> for PerPage {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<PerPage, D::Error> {
        let Whole(number) = Whole::deserialize(input)?;
        PerPage::of(number).ok_or_else(|| D::Error::custom("out of range"))
    }
}

/// What was given as the cursor of a list is none.
pub fn not_a_cursor() -> ErrorReport {
    error::bad("p_filters.cursor", "not a cursor", "Give nextCursor of the page before, unchanged.")
}

#[derive(Clone, Copy)]
pub enum Count {
    Exact,
    None,
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Count, D::Error> {
        input::word(input, |word| match word {
            "exact" => Some(Count::Exact),
            "none" => Some(Count::None),
            _ => None,
        })
    }
}
