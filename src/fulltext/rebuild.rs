//! Rebuilding the full-text index, after a change of language or a load with triggers disabled.

use pgrx::Uuid;
use pgrx::prelude::*;

use super::language_lock::{advisory_lock, check_read_committed};
use super::rebuild_progress::{
    DOCUMENTS, LOCK_DOCUMENTS, forget_rebuild, has_more_documents, start_in_new_language,
};
use super::rebuild_steps::{Progress, Writers, write_batch};
use super::sorting::sort_articles;
use crate::platform::error::Result;
use crate::platform::replication::check_is_not_subscribed;
use crate::platform::schema_version::check_schema_version;
use crate::platform::statement;
use crate::platform::transaction::Lock;
use crate::sharding::is_here;

/// How many documents are in memory at once.
const BATCH: i64 = 10_000;

/// Larger organizations are rebuilt in batches when their language changes.
const MAX_AT_ONCE: i64 = 10_000;

const ORGANIZATIONS: &str =
    "select o.id from helpdesk.organizations o where $1::uuid is null or o.id = $1 order by o.id";

/// For a rebuild of all organizations, instead of one advisory lock for each of them.
const LOCK_TABLE: &str = "lock table helpdesk.search_documents in share row exclusive mode";

/// Rebuilds the full-text index of an organization, or of all. Meanwhile, whoever writes a document
/// waits.
#[pg_extern(volatile, parallel_unsafe, security_definer)]
#[search_path(pg_catalog, pg_temp)]
fn rebuild_search_index(p_org_id: default!(Option<Uuid>, "NULL")) -> Result<()> {
    check_schema_version()?;
    check_is_not_subscribed(DOCUMENTS)?;
    check_read_committed()?;
    match p_org_id {
        Some(org) => {
            // First, because whoever locks out all writers of the table waits for the organization.
            statement::write(LOCK_DOCUMENTS).execute(&[])?;
            advisory_lock(org, Lock::Exclusive);
        }
        None => statement::write(LOCK_TABLE).execute(&[])?,
    }
    let orgs =
        statement::write(ORGANIZATIONS).fetch_all(&[p_org_id.into()], |row| row.get::<Uuid>(1))?;
    for org in orgs.into_iter().flatten() {
        if is_here(org)? {
            write_documents(org)?;
        }
    }
    Ok(())
}

/// Rebuilds an organization in its new language: at once, or in batches if it is large.
pub(super) fn rebuild_in_new_language(org: Uuid, previous: &str) -> Result<()> {
    check_read_committed()?;
    advisory_lock(org, Lock::Exclusive);
    if has_more_documents(org, MAX_AT_ONCE)? {
        start_in_new_language(org, previous)
    } else {
        write_documents(org)
    }
}

/// Sorts the articles of an organization in its new language.
pub(super) fn sort_organization(org: Uuid) -> Result<()> {
    check_read_committed()?;
    advisory_lock(org, Lock::Exclusive);
    sort_articles(org)
}

/// The caller holds the lock of the organization, or of the table.
fn write_documents(org: Uuid) -> Result<()> {
    let mut progress = Some(Progress::default());
    while let Some(reached) = progress {
        (_, progress) = write_batch(org, reached, BATCH, Writers::LockedOut)?;
    }
    forget_rebuild(org)
}
