//! Divides texts and queries into tokens: words, pairs of characters in scripts without spaces, and
//! codes with their separators left out.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use super::characters::{Class, classify};
use super::folding::{Casing, normalize};

/// Longer words are cut, in bytes. Postgres refuses lexemes of 2047 bytes.
const MAX_WORD: usize = 1_000;

/// A code has at most so many parts. Columns of numbers have more.
const MAX_CODE_PARTS: usize = 8;

/// Codes of fewer characters are found by their parts only: `1.7` is not 17.
const MIN_NUMBER: usize = 5;

/// The unit of a number has at most so many letters.
const MAX_UNIT: usize = 3;

/// A code of more bytes is found by its parts only.
const MAX_CODE: usize = 64;

/// A word, or two neighbouring characters in a script without spaces.
#[derive(Debug, PartialEq)]
pub(super) struct Token {
    /// Where it is in the text.
    pub range: Range<usize>,
    /// Counted from 1.
    pub position: usize,
    pub word: String,
    pub kind: TokenKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    Word,
    /// Two neighbouring characters in a script without spaces.
    Pair,
    /// The last character after pairs, which a query does not need.
    LastCharacter,
    /// A character with no other beside it.
    OnlyCharacter,
}

/// Words that are also found as one: `ORD-117` as `ord117`.
#[derive(Debug, PartialEq)]
pub(super) struct Code {
    pub range: Range<usize>,
    /// That of its first word.
    pub position: usize,
    pub word: String,
    /// Whether it is all that a separator joins, and not only its end.
    pub is_whole: bool,
}

#[derive(Default)]
pub(super) struct Tokens {
    pub tokens: Vec<Token>,
    pub codes: Vec<Code>,
}

/// Words that separators without spaces join, and digits across a space.
#[derive(Default)]
struct Chain {
    /// Range, position and word of each part.
    parts: Vec<(Range<usize>, usize, String)>,
    has_other_separators: bool,
    /// As versions and decimal numbers have. A space after them begins another number.
    has_points: bool,
    is_too_long: bool,
}

pub(super) fn tokenize(text: &str, casing: Casing) -> Tokens {
    let mut found = Tokens::default();
    let mut chain = Chain::default();
    let mut position = 0;
    let mut end = 0;
    for (range, class) in runs(text) {
        let run = &text[range.clone()];
        let separator = &text[end..range.start];
        if is_scheme(run, &text[range.end..]) {
            chain.finish(&mut found.codes);
            end = range.end;
            continue;
        }
        end = range.end;
        // Its pairs are short, however long it is.
        let is_unspaced = class == Class::Unspaced;
        let mut word = normalize(if is_unspaced { run } else { cut(run) }, casing);
        if word.is_empty() {
            continue;
        }
        if is_unspaced {
            chain.finish(&mut found.codes);
            position = push_pairs(&mut found.tokens, &word, run, range, position);
            continue;
        }
        // Some characters become many.
        word.truncate(cut(&word).len());
        let word = without_version_letter(word, &text[end..]);
        position += 1;
        chain.add(separator, range.clone(), position, &word, &mut found.codes);
        if let Some(number) = number_of(&word) {
            let word = number.to_owned();
            found.codes.push(Code { range: range.clone(), position, word, is_whole: false });
        }
        found.tokens.push(Token { range, position, word, kind: TokenKind::Word });
    }
    chain.finish(&mut found.codes);
    found
}

/// The longest stretches of characters of the same class, with the marks that belong to them.
fn runs(text: &str) -> impl Iterator<Item = (Range<usize>, Class)> {
    let mut characters = text.char_indices().peekable();
    std::iter::from_fn(move || {
        loop {
            let (start, first) = characters.next()?;
            let class = classify(first);
            if matches!(class, Class::Separator | Class::Mark) {
                continue;
            }
            let mut end = start + first.len_utf8();
            while let Some(&(at, character)) = characters.peek() {
                let next = classify(character);
                if next != class && next != Class::Mark || next == Class::Symbol {
                    break;
                }
                end = at + character.len_utf8();
                characters.next();
            }
            return Some((start..end, class));
        }
    })
}

/// `https` in a link, and `www` before a host: links are the same without them.
fn is_scheme(run: &str, rest: &str) -> bool {
    rest.starts_with("://") && run.is_ascii()
        || rest.starts_with('.') && run.eq_ignore_ascii_case("www")
}

