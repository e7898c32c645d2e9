//! Shows where a text has the words of a query.

use std::ops::Range;

use super::analyzer::Analyzer;
use super::query::Query;
use super::text::first_characters;
use super::tokens::Tokens;
use crate::platform::error::Result;

/// The length of a fragment, in tokens.
const FRAGMENT: usize = 24;

/// How many tokens before the first word of a query a fragment shows.
const BEFORE: usize = 4;

const MAX_FRAGMENTS: usize = 2;

/// The length of the part of a text that is read first, in characters.
const FIRST_PART: usize = 20_000;

/// The longest fragment, in bytes, and how much of it may stand before the first mark. Tokens may
/// be very long, and so may be what is between them.
const MAX_FRAGMENT: usize = 800;
const MAX_BEFORE: usize = 200;

/// Around the words of the query. No text contains these characters once they are removed, so
/// everything else can be escaped.
pub const START: char = '\u{2}';
pub const STOP: char = '\u{3}';

/// Marks the words of a query in texts.
pub struct Highlighter {
    analyzer: Analyzer,
    lexemes: Vec<String>,
    beginnings: Vec<String>,
}

impl Highlighter {
    /// For the words of a query; none without a query.
    pub fn of(query: Option<&Query>) -> Result<Highlighter> {
        let language = query.map_or("simple", Query::language);
        let words = query.map(Query::wanted_words).unwrap_or_default();
        let (mut lexemes, mut beginnings) = (Vec::new(), Vec::new());
        for word in words {
            let spellings = word.literal.iter().chain(&word.others).cloned();
            lexemes.extend(word.stems.iter().cloned());
            let is_beginning = word.is_typed || word.is_beginning;
            if is_beginning { &mut beginnings } else { &mut lexemes }.extend(spellings);
        }
        Ok(Highlighter { analyzer: Analyzer::of(language)?, lexemes, beginnings })
    }

    /// The fragments of a text with most words of the query; its beginning if it has none. Most
    /// texts have a word in their first part, and only this is read then.
    pub fn snippet(&self, text: &str) -> String {
        let start = first_characters(text, FIRST_PART);
        let found = self.analyzer.tokenize(start);
        let marks = self.marks(&found);
        if !marks.is_empty() || start.len() == text.len() {
            return fragments(start, &found, &marks);
        }
        let found = self.analyzer.tokenize(text);
        fragments(text, &found, &self.marks(&found))
    }

    /// Where the words of the query are, in order.
    fn marks(&self, found: &Tokens) -> Vec<Range<usize>> {
        let mut marks: Vec<Range<usize>> = Vec::new();
        for token in &found.tokens {
            if self.analyzer.has_lexeme(token, |lexeme| self.is_wanted(lexeme)) {
                marks.push(token.range.clone());
            }
        }
        let words = marks.clone();
        let is_marked = |range: &Range<usize>| {
            words
                .get(words.partition_point(|mark| mark.end <= range.start))
                .is_some_and(|mark| mark.start < range.end)
        };
        for code in found.codes.iter().filter(|code| !is_marked(&code.range)) {
            if self.analyzer.lexemes(&code.word).iter().any(|lexeme| self.is_wanted(lexeme)) {
                marks.push(code.range.clone());
            }
        }
        merge(marks)
    }

    fn is_wanted(&self, lexeme: &str) -> bool {
        self.lexemes.iter().any(|wanted| wanted == lexeme)
            || self.beginnings.iter().any(|wanted| lexeme.starts_with(wanted.as_str()))
    }
}

/// Ranges in order, those that overlap as one.
fn merge(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// Up to two stretches of tokens of a text that do not overlap: those with most marks, in order.
fn choose_fragments(
    length: usize,
    tokens: &[Range<usize>],
    marks: &[Range<usize>],
) -> Vec<Range<usize>> {
    let mut candidates: Vec<(usize, usize)> = Vec::new();
    let mut next = 0;
    for mark in marks {
        while tokens.get(next).is_some_and(|token| token.end <= mark.start) {
            next += 1;
        }
        let start = next.saturating_sub(BEFORE).min(tokens.len().saturating_sub(FRAGMENT));
        let end = tokens.get((start + FRAGMENT).min(tokens.len()).saturating_sub(1));
        let end = end.map_or(0, |token| token.end);
        let first = tokens.get(start).map_or(0, |token| token.start);
        let after = marks.partition_point(|other| other.start < end);
        let before = marks.partition_point(|other| other.start < first);
        candidates.push((after.saturating_sub(before), start));
    }
    candidates.sort_by_key(|&(count, start)| (std::cmp::Reverse(count), start));
    let mut starts: Vec<usize> = Vec::new();
    for (_, start) in candidates {
        if starts.len() < MAX_FRAGMENTS
            && starts.iter().all(|other| start.abs_diff(*other) >= FRAGMENT)
        {
            starts.push(start);
        }
    }
    if starts.is_empty() {
        starts.push(0);
    }
    starts.sort_unstable();
    let fragment = |start: usize| {
        let last = tokens.get((start + FRAGMENT).min(tokens.len()).checked_sub(1)?)?;
        let is_first = start == 0;
        let is_last = start + FRAGMENT >= tokens.len();
        let first = if is_first { 0 } else { tokens.get(start)?.start };
        Some(first..if is_last { length } else { last.end })
    };
    starts.into_iter().filter_map(fragment).collect()
}

/// The fragments of a text with its marks.
fn fragments(text: &str, found: &Tokens, marks: &[Range<usize>]) -> String {
    let tokens: Vec<Range<usize>> = found.tokens.iter().map(|token| token.range.clone()).collect();
    let snippets: Vec<String> = choose_fragments(text.len(), &tokens, marks)
        .into_iter()
        .map(|range| mark(text, shorten(text, range, marks), marks))
        .collect();
    snippets.join(" … ")
}

/// A fragment that is not too long, with its first mark.
fn shorten(text: &str, fragment: Range<usize>, marks: &[Range<usize>]) -> Range<usize> {
    let first = marks.iter().find(|mark| mark.start < fragment.end && mark.end > fragment.start);
    let earliest = first.map_or(0, |mark| mark.start.saturating_sub(MAX_BEFORE));
    let start = text.floor_char_boundary(fragment.start.max(earliest));
    start..text.floor_char_boundary(fragment.end.min(start + MAX_FRAGMENT))
}

/// A part of a text with its marks.
fn mark(text: &str, part: Range<usize>, marks: &[Range<usize>]) -> String {
    let piece = |range: Range<usize>| {
        let piece = text.get(range).unwrap_or_default();
        piece.replace([START, STOP], "")
    };
    let mut snippet = String::with_capacity(part.len() + 32);
    let mut position = part.start;
    for mark in marks.iter().filter(|mark| mark.start < part.end && mark.end > part.start) {
        let (start, end) = (mark.start.max(part.start), mark.end.min(part.end));
        snippet.push_str(&piece(position..start));
        snippet.push(START);
        snippet.push_str(&piece(start..end));
        snippet.push(STOP);
        position = end;
    }
    snippet.push_str(&piece(position..part.end));
    snippet
}
