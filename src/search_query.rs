//! What people type into a search box, as the index understands it.

use pgrx::Uuid;
#[cfg(any(test, feature = "pg_test"))]
use pgrx::prelude::*;

use crate::db;
use crate::error::Result;
use crate::search_index::{Kind, prefixed};

/// More is not read: nobody types it, and ranking grows with the square of it.
const MAX_LENGTH: usize = 2_000;
const MAX_WORDS: usize = 50;
/// From how many letters on the last word also finds what begins with it.
const MIN_PREFIX: usize = 3;
/// Shorter words have no typos: too many others are near them. Longer ones are no words.
const MIN_SIMILAR: usize = 4;
const MAX_SIMILAR: usize = 100;
/// Up to so many documents it is faster to fetch all that match than to go through the newest ones.
const FEW: f64 = 5_000.0;

/// Words, "phrases", or, -not, in the language of the organization.
const PARSE: &str = "
    select websearch_to_tsquery(o.search_language::regconfig, $2)::text, o.search_language
      from helpdesk.organizations o where o.id = $1";

const MATCHES: &str = "select from helpdesk.search_documents d where d.terms @@ $1::text::tsquery";

macro_rules! search_condition {
    (any $condition:literal, $or:literal) => {
        concat!(
            "(t.id = any (array(
               with matching as materialized (
                 select d.org_id, d.ticket_id from helpdesk.search_documents d where d.terms @@ $17::text::tsquery)
               select d.ticket_id from matching d where ",
            $condition,
            "))",
            $or,
            ")"
        )
    };
    (each $condition:literal, $or:literal) => {
        concat!(
            "((select true from helpdesk.search_documents d
                where d.ticket_id = t.id and d.org_id = $1 and d.terms @@ $17::text::tsquery and ",
            $condition,
            " limit 1)",
            $or,
            ")"
        )
    };
}

/// A query that says something.
pub struct Query {
    org: Uuid,
    /// A tsquery without kind and organization, for highlighting.
    pub words: String,
    pub language: String,
}

impl Query {
    /// None when it says nothing: white space, stop words, punctuation. No input is an error.
    pub fn parse(org: Uuid, text: &str) -> Result<Option<Query>> {
        let text = readable(text);
        let parsed = db::read_one(PARSE, &[org.into(), text.as_str().into()], |row| {
            (row.get::<String>(1), row.get::<String>(2))
        })?;
        Ok(match parsed {
            Some((Some(words), Some(language))) if !words.is_empty() => {
                Some(Query { org, words: complete_last_word(&text, words), language })
            }
            _ => None,
        })
    }

    /// A query that was put together from words of the index.
    pub fn of_words(org: Uuid, words: String, language: String) -> Query {
        Query { org, words, language }
    }

    /// The query for documents of a kind, as text that casts to tsquery.
    pub fn of(&self, kind: Kind) -> String {
        prefixed(self.org, kind.prefix(), &self.words)
    }

    /// Whether so many tickets and comments match that going through the newest ones finds a page of them soon.
    pub fn is_frequent(&self) -> Result<bool> {
        Ok(db::expected_rows(MATCHES, &self.of(Kind::Ticket))? > FEW)
    }
}

/// What is read of a query: its first words, and of dashes only those that a word or a phrase follows. (Postgres takes each for a
/// NOT, and refuses more than 32 of them in a row.)
fn readable(text: &str) -> String {
    let mut read = String::new();
    let (mut words, mut last) = (0, ' ');
    let mut characters = text.chars().take(MAX_LENGTH).peekable();
    while let Some(character) = characters.next() {
        if last.is_whitespace() && !character.is_whitespace() {
            words += 1;
        }
        if words > MAX_WORDS {
            break;
        }
        let is_followed = characters.peek().is_some_and(|&c| c == '"' || c.is_alphanumeric());
        if character != '-' || is_followed {
            read.push(character);
        }
        last = character;
    }
    read
}

/// `42` and `#42` also mean the ticket of that number.
pub fn ticket_number(text: &str) -> Option<i64> {
    let text = text.trim();
    text.strip_prefix('#').unwrap_or(text).parse().ok()
}

/// The `search` filter of a list of tickets.
pub struct TicketSearch {
    pub terms: Option<String>,
    pub number: Option<i64>,
    finds_few: bool,
}

