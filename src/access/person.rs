//! A filter by a person: the caller, or somebody by their id.

use pgrx::Uuid;
use serde::{Deserialize, Deserializer};

use crate::platform::json::id::Id;
use crate::platform::json::input;

#[derive(Clone, Copy)]
pub enum Person {
    Me,
    Other(Id),
}

impl Person {
    /// From `me` or an id.
    pub fn from_text(text: &str) -> Option<Person> {
        match text {
            "me" => Some(Person::Me),
            id => Id::from_text(id).map(Person::Other),
        }
    }

    /// Their profile, where `me` is the caller's.
    pub fn profile(self, me: Option<Uuid>) -> Option<Uuid> {
        match self {
            Person::Me => me,
            Person::Other(id) => Some(id.into()),
        }
    }
}

impl<'de> Deserialize<'de> for Person {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Person, D::Error> {
        input::parse_word(input, Person::from_text)
    }
}
