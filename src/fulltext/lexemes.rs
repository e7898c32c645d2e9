//! The words of tickets, comments and articles, kept in search_documents by trigger.

use std::borrow::Cow;

use pgrx::Uuid;
use pgrx::prelude::*;

/// What the words of an article's title begin with.
pub const TITLE: &str = "h";

/// What a document is: its kind, and what its words begin with.
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

    pub const fn prefix(self) -> &'static str {
        match self {
            Kind::Ticket | Kind::Comment => "t",
            Kind::Article => "a",
        }
    }
}

/// Longer texts are indexed up to here.
const MAX_TEXT: usize = 100_000;

/// Longer words are cut. Postgres refuses words of 2047 bytes; lower case may be half as long again, and the prefix comes before.
const MAX_WORD: usize = 1_000;

/// What of a text is indexed.
#[pg_extern(immutable, parallel_safe)]
fn indexable_text(p_text: Option<&str>) -> String {
    p_text.map(|text| indexable(text, MAX_TEXT).into_owned()).unwrap_or_default()
}

/// The first characters of a text, with long words cut into several.
pub fn indexable(text: &str, max_length: usize) -> Cow<'_, str> {
    let text = match text.char_indices().nth(max_length) {
        Some((end, _)) => &text[..end],
        None => text,
    };
    if text.split_ascii_whitespace().all(|word| word.len() <= MAX_WORD) {
        return text.into();
    }
    let mut cut = String::with_capacity(text.len() + text.len() / MAX_WORD + 1);
    let mut length = 0;
    for character in text.chars() {
        length = if character.is_ascii_whitespace() { 0 } else { length + character.len_utf8() };
        if length > MAX_WORD {
            cut.push(' ');
            length = character.len_utf8();
        }
        cut.push(character);
    }
    cut.into()
}

/// Puts the kind and the organization in front of every word of a tsvector given as text, and alone as one more word. The words of
/// an article's title come once more, so that the index tells which of many articles have them there.
#[pg_extern(immutable, parallel_safe)]
fn prefix_lexemes(
    p_org_id: Option<Uuid>,
    p_kind: Option<&str>,
    p_words: Option<&str>,
) -> Option<String> {
    let (org, kind) = (p_org_id?, p_kind?);
    let words = p_words?;
    let mut terms =
        format!("{} '{}'", with_prefix(org, kind, words), organization_marker(org, kind));
    if kind == Kind::Article.prefix() {
        for word in title_words(words) {
            terms.push(' ');
            terms.push_str(&with_prefix(org, TITLE, word));
        }
    }
    Some(terms)
}

/// Of a tsvector given as text, the words that weight A marks as a title's, without their positions.
fn title_words(words: &str) -> impl Iterator<Item = &str> {
    let mut is_inside = false;
    words
        .split(move |character| {
            is_inside ^= character == '\'';
            character == ' ' && !is_inside
        })
        .filter_map(|entry| entry.rsplit_once(':').filter(|(_, positions)| positions.contains('A')))
        .filter_map(|(word, _)| word.ends_with('\'').then_some(word))
}

/// A word that every document of a kind and an organization has, and no other.
pub fn organization_marker(org: Uuid, kind: &str) -> String {
    format!("{kind}{}", org_prefix(org))
}

/// A tsvector or tsquery, given as text, with kind and organization in front of every word. Both types print their words between
/// single quotes, with quotes and backslashes inside doubled.
pub fn with_prefix(org: Uuid, kind: &str, words: &str) -> String {
    let prefix = org_prefix(org);
    let mut out = String::with_capacity(words.len() * 2);
    let mut is_inside = false;
    let mut characters = words.chars().peekable();
    while let Some(character) = characters.next() {
        out.push(character);
        match character {
            '\'' if !is_inside => {
                is_inside = true;
                out.push_str(kind);
                out.push_str(&prefix);
            }
            // Doubled: a quote, or a backslash, that belongs to the word.
            '\'' | '\\' if is_inside && characters.peek() == Some(&character) => {
                out.extend(characters.next());
            }
            '\'' => is_inside = false,
            _ => {}
        }
    }
    out
}

