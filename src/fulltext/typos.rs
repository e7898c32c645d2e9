//! Finds titles despite typos in the query.

use std::collections::BTreeSet;

use super::folding::plain;
use super::text::{MAX_QUERY_WORDS, MAX_TYPED_WORD, readable};

/// Shorter words must match exactly, because too many others are similar.
const MIN_SIMILAR: usize = 4;

/// From this many letters on, a word may have two typos instead of one.
const MIN_TWO_TYPOS: usize = 8;

/// With fewer letters, a beginning must match exactly.
const MIN_BEGINNING: usize = 5;

/// Matches titles that contain every longer word of a query, except for typos: a letter that is
/// wrong, missing, added or swapped with its neighbour.
///
/// pg_trgm rates `pritner` as similar to `price list` as to `printer` (word_similarity 0.375), so
/// it would find both or neither; its index is no faster than comparing 20,000 titles here.
pub struct SimilarTitle {
    wanted: BTreeSet<String>,
}

impl SimilarTitle {
    /// None if the query has no longer word, or a phrase, which is meant exactly.
    pub fn for_query(query: &str) -> Option<SimilarTitle> {
        if query.contains('"') {
            return None;
        }
        let wanted: BTreeSet<String> = split_words(readable(query))
            .filter(|word| has_digit(word) || word.chars().count() >= MIN_SIMILAR)
            .take(MAX_QUERY_WORDS)
            .map(plain)
            .collect();
        (!wanted.is_empty()).then_some(SimilarTitle { wanted })
    }

    pub fn matches(&self, title: &str) -> bool {
        let words: Vec<String> = split_words(title).map(plain).collect();
        self.wanted.iter().all(|wanted| words.iter().any(|word| is_similar(wanted, word)))
    }
}

fn has_digit(word: &str) -> bool {
    word.contains(char::is_numeric)
}

fn is_similar(wanted: &str, word: &str) -> bool {
    // Another number is another thing.
    if has_digit(wanted) {
        return wanted == word;
    }
    let length = wanted.chars().count();
    let allowed = if length >= MIN_TWO_TYPOS { 2 } else { 1 };
    if is_within(allowed, wanted, word) {
        return true;
    }
    // The beginning of a longer word: `qouta` for `quotas`. Few typos are in the first letter.
    if length < MIN_BEGINNING || wanted.chars().next() != word.chars().next() {
        return false;
    }
    word.char_indices().nth(length).is_some_and(|(end, _)| is_within(1, wanted, &word[..end]))
}

/// Whether at most so many typos make one word of the other.
fn is_within(allowed: usize, wanted: &str, word: &str) -> bool {
    let ((length, letters), (other_length, other_letters)) = (letter_set(wanted), letter_set(word));
    // A typo changes the length by at most one and the letters by at most two. Both are far cheaper
    // to compare than the distance.
    length.abs_diff(other_length) <= allowed
        && (letters ^ other_letters).count_ones() as usize <= 2 * allowed
        && strsim::damerau_levenshtein(wanted, word) <= allowed
}

/// The number of a word's letters, and a set of them, in which some letters share a bit.
fn letter_set(word: &str) -> (usize, u64) {
    word.chars().fold((0, 0), |(length, set), letter| (length + 1, set | 1 << (letter as u32 % 64)))
}

fn split_words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && word.len() <= MAX_TYPED_WORD)
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::*;

    #[pg_test]
    fn typos_in_a_title_are_forgiven() {
        let similar_title = |query: &str, title: &str| {
            SimilarTitle::for_query(query).is_some_and(|similar| similar.matches(title))
        };
        assert!(similar_title("pritner", "Setting up a printer"));
        assert!(similar_title("Printre, setup", "printer setup"));
        assert!(similar_title("pasword resset", "Password reset"));
        assert!(similar_title("athentication", "Authentication"));
        assert!(similar_title("qouta", "Plans and quotas"));
        assert!(!similar_title("prnt", "Printer"));
        assert!(!similar_title("ponts", "Printer"));
        assert!(!similar_title("printer coffee", "Printer"));
        assert!(!similar_title("", "Printer"));
        assert!(!similar_title("a b c", "a b c"));
    }

    #[pg_test]
    fn typos_are_compared_for_few_words_however_many_there_are() {
        let words =
            |query: &str| SimilarTitle::for_query(query).map_or(0, |similar| similar.wanted.len());
        assert_eq!(words(&"pritner ".repeat(100_000)), 1);
        let different: String = (0..100_000).map(|n| format!("word{n} ")).collect();
        assert_eq!(words(&different), MAX_QUERY_WORDS);
    }
}
