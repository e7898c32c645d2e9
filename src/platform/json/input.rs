//! Parses JSON arguments. Errors name the key, and the hint lists the allowed values.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Display;

use pgrx::pg_sys::panic::ErrorReport;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::platform::error::{self, Result};

/// The longest list of values that a key may have.
const MAX_VALUES: usize = 100;

/// The longest description of a problem: it may quote the input, which may be long.
const MAX_PROBLEM: usize = 200;

/// Parses an argument that is a JSON object, or a JSON string that contains one, because PostgREST
/// passes the arguments of a GET that way. `keys` lists the allowed keys and their values.
pub fn parse<T: DeserializeOwned>(argument: &str, text: &str, keys: &[(&str, &str)]) -> Result<T> {
    let text = object_text(argument, text, keys)?;
    let mut input = serde_json::Deserializer::from_str(&text);
    let explain = |failure: serde_path_to_error::Error<serde_json::Error>| {
        explain(argument, keys, failure.path(), failure.inner())
    };
    let value = serde_path_to_error::deserialize(&mut input).map_err(explain)?;
    // A JSON string may contain more than the object.
    input.end().map_err(|problem| {
        error::invalid("invalid_value", argument, problem, allowed_keys(keys))
    })?;
    Ok(value)
}

/// Parses filters. A key that is null or "" is not filtered by, as if it were left out, because
/// that is what a form sends for a field that nobody filled in.
pub fn parse_filters<T: DeserializeOwned>(
    argument: &str,
    text: &str,
    keys: &[(&str, &str)],
) -> Result<T> {
    let mut filters: serde_json::Map<String, Value> = parse(argument, text, keys)?;
    filters.retain(|key, value| {
        let is_empty = value.is_null() || value.as_str() == Some("");
        !is_empty || !keys.iter().any(|(name, _)| name == key)
    });
    serde_path_to_error::deserialize(Value::Object(filters))
        .map_err(|failure| explain(argument, keys, failure.path(), failure.inner()))
}

/// Parses an argument that is a JSON object with keys of the caller's choice, or a JSON string that
/// contains one.
pub fn parse_map(argument: &str, text: &str, allowed: &str) -> Result<BTreeMap<String, Value>> {
    let invalid =
        |problem: &dyn Display| error::invalid("invalid_value", argument, problem, allowed);
    let text = unquoted(text);
    if !text.trim_start().starts_with('{') {
        return Err(invalid(&"not a JSON object"));
    }
    serde_json::from_str(&text).map_err(|problem| invalid(&problem))
}

/// The keys of an object, each with its values.
pub type Keys<'a> = &'a [(&'a str, &'a str)];

/// Parses an argument that is a list of up to 100 JSON objects, or a JSON string that contains one.
pub fn parse_list<T: DeserializeOwned>(
    argument: &'static str,
    text: &str,
    keys: Keys,
) -> Result<Vec<T>> {
    let items = parse_nested(argument, text, &[keys])?;
    if items.len() > MAX_VALUES {
        let problem = format!("{} items; up to {MAX_VALUES} are allowed", items.len());
        return Err(error::invalid("too_long", argument, problem, list_hint(keys)));
    }
    Ok(items)
}

/// Parses a list of any length. `keys`: of the objects in the list, and then of the objects in
/// these.
pub fn parse_nested<T: DeserializeOwned>(
    argument: &'static str,
    text: &str,
    keys: &[Keys],
) -> Result<Vec<T>> {
    let hint = || list_hint(keys.first().unwrap_or(&NO_KEYS));
    let text = unquoted(text);
    if !text.trim_start().starts_with('[') {
        return Err(error::invalid("invalid_value", argument, "not a JSON list", hint()));
    }
    let mut input = serde_json::Deserializer::from_str(&text);
    let items: Vec<T> = serde_path_to_error::deserialize(&mut input).map_err(|failure| {
        let path = failure.path().to_string();
        let (parent, last) = path.rsplit_once('.').unwrap_or((&path, ""));
        let key = last.split('[').next().unwrap_or_default();
        let (place, hint) = match keys.iter().copied().flatten().find(|(name, _)| *name == key) {
            Some((name, values)) => (format!("{argument}{path}"), value_hint(name, values)),
            None => (format!("{argument}{parent}"), hint()),
        };
        refusal(place, failure.inner(), hint)
    })?;
    input.end().map_err(|problem| error::invalid("invalid_value", argument, problem, hint()))?;
    Ok(items)
}

const NO_KEYS: Keys = &[];

fn list_hint(keys: Keys) -> String {
    format!("A list of objects with the keys {}.", names(keys))
}

/// The text inside a JSON string, or the text itself if it is another value.
fn unquoted(text: &str) -> Cow<'_, str> {
    match text.trim_start() {
        text if text.starts_with('"') => Cow::Owned(serde_json::from_str(text).unwrap_or_default()),
        text => Cow::Borrowed(text),
    }
}

