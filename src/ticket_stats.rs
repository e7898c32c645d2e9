//! Counting tickets. Every change appends what it changes (deltas), so that nobody waits for anybody; refresh_ticket_stats() folds
//! the deltas into counts.

use pgrx::Uuid;
use pgrx::datum::{AnyNumeric, DatumWithOid, TimestampWithTimeZone};
use pgrx::iter::TableIterator;
use pgrx::prelude::*;

use crate::db;
use crate::enums::Priority;
use crate::error::Result;
use crate::install::check_schema_version;
use crate::trigger::{self, Fired, TriggerRow, TriggerRows, Tuple};

/// Deltas that are folded at a time.
const BATCH: i64 = 50_000;

/// The number of a duration's bucket; reporting::GAMMA says how wide they are.
macro_rules! bucket {
    () => {
        "ceil(ln(greatest(d.seconds, 1)) / ln(1.05))::smallint"
    };
}

/// As agent: nobody.
macro_rules! nobody {
    () => {
        "'00000000-0000-0000-0000-000000000000'::uuid"
    };
}

/// What happened on a day, from events with metric and bucket.
macro_rules! sums {
    () => {
        "coalesce(sum(ticket_delta) filter (where metric in ('opened', 'created')), 0)::bigint,
             coalesce(sum(ticket_delta) filter (where metric = 'resolved'), 0)::bigint,
             coalesce(sum(ticket_delta) filter (where metric = 'closed'), 0)::bigint,
             coalesce(sum(ticket_delta) filter (where metric = 'reopened'), 0)::bigint,
             coalesce(array_agg(bucket) filter (where metric = 'first_response'), '{}'),
             coalesce(array_agg(bucket) filter (where metric = 'resolution'), '{}')"
    };
}
pub(crate) use {bucket, nobody, sums};

const APPEND: &str = "
    insert into helpdesk.ticket_stat_deltas (org_id, metric, occurred_at, stage_id, priority, agent_id, ticket_delta, seconds)
    select $1, d.metric, d.occurred_at, d.stage_id, d.priority::helpdesk.ticket_priority, d.agent_id, d.ticket_delta, d.seconds
      from unnest($2::text[], $3::timestamptz[], $4::uuid[], $5::text[], $6::uuid[], $7::integer[], $8::double precision[])
           as d (metric, occurred_at, stage_id, priority, agent_id, ticket_delta, seconds)";

/// The usual one: a ticket was opened.
const APPEND_OPENED: &str = "
    insert into helpdesk.ticket_stat_deltas (org_id, metric, occurred_at, stage_id, priority, agent_id, ticket_delta)
    values ($1, 'opened', $2, $3, $4::helpdesk.ticket_priority, $5, 1)";

/// One refresh at a time: the number is the one of helpdesk in pg_locks.
const TRY_LOCK: &str = "select pg_try_advisory_xact_lock(7315002, 6)";

/// Adds events to the days of a table that is keyed by organization, day, and this column.
macro_rules! fold_days {
    ($table:literal, $key:literal) => {
        concat!(
            "insert into helpdesk.", $table,
            " as c (org_id, day, ", $key, ", created, resolved, closed, reopened, first_response_buckets, resolution_buckets)
      select org_id, day, ", $key, ", ", sums!(), "
        from events group by org_id, day, ", $key, "
      on conflict (org_id, day, ", $key, ") do update
         set created = c.created + excluded.created, resolved = c.resolved + excluded.resolved,
             closed = c.closed + excluded.closed, reopened = c.reopened + excluded.reopened,
             first_response_buckets = c.first_response_buckets || excluded.first_response_buckets,
             resolution_buckets = c.resolution_buckets || excluded.resolution_buckets"
        )
    };
}

/// The next $1 deltas after ($2, $3). Everything in one statement: deltas go and counts come at once, for everybody.
/// What is counted must come down to zero also when the organization has gone; days are for the living ones, and $4 are time
/// zones that are unknown here.
const FOLD: &str = concat!(
    "
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
      select org_id, coalesce(agent_id, ", nobody!(), "), stage_id, priority, sum(ticket_delta)
        from taken where metric in ('opened', 'stage')
       group by 1, 2, 3, 4
      on conflict (org_id, agent_id, stage_id, priority) do update set ticket_count = c.ticket_count + excluded.ticket_count
    ), living as (
      select o.id, case when o.time_zone = any ($4) then 'UTC' else o.time_zone end as time_zone
        from helpdesk.organizations o where o.id in (select org_id from taken) for key share
    ), events as (
      select d.org_id, (d.occurred_at at time zone o.time_zone)::date as day, d.metric, d.ticket_delta, d.priority,
             coalesce(d.agent_id, ", nobody!(), ") as agent_id, ", bucket!(), " as bucket
        from taken d join living o on o.id = d.org_id where d.metric <> 'stage'
    ), priority_days as (
      ", fold_days!("ticket_days_by_priority", "priority"), "
    ), agent_days as (
      ", fold_days!("ticket_days_by_agent", "agent_id"), "
    )
    select count(*) over (), t.org_id, t.id, array(select distinct org_id from taken)
      from taken t order by t.org_id desc, t.id desc limit 1"
);

