//! Durations as buckets of a logarithmic scale, and the percentiles that are read from them.

use serde::Serialize;

/// Each bucket ends at GAMMA times the end of the one before, as in DDSketch (Masson, Rim, Lee,
/// VLDB 2019). A percentile is within (GAMMA - 1) / (GAMMA + 1), that is 2.5 %, of the exact one.
const GAMMA: f64 = 1.05;

/// The bucket of a row of `helpdesk.ticket_stat_deltas d`; 1.05 is GAMMA.
pub(super) const BUCKET: &str = "ceil(ln(greatest(d.seconds, 1)) / ln(1.05))::smallint";

/// How many durations there were, and two percentiles of them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Percentiles {
    count: usize,
    median_seconds: Option<f64>,
    p90_seconds: Option<f64>,
}

impl Percentiles {
    pub(super) fn from_buckets(mut buckets: Vec<i16>) -> Percentiles {
        buckets.sort_unstable();
        let count = buckets.len();
        // The nearest rank, in the middle of its bucket.
        let at = |tenths: usize| {
            let bucket = *buckets.get((tenths * count).div_ceil(10).checked_sub(1)?)?;
            let seconds = 2.0 * GAMMA.powi(bucket.into()) / (GAMMA + 1.0);
            Some((seconds * 1000.0).round() / 1000.0)
        };
        Percentiles { count, median_seconds: at(5), p90_seconds: at(9) }
    }
}
