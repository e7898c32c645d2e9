//! add_attachment(): a file attached to a ticket.

use pgrx::Uuid;
use pgrx::prelude::*;
use serde_json::json;

use super::access::{TICKET_NAME, require_writable_ticket};
use super::file::{File, Place};
use crate::access::caller::Caller;
use crate::platform::argument_names::name_arguments;
use crate::platform::error::{Result, required};
use crate::platform::json::input::Integer;
use crate::platform::uuid::new_id;
use crate::tickets::access::VisibleTicket;
use crate::tickets::idempotency::{NewObject, claim_key};

/// Attaches a file that is already in storage to a ticket. Returns the attachment's id.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
#[allow(clippy::too_many_arguments)] // They are those of the SQL function.
fn add_attachment(
    p_ticket_id: Option<Uuid>,
    p_file_name: Option<&str>,
    p_file_type: Option<&str>,
    p_file_size: Option<i32>,
    p_storage_path: Option<&str>,
    p_is_internal: default!(Option<bool>, "false"),
    p_org_id: default!(Option<Uuid>, "NULL"),
    p_idempotency_key: default!(Option<&str>, "NULL"),
) -> Result<Uuid> {
    let ticket = required(p_ticket_id, "p_ticket_id")?;
    let file = File {
        file_name: required(p_file_name, "p_file_name")?.to_owned(),
        file_type: required(p_file_type, "p_file_type")?.to_owned(),
        file_size: Integer(required(p_file_size, "p_file_size")?.into()),
        storage_path: required(p_storage_path, "p_storage_path")?.to_owned(),
    };
    file.check(["p_file_name", "p_file_type", "p_file_size", "p_storage_path"])?;
    let is_internal = p_is_internal.unwrap_or(false);
    let VisibleTicket { org, .. } = require_writable_ticket(ticket, p_org_id, is_internal)?;
    let _names = name_arguments(TICKET_NAME);
    let uploader = Caller::current()?.require_profile()?;
    let id = new_id();
    if let Some(key) = p_idempotency_key {
        let request = json!([
            "add_attachment",
            ticket.to_string(),
            file.file_name,
            file.file_type,
            file.file_size.0,
            file.storage_path,
            is_internal
        ]);
        let attachment = NewObject { org, ticket, id };
        if let Some(first) = claim_key(&attachment, Some(uploader), key, &request)? {
            return Ok(first);
        }
    }
    file.insert(id, &Place { org, ticket, comment: None, is_internal, uploader })?;
    Ok(id)
}
