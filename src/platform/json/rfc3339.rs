//! Timestamps in JSON arguments.

use pgrx::datum::TimestampWithTimeZone;
use serde::{Deserialize, Deserializer};

use super::input::parse_word;
use crate::platform::datum::timestamp_from;

/// An RFC 3339 timestamp.
#[derive(Clone, Copy)]
pub struct Rfc3339(pub TimestampWithTimeZone);

impl<'de> Deserialize<'de> for Rfc3339 {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Rfc3339, D::Error> {
        parse_word(input, |word| timestamp_from(word.parse().ok()?).map(Rfc3339))
    }
}
