//! What is said on a ticket: comments and attachments.

use pgrx::Uuid;
use pgrx::prelude::*;

use super::attachments::is_relative_path;
use crate::platform::error::Result;
use crate::platform::json::id;
use crate::platform::statement;
use crate::tickets::access::{VisibleTicket, find_visible_ticket};

/// Whether a file ($3) in the folder of its own organization ($1) and ticket ($2) is attached; and internally nowhere, for readers
/// who are not staff ($4): nobody opens an internal file by attaching its path once more.
const FILE: &str = "
    select count(*) > 0 and ($4 or not coalesce(bool_or(a.is_internal), false))
      from helpdesk.ticket_attachments a
     where a.org_id = $1 and a.ticket_id = $2 and a.storage_path = $3";

/// Whether the signed-in person may read the file at this path, `<organization>/<ticket>/<name>`: asked by the policies on a
/// storage bucket. An attachment opens only a file in its own ticket's folder, whatever path somebody wrote into it.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn may_read_file(p_storage_path: Option<&str>) -> Result<bool> {
    let Some(path) = p_storage_path else { return Ok(false) };
    let Some((ticket, found)) = visible_folder(path)? else { return Ok(false) };
    let args = [found.org.into(), ticket.into(), path.into(), found.is_staff.into()];
    Ok(statement::read(FILE).fetch_optional(&args, |row| row.get(1))?.flatten() == Some(true))
}

/// Whether the signed-in person may put a file at this path, `<organization>/<ticket>/<name>`: they see the ticket.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn may_upload_file(p_storage_path: Option<&str>) -> Result<bool> {
    Ok(visible_folder(p_storage_path.unwrap_or_default())?.is_some())
}

/// The ticket in whose folder a path lies, if the caller sees it.
fn visible_folder(path: &str) -> Result<Option<(Uuid, VisibleTicket)>> {
    let mut parts = path.splitn(3, '/');
    // Written as Postgres writes them: a folder has one name.
    let mut id = || {
        let part = parts.next()?;
        let id = Uuid::from(id::Id::from_text(part)?);
        (id.to_string() == part).then_some(id)
    };
    let (Some(org), Some(ticket)) = (id(), id()) else { return Ok(None) };
    if !is_relative_path(path) || parts.next().is_none_or(str::is_empty) {
        return Ok(None);
    }
    Ok(find_visible_ticket(ticket, Some(org))?.map(|found| (ticket, found)))
}
