//! Counting tickets. Every change appends what it changes (deltas), so that nobody waits for anybody; refresh_ticket_stats() folds
//! the deltas into counts.

/// The number of a duration's bucket; activity::GAMMA says how wide they are.
pub const BUCKET: &str = "ceil(ln(greatest(d.seconds, 1)) / ln(1.05))::smallint";

/// As agent: nobody.
pub const NOBODY: &str = "'00000000-0000-0000-0000-000000000000'::uuid";

/// What happened on a day, from events with metric and bucket.
pub const SUMS: &str =
    "coalesce(sum(ticket_delta) filter (where metric in ('opened', 'created')), 0)::bigint,
             coalesce(sum(ticket_delta) filter (where metric = 'resolved'), 0)::bigint,
             coalesce(sum(ticket_delta) filter (where metric = 'closed'), 0)::bigint,
             coalesce(sum(ticket_delta) filter (where metric = 'reopened'), 0)::bigint,
             coalesce(array_agg(bucket) filter (where metric = 'first_response'), '{}'),
             coalesce(array_agg(bucket) filter (where metric = 'resolution'), '{}')";
