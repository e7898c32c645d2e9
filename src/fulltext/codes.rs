//! Codes: words that separators join, such as `ORD-117`, are also found as one.

use std::borrow::Cow;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::phones::{international_number, national_number};

/// A code has at most so many parts. Columns of numbers have more.
const MAX_CODE_PARTS: usize = 8;

/// Codes of fewer characters are found by their parts only: `1.7` is not 17.
const MIN_NUMBER: usize = 5;

/// A code of more bytes is found by its parts only.
const MAX_CODE: usize = 64;

/// A word inside a code has at most so many letters, in bytes, and one at its beginning one more.
/// Longer words before a number belong to a path.
const MAX_LABEL: usize = 3;

/// How many characters after a label the number of its code begins.
const MAX_LABELS: usize = 12;

/// Longer separators join nothing.
const MAX_SEPARATOR: usize = 4;

/// The parts of keys have so many characters or more.
const MIN_KEY: usize = 4;

/// The digits of a telephone number without its area code.
const MIN_SUBSCRIBER: usize = 7;

/// Words that are also found as one: `ORD-117` as `ord117`.
#[derive(Debug, PartialEq)]
pub(super) struct Code {
    pub range: Range<usize>,
    /// That of its first word.
    pub position: usize,
    pub word: String,
    pub kind: CodeKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CodeKind {
    /// All that separators join.
    Whole,
    /// Only the end of that, or a part of a word.
    Part,
    /// A telephone number without the code of its country.
    National,
}

/// Words that separators without spaces join, and digits across a space.
#[derive(Default)]
pub(super) struct Chain {
    parts: Vec<Part>,
    has_other_separators: bool,
    /// As versions and decimal numbers have. A space after them begins another number.
    has_points: bool,
    is_too_long: bool,
    /// Whether a plus is before it, as before the code of a country.
    has_plus: bool,
    is_fraction: bool,
}

struct Part {
    range: Range<usize>,
    position: usize,
    word: String,
}

impl Chain {
    /// Adds a word, of which `before` is what separates it from the last one, and `after` the text
    /// that follows.
    pub(super) fn add(
        &mut self,
        before: &str,
        range: Range<usize>,
        after: &str,
        (position, word): (usize, &str),
        codes: &mut Vec<Code>,
    ) {
        let separator = canonical(before);
        let separator = separator.as_ref();
        let joins_words = match separator {
            "-" | "'" => true,
            // In abbreviations.
            "\"" => self.is_hebrew(),
            _ => false,
        };
        let is_joined = joins_words || self.is_joined(separator, word, after);
        if !is_joined {
            // `a.b` of `a.b.com` is none.
            if separator == "." && self.is_abbreviation() {
                *self = Chain::default();
            }
            self.finish(codes);
            self.has_plus = separator.ends_with('+');
        }
        if self.parts.len() == MAX_CODE_PARTS {
            self.is_too_long = true;
            return;
        }
        let is_joined = is_joined && !self.parts.is_empty();
        self.has_points |= is_joined && matches!(separator, "." | ",");
        self.is_fraction = is_joined && separator == "/" && self.parts.len() == 1;
        // Nobody dials the (0) after the code of a country.
        let is_dialled = !(self.has_plus && word == "0" && separator.ends_with('('));
        let word = if is_dialled { word } else { "" }.to_owned();
        self.parts.push(Part { range, position, word });
        self.has_other_separators |= is_joined && !joins_words && !self.is_abbreviation();
    }

    fn is_joined(&self, separator: &str, word: &str, after: &str) -> bool {
        let Some(Part { word: last, .. }) = self.parts.last() else { return false };
        match separator {
            "." if is_short(last) && is_short(word) => true,
            "_" | "/" | "." | "," | ":" | "#" if has_digit(word) => true,
            "_" | "/" | "." => {
                (has_digit(last) || last.len() <= MAX_LABEL + 1) && is_label(word, separator, after)
            }
            "°" | " °" => has_digit(last) && is_letter(word),
            " " if self.begins_account() => {
                word.len() <= 4 && (self.parts.len() == 1 || has_digit(word))
            }
            " / " | " - " if word.starts_with('0') && self.is_subscriber() => false,
            " " | "(" | " (" | ")" | ") " | " / " | " - " | "–" => {
                !self.has_points && (has_digit(last) || last.is_empty()) && has_digit(word)
            }
            _ => false,
        }
    }

    fn is_hebrew(&self) -> bool {
        self.parts.last().is_some_and(|part| part.word.ends_with(|c| matches!(c, 'א'..='ת')))
    }

    /// Whether it has nothing but letters, as `U.S.A.` and `Ph.D.`
    fn is_abbreviation(&self) -> bool {
        self.parts.iter().all(|part| is_short(&part.word))
            && self.parts.iter().any(|part| is_letter(&part.word))
    }

