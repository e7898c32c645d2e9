//! The lexemes of words, for texts and queries alike.

use super::folding::{Casing, without_accents};
use super::lexemes::FOLDED;
use super::tokens::{Token, TokenKind, Tokens, tokenize};
use crate::platform::dictionary::Dictionaries;
use crate::platform::error::Result;

/// What an organization's language makes of texts.
pub(super) struct Analyzer {
    casing: Casing,
    dictionaries: Vec<Dictionaries>,
}

impl Analyzer {
    pub(super) fn of(language: &str) -> Result<Analyzer> {
        Analyzer::of_languages(language, &[])
    }

    /// For queries while documents are in the new language and in previous ones.
    pub(super) fn of_languages(language: &str, previous: &[String]) -> Result<Analyzer> {
        let previous = previous.iter().map(String::as_str).filter(|other| *other != language);
        let dictionaries = std::iter::once(language).chain(previous).map(Dictionaries::of);
        let dictionaries = dictionaries.collect::<Result<_>>()?;
        Ok(Analyzer { casing: Casing::of(language), dictionaries })
    }

    /// Whether lexemes are the words themselves.
    pub(super) fn keeps_words(&self) -> bool {
        self.dictionaries.iter().all(Dictionaries::are_none)
    }

    pub(super) fn tokenize(&self, text: &str) -> Tokens {
        tokenize(text, self.casing)
    }

    /// The lexemes of a word as it is written. None of a stop word of any language.
    pub(super) fn lexemes(&self, word: &str) -> Vec<String> {
        let is_code = word.bytes().any(|byte| byte.is_ascii_digit());
        if is_code {
            return vec![word.to_owned()];
        }
        let mut lexemes: Vec<String> = Vec::new();
        for dictionaries in &self.dictionaries {
            let of_language = dictionaries.lexemes(word);
            if of_language.is_empty() {
                return Vec::new();
            }
            lexemes.extend(of_language);
        }
        if self.dictionaries.len() > 1 {
            lexemes.sort();
            lexemes.dedup();
        }
        lexemes
    }

    /// The lexemes of a word without its accents, unmarked.
    pub(super) fn folded_lexemes(&self, word: &str) -> Vec<String> {
        without_accents(word).iter().flat_map(|folded| self.lexemes(folded)).collect()
    }

    /// All lexemes under which a text with this token is found.
    pub(super) fn token_lexemes(&self, token: &Token) -> Vec<String> {
        if token.kind != TokenKind::Word {
            return vec![token.word.clone()];
        }
        self.word_lexemes(&token.word)
    }

    /// Whether a text with this token is found under a lexeme that is wanted.
    pub(super) fn has_lexeme(&self, token: &Token, is_wanted: impl Fn(&str) -> bool) -> bool {
        // Most tokens need no copy.
        let is_word = token.kind == TokenKind::Word && token.word.is_ascii();
        if is_word && self.keeps_words() {
            return is_wanted(&token.word);
        }
        self.token_lexemes(token).iter().any(|lexeme| is_wanted(lexeme))
    }

    /// Those of a word or code, with its accents and without.
    pub(super) fn word_lexemes(&self, word: &str) -> Vec<String> {
        let mut lexemes = self.lexemes(word);
        let folded = self.folded_lexemes(word);
        lexemes.extend(folded.iter().map(|lexeme| mark_folded(lexeme)));
        lexemes
    }
}

pub(super) fn mark_folded(lexeme: &str) -> String {
    format!("{FOLDED}{lexeme}")
}
