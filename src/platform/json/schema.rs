//! The JSON of the API as JSON Schema, for its clients. Only the test `json_schema_is_current`
//! compiles this: the structs that read and write the JSON derive `JsonSchema` in tests, and each
//! file describes the functions whose JSON it has.

use std::borrow::Cow;

use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema, json_schema};
use serde_json::{Map, Value, json};

use super::id::Id;
use super::input::{Flag, Integer, OneOrMany};
use super::output::Time;
use super::rfc3339::Rfc3339;

/// What JSON the functions take and return, and what jsonb columns hold.
pub struct Api {
    arguments: SchemaGenerator,
    results: SchemaGenerator,
    functions: Map<String, Value>,
    columns: Map<String, Value>,
}

impl Default for Api {
    fn default() -> Api {
        Api {
            arguments: SchemaSettings::draft2020_12().for_deserialize().into_generator(),
            results: SchemaSettings::draft2020_12().for_serialize().into_generator(),
            functions: Map::new(),
            columns: Map::new(),
        }
    }
}

impl Api {
    pub fn argument<T: JsonSchema>(&mut self, function: &str, argument: &str) {
        let schema = self.arguments.subschema_for::<T>().to_value();
        self.function(function)["arguments"][argument] = schema;
    }

    /// One of the sets of arguments that a function takes, although it declares all as optional.
    pub fn alternative(&mut self, function: &str, required: &[&str], optional: &[&str]) {
        let function = self.function(function).as_object_mut().unwrap();
        let alternatives = function.entry("alternatives").or_insert_with(|| json!([]));
        let alternative = json!({ "required": required, "optional": optional });
        alternatives.as_array_mut().unwrap().push(alternative);
    }

    pub fn result<T: JsonSchema>(&mut self, function: &str) {
        let schema = self.results.subschema_for::<T>().to_value();
        self.function(function)["result"] = schema;
    }

    /// The result of a function that returns a page, as output::page() writes it: the items under
    /// `key`, and the pagination with its keys that not every list has.
    pub fn page<T: JsonSchema>(
        &mut self,
        function: &str,
        name: &str,
        key: &str,
        pagination: &[&str],
    ) {
        let items = self.results.subschema_for::<T>();
        let pagination = self.name_pagination(pagination);
        let page = json!({
            "type": "object",
            "properties": {
                key: { "type": "array", "items": items },
                "pagination": { "$ref": format!("#/$defs/{pagination}") },
            },
            "required": [key, "pagination"],
        });
        self.results.definitions_mut().insert(name.to_owned(), page);
        self.function(function)["result"] = json!({ "$ref": format!("#/$defs/{name}") });
    }

    fn name_pagination(&mut self, optional: &[&str]) -> &'static str {
        let name = match optional {
            [] => "CursorPagination",
            ["total"] => "CountedPagination",
            _ => "NumberedPagination",
        };
        let mut properties = json!({
            "perPage": { "type": "integer" },
            "nextCursor": { "type": ["string", "null"] },
        });
        for key in optional {
            properties[*key] = json!({ "type": ["integer", "null"] });
        }
        let keys: Vec<&str> = ["perPage", "nextCursor"].iter().chain(optional).copied().collect();
        let schema = json!({ "type": "object", "properties": properties, "required": keys });
        self.results.definitions_mut().insert(name.to_owned(), schema);
        name
    }

    /// The contents of a jsonb column, `table.column`.
    pub fn column<T: JsonSchema>(&mut self, column: &str) {
        let schema = self.results.subschema_for::<T>().to_value();
        self.columns.insert(column.to_owned(), schema);
    }

    /// Says which values the keys of an argument may have, as the hints of its errors do.
    pub fn describe_keys(&mut self, name: &str, keys: &[(&str, &str)]) {
        let schema = &mut self.arguments.definitions_mut()[name];
        let described: Vec<&str> = keys.iter().map(|(key, _)| *key).collect();
        let mut known: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
        known.sort_by_key(|known| described.iter().position(|key| key == known));
        assert_eq!(known, described, "the keys of {name}");
        for (key, values) in keys {
            schema["properties"][*key]["description"] = json!(values);
        }
    }

    /// An argument that takes the same object as another one, apart from some keys.
    pub fn argument_without(&mut self, function: &str, name: &str, of: &str, keys: &[&str]) {
        let mut schema = self.arguments.definitions()[of].clone();
        for key in keys {
            schema["properties"].as_object_mut().unwrap().remove(*key).unwrap();
        }
        self.arguments.definitions_mut().insert(name.to_owned(), schema);
        self.function(function)["arguments"]["p_filters"] =
            json!({ "$ref": format!("#/$defs/{name}") });
    }

    fn function(&mut self, name: &str) -> &mut Value {
        self.functions.entry(name).or_insert_with(|| json!({ "arguments": {} }))
    }

    /// Everything that was described, as text.
    pub fn into_text(mut self) -> String {
        let mut types = self.arguments.take_definitions(true);
        for (name, schema) in self.results.take_definitions(true) {
            let other = types.insert(name.clone(), schema.clone());
            assert!(other.is_none_or(|other| other == schema), "two types have the name {name}");
        }
        // What the code says about its types is for its readers.
        for schema in types.values_mut() {
            schema.as_object_mut().unwrap().remove("description");
            finish(schema);
        }
        self.functions.values_mut().for_each(finish);
        let api = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$comment": "Generated by `make typescript` from the code; do not edit.",
            "$defs": types,
            "functions": self.functions,
            "columns": self.columns,
        });
        format!("{api:#}\n")
    }
}

