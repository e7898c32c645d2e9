//! Numbers for staff: how many tickets are where now, and what happened when. Read from the folded counts and the deltas that are not
//! folded yet.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::datum::Date;
use pgrx::prelude::*;
use serde::Serialize;

use super::fragments::{BUCKET, NOBODY, SUMS};
use crate::access::rights;
use crate::platform::datum::JsonText;
use crate::platform::enums::Priority;
use crate::platform::error::{self, Result, required};
use crate::platform::json::id;
use crate::platform::statement::{self, Row};
use crate::platform::time_zone;

/// Days that one report covers.
const MAX_DAYS: i32 = 1100;

/// 0001-01-01 and 9999-12-31, in days since 2000-01-01.
const FIRST_DAY: i32 = -730_119;

const LAST_DAY: i32 = 2_921_939;

/// Durations are kept as the number of a bucket of relative width GAMMA, as in DDSketch (Masson, Rim, Lee: DDSketch, VLDB 2019): a
/// percentile read from them is within (GAMMA - 1) / (GAMMA + 1), that is 2.5 %, of the exact one.
const GAMMA: f64 = 1.05;

/// The days of a table as fold_days! has it, and what is not folded yet. $4 is the time zone.
fn activity(table: &str, key: &str) -> String {
    format!("
    select day, {key}, created, resolved, closed, reopened, first_response_buckets, resolution_buckets
      from helpdesk.{table} where org_id = $1 and day between $2 and $3
    union all
    select day, {key}, {SUMS}
      from (select (d.occurred_at at time zone $4)::date as day, d.metric, d.ticket_delta, d.priority, coalesce(d.agent_id, {NOBODY}) as agent_id,
                   {BUCKET} as bucket
              from helpdesk.ticket_stat_deltas d where d.org_id = $1 and d.metric <> 'stage') events
     where day between $2 and $3
     group by day, {key}")
}

static BY_PRIORITY: LazyLock<String> =
    LazyLock::new(|| activity("ticket_days_by_priority", "priority"));

static BY_AGENT: LazyLock<String> = LazyLock::new(|| activity("ticket_days_by_agent", "agent_id"));

const TIME_ZONE: &str = "select o.time_zone from helpdesk.organizations o where o.id = $1";

const NAMES: &str = "select p.id, p.name from helpdesk.profiles p where p.id = any ($1)";

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
    id: id::Id,
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
    rights::check_staff_of_existing("p_org_id", org)?;
    let (first, last) = (from.to_pg_epoch_days(), to.to_pg_epoch_days());
    if first < FIRST_DAY
        || last > LAST_DAY
        || last < first
        || last.saturating_sub(first) >= MAX_DAYS
    {
        return Err(error::bad(
            "p_to",
            "before p_from, too long after it, or too far away",
            format!(
                "Up to {MAX_DAYS} days of the years 1 to 9999, the first and the last included."
            ),
        ));
    }
    let time_zone = statement::read(TIME_ZONE)
        .fetch_optional(&[org.into()], |row| row.get::<String>(1))?
        .flatten();
    let time_zone =
        time_zone.filter(|zone| time_zone::knows_time_zone(zone)).unwrap_or("UTC".to_owned());
    let args = [org.into(), from.into(), to.into(), time_zone.as_str().into()];
    let mut all = Activity::default();
    let mut days: BTreeMap<i32, Numbers> = BTreeMap::new();
    let mut priorities: BTreeMap<Priority, Activity> = BTreeMap::new();
    let mut agents: BTreeMap<Uuid, Activity> = BTreeMap::new();
    let by_priority = statement::read(&BY_PRIORITY).fetch_all(&args, |row| {
        Some((row.get::<Date>(1)?, row.get::<Priority>(2)?, Activity::of(row, 3)?))
    })?;
    for (day, priority, activity) in by_priority.into_iter().flatten() {
        all.add(&activity);
        priorities.entry(priority).or_default().add(&activity);
        days.entry(day.to_pg_epoch_days()).or_default().add(activity.numbers);
    }
    let by_agent = statement::read(&BY_AGENT)
        .fetch_all(&args, |row| Some((row.get::<Uuid>(2)?, Activity::of(row, 3)?)))?;
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
    JsonText::serialize(&report)
}

fn names_of<T>(agents: &BTreeMap<Uuid, T>) -> Result<BTreeMap<Uuid, String>> {
    let ids: Vec<Uuid> = agents.keys().copied().collect();
    let names = statement::read(NAMES)
        .fetch_all(&[ids.into()], |row| Some((row.get::<Uuid>(1)?, row.get::<String>(2)?)))?;
    Ok(names.into_iter().flatten().collect())
}
