//! What happens whenever a ticket is written, whichever door the write came through: numbering, defaults, checks, history.

use pgrx::Uuid;
use pgrx::prelude::*;
use serde_json::{Map, Value, json};

use super::before_write::{TRACKED, changed_columns};
use crate::access::caller::Caller;
use crate::platform::enums::Priority;
use crate::platform::error::{self, Result};
use crate::platform::statement;
use crate::platform::trigger::{self, TriggerResult, TriggerRow, TriggerRows, Tuple};

const RECORD: &str = "
    insert into helpdesk.ticket_history
           (org_id, id, ticket_id, requester_id, version, title, description, priority, status, assigned_to,
            workflow_stage_id, changed_at, previous_history_id, changed_by, changes)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15::jsonb)";

/// The columns that RECORD's first eleven arguments are, in its order.
const RECORDED: [&str; 11] = [
    "org_id",
    "latest_history_id",
    "id",
    "created_by",
    "version",
    "title",
    "description",
    "priority",
    "status",
    "assigned_to",
    "current_stage_id",
];

const TICKET_EXISTS: &str = "select from helpdesk.tickets where org_id = $1 and id = $2";

/// AFTER INSERT OR UPDATE on tickets: writes the revision that latest_history_id already points at.
#[pg_trigger(sql = "
    create function helpdesk.tickets_record_history() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn tickets_record_history<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, record)
}

fn record(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    if let Some(old) = &rows.old
        && new.same_image(old, "latest_history_id")?
    {
        return Ok(None);
    }
    let changes = match &rows.old {
        None => json!({ "type": "created", "fields": created_fields(&new)? }),
        Some(old) => json!({ "type": "updated", "fields": updated_fields(old, &new)? }),
    };
    let mut args = Vec::with_capacity(15);
    for column in RECORDED {
        args.push(new.arg(column)?);
    }
    match &rows.old {
        None => {
            args.push(new.arg("created_at")?);
            args.push(Option::<Uuid>::None.into());
        }
        Some(old) => {
            args.push(new.arg("updated_at")?);
            args.push(old.arg("latest_history_id")?);
        }
    }
    args.push(Caller::current()?.profile.into());
    args.push(changes.to_string().into());
    statement::write(RECORD).execute(&args)?;
    Ok(None)
}

fn created_fields(new: &TriggerRow) -> Result<Map<String, Value>> {
    let mut fields = Map::new();
    for column in TRACKED {
        fields.insert(field_name(column).to_owned(), field_value(new, column)?);
    }
    Ok(fields)
}

fn updated_fields(old: &TriggerRow, new: &TriggerRow) -> Result<Map<String, Value>> {
    let mut fields = Map::new();
    for column in changed_columns(old, new)? {
        fields.insert(
            field_name(column).to_owned(),
            json!({ "from": field_value(old, column)?, "to": field_value(new, column)? }),
        );
    }
    Ok(fields)
}

/// A column as `changes` and the API call it.
fn field_name(column: &'static str) -> &'static str {
    match column {
        "workflow_id" => "workflow",
        "current_stage_id" => "stage",
        "assigned_to" => "assignedTo",
        same => same,
    }
}

fn field_value(row: &TriggerRow, column: &str) -> Result<Value> {
    Ok(match column {
        "title" | "description" | "status" => json!(row.get::<&str>(column)?),
        "priority" => json!(row.get::<Priority>(column)?.map(Priority::label)),
        _ => json!(row.get::<Uuid>(column)?.map(|id| id.to_string())),
    })
}

/// Trigger on ticket_history: nobody changes or removes a revision; it goes only with its ticket.
#[pg_trigger(sql = "
    create function helpdesk.ticket_history_append_only() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn ticket_history_append_only<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, refuse_unless_cascade)
}

fn refuse_unless_cascade(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    if let (Some(old), None) = (&rows.old, &rows.new) {
        let ticket = [old.arg("org_id")?, old.arg("ticket_id")?];
        let ticket_is_gone =
            statement::write(TICKET_EXISTS).fetch_optional(&ticket, |_| ())?.is_none();
        if ticket_is_gone {
            return Ok(Some(old.unchanged()));
        }
    }
    Err(error::not_allowed(
        "ticket_history is append-only",
        "Revisions are written by trigger when a ticket changes, and go when their ticket is deleted.",
    ))
}
