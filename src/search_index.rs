//! The words of tickets, comments and articles, kept in search_documents by trigger.

use std::borrow::Cow;

use pgrx::Uuid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::db::{self, Lock};
use crate::error::{Error, Result};
use crate::install::check_schema_version;
use crate::trigger::{self, Fired, TriggerRow, TriggerRows, Tuple};

/// The words of a document: $1 organization, $2 the prefix of its kind's words, $3 title or null, $4 text or null.
macro_rules! terms {
    ($language:literal, $org:literal, $prefix:literal, $title:literal, $text:literal) => {
        concat!(
            "helpdesk.prefix_lexemes(",
            $org,
            ", ",
            $prefix,
            ", (setweight(to_tsvector(",
            $language,
            "::regconfig, helpdesk.indexable_text(",
            $title,
            ")), 'A') || to_tsvector(",
            $language,
            "::regconfig, helpdesk.indexable_text(",
            $text,
            ")))::text)::tsvector"
        )
    };
}

const INDEX: &str = concat!(
    "insert into helpdesk.search_documents (org_id, document_id, kind, ticket_id, is_internal, lexemes)
    select $1, $2, $3, $4, $5, ",
    terms!("o.search_language", "$1", "$6", "$7", "$8"),
    " from helpdesk.organizations o where o.id = $1
    on conflict (org_id, document_id, kind) do update set lexemes = excluded.lexemes"
);

const FORGET: &str = "
    delete from helpdesk.search_documents where org_id = $1 and document_id = $2 and kind = $3";

/// What is missing or different of an organization, $1, and what is too much.
macro_rules! rebuild {
    ($table:literal, $columns:literal, $prefix:literal, $title:literal, $text:literal) => {
        concat!(
            "insert into helpdesk.search_documents as d (org_id, document_id, kind, ticket_id, is_internal, lexemes)
             select r.org_id, r.id, ",
            $columns,
            ", ",
            terms!("o.search_language", "r.org_id", $prefix, $title, $text),
            " from helpdesk.organizations o, helpdesk.",
            $table,
            " r where o.id = $1 and r.org_id = $1
             on conflict (org_id, document_id, kind) do update
               set ticket_id = excluded.ticket_id, is_internal = excluded.is_internal, lexemes = excluded.lexemes
             where (d.ticket_id, d.is_internal, d.lexemes) is distinct from (excluded.ticket_id, excluded.is_internal, excluded.lexemes)"
        )
    };
}

const REBUILD: [&str; 4] = [
    rebuild!("tickets", "'ticket', r.id, false", "'t'", "r.title", "r.description"),
    rebuild!("ticket_comments", "'comment', r.ticket_id, r.is_internal", "'t'", "null", "r.content"),
    rebuild!("articles", "'article', null, false", "'a'", "r.title", "r.content"),
    "delete from helpdesk.search_documents d
      where d.org_id = $1
        and not case d.kind
          when 'ticket' then exists (select from helpdesk.tickets r where r.org_id = $1 and r.id = d.document_id)
          when 'comment' then exists (select from helpdesk.ticket_comments r where r.org_id = $1 and r.id = d.document_id)
          else exists (select from helpdesk.articles r where r.org_id = $1 and r.id = d.document_id) end",
];
const ORGANIZATIONS: &str =
    "select o.id from helpdesk.organizations o where $1::uuid is null or o.id = $1 order by o.id";

/// Held by who writes words, shared, and by who writes all words of an organization anew: then the language does not change
/// between its being read and the words being there. The second number is the organization's.
const LOCK: i32 = 7_315_007;
/// Held by who writes all words of all organizations anew, instead of as many locks as there are organizations.
const LOCK_ALL: &str = "lock table helpdesk.search_documents in share row exclusive mode";

/// Above READ COMMITTED the language that is read may be an old one.
const LANGUAGE_IS_THE_LATEST: &str = "select from helpdesk.organizations where id = $1 for share";

/// The configurations that come with Postgres: another one could be dropped, and then no ticket could be written.
const LANGUAGES: &str = "
    select coalesce(bool_or(c.cfgname = $1), false), string_agg(c.cfgname::text, ', ' order by c.cfgname)
      from pg_ts_config c where c.cfgnamespace = 'pg_catalog'::regnamespace";

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
    p_text.map(|text| searchable(text, MAX_TEXT).into_owned()).unwrap_or_default()
}

