//! Numbers: how many tickets are where, and what happened when. Every change appends what it changes (deltas); reading adds the
//! deltas to the folded counts; refresh_ticket_stats() folds them in. Nobody waits for anybody.

use std::collections::BTreeMap;

use pgrx::Uuid;
use pgrx::datum::{AnyNumeric, Date, DatumWithOid, TimestampWithTimeZone};
use pgrx::iter::TableIterator;
use pgrx::prelude::*;
use serde::Serialize;

use crate::db::{self, Fired, JsonText, Row, TriggerRow, TriggerRows, Tuple};
use crate::enums::Priority;
use crate::error::{Error, Result, required};
use crate::json_output;
use crate::viewer::{self, Viewer};

/// Deltas that are folded at a time.
const BATCH: i64 = 50_000;
/// Days that one report covers.
const MAX_DAYS: i32 = 1100;
/// 0001-01-01 and 9999-12-31, in days since 2000-01-01.
const FIRST_DAY: i32 = -730_119;
const LAST_DAY: i32 = 2_921_939;
/// Durations are kept as the number of a bucket of relative width GAMMA, as in DDSketch (Masson, Rim, Lee: DDSketch, VLDB 2019): a
/// percentile read from them is within (GAMMA - 1) / (GAMMA + 1), that is 2.5 %, of the exact one.
const GAMMA: f64 = 1.05;
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

const APPEND: &str = "
    insert into helpdesk.ticket_stat_deltas (org_id, metric, moment, stage_id, priority, agent_id, amount, seconds)
    select $1, d.metric, d.moment, d.stage_id, d.priority::helpdesk.ticket_priority, d.agent_id, d.amount, d.seconds
      from unnest($2::text[], $3::timestamptz[], $4::uuid[], $5::text[], $6::uuid[], $7::integer[], $8::double precision[])
           as d (metric, moment, stage_id, priority, agent_id, amount, seconds)";

/// The usual one: a ticket was opened.
const APPEND_OPENED: &str = "
    insert into helpdesk.ticket_stat_deltas (org_id, metric, moment, stage_id, priority, agent_id, amount)
    values ($1, 'opened', $2, $3, $4::helpdesk.ticket_priority, $5, 1)";

/// One refresh at a time: the number is the one of helpdesk in pg_locks.
const TRY_LOCK: &str = "select pg_try_advisory_xact_lock(7315002, 6)";

/// What happened on a day, from events with metric and bucket.
macro_rules! sums {
    () => {
        "coalesce(sum(amount) filter (where metric in ('opened', 'created')), 0)::bigint,
             coalesce(sum(amount) filter (where metric = 'resolved'), 0)::bigint,
             coalesce(sum(amount) filter (where metric = 'closed'), 0)::bigint,
             coalesce(sum(amount) filter (where metric = 'reopened'), 0)::bigint,
             coalesce(array_agg(bucket) filter (where metric = 'first_response'), '{}'),
             coalesce(array_agg(bucket) filter (where metric = 'resolution'), '{}')"
    };
}
/// Adds events to the days of a table that is keyed by organization, day, and this column.
macro_rules! fold_days {
    ($table:literal, $key:literal) => {
        concat!(
            "insert into helpdesk.", $table,
            " as c (org_id, day, ", $key, ", created, resolved, closed, reopened, first_response, resolution)
      select org_id, day, ", $key, ", ", sums!(), "
        from events group by org_id, day, ", $key, "
      on conflict (org_id, day, ", $key, ") do update
         set created = c.created + excluded.created, resolved = c.resolved + excluded.resolved,
             closed = c.closed + excluded.closed, reopened = c.reopened + excluded.reopened,
             first_response = c.first_response || excluded.first_response, resolution = c.resolution || excluded.resolution"
        )
    };
}

