//! org_dashboard: the open tickets of an organization, by stage and priority.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::prelude::*;
use serde::Serialize;

use super::current_counts::{AGENT_COUNTS, NOBODY, STAGE_COUNTS};
use crate::access::caller::Caller;
use crate::access::rights;
use crate::platform::datum::JsonText;
use crate::platform::enums::Priority;
#[cfg(test)]
use crate::platform::enums::Status;
use crate::platform::error::{Result, required};
#[cfg(test)]
use crate::platform::json::schema::{Api, null_only_in};
use crate::platform::json::{id, output};
use crate::platform::statement;

/// The open and pending stages with the number of their tickets of each priority.
static COUNT_BY_STAGE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "
    select s.id, s.name, s.status, c.priority, sum(c.ticket_count)::bigint
      from helpdesk.workflow_stages s
      left join ({STAGE_COUNTS}) c on c.org_id = $1 and c.stage_id = s.id
     where s.org_id = $1 and s.status in ('open', 'pending')
     group by s.id, s.name, s.status, s.workflow_id, s.position, c.priority
     order by s.workflow_id, s.position, s.id"
    )
});

/// How many open and pending tickets are unassigned, and how many are assigned to $2.
static COUNT_UNASSIGNED_AND_MINE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "
    select coalesce(sum(c.ticket_count) filter (where c.agent_id = {NOBODY}), 0)::bigint,
           coalesce(sum(c.ticket_count) filter (where c.agent_id = $2), 0)::bigint
      from ({}) c
      join helpdesk.workflow_stages s
           on s.org_id = $1 and s.id = c.stage_id and s.status in ('open', 'pending')
     where c.org_id = $1 and c.agent_id in ({NOBODY}, $2)",
        *AGENT_COUNTS
    )
});

const FIND_OLDEST_OPEN: &str = "
    select t.id, t.number, t.title, t.created_at
      from helpdesk.tickets t
     where t.org_id = $1 and t.status in ('open', 'pending')
     order by t.created_at, t.id limit 1";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Dashboard {
    open: i64,
    unassigned: i64,
    mine: i64,
    #[cfg_attr(test, schemars(schema_with = "by_priority"))]
    by_priority: BTreeMap<Priority, i64>,
    by_stage: Vec<StageCounts>,
    oldest_open: Option<OldestTicket>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(transform = null_only_in(&[])))]
struct OldestTicket {
    id: Option<id::Id>,
    number: Option<i64>,
    title: Option<String>,
    created_at: Option<output::Time>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct StageCounts {
    id: id::Id,
    name: String,
    #[cfg_attr(test, schemars(with = "Status"))]
    status: String,
    open: i64,
    #[cfg_attr(test, schemars(schema_with = "by_priority"))]
    by_priority: BTreeMap<Priority, i64>,
}

/// Priorities without tickets are left out.
#[cfg(test)]
fn by_priority(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    let count = serde_json::json!({ "type": "integer" });
    let labels = [Priority::Low, Priority::Medium, Priority::High, Priority::Urgent];
    let counts: serde_json::Map<_, _> =
        labels.map(|priority| (priority.label().to_owned(), count.clone())).into_iter().collect();
    schemars::json_schema!({ "type": "object", "properties": counts })
}

#[cfg(test)]
pub(super) fn describe(api: &mut Api) {
    api.result::<Dashboard>("org_dashboard");
}

/// The current counts of an organization, for its staff.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn org_dashboard(p_org_id: Option<Uuid>) -> Result<JsonText> {
    let org = required(p_org_id, "p_org_id")?;
    rights::check_staff_of_existing("p_org_id", org)?;
    let (unassigned, mine) = count_unassigned_and_mine(org, Caller::current()?.profile)?;
    let oldest_open = find_oldest_open(org)?;
    let by_stage = count_by_stage(org)?;
    let mut by_priority: BTreeMap<Priority, i64> = BTreeMap::new();
    for (priority, tickets) in by_stage.iter().flat_map(|stage| &stage.by_priority) {
        *by_priority.entry(*priority).or_default() += tickets;
    }
    JsonText::serialize(&Dashboard {
        open: by_stage.iter().map(|stage| stage.open).sum(),
        unassigned,
        mine,
        by_priority,
        by_stage,
        oldest_open,
    })
}

fn count_unassigned_and_mine(org: Uuid, me: Option<Uuid>) -> Result<(i64, i64)> {
    let counts = statement::read(&COUNT_UNASSIGNED_AND_MINE)
        .fetch_optional(&[org.into(), me.into()], |row| {
            (row.get(1).unwrap_or(0), row.get(2).unwrap_or(0))
        })?;
    Ok(counts.unwrap_or_default())
}

fn find_oldest_open(org: Uuid) -> Result<Option<OldestTicket>> {
    statement::read(FIND_OLDEST_OPEN).fetch_optional(&[org.into()], |row| OldestTicket {
        id: row.id(1),
        number: row.get(2),
        title: row.get(3),
        created_at: row.time(4),
    })
}

fn count_by_stage(org: Uuid) -> Result<Vec<StageCounts>> {
    let rows = statement::read(&COUNT_BY_STAGE).fetch_all(&[org.into()], |row| {
        let stage = (row.id(1)?, row.get::<String>(2)?, row.get::<String>(3)?);
        Some((stage, row.get::<Priority>(4).zip(row.get::<i64>(5))))
    })?;
    let mut stages: Vec<StageCounts> = Vec::new();
    for ((id, name, status), counted) in rows.into_iter().flatten() {
        if stages.last().is_none_or(|stage| stage.id != id) {
            stages.push(StageCounts { id, name, status, open: 0, by_priority: BTreeMap::new() });
        }
        if let (Some(stage), Some((priority, tickets @ 1..))) = (stages.last_mut(), counted) {
            stage.open += tickets;
            stage.by_priority.insert(priority, tickets);
        }
    }
    Ok(stages)
}