fn object_text<'a>(argument: &str, text: &'a str, keys: &[(&str, &str)]) -> Result<Cow<'a, str>> {
    let text = unquoted(text);
    // serde would also accept an array, as the values of the fields in order.
    if !text.trim_start().starts_with('{') {
        return Err(error::invalid(
            "invalid_value",
            argument,
            "not a JSON object",
            allowed_keys(keys),
        ));
    }
    Ok(text)
}

/// The error of a JSON object that serde refused.
fn explain(
    argument: &str,
    keys: &[(&str, &str)],
    path: &serde_path_to_error::Path,
    problem: &serde_json::Error,
) -> ErrorReport {
    let path = path.to_string();
    let key = path.split(['.', '[']).next().unwrap_or_default();
    let (place, hint) = match keys.iter().find(|(name, _)| *name == key) {
        Some((name, values)) => (format!("{argument}.{name}"), value_hint(name, values)),
        None => (argument.to_owned(), allowed_keys(keys)),
    };
    refusal(place, problem, hint)
}

fn refusal(place: String, problem: &serde_json::Error, hint: String) -> ErrorReport {
    let problem = problem.to_string();
    let (word, problem) = split_word(&problem);
    // serde_json adds a position in a text that the caller never saw; serde adds the allowed
    // values, which are in the hint.
    let problem = problem.split(" at line ").next().unwrap_or_default();
    let problem = problem.split(", expected one of").next().unwrap_or_default();
    error::invalid(word, place, problem.chars().take(MAX_PROBLEM).collect::<String>(), hint)
}

/// Between the word of a refusal and its description, which serde joins to one text.
const AFTER_WORD: char = '\u{1F}';

/// A deserializer's refusal, with a word as every error of ours has one.
pub fn refuse<E: serde::de::Error>(word: &str, problem: impl Display) -> E {
    E::custom(format!("{word}{AFTER_WORD}{problem}"))
}

/// The word of what serde refused, and the description.
fn split_word(problem: &str) -> (&str, &str) {
    match problem.split_once(AFTER_WORD) {
        Some(refusal) => refusal,
        None if problem.starts_with("unknown field") => ("unknown_key", problem),
        None => ("invalid_value", problem),
    }
}

fn value_hint(key: &str, values: &str) -> String {
    format!("{key} may be: {values}.")
}

fn allowed_keys(keys: &[(&str, &str)]) -> String {
    format!("A JSON object. Allowed keys: {}.", names(keys))
}

fn names(keys: &[(&str, &str)]) -> String {
    keys.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

/// Deserializes an optional key that must not be null if it is present.
pub fn non_null<'de, D, T>(input: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(input).map(Some)
}

/// The elements of a one-dimensional Postgres array such as `{high,"urgent"}`. The values that
/// lists are filtered by have no characters that would be escaped.
fn array_literal(text: &str) -> Option<Vec<String>> {
    let elements = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    if elements.trim().is_empty() {
        return Some(Vec::new());
    }
    let unquote = |element: &str| {
        let inside = element.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        inside.unwrap_or(element).to_owned()
    };
    Some(elements.split(',').map(|element| unquote(element.trim())).collect())
}

/// One value, or a list of them: a JSON array, or the text of a Postgres array.
#[derive(Debug)]
pub struct OneOrMany<T>(pub Vec<T>);

impl<T: Copy> OneOrMany<T> {
    /// The values of a key, converted for a statement; empty if the key is missing.
    pub fn values<V>(key: &Option<OneOrMany<T>>, value: fn(T) -> V) -> Vec<V> {
        key.iter().flat_map(|values| &values.0).copied().map(value).collect()
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let values = match Value::deserialize(input)? {
            Value::Array(values) => values,
            Value::String(text) => match array_literal(&text) {
                Some(values) => values.into_iter().map(Value::String).collect(),
                None => vec![Value::String(text)],
            },
            value => vec![value],
        };
        if values.is_empty() || values.len() > MAX_VALUES {
            return Err(refuse(
                if values.is_empty() { "empty_list" } else { "too_long" },
                format!("a list of {} values; 1 to {MAX_VALUES} are allowed", values.len()),
            ));
        }
        values
            .into_iter()
            .map(|value| serde_json::from_value(value).map_err(D::Error::custom))
            .collect::<Result<_, _>>()
            .map(OneOrMany)
    }
}

/// Deserializes a string with a function that knows the allowed ones.
pub fn parse_word<'de, D, T>(input: D, known: impl FnOnce(&str) -> Option<T>) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    let word = String::deserialize(input)?;
    known(&word).ok_or_else(|| D::Error::custom(format!("not allowed: {word:?}")))
}

/// Deserializes a string that is one of `allowed`.
pub fn one_of<'de, D>(input: D, allowed: &[&'static str]) -> Result<&'static str, D::Error>
where
    D: Deserializer<'de>,
{
    parse_word(input, |word| allowed.iter().find(|known| **known == word).copied())
}

/// A whole number, or a string that contains one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Integer(pub i64);

