//! Divides texts and queries into tokens: words, pairs of characters in scripts without spaces, and
//! codes with their separators left out.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use super::characters::{Class, classify, is_inside_unspaced};
use super::codes::{Chain, Code, CodeKind, has_digit, is_number};
use super::escapes::Unescaped;
use super::folding::{Casing, normalize};

/// Longer words are cut, in bytes. Postgres refuses lexemes of 2047 bytes.
const MAX_WORD: usize = 1_000;

/// The unit of a number has at most so many letters.
const MAX_UNIT: usize = 3;

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

#[derive(Default)]
pub(super) struct Tokens {
    pub tokens: Vec<Token>,
    pub codes: Vec<Code>,
}

pub(super) fn tokenize(text: &str, casing: Casing) -> Tokens {
    let Some(unescaped) = Unescaped::of(text) else { return tokenize_plain(text, casing) };
    let mut found = tokenize_plain(&unescaped.text, casing);
    let tokens = found.tokens.iter_mut().map(|token| &mut token.range);
    for range in tokens.chain(found.codes.iter_mut().map(|code| &mut code.range)) {
        *range = unescaped.original(range);
    }
    found
}

fn tokenize_plain(text: &str, casing: Casing) -> Tokens {
    let mut found = Tokens::default();
    let mut chain = Chain::default();
    let mut unspaced = Unspaced::default();
    let mut position = 0;
    let mut end = 0;
    for (range, class) in runs(text) {
        let run = &text[range.clone()];
        let separator = &text[end..range.start];
        end = range.end;
        let is_continued = class == Class::Unspaced && is_inside_unspaced(separator);
        if !is_continued && !unspaced.is_empty() {
            position = unspaced.finish(&mut found.tokens, position);
        }
        if is_scheme(run, &text[range.end..]) {
            chain.finish(&mut found.codes);
            continue;
        }
        // Its pairs are short, however long it is.
        let is_unspaced = class == Class::Unspaced;
        let mut word = normalize(if is_unspaced { run } else { cut(run) }, casing);
        if word.is_empty() {
            continue;
        }
        if is_unspaced {
            chain.finish(&mut found.codes);
            unspaced.add(&word, run, range);
            continue;
        }
        // Some characters become many.
        word.truncate(cut(&word).len());
        let after = &text[range.end..];
        position += 1;
        if has_digit(&word) {
            let part = |word: &str| Code {
                range: range.clone(),
                position,
                word: word.to_owned(),
                kind: CodeKind::Part,
            };
            if let Some(number) = version_number(&word, after) {
                found.codes.push(part(&word));
                word = number.to_owned();
            }
            found.codes.extend(number_of(&word).map(part));
        }
        chain.add(separator, range.clone(), after, (position, &word), &mut found.codes);
        found.tokens.push(Token { range, position, word, kind: TokenKind::Word });
    }
    unspaced.finish(&mut found.tokens, position);
    chain.finish(&mut found.codes);
    found
}

