//! Reads what people type into an expression of lexemes.

use super::analyzer::{Analyzer, mark_folded};
use super::characters::{Class, classify};
use super::expression::{Expression, Spellings};
use super::syntax::{Item, split};
use super::text::MAX_TYPED_WORD;
use super::tokens::{Token, TokenKind, split_unit};

/// With this many letters or more, the last word also matches as a prefix.
const MIN_PREFIX: usize = 3;

/// A query has at most so many words, because the cost of ranking grows with their square.
const MAX_TOKENS: usize = 100;

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
        let mut number = None;
        for (n, item) in items.into_iter().enumerate() {
            let (text, is_unwanted, is_phrase) = match item {
                Item::Or => {
                    number = None;
                    alternatives.extend(Expression::all(std::mem::take(&mut parts)));
                    continue;
                }
                Item::Word { text, is_unwanted } => (text, is_unwanted, false),
                Item::Phrase { text, is_unwanted } => (text, is_unwanted, true),
            };
            let is_typed = n == last && is_open && !is_phrase && !is_unwanted;
            let Some(part) = self.read_words(text, is_phrase, is_typed, &mut left) else {
                continue;
            };
            let is_plain = !is_unwanted && !is_phrase;
            match number.take().filter(|_| is_plain).and_then(|number| join_unit(number, text)) {
                Some(word) => {
                    let apart = [parts.pop(), Some(part)].into_iter().flatten().collect();
                    let joined = self.spellings(&word, TokenKind::Word, false);
                    let readings = Expression::all(apart).into_iter();
                    let readings = readings.chain(joined.map(Expression::Word)).collect();
                    parts.extend(Expression::any(readings));
                }
                None => {
                    parts.push(if is_unwanted { Expression::Not(Box::new(part)) } else { part })
                }
            }
            number = is_plain.then_some(text);
        }
        alternatives.extend(Expression::all(parts));
        Expression::any(alternatives)
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
            let is_typed = is_typed && token.position == last.position;
            if let Some(mut word) = self.spellings(&token.word, token.kind, is_typed) {
                if is_typed && !word.is_typed && text[..token.range.start].ends_with('.') {
                    word.stems = longer_numbers(&token.word);
                }
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
        let code = found.codes.iter().find(|code| {
            code.is_whole && code.position == 1 && code.range.end == last.range.end && !is_phrase
        });
        if let Some(code) = code {
            let word = self.spellings(&code.word, TokenKind::Word, is_typed);
            readings.extend(word.map(Expression::Word));
        }
        if let [token] = tokens[..] {
            readings.extend(self.number_and_unit(&token.word));
        }
        Expression::any(readings)
    }

    /// `60 Hz` for `60Hz`.
    fn number_and_unit(&self, word: &str) -> Option<Expression> {
        let (number, unit) = split_unit(word)?;
        let words = [number, unit].map(|word| self.spellings(word, TokenKind::Word, false));
        let words = words.into_iter().flatten().map(|word| (1, word)).collect::<Vec<_>>();
        (words.len() == 2).then_some(Expression::Phrase(words))
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
    /// continue it by one or two letters.
    fn find_stems(&self, typed: &str) -> Vec<String> {
        if self.analyzer.keeps_words() || !typed.chars().all(char::is_alphabetic) {
            return Vec::new();
        }
        let mut stems: Vec<String> = ('a'..='z')
            .flat_map(|a| {
                std::iter::once(a.to_string()).chain(('a'..='z').map(move |b| format!("{a}{b}")))
            })
            .flat_map(|ending| self.analyzer.lexemes(&format!("{typed}{ending}")))
            .filter(|stem| {
                stem != typed
                    && typed.starts_with(stem.as_str())
                    && stem.chars().count() >= MIN_PREFIX
            })
            .collect();
        stems.sort();
        stems.dedup();
        stems
    }
}

/// `60hz` for `60 Hz`.
fn join_unit(number: &str, unit: &str) -> Option<String> {
    let word = format!("{number}{unit}").to_lowercase();
    let is_joined = split_unit(&word).is_some_and(|(part, _)| part == number);
    (is_joined && unit.len() > 1).then_some(word)
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

fn is_long_number(word: &str) -> bool {
    word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_digit())
}
