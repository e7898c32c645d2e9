//! How many tickets a list has in total.

use pgrx::datum::DatumWithOid;

use super::conditions::{conditions, with_conditions};
use super::filters::{Assignee, Filters};
use super::planning;
use super::search::TicketSearch;
use crate::platform::error::Result;
use crate::platform::statement::{self, Planned};
use crate::reporting::current_counts::{AGENT_COUNTS, NOBODY, STAGE_COUNTS};

/// Totals of a search are exact up to this number, and unknown beyond it.
const MAX_TOTAL_OF_SEARCH: i64 = 10_000;

/// How many tickets match; None when a search finds too many to count.
pub(super) fn count(
    filters: &Filters,
    conditions: &[&str],
    search: Option<&TicketSearch>,
    sees_all: bool,
    params: &[DatumWithOid],
) -> Result<Option<i64>> {
    if let Some(search) = search {
        return count_matches(filters, search, sees_all, params);
    }
    let (sql, planned) = if sees_all && filters.can_use_counters() {
        (sum_of_counters(conditions, filters), Planned::Once)
    } else {
        (
            select_matching("select count(*)", conditions, sees_all),
            planning::of_total(filters, conditions, sees_all),
        )
    };
    Ok(Some(statement::read_assembled(&sql, planned).fetch_scalar(params)?.unwrap_or(0)))
}

fn count_matches(
    filters: &Filters,
    search: &TicketSearch,
    sees_all: bool,
    params: &[DatumWithOid],
) -> Result<Option<i64>> {
    if !search.is_countable(sees_all) {
        return Ok(None);
    }
    let of_search = search.conditions(sees_all, true);
    let conditions = conditions(filters, &of_search);
    let limit = MAX_TOTAL_OF_SEARCH + 1;
    let is_alone = sees_all && conditions.len() == of_search.len();
    let (sql, planned) = match search.count_of_words(limit).filter(|_| is_alone) {
        Some(sql) => (sql, Planned::Once),
        None => {
            let matching = select_matching("select", &conditions, sees_all);
            let sql = format!("select count(*) from ({matching} limit {limit}) t");
            (sql, planning::of_total(filters, &conditions, sees_all))
        }
    };
    let total: Option<i64> = statement::read_assembled(&sql, planned).fetch_scalar(params)?;
    Ok(total.filter(|total| *total <= MAX_TOTAL_OF_SEARCH))
}

/// Sums the counters of reporting instead of counting tickets. Each row of them is given the
/// columns of a ticket `t`, so that the same conditions apply to it.
fn sum_of_counters(conditions: &[&str], filters: &Filters) -> String {
    let assignees = filters.assigned_to.as_ref().map(|assignees| assignees.0.as_slice());
    let (counts, of_agents) = match assignees {
        None => (STAGE_COUNTS, String::new()),
        Some(assignees) => {
            let nobody = assignees.iter().any(Assignee::is_nobody);
            let nobody = if nobody { format!("or c.agent_id = {NOBODY}") } else { String::new() };
            (&**AGENT_COUNTS, format!(" and (c.agent_id = any ($24) {nobody})"))
        }
    };
    let assigned_to = match assignees {
        None => "null::uuid".to_owned(),
        Some(_) => format!("nullif(c.agent_id, {NOBODY})"),
    };
    let sum = format!(
        "
        select sum(t.ticket_count)::bigint
          from (select s.status, s.id as current_stage_id, s.workflow_id, c.priority,
                       c.ticket_count, {assigned_to} as assigned_to
                  from ({counts}) c
                  join helpdesk.workflow_stages s on s.org_id = $1 and s.id = c.stage_id
                 where c.org_id = $1{of_agents}) t
         where true"
    );
    with_conditions(&sum, conditions.iter().copied())
}

/// Selects the tickets that match, of those that the caller may see, in any order.
fn select_matching(select: &str, conditions: &[&str], sees_all: bool) -> String {
    let own = (!sees_all).then_some("(t.created_by = $2 or t.assigned_to = $2)");
    with_conditions(
        &format!("{select} from helpdesk.tickets t where t.org_id = $1"),
        own.into_iter().chain(conditions.iter().copied()),
    )
}
