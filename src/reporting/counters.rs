//! The trigger that counts tickets. Every change appends deltas instead of updating counts, so that
//! transactions do not wait for each other; refresh_ticket_stats() folds the deltas into counts.

use pgrx::Uuid;
use pgrx::datum::{DatumWithOid, TimestampWithTimeZone};
use pgrx::prelude::*;

use crate::platform::enums::Priority;
use crate::platform::error::Result;
use crate::platform::statement;
use crate::platform::trigger::{self, TriggerResult, TriggerRow, TriggerRows, Tuple};

const INSERT_DELTAS: &str = "
    insert into helpdesk.ticket_stat_deltas
           (org_id, metric, occurred_at, stage_id, priority, agent_id, ticket_delta, seconds)
    select $1, d.metric, d.occurred_at, d.stage_id, d.priority::helpdesk.ticket_priority,
           d.agent_id, d.ticket_delta, d.seconds
      from unnest($2::text[], $3::timestamptz[], $4::uuid[], $5::text[], $6::uuid[], $7::integer[],
                  $8::double precision[])
           as d (metric, occurred_at, stage_id, priority, agent_id, ticket_delta, seconds)";

/// For a ticket that was just opened, the most frequent change.
const INSERT_OPENED: &str = "
    insert into helpdesk.ticket_stat_deltas
           (org_id, metric, occurred_at, stage_id, priority, agent_id, ticket_delta)
    values ($1, 'opened', $2, $3, $4::helpdesk.ticket_priority, $5, 1)";

/// A row of ticket_stat_deltas.
struct Delta {
    metric: &'static str,
    occurred_at: TimestampWithTimeZone,
    stage: Option<Uuid>,
    priority: Priority,
    agent: Option<Uuid>,
    ticket_delta: i32,
    seconds: Option<f64>,
}

/// The columns of a ticket that the counters depend on.
struct CountedTicket {
    stage: Uuid,
    priority: Priority,
    agent: Option<Uuid>,
    entered: TimestampWithTimeZone,
    created: TimestampWithTimeZone,
    updated: TimestampWithTimeZone,
    resolved: Option<TimestampWithTimeZone>,
    closed: Option<TimestampWithTimeZone>,
    responded: Option<TimestampWithTimeZone>,
    responder: Option<Uuid>,
}

impl CountedTicket {
    fn from_row(row: &TriggerRow) -> Result<CountedTicket> {
        Ok(CountedTicket {
            stage: row.required("current_stage_id")?,
            priority: row.required("priority")?,
            agent: row.get("assigned_to")?,
            entered: row.required("stage_entered_at")?,
            created: row.required("created_at")?,
            updated: row.required("updated_at")?,
            resolved: row.get("resolved_at")?,
            closed: row.get("closed_at")?,
            responded: row.get("first_response_at")?,
            responder: row.get("first_response_by")?,
        })
    }

    fn in_stage(&self, ticket_delta: i32) -> Delta {
        Delta {
            metric: "stage",
            occurred_at: self.entered,
            stage: Some(self.stage),
            priority: self.priority,
            agent: self.agent,
            ticket_delta,
            seconds: None,
        }
    }

    fn event(&self, metric: &'static str, occurred_at: TimestampWithTimeZone) -> Delta {
        Delta {
            metric,
            occurred_at,
            stage: None,
            priority: self.priority,
            agent: self.agent,
            ticket_delta: 1,
            seconds: None,
        }
    }

    fn duration(&self, metric: &'static str, occurred_at: TimestampWithTimeZone) -> Delta {
        let micros = occurred_at.into_inner() - self.created.into_inner();
        Delta { seconds: Some(micros as f64 / 1e6), ..self.event(metric, occurred_at) }
    }

    /// The events between an earlier state of the ticket and this one; None before it was opened.
    fn events_since(&self, before: Option<&CountedTicket>) -> Vec<Delta> {
        let mut deltas = Vec::new();
        let [was_resolved, was_closed, had_response] = match before {
            Some(b) => [b.resolved.is_some(), b.closed.is_some(), b.responded.is_some()],
            None => [false; 3],
        };
        if let (Some(resolved), false) = (self.resolved, was_resolved) {
            deltas.push(self.event("resolved", resolved));
            deltas.push(self.duration("resolution", resolved));
        }
        if let (Some(closed), false) = (self.closed, was_closed) {
            deltas.push(self.event("closed", closed));
        }
        if was_resolved && self.resolved.is_none() {
            deltas.push(self.event("reopened", self.updated));
        }
        // An imported comment can be earlier than the first response so far, which is taken back.
        let earlier = before.filter(|b| b.responded != self.responded);
        deltas.extend(earlier.and_then(|b| b.first_response(-1)));
        if !had_response || earlier.is_some() {
            deltas.extend(self.first_response(1));
        }
        deltas
    }

