//! SQL that sums up events: the deltas that record what happened to tickets on a day.

use super::counts::NOBODY;
use super::durations::BUCKET;

/// The columns of `helpdesk.ticket_stat_deltas d` that the sums need. `time_zone` decides the day.
pub(super) fn event_columns(time_zone: &str) -> String {
    format!(
        "(d.occurred_at at time zone {time_zone})::date as day, d.metric, d.ticket_delta,
               d.priority, coalesce(d.agent_id, {NOBODY}) as agent_id, {BUCKET} as bucket"
    )
}

/// What happened on a day: the columns `created` to `resolution_buckets` of the tables of days.
pub(super) const SUMS: &str = "
        coalesce(sum(ticket_delta) filter (where metric in ('opened', 'created')), 0)::bigint,
        coalesce(sum(ticket_delta) filter (where metric = 'resolved'), 0)::bigint,
        coalesce(sum(ticket_delta) filter (where metric = 'closed'), 0)::bigint,
        coalesce(sum(ticket_delta) filter (where metric = 'reopened'), 0)::bigint,
        coalesce(array_agg(bucket) filter (where metric = 'first_response'), '{}'),
        coalesce(array_agg(bucket) filter (where metric = 'resolution'), '{}')";
