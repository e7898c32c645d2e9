//! Parses search input into a tsquery of the full-text index.

use pgrx::Uuid;
use serde::{Deserialize, Serialize};

use super::analyzer::Analyzer;
use super::expression::{Expression, Form, Spellings};
use super::lexemes::{
    KEYWORD_WEIGHTS, Kind, TITLE_PREFIX, TITLE_WEIGHT, organization_marker, quote_lexeme,
};
use super::reader::Reader;
use super::syntax::{has_pair, has_quotes};
use super::text::readable;
use crate::platform::datum::TsQuery;
use crate::platform::error::Result;
use crate::platform::statement::{self, Planned};

/// One of this many documents is in the sample that estimates count: search_documents_sample_idx.
const SAMPLING_RATE: i64 = 64;

/// Of how many tsqueries a query is at most composed.
pub const MAX_CONDITIONS: usize = 4;

/// Up to this many matching documents, fetching all of them is faster than scanning the newest
/// ones.
pub const SMALL_RESULT: i64 = 5_000;

/// The search language of texts in no language or in several.
const WITHOUT_LANGUAGE: &str = "simple";

/// Longer words of which one with so many letters is the beginning are rarely about something else:
/// `webhook` finds `webhooks`.
const MIN_CONTINUED: usize = 6;

/// Text with so many words is rather a question than a few words.
const LONG_SENTENCE: usize = 4;

/// Also the previous languages, while the index is being rebuilt.
const SETTINGS: &str = "
    select o.search_language,
           coalesce((select r.previous_languages from helpdesk.search_rebuilds r where r.org_id = $1), '{}'),
           o.search_ignores_accents
      from helpdesk.organizations o where o.id = $1";

/// Estimates the matches from the smaller sample if at least 33 documents of it match, otherwise
/// from the larger one. Compares `org_id`, because another organization may have the same prefix;
/// behind OFFSET 0, because the planner would otherwise use an index on it.
const ESTIMATE_MATCHES: &str = "
    select case when s.matches = 33 then 33 * 1024 else (
             select count(*) * 64
               from (select from (
                       select d.org_id from helpdesk.search_documents d
                        where d.lexemes @@ $1 and uuid_hash(d.document_id) & 63 = 0 offset 0) d
                      where d.org_id = $3 limit $2) d) end
      from (select count(*) as matches
              from (select from (
                      select d.org_id from helpdesk.search_documents d
                       where d.lexemes @@ $1 and uuid_hash(d.document_id) & 1023 = 0 offset 0) d
                     where d.org_id = $3 limit 33) d) s";

/// The most frequent lexemes with a beginning in 500 documents that match, of the smaller sample if
/// that has so many.
const SAMPLED_WORDS: &str = "
    with few as materialized (
      select d.lexemes
        from (select d.org_id, d.lexemes from helpdesk.search_documents d
               where d.lexemes @@ $1 and uuid_hash(d.document_id) & 1023 = 0 offset 0) d
       where d.org_id = $2 limit 500),
    sampled as (
      select f.lexemes from few f where (select count(*) = 500 from few)
      union all
      (select d.lexemes
         from (select d.org_id, d.lexemes from helpdesk.search_documents d
                where d.lexemes @@ $1 and uuid_hash(d.document_id) & 63 = 0 offset 0) d
        where d.org_id = $2 and (select count(*) < 500 from few) limit 500))
    select w.lexeme
      from sampled d, unnest(tsvector_to_array(d.lexemes)) w (lexeme)
     where w.lexeme ^@ any ($3)
     group by w.lexeme order by count(*) desc, w.lexeme limit 100";

/// How an organization's texts are read.
struct Settings {
    analyzer: Analyzer,
    language: String,
    ignores_accents: bool,
}

impl Settings {
    /// None if there is no such organization.
    fn of(org: Uuid) -> Result<Option<Settings>> {
        let settings = statement::read(SETTINGS).fetch_optional(&[org.into()], |row| {
            Some((row.get::<String>(1)?, row.get::<Vec<String>>(2)?, row.get(3)?))
        })?;
        let Some((language, previous, ignores_accents)) = settings.flatten() else {
            return Ok(None);
        };
        let analyzer = Analyzer::of_languages(&language, &previous)?;
        Ok(Some(Settings { analyzer, language, ignores_accents }))
    }

    fn reader(&self) -> Reader<'_> {
        Reader { analyzer: &self.analyzer, ignores_accents: self.ignores_accents }
    }
}

/// A question: the words that say what it is about.
pub struct Question {
    org: Uuid,
    language: String,
    pub words: Vec<TellingWord>,
}