    fn first_response(&self, ticket_delta: i32) -> Option<Delta> {
        let responded = self.responded?;
        let duration = self.duration("first_response", responded);
        Some(Delta { agent: self.responder, ticket_delta, ..duration })
    }

    fn is_just_opened(&self) -> bool {
        self.entered == self.created && self.resolved.is_none() && self.responded.is_none()
    }

    fn is_counted_as(&self, other: &CountedTicket) -> bool {
        (self.stage, self.priority, self.agent, self.entered)
            == (other.stage, other.priority, other.agent, other.entered)
    }
}

/// AFTER INSERT, UPDATE OR DELETE on tickets: appends deltas.
#[pg_trigger(sql = "
    create function helpdesk.tickets_count() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn tickets_count<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, after_write)
}

/// The columns of `CountedTicket` that can change.
const COUNTED_COLUMNS: &[&str] = &[
    "current_stage_id",
    "priority",
    "assigned_to",
    "stage_entered_at",
    "resolved_at",
    "closed_at",
    "first_response_at",
];

fn after_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    if let (Some(old), Some(new)) = (&rows.old, &rows.new) {
        let mut is_changed = false;
        for column in COUNTED_COLUMNS {
            is_changed |= !new.same_image(old, column)?;
        }
        if !is_changed {
            return Ok(None);
        }
    }
    let old = rows.old.as_ref().map(CountedTicket::from_row).transpose()?;
    let new = rows.new.as_ref().map(CountedTicket::from_row).transpose()?;
    let Some(row) = rows.new.or(rows.old) else { return Ok(None) };
    let org = row.arg("org_id")?;
    match (&old, &new) {
        (None, Some(new)) => count_new(org, new)?,
        (Some(old), Some(new)) => insert_deltas(org, &deltas_between(Some(old), new))?,
        (Some(old), None) => insert_deltas(org, &[old.in_stage(-1)])?,
        (None, None) => {}
    }
    Ok(None)
}

fn count_new(org: DatumWithOid, new: &CountedTicket) -> Result<()> {
    if new.is_just_opened() {
        insert_opened(org, new)
    } else {
        insert_deltas(org, &deltas_between(None, new))
    }
}

fn deltas_between(old: Option<&CountedTicket>, new: &CountedTicket) -> Vec<Delta> {
    let mut deltas = Vec::new();
    match old {
        None => deltas.extend([new.in_stage(1), new.event("created", new.created)]),
        Some(old) if !old.is_counted_as(new) => {
            deltas.extend([old.in_stage(-1), new.in_stage(1)]);
        }
        Some(_) => {}
    }
    deltas.extend(new.events_since(old));
    deltas
}

fn insert_opened(org: DatumWithOid, new: &CountedTicket) -> Result<()> {
    statement::write(INSERT_OPENED).execute(&[
        org,
        new.created.into(),
        new.stage.into(),
        new.priority.label().into(),
        new.agent.into(),
    ])
}

fn insert_deltas(org: DatumWithOid, deltas: &[Delta]) -> Result<()> {
    if deltas.is_empty() {
        return Ok(());
    }
    fn column<T>(deltas: &[Delta], value: fn(&Delta) -> T) -> Vec<T> {
        deltas.iter().map(value).collect()
    }
    statement::write(INSERT_DELTAS).execute(&[
        org,
        column(deltas, |d| d.metric.to_owned()).into(),
        column(deltas, |d| d.occurred_at).into(),
        column(deltas, |d| d.stage).into(),
        column(deltas, |d| d.priority.label().to_owned()).into(),
        column(deltas, |d| d.agent).into(),
        column(deltas, |d| d.ticket_delta).into(),
        column(deltas, |d| d.seconds).into(),
    ])
}
