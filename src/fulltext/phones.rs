//! Telephone numbers with the code of a country, which people leave out.

/// The lengths of numbers with the code of a country, in digits.
const LENGTHS: std::ops::RangeInclusive<usize> = 9..=15;

/// The digits of a number after the plus or the 00 that the code of a country has before it.
pub(super) fn international_number(number: &str, has_plus: bool) -> Option<&str> {
    let number = if has_plus { number } else { number.strip_prefix("00")? };
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && LENGTHS.contains(&number.len())).then_some(number)
}

/// An international number without the code of its country.
pub(super) fn national_number(international: &str) -> &str {
    &international[country_code_length(international)..]
}

/// As people dial it in its country: after a zero, except in North America.
pub(super) fn as_dialled(number: &str, national: &str) -> String {
    let is_american = number.trim_start_matches('0').starts_with('1');
    format!("{}{national}", if is_american { "" } else { "0" })
}

/// Of a number of digits. The International Telecommunication Union assigns the codes.
fn country_code_length(number: &str) -> usize {
    match number.as_bytes() {
        [b'1' | b'7', ..] => 1,
        [b'2', b'0' | b'7', ..]
        | [b'3', b'0'..=b'4' | b'6' | b'9', ..]
        | [b'4', b'0' | b'1' | b'3'..=b'9', ..]
        | [b'5', b'1'..=b'8', ..]
        | [b'6', b'0'..=b'6', ..]
        | [b'8', b'1' | b'2' | b'4' | b'6', ..]
        | [b'9', b'0'..=b'5' | b'8', ..] => 2,
        _ => 3,
    }
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::*;

    #[pg_test]
    fn fulltext_phones_are_dialled_without_the_code_of_their_country() {
        for (number, has_plus, dialled) in [
            ("4930112233445", true, Some("030112233445")),
            ("00441614960123", false, Some("01614960123")),
            ("13125550188", true, Some("3125550188")),
            ("358401234567", true, Some("0401234567")),
            ("4930112233445", false, None),
            ("49", true, None),
        ] {
            let found = international_number(number, has_plus)
                .map(|number| as_dialled(number, national_number(number)));
            assert_eq!(found.as_deref(), dialled, "{number}");
        }
    }
}
