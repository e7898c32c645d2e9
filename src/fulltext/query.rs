//! What people type into a search box, as the index understands it.

use pgrx::Uuid;
use serde::{Deserialize, Serialize};

use super::lexemes::{Kind, TITLE, indexable, organization_marker, with_prefix};
use super::typos::MAX_SIMILAR;
use crate::platform::datum::TsQuery;
use crate::platform::error::Result;
use crate::platform::statement;

/// More is not read: nobody types it, and ranking grows with the square of it.
pub(super) const MAX_LENGTH: usize = 2_000;

pub(super) const MAX_WORDS: usize = 50;

/// From how many letters on the last word also finds what begins with it.
const MIN_PREFIX: usize = 3;

/// One of so many documents is in the sample that tells how many match: those in search_documents_sample_idx.
const SAMPLED: i64 = 64;

/// Up to so many documents it is faster to fetch all that match than to go through the newest ones.
pub const FEW: i64 = 5_000;

/// Words, "phrases", or, -not, in the language of the organization; and whether a document without any of the words may match.
const PARSE: &str = "
    select q.words::text, o.search_language, querytree(q.words) in ('', 'T')
      from helpdesk.organizations o, websearch_to_tsquery(o.search_language::regconfig, $2) q (words)
     where o.id = $1";

/// What words that begin with $2 and go on with one or two letters are shortened to, where that is less than $2.
const STEMS: &str = "
    select w.lexeme
      from unnest(to_tsvector($1::regconfig, (
             select string_agg($2 || a || b, ' ')
               from regexp_split_to_table('abcdefghijklmnopqrstuvwxyz', '') a,
                    regexp_split_to_table(' abcdefghijklmnopqrstuvwxyz', '') b))) w
     where starts_with($2, w.lexeme) and w.lexeme <> $2 and char_length(w.lexeme) >= $3";

/// Of the organization only, should another have the same prefix. OFFSET 0 keeps the planner from asking another index for it.
const MATCHES_IN_SAMPLE: &str = "
    select count(*)
      from (select from (select d.org_id from helpdesk.search_documents d
                          where d.lexemes @@ $1 and uuid_hash(d.document_id) & 63 = 0 offset 0) d
             where d.org_id = $3 limit $2) d";

/// What staff search for among tickets and comments at a time: the index is far quicker with a word than with all that begin with it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Whatever matches.
    All,
    /// What has the last word itself.
    Exact,
    /// After that, what has only words that begin with it.
    Prefix,
}

/// A query that says something.
pub struct Query {
    org: Uuid,
    /// A tsquery without kind and organization, for highlighting.
    pub words: String,
    /// The same with the last word as it is, where it is also taken as a beginning.
    exact: Option<String>,
    pub language: String,
    /// Whether it finds documents for what is not in them (`-printer`).
    is_negative_only: bool,
}

impl Query {
    /// None when it says nothing: white space, stop words, punctuation. No input is an error.
    pub fn parse(org: Uuid, text: &str) -> Result<Option<Query>> {
        let text = sanitize(&indexable(text, MAX_LENGTH));
        let parsed =
            statement::read(PARSE).fetch_optional(&[org.into(), text.as_str().into()], |row| {
                let (words, language, is_negative_only) = (row.get(1)?, row.get(2)?, row.get(3)?);
                Some(Query { org, words, exact: None, language, is_negative_only })
            })?;
        let Some(mut query) = parsed.flatten().filter(|query| !query.words.is_empty()) else {
            return Ok(None);
        };
        if let Some(typed) = word_being_typed(&text)
            && let Some(start) = last_word(&query.words)
            // Not a stop word, which is not there.
            && query.words[start..].contains(typed.chars().take(MIN_PREFIX).collect::<String>().as_str())
        {
            let completed = completed(&query.words, start, &query.stems(&typed)?);
            query.exact = Some(std::mem::replace(&mut query.words, completed));
        }
        Ok(Some(query))
    }

