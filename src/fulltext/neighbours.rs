//! Words of a query that texts may write as one: `Windows 11` as `Windows11`.

use std::ops::Range;

/// The unit of a number has at most so many letters.
const MAX_UNIT: usize = 3;

/// Words that stand side by side in a query, and what they are in its expression.
#[derive(Default)]
pub(super) struct Neighbours {
    /// With a space between two.
    pub text: String,
    words: Vec<Word>,
}

struct Word {
    range: Range<usize>,
    /// The index of its part. None of a stop word, and of punctuation.
    place: Option<usize>,
}

impl Neighbours {
    pub(super) fn push(&mut self, word: &str, place: Option<usize>) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        let start = self.text.len();
        self.text.push_str(word);
        self.words.push(Word { range: start..self.text.len(), place });
    }

    /// The words that overlap with a part of the text.
    pub(super) fn words_in(&self, part: &Range<usize>) -> Range<usize> {
        let start = self.words.partition_point(|word| word.range.end <= part.start);
        let end = self.words.partition_point(|word| word.range.start < part.end);
        start..end
    }

    /// What some of the words are in the expression.
    pub(super) fn places(&self, words: Range<usize>) -> impl Iterator<Item = usize> {
        self.words[words].iter().filter_map(|word| word.place)
    }

    /// Letters and digits side by side as one: which words, and how they are written then.
    pub(super) fn pairs(&self) -> Vec<(Range<usize>, String)> {
        let text = |n: usize| &self.text[self.words[n].range.clone()];
        let mut pairs = Vec::new();
        for n in 1..self.words.len() {
            let (word, next) = (text(n - 1), text(n));
            let begins_with_digit = next.starts_with(|c: char| c.is_ascii_digit());
            if begins_with_digit && is_version(word) {
                let digits = next.find(|c: char| !c.is_ascii_digit()).unwrap_or(next.len());
                pairs.push((n - 1..n, format!("v{}", &next[..digits])));
            }
            let is_name = begins_with_digit && word.chars().all(char::is_alphabetic);
            if is_name || is_decimal(word) && is_unit(next) {
                pairs.push((n - 1..n + 1, format!("{word}{next}")));
            }
        }
        pairs
    }
}

/// In the languages of Europe.
fn is_version(word: &str) -> bool {
    let word = word.to_lowercase();
    ["vers", "wers", "верс"].iter().any(|beginning| word.starts_with(beginning))
}

fn is_decimal(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
        && word.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
}

/// A letter alone is none, without its sign of degrees.
fn is_unit(word: &str) -> bool {
    let letters = word.trim_start_matches('°');
    word.len() > 1
        && letters.chars().count() <= MAX_UNIT
        && letters.chars().all(char::is_alphabetic)
}