/// The next $1 deltas after ($2, $3). Everything in one statement: deltas go and counts come at the same moment, for everybody.
/// What is counted must come down to zero also when the organization has gone; days are for the living ones, and $4 are time
/// zones that are unknown here.
const FOLD: &str = concat!(
    "
    with taken as (
      delete from helpdesk.ticket_stat_deltas
       where ctid = any (array(select x.ctid from helpdesk.ticket_stat_deltas x where (x.org_id, x.delta_id) > ($2, $3)
                                order by x.org_id, x.delta_id limit $1))
      returning *
    ), stages as (
      insert into helpdesk.ticket_stage_counts as c (org_id, stage_id, priority, ticket_count, entered_seconds)
      select org_id, stage_id, priority, sum(amount), sum(amount * extract(epoch from moment))
        from taken where metric in ('opened', 'stage')
       group by org_id, stage_id, priority
      on conflict (org_id, stage_id, priority) do update
         set ticket_count = c.ticket_count + excluded.ticket_count,
             entered_seconds = c.entered_seconds + excluded.entered_seconds
    ), agents as (
      insert into helpdesk.ticket_agent_counts as c (org_id, agent_id, stage_id, priority, ticket_count)
      select org_id, coalesce(agent_id, ", nobody!(), "), stage_id, priority, sum(amount)
        from taken where metric in ('opened', 'stage')
       group by 1, 2, 3, 4
      on conflict (org_id, agent_id, stage_id, priority) do update set ticket_count = c.ticket_count + excluded.ticket_count
    ), living as (
      select o.id, case when o.time_zone = any ($4) then 'UTC' else o.time_zone end as time_zone
        from helpdesk.organizations o where o.id in (select org_id from taken) for key share
    ), events as (
      select d.org_id, (d.moment at time zone o.time_zone)::date as day, d.metric, d.amount, d.priority,
             coalesce(d.agent_id, ", nobody!(), ") as agent_id, ", bucket!(), " as bucket
        from taken d join living o on o.id = d.org_id where d.metric <> 'stage'
    ), priority_days as (
      ", fold_days!("ticket_activity_days", "priority"), "
    ), agent_days as (
      ", fold_days!("ticket_agent_days", "agent_id"), "
    )
    select count(*) over (), t.org_id, t.delta_id, array(select distinct org_id from taken)
      from taken t order by t.org_id desc, t.delta_id desc limit 1"
);

/// Counts that came down to nothing.
const SWEEP_STAGES: &str = "
    delete from helpdesk.ticket_stage_counts where org_id = any ($1) and ticket_count = 0 and entered_seconds = 0";
const SWEEP_AGENTS: &str =
    "delete from helpdesk.ticket_agent_counts where org_id = any ($1) and ticket_count = 0";

const TIME_ZONES: &str = "select distinct o.time_zone from helpdesk.organizations o";

/// What the counts say, and what is.
const VERIFY: &str = concat!(
    "
    with deltas as (
      select d.org_id, d.stage_id, d.priority, coalesce(d.agent_id, ", nobody!(), ") as agent_id, d.amount,
             d.amount * extract(epoch from d.moment) as entered
        from helpdesk.ticket_stat_deltas d where d.metric in ('opened', 'stage')
    ), actual as (
      select t.org_id, t.current_stage_id as stage_id, t.priority, coalesce(t.assigned_to, ", nobody!(), ") as agent_id,
             count(*) as tickets, sum(extract(epoch from t.stage_entered_at)) as entered
        from helpdesk.tickets t group by 1, 2, 3, 4
    ), signed as (
      select org_id, stage_id, priority, null::uuid as agent_id, ticket_count as counted, 0 as actual, entered_seconds, 0 as actual_seconds
        from helpdesk.ticket_stage_counts
      union all
      select org_id, stage_id, priority, null, amount, 0, entered, 0 from deltas
      union all
      select org_id, stage_id, priority, null, 0, tickets, 0, entered from actual
      union all
      select org_id, stage_id, priority, agent_id, ticket_count, 0, null, null from helpdesk.ticket_agent_counts
      union all
      select org_id, stage_id, priority, agent_id, amount, 0, null, null from deltas
      union all
      select org_id, stage_id, priority, agent_id, 0, tickets, null, null from actual
    )
    select org_id, stage_id, priority::text, agent_id, sum(counted)::bigint, sum(actual)::bigint, sum(entered_seconds), sum(actual_seconds)
      from signed
     group by org_id, stage_id, signed.priority, agent_id
    having sum(counted) <> sum(actual) or sum(entered_seconds) <> sum(actual_seconds)
     order by 1, 2, signed.priority, 4 nulls first"
);

