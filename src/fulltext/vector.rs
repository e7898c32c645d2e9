//! The tsvector of a document.

use std::collections::HashMap;
use std::fmt::Write;

use pgrx::Uuid;
use pgrx::datum::Array;
use pgrx::prelude::*;

use super::analyzer::Analyzer;
use super::lexemes::{Kind, TITLE_PREFIX, organization_marker, person_lexeme};
use super::text::indexable;
use crate::platform::error::Result;

/// Postgres refuses a tsvector of 1 MB. What comes after so many bytes of lexemes is not indexed.
const MAX_SIZE: usize = 800_000;

/// Postgres keeps no more positions of a lexeme, and none beyond the last.
const MAX_POSITIONS: usize = 255;
const LAST_POSITION: usize = 16_383;

/// The lexemes of a document, in the language of organization `o`: expressions for the
/// organization, the prefix of its kind, the title, further keywords, the text and people. The last
/// four may be NULL.
pub(super) fn lexemes_of(
    org: &str,
    prefix: &str,
    [title, keywords, text, people]: [&str; 4],
) -> String {
    format!(
        "helpdesk.document_lexemes(
           {org}, {prefix}, o.search_language, {title}, {keywords}, {text}, {people})::tsvector"
    )
}

/// The tsvector, as text, of a document: the lexemes of title, keywords and text with weights A, B
/// and D behind the prefix of kind and organization, and the organization's marker. The lexemes of
/// an article's title are added with their own prefix, so that the index finds articles by title.
/// A document with only keywords, the name of a file, has no marker: a search for what does not
/// contain a word must not find it.
#[pg_extern(stable, parallel_safe)]
fn document_lexemes(
    p_org_id: Option<Uuid>,
    p_prefix: Option<&str>,
    p_language: Option<&str>,
    p_title: Option<&str>,
    p_keywords: Option<&str>,
    p_text: Option<&str>,
    p_people: default!(Option<Array<Uuid>>, "null"),
) -> Result<Option<String>> {
    let (Some(org), Some(prefix), Some(language)) = (p_org_id, p_prefix, p_language) else {
        return Ok(None);
    };
    let analyzer = Analyzer::of(language)?;
    let mut document = Document::default();
    document.add(&analyzer, p_title, Weight::A);
    document.add(&analyzer, p_keywords, Weight::B);
    document.add(&analyzer, p_text, Weight::D);
    let mut tsvector = document.to_tsvector(org, prefix);
    let marker = organization_marker(org, prefix);
    if p_title.is_some() || p_text.is_some() {
        push_lexeme(&mut tsvector, &marker, "");
    }
    for person in p_people.iter().flat_map(Array::iter).flatten() {
        push_lexeme(&mut tsvector, &marker, &person_lexeme(person));
    }
    Ok(Some(tsvector))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Weight {
    A,
    B,
    D,
}

impl Weight {
    const fn label(self) -> &'static str {
        match self {
            Weight::A => "A",
            Weight::B => "B",
            Weight::D => "",
        }
    }
}

#[derive(Default)]
struct Document {
    lexemes: HashMap<String, Vec<(usize, Weight)>>,
    last_position: usize,
    size: usize,
}

impl Document {
    fn add(&mut self, analyzer: &Analyzer, text: Option<&str>, weight: Weight) {
        let Some(text) = text else { return };
        let found = analyzer.tokenize(indexable(text));
        let start = self.last_position;
        for token in &found.tokens {
            self.last_position = start + token.position;
            for lexeme in analyzer.token_lexemes(token) {
                self.add_lexeme(lexeme, self.last_position, weight);
            }
        }
        for code in &found.codes {
            for lexeme in analyzer.word_lexemes(&code.word) {
                self.add_lexeme(lexeme, start + code.position, weight);
            }
        }
    }

    fn add_lexeme(&mut self, lexeme: String, position: usize, weight: Weight) {
        if self.size > MAX_SIZE {
            return;
        }
        let length = lexeme.len();
        let positions = self.lexemes.entry(lexeme).or_default();
        if positions.is_empty() {
            self.size += length + 16;
        }
        if positions.len() < MAX_POSITIONS {
            positions.push((position.min(LAST_POSITION), weight));
            self.size += 2;
        }
    }

    fn to_tsvector(&self, org: Uuid, prefix: &str) -> String {
        let marker = organization_marker(org, prefix);
        let title_marker = organization_marker(org, TITLE_PREFIX);
        let mut tsvector = String::with_capacity(self.size * 2);
        for (lexeme, positions) in &self.lexemes {
            push_lexeme(&mut tsvector, &marker, lexeme);
            let mut separator = ':';
            for (position, weight) in positions {
                // Writing to a String cannot fail.
                let _ = write!(tsvector, "{separator}{position}{}", weight.label());
                separator = ',';
            }
            let is_in_title = positions.iter().any(|&(_, weight)| weight == Weight::A);
            if prefix == Kind::Article.prefix() && is_in_title {
                push_lexeme(&mut tsvector, &title_marker, lexeme);
            }
        }
        tsvector
    }
}

fn push_lexeme(tsvector: &mut String, marker: &str, lexeme: &str) {
    tsvector.push_str(" '");
    tsvector.push_str(marker);
    for character in lexeme.chars() {
        if matches!(character, '\'' | '\\') {
            tsvector.push(character);
        }
        tsvector.push(character);
    }
    tsvector.push('\'');
}

#[cfg(any(test, feature = "pg_test"))]
#[pg_schema]
mod tests {
    use super::*;

    #[pg_test]
    fn fulltext_long_words_and_texts_are_never_an_error() {
        let letters = ["x", "é", "Ⱥ", "🙂", "a.", "Ⱥ/", "Ⱥ-", "x@", "http://a/", "日本語", "ü1-"];
        for letter in letters {
            for length in [999, 1000, 1001, 1022, 1364, 2041, 2042, 2046, 2047, 3000] {
                index(&letter.repeat(length / letter.len() + 1));
            }
        }
        // Different words of three letters with four bytes each.
        for separator in ["", " ", "-", "/", ".", "Ⱥ", "ü1-"] {
            let letter = |n: u32| char::from_u32(0x20000 + n % 40 + 0x100 * (n / 40 % 2)).unwrap();
            let words: Vec<String> = (0..34_000)
                .map(|n| format!("{}{}{}", letter(n), letter(n / 80), letter(n / 6400)))
                .collect();
            index(&words.join(separator));
        }
    }

    fn index(text: &str) {
        for language in ["simple", "german"] {
            let lexemes: Option<String> = Spi::get_one_with_args(
                "select helpdesk.document_lexemes($2, 'a', $3, left($1, 500), null, $1)::tsvector::text",
                &[text.into(), crate::platform::uuid::new_id().into(), language.into()],
            )
            .unwrap();
            assert!(lexemes.is_some());
        }
    }
}
