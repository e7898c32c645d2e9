//! Counting tickets. Every change appends what it changes (deltas), so that nobody waits for anybody; refresh_ticket_stats() folds
//! the deltas into counts.

use pgrx::Uuid;
use pgrx::datum::{DatumWithOid, TimestampWithTimeZone};
use pgrx::prelude::*;

use crate::platform::enums::Priority;
use crate::platform::error::Result;
use crate::platform::trigger::{self, TriggerResult, TriggerRow, TriggerRows, Tuple};
use crate::platform::{statement, transaction};

const APPEND: &str = "
    insert into helpdesk.ticket_stat_deltas (org_id, metric, occurred_at, stage_id, priority, agent_id, ticket_delta, seconds)
    select $1, d.metric, d.occurred_at, d.stage_id, d.priority::helpdesk.ticket_priority, d.agent_id, d.ticket_delta, d.seconds
      from unnest($2::text[], $3::timestamptz[], $4::uuid[], $5::text[], $6::uuid[], $7::integer[], $8::double precision[])
           as d (metric, occurred_at, stage_id, priority, agent_id, ticket_delta, seconds)";

/// The usual one: a ticket was opened.
const APPEND_OPENED: &str = "
    insert into helpdesk.ticket_stat_deltas (org_id, metric, occurred_at, stage_id, priority, agent_id, ticket_delta)
    values ($1, 'opened', $2, $3, $4::helpdesk.ticket_priority, $5, 1)";

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
fn tickets_count<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, count)
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

pub(super) fn count(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
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
            deltas.extend(new.since(None, transaction::transaction_start()));
        }
        (Some(old), Some(new)) => {
            if !old.is_counted_as(new) {
                deltas.push(old.in_stage(-1));
                deltas.push(new.in_stage(1));
            }
            deltas.extend(new.since(Some(old), transaction::transaction_start()));
        }
        (Some(old), None) => deltas.push(old.in_stage(-1)),
        (None, None) => {}
    }
    append(org, &deltas)?;
    Ok(None)
}

fn opened(org: DatumWithOid, new: &Counted) -> Result<()> {
    statement::write(APPEND_OPENED).execute(&[
        org,
        new.created.into(),
        new.stage.into(),
        new.priority.label().into(),
        new.agent.into(),
    ])
}

fn append(org: DatumWithOid, deltas: &[Delta]) -> Result<()> {
    if deltas.is_empty() {
        return Ok(());
    }
    fn all<T>(deltas: &[Delta], part: fn(&Delta) -> T) -> Vec<T> {
        deltas.iter().map(part).collect()
    }
    statement::write(APPEND).execute(&[
        org,
        all(deltas, |d| d.metric.to_owned()).into(),
        all(deltas, |d| d.moment).into(),
        all(deltas, |d| d.stage).into(),
        all(deltas, |d| d.priority.label().to_owned()).into(),
        all(deltas, |d| d.agent).into(),
        all(deltas, |d| d.ticket_delta).into(),
        all(deltas, |d| d.seconds).into(),
    ])
}
