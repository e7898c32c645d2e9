//! Reads what people type into an expression of lexemes.

use std::collections::HashSet;

use super::analyzer::{Analyzer, mark_folded};
use super::characters::{Class, classify};
use super::codes::{Code, CodeKind};
use super::expression::{Expression, Spellings};
use super::folding::plain;
use super::neighbours::Neighbours;
use super::phones::as_dialled;
use super::stop_words::{is_grammatical_pair, stop_words};
use super::syntax::{Item, split};
use super::text::MAX_TYPED_WORD;
use super::tokens::{Token, TokenKind, split_number};
use crate::platform::error::Result;

/// With this many letters or more, the last word also matches as a prefix.
const MIN_PREFIX: usize = 3;

/// A query has at most so many words, because the cost of ranking grows with their square.
const MAX_TOKENS: usize = 100;

/// Words that are also read together have at most so many tokens more.
const MAX_JOINED_TOKENS: usize = 40;

/// Of more words, letters and digits are not read apart.
const MAX_APART: usize = 3;

/// The ends of long derived words, of which a stemmer leaves little.
const ENDINGS: [&str; 16] = [
    "ibility", "ability", "iveness", "fulness", "ousness", "iness", "ization", "ement", "ungen",
    "igkeit", "lichkeit", "schaft", "amente", "aciones", "issement", "ations",
];

/// What follows a Korean noun, the longest first.
const PARTICLES: [&str; 26] = [
    "에서는",
    "에서",
    "으로",
    "까지",
    "부터",
    "에게",
    "한테",
    "처럼",
    "보다",
    "에는",
    "이나",
    "하고",
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "의",
    "에",
    "도",
    "로",
    "와",
    "과",
    "만",
    "나",
];

pub(super) struct Reader<'a> {
    pub analyzer: &'a Analyzer,
    pub ignores_accents: bool,
}

