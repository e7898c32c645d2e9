//! Which part of a text is indexed, and which part of a query is read.

/// Only so many characters of a text are indexed.
const MAX_TEXT: usize = 100_000;

/// Only so many characters of a query are read, because the cost of ranking grows with their
/// square.
const MAX_QUERY: usize = 2_000;

/// The longest title. A longer text, which only cursors of callers have, sorts by its beginning,
/// because the cost of a key grows with the square of the number of marks on a letter.
const MAX_SORTED: usize = 500;

pub(super) const MAX_QUERY_WORDS: usize = 50;

/// Words of more bytes are neither completed nor compared for typos.
pub(super) const MAX_TYPED_WORD: usize = 100;

/// The part of a text that is indexed.
pub(super) fn indexable(text: &str) -> &str {
    first_characters(text, MAX_TEXT)
}

/// The part of a query that is read.
pub(super) fn readable(query: &str) -> &str {
    first_characters(query, MAX_QUERY)
}

/// The part of a text that it is sorted by.
pub(super) fn sortable(text: &str) -> &str {
    first_characters(text, MAX_SORTED)
}

pub(super) fn first_characters(text: &str, count: usize) -> &str {
    text.char_indices().nth(count).map_or(text, |(end, _)| &text[..end])
}
