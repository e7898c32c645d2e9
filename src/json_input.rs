//! JSON arguments: serde does the reading, this turns what it says into our errors, with what is allowed as the hint.

use pgrx::Uuid;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};

use crate::error::{Error, Result};

/// Longest list of values that one key may have.
const MAX_VALUES: usize = 100;

/// Reads an argument that is a JSON object. `keys` says which keys there are, and what each of them may be.
pub fn parse<T: DeserializeOwned>(
    argument: &'static str,
    text: &str,
    keys: &[(&str, &str)],
) -> Result<T> {
    // serde would take an array for an object, its values for the fields in order.
    if !text.trim_start().starts_with('{') {
        return Err(Error::bad(argument, "not a JSON object", allowed_keys(keys)));
    }
    let mut input = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut input).map_err(|failure| {
        let path = failure.path().to_string();
        let key = path.split(['.', '[']).next().unwrap_or_default();
        let allowed = keys.iter().find(|(name, _)| *name == key);
        let place = match allowed {
            Some((name, _)) => format!("{argument}.{name}"),
            None => argument.to_owned(),
        };
        let hint = match allowed {
            Some((name, values)) => format!("{name} may be: {values}."),
            None => allowed_keys(keys),
        };
        let problem = failure.into_inner().to_string();
        // serde_json adds a position in a text that the caller never saw.
        let problem = problem.split(" at line ").next().unwrap_or_default().to_owned();
        Error::bad(place, problem, hint)
    })
}

fn allowed_keys(keys: &[(&str, &str)]) -> String {
    let names: Vec<_> = keys.iter().map(|(name, _)| *name).collect();
    format!("A JSON object. Allowed keys: {}.", names.join(", "))
}

/// A key that is there, with a value that is not null, unless the type itself takes null.
pub fn present<'de, D, T>(input: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(input).map(Some)
}

/// One value or a list of them.
#[derive(Debug)]
pub struct OneOrMany<T>(pub Vec<T>);

impl<'de, T: DeserializeOwned> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let values = match serde_json::Value::deserialize(input)? {
            serde_json::Value::Array(values) => values,
            value => vec![value],
        };
        if values.is_empty() || values.len() > MAX_VALUES {
            return Err(D::Error::custom(format!(
                "a list of {} values, 1 to {MAX_VALUES} are allowed",
                values.len()
            )));
        }
        values
            .into_iter()
            .map(|value| serde_json::from_value(value).map_err(D::Error::custom))
            .collect::<Result<_, _>>()
            .map(OneOrMany)
    }
}

/// An id as JSON has it.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Id(uuid::Uuid);

impl From<Id> for Uuid {
    fn from(id: Id) -> Uuid {
        Uuid::from_bytes(*id.0.as_bytes())
    }
}
