//! A filter by a person: the caller, or somebody by their id.

use pgrx::Uuid;
use serde::{Deserialize, Deserializer};

use crate::platform::json::id::Id;
use crate::platform::json::input;

#[derive(Clone, Copy)]
pub enum PersonFilter {
    Me,
    Other(Id),
}

impl PersonFilter {
    /// From `me` or an id.
    pub fn from_text(text: &str) -> Option<PersonFilter> {
        match text {
            "me" => Some(PersonFilter::Me),
            id => Id::from_text(id).map(PersonFilter::Other),
        }
    }

    /// Their profile, where `me` is the caller's.
    pub fn profile(self, me: Option<Uuid>) -> Option<Uuid> {
        match self {
            PersonFilter::Me => me,
            PersonFilter::Other(id) => Some(id.into()),
        }
    }
}

#[cfg(test)]
crate::platform::json::schema::describe_inline!(PersonFilter, {
    "anyOf": [{ "type": "string", "format": "uuid" }, { "const": "me" }],
});

impl<'de> Deserialize<'de> for PersonFilter {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<PersonFilter, D::Error> {
        input::parse_word(input, PersonFilter::from_text)
    }
}
