//! Arguments of type jsonb, built as Postgres builds them. It would have to parse a text.

use std::ptr;

use pg_sys::JsonbIteratorToken as Token;
use pg_sys::{JsonbParseState, JsonbValue, jbvType};
use pgrx::AnyNumeric;
use pgrx::datum::DatumWithOid;
use pgrx::prelude::*;
use serde_json::{Number, Value};

use super::error::{Result, internal};

/// A value as an argument of type jsonb.
pub fn jsonb(value: &Value) -> Result<DatumWithOid<'static>> {
    // SAFETY: the value outlives these calls, and the jsonb is a copy of it.
    unsafe {
        let jsonb = match value {
            Value::Array(_) | Value::Object(_) => {
                pg_sys::JsonbValueToJsonb(push(&mut ptr::null_mut(), Token::WJB_ELEM, value)?)
            }
            _ => pg_sys::JsonbValueToJsonb(&mut scalar(value)?),
        };
        Ok(DatumWithOid::new(pg_sys::Datum::from(jsonb), pg_sys::JSONBOID))
    }
}

/// Appends an element of an array or a value of an object. Returns the array or object that is
/// complete now.
///
/// # Safety
/// The value must live until the state is no longer used.
unsafe fn push(
    state: &mut *mut JsonbParseState,
    place: Token::Type,
    value: &Value,
) -> Result<*mut JsonbValue> {
    // SAFETY: the tokens come in the order that Postgres expects. It copies the JsonbValue.
    unsafe {
        match value {
            Value::Array(elements) => {
                pg_sys::pushJsonbValue(state, Token::WJB_BEGIN_ARRAY, ptr::null_mut());
                for element in elements {
                    push(state, Token::WJB_ELEM, element)?;
                }
                Ok(pg_sys::pushJsonbValue(state, Token::WJB_END_ARRAY, ptr::null_mut()))
            }
            Value::Object(fields) => {
                pg_sys::pushJsonbValue(state, Token::WJB_BEGIN_OBJECT, ptr::null_mut());
                for (key, value) in fields {
                    pg_sys::pushJsonbValue(state, Token::WJB_KEY, &mut string(key)?);
                    push(state, Token::WJB_VALUE, value)?;
                }
                Ok(pg_sys::pushJsonbValue(state, Token::WJB_END_OBJECT, ptr::null_mut()))
            }
            _ => Ok(pg_sys::pushJsonbValue(state, place, &mut scalar(value)?)),
        }
    }
}

fn scalar(value: &Value) -> Result<JsonbValue> {
    let mut result = JsonbValue::default();
    match value {
        Value::String(text) => return string(text),
        Value::Number(number) => {
            result.type_ = jbvType::jbvNumeric;
            result.val.numeric = numeric(number)?.cast_mut_ptr();
        }
        Value::Bool(boolean) => {
            result.type_ = jbvType::jbvBool;
            result.val.boolean = *boolean;
        }
        _ => result.type_ = jbvType::jbvNull,
    }
    Ok(result)
}

/// Borrows the text. Postgres would refuse a NUL when it reads the jsonb from a dump.
fn string(text: &str) -> Result<JsonbValue> {
    if text.contains('\0') {
        return Err(internal("a NUL in jsonb"));
    }
    let mut result = JsonbValue { type_: jbvType::jbvString, ..JsonbValue::default() };
    result.val.string.len = text.len() as i32;
    result.val.string.val = text.as_ptr().cast_mut().cast();
    Ok(result)
}

fn numeric(number: &Number) -> Result<pg_sys::Datum> {
    let numeric = match number.as_i64() {
        Some(integer) => AnyNumeric::from(integer),
        None => AnyNumeric::try_from(number.to_string().as_str())
            .map_err(|_| internal("a number that is no numeric"))?,
    };
    numeric.into_datum().ok_or_else(|| internal("a numeric without a value"))
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::jsonb;
    use crate::platform::json::input::tests::any_json;

    /// The text of the argument and that of Postgres's own reading of the value. Its text has no
    /// NUL, which jsonb cannot hold.
    fn both_ways(value: &Value) -> (Option<String>, Option<String>) {
        let text = value.to_string();
        Spi::get_two_with_args(
            "select $1::text, $2::jsonb::text",
            &[jsonb(value).unwrap(), text.as_str().into()],
        )
        .unwrap()
    }

    #[pg_test]
    fn jsonb_is_what_postgres_reads() {
        proptest!(|(value in any_json(&[("title", ""), ("", "")]))| {
            prop_assume!(!value.to_string().contains("\\u0000"));
            let (ours, read) = both_ways(&value);
            prop_assert_eq!(ours, read);
        });
        assert!(jsonb(&json!("a\0b")).is_err());
        assert!(jsonb(&json!({ "a\0b": 1 })).is_err());
        let long = "é".repeat(100_000);
        for value in [
            json!([]),
            json!({}),
            json!([[[]], {}, {"a": {"b": [1, [2.5, null]]}}]),
            json!({"b": 1, "a": 2, "long key": 3, "é": 4}),
            json!([i64::MIN, i64::MAX, u64::MAX, 1e300, -2.5e-300, 0.1, -0.0]),
            json!(long),
            json!({ "long": [long, long] }),
        ] {
            let (ours, read) = both_ways(&value);
            assert_eq!(ours, read);
        }
    }
}
