//! Stop words: those that do not tell what a text is about, such as `the`, `your` and `nicht`.

use std::collections::HashSet;

use crate::platform::dictionary::Dictionaries;
use crate::platform::error::Result;

/// The languages whose stop words Postgres ships. Of those that fit a text, the first counts.
const LANGUAGES: [&str; 14] = [
    "english",
    "german",
    "french",
    "spanish",
    "italian",
    "portuguese",
    "dutch",
    "russian",
    "swedish",
    "danish",
    "norwegian",
    "finnish",
    "hungarian",
    "turkish",
];

/// A single one says little about the language: `door` is a stop word in Dutch, `hat` in German.
const MIN_STOP_WORDS: usize = 2;

/// The characters of Chinese stop words.
const CHINESE: &str = "的了么吗呢我你您是在怎哪请这那什";

/// The stop words among the words of a text, in the language that has most of them.
pub(super) fn stop_words<'a>(words: &HashSet<&'a str>) -> Result<HashSet<&'a str>> {
    let mut most = HashSet::new();
    for language in LANGUAGES {
        let dictionaries = Dictionaries::of(language)?;
        let found: HashSet<&str> =
            words.iter().filter(|word| dictionaries.lexemes(word).is_empty()).copied().collect();
        let is_enough = language == LANGUAGES[0] || found.len() >= MIN_STOP_WORDS;
        if is_enough && found.len() > most.len() {
            most = found;
        }
    }
    Ok(most)
}

/// Whether a pair of characters is like a stop word. Japanese writes nouns and verbs in Kanji or
/// Katakana, and what is between them in Hiragana.
pub(super) fn is_grammatical_pair(pair: &str) -> bool {
    let is_hiragana = |character| ('\u{3041}'..='\u{309F}').contains(&character);
    pair.chars().all(is_hiragana) || pair.chars().any(|character| CHINESE.contains(character))
}
