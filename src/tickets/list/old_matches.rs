//! Tickets with words that very many documents have, but few of the newest. To check each ticket of
//! a list would pass over all newer ones.

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;

use crate::fulltext::blocks::{blocks_before, in_blocks};
use crate::fulltext::lexemes::{Kind, organization_marker};
use crate::fulltext::query::{Phase, Query};
use crate::platform::conditions::Arguments;
use crate::platform::datum::TsQuery;
use crate::platform::error::Result;
use crate::platform::statement::{self, Planned};
use crate::tickets::text_filters::scope::Scope;

/// How many documents are read. Further tickets are not listed.
const MAX_DOCUMENTS: usize = 18_000;

/// $1 organization, $2 tsquery. What the scope compares with follows.
fn match_fewer_than_20(scope: &str) -> String {
    format!(
        "select count(*) < 20
           from (select
                   from (select d.* from helpdesk.search_documents d
                          where d.org_id = $1 and d.kind <> 'article'
                          order by d.document_id desc limit 3000) d
                  where d.lexemes @@ $2 and {scope} limit 20) d"
    )
}

/// Goes through the blocks of documents, newest first. $1 organization, $2 tsquery, $3 the
/// organization's marker. Then the tsqueries by which the index finds candidates, and the scope's.
fn tickets_in_blocks(candidates: &[String], scope: &str) -> String {
    format!(
        "with {},
         candidates as (
           select c.ticket_id, c.is_match
             from blocks b,
                  lateral (
                    select d.org_id, d.ticket_id, d.lexemes @@ $2 and {scope} as is_match
                      from helpdesk.search_documents d
                     where {} and d.lexemes @@ {} offset 0) c
            where c.org_id = $1
            limit {MAX_DOCUMENTS})
         select array_agg(distinct c.ticket_id) filter (where c.is_match),
                count(*) < {MAX_DOCUMENTS}
           from candidates c",
        blocks_before("$1", "null"),
        candidates.join(" and "),
        in_blocks("$3", "b.starts")
    )
}

/// Whether hardly any of the newest documents match.
pub(super) fn are_few_new(org: Uuid, query: &Query, phase: Phase, scope: &Scope) -> Result<bool> {
    let mut more = Arguments::after(2);
    let sql = match_fewer_than_20(&scope.to_sql(Some((query, phase)), &mut more));
    let mut args: Vec<DatumWithOid> = vec![org.into(), query.for_phase(phase).into()];
    args.extend(more.into_values());
    let are_few = statement::read_assembled(&sql, Planned::Once).fetch_scalar(&args)?;
    Ok(are_few.unwrap_or(false))
}

/// The newest tickets that match, and whether they are all.
pub(super) fn old_matches(
    org: Uuid,
    query: &Query,
    phase: Phase,
    scope: &Scope,
) -> Result<(Vec<Uuid>, bool)> {
    let marker = organization_marker(org, Kind::Ticket.prefix());
    let mut args: Vec<DatumWithOid> =
        vec![org.into(), query.for_phase(phase).into(), marker.into()];
    let mut more = Arguments::after(args.len());
    let mut matches = |tsquery: TsQuery| format!("d.lexemes @@ {}", more.bind(tsquery));
    let candidates: Vec<String> =
        query.candidates_for_phase(phase)?.into_iter().map(&mut matches).collect();
    let scope = scope.to_sql(Some((query, phase)), &mut more);
    args.extend(more.into_values());
    let found = statement::read_assembled(&tickets_in_blocks(&candidates, &scope), Planned::Once)
        .fetch_optional(&args, |row| {
        (row.get::<Vec<Uuid>>(1).unwrap_or_default(), row.get(2).unwrap_or(false))
    })?;
    Ok(found.unwrap_or_default())
}