#[derive(Clone)]
pub struct TellingWord {
    spellings: Spellings,
    /// Longer words tell more.
    pub weight: i32,
}

impl TellingWord {
    /// The tsquery for the articles with this word.
    pub fn in_articles(&self, org: Uuid) -> String {
        let marker = organization_marker(org, Kind::Article.prefix());
        self.spellings.to_tsquery(&marker, Form::Complete, "")
    }
}

/// The question of a title and a text with at most `count` words: first those of the title, then
/// the longest. None if there is no such organization.
pub fn read_question(org: Uuid, title: &str, text: &str, count: usize) -> Result<Option<Question>> {
    let Some(settings) = Settings::of(org)? else { return Ok(None) };
    // Without a language, one word is another with each ending.
    let is_continued = settings.language == WITHOUT_LANGUAGE;
    let mut words: Vec<TellingWord> = Vec::new();
    for part in [title, text] {
        let mut found = settings.reader().read_telling_words(readable(part))?;
        found.sort_by_key(|(word, _)| std::cmp::Reverse(word.chars().count()));
        for (word, mut spellings) in found {
            let letters = word.chars().count();
            spellings.is_beginning |= is_continued && letters >= MIN_CONTINUED;
            let is_known = |known: &TellingWord| known.spellings.literal == spellings.literal;
            if words.len() < count && !words.iter().any(is_known) {
                words.push(TellingWord { spellings, weight: letters as i32 });
            }
        }
    }
    Ok(Some(Question { org, language: settings.language, words }))
}

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
    /// Documents in which any word is a prefix, if there are no others.
    Beginnings,
}

impl Phase {
    fn form(self) -> Form {
        match self {
            Phase::Exact => Form::WholeWords,
            Phase::All | Phase::Prefix => Form::Complete,
            Phase::Beginnings => Form::Beginnings,
        }
    }
}

/// Where the words of a query must occur.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Text,
    Title,
    Either,
}

/// A query with at least one lexeme.
#[derive(Clone)]
pub struct Query {
    pub(super) org: Uuid,
    language: String,
    pub(super) expression: Expression,
    place: Place,
    /// Stop words too.
    word_count: usize,
    /// Whether it has a phrase, or what may be meant as a filter.
    is_exact: bool,
    telling: Vec<TellingWord>,
}

impl Query {
    /// None if the text has only white space, stop words and punctuation. Accepts any text.
    pub fn parse(org: Uuid, text: &str) -> Result<Option<Query>> {
        let Some(settings) = Settings::of(org)? else { return Ok(None) };
        let text = readable(text);
        let expression = settings.reader().read(text);
        Ok(expression.map(|expression| Query {
            org,
            language: settings.language,
            expression,
            place: Place::Text,
            word_count: text.split_whitespace().count(),
            is_exact: has_quotes(text) || has_pair(text),
            telling: Vec::new(),
        }))
    }

    /// A query that any of the words of a question matches; None if there are none.
    pub fn for_question(Question { org, language, words: telling }: Question) -> Option<Query> {
        let words = telling.iter().map(|word| Expression::Word(word.spellings.clone()));
        let expression = Expression::any(words.collect())?;
        Some(Query {
            org,
            language,
            expression,
            place: Place::Text,
            word_count: 0,
            is_exact: false,
            telling,
        })
    }

    /// The words of the question that this is.
    pub fn telling_words(&self) -> &[TellingWord] {
        &self.telling
    }

    pub(super) fn language(&self) -> &str {
        &self.language
    }

    pub(super) fn wanted_words(&self) -> Vec<&Spellings> {
        self.expression.wanted_words()
    }

    /// The same words, in titles only.
    pub fn in_titles(self) -> Query {
        Query { place: Place::Title, ..self }
    }

    /// The same words, in titles or in whole texts, which makes a difference to unwanted words.
    pub fn in_titles_or_texts(self) -> Query {
        Query { place: Place::Either, ..self }
    }

    /// The tsquery for the titles of the tickets of a phase.
    pub fn titles_for_phase(&self, phase: Phase) -> TsQuery {
        self.tsquery_for_phase(phase, Place::Title)
    }

    /// The tsquery for the whole texts of the tickets and comments of a phase.
    pub fn texts_for_phase(&self, phase: Phase) -> TsQuery {
        self.tsquery_for_phase(phase, Place::Text)
    }

    /// The tsquery for documents of a kind.
    pub fn for_kind(&self, kind: Kind) -> TsQuery {
        TsQuery(self.with_prefix(kind.prefix(), Form::Complete))
    }