impl<'de> Deserialize<'de> for Integer {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Integer, D::Error> {
        let value = Value::deserialize(input)?;
        let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
        number.map(Integer).ok_or_else(|| D::Error::custom("not a whole number"))
    }
}

/// A boolean, or a string that contains one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flag(pub bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Flag, D::Error> {
        let value = Value::deserialize(input)?;
        let flag = value.as_bool().or_else(|| value.as_str()?.parse().ok());
        flag.map(Flag).ok_or_else(|| D::Error::custom("neither true nor false"))
    }
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
pub mod tests {
    use pgrx::prelude::*;
    use proptest::prelude::*;

    use super::*;

    /// Any JSON, mostly with the argument's keys and with values that some of them accept.
    pub fn any_json(keys: &[(&str, &str)]) -> impl Strategy<Value = Value> + use<> {
        let words = [
            "urgent",
            "open",
            "me",
            "none",
            "exact",
            "-priority",
            "title",
            "draft",
            "public",
            "ticket",
            "2026-01-01T00:00:00Z",
            "00000000-0000-4000-8000-000000000001",
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,20}".prop_map(Value::from),
            prop::sample::select(words.to_vec()).prop_map(Value::from),
            Just(Value::from("{}")),
        ];
        let keys: Vec<String> = keys.iter().map(|(key, _)| key.to_string()).collect();
        let key = prop_oneof![4 => prop::sample::select(keys), 1 => "[a-zA-Z]{0,8}"];
        leaf.prop_recursive(3, 20, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((key.clone(), inner), 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    /// An object, or a string that contains one, as PostgREST passes it in a GET.
    fn is_object(input: &Value) -> bool {
        let inside = input.as_str().and_then(|text| serde_json::from_str(text).ok());
        inside.as_ref().unwrap_or(input).is_object()
    }

    /// Every input is parsed, or refused with an error that names the argument and has a hint.
    pub fn every_input_is_read_or_refused<T>(
        argument: &str,
        keys: &[(&str, &str)],
        parse: impl Fn(&str) -> Result<T>,
    ) {
        proptest!(|(input in any_json(keys))| {
            match parse(&input.to_string()) {
                Ok(_) => prop_assert!(is_object(&input)),
                Err(refused) => {
                    prop_assert!(refused.message().starts_with(argument), "{}", refused.message());
                    prop_assert!(refused.hint().is_some());
                }
            }
        });
    }

    #[pg_test]
    fn json_input_lists_have_1_to_100_values() {
        proptest!(|(values in prop::collection::vec(any::<i64>(), 0..300))| {
            let read = serde_json::from_value::<OneOrMany<Integer>>(values.clone().into());
            match read {
                Ok(OneOrMany(numbers)) => {
                    prop_assert!((1..=100).contains(&values.len()));
                    prop_assert_eq!(numbers.into_iter().map(|n| n.0).collect::<Vec<_>>(), values);
                }
                Err(_) => prop_assert!(values.is_empty() || values.len() > 100),
            }
        });
    }

    #[pg_test]
    fn json_input_lists_may_be_the_text_of_an_array() {
        let read = |text: &str| serde_json::from_value::<OneOrMany<String>>(text.into());
        for (text, values) in [
            ("{high,urgent}", vec!["high", "urgent"]),
            (r#" { "high" , urgent } "#, vec!["high", "urgent"]),
            ("{high}", vec!["high"]),
            ("high", vec!["high"]),
            ("{high", vec!["{high"]),
            ("{high,}", vec!["high", ""]),
        ] {
            assert_eq!(read(text).unwrap().0, values, "{text}");
        }
        assert!(read("{ }").unwrap_err().to_string().contains("a list of 0 values"));
    }

    #[pg_test]
    fn json_input_filters_that_are_null_or_empty_are_left_out() {
        #[derive(Debug, Deserialize, PartialEq)]
        #[serde(deny_unknown_fields)]
        struct Filters {
            tag: Option<String>,
            page: Option<i64>,
        }
        const KEYS: &[(&str, &str)] = &[("tag", "a tag"), ("page", "a number")];
        let parse = |text: &str| parse_filters::<Filters>("p_filters", text, KEYS);
        let none = Filters { tag: None, page: None };
        for text in ["{}", r#"{"tag": null}"#, r#"{"tag": "", "page": null}"#, r#"{"page": ""}"#] {
            assert_eq!(parse(text).unwrap(), none, "{text}");
        }
        assert_eq!(parse(r#"{"tag": " "}"#).unwrap().tag.as_deref(), Some(" "));
        for (text, message) in [
            (r#"{"colour": null}"#, "p_filters: unknown field `colour`"),
            (r#"{"page": "x"}"#, "p_filters.page: invalid type: string \"x\""),
            ("[]", "p_filters: not a JSON object"),
        ] {
            let refused = parse(text).unwrap_err();
            assert!(refused.message().starts_with(message), "{}", refused.message());
        }
    }
}
