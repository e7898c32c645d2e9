//! How many tickets there are now: the folded counts and the deltas that are not folded yet.
//!
//! Both are selected as rows to be summed. The types of the two parts must be equal, so that
//! Postgres flattens the UNION and reads only the columns that a statement needs. The view
//! workflow_stage_stats repeats STAGE_COUNTS: because it is a security_invoker view, it could share
//! another view only if everybody who reads it were granted SELECT on that one.

use std::sync::LazyLock;

/// The agent_id of unassigned tickets.
pub const NOBODY: &str = "'00000000-0000-0000-0000-000000000000'::uuid";

/// By stage and priority, with the sum of when the tickets entered the stage.
pub const STAGE_COUNTS: &str = "
    select f.org_id, f.stage_id, f.priority, f.ticket_count, f.entered_epoch_sum
      from helpdesk.ticket_stage_counts f
    union all
    select d.org_id, d.stage_id, d.priority, d.ticket_delta::bigint,
           d.ticket_delta * extract(epoch from d.occurred_at)
      from helpdesk.ticket_stat_deltas d where d.metric in ('opened', 'stage')";

/// By assignee, stage and priority.
pub static AGENT_COUNTS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "
    select f.org_id, f.agent_id, f.stage_id, f.priority, f.ticket_count
      from helpdesk.ticket_agent_counts f
    union all
    select d.org_id, coalesce(d.agent_id, {NOBODY}), d.stage_id, d.priority, d.ticket_delta::bigint
      from helpdesk.ticket_stat_deltas d where d.metric in ('opened', 'stage')"
    )
});
