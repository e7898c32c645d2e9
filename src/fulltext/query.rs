//! Parses search input into a tsquery of the full-text index.

use pgrx::Uuid;
use serde::{Deserialize, Serialize};

use super::lexemes::{Kind, TITLE_PREFIX, organization_marker, quote_lexeme, with_prefix};
use super::text::{MAX_TYPED_WORD, sanitize};
use crate::platform::datum::TsQuery;
use crate::platform::error::Result;
use crate::platform::statement::{self, Planned};

/// With this many letters or more, the last word also matches as a prefix.
const MIN_PREFIX: usize = 3;

/// One of this many documents is in the sample that estimates count: search_documents_sample_idx.
const SAMPLING_RATE: i64 = 64;

/// Up to this many matching documents, fetching all of them is faster than scanning the newest
/// ones.
pub const SMALL_RESULT: i64 = 5_000;

/// Parses words, "phrases", or, -not in the organization's language. Also returns whether a
/// document without any of the words may match.
const PARSE: &str = "
    select q.words::text, o.search_language, querytree(q.words) in ('', 'T')
      from helpdesk.organizations o,
           websearch_to_tsquery(o.search_language::regconfig, $2) q (words)
     where o.id = $1";

/// The stems, shorter than $2, of words that continue $2 by one or two letters.
const STEMS: &str = "
    select w.lexeme
      from unnest(to_tsvector($1::regconfig, (
             select string_agg($2 || a || b, ' ')
               from regexp_split_to_table('abcdefghijklmnopqrstuvwxyz', '') a,
                    regexp_split_to_table(' abcdefghijklmnopqrstuvwxyz', '') b))) w
     where starts_with($2, w.lexeme) and w.lexeme <> $2 and char_length(w.lexeme) >= $3";

/// Compares `org_id`, because another organization may have the same prefix; behind OFFSET 0,
/// because the planner would otherwise use an index on it.
const COUNT_SAMPLED_MATCHES: &str = "
    select count(*)
      from (select from (select d.org_id from helpdesk.search_documents d
                          where d.lexemes @@ $1 and uuid_hash(d.document_id) & 63 = 0 offset 0) d
             where d.org_id = $3 limit $2) d";

/// Which matches a search of all tickets and comments returns. Exact matches come first, because
/// the index finds a lexeme far faster than all lexemes with a prefix.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// All matches at once.
    All,
    /// Documents with the last word itself.
    Exact,
    /// Documents that have the last word only as a prefix.
    Prefix,
}

/// A query with at least one lexeme.
pub struct Query {
    org: Uuid,
    /// Without the prefix of kind and organization, as highlighting needs it.
    pub tsquery: String,
    /// The same without completing the last word; None if the last word is not completed.
    exact: Option<String>,
    pub language: String,
    /// Whether documents match that have none of its words, as for `-printer`.
    is_negative_only: bool,
}

impl Query {
    /// None if the text has only white space, stop words and punctuation. Accepts any text.
    pub fn parse(org: Uuid, text: &str) -> Result<Option<Query>> {
        let text = sanitize(text);
        let parsed =
            statement::read(PARSE).fetch_optional(&[org.into(), text.as_str().into()], |row| {
                let (tsquery, language, is_negative_only) = (row.get(1)?, row.get(2)?, row.get(3)?);
                Some(Query { org, tsquery, exact: None, language, is_negative_only })
            })?;
        let Some(mut query) = parsed.flatten().filter(|query| !query.tsquery.is_empty()) else {
            return Ok(None);
        };
        if let Some(typed) = word_being_typed(&text) {
            query.complete_last_word(&typed)?;
        }
        Ok(Some(query))
    }

    /// Makes the last word match as a prefix, if the tsquery still ends with what was typed: it
    /// does not after a stop word.
    fn complete_last_word(&mut self, typed: &str) -> Result<()> {
        let beginning: String = typed.chars().take(MIN_PREFIX).collect();
        let start = start_of_last_lexeme(&self.tsquery);
        if let Some(start) = start.filter(|&start| self.tsquery[start..].contains(&beginning)) {
            let completed = as_prefix(&self.tsquery, start, &self.find_stems(typed)?);
            self.exact = Some(std::mem::replace(&mut self.tsquery, completed));
        }
        Ok(())
    }

    /// For `printin`, which may become `printing`, the stem `print`.
    fn find_stems(&self, typed: &str) -> Result<Vec<String>> {
        if self.language == "simple" || typed.len() > MAX_TYPED_WORD {
            return Ok(Vec::new());
        }
        let args = [self.language.as_str().into(), typed.into(), (MIN_PREFIX as i32).into()];
        let stems = statement::read(STEMS).fetch_all(&args, |row| row.get::<String>(1))?;
        Ok(stems.into_iter().flatten().collect())
    }

    /// A query that any of these lexemes matches; None if there are none.
    pub fn for_any_lexeme(org: Uuid, lexemes: &[String], language: String) -> Option<Query> {
        let lexemes: Vec<String> = lexemes.iter().map(|lexeme| quote_lexeme(lexeme)).collect();
        let tsquery = lexemes.join(" | ");
        (!tsquery.is_empty()).then_some(Query {
            org,
            tsquery,
            exact: None,
            language,
            is_negative_only: false,
        })
    }

    /// The tsquery for documents of a kind.
    pub fn for_kind(&self, kind: Kind) -> TsQuery {
        self.with_prefix(kind.prefix(), &self.tsquery)
    }

