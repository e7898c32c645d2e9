//! What is said on a ticket.

use pgrx::Uuid;
use pgrx::prelude::*;

use crate::db::{self, Change, Fired, TriggerRows, Tuple};
use crate::error::{Error, Result};

const REQUESTER: &str = "select created_by from helpdesk.tickets where org_id = $1 and id = $2";

/// Columns of a comment or attachment that stay as they were written.
const FIXED: &[&str] = &["org_id", "id", "ticket_id", "is_internal"];

/// Trigger on comments and attachments: takes the requester from the ticket, and keeps author, ticket and visibility.
#[pg_trigger(sql = "
    create function helpdesk.follow_ticket() returns trigger
    language c security definer set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', '@FUNCTION_NAME@';")]
fn follow_ticket<'a>(trigger: &'a PgTrigger<'a>) -> Fired<'a> {
    db::fire(trigger, complete_child)
}

fn complete_child(rows: TriggerRows<'_>) -> Result<Option<Tuple<'_>>> {
    let Some(new) = rows.new else { return Ok(None) };
    let is_comment = new.has("content");
    let author = if is_comment { "created_by" } else { "uploaded_by" };
    let Some(old) = rows.old else {
        let org: Uuid = new.required("org_id")?;
        let ticket: Uuid = new.required("ticket_id")?;
        let requester =
            db::run_one(REQUESTER, &[org.into(), ticket.into()], |row| row.get::<Uuid>(1))?
                .flatten()
                .ok_or_else(|| {
                    Error::not_allowed(
                        "ticket_id: no such ticket in this organization",
                        "Take org_id and ticket_id from the same ticket.",
                    )
                })?;
        return Ok(Some(new.with(vec![Change::new("requester_id", requester)])?));
    };
    for column in FIXED.iter().chain([&author, &"requester_id"]) {
        if !new.same_image(&old, column)? {
            return Err(Error::bad(
                *column,
                "cannot be changed",
                "Only the content can be edited.",
            ));
        }
    }
    if is_comment && !new.same_image(&old, "content")? {
        let edited = Change::new("updated_at", db::transaction_start());
        return Ok(Some(new.with(vec![edited])?));
    }
    Ok(Some(new.unchanged()))
}
