//! Who is told what. Written by triggers, for those who may read what it is about.

use pgrx::Uuid;
use pgrx::prelude::*;

use crate::access::caller::Caller;
use crate::platform::error::{self, Result, required};
use crate::platform::statement;
use crate::tickets::access::find_visible_ticket;

const WATCH: &str = "
    insert into helpdesk.ticket_watchers (org_id, ticket_id, user_id) values ($1, $2, $3)
    on conflict do nothing";

const STOP_WATCHING: &str = "
    delete from helpdesk.ticket_watchers where ticket_id = $1 and user_id = $2 and ($3::uuid is null or org_id = $3)";

/// Starts or stops watching a ticket that the signed-in person sees.
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
        // Also a ticket that they may no longer see.
        return statement::write(STOP_WATCHING).execute(&[
            ticket.into(),
            me.into(),
            p_org_id.into(),
        ]);
    }
    let Some(found) = find_visible_ticket(ticket, p_org_id)? else {
        return Err(error::not_allowed(
            "p_ticket_id: no such ticket, or you may not see it",
            "list_org_tickets lists the tickets you may see.",
        ));
    };
    statement::write(WATCH).execute(&[found.org.into(), ticket.into(), me.into()])
}
