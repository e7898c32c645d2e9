//! Different spellings of the same word: Unicode forms, letter case, and words without accents.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::characters::{ascii_digit, is_ignored};

/// Marks are parts of letters in Indic and Thai, for instance: there they are never left out.
const END_OF_SCRIPTS_WITH_ACCENTS: char = '\u{700}';

/// How the letters of a language are written in lower case.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Casing {
    Default,
    /// The lower case of I is dotless.
    Turkish,
}

impl Casing {
    pub(super) fn of(language: &str) -> Casing {
        if language == "turkish" { Casing::Turkish } else { Casing::Default }
    }
}

/// A word in compatibility form (NFKC) and lower case, with digits in ASCII.
pub(super) fn normalize(word: &str, casing: Casing) -> String {
    if word.is_ascii() && casing == Casing::Default {
        return word.to_ascii_lowercase();
    }
    let mut normalized = String::with_capacity(word.len() + 8);
    for character in word.nfkc().filter(|&character| !is_ignored(character)) {
        match (character, casing) {
            ('I', Casing::Turkish) => normalized.push('ı'),
            ('İ', _) => normalized.push('i'),
            ('ß' | 'ẞ', _) => normalized.push_str("ss"),
            ('ς', _) => normalized.push('σ'),
            // Persian keyboards have their own letters for the same.
            ('ی', _) => normalized.push('ي'),
            ('ک', _) => normalized.push('ك'),
            ('°', _) => {}
            (vowel, _) if is_thai_vowel_mark(vowel) => {
                // People type the marks of a letter in any order. Tones come last here.
                let tone = normalized.chars().next_back().filter(|&mark| is_thai_tone(mark));
                normalized.truncate(normalized.len() - tone.map_or(0, char::len_utf8));
                normalized.push(vowel);
                normalized.extend(tone);
            }
            _ => normalized.extend(character.to_lowercase().map(ascii_digit)),
        }
    }
    // Lower case may change the form: that of some Greek capitals ends in a mark.
    normalized.nfc().collect()
}

/// Thai or Lao.
fn is_thai_tone(character: char) -> bool {
    matches!(character, '\u{E48}'..='\u{E4B}' | '\u{EC8}'..='\u{ECB}')
}

/// A vowel above or below its letter, or a final sound.
fn is_thai_vowel_mark(character: char) -> bool {
    matches!(
        character,
        '\u{E31}' | '\u{E34}'..='\u{E3A}' | '\u{E47}' | '\u{E4D}'
            | '\u{EB1}' | '\u{EB4}'..='\u{EBC}' | '\u{ECD}'
    )
}

/// The word without accents, and as German and Nordic languages write it without their letters:
/// `muller` and `mueller` for `müller`. Empty if the word has no accents.
pub(super) fn without_accents(word: &str) -> Vec<String> {
    if word.is_ascii() {
        return Vec::new();
    }
    let plain = strip(word.chars());
    let mut folded = Vec::new();
    if word.contains(['ä', 'ö', 'ü', 'å', 'ø']) {
        folded.push(strip(word.chars().flat_map(|character| {
            let letters = match character {
                'ä' => ['a', 'e'],
                'ö' | 'ø' => ['o', 'e'],
                'ü' => ['u', 'e'],
                'å' => ['a', 'a'],
                other => [other, '\0'],
            };
            letters.into_iter().filter(|&letter| letter != '\0')
        })));
    }
    if plain != word {
        folded.push(plain);
    }
    folded
}

/// A text in lower case and without accents, to compare names.
pub fn plain(text: &str) -> String {
    let text = normalize(text, Casing::Default);
    without_accents(&text).pop().unwrap_or(text)
}

fn strip(word: impl Iterator<Item = char>) -> String {
    let mut has_accents = false;
    let mut plain = String::new();
    let mut characters = word.nfd().peekable();
    while let Some(character) = characters.next() {
        let letters = match character {
            // At the end of Arabic words, many people write these two without their points.
            'ة' if characters.peek().is_none() => "ه",
            'ى' if characters.peek().is_none() => "ي",
            'ø' => "o",
            'ł' => "l",
            'đ' | 'ð' | 'ɖ' | 'ɗ' => "d",
            'þ' => "th",
            'æ' => "ae",
            'œ' => "oe",
            'ı' => "i",
            'ħ' => "h",
            'ŧ' => "t",
            'ŋ' => "n",
            'ɓ' => "b",
            'ə' | 'ǝ' | 'ɛ' => "e",
            'ƙ' => "k",
            'ɔ' => "o",
            'ƴ' => "y",
            'ґ' => "г",
            _ => "",
        };
        let is_mark = is_combining_mark(character);
        if !is_mark {
            has_accents = character < END_OF_SCRIPTS_WITH_ACCENTS;
        }
        match letters {
            "" if is_mark && has_accents => {}
            "" => plain.push(character),
            _ => plain.push_str(letters),
        }
    }
    plain.nfc().collect()
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::*;

    #[pg_test]
    fn fulltext_folding_makes_one_word_of_its_spellings() {
        for (word, wanted) in [
            ("CAFE\u{301}", "café"),
            ("Ｗｉｎｄｏｗｓ", "windows"),
            ("o\u{fb03}ce", "office"),
            ("GROẞEN", "grossen"),
            ("ΦΑΚΕΛΟΣ", "φακελοσ"),
            ("φάκελος", "φάκελοσ"),
            ("İzmir", "izmir"),
            ("Drucker\u{ad}patrone", "druckerpatrone"),
            ("٤٥٦٧٣", "45673"),
            ("نهايی", "نهايي"),
            ("25℃", "25c"),
            ("น้ำ", "น\u{e4d}\u{e49}\u{e32}"),
            ("น\u{e4d}\u{e49}า", "น\u{e4d}\u{e49}\u{e32}"),
        ] {
            assert_eq!(normalize(word, Casing::Default), wanted, "{word}");
        }
        assert_eq!(normalize("IŞIK", Casing::Turkish), "ışık");
        assert_eq!(normalize("İZMİR", Casing::Turkish), "izmir");
    }

    #[pg_test]
    fn fulltext_folding_leaves_out_accents_but_no_letters() {
        for (word, folded) in [
            ("müller", &["mueller", "muller"][..]),
            ("łódź", &["lodz"]),
            ("việt", &["viet"]),
            ("счёт", &["счет"]),
            ("שָׁלוֹם", &["שלום"]),
            ("مدرسة", &["مدرسه"]),
            ("şəkil", &["sekil"]),
            ("ɗaƙi", &["daki"]),
            ("ґанок", &["ганок"]),
            ("cafe", &[]),
            ("ข้าว", &[]),
            ("ガス", &[]),
            ("किताब", &[]),
        ] {
            assert_eq!(without_accents(word), folded, "{word}");
        }
    }
}
