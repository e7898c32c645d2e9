//! Links and file names with percent signs: `Annual%20Report.pdf` is read as `Annual Report.pdf`.

use std::ops::Range;

use percent_encoding::percent_decode_str;

/// A text without escapes, and where its bytes are in the one with escapes.
pub(super) struct Unescaped {
    pub text: String,
    offsets: Vec<usize>,
}

impl Unescaped {
    /// None of a text without escapes. Words whose escapes are no characters stay as they are.
    pub(super) fn of(text: &str) -> Option<Unescaped> {
        if !text.match_indices('%').any(|(at, _)| is_escape(text.as_bytes(), at)) {
            return None;
        }
        let mut unescaped = Unescaped { text: String::new(), offsets: Vec::new() };
        let mut start = 0;
        for word in text.split_inclusive(char::is_whitespace) {
            let decoded = percent_decode_str(word).decode_utf8();
            let is_decoded = decoded.is_ok();
            let decoded = decoded.unwrap_or(word.into());
            unescaped.text.push_str(&decoded);
            let mut at = start;
            for _ in decoded.bytes() {
                unescaped.offsets.push(at);
                at += if is_decoded && is_escape(text.as_bytes(), at) { 3 } else { 1 };
            }
            start += word.len();
        }
        unescaped.offsets.push(text.len());
        Some(unescaped)
    }

    /// Where a range is in the text with escapes.
    pub(super) fn original(&self, range: &Range<usize>) -> Range<usize> {
        self.offsets[range.start]..self.offsets[range.end]
    }
}

fn is_escape(text: &[u8], at: usize) -> bool {
    matches!(text[at..], [b'%', a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit())
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::*;

    #[pg_test]
    fn fulltext_escapes_are_read_where_they_are_characters() {
        let unescaped = |text: &str| Unescaped::of(text).map(|unescaped| unescaped.text);
        assert_eq!(unescaped("a%20b %C3%BC").as_deref(), Some("a b ü"));
        assert_eq!(unescaped("a%C3 %41").as_deref(), Some("a%C3 A"));
        assert_eq!(unescaped("15% and 20%"), None);
        let text = "x %C3%BCber%20all y";
        let range = Unescaped::of(text).map(|unescaped| {
            unescaped.text.find("über").map(|at| unescaped.original(&(at..at + "über".len())))
        });
        assert_eq!(range.flatten().map(|range| &text[range]), Some("%C3%BCber"));
    }
}
