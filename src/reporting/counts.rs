//! The current counts of tickets, as SQL: the folded counts together with the deltas that are not
//! folded yet. The rows of each fragment are to be summed; $1 is the organization.

/// The agent_id of tickets that nobody is assigned to.
pub const NOBODY: &str = "'00000000-0000-0000-0000-000000000000'::uuid";

/// Rows of (stage_id, priority, ticket_count).
pub const STAGE_COUNTS: &str = "
    select c.stage_id, c.priority, c.ticket_count
      from helpdesk.ticket_stage_counts c
     where c.org_id = $1
    union all
    select d.stage_id, d.priority, d.ticket_delta
      from helpdesk.ticket_stat_deltas d
     where d.org_id = $1 and d.metric in ('opened', 'stage')";

/// Rows of (agent_id, stage_id, priority, ticket_count). `folded` is a further condition on the
/// folded counts alone, of which there are many if an organization has many agents.
pub fn agent_counts(folded: &str) -> String {
    format!(
        "
    select c.agent_id, c.stage_id, c.priority, c.ticket_count
      from helpdesk.ticket_agent_counts c
     where c.org_id = $1 and {folded}
    union all
    select coalesce(d.agent_id, {NOBODY}), d.stage_id, d.priority, d.ticket_delta
      from helpdesk.ticket_stat_deltas d
     where d.org_id = $1 and d.metric in ('opened', 'stage')"
    )
}
