//! Counting tickets. Every change appends what it changes (deltas), so that nobody waits for anybody; refresh_ticket_stats() folds
//! the deltas into counts.

use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::datum::AnyNumeric;
use pgrx::iter::TableIterator;
use pgrx::prelude::*;

use super::fragments::{BUCKET, NOBODY, SUMS};
use crate::platform::error::Result;
use crate::platform::schema_version::check_schema_version;
use crate::platform::{statement, time_zone};

/// Deltas that are folded at a time.
const BATCH: i64 = 50_000;

/// One refresh at a time: the number is the one of helpdesk in pg_locks.
const TRY_LOCK: &str = "select pg_try_advisory_xact_lock(7315002, 6)";

/// Adds events to the days of a table that is keyed by organization, day, and this column.
fn fold_days(table: &str, key: &str) -> String {
    format!("insert into helpdesk.{table} as c (org_id, day, {key}, created, resolved, closed, reopened, first_response_buckets, resolution_buckets)
      select org_id, day, {key}, {SUMS}
        from events group by org_id, day, {key}
      on conflict (org_id, day, {key}) do update
         set created = c.created + excluded.created, resolved = c.resolved + excluded.resolved,
             closed = c.closed + excluded.closed, reopened = c.reopened + excluded.reopened,
             first_response_buckets = c.first_response_buckets || excluded.first_response_buckets,
             resolution_buckets = c.resolution_buckets || excluded.resolution_buckets")
}

/// The next $1 deltas after ($2, $3). Everything in one statement: deltas go and counts come at once, for everybody.
/// What is counted must come down to zero also when the organization has gone; days are for the living ones, and $4 are time
/// zones that are unknown here.
static FOLD: LazyLock<String> = LazyLock::new(|| {
    format!("
    with taken as (
      delete from helpdesk.ticket_stat_deltas
       where ctid = any (array(select x.ctid from helpdesk.ticket_stat_deltas x where (x.org_id, x.id) > ($2, $3)
                                order by x.org_id, x.id limit $1))
      returning *
    ), stages as (
      insert into helpdesk.ticket_stage_counts as c (org_id, stage_id, priority, ticket_count, entered_epoch_sum)
      select org_id, stage_id, priority, sum(ticket_delta), sum(ticket_delta * extract(epoch from occurred_at))
        from taken where metric in ('opened', 'stage')
       group by org_id, stage_id, priority
      on conflict (org_id, stage_id, priority) do update
         set ticket_count = c.ticket_count + excluded.ticket_count,
             entered_epoch_sum = c.entered_epoch_sum + excluded.entered_epoch_sum
    ), agents as (
      insert into helpdesk.ticket_agent_counts as c (org_id, agent_id, stage_id, priority, ticket_count)
      select org_id, coalesce(agent_id, {NOBODY}), stage_id, priority, sum(ticket_delta)
        from taken where metric in ('opened', 'stage')
       group by 1, 2, 3, 4
      on conflict (org_id, agent_id, stage_id, priority) do update set ticket_count = c.ticket_count + excluded.ticket_count
    ), living as (
      select o.id, case when o.time_zone = any ($4) then 'UTC' else o.time_zone end as time_zone
        from helpdesk.organizations o where o.id in (select org_id from taken) for key share
    ), events as (
      select d.org_id, (d.occurred_at at time zone o.time_zone)::date as day, d.metric, d.ticket_delta, d.priority,
             coalesce(d.agent_id, {NOBODY}) as agent_id, {BUCKET} as bucket
        from taken d join living o on o.id = d.org_id where d.metric <> 'stage'
    ), priority_days as (
      {}
    ), agent_days as (
      {}
    )
    select count(*) over (), t.org_id, t.id, array(select distinct org_id from taken)
      from taken t order by t.org_id desc, t.id desc limit 1", fold_days("ticket_days_by_priority", "priority"), fold_days("ticket_days_by_agent", "agent_id"))
});

/// Counts that came down to nothing.
const SWEEP_STAGES: &str = "
    delete from helpdesk.ticket_stage_counts where org_id = any ($1) and ticket_count = 0 and entered_epoch_sum = 0";

const SWEEP_AGENTS: &str =
    "delete from helpdesk.ticket_agent_counts where org_id = any ($1) and ticket_count = 0";

const TIME_ZONES: &str = "select distinct o.time_zone from helpdesk.organizations o";

/// What the counts say, and what is.
static VERIFY: LazyLock<String> = LazyLock::new(|| {
    format!("
    with deltas as (
      select d.org_id, d.stage_id, d.priority, coalesce(d.agent_id, {NOBODY}) as agent_id, d.ticket_delta,
             d.ticket_delta * extract(epoch from d.occurred_at) as entered
        from helpdesk.ticket_stat_deltas d where d.metric in ('opened', 'stage')
    ), actual as (
      select t.org_id, t.current_stage_id as stage_id, t.priority, coalesce(t.assigned_to, {NOBODY}) as agent_id,
             count(*) as tickets, sum(extract(epoch from t.stage_entered_at)) as entered
        from helpdesk.tickets t group by 1, 2, 3, 4
    ), signed as (
      select org_id, stage_id, priority, null::uuid as agent_id, ticket_count as counted, 0 as actual, entered_epoch_sum, 0 as actual_seconds
        from helpdesk.ticket_stage_counts
      union all
      select org_id, stage_id, priority, null, ticket_delta, 0, entered, 0 from deltas
      union all
      select org_id, stage_id, priority, null, 0, tickets, 0, entered from actual
      union all
      select org_id, stage_id, priority, agent_id, ticket_count, 0, null, null from helpdesk.ticket_agent_counts
      union all
      select org_id, stage_id, priority, agent_id, ticket_delta, 0, null, null from deltas
      union all
      select org_id, stage_id, priority, agent_id, 0, tickets, null, null from actual
    )
    select org_id, stage_id, priority::text, agent_id, sum(counted)::bigint, sum(actual)::bigint, sum(entered_epoch_sum), sum(actual_seconds)
      from signed
     group by org_id, stage_id, signed.priority, agent_id
    having sum(counted) <> sum(actual) or sum(entered_epoch_sum) <> sum(actual_seconds)
     order by 1, 2, signed.priority, 4 nulls first")
});

/// Waits for whoever is refreshing, and lets nobody write tickets until it is done. Of the deltas, what happened on a day stays.
static REBUILD: LazyLock<[String; 8]> = LazyLock::new(|| {
    [
    "select pg_advisory_xact_lock(7315002, 6)",
    "lock table helpdesk.tickets in share row exclusive mode",
    "delete from helpdesk.ticket_stage_counts",
    "delete from helpdesk.ticket_agent_counts",
    "delete from helpdesk.ticket_stat_deltas where metric = 'stage'",
    "update helpdesk.ticket_stat_deltas set metric = 'created' where metric = 'opened'",
    "insert into helpdesk.ticket_stage_counts (org_id, stage_id, priority, ticket_count, entered_epoch_sum)
     select org_id, current_stage_id, priority, count(*), sum(extract(epoch from stage_entered_at))
       from helpdesk.tickets group by 1, 2, 3",
    &format!("insert into helpdesk.ticket_agent_counts (org_id, agent_id, stage_id, priority, ticket_count)
         select org_id, coalesce(assigned_to, {NOBODY}), current_stage_id, priority, count(*)
           from helpdesk.tickets group by 1, 2, 3, 4"),
].map(str::to_owned)
});

/// Folds what happened into the counts, all of it in batches, and returns how many changes. When another one is at it, nothing.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn refresh_ticket_stats() -> Result<i64> {
    check_schema_version()?;
    let is_alone =
        statement::write(TRY_LOCK).fetch_optional(&[], |row| row.get::<bool>(1))?.flatten()
            == Some(true);
    if !is_alone {
        return Ok(0);
    }
    let zones = statement::write(TIME_ZONES).fetch_all(&[], |row| row.get::<String>(1))?;
    let unknown: Vec<String> =
        zones.into_iter().flatten().filter(|zone| !time_zone::knows_time_zone(zone)).collect();
    let mut total = 0;
    // One way through, organization by organization: it comes to the last one however much is written to the first.
    let mut last = (Uuid::from_bytes([0; 16]), Uuid::from_bytes([0; 16]));
    loop {
        let args = [BATCH.into(), last.0.into(), last.1.into(), unknown.clone().into()];
        let folded = statement::write(&FOLD).custom_plan().fetch_optional(&args, |row| {
            Some((row.get::<i64>(1)?, row.get(2)?, row.get(3)?, row.get::<Vec<Uuid>>(4)?))
        })?;
        let Some((count, org, delta, orgs)) = folded.flatten() else { return Ok(total) };
        for sweep in [SWEEP_STAGES, SWEEP_AGENTS] {
            statement::write(sweep).execute(&[orgs.clone().into()])?;
        }
        total += count;
        if count < BATCH {
            return Ok(total);
        }
        last = (org, delta);
    }
}

/// Where the counts differ from a full count; nowhere, unless triggers were off. Those of stages, without agent_id, and of agents.
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

/// Counts the tickets of all stages and agents anew. For after a change with triggers off; who writes tickets waits meanwhile.
/// What happened on earlier days stays as it was noted: of deleted tickets, and in a time zone of then, nothing else tells.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn rebuild_ticket_stats() -> Result<()> {
    check_schema_version()?;
    REBUILD.iter().try_for_each(|sql| statement::write(sql).execute(&[]))
}
