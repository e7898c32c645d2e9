//! Finds titles despite typos in the query.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

use super::folding::plain;
use super::syntax::has_quotes;
use super::text::{MAX_QUERY_WORDS, MAX_TYPED_WORD, readable};

/// Shorter words must match exactly, because too many others are similar.
const MIN_SIMILAR: usize = 4;

/// From this many letters on, a word may have two typos instead of one; from that many, if no
/// letter is another one, but only doubled or not, or in another place.
const MIN_TWO_TYPOS: usize = 8;
const MIN_TWO_SLIPS: usize = 6;

/// With fewer letters, a word has no ending.
const MIN_BEGINNING: usize = 5;

/// A word with a typo may have an ending of so many letters, that of a plural for instance.
const MAX_ENDING: usize = 2;

/// Compares titles with the longer words of a query, except for typos: a letter that is wrong,
/// missing, added or swapped with its neighbour.
///
/// pg_trgm rates `pritner` as similar to `price list` as to `printer` (word_similarity 0.375), so
/// it would find both or neither; its index is no faster than comparing 20,000 titles here.
pub struct SimilarTitle {
    wanted: BTreeSet<String>,
}

impl SimilarTitle {
    /// None if the query has no word with letters only, or a phrase, which is meant exactly. Its
    /// short words count only if there are no longer ones.
    pub fn for_query(query: &str) -> Option<SimilarTitle> {
        if has_quotes(query) {
            return None;
        }
        let words: Vec<String> =
            split_words(readable(query)).map(letters).take(MAX_QUERY_WORDS).collect();
        let is_word_of =
            |length: usize| move |word: &String| !has_digit(word) && word.chars().count() >= length;
        let shortest = [MIN_SIMILAR, MIN_SIMILAR - 1]
            .into_iter()
            .find(|&n| words.iter().any(is_word_of(n)))?;
        let is_wanted = |word: &String| has_digit(word) || is_word_of(shortest)(word);
        Some(SimilarTitle { wanted: words.into_iter().filter(is_wanted).collect() })
    }

    /// What the title has of the query; None if it lacks words without having one with a typo.
    pub fn compare(&self, title: &str) -> Option<Similarity> {
        let may_be_similar =
            |word: &&str| self.wanted.iter().any(|wanted| may_have_same_start(wanted, word));
        let words: Vec<String> = split_words(title).filter(may_be_similar).map(letters).collect();
        let mut similarity = Similarity::default();
        for wanted in &self.wanted {
            match words.iter().filter_map(|word| distance(wanted, word)).min() {
                Some(typos) => similarity.typos += typos,
                None => similarity.missing.push(wanted.clone()),
            }
        }
        (similarity.missing.is_empty() || similarity.typos > 0).then_some(similarity)
    }
}

/// What a title has of a query.
#[derive(Default)]
pub struct Similarity {
    /// How many typos make words of the title of those of the query.
    pub typos: usize,
    /// The words of the query that are not in the title. The text may have them.
    pub missing: Vec<String>,
}

/// A word in lower case without accents, Korean syllables as letters.
fn letters(word: &str) -> String {
    let plain = plain(word);
    if plain.is_ascii() { plain } else { plain.nfd().collect() }
}

fn has_digit(word: &str) -> bool {
    word.contains(char::is_numeric)
}

/// How many typos make `word` of `wanted`, if they are few enough. A word with other letters at its
/// beginning, or with two typos at its end, is rather another word.
fn distance(wanted: &str, word: &str) -> Option<usize> {
    if wanted == word {
        return Some(0);
    }
    let length = wanted.chars().count();
    // Another number is another thing.
    if has_digit(wanted) || !has_same_start(wanted, word) {
        return None;
    }
    let has_same_end = || wanted.chars().next_back() == word.chars().next_back();
    if length < MIN_SIMILAR {
        // A letter is missing inside.
        let is_longer = word.chars().count() == length + 1;
        return (is_longer && has_same_end() && is_within(1, wanted, word)).then_some(1);
    }
    if is_within(1, wanted, word) {
        return Some(1);
    }
    let has_two = length >= MIN_TWO_TYPOS && has_same_end() && is_within(2, wanted, word)
        || length >= MIN_TWO_SLIPS && are_slips(wanted, word);
    let has_ending = || {
        let ends = word.char_indices().rev().take(MAX_ENDING);
        ends.map(|(end, _)| &word[..end]).any(|start| is_within(1, wanted, start))
    };
    (has_two || length >= MIN_BEGINNING && has_ending()).then_some(2)
}

