//! The documents of the full-text index, which a trigger on tickets, comments and articles writes.

use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::prelude::*;

use super::blocks::{block_of_document, starts_block};
use super::lexemes::{Kind, org_bits, organization_marker};
use crate::platform::error::Result;
use crate::platform::statement;
use crate::platform::transaction::{self, Lock};
use crate::platform::trigger::{self, TriggerResult, TriggerRow, TriggerRows, Tuple};

/// The lexemes of a document, in the language of organization `o`: expressions for the
/// organization, the prefix of its kind, the title, further keywords and the text. The last three
/// may be NULL.
pub(super) fn lexemes_of(org: &str, prefix: &str, [title, keywords, text]: [&str; 3]) -> String {
    format!(
        "helpdesk.document_lexemes(
           {org}, {prefix}, o.search_language, {title}, {keywords}, {text})::tsvector"
    )
}

static UPSERT_DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    let lexemes = lexemes_of("$1", "$6", ["$7", "null", "$8"]);
    let block = block_of_document("$1", "$9", "$2");
    format!(
        "insert into helpdesk.search_documents
                (org_id, document_id, kind, ticket_id, is_internal, lexemes)
         select $1, $2, $3, $4, $5, {lexemes} || {block}
           from helpdesk.organizations o where o.id = $1
         on conflict (org_id, document_id, kind) do update set lexemes = excluded.lexemes"
    )
});

static DELETE_DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    let document = "d.org_id = $1 and d.document_id = $2 and d.kind = $3";
    let is_start = starts_block("d.document_id");
    format!(
        "with start as (
           update helpdesk.search_documents d set lexemes = '' where {document} and {is_start})
         delete from helpdesk.search_documents d where {document} and not ({is_start})"
    )
});

/// The class of the advisory locks on the language of organizations.
const LANGUAGE_LOCK: i32 = 7_315_007;

/// Errors above READ COMMITTED if the snapshot's language is not the latest.
const LOCK_LANGUAGE: &str = "select from helpdesk.organizations where id = $1 for share";

/// Trigger on tickets, comments and articles: keeps their documents in the full-text index up to
/// date.
#[pg_trigger(sql = "
    create function helpdesk.update_search_document() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn update_search_document<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, after_write)
}

fn after_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    match (&rows.old, &rows.new) {
        (old, Some(new)) => {
            let (title, text) = text_columns(kind_of(new));
            let is_unchanged = match old {
                Some(old) => {
                    title.map_or(Ok(true), |title| new.same_image(old, title))?
                        && new.same_image(old, text)?
                }
                None => false,
            };
            if !is_unchanged {
                save_document(new)?;
            }
        }
        (Some(old), None) => {
            let args = [old.arg("org_id")?, old.arg("id")?, kind_of(old).label().into()];
            statement::write(&DELETE_DOCUMENT).execute(&args)?;
        }
        (None, None) => {}
    }
    Ok(None)
}

fn kind_of(row: &TriggerRow) -> Kind {
    if row.has_column("ticket_id") {
        Kind::Comment
    } else if row.has_column("number") {
        Kind::Ticket
    } else {
        Kind::Article
    }
}

/// The columns with the title, if the kind has one, and the text.
fn text_columns(kind: Kind) -> (Option<&'static str>, &'static str) {
    match kind {
        Kind::Ticket => (Some("title"), "description"),
        Kind::Comment => (None, "content"),
        Kind::Article => (Some("title"), "content"),
    }
}

fn save_document(new: &TriggerRow) -> Result<()> {
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
    lock_language(org)?;
    statement::write(&UPSERT_DOCUMENT).execute(&[
        org.into(),
        new.arg("id")?,
        kind.label().into(),
        ticket.into(),
        is_internal.into(),
        kind.prefix().into(),
        title,
        new.arg(text)?,
        organization_marker(org, kind.prefix()).into(),
    ])
}

/// Keeps the organization's language from changing between the time it is read and the commit.
fn lock_language(org: Uuid) -> Result<()> {
    if !transaction::is_read_committed() {
        statement::write(LOCK_LANGUAGE).execute(&[org.into()])?;
    }
    advisory_lock(org, Lock::Shared);
    Ok(())
}

/// Taken in shared mode to write a document, and in exclusive mode to rebuild the organization.
pub(super) fn advisory_lock(org: Uuid, mode: Lock) {
    transaction::advisory_lock(LANGUAGE_LOCK, org_bits(org).cast_signed(), mode);
}
