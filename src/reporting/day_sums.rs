//! How the events of a day are summed, for folding them and for reading those not folded yet.

/// Durations are stored as the number of a bucket of relative width GAMMA, as in DDSketch (Masson,
/// Rim, Lee: DDSketch, VLDB 2019). A percentile read from the buckets is within
/// (GAMMA - 1) / (GAMMA + 1), that is 2.5 %, of the exact one.
pub(super) const GAMMA: f64 = 1.05;

/// The bucket of a delta `d`. 1.05 is GAMMA.
pub(super) const BUCKET: &str = "ceil(ln(greatest(d.seconds, 1)) / ln(1.05))::smallint";

/// A first response that is taken back is -1 minus its bucket, which cancels the bucket.
///
/// The columns created, resolved, closed, reopened, first_response_buckets and resolution_buckets.
pub(super) const DAY_SUMS: &str = "
             coalesce(sum(ticket_delta) filter (where metric in ('opened', 'created')), 0)::bigint,
             coalesce(sum(ticket_delta) filter (where metric = 'resolved'), 0)::bigint,
             coalesce(sum(ticket_delta) filter (where metric = 'closed'), 0)::bigint,
             coalesce(sum(ticket_delta) filter (where metric = 'reopened'), 0)::bigint,
             coalesce(array_agg((case when ticket_delta > 0 then bucket else -1 - bucket end)::smallint)
                        filter (where metric = 'first_response'), '{}'),
             coalesce(array_agg(bucket) filter (where metric = 'resolution'), '{}')";
