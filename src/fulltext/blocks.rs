//! Blocks of documents. One of 8,192 tickets, comments and files starts a block: the documents of
//! its organization with higher ids, up to the next start, share a lexeme. So the index finds what
//! matches block by block, newest first, without reading all documents that match.

/// Between an organization's marker and the name of a block, in its lexeme.
const BLOCK: char = '#';

/// Before all documents: the start of the block of those without one.
const FIRST_START: &str = "'00000000-0000-0000-0000-000000000000'::uuid";

/// Whether a document starts a block, as an SQL condition on it and its ticket. The row of a start
/// is never deleted, because others refer to it; it only loses its lexemes.
pub(super) fn starts_block(document: &str, ticket: &str) -> String {
    format!("uuid_hash({document}) & 8191 = 0 and {ticket} is not null")
}

/// The last start before a document, as an SQL expression of the organization and the document. A
/// document whose start is not committed yet is in an older block, and is found there.
fn start_before(org: &str, document: &str) -> String {
    let is_start = starts_block("d.document_id", "d.ticket_id");
    format!(
        "coalesce((select d.document_id from helpdesk.search_documents d
                    where d.org_id = {org} and {is_start} and d.document_id < {document}
                    order by d.document_id desc limit 1), {FIRST_START})"
    )
}

/// The blocks of documents before one, the newest first, as a recursive query `blocks (start)`.
/// Without a document, all.
pub fn blocks_before(org: &str, document: &str) -> String {
    let last = "'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid";
    format!(
        "recursive blocks (start) as (
           select {}
           union all
           select {} from blocks b where b.start <> {FIRST_START})",
        start_before(org, &format!("coalesce({document}, {last})")),
        start_before(org, "b.start")
    )
}

/// The lexeme of the documents in a block, as an SQL expression of the organization's marker and
/// the start.
pub fn block_lexeme(marker: &str, start: &str) -> String {
    format!("({marker} || '{BLOCK}' || right(to_hex(uuid_hash_extended({start}, 0)), 8))")
}

/// Whether a lexeme is that of a block, as an SQL condition on it and the organization's marker.
pub(super) fn marks_block(lexeme: &str, marker: &str) -> String {
    format!("starts_with({lexeme}, {marker} || '{BLOCK}')")
}

/// The same as the tsvector that is added to a document's lexemes.
pub(super) fn block_of_document(org: &str, marker: &str, document: &str) -> String {
    let lexeme = block_lexeme(marker, &start_before(org, document));
    format!("array_to_tsvector(array[{lexeme}])")
}