/// Few typos are in the first letter, except that it is swapped with the second.
fn has_same_start(wanted: &str, word: &str) -> bool {
    let first = |word: &str| {
        let mut letters = word.chars();
        (letters.next(), letters.next())
    };
    let (a, b) = (first(wanted), first(word));
    a.0 == b.0 || a == (b.1, b.0)
}

/// The same of a word as it is written, which is cheaper than to convert it first; true if unsure.
fn may_have_same_start(wanted: &str, word: &str) -> bool {
    let first = |word: &str| {
        let mut letters = word.bytes().map(|letter| letter.to_ascii_lowercase());
        (letters.next(), letters.next())
    };
    let (a, b) = (first(wanted), first(word));
    !word.is_ascii() || a.0 == b.0 || a == (b.1, b.0)
}

/// Whether two typos are a letter that is doubled or not, and another; or two swaps.
fn are_slips(wanted: &str, word: &str) -> bool {
    let sorted = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    let is_longer = wanted.chars().count() != word.chars().count();
    if is_longer {
        is_within(1, &without_doubles(wanted), &without_doubles(word)) && is_within(2, wanted, word)
    } else {
        is_within(2, wanted, word) && sorted(wanted) == sorted(word)
    }
}

fn without_doubles(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    letters.dedup();
    letters.into_iter().collect()
}

/// Whether at most so many typos make one word of the other.
fn is_within(allowed: usize, wanted: &str, word: &str) -> bool {
    let ((length, letters), (other_length, other_letters)) = (letter_set(wanted), letter_set(word));
    // A typo changes the length by at most one and the letters by at most two. Both are far cheaper
    // to compare than the distance.
    length.abs_diff(other_length) <= 1
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

    fn similar_title(query: &str, title: &str) -> bool {
        let similar = SimilarTitle::for_query(query).and_then(|similar| similar.compare(title));
        similar.is_some_and(|similarity| similarity.missing.is_empty())
    }

    #[pg_test]
    fn typos_in_a_title_are_forgiven() {
        assert!(similar_title("pritner", "Setting up a printer"));
        assert!(similar_title("Printre, setup", "printer setup"));
        assert!(similar_title("pasword resset", "Password reset"));
        assert!(similar_title("athentication", "Authentication"));
        assert!(similar_title("qouta", "Plans and quotas"));
        assert!(similar_title("scnanre", "Scanner jams"));
        assert!(similar_title("skaner", "Scanner jams"));
        assert!(similar_title("wfi", "Wifi"));
        assert!(similar_title("fix the raditaor", "Radiator cold"));
        assert!(similar_title("invoise 371", "Invoice 371"));
        assert!(!similar_title("371", "Invoice 371"));
        assert!(similar_title("초기하", "초기화"));
        for (query, title) in [
            ("radio", "Radiator cold"),
            ("gladiator", "Radiator cold"),
            ("projection", "Projector dark"),
            ("park", "Projector dark"),
            ("observation", "Reservation desk"),
            ("blocked", "locked"),
            ("prnt", "Printer"),
        ] {
            assert!(!similar_title(query, title), "{query}");
        }
        assert!(!similar_title("ponts", "Printer"));
        assert!(!similar_title("printer coffee", "Printer"));
        assert!(!similar_title("", "Printer"));
        assert!(!similar_title("a b c", "a b c"));
    }

    #[pg_test]
    fn words_that_a_title_lacks_are_known_if_another_has_a_typo() {
        let missing = |query: &str, title: &str| {
            let similar = SimilarTitle::for_query(query).and_then(|similar| similar.compare(title));
            similar.map(|similarity| similarity.missing)
        };
        assert_eq!(
            missing("pritner paper 371", "Printer"),
            Some(vec!["371".into(), "paper".into()])
        );
        assert_eq!(missing("printer paper", "Printer"), None);
        assert_eq!(missing("paper", "Printer"), None);
    }

    #[pg_test]
    fn typos_are_compared_for_few_words_however_many_there_are() {
        let words =
            |query: &str| SimilarTitle::for_query(query).map_or(0, |similar| similar.wanted.len());
        assert_eq!(words(&"pritner ".repeat(100_000)), 1);
        let letter = |n: u8| char::from(b'a' + n % 26);
        let different: String = (0..=25)
            .flat_map(|a| (0..=25).map(move |b| format!("word{}{} ", letter(a), letter(b))))
            .collect();
        assert_eq!(words(&different.repeat(150)), MAX_QUERY_WORDS);
    }

    #[pg_test]
    fn typos_in_numbers_are_not_forgiven() {
        assert!(SimilarTitle::for_query("word1 4711 R2D2").is_none());
        assert!(!similar_title("printer 4711", "Printer 4712"));
        assert!(similar_title("pritner 4711", "Printer 4711"));
    }
}
