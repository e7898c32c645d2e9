//! Lexemes with a prefix for the kind of document and the organization, so that one index serves
//! all.

use pgrx::Uuid;

/// Before a word without its accents: `~cafe` for `café`, so that `cafe` itself can come first.
pub(super) const FOLDED: char = '~';

/// The prefix of the lexemes of an article's title.
pub(super) const TITLE_PREFIX: &str = "h";

/// The weight of the words of a title.
pub(super) const TITLE_WEIGHT: &str = "A";

/// The weights of the words of titles, tags and categories.
pub(super) const KEYWORD_WEIGHTS: &str = "AB";

/// Before the id of the requester or assignee of a ticket. No word contains it.
const PERSON: char = '@';

/// The kind of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Ticket,
    Comment,
    Article,
    /// The name of a file. A search shows its ticket.
    Attachment,
    /// Somebody who is, or was, a member. Only staff search them, to find their tickets.
    Person,
}

impl Kind {
    /// The kinds of results.
    pub const ALL: [Kind; 3] = [Kind::Ticket, Kind::Comment, Kind::Article];

    pub const fn label(self) -> &'static str {
        match self {
            Kind::Ticket => "ticket",
            Kind::Comment => "comment",
            Kind::Article => "article",
            Kind::Attachment => "attachment",
            Kind::Person => "person",
        }
    }

    pub fn from_label(label: &str) -> Option<Kind> {
        [Kind::Ticket, Kind::Comment, Kind::Article, Kind::Attachment, Kind::Person]
            .into_iter()
            .find(|kind| kind.label() == label)
    }

    /// The prefix of its lexemes.
    pub const fn prefix(self) -> &'static str {
        match self {
            Kind::Ticket | Kind::Comment | Kind::Attachment => "t",
            Kind::Article => "a",
            Kind::Person => "p",
        }
    }
}

/// A lexeme that exactly the documents of one kind in one organization have.
pub fn organization_marker(org: Uuid, kind: &str) -> String {
    format!("{kind}{}", org_prefix(org))
}

/// The lexeme, without its prefix, of the tickets whose requester or assignee is this person.
pub(super) fn person_lexeme(person: Uuid) -> String {
    let mut id = [0; uuid::fmt::Simple::LENGTH];
    let id = uuid::Uuid::from_bytes(*person.as_bytes()).simple().encode_lower(&mut id);
    let mut lexeme = String::with_capacity(id.len() + 1);
    lexeme.push(PERSON);
    lexeme.push_str(id);
    lexeme
}

/// A lexeme as tsvector and tsquery print it.
pub fn quote_lexeme(lexeme: &str) -> String {
    format!("'{}'", lexeme.replace('\\', "\\\\").replace('\'', "''"))
}

/// Four base32 characters for an organization. Two organizations may share them, so every query
/// also compares `org_id`.
fn org_prefix(org: Uuid) -> String {
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
        let prefixed =
            |kind, lexeme| quote_lexeme(&format!("{}{lexeme}", organization_marker(org, kind)));
        assert_eq!(prefixed("t", "it's"), "'taaaait''s'");
        assert_eq!(prefixed("t", r"a\b"), r"'taaaaa\\b'");
        assert_eq!(prefixed("a", "x"), "'aaaaax'");
    }
}
