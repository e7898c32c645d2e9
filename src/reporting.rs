//! Numbers for staff: how many tickets are where now, and what happened when. Read from the folded counts and the deltas that are not
//! folded yet.

use std::collections::BTreeMap;

use pgrx::Uuid;
use pgrx::datum::Date;
use pgrx::prelude::*;
use serde::Serialize;

use crate::db::{self, JsonText, Row};
use crate::enums::Priority;
use crate::error::{Error, Result, required};
use crate::json_output;
use crate::ticket_stats::{bucket, nobody, sums};
use crate::trigger::{self, Fired, TriggerRows, Tuple};
use crate::viewer::{self, Viewer};

/// Days that one report covers.
const MAX_DAYS: i32 = 1100;
/// 0001-01-01 and 9999-12-31, in days since 2000-01-01.
const FIRST_DAY: i32 = -730_119;
const LAST_DAY: i32 = 2_921_939;
/// Durations are kept as the number of a bucket of relative width GAMMA, as in DDSketch (Masson, Rim, Lee: DDSketch, VLDB 2019): a
/// percentile read from them is within (GAMMA - 1) / (GAMMA + 1), that is 2.5 %, of the exact one.
const GAMMA: f64 = 1.05;
/// The days of a table as fold_days! has it, and what is not folded yet. $4 is the time zone.
macro_rules! activity {
    ($table:literal, $key:literal) => {
        concat!(
            "
    select day, ", $key, ", created, resolved, closed, reopened, first_response_buckets, resolution_buckets
      from helpdesk.", $table, " where org_id = $1 and day between $2 and $3
    union all
    select day, ", $key, ", ", sums!(), "
      from (select (d.occurred_at at time zone $4)::date as day, d.metric, d.ticket_delta, d.priority, coalesce(d.agent_id, ", nobody!(), ") as agent_id,
                   ", bucket!(), " as bucket
              from helpdesk.ticket_stat_deltas d where d.org_id = $1 and d.metric <> 'stage') events
     where day between $2 and $3
     group by day, ", $key
        )
    };
}
const BY_PRIORITY: &str = activity!("ticket_days_by_priority", "priority");
const BY_AGENT: &str = activity!("ticket_days_by_agent", "agent_id");

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
        select d.stage_id, d.priority, d.ticket_delta
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
            select d.stage_id, coalesce(d.agent_id, ", nobody!(), "), d.ticket_delta
              from helpdesk.ticket_stat_deltas d where d.org_id = $1 and d.metric in ('opened', 'stage')) n
      join helpdesk.workflow_stages s on s.org_id = $1 and s.id = n.stage_id and s.status in ('open', 'pending')"
);

const OLDEST_OPEN: &str = "
    select t.id, t.number, t.title, t.created_at
      from helpdesk.tickets t
     where t.org_id = $1 and t.status in ('open', 'pending')
     order by t.created_at, t.id limit 1";

const ZONES: &str = "select exists (select from pg_timezone_names where name = $1)";

/// The name of the requester or the assignee of a ticket, for staff: list_org_tickets tells it too, and row security hides the
/// profile of who has left.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn ticket_participant_name(
    p_org_id: Option<Uuid>,
    p_ticket_id: Option<Uuid>,
    p_profile_id: Option<Uuid>,
) -> Result<Option<String>> {
    let (Some(org), Some(ticket), Some(person)) = (p_org_id, p_ticket_id, p_profile_id) else {
        return Ok(None);
    };
    if !viewer::acts_as_staff(org)? {
        return Ok(None);
    }
    let args = [org.into(), ticket.into(), person.into()];
    Ok(db::read_one(NAME_ON_TICKET, &args, |row| row.get(1))?.flatten())
}

fn check_staff(org: Uuid) -> Result<()> {
    if viewer::acts_as_staff(org)? {
        // A backend may name one that is not there.
        let is_there = Viewer::current()?.is_staff(org)
            || db::read_one(ORGANIZATION, &[org.into()], |_| ())?.is_some();
        if is_there {
            return Ok(());
        }
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
    day: Option<Date>,
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
                day: Date::try_from(day).ok(),
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
    JsonText::of(&report)
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
    JsonText::of(&dashboard)
}

/// Trigger on organizations: the time zone is one that Postgres knows.
#[pg_trigger(sql = "
    create function helpdesk.organizations_check_time_zone() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn organizations_check_time_zone<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    trigger::fire(trigger, check_zone)
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
