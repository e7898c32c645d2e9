//! What people type into a search box, as the index understands it.

use std::collections::BTreeSet;

use super::lexemes::indexable;
use super::query::{MAX_LENGTH, sanitize};

/// Shorter words have no typos: too many others are near them. Longer ones are no words.
const MIN_SIMILAR: usize = 4;

pub(super) const MAX_SIMILAR: usize = 100;

/// Finds titles in which every longer word of a query is, but for a typo: one letter wrong, missing, added or swapped with its
/// neighbour; two in words of eight letters and more.
///
/// pg_trgm is not used: to it `pritner` is as near to `price list` as to `printer` (word_similarity 0.375), so that it finds both or
/// neither; its index is no faster over 20,000 titles than comparing them here, and would be one over all organizations.
pub struct SimilarTitle {
    wanted: BTreeSet<String>,
}

impl SimilarTitle {
    /// None when the query has no longer word.
    pub fn to(query: &str) -> Option<SimilarTitle> {
        let wanted: BTreeSet<String> = split_words(&sanitize(&indexable(query, MAX_LENGTH)))
            .filter(|word| word.chars().count() >= MIN_SIMILAR)
            .map(str::to_lowercase)
            .collect();
        (!wanted.is_empty()).then_some(SimilarTitle { wanted })
    }

    pub fn matches(&self, title: &str) -> bool {
        self.wanted.iter().all(|wanted| split_words(title).any(|word| is_near(wanted, word)))
    }
}

fn is_near(wanted: &str, word: &str) -> bool {
    let ((length, letters), (other_length, other_letters)) = (letters(wanted), letters(word));
    let allowed = if length >= 8 { 2 } else { 1 };
    // Each typo changes the length by one at most, and the letters by two: far cheaper to see than the distance.
    length.abs_diff(other_length) <= allowed
        && (letters ^ other_letters).count_ones() as usize <= 2 * allowed
        && strsim::damerau_levenshtein(wanted, &word.to_lowercase()) <= allowed
}

/// How many letters a word has, and which: one bit for each, and for those that share it.
pub(super) fn letters(word: &str) -> (usize, u64) {
    word.chars()
        .flat_map(char::to_lowercase)
        .fold((0, 0), |(length, set), letter| (length + 1, set | 1 << (letter as u32 % 64)))
}

fn split_words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && word.len() <= MAX_SIMILAR)
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::super::query::MAX_WORDS;
    use super::*;

    #[pg_test]
    fn typos_forgives_a_typo_in_a_title() {
        let similar_title = |query: &str, title: &str| {
            SimilarTitle::to(query).is_some_and(|similar| similar.matches(title))
        };
        assert!(similar_title("pritner", "Setting up a printer"));
        assert!(similar_title("Printre, setup", "printer setup"));
        assert!(similar_title("pasword resset", "Password reset"));
        assert!(similar_title("athentication", "Authentication"));
        assert!(!similar_title("prnt", "Printer"));
        assert!(!similar_title("printer coffee", "Printer"));
        assert!(!similar_title("", "Printer"));
        assert!(!similar_title("a b c", "a b c"));
    }

    #[pg_test]
    fn typos_compares_titles_with_a_few_words_however_many_there_are() {
        let words = |query: &str| SimilarTitle::to(query).map_or(0, |similar| similar.wanted.len());
        assert_eq!(words(&"pritner ".repeat(100_000)), 1);
        let different: String = (0..100_000).map(|n| format!("word{n} ")).collect();
        assert_eq!(words(&different), MAX_WORDS);
    }
}
