//! ticket_activity: what happened to the tickets of an organization from day to day.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::datum::{Date, DatumWithOid};
use pgrx::prelude::*;
use serde::Serialize;

use super::current_counts::NOBODY;
use super::day_sums::{BUCKET, DAY_SUMS, GAMMA};
use crate::access::rights;
use crate::platform::datum::JsonText;
use crate::platform::enums::Priority;
use crate::platform::error::{self, Result, required};
use crate::platform::json::id::Id;
use crate::platform::statement::{self, Row};
use crate::platform::time_zone;

/// The most days that one report covers.
const MAX_DAYS: i32 = 1100;

/// 0001-01-01 and 9999-12-31, in days since 2000-01-01.
const FIRST_DAY: i32 = -730_119;

const LAST_DAY: i32 = 2_921_939;

/// The days of a table, folded, and the sums of the deltas that are not folded yet. $4 is the time
/// zone.
fn select_days(table: &str, key: &str) -> String {
    format!(
        "
    select day, {key}, created, resolved, closed, reopened,
           first_response_buckets, resolution_buckets
      from helpdesk.{table} where org_id = $1 and day between $2 and $3
    union all
    select day, {key}, {DAY_SUMS}
      from (select (d.occurred_at at time zone $4)::date as day, d.metric, d.ticket_delta,
                   d.priority, coalesce(d.agent_id, {NOBODY}) as agent_id, {BUCKET} as bucket
              from helpdesk.ticket_stat_deltas d
             where d.org_id = $1 and d.metric <> 'stage') events
     where day between $2 and $3
     group by day, {key}"
    )
}

static DAYS_BY_PRIORITY: LazyLock<String> =
    LazyLock::new(|| select_days("ticket_days_by_priority", "priority"));

static DAYS_BY_AGENT: LazyLock<String> =
    LazyLock::new(|| select_days("ticket_days_by_agent", "agent_id"));

const FIND_TIME_ZONE: &str = "select o.time_zone from helpdesk.organizations o where o.id = $1";

const FIND_NAMES: &str = "select p.id, p.name from helpdesk.profiles p where p.id = any ($1)";

/// How many durations there are, with their median and 90th percentile.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Durations"))]
struct Percentiles {
    count: usize,
    median_seconds: Option<f64>,
    p90_seconds: Option<f64>,
}

impl Percentiles {
    fn from_buckets(buckets: Vec<i16>) -> Percentiles {
        let buckets = remaining(buckets);
        let count = buckets.len();
        // Nearest rank; the value that is relatively closest to both ends of its bucket.
        let percentile = |tenths: usize| {
            let bucket = *buckets.get((tenths * count).div_ceil(10).checked_sub(1)?)?;
            let seconds = 2.0 * GAMMA.powi(bucket.into()) / (GAMMA + 1.0);
            Some((seconds * 1000.0).round() / 1000.0)
        };
        Percentiles { count, median_seconds: percentile(5), p90_seconds: percentile(9) }
    }
}

/// The buckets that are not taken back, in order. -1 minus a bucket takes it back.
fn remaining(buckets: Vec<i16>) -> Vec<i16> {
    let (mut taken_back, mut buckets): (Vec<i16>, Vec<i16>) =
        buckets.into_iter().partition(|bucket| *bucket < 0);
    buckets.sort_unstable();
    taken_back.sort_unstable_by(|a, b| b.cmp(a));
    let mut taken_back = taken_back.into_iter().map(|bucket| -1 - bucket).peekable();
    buckets.retain(|bucket| {
        while taken_back.next_if(|taken| taken < bucket).is_some() {}
        taken_back.next_if_eq(bucket).is_none()
    });
    buckets
}

#[derive(Clone, Copy, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ActivityCounts"))]
struct Counts {
    created: i64,
    resolved: i64,
    closed: i64,
    reopened: i64,
}

impl Counts {
    fn add(&mut self, other: Counts) {
        self.created += other.created;
        self.resolved += other.resolved;
        self.closed += other.closed;
        self.reopened += other.reopened;
    }
}

