//! The history of tickets: a revision for every change, which nobody can change afterwards.

use pgrx::Uuid;
use pgrx::datum::DatumWithOid;
use pgrx::prelude::*;
use serde_json::{Map, Value, json};

use super::numbering::end_turn;
use super::requester::copy_requester;
use super::tracked_columns::{TRACKED_COLUMNS, changed_columns};
use crate::access::caller::Caller;
use crate::platform::enums::Priority;
#[cfg(test)]
use crate::platform::enums::Status;
use crate::platform::error::{self, Result};
use crate::platform::json::id::Id;
#[cfg(test)]
use crate::platform::json::schema::{Api, null_only_in};
use crate::platform::jsonb::jsonb;
use crate::platform::statement;
use crate::platform::system_write::SystemWrite;
use crate::platform::trigger::{self, TriggerResult, TriggerRow, TriggerRows, Tuple};

const INSERT_REVISION: &str = "
    insert into helpdesk.ticket_history
           (org_id, id, ticket_id, requester_id, version, title, description, priority, status,
            assigned_to, workflow_stage_id, changed_at, previous_history_id, changed_by, changes)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";

/// The ticket's columns that are the first eleven arguments of INSERT_REVISION, in this order.
const REVISION_COLUMNS: [&str; 11] = [
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

/// AFTER INSERT OR UPDATE on tickets: writes the revision that latest_history_id already names.
#[pg_trigger(sql = "
    create function helpdesk.tickets_record_history() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn tickets_record_history<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, after_write)
}

fn after_write(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    match rows.old {
        None => {
            // An import has taken the numbers of all its tickets at once.
            if SystemWrite::current() != Some(SystemWrite::CountedImport) {
                end_turn(&new)?;
            }
            record_creation(&new)?;
        }
        Some(old) if new.same_image(&old, "latest_history_id")? => {}
        Some(old) => record_update(&old, &new)?,
    }
    Ok(None)
}

/// Writes the first revision of a ticket.
fn record_creation(new: &TriggerRow) -> Result<()> {
    let changes = json!({ "type": "created", "fields": created_fields(new)? });
    insert_revision(new, new.arg("created_at")?, Option::<Uuid>::None.into(), &changes)
}

fn record_update(old: &TriggerRow, new: &TriggerRow) -> Result<()> {
    if !new.same_image(old, "created_by")? {
        copy_requester(new)?;
    }
    let changes = json!({ "type": "updated", "fields": updated_fields(old, new)? });
    insert_revision(new, new.arg("updated_at")?, old.arg("latest_history_id")?, &changes)
}

fn insert_revision(
    new: &TriggerRow,
    changed_at: DatumWithOid,
    previous: DatumWithOid,
    changes: &Value,
) -> Result<()> {
    let mut args = Vec::with_capacity(15);
    for column in REVISION_COLUMNS {
        args.push(new.arg(column)?);
    }
    args.extend([changed_at, previous]);
    // Whoever imports a ticket did not open it at that time, and who did is not known.
    let by = if SystemWrite::is_import() { None } else { Caller::current()?.profile };
    args.push(by.into());
    args.push(jsonb(changes)?);
    statement::write(INSERT_REVISION).execute(&args)
}

fn created_fields(new: &TriggerRow) -> Result<Map<String, Value>> {
    let mut fields = Map::new();
    for column in TRACKED_COLUMNS.iter().filter(|column| **column != "created_by") {
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

/// The name of a column in `changes` and in the API.
fn field_name(column: &'static str) -> &'static str {
    match column {
        "workflow_id" => "workflow",
        "current_stage_id" => "stage",
        "assigned_to" => "assignedTo",
        "created_by" => "createdBy",
        same => same,
    }
}

fn field_value(row: &TriggerRow, column: &str) -> Result<Value> {
    Ok(match column {
        "title" | "description" | "status" => json!(row.get::<&str>(column)?),
        "priority" => json!(row.get::<Priority>(column)?.map(Priority::label)),
        _ => json!(row.get::<Uuid>(column)?.map(Id::from)),
    })
}

/// What `changes` holds: the values of a new ticket, or what the changed fields were and became.
#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[schemars(tag = "type", rename_all = "lowercase")]
#[allow(dead_code)] // It describes what after_write() writes.
pub(super) enum RecordedChanges {
    Created { fields: CreatedFields },
    Updated { fields: UpdatedFields },
}

#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code)]
pub(super) struct CreatedFields {
    title: String,
    description: Option<String>,
    priority: Priority,
    status: Status,
    workflow: Id,
    stage: Id,
    assigned_to: Option<Id>,
}

#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[schemars(rename_all = "camelCase", transform = null_only_in(&[]))]
#[allow(dead_code)]
pub(super) struct UpdatedFields {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<Change<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Change<Option<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<Change<Priority>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Change<Status>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    workflow: Option<Change<Id>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<Change<Id>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assigned_to: Option<Change<Option<Id>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<Change<Id>>,
}

#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[schemars(inline)]
#[allow(dead_code)]
struct Change<T> {
    from: T,
    to: T,
}

#[cfg(test)]
pub(super) fn describe(api: &mut Api) {
    api.column::<RecordedChanges>("ticket_history.changes");
}

/// Trigger on ticket_history: revisions cannot be changed, apart from the copy of the requester,
/// and are deleted only with their ticket.
#[pg_trigger(sql = "
    create function helpdesk.ticket_history_append_only() returns trigger
    language c security definer
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn ticket_history_append_only<'a>(trigger: &'a PgTrigger<'a>) -> TriggerResult<'a> {
    trigger::run_row_trigger(trigger, before_update_or_delete)
}

fn before_update_or_delete(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    if let Some(new) = &rows.new
        && SystemWrite::current() == Some(SystemWrite::Derived)
    {
        return Ok(Some(new.unchanged()));
    }
    if let (Some(old), None) = (&rows.old, &rows.new) {
        let ticket = [old.arg("org_id")?, old.arg("ticket_id")?];
        if !statement::write(TICKET_EXISTS).exists(&ticket)? {
            return Ok(Some(old.unchanged()));
        }
    }
    Err(error::not_allowed(
        "append_only",
        "ticket_history is append-only",
        "A trigger writes a revision when a ticket changes; deleting the ticket deletes its revisions.",
    ))
}
