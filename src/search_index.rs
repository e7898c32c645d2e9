//! The words of tickets, comments and articles, kept in search_documents by trigger.

use pgrx::Uuid;
use pgrx::prelude::*;

use crate::db::{self, Fired, TriggerRow, TriggerRows, Tuple};
use crate::error::{Error, Result};

/// The words of a document: $1 organization, $2 the prefix of its kind's words, $3 title or null, $4 text or null.
macro_rules! terms {
    ($language:literal, $org:literal, $prefix:literal, $title:literal, $text:literal) => {
        concat!(
            "helpdesk.search_terms(",
            $org,
            ", ",
            $prefix,
            ", (setweight(to_tsvector(",
            $language,
            "::regconfig, coalesce(",
            $title,
            ", '')), 'A') || to_tsvector(",
            $language,
            "::regconfig, coalesce(left(",
            $text,
            ", 100000), '')))::text)::tsvector"
        )
    };
}

const INDEX: &str = concat!(
    "insert into helpdesk.search_documents (org_id, document_id, kind, ticket_id, is_internal, terms)
    select $1, $2, $3, $4, $5, ",
    terms!("o.search_language", "$1", "$6", "$7", "$8"),
    " from helpdesk.organizations o where o.id = $1
    on conflict (org_id, document_id, kind) do update set terms = excluded.terms"
);

const FORGET: &str = "
    delete from helpdesk.search_documents where org_id = $1 and document_id = $2 and kind = $3";

const REINDEX_TICKETS: &str = concat!(
    "update helpdesk.search_documents d set terms = ",
    terms!("$2", "$1", "'t'", "t.title", "t.description"),
    " from helpdesk.tickets t
     where d.org_id = $1 and d.kind = 'ticket' and t.org_id = $1 and t.id = d.document_id"
);
const REINDEX_COMMENTS: &str = concat!(
    "update helpdesk.search_documents d set terms = ",
    terms!("$2", "$1", "'t'", "null::text", "c.content"),
    " from helpdesk.ticket_comments c
     where d.org_id = $1 and d.kind = 'comment' and c.org_id = $1 and c.id = d.document_id"
);
const REINDEX_ARTICLES: &str = concat!(
    "update helpdesk.search_documents d set terms = ",
    terms!("$2", "$1", "'a'", "a.title", "a.content"),
    " from helpdesk.articles a
     where d.org_id = $1 and d.kind = 'article' and a.org_id = $1 and a.id = d.document_id"
);

/// The configurations that come with Postgres: another one could be dropped, and then no ticket could be written.
const LANGUAGES: &str = "
    select coalesce(bool_or(c.cfgname = $1), false), string_agg(c.cfgname::text, ', ' order by c.cfgname)
      from pg_ts_config c where c.cfgnamespace = 'pg_catalog'::regnamespace";

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

/// Puts the kind and the organization in front of every word of a tsvector or tsquery, both given as text.
#[pg_extern(immutable, parallel_safe)]
fn search_terms(
    p_org_id: Option<Uuid>,
    p_kind: Option<&str>,
    p_words: Option<&str>,
) -> Option<String> {
    Some(prefixed(p_org_id?, p_kind?, p_words?))
}

/// Both types print their words between single quotes, with quotes and backslashes inside doubled.
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
    let bytes = org.as_bytes();
    let bits = u32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]);
    (0..4).map(|n| LETTERS[(bits >> (5 * n)) as usize & 31] as char).collect()
}

/// Trigger on tickets, comments and articles: keeps their words.
#[pg_trigger(sql = "
    create function helpdesk.index_words() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn index_words<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    db::fire(trigger, index)
}

fn index(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    match (&rows.old, &rows.new) {
        (old, Some(new)) => {
            let columns = text_columns(kind_of(new));
            let is_same = match old {
                Some(old) => {
                    let [title, text] = columns;
                    title.map_or(Ok(true), |title| new.same_image(old, title))?
                        && new.same_image(old, text.unwrap_or_default())?
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
fn text_columns(kind: Kind) -> [Option<&'static str>; 2] {
    match kind {
        Kind::Ticket => [Some("title"), Some("description")],
        Kind::Comment => [None, Some("content")],
        Kind::Article => [Some("title"), Some("content")],
    }
}

fn save(new: &TriggerRow) -> Result<()> {
    let kind = kind_of(new);
    let [title, text] = text_columns(kind).map(|column| match column {
        Some(column) => new.get::<String>(column),
        None => Ok(None),
    });
    let (ticket, is_internal): (Option<Uuid>, bool) = match kind {
        Kind::Ticket => (new.get("id")?, false),
        Kind::Comment => (new.get("ticket_id")?, new.required("is_internal")?),
        Kind::Article => (None, false),
    };
    db::run(
        INDEX,
        &[
            new.arg("org_id")?,
            new.arg("id")?,
            kind.label().into(),
            ticket.into(),
            is_internal.into(),
            kind.prefix().into(),
            title?.into(),
            text?.into(),
        ],
    )
}

/// Trigger on organizations: the language is one that Postgres knows.
#[pg_trigger(sql = "
    create function helpdesk.check_search_language() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn check_search_language<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    db::fire(trigger, check_language)
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
    create function helpdesk.reindex_words() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn reindex_words<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    db::fire(trigger, reindex)
}

fn reindex(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    if let Some(new) = rows.new {
        for statement in [REINDEX_TICKETS, REINDEX_COMMENTS, REINDEX_ARTICLES] {
            db::run(statement, &[new.arg("id")?, new.arg("search_language")?])?;
        }
    }
    Ok(None)
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
                "select array(select substr(lexeme, 6) from unnest(helpdesk.search_terms($2, 't', to_tsvector('simple', $1)::text)::tsvector) order by 1)
                      = tsvector_to_array(to_tsvector('simple', $1))
                    and length(helpdesk.search_terms($2, 't', to_tsvector('simple', $1)::text)::tsvector) = length(to_tsvector('simple', $1))",
                &[text.into(), crate::identity::new_id().into()],
            )
            .unwrap();
            assert_eq!(same, Some(true), "{text}");
        }
    }
}