/// What happened on a day, to tickets of a priority, or to those of an agent. Durations are the
/// numbers of their buckets.
#[derive(Default)]
struct Activity {
    counts: Counts,
    first_response: Vec<i16>,
    resolution: Vec<i16>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Activity"))]
struct ActivityReport {
    #[serde(flatten)]
    counts: Counts,
    first_response: Percentiles,
    resolution: Percentiles,
}

impl Activity {
    /// From the columns of `DAY_SUMS`, starting at `first`.
    fn from_row(row: &Row, first: usize) -> Option<Activity> {
        Some(Activity {
            counts: Counts {
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
        self.counts.add(other.counts);
        self.first_response.extend(&other.first_response);
        self.resolution.extend(&other.resolution);
    }

    fn report(self) -> ActivityReport {
        ActivityReport {
            counts: self.counts,
            first_response: Percentiles::from_buckets(self.first_response),
            resolution: Percentiles::from_buckets(self.resolution),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "TicketActivity"))]
struct Report {
    time_zone: String,
    total: ActivityReport,
    days: Vec<DayReport>,
    by_priority: Vec<PriorityReport>,
    by_agent: Vec<AgentReport>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ActivityOfDay"))]
struct DayReport {
    #[serde(flatten)]
    counts: Counts,
    #[cfg_attr(test, schemars(with = "String", extend("format" = "date")))]
    day: Option<Date>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ActivityOfPriority"))]
struct PriorityReport {
    #[serde(flatten)]
    activity: ActivityReport,
    priority: Priority,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ActivityOfAgent"))]
struct AgentReport {
    #[serde(flatten)]
    activity: ActivityReport,
    agent: Option<Agent>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Agent {
    id: Id,
    name: String,
}

#[cfg(test)]
pub(super) fn describe(api: &mut crate::platform::json::schema::Api) {
    api.result::<Report>("ticket_activity");
}

/// What happened in an organization from p_from to p_to, both inclusive, in its time zone.
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
    let days = checked_days(from, to)?;
    let time_zone = statement::read(FIND_TIME_ZONE).fetch_scalar::<String>(&[org.into()])?;
    let time_zone =
        time_zone.filter(|zone| time_zone::knows_time_zone(zone)).unwrap_or("UTC".to_owned());
    let args = [org.into(), from.into(), to.into(), time_zone.as_str().into()];
    let activity = GroupedActivity::load(&args)?;
    JsonText::serialize(&activity.report(time_zone, days)?)
}

/// The days from one to another, in days since 2000-01-01.
fn checked_days(from: Date, to: Date) -> Result<RangeInclusive<i32>> {
    let (first, last) = (from.to_pg_epoch_days(), to.to_pg_epoch_days());
    if first < FIRST_DAY
        || last > LAST_DAY
        || last < first
        || last.saturating_sub(first) >= MAX_DAYS
    {
        return Err(error::invalid(
            "out_of_range",
            "p_to",
            "before p_from, too long after it, or out of range",
            format!("Up to {MAX_DAYS} days, both included, in the years 1 to 9999."),
        ));
    }
    Ok(first..=last)
}

/// The activity, grouped in the three ways of the report.
#[derive(Default)]
struct GroupedActivity {
    total: Activity,
    days: BTreeMap<i32, Counts>,
    priorities: BTreeMap<Priority, Activity>,
    agents: BTreeMap<Uuid, Activity>,
}

impl GroupedActivity {
    fn load(args: &[DatumWithOid]) -> Result<GroupedActivity> {
        let mut grouped = GroupedActivity::default();
        let by_priority = statement::read(&DAYS_BY_PRIORITY).fetch_all(args, |row| {
            Some((row.get::<Date>(1)?, row.get::<Priority>(2)?, Activity::from_row(row, 3)?))
        })?;
        for (day, priority, activity) in by_priority.into_iter().flatten() {
            grouped.total.add(&activity);
            grouped.priorities.entry(priority).or_default().add(&activity);
            grouped.days.entry(day.to_pg_epoch_days()).or_default().add(activity.counts);
        }
        let by_agent = statement::read(&DAYS_BY_AGENT)
            .fetch_all(args, |row| Some((row.get::<Uuid>(2)?, Activity::from_row(row, 3)?)))?;
        for (agent, activity) in by_agent.into_iter().flatten() {
            grouped.agents.entry(agent).or_default().add(&activity);
        }
        Ok(grouped)
    }

    fn report(mut self, time_zone: String, days: RangeInclusive<i32>) -> Result<Report> {
        let mut names = find_names(&self.agents)?;
        Ok(Report {
            time_zone,
            total: self.total.report(),
            days: days
                .map(|day| DayReport {
                    counts: self.days.remove(&day).unwrap_or_default(),
                    day: Date::try_from(day).ok(),
                })
                .collect(),
            by_priority: (self.priorities.into_iter())
                .map(|(priority, activity)| PriorityReport {
                    activity: activity.report(),
                    priority,
                })
                .collect(),
            by_agent: (self.agents.into_iter())
                .map(|(id, activity)| AgentReport {
                    activity: activity.report(),
                    agent: names.remove(&id).map(|name| Agent { id: id.into(), name }),
                })
                .collect(),
        })
    }
}

fn find_names<T>(agents: &BTreeMap<Uuid, T>) -> Result<BTreeMap<Uuid, String>> {
    let ids: Vec<Uuid> = agents.keys().copied().collect();
    let names = statement::read(FIND_NAMES)
        .fetch_all(&[ids.into()], |row| Some((row.get::<Uuid>(1)?, row.get::<String>(2)?)))?;
    Ok(names.into_iter().flatten().collect())
}
