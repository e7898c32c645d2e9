//! Numbers for staff: how many tickets are where now, and what happened when. Read from the folded counts and the deltas that are not
//! folded yet.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use pgrx::Uuid;
use pgrx::prelude::*;
use serde::Serialize;

use super::fragments::NOBODY;
use crate::access::caller::Caller;
use crate::access::rights;
use crate::platform::datum::JsonText;
use crate::platform::enums::Priority;
use crate::platform::error::{Result, required};
use crate::platform::json::{id, output};
use crate::platform::statement;

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
static OPEN_OF: LazyLock<String> = LazyLock::new(|| {
    format!("
    select coalesce(sum(n.tickets) filter (where n.agent_id = {NOBODY}), 0)::bigint,
           coalesce(sum(n.tickets) filter (where n.agent_id = $2), 0)::bigint
      from (select c.stage_id, c.agent_id, c.ticket_count as tickets
              from helpdesk.ticket_agent_counts c where c.org_id = $1 and c.agent_id in ({NOBODY}, $2)
            union all
            select d.stage_id, coalesce(d.agent_id, {NOBODY}), d.ticket_delta
              from helpdesk.ticket_stat_deltas d where d.org_id = $1 and d.metric in ('opened', 'stage')) n
      join helpdesk.workflow_stages s on s.org_id = $1 and s.id = n.stage_id and s.status in ('open', 'pending')")
});

const OLDEST_OPEN: &str = "
    select t.id, t.number, t.title, t.created_at
      from helpdesk.tickets t
     where t.org_id = $1 and t.status in ('open', 'pending')
     order by t.created_at, t.id limit 1";

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
    id: Option<id::Id>,
    number: Option<i64>,
    title: Option<String>,
    created_at: Option<output::Time>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StageNumbers {
    id: id::Id,
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
    rights::check_staff_of_existing("p_org_id", org)?;
    let me = Caller::current()?.profile;
    let (unassigned, mine) = statement::read(&OPEN_OF)
        .fetch_optional(&[org.into(), me.into()], |row| {
            (row.get(1).unwrap_or(0), row.get(2).unwrap_or(0))
        })?
        .unwrap_or_default();
    let mut dashboard = Dashboard {
        open: 0,
        unassigned,
        mine,
        by_priority: BTreeMap::new(),
        by_stage: Vec::new(),
        oldest_open: statement::read(OLDEST_OPEN).fetch_optional(&[org.into()], |row| {
            OldestTicket {
                id: row.id(1),
                number: row.get(2),
                title: row.get(3),
                created_at: row.time(4),
            }
        })?,
    };
    let mut last = None;
    let rows = statement::read(OPEN_STAGES).fetch_all(&[org.into()], |row| {
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
    JsonText::serialize(&dashboard)
}