    /// The tsquery for documents of a kind with the words as they are written.
    pub fn literal_for_kind(&self, kind: Kind) -> TsQuery {
        TsQuery(self.with_prefix(kind.prefix(), Form::Literal))
    }

    /// The tsquery that ranks the documents of a kind in a phase.
    pub fn ranking_for_kind(&self, kind: Kind, phase: Phase) -> TsQuery {
        let form = if phase == Phase::Beginnings { Form::Beginnings } else { Form::Complete };
        TsQuery(self.with_prefix(kind.prefix(), form))
    }

    /// The tsquery for documents of a kind with the whole words, in any spelling.
    pub fn whole_words_for_kind(&self, kind: Kind) -> TsQuery {
        TsQuery(self.with_prefix(kind.prefix(), Form::WholeWords))
    }

    /// The tsqueries for the texts and for the titles of articles of a phase.
    pub fn for_articles(&self, phase: Phase) -> [TsQuery; 2] {
        let form = phase.form();
        let titles = self.with_prefix_in(TITLE_PREFIX, form, Place::Text);
        [TsQuery(self.with_prefix(Kind::Article.prefix(), form)), TsQuery(titles)]
    }

    /// The tsquery for articles with the words in their title, tags or categories.
    pub fn keywords_of_articles(&self) -> TsQuery {
        let marker = organization_marker(self.org, Kind::Article.prefix());
        TsQuery(self.expression.to_tsquery(&marker, Form::Complete, KEYWORD_WEIGHTS))
    }

    /// The tsquery for the tickets and comments of a phase.
    pub fn for_phase(&self, phase: Phase) -> TsQuery {
        self.tsquery_for_phase(phase, self.place)
    }

    fn tsquery_for_phase(&self, phase: Phase, place: Place) -> TsQuery {
        let tsquery = |form| self.with_prefix_in(Kind::Ticket.prefix(), form, place);
        TsQuery(match phase {
            Phase::Exact => tsquery(Form::WholeWords),
            Phase::Prefix if self.expression.is_being_typed() => {
                format!("({}) & !({})", tsquery(Form::Complete), tsquery(Form::WholeWords))
            }
            Phase::All | Phase::Prefix | Phase::Beginnings => tsquery(phase.form()),
        })
    }

    /// The same anywhere and without phrases, which the index finds only by reading the documents.
    fn without_phrases_for_phase(&self, phase: Phase) -> TsQuery {
        TsQuery(self.conditions(&self.expression.without_phrases(), phase).join(" & "))
    }

    /// The tsqueries that all documents of a phase match, at most `MAX_CONDITIONS`. The index finds
    /// the documents that match all of several tsqueries by skipping from one to the next, and
    /// those that match a tsquery by reading all that have its rarest word.
    pub fn conditions_for_phase(&self, phase: Phase) -> Vec<TsQuery> {
        if self.place != Place::Text {
            return vec![self.for_phase(phase)];
        }
        self.conditions(&self.expression, phase).into_iter().map(TsQuery).collect()
    }

    /// The same for documents of a block that may match. Of the words with a beginning, they have
    /// those of a sample of the matches.
    pub fn candidates_for_phase(&self, phase: Phase) -> Result<Vec<TsQuery>> {
        if self.place != Place::Text && self.has_negation() {
            // What a title must not contain, the text may.
            let marker = organization_marker(self.org, Kind::Ticket.prefix());
            return Ok(vec![TsQuery(quote_lexeme(&marker))]);
        }
        let mut expression = self.expression.without_phrases();
        let beginnings = expression.beginnings(phase.form());
        if !beginnings.is_empty() {
            let words = self.sampled_words(phase, &beginnings)?;
            expression = expression.with_words_of(&words, phase.form());
        }
        Ok(self.conditions(&expression, phase).into_iter().map(TsQuery).collect())
    }

    fn sampled_words(&self, phase: Phase, beginnings: &[&str]) -> Result<Vec<String>> {
        let marker = organization_marker(self.org, Kind::Ticket.prefix());
        let beginnings: Vec<String> =
            beginnings.iter().map(|beginning| format!("{marker}{beginning}")).collect();
        let args =
            [self.without_phrases_for_phase(phase).into(), self.org.into(), beginnings.into()];
        let words = statement::read(SAMPLED_WORDS)
            .planned(Planned::Once)
            .fetch_all(&args, |row| Some(row.get::<&str>(1)?.strip_prefix(&marker)?.to_owned()))?;
        Ok(words.into_iter().flatten().collect())
    }

