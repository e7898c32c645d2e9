//! Blocks of documents. One of 1,024 tickets, comments and files starts a block: the documents of
//! its organization with higher ids, up to the next start, share a lexeme. So the index finds what
//! matches in a few blocks at a time, newest first, without reading all documents that match. The
//! size of a single block is a matter of chance, that of eight together much less so.

/// Between an organization's marker and the name of a block, in its lexeme.
const BLOCK: char = '#';

/// Before all documents: the start of the block of those without one.
const FIRST_START: &str = "'00000000-0000-0000-0000-000000000000'::uuid";

/// How many blocks the index is asked for together.
const BLOCKS_AT_A_TIME: usize = 8;

/// With so many documents in them, they are read one by one.
const MANY: usize = 1_000;

/// Whether a document starts a block, as an SQL condition on it and its ticket. The row of a start
/// is never deleted, because others refer to it; it only loses its lexemes.
pub(super) fn starts_block(document: &str, ticket: &str) -> String {
    format!("uuid_hash({document}) & 1023 = 0 and {ticket} is not null")
}

/// The last starts before a document, newest first, as an SQL query of the organization and the
/// document.
fn starts_before(org: &str, document: &str, limit: usize) -> String {
    let is_start = starts_block("d.document_id", "d.ticket_id");
    format!(
        "select d.document_id from helpdesk.search_documents d
          where d.org_id = {org} and {is_start} and d.document_id < {document}
          order by d.document_id desc limit {limit}"
    )
}

/// The blocks of documents before one, newest first, a few in each row, as a recursive query
/// `blocks (starts)`. Without a document, all. The last row ends with the oldest block, which has
/// no start.
pub fn blocks_before(org: &str, document: &str) -> String {
    let last = "'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid";
    let before = |document: &str| {
        let starts = starts_before(org, document, BLOCKS_AT_A_TIME);
        format!(
            "(select case when cardinality(s.starts) < {BLOCKS_AT_A_TIME}
                          then s.starts || {FIRST_START} else s.starts end
                from (select array({starts}) as starts) s)"
        )
    };
    format!(
        "recursive blocks (starts) as (
           select {}
           union all
           select {} from blocks b where {FIRST_START} <> all (b.starts))",
        before(&format!("coalesce({document}, {last})")),
        before(&format!("b.starts[{BLOCKS_AT_A_TIME}]"))
    )
}

/// The tsquery that finds the documents of a row of blocks, as an SQL expression of the
/// organization's marker and the starts.
pub fn in_blocks(marker: &str, starts: &str) -> String {
    format!(
        "(select string_agg(quote_literal({}), '|') from unnest({starts}) s (start))::tsquery",
        block_lexeme(marker, "s.start")
    )
}

/// A query of `starts`: the rows of `blocks b` in which a document `d` meets the condition, and
/// single blocks instead of a row if so many do that one of its blocks may be enough.
pub fn blocks_to_read(marker: &str, condition: &str) -> String {
    let in_row = in_blocks(marker, "b.starts");
    format!(
        "select case n.matches when {MANY} then array[p.start] else b.starts end as starts
           from (select count(*) as matches
                   from (select from helpdesk.search_documents d
                          where {condition} and d.lexemes @@ {in_row} limit {MANY}) d) n,
                unnest(case n.matches when {MANY} then b.starts else b.starts[1:1] end) p (start)
          where n.matches > 0"
    )
}

/// The lexeme of the documents in a block, as an SQL expression of the organization's marker and
/// the start.
fn block_lexeme(marker: &str, start: &str) -> String {
    format!("({marker} || '{BLOCK}' || right(to_hex(uuid_hash_extended({start}, 0)), 8))")
}

/// Whether a lexeme is that of a block, as an SQL condition on it and the organization's marker.
pub(super) fn marks_block(lexeme: &str, marker: &str) -> String {
    format!("starts_with({lexeme}, {marker} || '{BLOCK}')")
}

/// The same as the tsvector that is added to a document's lexemes. A document whose start is not
/// committed yet is in an older block, and is found there.
pub(super) fn block_of_document(org: &str, marker: &str, document: &str) -> String {
    let start = format!("coalesce(({}), {FIRST_START})", starts_before(org, document, 1));
    format!("array_to_tsvector(array[{}])", block_lexeme(marker, &start))
}