/// After whoever is refreshing; then nobody writes tickets until it is done.
const LOCK: &str = "select pg_advisory_xact_lock(7315002, 6)";
const LOCK_TICKETS: &str = "lock table helpdesk.tickets in share row exclusive mode";
const FORGET_STAGES: &str = "delete from helpdesk.ticket_stage_counts";
const FORGET_AGENTS: &str = "delete from helpdesk.ticket_agent_counts";
const FORGET_DELTAS: &str = "delete from helpdesk.ticket_stat_deltas where metric = 'stage'";
const KEEP_CREATED: &str =
    "update helpdesk.ticket_stat_deltas set metric = 'created' where metric = 'opened'";
const COUNT_STAGES: &str = "
    insert into helpdesk.ticket_stage_counts (org_id, stage_id, priority, ticket_count, entered_seconds)
    select org_id, current_stage_id, priority, count(*), sum(extract(epoch from stage_entered_at))
      from helpdesk.tickets group by 1, 2, 3";
const COUNT_AGENTS: &str = concat!(
    "
    insert into helpdesk.ticket_agent_counts (org_id, agent_id, stage_id, priority, ticket_count)
    select org_id, coalesce(assigned_to, ",
    nobody!(),
    "), current_stage_id, priority, count(*)
      from helpdesk.tickets group by 1, 2, 3, 4"
);

/// The days of a table as fold_days! has it, and what is not folded yet. $4 is the time zone.
macro_rules! activity {
    ($table:literal, $key:literal) => {
        concat!(
            "
    select day, ", $key, ", created, resolved, closed, reopened, first_response, resolution
      from helpdesk.", $table, " where org_id = $1 and day between $2 and $3
    union all
    select day, ", $key, ", ", sums!(), "
      from (select (d.moment at time zone $4)::date as day, d.metric, d.amount, d.priority, coalesce(d.agent_id, ", nobody!(), ") as agent_id,
                   ", bucket!(), " as bucket
              from helpdesk.ticket_stat_deltas d where d.org_id = $1 and d.metric <> 'stage') events
     where day between $2 and $3
     group by day, ", $key
        )
    };
}
const BY_PRIORITY: &str = activity!("ticket_activity_days", "priority");
const BY_AGENT: &str = activity!("ticket_agent_days", "agent_id");

const ORGANIZATION: &str = "select from helpdesk.organizations where id = $1";
const TIME_ZONE: &str = "select o.time_zone from helpdesk.organizations o where o.id = $1";
const NAME_ON_TICKET: &str = "
    select p.name from helpdesk.tickets t join helpdesk.profiles p on p.id = $3
     where t.org_id = $1 and t.id = $2 and $3 in (t.created_by, t.assigned_to)";
const NAMES: &str = "select p.id, p.name from helpdesk.profiles p where p.id = any ($1)";

/// The open and pending stages of an organization with how many tickets of each priority are in them.
const OPEN_STAGES: &str = "
    select s.id, s.name, s.status, n.priority, sum(n.tickets)::bigint
      from helpdesk.workflow_stages s
      left join (
        select c.stage_id, c.priority, c.ticket_count as tickets from helpdesk.ticket_stage_counts c where c.org_id = $1
        union all
        select d.stage_id, d.priority, d.amount
          from helpdesk.ticket_stat_deltas d where d.org_id = $1 and d.metric in ('opened', 'stage')) n on n.stage_id = s.id
     where s.org_id = $1 and s.status in ('open', 'pending')
     group by s.id, s.name, s.status, s.workflow_id, s.position, n.priority
     order by s.workflow_id, s.position, s.id";

/// How many of their tickets nobody works on, and how many $2.
const OPEN_OF: &str = concat!(
    "
    select coalesce(sum(n.tickets) filter (where n.agent_id = ", nobody!(), "), 0)::bigint,
           coalesce(sum(n.tickets) filter (where n.agent_id = $2), 0)::bigint
      from (select c.stage_id, c.agent_id, c.ticket_count as tickets
              from helpdesk.ticket_agent_counts c where c.org_id = $1 and c.agent_id in (", nobody!(), ", $2)
            union all
            select d.stage_id, coalesce(d.agent_id, ", nobody!(), "), d.amount
              from helpdesk.ticket_stat_deltas d where d.org_id = $1 and d.metric in ('opened', 'stage')) n
      join helpdesk.workflow_stages s on s.org_id = $1 and s.id = n.stage_id and s.status in ('open', 'pending')"
);

const OLDEST_OPEN: &str = "
    select t.id, t.number, t.title, t.created_at
      from helpdesk.tickets t
     where t.org_id = $1 and t.status in ('open', 'pending')
     order by t.created_at, t.id limit 1";

const ZONES: &str = "select exists (select from pg_timezone_names where name = $1)";

/// One change of the numbers.
struct Delta {
    metric: &'static str,
    moment: TimestampWithTimeZone,
    stage: Option<Uuid>,
    priority: Priority,
    agent: Option<Uuid>,
    amount: i32,
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

    fn in_stage(&self, amount: i32) -> Delta {
        Delta {
            metric: "stage",
            moment: self.entered,
            stage: Some(self.stage),
            priority: self.priority,
            agent: self.agent,
            amount,
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
            amount: 1,
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
    create function helpdesk.count_ticket() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn count_ticket<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    db::fire(trigger, count)
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
                return opened(org, new);
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
    append(org, &deltas)
}

fn opened<'a>(org: DatumWithOid, new: &Counted) -> Result<Option<Tuple<'a>>> {
    db::run(
        APPEND_OPENED,
        &[org, new.created.into(), new.stage.into(), new.priority.label().into(), new.agent.into()],
    )?;
    Ok(None)
}

fn append<'a>(org: DatumWithOid, deltas: &[Delta]) -> Result<Option<Tuple<'a>>> {
    if deltas.is_empty() {
        return Ok(None);
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
            all(deltas, |d| d.amount).into(),
            all(deltas, |d| d.seconds).into(),
        ],
    )?;
    Ok(None)
}

/// Folds what happened into the counts, all of it in batches, and returns how many changes. When another one is at it, nothing.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn refresh_ticket_stats() -> Result<i64> {
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

/// The name of the requester or the assignee of a ticket, for staff: list_org_tickets tells it too, and row security hides the
/// profile of who has left.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn name_on_ticket(
    p_org_id: Option<Uuid>,
    p_ticket_id: Option<Uuid>,
    p_profile_id: Option<Uuid>,
) -> Result<Option<String>> {
    let (Some(org), Some(ticket), Some(person)) = (p_org_id, p_ticket_id, p_profile_id) else {
        return Ok(None);
    };
    if !viewer::role_bypasses_row_security() && !Viewer::current()?.is_staff(org) {
        return Ok(None);
    }
    let args = [org.into(), ticket.into(), person.into()];
    Ok(db::read_one(NAME_ON_TICKET, &args, |row| row.get(1))?.flatten())
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
    for statement in [
        LOCK,
        LOCK_TICKETS,
        FORGET_STAGES,
        FORGET_AGENTS,
        FORGET_DELTAS,
        KEEP_CREATED,
        COUNT_STAGES,
        COUNT_AGENTS,
    ] {
        db::run(statement, &[])?;
    }
    Ok(())
}

fn check_staff(org: Uuid) -> Result<()> {
    let sees_all = viewer::role_bypasses_row_security()
        && db::read_one(ORGANIZATION, &[org.into()], |_| ())?.is_some();
    if sees_all || Viewer::current()?.is_staff(org) {
        return Ok(());
    }
    Err(Error::not_allowed(
        "p_org_id: no such organization, or you are not staff of it",
        "my_staff_org_ids() lists the organizations you are staff of.",
    ))
}

/// How long something took: how often, and the middle and the ninth tenth of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Percentiles {
    count: usize,
    median_seconds: Option<f64>,
    p90_seconds: Option<f64>,
}

