//! Which part of a text is indexed, and which part of a query is read.

use std::borrow::Cow;

use pgrx::prelude::*;

/// Only so many characters of a text are indexed.
const MAX_TEXT: usize = 100_000;

/// Longer words are cut, in bytes. Postgres refuses lexemes of 2047 bytes; lower case can be half
/// as long again, and a lexeme has a prefix.
const MAX_WORD: usize = 1_000;

/// Only so many characters of a query are read, because the cost of ranking grows with their
/// square.
const MAX_QUERY: usize = 2_000;

pub(super) const MAX_QUERY_WORDS: usize = 50;

/// Words of more bytes are neither completed nor compared for typos.
pub(super) const MAX_TYPED_WORD: usize = 100;

/// The part of a text that is indexed.
#[pg_extern(immutable, parallel_safe)]
fn indexable_text(p_text: Option<&str>) -> String {
    p_text.map(|text| indexable(text, MAX_TEXT).into_owned()).unwrap_or_default()
}

/// The first `max_length` characters of a text, with long words cut into several.
fn indexable(text: &str, max_length: usize) -> Cow<'_, str> {
    let text = match text.char_indices().nth(max_length) {
        Some((end, _)) => &text[..end],
        None => text,
    };
    if text.split_ascii_whitespace().all(|word| word.len() <= MAX_WORD) {
        return text.into();
    }
    let mut cut = String::with_capacity(text.len() + text.len() / MAX_WORD + 1);
    let mut length = 0;
    for character in text.chars() {
        length = if character.is_ascii_whitespace() { 0 } else { length + character.len_utf8() };
        if length > MAX_WORD {
            cut.push(' ');
            length = character.len_utf8();
        }
        cut.push(character);
    }
    cut.into()
}

/// The part of a query that is read: its first words, without the dashes that no word or phrase
/// follows. Postgres takes each dash for a NOT, and refuses more than 32 of them in a row.
pub(super) fn sanitize(query: &str) -> String {
    let query = indexable(query, MAX_QUERY);
    let mut read = String::new();
    let (mut words, mut last) = (0, ' ');
    let mut characters = query.chars().peekable();
    while let Some(character) = characters.next() {
        if last.is_whitespace() && !character.is_whitespace() {
            words += 1;
        }
        if words > MAX_QUERY_WORDS {
            break;
        }
        let is_followed = characters.peek().is_some_and(|&c| c == '"' || c.is_alphanumeric());
        if character != '-' || is_followed {
            read.push(character);
        }
        last = character;
    }
    read
}

#[cfg(any(test, feature = "pg_test"))]
#[pg_schema]
mod tests {
    use super::*;

    #[pg_test]
    fn fulltext_cuts_long_words_and_texts() {
        assert_eq!(indexable("a b", 2), "a ");
        assert!(matches!(indexable(&"x".repeat(1000), 5000), Cow::Borrowed(_)));
        let cut = indexable(&"é".repeat(501), 5000).into_owned();
        assert_eq!(cut, format!("{} é", "é".repeat(500)));
        assert_eq!(cut, indexable(&cut, 5000));
    }

    #[pg_test]
    fn fulltext_reads_what_somebody_may_have_typed() {
        assert_eq!(sanitize("E-42 -not -\"a phrase\""), "E-42 -not -\"a phrase\"");
        assert_eq!(sanitize("this - that -- -x"), "this  that  -x");
        assert_eq!(sanitize(&"-".repeat(100)), "");
        assert_eq!(sanitize(&"- ".repeat(100)).trim(), "");
        assert_eq!(sanitize(&"word ".repeat(100)).split_whitespace().count(), MAX_QUERY_WORDS);
    }
}
