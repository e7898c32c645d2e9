//! The total of a list: how many tickets match its filters.

use pgrx::datum::DatumWithOid;

use super::filters::{Assignee, Filters, conditions, with_conditions};
use super::search::TicketSearch;
use crate::platform::error::Result;
use crate::platform::statement;
use crate::reporting::counts::{NOBODY, STAGE_COUNTS, agent_counts};

/// More matches of a search are not counted.
const MAX_COUNTED_MATCHES: i64 = 10_000;

/// How many tickets match; None if a search finds too many to count.
pub(super) fn count(
    filters: &Filters,
    conditions: &[&'static str],
    search: Option<&TicketSearch>,
    sees_all: bool,
    params: &[DatumWithOid],
) -> Result<Option<i64>> {
    if let Some(search) = search {
        return count_matches(filters, search, sees_all, params);
    }
    let sql = if sees_all && filters.can_use_counters() {
        sum_of_counters(conditions, filters.assigned_to)
    } else {
        select_tickets("count(*)", conditions, sees_all)
    };
    Ok(Some(statement::read_assembled(&sql).fetch_scalar(params)?.unwrap_or(0)))
}

/// How many tickets a search finds; None if they are too many to count. The conditions may differ
/// from those of the page, because counting needs no order.
fn count_matches(
    filters: &Filters,
    search: &TicketSearch,
    sees_all: bool,
    params: &[DatumWithOid],
) -> Result<Option<i64>> {
    let Some(search) = search.counted(sees_all) else { return Ok(None) };
    let conditions = conditions(filters, Some(&search), sees_all);
    let matches = select_tickets("", &conditions, sees_all);
    let sql = format!("select count(*) from ({matches} limit {}) t", MAX_COUNTED_MATCHES + 1);
    let count: Option<i64> = statement::read_assembled(&sql).fetch_scalar(params)?;
    Ok(count.filter(|count| *count <= MAX_COUNTED_MATCHES))
}

/// Sums up the counters of reporting instead of counting tickets. Each row of counters has the
/// columns that the conditions ask of a ticket `t`.
fn sum_of_counters(conditions: &[&'static str], assignee: Option<Assignee>) -> String {
    let agent = assignee.map(|assignee| match assignee {
        Assignee::Nobody => NOBODY,
        Assignee::Me | Assignee::Member(_) => "$11",
    });
    let (counts, assigned_to) = match agent {
        None => (STAGE_COUNTS.to_owned(), "null::uuid".to_owned()),
        Some(agent) => (
            format!("select * from ({}) c where c.agent_id = {agent}", agent_counts("true")),
            format!("nullif({agent}, {NOBODY})"),
        ),
    };
    let sum = format!(
        "
        select sum(t.ticket_count)::bigint
          from (select s.status, s.id as current_stage_id, s.workflow_id, c.priority,
                       {assigned_to} as assigned_to, c.ticket_count
                  from ({counts}) c
                  join helpdesk.workflow_stages s on s.org_id = $1 and s.id = c.stage_id) t
         where true"
    );
    with_conditions(&sum, conditions.iter().copied())
}

/// Selects from the matching tickets that the caller sees, in no order.
fn select_tickets(columns: &str, conditions: &[&'static str], sees_all: bool) -> String {
    let own = (!sees_all).then_some("(t.created_by = $2 or t.assigned_to = $2)");
    with_conditions(
        &format!("select {columns} from helpdesk.tickets t where t.org_id = $1"),
        own.into_iter().chain(conditions.iter().copied()),
    )
}