impl TicketSearch {
    pub fn of(org: Uuid, text: &str) -> Result<TicketSearch> {
        let query = Query::parse(org, text)?;
        let is_frequent = query.as_ref().map(Query::is_frequent).transpose()?;
        Ok(TicketSearch {
            terms: query.map(|query| query.of(Kind::Ticket)),
            number: ticket_number(text),
            finds_few: is_frequent == Some(false),
        })
    }

    /// What it asks of a ticket `t`: $17 the words, $18 the number. Few matches are looked up in the index of words; otherwise each
    /// ticket is asked in the order of the list, and so are the few that a customer has.
    pub fn condition(&self, sees_all: bool) -> &'static str {
        let by_number = self.number.is_some();
        match (&self.terms, sees_all, self.finds_few) {
            (None, ..) if by_number => "t.number = $18",
            (None, ..) => "false",
            (_, true, true) if by_number => {
                search_condition!(any "d.org_id = $1", " or t.number = $18")
            }
            (_, true, true) => search_condition!(any "d.org_id = $1", ""),
            (_, true, false) if by_number => search_condition!(each "true", " or t.number = $18"),
            (_, true, false) => search_condition!(each "true", ""),
            (_, false, _) if by_number => {
                search_condition!(each "not d.is_internal", " or t.number = $18")
            }
            (_, false, _) => search_condition!(each "not d.is_internal", ""),
        }
    }
}

/// While somebody is typing, the last word stands for all that begin with it.
fn complete_last_word(text: &str, words: String) -> String {
    let is_open_phrase = text.matches('"').count() % 2 == 1;
    let last = text.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let before = text.strip_suffix(last).unwrap_or_default();
    if is_open_phrase || last.chars().count() < MIN_PREFIX || before.ends_with('-') {
        return words;
    }
    words + ":*"
}

/// Whether every longer word of a query is, but for a typo, in a title: one letter wrong, missing, added or swapped with its
/// neighbour; two in words of eight letters and more.
pub fn similar_title(query: &str, title: &str) -> bool {
    let title: Vec<String> = words_of(title).collect();
    let mut wanted = words_of(query).filter(|word| word.chars().count() >= MIN_SIMILAR).peekable();
    wanted.peek().is_some()
        && wanted.all(|word| {
            let allowed = if word.chars().count() >= 8 { 2 } else { 1 };
            title.iter().any(|other| strsim::damerau_levenshtein(&word, other) <= allowed)
        })
}

fn words_of(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && word.len() <= MAX_SIMILAR)
        .map(str::to_lowercase)
}

#[cfg(any(test, feature = "pg_test"))]
#[pg_schema]
mod tests {
    use super::*;

    #[pg_test]
    fn search_query_forgives_a_typo_in_a_title() {
        assert!(similar_title("pritner", "Setting up a printer"));
        assert!(similar_title("Printre, setup", "printer setup"));
        assert!(similar_title("pasword resset", "Password reset"));
        assert!(similar_title("athentication", "Authentication"));
        assert!(!similar_title("prnt", "Printer"));
        assert!(!similar_title("printer coffee", "Printer"));
        assert!(!similar_title("", "Printer"));
        assert!(!similar_title("a b c", "a b c"));
    }

    #[pg_test]
    fn search_query_reads_what_somebody_may_have_typed() {
        assert_eq!(readable("E-42 -not -\"a phrase\""), "E-42 -not -\"a phrase\"");
        assert_eq!(readable("this - that -- -x"), "this  that  -x");
        assert_eq!(readable(&"-".repeat(100)), "");
        assert_eq!(readable(&"- ".repeat(100)).trim(), "");
        assert_eq!(readable(&"word ".repeat(100)).split_whitespace().count(), MAX_WORDS);
        assert_eq!(readable(&"\u{1F642}".repeat(10_000)).chars().count(), MAX_LENGTH);
    }

    #[pg_test]
    fn search_query_completes_the_word_that_is_being_typed() {
        let completed = |text: &str| complete_last_word(text, "'x'".into()).ends_with(":*");
        assert!(completed("print"));
        assert!(completed("on fire pri"));
        assert!(!completed("print "));
        assert!(!completed("pr"));
        assert!(!completed("\"on fire\""));
        assert!(!completed("\"on fire"));
        assert!(!completed("fire -print"));
        assert!(!completed(""));
    }
}