fn cut(run: &str) -> &str {
    if run.len() <= MAX_WORD { run } else { &run[..run.floor_char_boundary(MAX_WORD)] }
}

/// `2` for the `v2` of `v2.10`.
fn without_version_letter(word: String, rest: &str) -> String {
    let mut after = rest.chars();
    let is_version = after.next() == Some('.') && after.next().is_some_and(|c| c.is_ascii_digit());
    match word.strip_prefix('v') {
        Some(number) if is_version && is_number(number) => number.to_owned(),
        _ => word,
    }
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// The number and the unit of `60hz`.
pub(super) fn split_unit(word: &str) -> Option<(&str, &str)> {
    let (number, unit) = word.split_at(word.trim_end_matches(char::is_alphabetic).len());
    let is_ordinal = matches!(unit, "st" | "nd" | "rd" | "th");
    (is_number(number) && is_unit(unit) && !is_ordinal).then_some((number, unit))
}

fn is_unit(word: &str) -> bool {
    !word.is_empty() && word.len() <= MAX_UNIT && word.chars().all(char::is_alphabetic)
}

/// The number at the end of `kb5034441` or `0x80070057`, or before the unit of `60hz`.
fn number_of(word: &str) -> Option<&str> {
    let hexadecimal = word.strip_prefix("0x").filter(|number| number.len() > 2);
    let at_end = word.trim_start_matches(|c: char| c.is_alphabetic());
    let at_start = word.trim_end_matches(|c: char| c.is_alphabetic());
    let has_unit = word.len() - at_start.len() <= MAX_UNIT;
    let is_part = |number: &&str| number.len() < word.len() && is_number(number);
    hexadecimal
        .or(Some(at_end).filter(is_part))
        .or(Some(at_start).filter(|number| has_unit && is_part(number)))
}

/// Pairs of neighbouring characters, then the last one alone. Returns the last position.
fn push_pairs(
    tokens: &mut Vec<Token>,
    word: &str,
    run: &str,
    range: Range<usize>,
    position: usize,
) -> usize {
    let starts: Vec<usize> = word
        .char_indices()
        .filter(|&(start, character)| start == 0 || !is_combining_mark(character))
        .map(|(start, _)| start)
        .collect();
    let is_unchanged = word == run;
    for (n, &start) in starts.iter().enumerate() {
        let end = starts.get(n + 2).copied().unwrap_or(word.len());
        let kind = match (starts.len(), n + 1 == starts.len()) {
            (1, _) => TokenKind::OnlyCharacter,
            (_, true) => TokenKind::LastCharacter,
            _ => TokenKind::Pair,
        };
        let range =
            if is_unchanged { range.start + start..range.start + end } else { range.clone() };
        tokens.push(Token {
            range,
            position: position + n + 1,
            word: cut(&word[start..end]).to_owned(),
            kind,
        });
    }
    position + starts.len()
}

impl Chain {
    fn add(
        &mut self,
        separator: &str,
        range: Range<usize>,
        position: usize,
        word: &str,
        codes: &mut Vec<Code>,
    ) {
        let joins_words =
            matches!(separator, "-" | "\u{2010}" | "\u{2011}" | "'" | "’" | "\u{2BC}" | "´" | "`");
        let is_joined = self.parts.last().is_some_and(|(_, _, last)| match separator {
            _ if joins_words => true,
            "." if is_letter(last) && is_letter(word) => true,
            "_" | "/" | "." | "," | ":" | "#" => has_digit(word),
            " " if self.begins_account() => word.len() <= 4,
            " " | "\u{a0}" | " (" | ")" | ") " | " / " | " - " => {
                !self.has_points && has_digit(last) && has_digit(word)
            }
            _ => false,
        });
        if !is_joined {
            // `a.b` of `a.b.com` is none.
            if separator == "." && self.is_abbreviation() {
                *self = Chain::default();
            }
            self.finish(codes);
        }
        if self.parts.len() == MAX_CODE_PARTS {
            self.is_too_long = true;
            return;
        }
        self.has_other_separators |= is_joined && !joins_words && !self.is_abbreviation();
        self.has_points |= is_joined && matches!(separator, "." | ",");
        self.parts.push((range, position, word.to_owned()));
    }

    /// Whether it has nothing but letters, as `U.S.A.`
    fn is_abbreviation(&self) -> bool {
        self.parts.iter().all(|(_, _, word)| is_letter(word))
    }

    /// Whether it may be an account number (IBAN): groups of four letters and digits, of which the
    /// first is like `GB29`.
    fn begins_account(&self) -> bool {
        let is_first = |word: &str| {
            let (country, check) = word.split_at_checked(2).unwrap_or_default();
            country.bytes().all(|byte| byte.is_ascii_lowercase()) && is_number(check)
        };
        self.parts.iter().all(|(_, _, word)| word.len() == 4)
            && self.parts.first().is_some_and(|(_, _, word)| is_first(word))
    }

    /// Ends the chain, and adds its codes: with digits, the whole and each of its ends; of words,
    /// the whole.
    fn finish(&mut self, codes: &mut Vec<Code>) {
        let is_abbreviation = self.is_abbreviation();
        let Chain { parts, has_other_separators, is_too_long, .. } = std::mem::take(self);
        let Some((last, _, _)) = parts.last() else { return };
        if parts.len() < 2 || is_too_long {
            return;
        }
        let has_digits = parts.iter().any(|(_, _, word)| has_digit(word));
        let is_word = parts.len() <= 3 || is_abbreviation;
        if !has_digits && (has_other_separators || !is_word) {
            return;
        }
        let starts = if has_digits { parts.len() - 1 } else { 1 };
        for start in 0..starts {
            let (first, position, _) = &parts[start];
            let word: String = parts[start..].iter().map(|(_, _, word)| word.as_str()).collect();
            let is_short_number = is_number(&word) && word.len() < MIN_NUMBER;
            if !is_short_number && word.len() <= MAX_CODE {
                let range = first.start..last.end;
                codes.push(Code { range, position: *position, word, is_whole: start == 0 });
            }
        }
    }
}

/// A letter of the abbreviation `U.S.A.`
fn is_letter(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none()
}

fn has_digit(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::*;

    fn words(text: &str) -> String {
        let found = tokenize(text, Casing::Default);
        let tokens = found.tokens.iter().map(|token| token.word.as_str());
        let codes = found.codes.iter().map(|code| code.word.as_str());
        format!(
            "{} | {}",
            tokens.collect::<Vec<_>>().join(" "),
            codes.collect::<Vec<_>>().join(" ")
        )
    }

    #[pg_test]
    fn fulltext_tokens_are_what_people_search_for() {
        for (text, wanted) in [
            ("Re: the <b>Printer</b>", "re the b printer b | "),
            ("https://www.acme.example:8443/a_b?c=d", "acme example 8443 a b c d | example8443"),
            ("ORD-2024-00117", "ord 2024 00117 | ord202400117 202400117"),
            ("+49 30 7654321", "49 30 7654321 | 49307654321 307654321"),
            ("(555) 867-5309", "555 867 5309 | 5558675309 8675309"),
            ("v2.10.3 1.7", "2 10 3 1 7 | "),
            ("KB5034441", "kb5034441 | 5034441"),
            ("60Hz 16GB", "60hz 16gb | 60 16 60hz16gb"),
            ("8 (495) 123-45-67", "8 495 123 45 67 | 84951234567 4951234567 1234567"),
            ("DE89 ABCD 1234 5", "de89 abcd 1234 5 | 89 de89abcd12345 abcd12345 12345"),
            ("п'ята пʼята", "п ята п ята | пята пята"),
            ("TH-๒๕๗๔-๐๐๙", "th 2574 009 | th2574009 2574009"),
            ("U.S.A. e.g. a.b.com", "u s a e g a b com | usa eg"),
            ("e-mail O'Brien", "e mail o brien | email obrien"),
            ("京都の🔥iPad", "京都 都の の 🔥 ipad | "),
            ("ที่นี่", "ที่นี่ นี่ | "),
        ] {
            assert_eq!(words(text), wanted, "{text}");
        }
    }

    #[pg_test]
    fn fulltext_tokens_of_any_text_lie_in_it_in_order() {
        use proptest::prelude::*;
        // The square of three bytes stands for three letters.
        proptest!(|(text in prop_oneof![Just("㍱".to_owned()), ".{0,80}"])| {
            let found = tokenize(&text, Casing::Default);
            let mut last = 0;
            for token in &found.tokens {
                prop_assert!(text.get(token.range.clone()).is_some());
                prop_assert!(token.position == last + 1 && !token.word.is_empty());
                last = token.position;
            }
            for code in &found.codes {
                prop_assert!(text.get(code.range.clone()).is_some());
            }
        });
    }
}
