//! The words of tickets, comments and articles, kept in search_documents by trigger.

use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::lexemes::{Kind, org_bits};
use crate::platform::error::{self, Result};
use crate::platform::schema_version::check_schema_version;
use crate::platform::statement;
use crate::platform::transaction::{self, Lock};
use crate::platform::trigger::{self, TriggerResult, TriggerRow, TriggerRows, Tuple};

/// The words of a document: $1 organization, $2 the prefix of its kind's words, $3 title or null, $4 text or null.
fn terms(language: &str, org: &str, prefix: &str, title: &str, text: &str) -> String {
    format!(
        "helpdesk.prefix_lexemes({org}, {prefix}, (setweight(to_tsvector({language}::regconfig, helpdesk.indexable_text({title})), 'A') || to_tsvector({language}::regconfig, helpdesk.indexable_text({text})))::text)::tsvector"
    )
}

static INDEX: LazyLock<String> = LazyLock::new(|| {
    format!("insert into helpdesk.search_documents (org_id, document_id, kind, ticket_id, is_internal, lexemes)
    select $1, $2, $3, $4, $5, {} from helpdesk.organizations o where o.id = $1
    on conflict (org_id, document_id, kind) do update set lexemes = excluded.lexemes", terms("o.search_language", "$1", "$6", "$7", "$8"))
});

const FORGET: &str = "
    delete from helpdesk.search_documents where org_id = $1 and document_id = $2 and kind = $3";

/// What is missing or different of an organization, $1, and what is too much.
fn rebuild_of(table: &str, columns: &str, prefix: &str, title: &str, text: &str) -> String {
    format!("insert into helpdesk.search_documents as d (org_id, document_id, kind, ticket_id, is_internal, lexemes)
             select r.org_id, r.id, {columns}, {} from helpdesk.organizations o, helpdesk.{table} r where o.id = $1 and r.org_id = $1
             on conflict (org_id, document_id, kind) do update
               set ticket_id = excluded.ticket_id, is_internal = excluded.is_internal, lexemes = excluded.lexemes
             where (d.ticket_id, d.is_internal, d.lexemes) is distinct from (excluded.ticket_id, excluded.is_internal, excluded.lexemes)", terms("o.search_language", "r.org_id", prefix, title, text))
}

static REBUILD: LazyLock<[String; 4]> = LazyLock::new(|| {
    [
    rebuild_of("tickets", "'ticket', r.id, false", "'t'", "r.title", "r.description"),
    rebuild_of("ticket_comments", "'comment', r.ticket_id, r.is_internal", "'t'", "null", "r.content"),
    rebuild_of("articles", "'article', null, false", "'a'", "r.title", "r.content"),
    "delete from helpdesk.search_documents d
      where d.org_id = $1
        and not case d.kind
          when 'ticket' then exists (select from helpdesk.tickets r where r.org_id = $1 and r.id = d.document_id)
          when 'comment' then exists (select from helpdesk.ticket_comments r where r.org_id = $1 and r.id = d.document_id)
          else exists (select from helpdesk.articles r where r.org_id = $1 and r.id = d.document_id) end".to_owned(),
]
});

const ORGANIZATIONS: &str =
    "select o.id from helpdesk.organizations o where $1::uuid is null or o.id = $1 order by o.id";

/// Held by who writes words, shared, and by who writes all words of an organization anew: then the language does not change
/// between its being read and the words being there. The second number is the organization's.
const LOCK: i32 = 7_315_007;

/// Held by who writes all words of all organizations anew, instead of as many locks as there are organizations.
const LOCK_ALL: &str = "lock table helpdesk.search_documents in share row exclusive mode";

/// Above READ COMMITTED the language that is read may be an old one.
const LANGUAGE_IS_THE_LATEST: &str = "select from helpdesk.organizations where id = $1 for share";

/// Trigger on tickets, comments and articles: keeps their words.
#[pg_trigger(sql = "
    create function helpdesk.update_search_document() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn update_search_document<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, index)
}

pub(super) fn index(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
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
            statement::write(FORGET).execute(&args)?;
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
    statement::write(&INDEX).execute(&[
        org.into(),
        new.arg("id")?,
        kind.label().into(),
        ticket.into(),
        is_internal.into(),
        kind.prefix().into(),
        title,
        new.arg(text)?,
    ])
}

pub(super) fn lock(org: Uuid, mode: Lock) -> Result<()> {
    match (mode, transaction::is_read_committed()) {
        (Lock::Shared, false) => statement::write(LANGUAGE_IS_THE_LATEST).execute(&[org.into()])?,
        (Lock::Exclusive, false) => return Err(sees_too_little()),
        _ => {}
    }
    transaction::lock(LOCK, org_bits(org).cast_signed(), mode);
    Ok(())
}

fn lock_all() -> Result<()> {
    if transaction::is_read_committed() {
        statement::write(LOCK_ALL).execute(&[])
    } else {
        Err(sees_too_little())
    }
}

fn sees_too_little() -> ErrorReport {
    error::wrong_state(
        "the words of an organization cannot be written anew in a transaction above READ COMMITTED",
        "Set its language, or rebuild, in one of READ COMMITTED: it sees what others have just written.",
    )
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
    let orgs =
        statement::write(ORGANIZATIONS).fetch_all(&[p_org_id.into()], |row| row.get::<Uuid>(1))?;
    orgs.into_iter().flatten().try_for_each(rebuild)
}

/// Under the lock of the organization, or of all.
pub(super) fn rebuild(org: Uuid) -> Result<()> {
    REBUILD.iter().try_for_each(|sql| statement::write(sql).execute(&[org.into()]))
}