    /// While somebody types `printin`, what `printing` is found by.
    fn stems(&self, typed: &str) -> Result<Vec<String>> {
        if self.language == "simple" || typed.len() > MAX_SIMILAR {
            return Ok(Vec::new());
        }
        let args = [self.language.as_str().into(), typed.into(), (MIN_PREFIX as i32).into()];
        let stems = statement::read(STEMS).fetch_all(&args, |row| row.get::<String>(1))?;
        Ok(stems.into_iter().flatten().collect())
    }

    /// Any of these words of the index; None when there are none.
    pub fn any_of(org: Uuid, words: &[String], language: String) -> Option<Query> {
        let words: Vec<String> = words.iter().map(|word| quote_lexeme(word)).collect();
        let words = words.join(" | ");
        (!words.is_empty()).then_some(Query {
            org,
            words,
            exact: None,
            language,
            is_negative_only: false,
        })
    }

    /// The query for documents of a kind. The index is always asked for words of the organization.
    pub fn of(&self, kind: Kind) -> TsQuery {
        self.with_prefix(kind.prefix(), &self.words)
    }

    /// The query for titles of articles.
    pub fn of_titles(&self) -> TsQuery {
        self.with_prefix(TITLE, &self.words)
    }

    /// The query for a part of the tickets and comments.
    pub fn of_part(&self, part: Phase) -> TsQuery {
        let words = match (part, &self.exact) {
            (Phase::All, _) | (_, None) => &self.words,
            (Phase::Exact, Some(exact)) => exact,
            (Phase::Prefix, Some(exact)) => &format!("( {} ) & !( {exact} )", self.words),
        };
        self.with_prefix(Kind::Ticket.prefix(), words)
    }

    /// Where a search begins.
    pub fn first_part(&self) -> Phase {
        if self.exact.is_some() { Phase::Exact } else { Phase::All }
    }

    fn with_prefix(&self, prefix: &str, words: &str) -> TsQuery {
        let words = with_prefix(self.org, prefix, words);
        TsQuery(match self.is_negative_only {
            true => format!("'{}' & ( {words} )", organization_marker(self.org, prefix)),
            false => words,
        })
    }

    /// Whether so many tickets and comments of a part match that going through the newest ones finds a page of them soon.
    pub fn is_common(&self, part: Phase) -> Result<bool> {
        Ok(self.estimate(self.of_part(part), FEW)? > FEW)
    }

    /// About how many documents match, told by a sample; no further than a little more than `most`.
    pub fn estimate(&self, terms: TsQuery, most: i64) -> Result<i64> {
        let args = [terms.into(), (most / SAMPLED + 1).into(), self.org.into()];
        let sampled = statement::read_assembled(MATCHES_IN_SAMPLE)
            .generic_plan()
            .fetch_optional(&args, |row| row.get::<i64>(1))?;
        Ok(sampled.flatten().unwrap_or_default() * SAMPLED)
    }

    /// Whether something must not be there.
    pub fn excludes(&self) -> bool {
        self.words.contains('!')
    }
}

/// A word of the index as tsvector and tsquery print it.
pub fn quote_lexeme(word: &str) -> String {
    format!("'{}'", word.replace('\\', "\\\\").replace('\'', "''"))
}

