//! How many tickets there are now: the folded counts and the deltas that are not folded yet.
//!
//! Both are rows to be summed. The view workflow_stage_stats contains STAGE_COUNTS again, because a
//! view that it shared with these statements would need SELECT for everybody who reads it.

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