    /// Whether it is a whole telephone number, so that what follows is another.
    fn is_subscriber(&self) -> bool {
        self.parts.iter().map(|part| part.word.len()).sum::<usize>() >= MIN_SUBSCRIBER
    }

    /// Whether it may be an account number (IBAN): groups of four letters and digits, of which the
    /// first is like `GB29`.
    fn begins_account(&self) -> bool {
        let is_first = |word: &str| {
            let (country, check) = word.split_at_checked(2).unwrap_or_default();
            country.bytes().all(|byte| byte.is_ascii_lowercase()) && is_number(check)
        };
        self.parts.iter().all(|part| part.word.len() == 4)
            && self.parts.first().is_some_and(|part| is_first(&part.word))
    }

    /// Whether it is a key such as `ABCDE-FGHIJ-KLMNO-PQRST`.
    fn is_key(&self) -> bool {
        let mut lengths = self.parts.iter().map(|part| part.word.len());
        let first = lengths.next();
        first >= Some(MIN_KEY) && lengths.all(|length| Some(length) == first)
    }

    /// Ends the chain, and adds its codes.
    pub(super) fn finish(&mut self, codes: &mut Vec<Code>) {
        if !self.is_too_long {
            self.push_codes(codes);
        }
        let mut parts = std::mem::take(&mut self.parts);
        parts.clear();
        *self = Chain { parts, ..Chain::default() };
    }

    /// With digits, the whole and each of its ends; of words, the whole. A single part is a word,
    /// which only a telephone number is more than.
    fn push_codes(&self, codes: &mut Vec<Code>) {
        let parts = &self.parts;
        let Some(end) = parts.last().map(|part| part.range.end) else { return };
        let has_digits = parts.iter().any(|part| has_digit(&part.word));
        if !has_digits {
            let is_word = parts.len() <= 3 || self.is_abbreviation() || self.is_key();
            if parts.len() == 1 || self.has_other_separators || !is_word {
                return;
            }
        }
        let joined = |start: usize, separator: &str| {
            let words = parts[start..].iter().map(|part| part.word.as_str());
            words.collect::<Vec<_>>().join(separator)
        };
        let code = |start: usize, word: String, kind| Code {
            range: parts[start].range.start..end,
            position: parts[start].position,
            word,
            kind,
        };
        let starts = if has_digits { parts.len() - 1 } else { 1 };
        for start in (0..starts).filter(|&start| !parts[start].word.is_empty()) {
            let word = joined(start, "");
            let is_short_number = is_number(&word) && word.len() < MIN_NUMBER;
            if !is_short_number && word.len() <= MAX_CODE {
                let kind = if start == 0 { CodeKind::Whole } else { CodeKind::Part };
                codes.push(code(start, word, kind));
            }
        }
        if self.has_plus || parts[0].word.starts_with("00") {
            let number = joined(0, "");
            if let Some(international) = international_number(&number, self.has_plus) {
                let national = national_number(international).to_owned();
                codes.push(code(0, national, CodeKind::National));
                if !self.has_plus {
                    codes.push(code(0, international.to_owned(), CodeKind::Whole));
                }
            }
        }
        if self.is_fraction
            && parts.iter().all(|part| part.word.len() == 1 && has_digit(&part.word))
        {
            codes.push(code(0, joined(0, "\u{2044}"), CodeKind::Whole));
        }
    }
}

/// A separator with one form for all hyphens, apostrophes, dashes and spaces, and no full width.
fn canonical(separator: &str) -> Cow<'_, str> {
    if separator.is_ascii() && !separator.contains('`') {
        return Cow::Borrowed(separator);
    }
    let plain = separator.chars().take(MAX_SEPARATOR).nfkc().map(|character| match character {
        '‐' | '\u{2011}' | '־' => '-',
        '‘' | '’' | 'ʻ' | 'ʼ' | '´' | '`' | '׳' | '״' | '\u{200C}' => '\'',
        '‒' | '–' | '—' | '―' | '−' => '–',
        other => other,
    });
    Cow::Owned(plain.collect())
}

/// Whether a word without digits stands inside a code: the same separator and digits follow.
fn is_label(word: &str, separator: &str, after: &str) -> bool {
    word.len() <= MAX_LABEL
        && after
            .chars()
            .take(MAX_LABELS)
            .take_while(|&c| c.is_alphanumeric() || separator.contains(c))
            .any(|c| c.is_ascii_digit())
}

/// A part of an abbreviation.
fn is_short(word: &str) -> bool {
    word.chars().count() <= 2 && word.chars().all(char::is_alphabetic)
}

/// A letter of the abbreviation `U.S.A.`
fn is_letter(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none()
}

pub(super) fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

pub(super) fn has_digit(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
}
