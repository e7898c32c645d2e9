//! Lexemes with a prefix for the kind of document and the organization, so that one index serves
//! all.

use pgrx::Uuid;
use pgrx::prelude::*;

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

/// Prefixes the lexemes of a tsvector, given as text, and adds the organization's marker. An
/// article's title lexemes are added with their own prefix, so that the index finds articles by
/// title.
#[pg_extern(immutable, parallel_safe)]
fn prefix_lexemes(
    p_org_id: Option<Uuid>,
    p_prefix: Option<&str>,
    p_tsvector: Option<&str>,
) -> Option<String> {
    let (org, prefix, tsvector) = (p_org_id?, p_prefix?, p_tsvector?);
    let mut lexemes =
        format!("{} '{}'", with_prefix(org, prefix, tsvector), organization_marker(org, prefix));
    if prefix == Kind::Article.prefix() {
        for lexeme in title_lexemes(tsvector) {
            lexemes.push(' ');
            lexemes.push_str(&with_prefix(org, TITLE_PREFIX, lexeme));
        }
    }
    Some(lexemes)
}

/// The lexemes of weight A, which are those of the title, of a tsvector given as text; without
/// their positions.
fn title_lexemes(tsvector: &str) -> impl Iterator<Item = &str> {
    let mut is_inside = false;
    tsvector
        .split(move |character| {
            is_inside ^= character == '\'';
            character == ' ' && !is_inside
        })
        .filter_map(|entry| entry.rsplit_once(':').filter(|(_, positions)| positions.contains('A')))
        .filter_map(|(lexeme, _)| lexeme.ends_with('\'').then_some(lexeme))
}

/// A lexeme that exactly the documents of one kind in one organization have.
pub(super) fn organization_marker(org: Uuid, kind: &str) -> String {
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
#[pg_schema]
mod tests {
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
        let tsvector = r"'a:1A b':2 'it''s':1A,7 'x'':3A':4B 'y':3A 'z'";
        assert_eq!(title_lexemes(tsvector).collect::<Vec<_>>(), ["'it''s'", "'y'"]);
    }

    #[pg_test]
    fn fulltext_lexemes_without_prefix_are_unchanged() {
        let texts = [
            r"It's a \ 'quoted' word: don''t -- 🙂 naïve C:\temp\new <b>tag</b> a:b*c",
            "http://example.com/a/b?c=d'e x@example.com 3.14e-10 v1.2.3 foo-bar_baz",
            "''' \\\\ ''' :* & | ! ( ) <->",
        ];
        for text in texts {
            let same: Option<bool> = Spi::get_one_with_args(
                "select array(
                          select substr(lexeme, 6)
                            from unnest(helpdesk.prefix_lexemes(
                                   $2, 't', to_tsvector('simple', $1)::text)::tsvector)
                           order by 1)
                        = array_prepend('', tsvector_to_array(to_tsvector('simple', $1)))",
                &[text.into(), crate::platform::uuid::new_id().into()],
            )
            .unwrap();
            assert_eq!(same, Some(true), "{text}");
        }
    }

    #[pg_test]
    fn fulltext_long_words_and_texts_are_never_an_error() {
        let letters = ["x", "é", "Ⱥ", "🙂", "a.", "Ⱥ/", "Ⱥ-", "x@", "http://a/", "日本語"];
        for letter in letters {
            for length in [999, 1000, 1001, 1022, 1364, 2041, 2042, 2046, 2047, 3000] {
                index(&letter.repeat(length / letter.len() + 1));
            }
        }
        // Different words of three letters with four bytes each. Of words that a separator joins,
        // Postgres indexes the parts as well as the whole.
        for separator in [" ", "-", "/", ".", "Ⱥ"] {
            let letter = |n: u32| char::from_u32(0x10400 + n % 40 + 0x100 * (n / 40 % 2)).unwrap();
            let words: Vec<String> = (0..34_000)
                .map(|n| format!("{}{}{}", letter(n), letter(n / 80), letter(n / 6400)))
                .collect();
            index(&words.join(separator));
        }
    }

    fn index(text: &str) {
        let lexemes: Option<String> = Spi::get_one_with_args(
            "select helpdesk.prefix_lexemes(
                      $2, 't', to_tsvector('simple', helpdesk.indexable_text($1))::text)::tsvector::text",
            &[text.into(), crate::platform::uuid::new_id().into()],
        )
        .unwrap();
        assert!(lexemes.is_some());
    }
}
