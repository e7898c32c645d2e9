//! Watching tickets and queues.

use pgrx::Uuid;
use pgrx::prelude::*;

use crate::access::caller::Caller;
use crate::access::rights;
use crate::platform::error::{self, Result, required};
use crate::platform::statement;
use crate::tickets::access::require_visible_ticket;

const INSERT_WATCHER: &str = "
    insert into helpdesk.ticket_watchers (org_id, ticket_id, user_id) values ($1, $2, $3)
    on conflict do nothing";

const DELETE_WATCHER: &str = "
    delete from helpdesk.ticket_watchers
     where ticket_id = $1 and user_id = $2 and ($3::uuid is null or org_id = $3)";

/// Lock order: membership, then what goes with it, as in the removal of a member.
const LOCK_MEMBERSHIP: &str =
    "select from helpdesk.org_members where org_id = $1 and user_id = $2 for key share";

const WORKFLOW_EXISTS: &str = "select from helpdesk.workflows where org_id = $1 and id = $2";

/// Whoever watches every workflow needs no other row.
const WATCH_EVERY_WORKFLOW: &str = "
    with narrower as (
      delete from helpdesk.queue_watchers
       where org_id = $1 and user_id = $2 and workflow_id is not null)
    insert into helpdesk.queue_watchers (org_id, user_id) values ($1, $2) on conflict do nothing";

const WATCH_WORKFLOW: &str = "
    insert into helpdesk.queue_watchers (org_id, user_id, workflow_id)
    select $1, $2, $3
     where not exists (select from helpdesk.queue_watchers
                        where org_id = $1 and user_id = $2 and workflow_id is null)
    on conflict do nothing";

const STOP_WATCHING_QUEUES: &str =
    "delete from helpdesk.queue_watchers where org_id = $1 and user_id = $2";

/// Whoever watched every workflow goes on watching the others.
const STOP_WATCHING_WORKFLOW: &str = "
    with stopped as (
      delete from helpdesk.queue_watchers
       where org_id = $1 and user_id = $2 and (workflow_id = $3 or workflow_id is null)
      returning workflow_id)
    insert into helpdesk.queue_watchers (org_id, user_id, workflow_id)
    select $1, $2, w.id from helpdesk.workflows w
     where w.org_id = $1 and w.id <> $3 and exists (select from stopped where workflow_id is null)
    on conflict do nothing";

/// Starts or stops watching a ticket that the caller sees.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn watch_ticket(
    p_ticket_id: Option<Uuid>,
    p_watch: default!(Option<bool>, "true"),
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<()> {
    let ticket = required(p_ticket_id, "p_ticket_id")?;
    let me = Caller::signed_in()?.require_profile()?;
    if p_watch == Some(false) {
        // Includes tickets that the caller no longer sees.
        let args = [ticket.into(), me.into(), p_org_id.into()];
        return statement::write(DELETE_WATCHER).execute(&args);
    }
    let org = require_visible_ticket(ticket, p_org_id)?.org;
    statement::write(INSERT_WATCHER).execute(&[org.into(), ticket.into(), me.into()])
}

/// Starts or stops watching the tickets of a workflow, or of all of them.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn watch_queue(
    p_org_id: Option<Uuid>,
    p_workflow_id: default!(Option<Uuid>, "NULL"),
    p_watch: default!(Option<bool>, "true"),
) -> Result<()> {
    let org = required(p_org_id, "p_org_id")?;
    let me = rights::require_staff_member("p_org_id", org)?;
    statement::write(LOCK_MEMBERSHIP).execute(&[org.into(), me.into()])?;
    let watches = p_watch != Some(false);
    let Some(workflow) = p_workflow_id else {
        let statement = if watches { WATCH_EVERY_WORKFLOW } else { STOP_WATCHING_QUEUES };
        return statement::write(statement).execute(&[org.into(), me.into()]);
    };
    if !statement::write(WORKFLOW_EXISTS).exists(&[org.into(), workflow.into()])? {
        return Err(error::invalid(
            "no_such_workflow",
            "p_workflow_id",
            "no such workflow in this organization",
            "helpdesk.workflows lists them; null means every workflow.",
        ));
    }
    let statement = if watches { WATCH_WORKFLOW } else { STOP_WATCHING_WORKFLOW };
    statement::write(statement).execute(&[org.into(), me.into(), workflow.into()])
}
