//! Maintenance of the counters: folding the deltas, verifying the counts, and rebuilding them.

use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::datum::AnyNumeric;
use pgrx::iter::TableIterator;
use pgrx::prelude::*;

use super::current_counts::{AGENT_COUNTS, NOBODY, STAGE_COUNTS};
use super::day_sums::{BUCKET, DAY_SUMS};
use crate::platform::error::Result;
use crate::platform::replication::{check_is_not_subscribed, is_subscribed};
use crate::platform::schema_version::check_schema_version;
use crate::platform::statement::{self, Planned};
use crate::platform::time_zone;

const DELTAS: &str = "helpdesk.ticket_stat_deltas";

/// The number of deltas that one statement folds.
const BATCH: i64 = 50_000;

/// Only one session refreshes or rebuilds at a time. The lock shows in pg_locks as (7315002, 6).
pub const LOCK_COUNTS: &str = "select pg_advisory_xact_lock(7315002, 6)";
const TRY_LOCK: &str = "select pg_try_advisory_xact_lock(7315002, 6)";

static FOLD: LazyLock<String> = LazyLock::new(|| {
    format!(
        include_str!("../../sql/queries/fold_ticket_stats.sql"),
        nobody = NOBODY,
        bucket = BUCKET,
        day_sums = DAY_SUMS,
    )
});

const DELETE_ZERO_STAGE_COUNTS: &str = "
    delete from helpdesk.ticket_stage_counts
     where org_id = any ($1) and ticket_count = 0 and entered_epoch_sum = 0";

const DELETE_ZERO_AGENT_COUNTS: &str =
    "delete from helpdesk.ticket_agent_counts where org_id = any ($1) and ticket_count = 0";

const FIND_TIME_ZONES: &str = "select distinct o.time_zone from helpdesk.organizations o";

static VERIFY: LazyLock<String> = LazyLock::new(|| {
    format!(
        include_str!("../../sql/queries/verify_ticket_stats.sql"),
        nobody = NOBODY,
        stage_counts = STAGE_COUNTS,
        agent_counts = *AGENT_COUNTS,
    )
});

static REBUILD: LazyLock<String> = LazyLock::new(|| {
    format!(include_str!("../../sql/queries/rebuild_ticket_stats.sql"), nobody = NOBODY)
});

/// What one statement folded.
struct Batch {
    size: i64,
    /// The organization and the id of the last delta.
    last: (Uuid, Uuid),
    orgs: Vec<Uuid>,
}

/// Folds all deltas into the counts, in batches, and returns how many there were. Does nothing if
/// another session is refreshing.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn refresh_ticket_stats() -> Result<i64> {
    check_schema_version()?;
    if is_subscribed(DELTAS)? || statement::write(TRY_LOCK).fetch_scalar(&[])? != Some(true) {
        return Ok(0);
    }
    let unknown_zones = find_unknown_time_zones()?;
    let mut total = 0;
    // Goes through the organizations once, in order, so that constant writes in the first one
    // cannot keep it from reaching the last.
    let mut last = (Uuid::from_bytes([0; 16]), Uuid::from_bytes([0; 16]));
    while let Some(batch) = fold_batch(last, &unknown_zones)? {
        for delete_zeros in [DELETE_ZERO_STAGE_COUNTS, DELETE_ZERO_AGENT_COUNTS] {
            statement::write(delete_zeros).execute(&[batch.orgs.clone().into()])?;
        }
        total += batch.size;
        if batch.size < BATCH {
            break;
        }
        last = batch.last;
    }
    Ok(total)
}

/// The time zones of organizations that this server does not know.
fn find_unknown_time_zones() -> Result<Vec<String>> {
    let zones = statement::write(FIND_TIME_ZONES).fetch_all(&[], |row| row.get::<String>(1))?;
    Ok(zones.into_iter().flatten().filter(|zone| !time_zone::knows_time_zone(zone)).collect())
}

/// Folds the first deltas after `last`; None if there are none.
fn fold_batch(last: (Uuid, Uuid), unknown_zones: &[String]) -> Result<Option<Batch>> {
    let args = [BATCH.into(), last.0.into(), last.1.into(), unknown_zones.to_vec().into()];
    let batch =
        statement::write(&FOLD).planned(Planned::EachTime).fetch_optional(&args, |row| {
            Some(Batch { size: row.get(1)?, last: (row.get(2)?, row.get(3)?), orgs: row.get(4)? })
        })?;
    Ok(batch.flatten())
}

/// Returns where the counts differ from the tickets: by stage with a NULL agent_id, and by agent.
/// No rows, unless tickets were written while triggers were disabled.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
#[allow(clippy::type_complexity)] // pgrx reads the columns from the signature.
fn verify_ticket_stats() -> Result<
    TableIterator<
        'static,
        (
            name!(org_id, Option<Uuid>),
            name!(stage_id, Option<Uuid>),
            name!(priority, Option<String>),
            name!(agent_id, Option<Uuid>),
            name!(counted, Option<i64>),
            name!(actual, Option<i64>),
            name!(counted_seconds, Option<AnyNumeric>),
            name!(actual_seconds, Option<AnyNumeric>),
        ),
    >,
> {
    check_schema_version()?;
    let rows = statement::read(&VERIFY).fetch_all(&[], |row| {
        (
            row.get(1),
            row.get(2),
            row.get(3),
            row.get(4),
            row.get(5),
            row.get(6),
            row.get(7),
            row.get(8),
        )
    })?;
    Ok(TableIterator::new(rows))
}

/// Counts the tickets of all stages and agents again, after changes with triggers disabled; writes
/// to tickets wait meanwhile. The daily history is kept, because it also covers deleted tickets.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn rebuild_ticket_stats() -> Result<()> {
    check_schema_version()?;
    check_is_not_subscribed(DELTAS)?;
    statement::run_script(&REBUILD)
}
