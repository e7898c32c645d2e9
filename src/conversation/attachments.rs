//! add_attachment(): a file attached to a ticket.

use pgrx::Uuid;
use pgrx::prelude::*;

use super::access::require_writable_ticket;
use super::storage::is_relative_path;
use crate::access::caller::Caller;
use crate::platform::error::{self, Result, required};
use crate::platform::statement;
use crate::platform::text::{check_label, check_text};
use crate::platform::uuid::new_id;

const MAX_FILE_NAME: usize = 255;

const MAX_STORAGE_PATH: usize = 1024;

const INSERT_ATTACHMENT: &str = "
    insert into helpdesk.ticket_attachments
           (org_id, id, ticket_id, file_name, file_type, file_size, storage_path, is_internal,
            uploaded_by)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

/// Attaches a file that is already in storage to a ticket. Returns the attachment's id.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn add_attachment(
    p_ticket_id: Option<Uuid>,
    p_file_name: Option<&str>,
    p_file_type: Option<&str>,
    p_file_size: Option<i32>,
    p_storage_path: Option<&str>,
    p_is_internal: default!(Option<bool>, "false"),
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<Uuid> {
    let ticket = required(p_ticket_id, "p_ticket_id")?;
    let file_name = required(p_file_name, "p_file_name")?;
    let file_type = required(p_file_type, "p_file_type")?;
    let file_size = required(p_file_size, "p_file_size")?;
    let storage_path = required(p_storage_path, "p_storage_path")?;
    check_label("p_file_name", file_name, MAX_FILE_NAME)?;
    if !file_type.is_empty() {
        check_label("p_file_type", file_type, MAX_FILE_NAME)?;
    }
    check_text("p_storage_path", storage_path, MAX_STORAGE_PATH)?;
    if file_size < 0 {
        return Err(error::invalid("out_of_range", "p_file_size", "negative", "Bytes, 0 or more."));
    }
    if !is_relative_path(storage_path) {
        return Err(error::invalid(
            "invalid_path",
            "p_storage_path",
            "not a path in storage",
            "A relative path without . or .. segments, backslashes or control characters.",
        ));
    }
    let is_internal = p_is_internal.unwrap_or(false);
    let org = require_writable_ticket(ticket, p_org_id, is_internal)?;
    let uploader = Caller::current()?.require_profile()?;
    let id = new_id();
    statement::write(INSERT_ATTACHMENT).execute(&[
        org.into(),
        id.into(),
        ticket.into(),
        file_name.into(),
        file_type.into(),
        file_size.into(),
        storage_path.into(),
        is_internal.into(),
        uploader.into(),
    ])?;
    Ok(id)
}
