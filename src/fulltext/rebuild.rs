//! Rebuilding the full-text index, after a change of language or a load with triggers disabled.

use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use super::blocks::{block_of_document, starts_block};
use super::language_lock::advisory_lock;
use super::lexemes::organization_marker;
use super::people::people_of_organization;
use super::sorting::sort_articles;
use super::vector::lexemes_of;
use crate::platform::error::{self, Result};
use crate::platform::schema_version::check_schema_version;
use crate::platform::statement;
use crate::platform::transaction::{self, Lock};

/// A table with documents: its name, the columns kind, ticket_id and is_internal, the prefix, and
/// title, keywords, text and people.
type Source = (&'static str, &'static str, &'static str, [&'static str; 4]);

const SOURCES: [Source; 4] = [
    (
        "tickets",
        "'ticket', r.id, false",
        "'t'",
        ["r.title", "null", "r.description", "array[r.created_by, r.assigned_to]"],
    ),
    (
        "ticket_comments",
        "'comment', r.ticket_id, r.is_internal",
        "'t'",
        ["null", "null", "r.content", "null"],
    ),
    (
        "ticket_attachments",
        "'attachment', r.ticket_id, r.is_internal",
        "'t'",
        ["null", "r.file_name", "null", "null"],
    ),
    (
        "articles",
        "'article', null::uuid, false",
        "'a'",
        ["r.title", "array_to_string(r.tags || r.categories, E'\\n')", "r.content", "null"],
    ),
];

/// Deletes the documents of organization $1 whose row is gone, then writes those that start a
/// block, because the others refer to them, and then all that are missing or outdated.
static REBUILD: LazyLock<Vec<String>> = LazyLock::new(|| {
    std::iter::once(DELETE_ORPHANS.to_owned())
        .chain(SOURCES.iter().map(insert_starts))
        .chain(SOURCES.iter().map(upsert_documents))
        .chain(std::iter::once(people_of_organization()))
        .collect()
});

fn insert_starts((table, columns, ..): &Source) -> String {
    format!(
        "insert into helpdesk.search_documents
                (org_id, document_id, kind, ticket_id, is_internal, lexemes)
         select d.org_id, d.document_id, d.kind, d.ticket_id, d.is_internal, ''
           from (select r.org_id, r.id, {columns} from helpdesk.{table} r where r.org_id = $1)
                d (org_id, document_id, kind, ticket_id, is_internal)
          where {}
             on conflict (org_id, document_id, kind) do nothing",
        starts_block("d.document_id", "d.ticket_id")
    )
}

fn upsert_documents((table, columns, prefix, texts): &Source) -> String {
    let lexemes = lexemes_of("r.org_id", prefix, *texts);
    let block = block_of_document("$1", &format!("{prefix} || $2"), "r.id");
    format!(
        "insert into helpdesk.search_documents as d
                (org_id, document_id, kind, ticket_id, is_internal, lexemes)
         select r.org_id, r.id, {columns}, {lexemes} || {block}
           from helpdesk.organizations o, helpdesk.{table} r
          where o.id = $1 and r.org_id = $1
         on conflict (org_id, document_id, kind) do update
           set ticket_id = excluded.ticket_id,
               is_internal = excluded.is_internal,
               lexemes = excluded.lexemes
         where (d.ticket_id, d.is_internal, d.lexemes)
               is distinct from (excluded.ticket_id, excluded.is_internal, excluded.lexemes)"
    )
}

const DELETE_ORPHANS: &str = "
    delete from helpdesk.search_documents d
     where d.org_id = $1
       and not case d.kind
         when 'ticket' then exists (
           select from helpdesk.tickets r where r.org_id = $1 and r.id = d.document_id)
         when 'person' then exists (
           select from helpdesk.profiles r where r.id = d.document_id)
         when 'attachment' then exists (
           select from helpdesk.ticket_attachments r where r.org_id = $1 and r.id = d.document_id)
         when 'comment' then exists (
           select from helpdesk.ticket_comments r where r.org_id = $1 and r.id = d.document_id)
         else exists (
           select from helpdesk.articles r where r.org_id = $1 and r.id = d.document_id) end";

const ORGANIZATIONS: &str =
    "select o.id from helpdesk.organizations o where $1::uuid is null or o.id = $1 order by o.id";

/// For a rebuild of all organizations, instead of one advisory lock for each of them.
const LOCK_TABLE: &str = "lock table helpdesk.search_documents in share row exclusive mode";

/// Rebuilds the full-text index of an organization, or of all. Meanwhile, whoever writes a document
/// waits.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn rebuild_search_index(p_org_id: default!(Option<Uuid>, "NULL")) -> Result<()> {
    check_schema_version()?;
    check_read_committed()?;
    match p_org_id {
        Some(org) => advisory_lock(org, Lock::Exclusive),
        None => statement::write(LOCK_TABLE).execute(&[])?,
    }
    let orgs =
        statement::write(ORGANIZATIONS).fetch_all(&[p_org_id.into()], |row| row.get::<Uuid>(1))?;
    orgs.into_iter().flatten().try_for_each(write_documents)
}

pub(super) fn rebuild_organization(org: Uuid) -> Result<()> {
    check_read_committed()?;
    advisory_lock(org, Lock::Exclusive);
    write_documents(org)
}

/// Sorts the articles of an organization in its new language.
pub(super) fn sort_organization(org: Uuid) -> Result<()> {
    check_read_committed()?;
    advisory_lock(org, Lock::Exclusive);
    sort_articles(org)
}

/// The caller holds the lock of the organization, or of the table.
fn write_documents(org: Uuid) -> Result<()> {
    let args = [org.into(), organization_marker(org, "").into()];
    REBUILD.iter().try_for_each(|sql| statement::write(sql).execute(&args))?;
    sort_articles(org)
}

fn check_read_committed() -> Result<()> {
    if transaction::is_read_committed() { Ok(()) } else { Err(not_read_committed()) }
}

fn not_read_committed() -> ErrorReport {
    error::wrong_state(
        "not_read_committed",
        "the full-text index cannot be rebuilt in a transaction above READ COMMITTED",
        "Change the language, or rebuild, in a READ COMMITTED transaction: only that one sees what others have just committed.",
    )
}
