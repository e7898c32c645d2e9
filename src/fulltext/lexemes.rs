//! Lexemes with a prefix for the kind of document and the organization, so that one index serves
//! all.

use pgrx::Uuid;

/// Before a word without its accents: `~cafe` for `café`, so that `cafe` itself can come first.
pub(super) const FOLDED: char = '~';

/// The prefix of the lexemes of an article's title.
pub(super) const TITLE_PREFIX: &str = "h";

/// The kind of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Ticket,
    Comment,
    Article,
}

impl Kind {
    pub const ALL: [Kind; 3] = [Kind::Ticket, Kind::Comment, Kind::Article];

    pub const fn label(self) -> &'static str {
        match self {
            Kind::Ticket => "ticket",
            Kind::Comment => "comment",
            Kind::Article => "article",
        }
    }

    pub fn from_label(label: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.label() == label)
    }

    /// The prefix of its lexemes.
    pub const fn prefix(self) -> &'static str {
        match self {
            Kind::Ticket | Kind::Comment => "t",
            Kind::Article => "a",
        }
    }
}

/// A lexeme that exactly the documents of one kind in one organization have.
pub fn organization_marker(org: Uuid, kind: &str) -> String {
    format!("{kind}{}", org_prefix(org))
}

/// A tsvector or tsquery, given as text, with prefixed lexemes. Both types print lexemes in single
/// quotes and double the quotes and backslashes inside.
pub fn with_prefix(org: Uuid, kind: &str, text: &str) -> String {
    let prefix = org_prefix(org);
    let mut out = String::with_capacity(text.len() * 2);
    let mut is_inside = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        out.push(character);
        match character {
            '\'' if !is_inside => {
                is_inside = true;
                out.push_str(kind);
                out.push_str(&prefix);
            }
            // A doubled quote or backslash belongs to the lexeme.
            '\'' | '\\' if is_inside && characters.peek() == Some(&character) => {
                out.extend(characters.next());
            }
            '\'' => is_inside = false,
            _ => {}
        }
    }
    out
}

/// A lexeme as tsvector and tsquery print it.
pub fn quote_lexeme(lexeme: &str) -> String {
    format!("'{}'", lexeme.replace('\\', "\\\\").replace('\'', "''"))
}

/// Four base32 characters for an organization. Two organizations may share them, so every query
/// also compares `org_id`.
pub(super) fn org_prefix(org: Uuid) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let bits = org_bits(org);
    (0..4).map(|n| LETTERS[(bits >> (5 * n)) as usize & 31] as char).collect()
}

/// The last 32 bits of an organization's id.
pub(super) fn org_bits(org: Uuid) -> u32 {
    let [.., a, b, c, d] = *org.as_bytes();
    u32::from_be_bytes([a, b, c, d])
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;

    use super::*;

    #[pg_test]
    fn fulltext_lexemes_begin_with_kind_and_organization_whatever_is_in_them() {
        let org = Uuid::from_bytes([0; 16]);
        assert_eq!(
            with_prefix(org, "t", r"'it''s':1A 'a\\b':2 'c'''''"),
            r"'taaaait''s':1A 'taaaaa\\b':2 'taaaac'''''"
        );
        assert_eq!(with_prefix(org, "a", "!'x' | 'y':*"), "!'aaaaax' | 'aaaaay':*");
        assert_eq!(with_prefix(org, "a", ""), "");
    }
}