/// The longest stretches of characters of the same class, with the marks that belong to them.
fn runs(text: &str) -> impl Iterator<Item = (Range<usize>, Class)> {
    let mut characters = text.char_indices().peekable();
    std::iter::from_fn(move || {
        loop {
            let (start, first) = characters.next()?;
            let class = class_at(text, start, first);
            if matches!(class, Class::Separator | Class::Mark) {
                continue;
            }
            let mut end = start + first.len_utf8();
            while let Some(&(at, character)) = characters.peek() {
                let next = class_at(text, at, character);
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

/// The class of a character, which for some depends on those around it.
#[inline]
fn class_at(text: &str, at: usize, character: char) -> Class {
    let divides = match character {
        'T' | 'Z' => is_of_time(character, &text[..at], &text[at + 1..]),
        // In Persian, between the parts of a word, which others write with a space or as one.
        '\u{200C}' => text[..at].ends_with(|c| matches!(c, '\u{600}'..='\u{6FF}')),
        _ => false,
    };
    if divides { Class::Separator } else { classify(character) }
}

/// Whether the letter stands as in 2031-03-15T14:31:22Z.
fn is_of_time(letter: char, before: &str, after: &str) -> bool {
    let rest = before.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_date = match before.len() - rest.len() {
        2 => rest.ends_with('-'),
        digits => digits == 8,
    };
    match letter {
        'T' => is_date && after.starts_with(|c: char| c.is_ascii_digit()),
        _ => {
            rest.len() < before.len()
                && rest.ends_with([':', '.', 'T'])
                && !after.starts_with(char::is_alphanumeric)
        }
    }
}

/// `https` in a link, and `www` before a host: links are the same without them.
fn is_scheme(run: &str, after: &str) -> bool {
    let is_one_of = |words: &[&str]| words.iter().any(|word| run.eq_ignore_ascii_case(word));
    match after.as_bytes() {
        [b':', b'/', b'/', ..] => is_one_of(&["http", "https", "ftp"]),
        [b':', next, ..] => next.is_ascii_alphanumeric() && is_one_of(&["mailto"]),
        [b'.', ..] => is_one_of(&["www"]),
        _ => false,
    }
}

fn cut(run: &str) -> &str {
    if run.len() <= MAX_WORD { run } else { &run[..run.floor_char_boundary(MAX_WORD)] }
}

/// `2` for the `v2` of `v2.10`.
fn version_number<'a>(word: &'a str, after: &str) -> Option<&'a str> {
    let mut after = after.chars();
    let is_version = after.next() == Some('.') && after.next().is_some_and(|c| c.is_ascii_digit());
    word.strip_prefix('v').filter(|number| is_version && is_number(number))
}

/// The letters and digits of `60hz` or `iso9001`, in their order.
pub(super) fn split_number(word: &str) -> Option<(&str, &str)> {
    let after = word.len() - word.trim_start_matches(char::is_alphabetic).len();
    let before = word.trim_end_matches(char::is_alphabetic).len();
    let (first, second) = word.split_at(if after > 0 { after } else { before });
    (if after > 0 { is_number(second) } else { is_number(first) && !second.is_empty() })
        .then_some((first, second))
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

/// The characters of a stretch of text in a script without spaces, which lines may divide.
#[derive(Default)]
struct Unspaced {
    word: String,
    /// Where each is in `word` and in the text, with its marks.
    characters: Vec<(usize, Range<usize>)>,
}

impl Unspaced {
    fn is_empty(&self) -> bool {
        self.word.is_empty()
    }

    fn add(&mut self, word: &str, run: &str, range: Range<usize>) {
        let is_unchanged = word == run;
        let mut starts = word
            .char_indices()
            .filter(|&(start, character)| start == 0 || !is_combining_mark(character))
            .map(|(start, _)| start)
            .peekable();
        while let Some(start) = starts.next() {
            let end = starts.peek().copied().unwrap_or(word.len());
            let range =
                if is_unchanged { range.start + start..range.start + end } else { range.clone() };
            self.characters.push((self.word.len() + start, range));
        }
        self.word.push_str(word);
    }

    /// Adds pairs of neighbouring characters, then the last one alone. Returns the last position.
    fn finish(&mut self, tokens: &mut Vec<Token>, position: usize) -> usize {
        let Unspaced { word, characters } = std::mem::take(self);
        let count = characters.len();
        for (n, (start, range)) in characters.iter().enumerate() {
            let end = characters.get(n + 2).map_or(word.len(), |&(end, _)| end);
            let last = characters.get(n + 1).map_or(range, |(_, range)| range);
            let kind = match (count, n + 1 == count) {
                (1, _) => TokenKind::OnlyCharacter,
                (_, true) => TokenKind::LastCharacter,
                _ => TokenKind::Pair,
            };
            tokens.push(Token {
                range: range.start..last.end,
                position: position + n + 1,
                word: cut(&word[*start..end]).to_owned(),
                kind,
            });
        }
        position + count
    }
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
            ("+49 30 7654321", "49 30 7654321 | 49307654321 307654321 307654321"),
            ("+4930112233445", "4930112233445 | 30112233445"),
            ("0171 2345678 / 030 98765432", "0171 2345678 030 98765432 | 01712345678 03098765432"),
            ("(555) 867-5309", "555 867 5309 | 5558675309 8675309"),
            ("v2.10.3 1.7", "2 10 3 1 7 | v2"),
            ("2031-03-15T14:31:22Z", "2031 03 15 14 31 22 | 20310315 143122"),
            ("NL/ADM/20771 ab/pull/12", "nl adm 20771 ab pull 12 | nladm20771 adm20771 pull12"),
            ("Ｅ－４０４, 555–901", "e 404 555 901 | e404 555901"),
            ("https://a.example/B%20C%C3%BC", "a example b cü | "),
            ("postgres://db", "postgres db | "),
            ("KB5034441", "kb5034441 | 5034441"),
            ("60Hz 16GB", "60hz 16gb | 60 16 60hz16gb"),
            ("8 (495) 123-45-67", "8 495 123 45 67 | 84951234567 4951234567 1234567"),
            ("DE89 ABCD 1234 5", "de89 abcd 1234 5 | 89 de89abcd12345 abcd12345 12345"),
            ("п'ята пʼята", "п ята п ята | пята пята"),
            ("TH-๒๕๗๔-๐๐๙", "th 2574 009 | th2574009 2574009"),
            ("U.S.A. e.g. a.b.com", "u s a e g a b com | usa eg"),
            ("e-mail O'Brien", "e mail o brien | email obrien"),
            ("Ph.D., 2½, 1/2", "ph d 2 1\u{2044}2 1 2 | phd 1\u{2044}2"),
            ("保証期\n間内 オフ・ィス", "保証 証期 期間 間内 内 オフ フィ ィス ス | "),
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
        proptest!(|(text in prop_oneof![Just("㍱".to_owned()), ".{0,80}", "[%0-9A-F é\n京ト・-]{0,40}"])| {
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
