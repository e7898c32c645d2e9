//! Rebuilding the full-text index in batches, while others read and write. It can be interrupted
//! after each batch and continued in any session.

use pgrx::Uuid;
use pgrx::prelude::*;

use super::language_lock::{advisory_lock, check_read_committed};
use super::rebuild_steps::{Progress, Writers, write_batch};
use crate::platform::error::{self, Result, required};
use crate::platform::replication::{check_is_not_subscribed, is_subscribed};
use crate::platform::schema_version::check_schema_version;
use crate::platform::statement;
use crate::platform::transaction::Lock;

const MAX_DOCUMENTS: i32 = 100_000;

/// Begins again where a rebuild is pending. $2: the language before the change. Each document is
/// read twice: when it is written, and when those without a row are deleted.
const START: &str = "
    insert into helpdesk.search_rebuilds as r (org_id, previous_languages, documents)
    select o.id, array_remove(array[$2::text], null),
           2 * (select count(*) from helpdesk.search_documents d where d.org_id = o.id)
      from helpdesk.organizations o
     where $1::uuid is null or o.id = $1
     order by o.id
    on conflict (org_id) do update
      set previous_languages = array(select distinct unnest(r.previous_languages || excluded.previous_languages)),
          documents = excluded.documents, done = 0, step = 0, last_id = null, started_at = now()
    returning true";

const FIRST: &str = "
    select r.org_id from helpdesk.search_rebuilds r order by r.started_at, r.org_id limit 1";

pub(super) const DOCUMENTS: &str = "helpdesk.search_documents";

/// Before the row of the progress, as rebuild_search_index() locks them.
pub(super) const LOCK_DOCUMENTS: &str =
    "lock table helpdesk.search_documents in row exclusive mode";

const LOCK_PROGRESS: &str = "
    select r.step, r.last_id from helpdesk.search_rebuilds r where r.org_id = $1 for update";

const SAVE_PROGRESS: &str = "
    update helpdesk.search_rebuilds set step = $2, last_id = $3, done = done + $4 where org_id = $1";

const FORGET: &str = "delete from helpdesk.search_rebuilds where org_id = $1";

/// At least one until the rebuild is finished, because others write meanwhile.
const REMAINING: &str = "
    select coalesce(sum(greatest(r.documents - r.done, 1)), 0)::bigint
      from helpdesk.search_rebuilds r";

/// Whether an organization has more documents than $2.
const IS_LARGE: &str = "
    select count(*) > $2
      from (select from helpdesk.search_documents d where d.org_id = $1 limit $2 + 1) d";

/// Makes the full-text index of an organization, or of all, due to be rebuilt in batches. Returns
/// how many organizations there are.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn start_search_rebuild(p_org_id: default!(Option<Uuid>, "NULL")) -> Result<i64> {
    check_schema_version()?;
    check_is_not_subscribed(DOCUMENTS)?;
    start(p_org_id, None)
}

/// Writes the next documents that are due, and returns about how many remain; 0 at the end.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn continue_search_rebuild(p_max_documents: default!(Option<i32>, "1000")) -> Result<i64> {
    check_schema_version()?;
    check_read_committed()?;
    let max = required(p_max_documents, "p_max_documents")?;
    if !(1..=MAX_DOCUMENTS).contains(&max) {
        return Err(error::invalid(
            "out_of_range",
            "p_max_documents",
            "out of range",
            format!("A whole number from 1 to {MAX_DOCUMENTS}."),
        ));
    }
    if is_subscribed(DOCUMENTS)? {
        return Ok(0);
    }
    // Documents of one kind in one organization, because locks on more would deadlock with others.
    while let Some(org) = statement::write(FIRST).fetch_scalar::<Uuid>(&[])?
        && continue_organization(org, max.into())? == 0
    {}
    Ok(statement::write(REMAINING).fetch_scalar(&[])?.unwrap_or_default())
}

/// Returns how many documents it read. Another session that rebuilds waits, and continues after
/// this one. The advisory lock comes first, because whoever changes the language takes it first.
fn continue_organization(org: Uuid, count: i64) -> Result<i64> {
    advisory_lock(org, Lock::Shared);
    statement::write(LOCK_DOCUMENTS).execute(&[])?;
    let progress = statement::write(LOCK_PROGRESS).fetch_optional(&[org.into()], |row| {
        Some(Progress { step: row.get(1)?, last: row.get(2) })
    })?;
    let Some(progress) = progress.flatten() else { return Ok(0) };
    let (read, next) = write_batch(org, progress, count, Writers::Wait)?;
    match next {
        Some(Progress { step, last }) => statement::write(SAVE_PROGRESS).execute(&[
            org.into(),
            step.into(),
            last.into(),
            read.into(),
        ])?,
        None => forget_rebuild(org)?,
    }
    Ok(read)
}

/// For a change of language, whose lock the caller holds.
pub(super) fn start_in_new_language(org: Uuid, previous: &str) -> Result<()> {
    start(Some(org), Some(previous))?;
    Ok(())
}

fn start(org: Option<Uuid>, previous: Option<&str>) -> Result<i64> {
    let started = statement::write(START).fetch_all(&[org.into(), previous.into()], |_| ())?;
    Ok(started.len() as i64)
}

pub(super) fn forget_rebuild(org: Uuid) -> Result<()> {
    statement::write(FORGET).execute(&[org.into()])
}

/// Whether an organization has more than so many documents.
pub(super) fn has_more_documents(org: Uuid, count: i64) -> Result<bool> {
    Ok(statement::write(IS_LARGE).fetch_scalar(&[org.into(), count.into()])? == Some(true))
}