    fn conditions(&self, expression: &Expression, phase: Phase) -> Vec<String> {
        let marker = organization_marker(self.org, Kind::Ticket.prefix());
        let (unwanted, wanted): (Vec<_>, Vec<_>) =
            expression.conjuncts().into_iter().partition(|part| part.matches_without_words());
        let tsqueries = |parts: Vec<&Expression>| -> Vec<String> {
            parts.iter().map(|part| part.to_tsquery(&marker, phase.form(), "")).collect()
        };
        let (mut wanted, mut rest) = (tsqueries(wanted), tsqueries(unwanted));
        // Without its phrases, an expression would exclude too much.
        let is_whole = expression.has_phrase() || !self.expression.has_phrase();
        if phase == Phase::Prefix && self.expression.is_being_typed() && is_whole {
            let exact = self.expression.to_tsquery(&marker, Form::WholeWords, "");
            rest.push(format!("!({exact})"));
        }
        if wanted.is_empty() {
            wanted.push(format!("'{marker}'"));
        }
        // The index needs a word to start from.
        rest.extend(wanted.drain(wanted.len().min(MAX_CONDITIONS)..));
        if let Some(last) = wanted.last_mut() {
            rest.insert(0, std::mem::take(last));
            *last = rest.join(" & ");
        }
        wanted
    }

    /// The phase that a search begins with.
    pub fn first_phase(&self) -> Phase {
        if self.expression.is_being_typed() { Phase::Exact } else { Phase::All }
    }

    /// A query with only negated words asks for the organization's marker, because the index needs
    /// a lexeme to start from.
    fn with_prefix(&self, kind: &str, form: Form) -> String {
        self.with_prefix_in(kind, form, self.place)
    }

    fn with_prefix_in(&self, kind: &str, form: Form, place: Place) -> String {
        let marker = organization_marker(self.org, kind);
        let tsquery = |weight| self.expression.to_tsquery(&marker, form, weight);
        let tsquery = match place {
            Place::Text => tsquery(""),
            Place::Title => tsquery(TITLE_WEIGHT),
            Place::Either => format!("({} | {})", tsquery(""), tsquery(TITLE_WEIGHT)),
        };
        match self.expression.matches_without_words() {
            true => format!("'{marker}' & ( {tsquery} )"),
            false => tsquery,
        }
    }

    /// Whether so many tickets and comments match that a scan of the newest ones soon fills a page.
    pub fn is_common(&self, phase: Phase) -> Result<bool> {
        let tsquery = self.without_phrases_for_phase(phase);
        Ok(self.estimate_matches(tsquery, SMALL_RESULT)? > SMALL_RESULT)
    }

    /// Estimates how many documents match, up to a little above `limit`, at most 30,000.
    pub fn estimate_matches(&self, tsquery: TsQuery, limit: i64) -> Result<i64> {
        let args = [tsquery.into(), (limit / SAMPLING_RATE + 1).into(), self.org.into()];
        let matches =
            statement::read(ESTIMATE_MATCHES).planned(Planned::Once).fetch_scalar::<i64>(&args)?;
        Ok(matches.unwrap_or_default())
    }

    /// Whether it is just several words.
    pub fn is_sentence(&self) -> bool {
        !self.is_exact && self.expression.is_sentence(self.word_count)
    }

    /// Whether it has as many words as sentences have.
    pub fn is_long(&self) -> bool {
        self.word_count >= LONG_SENTENCE
    }

    /// Whether there may be matches in the phase that looks for longer words.
    pub fn has_more_beginnings(&self) -> bool {
        self.expression.has_more_beginnings()
    }

    /// Whether a document without any of its words may match.
    pub fn matches_without_words(&self) -> bool {
        self.expression.matches_without_words()
    }

    pub fn has_phrase(&self) -> bool {
        self.expression.has_phrase()
    }

    /// Whether some words must not occur.
    pub fn has_negation(&self) -> bool {
        self.expression.has_negation()
    }
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use pgrx::prelude::*;
    use proptest::prelude::*;
    use proptest::test_runner::Config;

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
        let long = prop::sample::select(vec![
            "é", "Ⱥ", "x", "🙂", "-", "/", "a-", "a.b/", "京", "ข้", "1-", "a:", "-\"", "or ",
        ]);
        let long = (long, 200..1100usize).prop_map(|(text, times)| text.repeat(times));
        let text = prop_oneof![8 => r#"[-a-z_'"/.,:<>@#0-9 ]{0,60}"#, 1 => ".{0,60}", 1 => long];
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