/// The first characters of a text, with long words cut into several.
pub fn searchable(text: &str, max_length: usize) -> Cow<'_, str> {
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
    let mut terms = format!("{} '{}'", prefixed(org, kind, words), marker(org, kind));
    if kind == Kind::Article.prefix() {
        for word in title_words(words) {
            terms.push(' ');
            terms.push_str(&prefixed(org, TITLE, word));
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
pub fn marker(org: Uuid, kind: &str) -> String {
    format!("{kind}{}", org_prefix(org))
}

/// A tsvector or tsquery, given as text, with kind and organization in front of every word. Both types print their words between
/// single quotes, with quotes and backslashes inside doubled.
pub fn prefixed(org: Uuid, kind: &str, words: &str) -> String {
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

fn org_bits(org: Uuid) -> u32 {
    let [.., a, b, c, d] = *org.as_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// Trigger on tickets, comments and articles: keeps their words.
#[pg_trigger(sql = "
    create function helpdesk.update_search_document() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn update_search_document<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    trigger::fire(trigger, index)
}

fn index(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    match (&rows.old, &rows.new) {
        (old, Some(new)) => {
            let (title, text) = text_columns(kind_of(new));
            let is_same = match old {
                Some(old) => {
                    title.map_or(Ok(true), |title| new.same_image(old, title))?
                        && new.same_image(old, text)?
                }
                None => false,
            };
            if !is_same {
                save(new)?;
            }
        }
        (Some(old), None) => {
            let args = [old.arg("org_id")?, old.arg("id")?, kind_of(old).label().into()];
            db::run(FORGET, &args)?;
        }
        (None, None) => {}
    }
    Ok(None)
}

fn kind_of(row: &TriggerRow) -> Kind {
    if row.has("ticket_id") {
        Kind::Comment
    } else if row.has("number") {
        Kind::Ticket
    } else {
        Kind::Article
    }
}

/// The columns with the title, if it has one, and the text.
fn text_columns(kind: Kind) -> (Option<&'static str>, &'static str) {
    match kind {
        Kind::Ticket => (Some("title"), "description"),
        Kind::Comment => (None, "content"),
        Kind::Article => (Some("title"), "content"),
    }
}

fn save(new: &TriggerRow) -> Result<()> {
    let kind = kind_of(new);
    let (title, text) = text_columns(kind);
    let title = match title {
        Some(title) => new.arg(title)?,
        None => None::<String>.into(),
    };
    let (ticket, is_internal): (Option<Uuid>, bool) = match kind {
        Kind::Ticket => (new.get("id")?, false),
        Kind::Comment => (new.get("ticket_id")?, new.required("is_internal")?),
        Kind::Article => (None, false),
    };
    let org: Uuid = new.required("org_id")?;
    lock(org, Lock::Shared)?;
    db::run(
        INDEX,
        &[
            org.into(),
            new.arg("id")?,
            kind.label().into(),
            ticket.into(),
            is_internal.into(),
            kind.prefix().into(),
            title,
            new.arg(text)?,
        ],
    )
}

fn lock(org: Uuid, mode: Lock) -> Result<()> {
    match (mode, db::sees_latest()) {
        (Lock::Shared, false) => db::run(LANGUAGE_IS_THE_LATEST, &[org.into()])?,
        (Lock::Exclusive, false) => return Err(sees_too_little()),
        _ => {}
    }
    db::lock(LOCK, org_bits(org).cast_signed(), mode);
    Ok(())
}

fn lock_all() -> Result<()> {
    if db::sees_latest() { db::run(LOCK_ALL, &[]) } else { Err(sees_too_little()) }
}

fn sees_too_little() -> ErrorReport {
    Error::wrong_state(
        "the words of an organization cannot be written anew in a transaction above READ COMMITTED",
        "Set its language, or rebuild, in one of READ COMMITTED: it sees what others have just written.",
    )
}

/// Trigger on organizations: the language is one that Postgres knows.
#[pg_trigger(sql = "
    create function helpdesk.organizations_check_search_language() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn organizations_check_search_language<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    trigger::fire(trigger, check_language)
}

fn check_language(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let language: String = new.required("search_language")?;
    let found = db::run_one(LANGUAGES, &[language.into()], |row| {
        (row.get::<bool>(1) == Some(true), row.get::<String>(2).unwrap_or_default())
    })?;
    if let Some((false, languages)) = found {
        return Err(Error::bad(
            "search_language",
            "not a text search configuration of Postgres",
            format!("One of: {languages}."),
        ));
    }
    Ok(Some(new.unchanged()))
}

/// Trigger on organizations: everything is indexed again in the new language.
#[pg_trigger(sql = "
    create function helpdesk.organizations_rebuild_search_documents() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn organizations_rebuild_search_documents<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    trigger::fire(trigger, reindex)
}

fn reindex(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    if let Some(new) = rows.new {
        let org = new.required("id")?;
        lock(org, Lock::Exclusive)?;
        rebuild(org)?;
    }
    Ok(None)
}

/// Makes the words of an organization, or of all, what they should be. For after a load with triggers off; who writes waits.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn rebuild_search_index(p_org_id: default!(Option<Uuid>, "NULL")) -> Result<()> {
    check_schema_version()?;
    match p_org_id {
        Some(org) => lock(org, Lock::Exclusive)?,
        None => lock_all()?,
    }
    let orgs = db::run_all(ORGANIZATIONS, &[p_org_id.into()], |row| row.get::<Uuid>(1))?;
    orgs.into_iter().flatten().try_for_each(rebuild)
}

/// Under the lock of the organization, or of all.
fn rebuild(org: Uuid) -> Result<()> {
    REBUILD.into_iter().try_for_each(|statement| db::run(statement, &[org.into()]))
}

#[cfg(any(test, feature = "pg_test"))]
#[pg_schema]
mod tests {
    use super::*;

    #[pg_test]
    fn search_terms_begin_with_kind_and_organization_whatever_is_in_them() {
        let org = Uuid::from_bytes([0; 16]);
        assert_eq!(
            prefixed(org, "t", r"'it''s':1A 'a\\b':2 'c'''''"),
            r"'taaaait''s':1A 'taaaaa\\b':2 'taaaac'''''"
        );
        assert_eq!(prefixed(org, "a", "!'x' | 'y':*"), "!'aaaaax' | 'aaaaay':*");
        assert_eq!(prefixed(org, "a", ""), "");
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
                &[text.into(), crate::identity::new_id().into()],
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
            &[text.into(), crate::identity::new_id().into()],
        )
        .unwrap();
        assert!(terms.is_some());
    }

    #[pg_test]
    fn search_terms_are_of_words_that_are_cut_when_long() {
        assert_eq!(searchable("a b", 2), "a ");
        assert!(matches!(searchable(&"x".repeat(1000), 5000), Cow::Borrowed(_)));
        let cut = searchable(&"é".repeat(501), 5000).into_owned();
        assert_eq!(cut, format!("{} é", "é".repeat(500)));
        assert_eq!(cut, searchable(&cut, 5000));
    }
}