impl Reader<'_> {
    /// None if the query has no lexemes.
    pub(super) fn read(&self, query: &str) -> Option<Expression> {
        let is_open = query.chars().next_back().is_some_and(|c| classify(c) != Class::Separator);
        let items = split(query);
        let last = items.len().wrapping_sub(1);
        let mut alternatives = Vec::new();
        let mut parts = Vec::new();
        let mut left = MAX_TOKENS;
        let mut neighbours = Neighbours::default();
        for (n, item) in items.into_iter().enumerate() {
            let (text, is_unwanted, is_phrase) = match item {
                Item::Or => {
                    self.add_joined(&mut neighbours, &mut parts);
                    alternatives.extend(Expression::all(std::mem::take(&mut parts)));
                    continue;
                }
                Item::Word { text, is_unwanted } => (text, is_unwanted, false),
                Item::Phrase { text, is_unwanted } => (text, is_unwanted, true),
            };
            let is_typed = n == last && is_open && !is_phrase && !is_unwanted;
            let part = self.read_words(text, is_phrase, is_typed, &mut left);
            if is_unwanted || is_phrase {
                self.add_joined(&mut neighbours, &mut parts);
            } else {
                neighbours.push(text, part.is_some().then_some(parts.len()));
            }
            parts.extend(
                part.map(|part| if is_unwanted { Expression::Not(Box::new(part)) } else { part }),
            );
        }
        self.add_joined(&mut neighbours, &mut parts);
        alternatives.extend(Expression::all(parts));
        Expression::any(alternatives)
    }

    /// Adds to each of some words side by side what it is together with its neighbours.
    fn add_joined(&self, neighbours: &mut Neighbours, parts: &mut [Expression]) {
        let neighbours = std::mem::take(neighbours);
        let mut left = MAX_JOINED_TOKENS;
        let pairs = neighbours.pairs().into_iter().filter_map(|(words, text)| {
            Some((words, self.read_words(&text, false, false, &mut left)?))
        });
        let found = self.analyzer.tokenize(&neighbours.text);
        let codes = found.codes.iter().filter_map(|code| {
            let words = neighbours.words_in(&code.range);
            if words.len() < 2 {
                return None;
            }
            Some((words, self.code(&neighbours.text, code, false)?))
        });
        for (words, reading) in pairs.chain(codes) {
            for place in neighbours.places(words) {
                let part = std::mem::replace(&mut parts[place], Expression::All(Vec::new()));
                parts[place] = Expression::Any(vec![part, reading.clone()]);
            }
        }
    }

    /// The words of a phrase, or those that punctuation joins: one after the other, or as a code.
    fn read_words(
        &self,
        text: &str,
        is_phrase: bool,
        is_typed: bool,
        left: &mut usize,
    ) -> Option<Expression> {
        let found = self.analyzer.tokenize(text);
        let tokens: Vec<&Token> = found
            .tokens
            .iter()
            .filter(|token| token.kind != TokenKind::LastCharacter)
            .take(*left)
            .collect();
        *left -= tokens.len();
        let last = tokens.last()?;
        let mut words: Vec<(usize, Spellings)> = Vec::new();
        let mut position = 0;
        for token in &tokens {
            let is_last = token.position == last.position;
            let is_noun = !is_phrase && is_hangul(&token.word);
            let is_typed = is_last && is_typed || is_noun;
            if let Some(mut word) = self.spellings(&token.word, token.kind, is_typed) {
                if is_typed && !word.is_typed && text[..token.range.start].ends_with('.') {
                    word.stems = longer_numbers(&token.word);
                }
                word.is_beginning |= is_last && is_truncated(&token.word, &text[token.range.end..]);
                let distance = if words.is_empty() { 1 } else { token.position - position };
                position = token.position;
                words.push((distance, word));
            }
        }
        let mut readings = Vec::new();
        if words.len() > 1 {
            readings.push(Expression::Phrase(words));
        } else {
            readings.extend(words.pop().map(|(_, word)| Expression::Word(word)));
        }
        let codes = found
            .codes
            .iter()
            .filter(|code| code.position == 1 && code.range.end == last.range.end && !is_phrase);
        readings.extend(codes.filter_map(|code| self.code(text, code, is_typed)));
        readings.extend(self.apart(&tokens));
        readings.extend(self.version(&tokens));
        Expression::any(readings)
    }

    /// The words of a text that say what it is about, with their lexemes.
    pub(super) fn read_telling_words(&self, text: &str) -> Result<Vec<(String, Spellings)>> {
        let found = self.analyzer.tokenize(text);
        let words: HashSet<&str> = found.tokens.iter().map(|token| token.word.as_str()).collect();
        let stop_words = stop_words(&words)?;
        let is_telling = |token: &&Token| match token.kind {
            TokenKind::Word => {
                let shortest = if token.word.bytes().any(|b| b.is_ascii_digit()) { 3 } else { 2 };
                token.word.chars().map(letters_of).sum::<usize>() >= shortest
                    && !stop_words.contains(token.word.as_str())
            }
            TokenKind::Pair => !is_grammatical_pair(&token.word),
            TokenKind::LastCharacter | TokenKind::OnlyCharacter => false,
        };
        let telling = found.tokens.iter().filter(is_telling).filter_map(|token| {
            let mut word = self.spellings(&token.word, token.kind, false)?;
            word.is_beginning |= is_hangul(&token.word);
            Some((token.word.clone(), word))
        });
        Ok(telling.collect())
    }

    /// None of a part of a code.
    fn code(&self, text: &str, code: &Code, is_typed: bool) -> Option<Expression> {
        let spellings = match code.kind {
            CodeKind::Part => None,
            CodeKind::Whole => self.spellings(&code.word, TokenKind::Word, is_typed),
            CodeKind::National => {
                let literal = vec![as_dialled(&text[code.range.clone()], &code.word)];
                Some(Spellings { literal, ..Spellings::default() })
            }
        };
        spellings.map(Expression::Word)
    }

    /// `60 Hz` for `60Hz`, and `python 3.11` for `python3.11`.
    fn apart(&self, tokens: &[&Token]) -> Option<Expression> {
        if tokens.len() > MAX_APART
            || !tokens.iter().any(|token| split_number(&token.word).is_some())
        {
            return None;
        }
        let mut words = Vec::new();
        for token in tokens {
            let (word, rest) = split_number(&token.word).unwrap_or((&token.word, ""));
            for word in [word, rest].into_iter().filter(|word| !word.is_empty()) {
                words.push((1, self.spellings(word, TokenKind::Word, false)?));
            }
        }
        Some(Expression::Phrase(words))
    }

    /// `version 4` for `v4`.
    fn version(&self, tokens: &[&Token]) -> Option<Expression> {
        let [token] = tokens else { return None };
        let ("v", number) = split_number(&token.word)? else { return None };
        let word = |word: &str| self.spellings(word, TokenKind::Word, false);
        Some(Expression::Phrase(vec![(1, word("version")?), (1, word(number)?)]))
    }

    /// None of a stop word.
    fn spellings(&self, word: &str, kind: TokenKind, is_typed: bool) -> Option<Spellings> {
        let letters: usize = word.chars().map(letters_of).sum();
        if kind != TokenKind::Word {
            let is_beginning = kind == TokenKind::OnlyCharacter;
            return Some(Spellings {
                literal: vec![word.to_owned()],
                is_beginning,
                is_typed: is_typed && !is_beginning,
                ..Spellings::default()
            });
        }
        let literal = self.analyzer.lexemes(word);
        if literal.is_empty() {
            return None;
        }
        let mut others = Vec::new();
        // A telephone number in its own country: 030 for +49 30.
        if let Some(number) = word.strip_prefix('0').filter(|number| is_long_number(number)) {
            others.push(number.to_owned());
        }
        others.extend(without_particle(word).map(str::to_owned));
        if self.ignores_accents {
            let folded = self.analyzer.folded_lexemes(word);
            let plain = if folded.is_empty() { &literal } else { &folded };
            others.extend(plain.iter().map(|lexeme| mark_folded(lexeme)));
            others.extend(folded);
        }
        let is_typed = is_typed && letters >= MIN_PREFIX && word.len() <= MAX_TYPED_WORD;
        let stems = if is_typed { self.find_stems(word) } else { Vec::new() };
        Some(Spellings { literal, others, is_beginning: false, is_typed, stems })
    }

    /// For `printin`, which may become `printing`, the stem `print`: shorter stems of words that
    /// continue it by one or two letters, or by the rest of a long ending.
    fn find_stems(&self, typed: &str) -> Vec<String> {
        if self.analyzer.keeps_words() || !typed.chars().all(char::is_alphabetic) {
            return Vec::new();
        }
        let typed_plain = plain(typed);
        let short = ('a'..='z').flat_map(|a| {
            std::iter::once(a.to_string()).chain(('a'..='z').map(move |b| format!("{a}{b}")))
        });
        let long = ENDINGS.iter().flat_map(|ending| {
            let starts = 0..ending.len().saturating_sub(2);
            starts.map(|start| ending[start..].to_owned())
        });
        let mut stems: Vec<String> = short
            .chain(long)
            .flat_map(|ending| self.analyzer.lexemes(&format!("{typed}{ending}")))
            .filter(|stem| {
                // German stems have no umlauts.
                stem != typed
                    && typed_plain.starts_with(&plain(stem))
                    && stem.chars().count() >= MIN_PREFIX
            })
            .collect();
        stems.sort();
        stems.dedup();
        stems
    }
}

/// For the last number of the version `1.1`, which may become `1.10`, those with one more digit.
/// Only these, because very many words begin with a digit.
fn longer_numbers(word: &str) -> Vec<String> {
    if !word.bytes().all(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    (0..10).map(|digit| format!("{word}{digit}")).collect()
}

/// A Korean syllable is two letters or three.
fn letters_of(character: char) -> usize {
    if ('\u{AC00}'..='\u{D7A3}').contains(&character) { 2 } else { 1 }
}

fn is_hangul(word: &str) -> bool {
    word.chars().all(|character| ('\u{AC00}'..='\u{D7A3}').contains(&character))
}

/// A Korean noun without its particle, if two syllables are left: `환불` for `환불은`.
fn without_particle(word: &str) -> Option<&str> {
    let noun = PARTICLES.iter().find_map(|particle| word.strip_suffix(particle))?;
    (is_hangul(noun) && noun.chars().count() >= 2).then_some(noun)
}

/// Whether a word before `*` is only the beginning of those that are wanted.
fn is_truncated(word: &str, rest: &str) -> bool {
    rest == "*" && word.chars().map(letters_of).sum::<usize>() >= MIN_PREFIX
}

fn is_long_number(word: &str) -> bool {
    word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_digit())
}