/// Objects have no other keys than those that are described. The formats of numbers, and that keys
/// may be left out because they are null otherwise, mean nothing to callers.
fn finish(schema: &mut Value) {
    if let Value::Object(object) = schema {
        if object.contains_key("properties") {
            object.entry("additionalProperties").or_insert(json!(false));
        }
        object.remove("default");
        if let Some(Value::String(format)) = object.get("format")
            && !["uuid", "date", "date-time"].contains(&format.as_str())
        {
            object.remove("format");
        }
    }
    match schema {
        Value::Object(object) => object.values_mut().for_each(finish),
        Value::Array(items) => items.iter_mut().for_each(finish),
        _ => {}
    }
}

/// Columns of rows are read as options, but only these keys can really be null.
pub fn null_only_in(nullable: &'static [&'static str]) -> impl FnMut(&mut Schema) {
    move |schema| {
        let Some(Value::Object(properties)) = schema.get_mut("properties") else { return };
        for key in nullable {
            assert!(properties.contains_key(*key), "no key {key}");
        }
        for (key, property) in properties {
            if !nullable.contains(&key.as_str()) {
                remove_null(property);
            }
        }
    }
}

fn remove_null(schema: &mut Value) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            schema["type"] = only.clone();
        }
    }
    if let Some(Value::Array(alternatives)) = schema.get_mut("anyOf") {
        alternatives.retain(|alternative| alternative["type"] != "null");
        if let [only] = alternatives.as_slice() {
            *schema = only.clone();
        }
    }
}

/// A text that is one of some words.
pub fn words(words: &[impl AsRef<str>]) -> Schema {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    json_schema!({ "type": "string", "enum": words })
}

/// Describes a type that is one of some words in JSON.
macro_rules! describe_words {
    ($type:ty, $name:literal, $words:expr) => {
        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $crate::platform::json::schema::words($words)
            }
        }
    };
}
pub(crate) use describe_words;

/// Describes a type in place, without a name.
macro_rules! describe_inline {
    ($type:ty, $($schema:tt)+) => {
        impl schemars::JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($($schema)+)
            }
        }
    };
}
pub(crate) use describe_inline;

describe_inline!(Id, { "type": "string", "format": "uuid" });
describe_inline!(Rfc3339, { "type": "string", "format": "date-time" });
describe_inline!(Time, { "type": "string", "format": "date-time" });
describe_inline!(Integer, { "type": "integer" });
describe_inline!(Flag, { "type": "boolean" });

impl<T: JsonSchema> JsonSchema for OneOrMany<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("OneOrMany{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({
            "anyOf": [one, { "type": "array", "items": one, "minItems": 1, "maxItems": 100 }],
        })
    }
}