/// What is read of a query: its first words, and of dashes only those that a word or a phrase follows. (Postgres takes each for a
/// NOT, and refuses more than 32 of them in a row.)
pub(super) fn sanitize(text: &str) -> String {
    let mut read = String::new();
    let (mut words, mut last) = (0, ' ');
    let mut characters = text.chars().peekable();
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

/// While somebody is typing, the last word stands for all that begin with it. None when it is exact, short or unwanted.
fn word_being_typed(text: &str) -> Option<String> {
    let is_open_phrase = text.matches('"').count() % 2 == 1;
    let last = text.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let is_typed = !is_open_phrase && last.chars().count() >= MIN_PREFIX;
    is_typed.then(|| last.to_lowercase())
}

/// Where the last word of a tsquery begins, when the query ends with it and wants it.
fn last_word(words: &str) -> Option<usize> {
    let mut start = None;
    let mut is_inside = false;
    // A doubled quote, which belongs to the word, ends it and begins it again.
    let mut end = 0;
    for (position, character) in words.char_indices() {
        if character == '\'' {
            is_inside = !is_inside;
            if !is_inside {
                end = position + 1;
            } else if end != position || start.is_none() {
                start = Some(position);
            }
        }
    }
    start.filter(|&start| end == words.len() && !words[..start].ends_with('!'))
}

/// A tsquery whose last word, which begins at `start`, is a beginning, or one of these words.
fn completed(words: &str, start: usize, or: &[String]) -> String {
    let (before, last) = words.split_at(start);
    if or.is_empty() {
        return format!("{before}{last}:*");
    }
    let or: Vec<String> = or.iter().map(|word| quote_lexeme(word)).collect();
    format!("{before}( {last}:* | {} )", or.join(" | "))
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;
    use proptest::prelude::*;
    use proptest::test_runner::Config;

    use super::*;

    #[pg_test]
    fn search_query_reads_what_somebody_may_have_typed() {
        assert_eq!(sanitize("E-42 -not -\"a phrase\""), "E-42 -not -\"a phrase\"");
        assert_eq!(sanitize("this - that -- -x"), "this  that  -x");
        assert_eq!(sanitize(&"-".repeat(100)), "");
        assert_eq!(sanitize(&"- ".repeat(100)).trim(), "");
        assert_eq!(sanitize(&"word ".repeat(100)).split_whitespace().count(), MAX_WORDS);
    }

    #[pg_test]
    fn search_query_completes_the_word_that_is_being_typed() {
        for text in ["print", "on fire pri", "Print"] {
            assert!(word_being_typed(text).is_some(), "{text}");
        }
        for text in ["print ", "pr", "\"on fire\"", "\"on fire", "print-", ""] {
            assert!(word_being_typed(text).is_none(), "{text}");
        }
        let complete = |words: &str| last_word(words).map(|start| completed(words, start, &[]));
        assert_eq!(complete("'x' & 'it''s'").as_deref(), Some("'x' & 'it''s':*"));
        assert_eq!(complete(r"'a\\b'").as_deref(), Some(r"'a\\b':*"));
        for words in ["'x' & !'y'", "!'x'", "!( 'x' <-> 'y' )", "'x' & ( 'y' | 'z' )", "!'it''s'"] {
            assert_eq!(complete(words), None, "{words}");
        }
        assert_eq!(
            completed("'x' & 'printin'", 6, &["print".into()]),
            "'x' & ( 'printin':* | 'print' )"
        );
    }

    #[pg_test]
    fn search_query_is_never_an_error() {
        let org = crate::platform::uuid::new_id();
        Spi::run_with_args("insert into auth.users (id) values ($1)", &[org.into()]).unwrap();
        Spi::run_with_args(
            "insert into helpdesk.organizations (id, name, search_language, created_by)
             select $1, 'Acme', 'english', id from helpdesk.profiles where auth_id = $1",
            &[org.into()],
        )
        .unwrap();
        let long = prop::sample::select(vec!["é", "Ⱥ", "x", "🙂", "-", "/", "a-", "a.b/"]);
        let long = (long, 200..1100usize).prop_map(|(text, times)| text.repeat(times));
        let text = prop_oneof![8 => r#"[-a-z_'"/.,: ]{0,60}"#, 1 => ".{0,60}", 1 => long];
        let config = Config { failure_persistence: None, ..Config::default() };
        proptest!(config, |(text in text)| {
            let found: Option<String> = Spi::get_one_with_args(
                "select concat(helpdesk.search($1, $2), helpdesk.list_org_tickets($1, jsonb_build_object('search', left('x ' || $2, 200))))",
                &[org.into(), text.replace('\0', "").into()],
            )
            .unwrap();
            prop_assert!(found.is_some());
        });
    }
}
