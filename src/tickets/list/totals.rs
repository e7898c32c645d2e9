//! list_org_tickets: one page of tickets, filtered and sorted. Each statement is put together from constants only, and shaped so
//! that one index gives the page in order: the cost follows the page, not the organization.

use pgrx::datum::DatumWithOid;

use super::filters::{Assignee, Filters, conditions, with_conditions};
use super::search::TicketSearch;
use crate::platform::error::Result;
use crate::platform::statement;
use crate::reporting::fragments::NOBODY;

/// More matches of a search are not counted.
const MAX_FOUND: i64 = 10_000;

/// How many tickets match; None when a search finds too many to count.
pub(super) fn count(
    filters: &Filters,
    conditions: &[&'static str],
    search: Option<&TicketSearch>,
    sees_all: bool,
    params: &[DatumWithOid],
) -> Result<Option<i64>> {
    if search.is_some() {
        return found(filters, search, sees_all, params);
    }
    let sql = if sees_all && filters.can_use_counters() {
        stats_statement(conditions, filters.assigned_to)
    } else {
        matching_statement("select count(*)", conditions, sees_all)
    };
    Ok(Some(statement::read_assembled(&sql).fetch_scalar(params)?.unwrap_or(0)))
}

/// How many tickets a search finds; None when they are too many to count. The order does not matter: staff count by words.
fn found(
    filters: &Filters,
    search: Option<&TicketSearch>,
    sees_all: bool,
    bound: &[DatumWithOid],
) -> Result<Option<i64>> {
    let Some(search) = search.and_then(|search| search.counted(sees_all)) else {
        return Ok(None);
    };
    let conditions = conditions(filters, Some(&search), sees_all);
    let matching = matching_statement("select", &conditions, sees_all);
    let statement = format!("select count(*) from ({matching} limit {}) t", MAX_FOUND + 1);
    let count = statement::read_assembled(&statement)
        .fetch_optional(bound, |row| row.get::<i64>(1))?
        .flatten();
    Ok(count.filter(|count| *count <= MAX_FOUND))
}

/// How many match, from the counts that reporting keeps, as if each line of them were a ticket: those of stages, or those of the agent
/// that the filters name.
fn stats_statement(conditions: &[&'static str], assignee: Option<Assignee>) -> String {
    let (table, agent) = match assignee {
        None => ("ticket_stage_counts", None),
        Some(Assignee::Nobody) => ("ticket_agent_counts", Some(NOBODY)),
        Some(_) => ("ticket_agent_counts", Some("$11")),
    };
    let (counts_of, deltas_of, assigned_to) = match agent {
        None => (String::new(), String::new(), "null::uuid".to_owned()),
        Some(agent) => (
            format!(" and agent_id = {agent}"),
            format!(" and coalesce(agent_id, {NOBODY}) = {agent}"),
            format!("nullif({agent}, {NOBODY})"),
        ),
    };
    let counts = format!(
        "
        select sum(t.n)::bigint
          from (select s.status, s.id as current_stage_id, s.workflow_id, c.priority, c.n, {assigned_to} as assigned_to
                  from (select stage_id, priority, ticket_count as n
                          from helpdesk.{table} where org_id = $1{counts_of}
                        union all
                        select stage_id, priority, ticket_delta
                          from helpdesk.ticket_stat_deltas where org_id = $1 and metric in ('opened', 'stage'){deltas_of}) c
                  join helpdesk.workflow_stages s on s.org_id = $1 and s.id = c.stage_id) t
         where true"
    );
    with_conditions(&counts, conditions.iter().copied())
}

/// Selects from the tickets that match, of those that the caller sees, in no order.
fn matching_statement(select: &str, conditions: &[&'static str], sees_all: bool) -> String {
    let own = (!sees_all).then_some("(t.created_by = $2 or t.assigned_to = $2)");
    with_conditions(
        &format!("{select} from helpdesk.tickets t where t.org_id = $1"),
        own.into_iter().chain(conditions.iter().copied()),
    )
}
