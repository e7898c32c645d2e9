//! Which documents of the full-text index differ from what a rebuild would write.

use std::sync::LazyLock;

use super::blocks::marks_block;
use super::indexed_tables::{INDEXED_TABLES, IndexedTable};
use super::vector::lexemes_of;

/// The ids of the missing and outdated documents of organization $1, and of those whose rows are
/// gone. None while they are being rebuilt. $2: the organization's part of the prefix.
pub static WRONG_DOCUMENTS: LazyLock<String> = LazyLock::new(|| {
    let of_tables: Vec<String> = INDEXED_TABLES.iter().map(wrong_documents_of).collect();
    format!(
        "select w.id from ({} union all {} union all {}) w
          where not exists (select from helpdesk.search_rebuilds x where x.org_id = $1)",
        of_tables.join(" union all "),
        wrong_people(),
        orphans()
    )
});

/// The lexeme of the block is not compared: a document may be in an older one.
fn wrong_documents_of(table: &IndexedTable) -> String {
    let IndexedTable { name, columns, prefix, texts } = table;
    let lexemes = lexemes_of("r.org_id", prefix, *texts);
    let is_block = marks_block("l.lexeme", &format!("{prefix} || $2"));
    format!(
        "select r.id
           from helpdesk.organizations o
           join helpdesk.{name} r on r.org_id = $1
           cross join lateral (select {columns}) e (kind, ticket_id, is_internal)
           left join helpdesk.search_documents d
             on d.org_id = $1 and d.document_id = r.id and d.kind = e.kind
          where o.id = $1
            and (d.document_id is null or d.ticket_id is distinct from e.ticket_id
                 or d.is_internal <> e.is_internal
                 or ts_delete(d.lexemes, array(
                      select l.lexeme from unnest(tsvector_to_array(d.lexemes)) l (lexeme)
                       where {is_block})) <> {lexemes})"
    )
}

fn wrong_people() -> String {
    let lexemes = lexemes_of(
        "o.id",
        "'p'",
        ["p.name", "case when m.user_id is not null then p.email end", "null", "null"],
    );
    format!(
        "select p.id
           from helpdesk.organizations o
           join helpdesk.profiles p on p.id in (
             select m.user_id from helpdesk.org_members m where m.org_id = $1
              union
             select x.document_id from helpdesk.search_documents x
              where x.org_id = $1 and x.kind = 'person'
              union
             select unnest(array[t.created_by, t.assigned_to]) from helpdesk.tickets t
              where t.org_id = $1)
           left join helpdesk.org_members m on m.org_id = $1 and m.user_id = p.id
           left join helpdesk.search_documents d
             on d.org_id = $1 and d.document_id = p.id and d.kind = 'person'
          where o.id = $1 and d.lexemes is distinct from {lexemes}"
    )
}

/// Documents that start a block stay, without lexemes.
fn orphans() -> String {
    let rows: Vec<String> = INDEXED_TABLES
        .iter()
        .map(|table| {
            format!(
                "select r.id from helpdesk.{} r where r.org_id = $1 and r.id = d.document_id",
                table.name
            )
        })
        .collect();
    format!(
        "select d.document_id from helpdesk.search_documents d
          where d.org_id = $1 and d.kind <> 'person' and d.lexemes <> ''
            and not exists ({})",
        rows.join(" union all ")
    )
}
