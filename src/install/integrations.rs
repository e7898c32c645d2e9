//! Optional integrations: pg_cron, Supabase Realtime and Supabase Storage.

use pgrx::datum::DatumWithOid;
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::prelude::*;

use crate::platform::error::{self, Result, required};
use crate::platform::statement;

/// A job of pg_cron.
pub(super) struct Job {
    pub(super) name: &'static str,
    schedule: &'static str,
    /// What it calls.
    function: &'static str,
    /// How long after one run the next one has been missed, as an interval.
    pub(super) overdue_after: &'static str,
}

pub(super) const JOBS: &[Job] = &[
    Job {
        name: "helpdesk_cleanup_notifications",
        schedule: "0 0 * * *",
        function: "helpdesk.cleanup_old_notifications()",
        overdue_after: "25 hours",
    },
    Job {
        name: "helpdesk_refresh_ticket_stats",
        schedule: "*/5 * * * *",
        function: "helpdesk.refresh_ticket_stats()",
        overdue_after: "15 minutes",
    },
];

const HAS_CRON: &str =
    "select exists (select from pg_catalog.pg_extension where extname = 'pg_cron')";

/// Skips a job whose function does not exist, and one that another user has scheduled: the names of
/// jobs are unique for each user only.
const SCHEDULE_JOB: &str = "
    select cron.schedule($1, $2, pg_catalog.format('select %s', $3))
     where pg_catalog.to_regprocedure($3) is not null
       and not exists (select from cron.job j
                        where j.jobname = $1 and j.database = pg_catalog.current_database()
                          and j.username <> current_user)";

const HAS_REALTIME: &str = "
    select exists (select from pg_catalog.pg_publication
                    where pubname = 'supabase_realtime' and not puballtables)";

const ADD_TO_PUBLICATION: &str = "
    select pg_catalog.format('alter publication supabase_realtime add table helpdesk.%I', c.relname)
      from pg_catalog.pg_class c
     where c.relnamespace = 'helpdesk'::pg_catalog.regnamespace
       and c.relname in ('notifications', 'tickets')
       and not exists (select from pg_catalog.pg_publication_tables p
                        where p.pubname = 'supabase_realtime' and p.schemaname = 'helpdesk'
                          and p.tablename = c.relname)";

/// Realtime sends a DELETE to every subscriber, because row security cannot be asked about a row
/// that is gone. A publication of our tables alone needs none: nothing else is in it to miss them.
const STOP_PUBLISHING_DELETES: &str = "
    select 'alter publication supabase_realtime set (publish = ''insert, update'')'
      from pg_catalog.pg_publication p
     where p.pubname = 'supabase_realtime' and p.pubdelete
       and not exists (select from pg_catalog.pg_publication_tables t
                        where t.pubname = p.pubname and t.schemaname <> 'helpdesk')";

const PUBLISHES_DELETES: &str = "
    select exists (select from pg_catalog.pg_publication
                    where pubname = 'supabase_realtime' and pubdelete)";

/// The name of a policy, which contains the bucket's, has at most 63 bytes.
const MAX_BUCKET: usize = 40;

const HAS_STORAGE: &str = "select pg_catalog.to_regclass('storage.objects') is not null";

/// Policies on a bucket of Supabase Storage: people who may read an attachment may read its file,
/// and people who see a ticket may upload files to `<organization>/<ticket>/`.
const CREATE_STORAGE_POLICIES: &str = "
    select pg_catalog.format('drop policy if exists %I on storage.objects', 'helpdesk read ' || $1)
    union all
    select pg_catalog.format('create policy %I on storage.objects for select to authenticated
                                using (bucket_id = %L and helpdesk.may_read_file(name))',
                             'helpdesk read ' || $1, $1)
    union all
    select pg_catalog.format('drop policy if exists %I on storage.objects', 'helpdesk upload ' || $1)
    union all
    select pg_catalog.format('create policy %I on storage.objects for insert to authenticated
                                with check (bucket_id = %L and helpdesk.may_upload_file(name))',
                             'helpdesk upload ' || $1, $1)";

pub(super) fn has_cron() -> Result<bool> {
    Ok(statement::write(HAS_CRON).fetch_scalar(&[])? == Some(true))
}

pub(super) fn has_realtime() -> Result<bool> {
    Ok(statement::write(HAS_REALTIME).fetch_scalar(&[])? == Some(true))
}

/// Schedules the maintenance jobs with pg_cron. The jobs have fixed names, so that calling it again
/// changes nothing.
#[pg_extern(volatile, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
pub(super) fn enable_cron() -> Result<()> {
    if !has_cron()? {
        return Err(error::wrong_state(
            "missing_prerequisite",
            "pg_cron is not installed in this database",
            "Run CREATE EXTENSION pg_cron first, or call the maintenance functions from another scheduler.",
        ));
    }
    for Job { name, schedule, function, .. } in JOBS {
        statement::write(SCHEDULE_JOB).execute(&[
            (*name).into(),
            (*schedule).into(),
            (*function).into(),
        ])?;
    }
    Ok(())
}

/// Adds notifications and tickets to the publication of Supabase Realtime, unless they are in it,
/// and takes deletes out of it or warns of them.
#[pg_extern(volatile, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
pub(super) fn enable_realtime() -> Result<()> {
    if !has_realtime()? {
        return Err(error::wrong_state(
            "missing_prerequisite",
            "there is no publication supabase_realtime that lists its tables",
            "Run CREATE PUBLICATION supabase_realtime first.",
        ));
    }
    run_generated(ADD_TO_PUBLICATION, &[])?;
    run_generated(STOP_PUBLISHING_DELETES, &[])?;
    if statement::write(PUBLISHES_DELETES).fetch_scalar(&[])? == Some(true) {
        ErrorReport::new(
            PgSqlErrorCode::ERRCODE_WARNING,
            "supabase_realtime publishes deletes: every subscriber learns the ids of deleted tickets \
             and notifications of all organizations",
            "enable_realtime",
        )
        .set_hint(
            "Other tables are published too, and may need deletes. If not: ALTER PUBLICATION \
             supabase_realtime SET (publish = 'insert, update').",
        )
        .report(PgLogLevel::WARNING);
    }
    Ok(())
}

/// Lets members read and upload the files of tickets in a bucket of Supabase Storage. Calling it
/// again replaces the policies with the same ones.
#[pg_extern(volatile, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
fn enable_storage(p_bucket: Option<&str>) -> Result<()> {
    let bucket = required(p_bucket, "p_bucket")?;
    if bucket.trim().is_empty() || bucket.len() > MAX_BUCKET {
        return Err(error::invalid(
            "invalid_value",
            "p_bucket",
            "not the id of a bucket",
            "1 to 40 bytes.",
        ));
    }
    if statement::write(HAS_STORAGE).fetch_scalar(&[])? != Some(true) {
        return Err(error::wrong_state(
            "missing_prerequisite",
            "there is no table storage.objects in this database",
            "Supabase Storage creates it.",
        ));
    }
    run_generated(CREATE_STORAGE_POLICIES, &[bucket.into()])
}

/// Runs the statements that a query returns.
fn run_generated(query: &'static str, args: &[DatumWithOid]) -> Result<()> {
    let statements = statement::write(query).fetch_all(args, |row| row.get::<String>(1))?;
    statements.iter().flatten().try_for_each(|statement| statement::run_script(statement))
}
