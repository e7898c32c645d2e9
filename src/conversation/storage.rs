//! Who may read and upload the files of a ticket in a storage bucket. A file's path is
//! `<organization>/<ticket>/<name>`.

use pgrx::Uuid;
use pgrx::prelude::*;

use crate::platform::error::Result;
use crate::platform::json::id;
use crate::platform::statement;
use crate::platform::text::is_longer;
use crate::tickets::access::{VisibleTicket, find_visible_ticket};

pub(super) const MAX_STORAGE_PATH: usize = 1024;

/// Whether a file ($3) is attached to the ticket ($2) in whose folder it lies. Readers who are not
/// staff ($4) are refused if any attachment with this path is internal, because attaching it again
/// publicly must not open it.
const IS_READABLE_FILE: &str = "
    select count(*) > 0 and ($4 or not coalesce(bool_or(a.is_internal), false))
      from helpdesk.ticket_attachments a
     where a.org_id = $1 and a.ticket_id = $2 and a.storage_path = $3";

/// Whether the caller may read the file at a path, for the policies on a storage bucket. Attaching
/// a file from another ticket's folder does not make it readable.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn may_read_file(p_storage_path: Option<&str>) -> Result<bool> {
    let Some(path) = p_storage_path else { return Ok(false) };
    let Some((id, ticket)) = find_visible_folder(path)? else { return Ok(false) };
    let args = [ticket.org.into(), id.into(), path.into(), ticket.is_staff.into()];
    Ok(statement::read(IS_READABLE_FILE).fetch_scalar(&args)? == Some(true))
}

/// Whether the caller may upload a file to a path, for the policies on a storage bucket.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn may_upload_file(p_storage_path: Option<&str>) -> Result<bool> {
    Ok(find_visible_folder(p_storage_path.unwrap_or_default())?.is_some())
}

/// The id of the ticket in whose folder a path lies, and the ticket, if the caller sees it.
fn find_visible_folder(path: &str) -> Result<Option<(Uuid, VisibleTicket)>> {
    if is_longer(path, MAX_STORAGE_PATH) {
        return Ok(None);
    }
    let mut segments = path.splitn(3, '/');
    // Accepts only the canonical form of a UUID, so that a folder has one name.
    let mut id = || {
        let segment = segments.next()?;
        let id = Uuid::from(id::Id::from_text(segment)?);
        (id.to_string() == segment).then_some(id)
    };
    let (Some(org), Some(ticket)) = (id(), id()) else { return Ok(None) };
    if !is_relative_path(path) || segments.next().is_none_or(str::is_empty) {
        return Ok(None);
    }
    Ok(find_visible_ticket(ticket, Some(org))?.map(|found| (ticket, found)))
}

/// Whether every storage backend reads a path the same way: it is not absolute, and has no
/// backslash, control character, or segment that is . or ..
pub(super) fn is_relative_path(path: &str) -> bool {
    let is_special = |segment: &str| segment == "." || segment == "..";
    !path.starts_with('/')
        && !path.contains('\\')
        && !path.chars().any(char::is_control)
        && !path.split('/').any(is_special)
}
