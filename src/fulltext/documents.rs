//! The documents of the full-text index, which a trigger writes on tickets, comments, attachments
//! and articles.

use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::prelude::*;

use super::blocks::{block_of_document, starts_block};
use super::language_lock::lock_language;
use super::lexemes::{Kind, organization_marker, person_lexeme};
use super::pending_list;
use super::people::index_new_people;
use super::vector::lexemes_of;
use crate::platform::error::Result;
use crate::platform::statement;
use crate::platform::system_write::SystemWrite;
use crate::platform::trigger::{self, TriggerResult, TriggerRow, TriggerRows, Tuple};

static UPSERT_DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    let lexemes = lexemes_of("$1", "$6", ["$7", "$8", "$9", "$10"]);
    let block = block_of_document("$1", "$11", "$2");
    format!(
        "insert into helpdesk.search_documents
                (org_id, document_id, kind, ticket_id, is_internal, lexemes)
         select $1, $2, $3, $4, $5, {lexemes} || {block}
           from helpdesk.organizations o where o.id = $1
         on conflict (org_id, document_id, kind) do update set lexemes = excluded.lexemes"
    )
});

/// Cheaper than making the lexemes of the texts once more.
const REPLACE_PEOPLE: &str = "
    update helpdesk.search_documents d
       set lexemes = ts_delete(d.lexemes, $3) || array_to_tsvector($4)
     where d.org_id = $1 and d.document_id = $2 and d.kind = 'ticket'";

static DELETE_DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    let document = "d.org_id = $1 and d.document_id = $2 and d.kind = $3";
    let is_start = starts_block("d.document_id", "d.ticket_id");
    format!(
        "with start as (
           update helpdesk.search_documents d set lexemes = '' where {document} and {is_start})
         delete from helpdesk.search_documents d where {document} and not ({is_start})"
    )
});

/// Trigger on tickets, comments, attachments and articles: keeps their documents in the full-text
/// index up to date.
#[pg_trigger(sql = "
    create function helpdesk.update_search_document() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn update_search_document<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, after_write)
}

fn after_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    match (&rows.old, &rows.new) {
        (None, Some(new)) => {
            // import_tickets() indexes people, tickets and comments itself, many at a time.
            if SystemWrite::is_import() {
                return Ok(None);
            }
            if kind_of(new) == Kind::Ticket && new.is_import("created_at")? {
                index_new_people(new.required("org_id")?, people_of(new)?)?;
            }
            save_document(new)?;
        }
        (Some(old), Some(new)) => {
            let kind = kind_of(new);
            if is_changed(old, new, text_columns(kind))? {
                save_document(new)?;
            } else if kind == Kind::Ticket && is_changed(old, new, PEOPLE)? {
                replace_people(old, new)?;
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
    if row.has_column("file_name") {
        Kind::Attachment
    } else if row.has_column("ticket_id") {
        Kind::Comment
    } else if row.has_column("number") {
        Kind::Ticket
    } else {
        Kind::Article
    }
}

/// The people by whom a ticket is found.
const PEOPLE: &[&str] = &["created_by", "assigned_to"];

fn text_columns(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Ticket => &["title", "description"],
        Kind::Article => &["title", "content", "tags", "categories"],
        Kind::Attachment => &["file_name"],
        Kind::Comment | Kind::Person => &["content"],
    }
}

fn is_changed(old: &TriggerRow, new: &TriggerRow, columns: &[&str]) -> Result<bool> {
    for column in columns {
        if !new.same_image(old, column)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn save_document(new: &TriggerRow) -> Result<()> {
    let kind = kind_of(new);
    let org: Uuid = new.required("org_id")?;
    let nothing = || None::<String>.into();
    let (title, keywords, text) = match kind {
        Kind::Ticket => (new.arg("title")?, nothing(), new.arg("description")?),
        Kind::Article => (new.arg("title")?, keywords(new)?.into(), new.arg("content")?),
        Kind::Attachment => (nothing(), new.arg("file_name")?, nothing()),
        Kind::Comment | Kind::Person => (nothing(), nothing(), new.arg("content")?),
    };
    let (ticket, is_internal): (Option<Uuid>, bool) = match kind {
        Kind::Ticket => (new.get("id")?, false),
        Kind::Article => (None, false),
        _ => (new.get("ticket_id")?, new.required("is_internal")?),
    };
    let people = if kind == Kind::Ticket { Some(people_of(new)?) } else { None };
    lock_language(org)?;
    let args = [
        org.into(),
        new.arg("id")?,
        kind.label().into(),
        ticket.into(),
        is_internal.into(),
        kind.prefix().into(),
        title,
        keywords,
        text,
        people.into(),
        organization_marker(org, kind.prefix()).into(),
    ];
    pending_list::write(|| statement::write(&UPSERT_DOCUMENT).execute(&args))
}

/// The tags and categories of an article.
fn keywords(article: &TriggerRow) -> Result<String> {
    let mut keywords = Vec::new();
    for column in ["tags", "categories"] {
        let names: Option<Vec<Option<String>>> = article.get(column)?;
        keywords.extend(names.into_iter().flatten().flatten());
    }
    Ok(keywords.join("\n"))
}

/// Requester and assignee.
fn people_of(ticket: &TriggerRow) -> Result<Vec<Uuid>> {
    let mut people = Vec::with_capacity(PEOPLE.len());
    for column in PEOPLE {
        people.extend(ticket.get::<Uuid>(column)?);
    }
    Ok(people)
}

fn replace_people(old: &TriggerRow, new: &TriggerRow) -> Result<()> {
    let org: Uuid = new.required("org_id")?;
    let marker = organization_marker(org, Kind::Ticket.prefix());
    let lexemes = |people: Vec<Uuid>| -> Vec<String> {
        people.into_iter().map(|person| format!("{marker}{}", person_lexeme(person))).collect()
    };
    lock_language(org)?;
    let args = [
        org.into(),
        new.arg("id")?,
        lexemes(people_of(old)?).into(),
        lexemes(people_of(new)?).into(),
    ];
    pending_list::write(|| statement::write(REPLACE_PEOPLE).execute(&args))
}
