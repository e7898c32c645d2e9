//! Numbers: how many tickets are where, and what happened when. Every change appends what it changes (deltas); reading adds the
//! deltas to the folded counts; refresh_ticket_stats() folds them in. Nobody waits for anybody.

use std::collections::BTreeMap;

use pgrx::Uuid;
use pgrx::datum::{Date, DatumWithOid, TimestampWithTimeZone};
use pgrx::iter::TableIterator;
use pgrx::prelude::*;
use serde::Serialize;

use crate::db::{self, Fired, JsonText, TriggerRow, TriggerRows, Tuple};
use crate::enums::Priority;
use crate::error::{Error, Result, required};
use crate::json_output;
use crate::viewer::{self, Viewer};

/// Deltas that one call folds: they are locked, sorted and deleted in one transaction.
const BATCH: i64 = 200_000;
/// Days that one report covers.
const MAX_DAYS: i32 = 1100;
/// 0001-01-01 and 9999-12-31, in days since 2000-01-01.
const FIRST_DAY: i32 = -730_119;
const LAST_DAY: i32 = 2_921_939;
/// Durations are kept in buckets of relative width GAMMA, as in DDSketch (Masson, Rim, Lee: DDSketch, VLDB 2019): a percentile read
/// from them is within (GAMMA - 1) / (GAMMA + 1), that is 2.5 %, of the exact one.
const GAMMA: f64 = 1.05;

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

/// Everything in one statement: deltas go and counts come at the same moment, for everybody.
const FOLD: &str = "
    with taken as (
      delete from helpdesk.ticket_stat_deltas d
       using (select x.org_id, x.delta_id from helpdesk.ticket_stat_deltas x order by x.org_id, x.delta_id limit $1) batch
       where d.org_id = batch.org_id and d.delta_id = batch.delta_id
      returning d.*
    ), living as (
      select t.*, coalesce(t.agent_id, '00000000-0000-0000-0000-000000000000') as agent, o.time_zone
        from taken t join helpdesk.organizations o on o.id = t.org_id
    ), stages as (
      insert into helpdesk.ticket_stage_counts as c (org_id, stage_id, priority, agent_id, ticket_count, entered_seconds)
      select org_id, stage_id, priority, agent, sum(amount), sum(amount * extract(epoch from moment))
        from living where metric in ('opened', 'stage')
       group by org_id, stage_id, priority, agent
      on conflict (org_id, stage_id, priority, agent_id) do update
         set ticket_count = c.ticket_count + excluded.ticket_count,
             entered_seconds = c.entered_seconds + excluded.entered_seconds
    ), days as (
      insert into helpdesk.ticket_activity_days as c (org_id, day, metric, priority, agent_id, bucket, amount)
      select org_id, (moment at time zone time_zone)::date, case metric when 'opened' then 'created' else metric end, priority, agent,
             case when seconds is null then 0 else ceil(ln(greatest(seconds, 1)) / ln(1.05)) end, sum(amount)
        from living where metric <> 'stage'
       group by 1, 2, 3, 4, 5, 6
      on conflict (org_id, day, metric, priority, agent_id, bucket) do update set amount = c.amount + excluded.amount
    )
    select count(*) from taken";

/// Counts that came down to nothing.
const SWEEP: &str =
    "delete from helpdesk.ticket_stage_counts where ticket_count = 0 and entered_seconds = 0";

/// What the counts say, and what is.
macro_rules! counted_and_actual {
    () => {
        "
      with counted as (
        select org_id, stage_id, priority, agent_id, sum(n)::bigint as tickets, sum(entered) as entered
          from (select org_id, stage_id, priority, agent_id, ticket_count as n, entered_seconds as entered
                  from helpdesk.ticket_stage_counts
                union all
                select org_id, stage_id, priority, coalesce(agent_id, '00000000-0000-0000-0000-000000000000'), amount,
                       amount * extract(epoch from moment)
                  from helpdesk.ticket_stat_deltas where metric in ('opened', 'stage')) x
         group by org_id, stage_id, priority, agent_id
      ), actual as (
        select org_id, current_stage_id as stage_id, priority, coalesce(assigned_to, '00000000-0000-0000-0000-000000000000') as agent_id,
               count(*) as tickets, sum(extract(epoch from stage_entered_at)) as entered
          from helpdesk.tickets group by 1, 2, 3, 4
      )"
    };
}

