//! Maintenance of the counts: folding deltas into them, verifying them, rebuilding them.

use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::datum::AnyNumeric;
use pgrx::iter::TableIterator;
use pgrx::prelude::*;

use super::counts::NOBODY;
use super::events::{SUMS, event_columns};
use crate::platform::error::Result;
use crate::platform::schema_version::check_schema_version;
use crate::platform::{statement, time_zone};

/// How many deltas one statement folds.
const BATCH: i64 = 50_000;

/// Allows one refresh at a time. 7315002 is the class of helpdesk's advisory locks in pg_locks.
const TRY_LOCK: &str = "select pg_try_advisory_xact_lock(7315002, 6)";

const LIST_TIME_ZONES: &str = "select distinct o.time_zone from helpdesk.organizations o";

static FOLD: LazyLock<String> = LazyLock::new(|| {
    format!(
        include_str!("../../sql/queries/fold_ticket_stats.sql"),
        nobody = NOBODY,
        event_columns = event_columns("o.time_zone"),
        sums = SUMS,
    )
});

const DELETE_EMPTY_STAGE_COUNTS: &str = "
    delete from helpdesk.ticket_stage_counts
     where org_id = any ($1) and ticket_count = 0 and entered_epoch_sum = 0";

const DELETE_EMPTY_AGENT_COUNTS: &str = "
    delete from helpdesk.ticket_agent_counts where org_id = any ($1) and ticket_count = 0";

static VERIFY: LazyLock<String> = LazyLock::new(|| {
    format!(include_str!("../../sql/queries/verify_ticket_stats.sql"), nobody = NOBODY)
});

static REBUILD: LazyLock<String> = LazyLock::new(|| {
    format!(include_str!("../../sql/queries/rebuild_ticket_stats.sql"), nobody = NOBODY)
});

/// How many deltas were folded, the last of them, and the organizations they belonged to.
struct FoldedBatch {
    size: i64,
    last: (Uuid, Uuid),
    orgs: Vec<Uuid>,
}

/// Folds all deltas into the counts, in batches, and returns how many there were. Does nothing
/// while another refresh is running.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn refresh_ticket_stats() -> Result<i64> {
    check_schema_version()?;
    if statement::write(TRY_LOCK).fetch_scalar(&[])? != Some(true) {
        return Ok(0);
    }
    let unknown_zones = unknown_time_zones()?;
    let mut total = 0;
    // Goes through the organizations once, in order, so that many new deltas of one of them do not
    // keep it from the others.
    let mut last = (Uuid::from_bytes([0; 16]), Uuid::from_bytes([0; 16]));
    loop {
        let Some(batch) = fold_batch(last, &unknown_zones)? else { return Ok(total) };
        for delete in [DELETE_EMPTY_STAGE_COUNTS, DELETE_EMPTY_AGENT_COUNTS] {
            statement::write(delete).execute(&[batch.orgs.clone().into()])?;
        }
        total += batch.size;
        if batch.size < BATCH {
            return Ok(total);
        }
        last = batch.last;
    }
}

fn unknown_time_zones() -> Result<Vec<String>> {
    let zones = statement::write(LIST_TIME_ZONES).fetch_all(&[], |row| row.get::<String>(1))?;
    Ok(zones.into_iter().flatten().filter(|zone| !time_zone::knows_time_zone(zone)).collect())
}

/// Folds the first deltas after `last`; None if there are none.
fn fold_batch(last: (Uuid, Uuid), unknown_zones: &[String]) -> Result<Option<FoldedBatch>> {
    let args = [BATCH.into(), last.0.into(), last.1.into(), unknown_zones.to_vec().into()];
    let batch = statement::write(&FOLD).custom_plan().fetch_optional(&args, |row| {
        Some(FoldedBatch { size: row.get(1)?, last: (row.get(2)?, row.get(3)?), orgs: row.get(4)? })
    })?;
    Ok(batch.flatten())
}

/// The counts that differ from a count of the tickets, which only happens if triggers were
/// disabled: counts of stages, with agent_id null, and counts of agents.
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

/// Counts the tickets of all stages and agents again, for use after a change with triggers
/// disabled. The days stay as they are: they also cover tickets that have been deleted since.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn rebuild_ticket_stats() -> Result<()> {
    check_schema_version()?;
    statement::run_script(&REBUILD)
}