impl Percentiles {
    fn of(mut buckets: Vec<i16>) -> Percentiles {
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

#[derive(Clone, Copy, Default, Serialize)]
struct Numbers {
    created: i64,
    resolved: i64,
    closed: i64,
    reopened: i64,
}

impl Numbers {
    fn add(&mut self, other: Numbers) {
        self.created += other.created;
        self.resolved += other.resolved;
        self.closed += other.closed;
        self.reopened += other.reopened;
    }
}

/// What happened on a day, at a priority, or with an agent; the durations by their buckets.
#[derive(Default)]
struct Activity {
    numbers: Numbers,
    first_response: Vec<i16>,
    resolution: Vec<i16>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ActivityReport {
    #[serde(flatten)]
    numbers: Numbers,
    first_response: Percentiles,
    resolution: Percentiles,
}

impl Activity {
    /// From the columns that begin here.
    fn of(row: &Row, first: usize) -> Option<Activity> {
        Some(Activity {
            numbers: Numbers {
                created: row.get(first)?,
                resolved: row.get(first + 1)?,
                closed: row.get(first + 2)?,
                reopened: row.get(first + 3)?,
            },
            first_response: row.get(first + 4)?,
            resolution: row.get(first + 5)?,
        })
    }

    fn add(&mut self, other: &Activity) {
        self.numbers.add(other.numbers);
        self.first_response.extend(&other.first_response);
        self.resolution.extend(&other.resolution);
    }

    fn report(self) -> ActivityReport {
        ActivityReport {
            numbers: self.numbers,
            first_response: Percentiles::of(self.first_response),
            resolution: Percentiles::of(self.resolution),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    time_zone: String,
    total: ActivityReport,
    days: Vec<DayReport>,
    by_priority: Vec<PriorityReport>,
    by_agent: Vec<AgentReport>,
}

#[derive(Serialize)]
struct DayReport {
    #[serde(flatten)]
    numbers: Numbers,
    day: String,
}

#[derive(Serialize)]
struct PriorityReport {
    #[serde(flatten)]
    activity: ActivityReport,
    priority: Priority,
}

#[derive(Serialize)]
struct AgentReport {
    #[serde(flatten)]
    activity: ActivityReport,
    agent: Option<Agent>,
}

#[derive(Serialize)]
struct Agent {
    id: json_output::Id,
    name: String,
}

/// What happened in an organization from one day to another, both included, in its time zone.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn ticket_activity(
    p_org_id: Option<Uuid>,
    p_from: Option<Date>,
    p_to: Option<Date>,
) -> Result<JsonText> {
    let org = required(p_org_id, "p_org_id")?;
    let (from, to) = (required(p_from, "p_from")?, required(p_to, "p_to")?);
    check_staff(org)?;
    let (first, last) = (from.to_pg_epoch_days(), to.to_pg_epoch_days());
    if first < FIRST_DAY
        || last > LAST_DAY
        || last < first
        || last.saturating_sub(first) >= MAX_DAYS
    {
        return Err(Error::bad(
            "p_to",
            "before p_from, too long after it, or too far away",
            format!(
                "Up to {MAX_DAYS} days of the years 1 to 9999, the first and the last included."
            ),
        ));
    }
    let time_zone = db::read_one(TIME_ZONE, &[org.into()], |row| row.get::<String>(1))?.flatten();
    let time_zone = time_zone.filter(|zone| db::knows_time_zone(zone)).unwrap_or("UTC".to_owned());
    let args = [org.into(), from.into(), to.into(), time_zone.as_str().into()];
    let mut all = Activity::default();
    let mut days: BTreeMap<i32, Numbers> = BTreeMap::new();
    let mut priorities: BTreeMap<Priority, Activity> = BTreeMap::new();
    let mut agents: BTreeMap<Uuid, Activity> = BTreeMap::new();
    let by_priority = db::read_all(BY_PRIORITY, &args, |row| {
        Some((row.get::<Date>(1)?, row.get::<Priority>(2)?, Activity::of(row, 3)?))
    })?;
    for (day, priority, activity) in by_priority.into_iter().flatten() {
        all.add(&activity);
        priorities.entry(priority).or_default().add(&activity);
        days.entry(day.to_pg_epoch_days()).or_default().add(activity.numbers);
    }
    let by_agent =
        db::read_all(BY_AGENT, &args, |row| Some((row.get::<Uuid>(2)?, Activity::of(row, 3)?)))?;
    for (agent, activity) in by_agent.into_iter().flatten() {
        agents.entry(agent).or_default().add(&activity);
    }
    let mut names = names_of(&agents)?;
    let report = Report {
        time_zone,
        total: all.report(),
        days: (first..=last)
            .map(|day| DayReport {
                numbers: days.remove(&day).unwrap_or_default(),
                day: day_text(day),
            })
            .collect(),
        by_priority: priorities
            .into_iter()
            .map(|(priority, activity)| PriorityReport { activity: activity.report(), priority })
            .collect(),
        by_agent: agents
            .into_iter()
            .map(|(id, activity)| AgentReport {
                activity: activity.report(),
                agent: names.remove(&id).map(|name| Agent { id: id.into(), name }),
            })
            .collect(),
    };
    Ok(JsonText(serde_json::to_string(&report).unwrap_or_default()))
}

/// A day as ISO 8601 has it.
fn day_text(pg_epoch_days: i32) -> String {
    let epoch = jiff::civil::date(2000, 1, 1);
    let day = epoch.checked_add(jiff::Span::new().days(i64::from(pg_epoch_days)));
    day.map(|day| day.to_string()).unwrap_or_default()
}

fn names_of<T>(agents: &BTreeMap<Uuid, T>) -> Result<BTreeMap<Uuid, String>> {
    let ids: Vec<Uuid> = agents.keys().copied().collect();
    let names = db::read_all(NAMES, &[ids.into()], |row| {
        Some((row.get::<Uuid>(1)?, row.get::<String>(2)?))
    })?;
    Ok(names.into_iter().flatten().collect())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dashboard {
    open: i64,
    unassigned: i64,
    mine: i64,
    by_priority: BTreeMap<Priority, i64>,
    by_stage: Vec<StageNumbers>,
    oldest_open: Option<OldestTicket>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OldestTicket {
    id: Option<json_output::Id>,
    number: Option<i64>,
    title: Option<String>,
    created_at: Option<json_output::Time>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StageNumbers {
    id: json_output::Id,
    name: String,
    status: String,
    open: i64,
    by_priority: BTreeMap<Priority, i64>,
}

/// The numbers of an organization at this moment, for its staff.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn org_dashboard(p_org_id: Option<Uuid>) -> Result<JsonText> {
    let org = required(p_org_id, "p_org_id")?;
    check_staff(org)?;
    let me = Viewer::current()?.profile;
    let (unassigned, mine) = db::read_one(OPEN_OF, &[org.into(), me.into()], |row| {
        (row.get(1).unwrap_or(0), row.get(2).unwrap_or(0))
    })?
    .unwrap_or_default();
    let mut dashboard = Dashboard {
        open: 0,
        unassigned,
        mine,
        by_priority: BTreeMap::new(),
        by_stage: Vec::new(),
        oldest_open: db::read_one(OLDEST_OPEN, &[org.into()], |row| OldestTicket {
            id: row.id(1),
            number: row.get(2),
            title: row.get(3),
            created_at: row.time(4),
        })?,
    };
    let mut last = None;
    let rows = db::read_all(OPEN_STAGES, &[org.into()], |row| {
        let stage = (row.get::<Uuid>(1)?, row.get(2)?, row.get(3)?);
        Some((stage, row.get::<Priority>(4).zip(row.get::<i64>(5))))
    })?;
    for ((id, name, status), counted) in rows.into_iter().flatten() {
        if last != Some(id) {
            last = Some(id);
            let by_priority = BTreeMap::new();
            let stage = StageNumbers { id: id.into(), name, status, open: 0, by_priority };
            dashboard.by_stage.push(stage);
        }
        if let (Some(stage), Some((priority, tickets @ 1..))) =
            (dashboard.by_stage.last_mut(), counted)
        {
            stage.open += tickets;
            stage.by_priority.insert(priority, tickets);
            dashboard.open += tickets;
            *dashboard.by_priority.entry(priority).or_default() += tickets;
        }
    }
    Ok(JsonText(serde_json::to_string(&dashboard).unwrap_or_default()))
}

/// Trigger on organizations: the time zone is one that Postgres knows.
#[pg_trigger(sql = "
    create function helpdesk.check_time_zone() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn check_time_zone<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    db::fire(trigger, check_zone)
}

fn check_zone(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let zone: String = new.required("time_zone")?;
    // The default is known without the list of all, which takes a while to read.
    let is_known = zone == "UTC"
        || db::run_one(ZONES, &[zone.into()], |row| row.get::<bool>(1))?.flatten() == Some(true);
    if !is_known {
        return Err(Error::bad(
            "time_zone",
            "not a time zone that Postgres knows",
            "A name such as Europe/Berlin: pg_timezone_names lists them.",
        ));
    }
    Ok(Some(new.unchanged()))
}