/// Counts that came down to nothing.
const SWEEP_STAGES: &str = "
    delete from helpdesk.ticket_stage_counts where org_id = any ($1) and ticket_count = 0 and entered_epoch_sum = 0";
const SWEEP_AGENTS: &str =
    "delete from helpdesk.ticket_agent_counts where org_id = any ($1) and ticket_count = 0";

const TIME_ZONES: &str = "select distinct o.time_zone from helpdesk.organizations o";

/// What the counts say, and what is.
const VERIFY: &str = concat!(
    "
    with deltas as (
      select d.org_id, d.stage_id, d.priority, coalesce(d.agent_id, ", nobody!(), ") as agent_id, d.ticket_delta,
             d.ticket_delta * extract(epoch from d.occurred_at) as entered
        from helpdesk.ticket_stat_deltas d where d.metric in ('opened', 'stage')
    ), actual as (
      select t.org_id, t.current_stage_id as stage_id, t.priority, coalesce(t.assigned_to, ", nobody!(), ") as agent_id,
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
     order by 1, 2, signed.priority, 4 nulls first"
);

/// Waits for whoever is refreshing, and lets nobody write tickets until it is done. Of the deltas, what happened on a day stays.
const REBUILD: [&str; 8] = [
    "select pg_advisory_xact_lock(7315002, 6)",
    "lock table helpdesk.tickets in share row exclusive mode",
    "delete from helpdesk.ticket_stage_counts",
    "delete from helpdesk.ticket_agent_counts",
    "delete from helpdesk.ticket_stat_deltas where metric = 'stage'",
    "update helpdesk.ticket_stat_deltas set metric = 'created' where metric = 'opened'",
    "insert into helpdesk.ticket_stage_counts (org_id, stage_id, priority, ticket_count, entered_epoch_sum)
     select org_id, current_stage_id, priority, count(*), sum(extract(epoch from stage_entered_at))
       from helpdesk.tickets group by 1, 2, 3",
    concat!(
        "insert into helpdesk.ticket_agent_counts (org_id, agent_id, stage_id, priority, ticket_count)
         select org_id, coalesce(assigned_to, ",
        nobody!(),
        "), current_stage_id, priority, count(*)
           from helpdesk.tickets group by 1, 2, 3, 4"
    ),
];

/// One change of the numbers.
struct Delta {
    metric: &'static str,
    moment: TimestampWithTimeZone,
    stage: Option<Uuid>,
    priority: Priority,
    agent: Option<Uuid>,
    ticket_delta: i32,
    seconds: Option<f64>,
}

/// What the numbers need to know of a ticket.
struct Counted {
    stage: Uuid,
    priority: Priority,
    agent: Option<Uuid>,
    entered: TimestampWithTimeZone,
    created: TimestampWithTimeZone,
    resolved: Option<TimestampWithTimeZone>,
    closed: Option<TimestampWithTimeZone>,
    responded: Option<TimestampWithTimeZone>,
    responder: Option<Uuid>,
}

impl Counted {
    fn of(row: &TriggerRow) -> Result<Counted> {
        Ok(Counted {
            stage: row.required("current_stage_id")?,
            priority: row.required("priority")?,
            agent: row.get("assigned_to")?,
            entered: row.required("stage_entered_at")?,
            created: row.required("created_at")?,
            resolved: row.get("resolved_at")?,
            closed: row.get("closed_at")?,
            responded: row.get("first_response_at")?,
            responder: row.get("first_response_by")?,
        })
    }

    fn in_stage(&self, ticket_delta: i32) -> Delta {
        Delta {
            metric: "stage",
            moment: self.entered,
            stage: Some(self.stage),
            priority: self.priority,
            agent: self.agent,
            ticket_delta,
            seconds: None,
        }
    }

    fn event(&self, metric: &'static str, moment: TimestampWithTimeZone) -> Delta {
        Delta {
            metric,
            moment,
            stage: None,
            priority: self.priority,
            agent: self.agent,
            ticket_delta: 1,
            seconds: None,
        }
    }

    fn duration(&self, metric: &'static str, moment: TimestampWithTimeZone) -> Delta {
        let micros = moment.into_inner() - self.created.into_inner();
        Delta { seconds: Some(micros as f64 / 1e6), ..self.event(metric, moment) }
    }

    /// What happened on the way from another state to this one; from nothing, when the ticket is new.
    fn since(&self, before: Option<&Counted>, now: TimestampWithTimeZone) -> Vec<Delta> {
        let mut deltas = Vec::new();
        let [was_resolved, was_closed, had_response] = match before {
            Some(b) => [b.resolved.is_some(), b.closed.is_some(), b.responded.is_some()],
            None => [false; 3],
        };
        if let (Some(moment), false) = (self.resolved, was_resolved) {
            deltas.push(self.event("resolved", moment));
            deltas.push(self.duration("resolution", moment));
        }
        if let (Some(moment), false) = (self.closed, was_closed) {
            deltas.push(self.event("closed", moment));
        }
        if was_resolved && self.resolved.is_none() {
            deltas.push(self.event("reopened", now));
        }
        if let (Some(moment), false) = (self.responded, had_response) {
            deltas.push(Delta { agent: self.responder, ..self.duration("first_response", moment) });
        }
        deltas
    }

    fn is_counted_as(&self, other: &Counted) -> bool {
        (self.stage, self.priority, self.agent, self.entered)
            == (other.stage, other.priority, other.agent, other.entered)
    }
}

/// Trigger on tickets: notes what the counts have to follow.
#[pg_trigger(sql = "
    create function helpdesk.tickets_count() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn tickets_count<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    trigger::fire(trigger, count)
}

/// The columns that Counted reads and that change.
const COUNTED: &[&str] = &[
    "current_stage_id",
    "priority",
    "assigned_to",
    "stage_entered_at",
    "resolved_at",
    "closed_at",
    "first_response_at",
];

fn count(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    if let (Some(old), Some(new)) = (&rows.old, &rows.new) {
        let mut is_changed = false;
        for column in COUNTED {
            is_changed |= !new.same_image(old, column)?;
        }
        if !is_changed {
            return Ok(None);
        }
    }
    let old = rows.old.as_ref().map(Counted::of).transpose()?;
    let new = rows.new.as_ref().map(Counted::of).transpose()?;
    let Some(row) = rows.new.or(rows.old) else { return Ok(None) };
    let org = row.arg("org_id")?;
    let mut deltas = Vec::new();
    match (&old, &new) {
        (None, Some(new)) => {
            if new.entered == new.created && new.resolved.is_none() && new.responded.is_none() {
                opened(org, new)?;
                return Ok(None);
            }
            deltas.push(new.in_stage(1));
            deltas.push(new.event("created", new.created));
            deltas.extend(new.since(None, db::transaction_start()));
        }
        (Some(old), Some(new)) => {
            if !old.is_counted_as(new) {
                deltas.push(old.in_stage(-1));
                deltas.push(new.in_stage(1));
            }
            deltas.extend(new.since(Some(old), db::transaction_start()));
        }
        (Some(old), None) => deltas.push(old.in_stage(-1)),
        (None, None) => {}
    }
    append(org, &deltas)?;
    Ok(None)
}

fn opened(org: DatumWithOid, new: &Counted) -> Result<()> {
    db::run(
        APPEND_OPENED,
        &[org, new.created.into(), new.stage.into(), new.priority.label().into(), new.agent.into()],
    )
}

fn append(org: DatumWithOid, deltas: &[Delta]) -> Result<()> {
    if deltas.is_empty() {
        return Ok(());
    }
    fn all<T>(deltas: &[Delta], part: fn(&Delta) -> T) -> Vec<T> {
        deltas.iter().map(part).collect()
    }
    db::run(
        APPEND,
        &[
            org,
            all(deltas, |d| d.metric.to_owned()).into(),
            all(deltas, |d| d.moment).into(),
            all(deltas, |d| d.stage).into(),
            all(deltas, |d| d.priority.label().to_owned()).into(),
            all(deltas, |d| d.agent).into(),
            all(deltas, |d| d.ticket_delta).into(),
            all(deltas, |d| d.seconds).into(),
        ],
    )
}

/// Folds what happened into the counts, all of it in batches, and returns how many changes. When another one is at it, nothing.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn refresh_ticket_stats() -> Result<i64> {
    check_schema_version()?;
    let is_alone = db::run_one(TRY_LOCK, &[], |row| row.get::<bool>(1))?.flatten() == Some(true);
    if !is_alone {
        return Ok(0);
    }
    let zones = db::run_all(TIME_ZONES, &[], |row| row.get::<String>(1))?;
    let unknown: Vec<String> =
        zones.into_iter().flatten().filter(|zone| !db::knows_time_zone(zone)).collect();
    let mut total = 0;
    // One way through, organization by organization: it comes to the last one however much is written to the first.
    let mut last = (Uuid::from_bytes([0; 16]), Uuid::from_bytes([0; 16]));
    loop {
        let args = [BATCH.into(), last.0.into(), last.1.into(), unknown.clone().into()];
        let folded = db::run_one_replanned(FOLD, &args, |row| {
            Some((row.get::<i64>(1)?, row.get(2)?, row.get(3)?, row.get::<Vec<Uuid>>(4)?))
        })?;
        let Some((count, org, delta, orgs)) = folded.flatten() else { return Ok(total) };
        for sweep in [SWEEP_STAGES, SWEEP_AGENTS] {
            db::run(sweep, &[orgs.clone().into()])?;
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
    let rows = db::read_all(VERIFY, &[], |row| {
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
    REBUILD.into_iter().try_for_each(|statement| db::run(statement, &[]))
}
