//! Maintenance of the counters: folding the deltas, verifying the counts, and rebuilding them.

use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::datum::AnyNumeric;
use pgrx::iter::TableIterator;
use pgrx::prelude::*;

use super::current_counts::{AGENT_COUNTS, NOBODY, STAGE_COUNTS};
use super::day_sums::{BUCKET, DAY_SUMS};
use crate::platform::error::Result;
use crate::platform::schema_version::check_schema_version;
use crate::platform::{statement, time_zone};

/// The number of deltas that one statement folds.
const BATCH: i64 = 50_000;

/// Only one session refreshes at a time. 7315002 stands for helpdesk in pg_locks.
const TRY_LOCK: &str = "select pg_try_advisory_xact_lock(7315002, 6)";

static FOLD: LazyLock<String> = LazyLock::new(|| {
    format!(
        include_str!("../../sql/queries/fold_ticket_stats.sql"),
        nobody = NOBODY,
        bucket = BUCKET,
        days_by_priority = add_to_days("ticket_days_by_priority", "priority"),
        days_by_agent = add_to_days("ticket_days_by_agent", "agent_id"),
    )
});

/// Adds events to a table with a row per organization, day and value of `key`.
fn add_to_days(table: &str, key: &str) -> String {
    format!(
        "
      insert into helpdesk.{table} as c
             (org_id, day, {key}, created, resolved, closed, reopened,
              first_response_buckets, resolution_buckets)
      select org_id, day, {key}, {DAY_SUMS}
        from events group by org_id, day, {key}
      on conflict (org_id, day, {key}) do update
         set created = c.created + excluded.created,
             resolved = c.resolved + excluded.resolved,
             closed = c.closed + excluded.closed,
             reopened = c.reopened + excluded.reopened,
             first_response_buckets = c.first_response_buckets || excluded.first_response_buckets,
             resolution_buckets = c.resolution_buckets || excluded.resolution_buckets"
    )
}

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

/// Waits for a running refresh, then blocks writes to tickets until the transaction ends. Deltas of
/// what happened on a day are kept.
static REBUILD: LazyLock<[String; 8]> = LazyLock::new(|| {
    [
        "select pg_advisory_xact_lock(7315002, 6)".to_owned(),
        "lock table helpdesk.tickets in share row exclusive mode".to_owned(),
        "delete from helpdesk.ticket_stage_counts".to_owned(),
        "delete from helpdesk.ticket_agent_counts".to_owned(),
        "delete from helpdesk.ticket_stat_deltas where metric = 'stage'".to_owned(),
        "update helpdesk.ticket_stat_deltas set metric = 'created' where metric = 'opened'"
            .to_owned(),
        "insert into helpdesk.ticket_stage_counts
                (org_id, stage_id, priority, ticket_count, entered_epoch_sum)
         select org_id, current_stage_id, priority, count(*),
                sum(extract(epoch from stage_entered_at))
           from helpdesk.tickets group by 1, 2, 3"
            .to_owned(),
        format!(
            "insert into helpdesk.ticket_agent_counts
                    (org_id, agent_id, stage_id, priority, ticket_count)
             select org_id, coalesce(assigned_to, {NOBODY}), current_stage_id, priority, count(*)
               from helpdesk.tickets group by 1, 2, 3, 4"
        ),
    ]
});

/// Folds all deltas into the counts, in batches, and returns how many there were. Does nothing if
/// another session is refreshing.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn refresh_ticket_stats() -> Result<i64> {
    check_schema_version()?;
    if statement::write(TRY_LOCK).fetch_scalar(&[])? != Some(true) {
        return Ok(0);
    }
    let zones = statement::write(FIND_TIME_ZONES).fetch_all(&[], |row| row.get::<String>(1))?;
    let unknown: Vec<String> =
        zones.into_iter().flatten().filter(|zone| !time_zone::knows_time_zone(zone)).collect();
    let mut total = 0;
    // Goes through the organizations once, in order, so that constant writes in the first one
    // cannot keep it from reaching the last.
    let mut last = (Uuid::from_bytes([0; 16]), Uuid::from_bytes([0; 16]));
    loop {
        let args = [BATCH.into(), last.0.into(), last.1.into(), unknown.clone().into()];
        let folded = statement::write(&FOLD).custom_plan().fetch_optional(&args, |row| {
            Some((row.get::<i64>(1)?, row.get(2)?, row.get(3)?, row.get::<Vec<Uuid>>(4)?))
        })?;
        let Some((count, org, delta, orgs)) = folded.flatten() else { return Ok(total) };
        for delete_zeros in [DELETE_ZERO_STAGE_COUNTS, DELETE_ZERO_AGENT_COUNTS] {
            statement::write(delete_zeros).execute(&[orgs.clone().into()])?;
        }
        total += count;
        if count < BATCH {
            return Ok(total);
        }
        last = (org, delta);
    }
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
    REBUILD.iter().try_for_each(|sql| statement::write(sql).execute(&[]))
}
