//! The tables whose rows have documents, and how many documents are written at once.

use super::blocks::{block_of_document, starts_block};
use super::vector::lexemes_of;

/// A table `r` whose rows have documents: kind, ticket and visibility of a document, the prefix of
/// its kind, and its texts as `lexemes_of` takes them.
pub(super) struct IndexedTable {
    pub(super) name: &'static str,
    pub(super) columns: &'static str,
    pub(super) prefix: &'static str,
    pub(super) texts: [&'static str; 4],
}

pub(super) const TICKETS: IndexedTable = IndexedTable {
    name: "tickets",
    columns: "'ticket', r.id, false",
    prefix: "'t'",
    texts: ["r.title", "null", "r.description", "array[r.created_by, r.assigned_to]"],
};

pub(super) const ATTACHMENTS: IndexedTable = IndexedTable {
    name: "ticket_attachments",
    columns: "'attachment', r.ticket_id, r.is_internal",
    prefix: "'t'",
    texts: ["null", "r.file_name", "null", "null"],
};

pub(super) const COMMENTS: IndexedTable = IndexedTable {
    name: "ticket_comments",
    columns: "'comment', r.ticket_id, r.is_internal",
    prefix: "'t'",
    texts: ["null", "null", "r.content", "null"],
};

pub(super) const ARTICLES: IndexedTable = IndexedTable {
    name: "articles",
    columns: "'article', null::uuid, false",
    prefix: "'a'",
    texts: ["r.title", "array_to_string(r.tags || r.categories, E'\\n')", "r.content", "null"],
};

pub(super) const INDEXED_TABLES: [IndexedTable; 4] = [TICKETS, ATTACHMENTS, COMMENTS, ARTICLES];

impl IndexedTable {
    /// Writes the missing documents among `rows` that start a block, without lexemes. They come
    /// first, because a statement that writes documents does not see the starts among its own.
    pub(super) fn insert_starts(&self, rows: &str) -> String {
        let columns = self.columns;
        let is_start = starts_block("r.id", "r.id");
        format!(
            "insert into helpdesk.search_documents
                    (org_id, document_id, kind, ticket_id, is_internal, lexemes)
             select r.org_id, r.id, {columns}, '' from {rows} where {is_start}
             on conflict (org_id, document_id, kind) do nothing"
        )
    }

    /// Writes the missing and outdated documents of `rows` of organization $1. `org_prefix` is the
    /// organization's part of the prefix.
    pub(super) fn write_documents(&self, rows: &str, org_prefix: &str) -> String {
        let IndexedTable { columns, prefix, texts, .. } = self;
        let lexemes = lexemes_of("r.org_id", prefix, *texts);
        let block = block_of_document("$1", &format!("{prefix} || {org_prefix}"), "r.id");
        format!(
            "insert into helpdesk.search_documents as d
                    (org_id, document_id, kind, ticket_id, is_internal, lexemes)
             select r.org_id, r.id, {columns}, {lexemes} || {block}
               from helpdesk.organizations o, {rows} where o.id = $1
             on conflict (org_id, document_id, kind) do update
               set ticket_id = excluded.ticket_id,
                   is_internal = excluded.is_internal,
                   lexemes = excluded.lexemes
             where (d.ticket_id, d.is_internal, d.lexemes)
                   is distinct from (excluded.ticket_id, excluded.is_internal, excluded.lexemes)"
        )
    }
}