    /// The tsquery for titles of articles.
    pub fn for_titles(&self) -> TsQuery {
        self.with_prefix(TITLE_PREFIX, &self.tsquery)
    }

    /// The tsquery for the tickets and comments of a phase.
    pub fn for_phase(&self, phase: Phase) -> TsQuery {
        let tsquery = match (phase, &self.exact) {
            (Phase::All, _) | (_, None) => &self.tsquery,
            (Phase::Exact, Some(exact)) => exact,
            (Phase::Prefix, Some(exact)) => &format!("( {} ) & !( {exact} )", self.tsquery),
        };
        self.with_prefix(Kind::Ticket.prefix(), tsquery)
    }

    /// The phase that a search begins with.
    pub fn first_phase(&self) -> Phase {
        if self.exact.is_some() { Phase::Exact } else { Phase::All }
    }

    /// A query with only negated words asks for the organization's marker, because the index needs
    /// a lexeme to start from.
    fn with_prefix(&self, prefix: &str, tsquery: &str) -> TsQuery {
        let tsquery = with_prefix(self.org, prefix, tsquery);
        TsQuery(match self.is_negative_only {
            true => format!("'{}' & ( {tsquery} )", organization_marker(self.org, prefix)),
            false => tsquery,
        })
    }

    /// Whether so many tickets and comments match that a scan of the newest ones soon fills a page.
    pub fn is_common(&self, phase: Phase) -> Result<bool> {
        Ok(self.estimate_matches(self.for_phase(phase), SMALL_RESULT)? > SMALL_RESULT)
    }

    /// Estimates from a sample how many documents match; stops counting a little above `limit`.
    pub fn estimate_matches(&self, tsquery: TsQuery, limit: i64) -> Result<i64> {
        let args = [tsquery.into(), (limit / SAMPLING_RATE + 1).into(), self.org.into()];
        let sampled = statement::read(COUNT_SAMPLED_MATCHES)
            .planned(Planned::Once)
            .fetch_scalar::<i64>(&args)?;
        Ok(sampled.unwrap_or_default() * SAMPLING_RATE)
    }

    /// Whether some words must not occur.
    pub fn has_negation(&self) -> bool {
        self.tsquery.contains('!')
    }
}

/// The last word of a text that somebody may still be typing, in lower case. None after a phrase or
/// punctuation, or if the word is short.
fn word_being_typed(text: &str) -> Option<String> {
    let is_in_phrase = text.matches('"').count() % 2 == 1;
    let last = text.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let is_typed = !is_in_phrase && last.chars().count() >= MIN_PREFIX;
    is_typed.then(|| last.to_lowercase())
}

/// Where the last lexeme of a tsquery starts, if the tsquery ends with it and does not negate it.
fn start_of_last_lexeme(tsquery: &str) -> Option<usize> {
    let mut start = None;
    let mut is_inside = false;
    // A doubled quote belongs to the lexeme: here it ends the lexeme and starts it again.
    let mut end = 0;
    for (position, character) in tsquery.char_indices() {
        if character == '\'' {
            is_inside = !is_inside;
            if !is_inside {
                end = position + 1;
            } else if end != position || start.is_none() {
                start = Some(position);
            }
        }
    }
    start.filter(|&start| end == tsquery.len() && !tsquery[..start].ends_with('!'))
}

/// The tsquery in which the last lexeme, which starts at `start`, matches as a prefix, and so does
/// any of these stems in its place.
fn as_prefix(tsquery: &str, start: usize, stems: &[String]) -> String {
    let (before, last) = tsquery.split_at(start);
    if stems.is_empty() {
        return format!("{before}{last}:*");
    }
    let stems: Vec<String> = stems.iter().map(|stem| quote_lexeme(stem)).collect();
    format!("{before}( {last}:* | {} )", stems.join(" | "))
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;
    use proptest::prelude::*;
    use proptest::test_runner::Config;

    use super::*;

    #[pg_test]
    fn search_query_completes_the_word_that_is_being_typed() {
        for text in ["print", "on fire pri", "Print"] {
            assert!(word_being_typed(text).is_some(), "{text}");
        }
        for text in ["print ", "pr", "\"on fire\"", "\"on fire", "print-", ""] {
            assert!(word_being_typed(text).is_none(), "{text}");
        }
        let complete = |tsquery: &str| {
            start_of_last_lexeme(tsquery).map(|start| as_prefix(tsquery, start, &[]))
        };
        assert_eq!(complete("'x' & 'it''s'").as_deref(), Some("'x' & 'it''s':*"));
        assert_eq!(complete(r"'a\\b'").as_deref(), Some(r"'a\\b':*"));
        for tsquery in ["'x' & !'y'", "!'x'", "!( 'x' <-> 'y' )", "'x' & ( 'y' | 'z' )", "!'it''s'"]
        {
            assert_eq!(complete(tsquery), None, "{tsquery}");
        }
        assert_eq!(
            as_prefix("'x' & 'printin'", 6, &["print".into()]),
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
                "select concat(
                          helpdesk.search($1, $2),
                          helpdesk.list_org_tickets(
                            $1, jsonb_build_object('search', left('x ' || $2, 200))))",
                &[org.into(), text.replace('\0', "").into()],
            )
            .unwrap();
            prop_assert!(found.is_some());
        });
    }
}
