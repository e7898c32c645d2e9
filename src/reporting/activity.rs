//! ticket_activity(): what happened to the tickets of an organization, day by day. Reads the folded
//! days and the deltas that are not folded yet.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::datum::{Date, DatumWithOid};
use pgrx::prelude::*;
use serde::Serialize;

use super::durations::Percentiles;
use super::events::{SUMS, event_columns};
use crate::access::rights;
use crate::platform::datum::JsonText;
use crate::platform::enums::Priority;
use crate::platform::error::{self, Result, required};
use crate::platform::json::id::Id;
use crate::platform::statement::{self, Row};
use crate::platform::time_zone;

/// How many days a report covers at most.
const MAX_DAYS: i32 = 1100;

/// 0001-01-01, in days since 2000-01-01.
const FIRST_DAY: i32 = -730_119;

/// 9999-12-31, in days since 2000-01-01.
const LAST_DAY: i32 = 2_921_939;

/// The days from $2 to $3 of organization $1, in its time zone $4: folded rows, and sums of the
/// deltas that are not folded yet.
fn select_days(table: &str, key: &str) -> String {
    let event_columns = event_columns("$4");
    format!(
        "
    select day, {key}, created, resolved, closed, reopened,
           first_response_buckets, resolution_buckets
      from helpdesk.{table} where org_id = $1 and day between $2 and $3
    union all
    select day, {key}, {SUMS}
      from (select {event_columns}
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

const TIME_ZONE: &str = "select o.time_zone from helpdesk.organizations o where o.id = $1";

const NAMES: &str = "select p.id, p.name from helpdesk.profiles p where p.id = any ($1)";

#[derive(Clone, Copy, Default, Serialize)]
struct EventCounts {
    created: i64,
    resolved: i64,
    closed: i64,
    reopened: i64,
}

impl EventCounts {
    fn add(&mut self, other: EventCounts) {
        self.created += other.created;
        self.resolved += other.resolved;
        self.closed += other.closed;
        self.reopened += other.reopened;
    }
}

/// What happened on a day, at a priority, or to an agent's tickets. Durations as their buckets.
#[derive(Default)]
struct Activity {
    counts: EventCounts,
    first_response: Vec<i16>,
    resolution: Vec<i16>,
}

impl Activity {
    /// From six columns, the first at position `first`.
    fn from_row(row: &Row, first: usize) -> Option<Activity> {
        Some(Activity {
            counts: EventCounts {
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

    fn into_report(self) -> ActivityReport {
        ActivityReport {
            counts: self.counts,
            first_response: Percentiles::from_buckets(self.first_response),
            resolution: Percentiles::from_buckets(self.resolution),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ActivityReport {
    #[serde(flatten)]
    counts: EventCounts,
    first_response: Percentiles,
    resolution: Percentiles,
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
    counts: EventCounts,
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
    id: Id,
    name: String,
}

/// What happened in an organization from one day to another, both included, for its staff.
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
    check_days(from, to)?;
    let time_zone = time_zone_of(org)?;
    let args = [org.into(), from.into(), to.into(), time_zone.as_str().into()];
    let mut activity = PriorityActivity::read(&args)?;
    let by_agent = read_agents(&args)?;
    let report = Report {
        total: activity.total.into_report(),
        days: (from.to_pg_epoch_days()..=to.to_pg_epoch_days())
            .map(|day| DayReport {
                counts: activity.days.remove(&day).unwrap_or_default(),
                day: Date::try_from(day).ok(),
            })
            .collect(),
        by_priority: (activity.priorities.into_iter())
            .map(|(priority, activity)| PriorityReport {
                activity: activity.into_report(),
                priority,
            })
            .collect(),
        by_agent,
        time_zone,
    };
    JsonText::serialize(&report)
}

fn check_days(from: Date, to: Date) -> Result<()> {
    let (first, last) = (from.to_pg_epoch_days(), to.to_pg_epoch_days());
    if first >= FIRST_DAY
        && last <= LAST_DAY
        && last >= first
        && last.saturating_sub(first) < MAX_DAYS
    {
        return Ok(());
    }
    Err(error::bad(
        "p_to",
        "before p_from, too long after it, or out of range",
        format!("Up to {MAX_DAYS} days within the years 1 to 9999, p_from and p_to included."),
    ))
}

/// The time zone of an organization; UTC if this server does not know it.
fn time_zone_of(org: Uuid) -> Result<String> {
    let zone = statement::read(TIME_ZONE).fetch_scalar::<String>(&[org.into()])?;
    Ok(zone.filter(|zone| time_zone::knows_time_zone(zone)).unwrap_or("UTC".to_owned()))
}

/// The activity of the days by priority, summed up in three ways.
#[derive(Default)]
struct PriorityActivity {
    total: Activity,
    days: BTreeMap<i32, EventCounts>,
    priorities: BTreeMap<Priority, Activity>,
}

impl PriorityActivity {
    fn read(args: &[DatumWithOid]) -> Result<PriorityActivity> {
        let rows = statement::read(&DAYS_BY_PRIORITY).fetch_all(args, |row| {
            Some((row.get::<Date>(1)?, row.get::<Priority>(2)?, Activity::from_row(row, 3)?))
        })?;
        let mut sums = PriorityActivity::default();
        for (day, priority, activity) in rows.into_iter().flatten() {
            sums.total.add(&activity);
            sums.priorities.entry(priority).or_default().add(&activity);
            sums.days.entry(day.to_pg_epoch_days()).or_default().add(activity.counts);
        }
        Ok(sums)
    }
}

fn read_agents(args: &[DatumWithOid]) -> Result<Vec<AgentReport>> {
    let rows = statement::read(&DAYS_BY_AGENT)
        .fetch_all(args, |row| Some((row.get::<Uuid>(2)?, Activity::from_row(row, 3)?)))?;
    let mut agents: BTreeMap<Uuid, Activity> = BTreeMap::new();
    for (agent, activity) in rows.into_iter().flatten() {
        agents.entry(agent).or_default().add(&activity);
    }
    let mut names = names_of(agents.keys().copied().collect())?;
    let reports = agents.into_iter().map(|(id, activity)| AgentReport {
        activity: activity.into_report(),
        agent: names.remove(&id).map(|name| Agent { id: id.into(), name }),
    });
    Ok(reports.collect())
}

fn names_of(profiles: Vec<Uuid>) -> Result<BTreeMap<Uuid, String>> {
    let names = statement::read(NAMES)
        .fetch_all(&[profiles.into()], |row| Some((row.get::<Uuid>(1)?, row.get::<String>(2)?)))?;
    Ok(names.into_iter().flatten().collect())
}
