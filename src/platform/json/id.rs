//! UUIDs in JSON arguments and results.

use pgrx::Uuid;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::input::parse_word;

/// A UUID in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id(Uuid);

impl From<Uuid> for Id {
    fn from(id: Uuid) -> Id {
        Id(id)
    }
}

impl From<Id> for Uuid {
    fn from(id: Id) -> Uuid {
        id.0
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        uuid::Uuid::from_bytes(*self.0.as_bytes()).serialize(output)
    }
}

impl Id {
    pub fn from_text(text: &str) -> Option<Id> {
        let id = uuid::Uuid::try_parse(text).ok()?;
        Some(Uuid::from_bytes(id.into_bytes()).into())
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Id, D::Error> {
        parse_word(input, Id::from_text)
    }
}
