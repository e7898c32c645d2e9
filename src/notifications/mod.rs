//! Notifications: reading them, and deleting expired ones. Triggers create them for the people who
//! may read what they are about, and delete what a person may no longer read.

mod conversation_triggers;
mod custom;
mod event;
mod said;
mod ticket_trigger;
mod watchers;
mod withdrawal;

/// What notifications hold, and the JSON of their functions.
#[cfg(test)]
pub fn describe(api: &mut crate::platform::json::schema::Api) {
    custom::describe(api);
    event::describe(api);
}

use pgrx::Uuid;
use pgrx::datum::Array;
use pgrx::prelude::*;

use crate::access::caller::Caller;
use crate::platform::datum::elements;
use crate::platform::error::Result;
use crate::platform::replication::is_subscribed;
use crate::platform::schema_version::check_schema_version;
use crate::platform::statement;

/// Rows per DELETE of the clean-up, and DELETEs per call.
const BATCH_SIZE: i64 = 10_000;
const MAX_BATCHES: i64 = 100;

const MARK_READ: &str = "
    with marked as (
      update helpdesk.notifications u set read = true
        from (select n.org_id, n.id from helpdesk.notifications n
               where n.user_id = $1 and not n.read and n.org_id = any ($2)
                 and ($3::uuid[] is null or n.id = any ($3)) and ($4::uuid is null or n.org_id = $4)
               order by n.org_id, n.id for no key update) locked
       where u.org_id = locked.org_id and u.id = locked.id
      returning 1)
    select count(*) from marked";

const COUNT_UNREAD: &str = "
    select count(*) from helpdesk.notifications n
     where n.user_id = $1 and not n.read and n.org_id = any ($2)
       and ($3::uuid is null or n.org_id = $3)";

const DELETE_EXPIRED: &str = "
    with expired as (
      select n.org_id, n.id from helpdesk.notifications n
       where n.expires_at < now() order by n.expires_at limit $1 for update skip locked
    ), deleted as (
      delete from helpdesk.notifications n using expired e
       where n.org_id = e.org_id and n.id = e.id
      returning 1)
    select count(*) from deleted";

/// Marks the caller's notifications as read: the given ones or all, in one organization or in all.
/// Returns how many were unread.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn mark_notifications_read(
    p_ids: default!(Option<Array<Uuid>>, "NULL"),
    p_org_id: default!(Option<Uuid>, "NULL"),
) -> Result<i64> {
    let caller = Caller::signed_in()?;
    let me = caller.require_profile()?;
    let ids = p_ids.map(|ids| elements("p_ids", &ids)).transpose()?;
    let args = [me.into(), caller.orgs().into(), ids.into(), p_org_id.into()];
    Ok(statement::write(MARK_READ).fetch_scalar(&args)?.unwrap_or(0))
}

/// How many notifications the caller has not read, in one organization or in all.
#[pg_extern(stable, parallel_safe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn count_unread_notifications(p_org_id: default!(Option<Uuid>, "NULL")) -> Result<i64> {
    let caller = Caller::current()?;
    caller.require_login()?;
    let args = [caller.profile.into(), caller.orgs().into(), p_org_id.into()];
    Ok(statement::read(COUNT_UNREAD).fetch_scalar(&args)?.unwrap_or(0))
}

/// Deletes expired notifications in batches, up to a million in a call. Returns how many.
/// Concurrent calls share the work, because each skips rows that another one has locked.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn cleanup_old_notifications() -> Result<i64> {
    check_schema_version()?;
    let mut total = 0;
    if is_subscribed("helpdesk.notifications")? {
        return Ok(total); // The publisher deletes them.
    }
    for _ in 0..MAX_BATCHES {
        let deleted: i64 =
            statement::write(DELETE_EXPIRED).fetch_scalar(&[BATCH_SIZE.into()])?.unwrap_or(0);
        total += deleted;
        if deleted < BATCH_SIZE {
            break;
        }
    }
    Ok(total)
}