const VERIFY: &str = concat!(
    counted_and_actual!(),
    "select org_id, stage_id, priority::text, agent_id, coalesce(c.tickets, 0), coalesce(a.tickets, 0)
       from counted c full join actual a using (org_id, stage_id, priority, agent_id)
      where coalesce(c.tickets, 0) <> coalesce(a.tickets, 0) or coalesce(c.entered, 0) <> coalesce(a.entered, 0)
      order by 1, 2, 3, 4"
);

/// After whoever is refreshing; then nobody writes tickets until it is done.
const LOCK: &str = "select pg_advisory_xact_lock(7315002, 6)";
const LOCK_TICKETS: &str = "lock table helpdesk.tickets in share row exclusive mode";
const FORGET_STAGES: &str = "delete from helpdesk.ticket_stage_counts";
const FORGET_DELTAS: &str = "delete from helpdesk.ticket_stat_deltas where metric = 'stage'";
const KEEP_CREATED: &str =
    "update helpdesk.ticket_stat_deltas set metric = 'created' where metric = 'opened'";
const COUNT_ALL: &str = "
    insert into helpdesk.ticket_stage_counts (org_id, stage_id, priority, agent_id, ticket_count, entered_seconds)
    select org_id, current_stage_id, priority, coalesce(assigned_to, '00000000-0000-0000-0000-000000000000'),
           count(*), sum(extract(epoch from stage_entered_at))
      from helpdesk.tickets group by 1, 2, 3, 4";

const ACTIVITY: &str = "
    select x.day, x.metric, x.priority, x.agent_id, x.bucket, sum(x.amount)::bigint
      from (select d.day, d.metric, d.priority, d.agent_id, d.bucket::integer, d.amount
              from helpdesk.ticket_activity_days d
             where d.org_id = $1 and d.day between $2 and $3
            union all
            select (d.moment at time zone o.time_zone)::date, case d.metric when 'opened' then 'created' else d.metric end,
                   d.priority, coalesce(d.agent_id, '00000000-0000-0000-0000-000000000000'),
                   case when d.seconds is null then 0 else ceil(ln(greatest(d.seconds, 1)) / ln(1.05)) end::integer, d.amount
              from helpdesk.ticket_stat_deltas d join helpdesk.organizations o on o.id = $1
             where d.org_id = $1 and d.metric <> 'stage'
               and (d.moment at time zone o.time_zone)::date between $2 and $3) x
     group by 1, 2, 3, 4, 5";

const ORGANIZATION: &str = "select from helpdesk.organizations where id = $1";
const TIME_ZONE: &str = "select o.time_zone from helpdesk.organizations o where o.id = $1";
const NAMES: &str = "select p.id, p.name from helpdesk.profiles p where p.id = any ($1)";

/// Every open or pending ticket of an organization by stage, priority and assignee, from the counts.
const OPEN_COUNTS: &str = "
    with counts as (
      select c.stage_id, c.priority, c.agent_id, c.ticket_count as n from helpdesk.ticket_stage_counts c where c.org_id = $1
      union all
      select d.stage_id, d.priority, coalesce(d.agent_id, '00000000-0000-0000-0000-000000000000'), d.amount
        from helpdesk.ticket_stat_deltas d where d.org_id = $1 and d.metric in ('opened', 'stage')
    )
    select s.id, s.name, s.status, c.priority, c.agent_id, sum(c.n)::bigint
      from counts c
      join helpdesk.workflow_stages s on s.org_id = $1 and s.id = c.stage_id and s.status in ('open', 'pending')
     group by s.id, s.name, s.status, s.workflow_id, s.position, c.priority, c.agent_id
    having sum(c.n) <> 0
     order by s.workflow_id, s.position, s.id";

const OLDEST_OPEN: &str = "
    select json_build_object('id', t.id, 'number', t.number, 'title', t.title, 'createdAt', t.created_at)
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

/// Folds what happened into the counts, up to 200,000 changes a call, and returns how many. When another one is at it, nothing.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn refresh_ticket_stats() -> Result<i64> {
    let is_alone = db::run_one(TRY_LOCK, &[], |row| row.get::<bool>(1))?.flatten() == Some(true);
    if !is_alone {
        return Ok(0);
    }
    let folded = db::run_one(FOLD, &[BATCH.into()], |row| row.get(1))?.flatten().unwrap_or(0);
    if folded > 0 {
        db::run(SWEEP, &[])?;
    }
    Ok(folded)
}

