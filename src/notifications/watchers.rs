//! Watching tickets.

use pgrx::Uuid;
use pgrx::prelude::*;

use crate::access::caller::Caller;
use crate::platform::error::{Result, required};
use crate::platform::statement;
use crate::tickets::access::require_visible_ticket;

const INSERT_WATCHER: &str = "
    insert into helpdesk.ticket_watchers (org_id, ticket_id, user_id) values ($1, $2, $3)
    on conflict do nothing";

const DELETE_WATCHER: &str = "
    delete from helpdesk.ticket_watchers
     where ticket_id = $1 and user_id = $2 and ($3::uuid is null or org_id = $3)";

/// Starts or stops watching a ticket that the caller sees.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn watch_ticket(
    p_ticket_id: Option<Uuid>,
    p_watch: default!(Option<bool>, "true"),
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<()> {
    let ticket = required(p_ticket_id, "p_ticket_id")?;
    let me = Caller::current()?.require_profile()?;
    if p_watch == Some(false) {
        // Includes tickets that the caller no longer sees.
        let args = [ticket.into(), me.into(), p_org_id.into()];
        return statement::write(DELETE_WATCHER).execute(&args);
    }
    let org = require_visible_ticket(ticket, p_org_id)?.org;
    statement::write(INSERT_WATCHER).execute(&[org.into(), ticket.into(), me.into()])
}