/// Four letters for an organization. Should two have the same, each still sees its own rows only: every search also names its
/// organization.
fn org_prefix(org: Uuid) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let bits = org_bits(org);
    (0..4).map(|n| LETTERS[(bits >> (5 * n)) as usize & 31] as char).collect()
}

pub(super) fn org_bits(org: Uuid) -> u32 {
    let [.., a, b, c, d] = *org.as_bytes();
    u32::from_be_bytes([a, b, c, d])
}

#[cfg(any(test, feature = "pg_test"))]
#[pg_schema]
mod tests {
    use super::*;

    #[pg_test]
    fn search_terms_begin_with_kind_and_organization_whatever_is_in_them() {
        let org = Uuid::from_bytes([0; 16]);
        assert_eq!(
            with_prefix(org, "t", r"'it''s':1A 'a\\b':2 'c'''''"),
            r"'taaaait''s':1A 'taaaaa\\b':2 'taaaac'''''"
        );
        assert_eq!(with_prefix(org, "a", "!'x' | 'y':*"), "!'aaaaax' | 'aaaaay':*");
        assert_eq!(with_prefix(org, "a", ""), "");
        let words = r"'a:1A b':2 'it''s':1A,7 'x'':3A':4B 'y':3A 'z'";
        assert_eq!(title_words(words).collect::<Vec<_>>(), ["'it''s'", "'y'"]);
    }

    #[pg_test]
    fn search_terms_are_still_what_they_were_made_of() {
        let texts = [
            r"It's a \ 'quoted' word: don''t -- 🙂 naïve C:\temp\new <b>tag</b> a:b*c",
            "http://example.com/a/b?c=d'e x@example.com 3.14e-10 v1.2.3 foo-bar_baz",
            "''' \\\\ ''' :* & | ! ( ) <->",
        ];
        for text in texts {
            let same: Option<bool> = Spi::get_one_with_args(
                "select array(select substr(lexeme, 6) from unnest(helpdesk.prefix_lexemes($2, 't', to_tsvector('simple', $1)::text)::tsvector) order by 1)
                      = array_prepend('', tsvector_to_array(to_tsvector('simple', $1)))",
                &[text.into(), crate::platform::uuid::new_id().into()],
            )
            .unwrap();
            assert_eq!(same, Some(true), "{text}");
        }
    }

    #[pg_test]
    fn search_terms_of_long_words_and_texts_are_never_an_error() {
        let letters = ["x", "é", "Ⱥ", "🙂", "a.", "Ⱥ/", "Ⱥ-", "x@", "http://a/", "日本語"];
        for letter in letters {
            for length in [999, 1000, 1001, 1022, 1364, 2041, 2042, 2046, 2047, 3000] {
                index(&letter.repeat(length / letter.len() + 1));
            }
        }
        // Words of two letters, each another one, of up to four bytes; parts of words that are written together count twice.
        for separator in [" ", "-", "/", ".", "Ⱥ"] {
            let letter = |n: u32| char::from_u32(0x10400 + n % 40 + 0x100 * (n / 40 % 2)).unwrap();
            let words: Vec<String> = (0..34_000)
                .map(|n| format!("{}{}{}", letter(n), letter(n / 80), letter(n / 6400)))
                .collect();
            index(&words.join(separator));
        }
    }

    fn index(text: &str) {
        let terms: Option<String> = Spi::get_one_with_args(
            "select helpdesk.prefix_lexemes($2, 't', to_tsvector('simple', helpdesk.indexable_text($1))::text)::tsvector::text",
            &[text.into(), crate::platform::uuid::new_id().into()],
        )
        .unwrap();
        assert!(terms.is_some());
    }

    #[pg_test]
    fn search_terms_are_of_words_that_are_cut_when_long() {
        assert_eq!(indexable("a b", 2), "a ");
        assert!(matches!(indexable(&"x".repeat(1000), 5000), Cow::Borrowed(_)));
        let cut = indexable(&"é".repeat(501), 5000).into_owned();
        assert_eq!(cut, format!("{} é", "é".repeat(500)));
        assert_eq!(cut, indexable(&cut, 5000));
    }
}