/// Where the counts of stages differ from a full count; nowhere, unless triggers were off.
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
        ),
    >,
> {
    let rows = db::read_all(VERIFY, &[], |row| {
        (row.get(1), row.get(2), row.get(3), row.get(4), row.get(5), row.get(6))
    })?;
    Ok(TableIterator::new(rows))
}

/// Counts the tickets in all stages anew. For after a change with triggers off; who writes tickets waits meanwhile.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn rebuild_ticket_stats() -> Result<()> {
    for statement in [LOCK, LOCK_TICKETS, FORGET_STAGES, FORGET_DELTAS, KEEP_CREATED, COUNT_ALL] {
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
#[derive(Default)]
struct Durations(BTreeMap<i32, i64>);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Percentiles {
    count: i64,
    median_seconds: Option<f64>,
    p90_seconds: Option<f64>,
}

impl Durations {
    fn percentiles(&self) -> Percentiles {
        let count = self.0.values().sum();
        Percentiles { count, median_seconds: self.at(0.5, count), p90_seconds: self.at(0.9, count) }
    }

    /// The value that this part of them does not exceed (nearest rank), in the middle of its bucket.
    fn at(&self, part: f64, count: i64) -> Option<f64> {
        let rank = ((part * count as f64).ceil() as i64).max(1);
        let mut seen = 0;
        for (bucket, amount) in &self.0 {
            seen += amount;
            if seen >= rank {
                let seconds = 2.0 * GAMMA.powi(*bucket) / (GAMMA + 1.0);
                return Some((seconds * 1000.0).round() / 1000.0);
            }
        }
        None
    }
}

/// What happened on a day, at a priority, or with an agent.
#[derive(Default)]
struct Activity {
    created: i64,
    resolved: i64,
    closed: i64,
    reopened: i64,
    first_response: Durations,
    resolution: Durations,
}

impl Activity {
    fn add(&mut self, metric: &str, bucket: i32, amount: i64) {
        match metric {
            "created" => self.created += amount,
            "resolved" => self.resolved += amount,
            "closed" => self.closed += amount,
            "reopened" => self.reopened += amount,
            "first_response" => *self.first_response.0.entry(bucket).or_default() += amount,
            "resolution" => *self.resolution.0.entry(bucket).or_default() += amount,
            _ => {}
        }
    }

    fn json(&self) -> serde_json::Map<String, serde_json::Value> {
        let mut json = self.numbers();
        for (name, durations) in
            [("firstResponse", &self.first_response), ("resolution", &self.resolution)]
        {
            json.insert(name.to_owned(), serde_json::json!(durations.percentiles()));
        }
        json
    }

    fn numbers(&self) -> serde_json::Map<String, serde_json::Value> {
        [
            ("created", self.created),
            ("resolved", self.resolved),
            ("closed", self.closed),
            ("reopened", self.reopened),
        ]
        .into_iter()
        .map(|(name, amount)| (name.to_owned(), amount.into()))
        .collect()
    }
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
    let time_zone: Option<String> =
        db::read_one(TIME_ZONE, &[org.into()], |row| row.get(1))?.flatten();
    let mut all = Activity::default();
    let mut days: BTreeMap<i32, Activity> = BTreeMap::new();
    let mut priorities: BTreeMap<Priority, Activity> = BTreeMap::new();
    let mut agents: BTreeMap<[u8; 16], Activity> = BTreeMap::new();
    let rows = db::read_all(ACTIVITY, &[org.into(), from.into(), to.into()], |row| {
        Some((
            row.get::<Date>(1)?.to_pg_epoch_days(),
            row.get::<String>(2)?,
            row.get::<Priority>(3)?,
            row.get::<Uuid>(4)?,
            row.get::<i32>(5)?,
            row.get::<i64>(6)?,
        ))
    })?;
    for (day, metric, priority, agent, bucket, amount) in rows.into_iter().flatten() {
        for activity in [
            &mut all,
            days.entry(day).or_default(),
            priorities.entry(priority).or_default(),
            agents.entry(*agent.as_bytes()).or_default(),
        ] {
            activity.add(&metric, bucket, amount);
        }
    }
    let by_day: Vec<_> = (first..=last)
        .map(|day| {
            let mut json = days.remove(&day).unwrap_or_default().numbers();
            json.insert("day".to_owned(), day_text(day).into());
            json
        })
        .collect();
    let by_priority: Vec<_> = priorities
        .iter()
        .map(|(priority, activity)| {
            let mut json = activity.json();
            json.insert("priority".to_owned(), priority.label().into());
            json
        })
        .collect();
    let report = serde_json::json!({
        "timeZone": time_zone,
        "total": all.json(),
        "days": by_day,
        "byPriority": by_priority,
        "byAgent": named(agents)?,
    });
    Ok(JsonText(report.to_string()))
}

/// A day as ISO 8601 has it.
fn day_text(pg_epoch_days: i32) -> String {
    let epoch = jiff::civil::date(2000, 1, 1);
    let day = epoch.checked_add(jiff::Span::new().days(i64::from(pg_epoch_days)));
    day.map(|day| day.to_string()).unwrap_or_default()
}

fn named(agents: BTreeMap<[u8; 16], Activity>) -> Result<Vec<serde_json::Value>> {
    let ids: Vec<Uuid> = agents.keys().map(|id| Uuid::from_bytes(*id)).collect();
    let names: BTreeMap<[u8; 16], String> = db::read_all(NAMES, &[ids.into()], |row| {
        Some((*row.get::<Uuid>(1)?.as_bytes(), row.get::<String>(2)?))
    })?
    .into_iter()
    .flatten()
    .collect();
    Ok(agents
        .into_iter()
        .map(|(id, activity)| {
            let mut json = activity.json();
            let agent = names.get(&id).map(
                |name| serde_json::json!({ "id": Uuid::from_bytes(id).to_string(), "name": name }),
            );
            json.insert("agent".to_owned(), agent.unwrap_or_default());
            serde_json::Value::Object(json)
        })
        .collect())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StageNumbers {
    id: json_output::Id,
    name: String,
    status: String,
    open: i64,
    by_priority: BTreeMap<&'static str, i64>,
}

/// The numbers of an organization at this moment, for its staff.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn org_dashboard(p_org_id: Option<Uuid>) -> Result<JsonText> {
    let org = required(p_org_id, "p_org_id")?;
    check_staff(org)?;
    let me = Viewer::current()?.profile.map(|id| *id.as_bytes());
    let nobody = [0; 16];
    let (mut open, mut unassigned, mut mine) = (0, 0, 0);
    let mut by_priority: BTreeMap<&'static str, i64> = BTreeMap::new();
    let mut stages: Vec<([u8; 16], StageNumbers)> = Vec::new();
    let rows = db::read_all(OPEN_COUNTS, &[org.into()], |row| {
        Some((
            row.get::<Uuid>(1)?,
            row.get::<String>(2)?,
            row.get::<String>(3)?,
            row.get::<Priority>(4)?.label(),
            *row.get::<Uuid>(5)?.as_bytes(),
            row.get::<i64>(6)?,
        ))
    })?;
    for (stage, name, status, priority, agent, amount) in rows.into_iter().flatten() {
        open += amount;
        *by_priority.entry(priority).or_default() += amount;
        unassigned += if agent == nobody { amount } else { 0 };
        mine += if Some(agent) == me { amount } else { 0 };
        let id = *stage.as_bytes();
        if stages.last().is_none_or(|(last, _)| *last != id) {
            stages.push((
                id,
                StageNumbers {
                    id: stage.into(),
                    name,
                    status,
                    open: 0,
                    by_priority: BTreeMap::new(),
                },
            ));
        }
        if let Some((_, numbers)) = stages.last_mut() {
            numbers.open += amount;
            *numbers.by_priority.entry(priority).or_default() += amount;
        }
    }
    let oldest = db::read_one(OLDEST_OPEN, &[org.into()], |row| row.get::<JsonText>(1))?.flatten();
    let stages: Vec<StageNumbers> = stages.into_iter().map(|(_, numbers)| numbers).collect();
    Ok(JsonText(format!(
        "{{\"open\":{open},\"unassigned\":{unassigned},\"mine\":{mine},\"byPriority\":{},\"byStage\":{},\"oldestOpen\":{}}}",
        serde_json::to_string(&by_priority).unwrap_or_default(),
        serde_json::to_string(&stages).unwrap_or_default(),
        oldest.map_or("null".to_owned(), |ticket| ticket.0),
    )))
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
