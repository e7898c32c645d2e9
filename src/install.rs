//! install(): makes the tables. They are the user's, not the extension's, so that pg_dump dumps them whole and DROP EXTENSION
//! cannot take them along silently. migrate(): brings tables of an older release up to date.

use std::cell::Cell;

use pgrx::datum::DatumWithOid;
use pgrx::prelude::*;

use crate::db;
use crate::error::{Error, Result, required};
use crate::identity;

/// The shape of the tables that this code was written for.
const SCHEMA_VERSION: i32 = 1;

/// What makes that shape, in order.
const FILES: &[&str] = &[
    include_str!("../sql/auth.sql"),
    include_str!("../sql/identity.sql"),
    include_str!("../sql/organizations.sql"),
    include_str!("../sql/invites.sql"),
    include_str!("../sql/workflows.sql"),
    include_str!("../sql/tickets.sql"),
    include_str!("../sql/conversation.sql"),
    include_str!("../sql/notifications.sql"),
    include_str!("../sql/knowledge.sql"),
    include_str!("../sql/search.sql"),
    include_str!("../sql/reporting.sql"),
];

/// Who owns them and who may touch them.
const PRIVILEGES: &str = include_str!("../sql/privileges.sql");

/// One step per release that changed tables: (the version it starts from, its SQL).
const MIGRATIONS: &[(i32, &str)] = &[];

const INSTALLED: &str = "select pg_catalog.to_regclass('helpdesk.schema_version') is not null";
const VERSION: &str = "select pg_catalog.max(version) from helpdesk.schema_version";
const SET_VERSION: &str = "
    with older as (delete from helpdesk.schema_version)
    insert into helpdesk.schema_version (version) values ($1)";

/// On a worker of a Citus cluster the tables come from the coordinator.
const HAS_CITUS: &str =
    "select pg_catalog.to_regclass('pg_catalog.pg_dist_local_group') is not null";
const IS_CITUS_WORKER: &str = "
    select groupid <> 0 or pg_catalog.current_setting('application_name') like 'citus\\_internal%'
      from pg_catalog.pg_dist_local_group";

/// Jobs for pg_cron: name, schedule, the function they call. One whose function is not there is left out.
const JOBS: &[(&str, &str, &str)] = &[
    ("helpdesk_cleanup_notifications", "0 0 * * *", "helpdesk.cleanup_old_notifications()"),
    ("helpdesk_refresh_ticket_stats", "*/5 * * * *", "helpdesk.refresh_ticket_stats()"),
];
const HAS_CRON: &str =
    "select exists (select from pg_catalog.pg_extension where extname = 'pg_cron')";
const SCHEDULE: &str = "
    select cron.schedule($1, $2, pg_catalog.format('select %s', $3))
     where pg_catalog.to_regprocedure($3) is not null";

const HAS_REALTIME: &str = "select exists (select from pg_catalog.pg_publication where pubname = 'supabase_realtime' and not puballtables)";
const REALTIME_MISSING: &str = "
    select pg_catalog.format('alter publication supabase_realtime add table helpdesk.%I', c.relname)
      from pg_catalog.pg_class c
     where c.relnamespace = 'helpdesk'::pg_catalog.regnamespace
       and c.relname in ('notifications', 'tickets')
       and not exists (select from pg_catalog.pg_publication_tables p
                        where p.pubname = 'supabase_realtime' and p.schemaname = 'helpdesk' and p.tablename = c.relname)";

/// A policy's name, with the bucket in it, has 63 bytes.
const MAX_BUCKET: usize = 40;
const HAS_STORAGE: &str = "select pg_catalog.to_regclass('storage.objects') is not null";
/// Policies on a bucket of Supabase Storage: a file is read by those who may read its attachment, and uploaded under
/// `<organization>/<ticket>/` by those who see the ticket.
const STORAGE_POLICIES: &str = "
    select pg_catalog.format('drop policy if exists %I on storage.objects', 'helpdesk read ' || $1)
    union all
    select pg_catalog.format('create policy %I on storage.objects for select to authenticated using (bucket_id = %L and helpdesk.may_read_file(name))',
                             'helpdesk read ' || $1, $1)
    union all
    select pg_catalog.format('drop policy if exists %I on storage.objects', 'helpdesk upload ' || $1)
    union all
    select pg_catalog.format('create policy %I on storage.objects for insert to authenticated with check (bucket_id = %L and helpdesk.may_upload_file(name))',
                             'helpdesk upload ' || $1, $1)";

thread_local! {
    static VERSION_IS_RIGHT: Cell<bool> = const { Cell::new(false) };
    /// The transaction that noticed last that a table was changed. It may see how it was before.
    static CHANGE_NOTICED_IN: Cell<Option<pg_sys::LocalTransactionId>> = const { Cell::new(None) };
}

/// Makes everything that is missing, and sets the privileges anew. The last step of CREATE EXTENSION, and safe to call again.
#[pg_extern(volatile, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
fn install() -> Result<()> {
    if ask(HAS_CITUS)? && ask(IS_CITUS_WORKER)? {
        return Ok(());
    }
    if ask(INSTALLED)? {
        check_schema_version()?;
        outside_extension(|| db::run_script(PRIVILEGES))?;
    } else {
        outside_extension(make_tables)?;
    }
    identity::back_fill_profiles()?;
    if ask(HAS_CRON)? {
        enable_cron()?;
    }
    if ask(HAS_REALTIME)? {
        enable_realtime()?;
    }
    Ok(())
}

/// Brings the tables of an older release, such as a dump of one, up to the shape that this release needs.
#[pg_extern(volatile, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
fn migrate() -> Result<()> {
    if !ask(INSTALLED)? {
        return Err(not_installed());
    }
    take_steps(MIGRATIONS)
}

/// Takes the steps that are missing, then sets owners and privileges, which tells all sessions to look at the version again.
fn take_steps(migrations: &[(i32, &'static str)]) -> Result<()> {
    outside_extension(|| {
        while let version @ Some(_) = installed_version()?
            && version != Some(SCHEMA_VERSION)
        {
            let Some((from, step)) = migrations.iter().find(|(from, _)| Some(*from) == version)
            else {
                return Err(wrong_version(version));
            };
            db::run_script(step)?;
            db::run(SET_VERSION, &[(from + 1).into()])?;
        }
        db::run_script(PRIVILEGES)
    })
}

/// Schedules the maintenance jobs with pg_cron, under their fixed names: calling it again changes nothing.
#[pg_extern(volatile, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
fn enable_cron() -> Result<()> {
    if !ask(HAS_CRON)? {
        return Err(Error::wrong_state(
            "pg_cron is not installed in this database",
            "Run CREATE EXTENSION pg_cron first, or call the maintenance functions from another scheduler.",
        ));
    }
    for (name, schedule, function) in JOBS {
        db::run(SCHEDULE, &[(*name).into(), (*schedule).into(), (*function).into()])?;
    }
    Ok(())
}

/// Adds our tables to the publication that Supabase Realtime listens to, those that are not in it yet.
#[pg_extern(volatile, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
fn enable_realtime() -> Result<()> {
    if !ask(HAS_REALTIME)? {
        return Err(Error::wrong_state(
            "there is no publication supabase_realtime that lists its tables",
            "Run CREATE PUBLICATION supabase_realtime first.",
        ));
    }
    run_each(REALTIME_MISSING, &[])
}

/// Lets members read and upload the files of tickets in a bucket of Supabase Storage. Calling it again changes nothing.
#[pg_extern(volatile, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
fn enable_storage(p_bucket: Option<&str>) -> Result<()> {
    let bucket = required(p_bucket, "p_bucket")?;
    if bucket.trim().is_empty() || bucket.len() > MAX_BUCKET {
        return Err(Error::bad("p_bucket", "not the id of a bucket", "1 to 40 bytes."));
    }
    if !ask(HAS_STORAGE)? {
        return Err(Error::wrong_state(
            "there is no table storage.objects in this database",
            "Supabase Storage creates it.",
        ));
    }
    run_each(STORAGE_POLICIES, &[bucket.into()])
}

/// Asks for the version again once the definition of any table has changed, as migrate() in another session does.
pub fn watch() {
    unsafe extern "C-unwind" fn forget(_: pg_sys::Datum, _: pg_sys::Oid) {
        VERSION_IS_RIGHT.set(false);
        CHANGE_NOTICED_IN.set(Some(db::transaction()));
    }
    // SAFETY: `forget` lives as long as the backend, and calls nothing of Postgres.
    unsafe { pg_sys::CacheRegisterRelcacheCallback(Some(forget), pg_sys::Datum::from(0)) }
}

/// An error unless the tables are there and have the shape this code was written for.
pub fn check_schema_version() -> Result<()> {
    if VERSION_IS_RIGHT.get() {
        return Ok(());
    }
    if !ask(INSTALLED)? {
        return Err(not_installed());
    }
    let version = installed_version()?;
    if version != Some(SCHEMA_VERSION) {
        return Err(wrong_version(version));
    }
    VERSION_IS_RIGHT.set(CHANGE_NOTICED_IN.get() != Some(db::transaction()));
    Ok(())
}

fn not_installed() -> pgrx::pg_sys::panic::ErrorReport {
    Error::wrong_state(
        "the tables of helpdesk are not in this database",
        "As a superuser, run: SELECT helpdesk.install()",
    )
}

fn wrong_version(version: Option<i32>) -> pgrx::pg_sys::panic::ErrorReport {
    let found = version.map_or("an unknown version".to_owned(), |v| format!("version {v}"));
    Error::wrong_state(
        format!(
            "the tables of helpdesk are of {found}, this release needs version {SCHEMA_VERSION}"
        ),
        "As a superuser, run: SELECT helpdesk.migrate(). If they are newer than this release, install the newer release.",
    )
}

fn installed_version() -> Result<Option<i32>> {
    Ok(db::run_one(VERSION, &[], |row| row.get(1))?.flatten())
}

fn make_tables() -> Result<()> {
    FILES.iter().chain([&PRIVILEGES]).try_for_each(|file| db::run_script(file))?;
    db::run(SET_VERSION, &[SCHEMA_VERSION.into()])
}

/// Runs `work` so that what it makes does not become part of the extension, and what it grants on objects of others (the auth
/// schema) does not count as part of them: pg_dump then dumps all of it.
fn outside_extension(work: impl FnOnce() -> Result<()>) -> Result<()> {
    struct PutBack(bool);
    impl Drop for PutBack {
        fn drop(&mut self) {
            // SAFETY: as below.
            unsafe { pg_sys::creating_extension = self.0 }
        }
    }
    // SAFETY: a plain flag of this backend that Postgres sets while it runs an extension script, and clears when the script fails.
    let _put_back = unsafe {
        let before = PutBack(pg_sys::creating_extension);
        pg_sys::creating_extension = false;
        before
    };
    work()
}

/// Runs each statement that a query returns.
fn run_each(query: &'static str, args: &[DatumWithOid]) -> Result<()> {
    let statements = db::run_all(query, args, |row| row.get::<String>(1))?;
    statements.iter().flatten().try_for_each(|statement| db::run_script(statement))
}

/// The answer of a yes-or-no query.
fn ask(query: &'static str) -> Result<bool> {
    Ok(db::run_one(query, &[], |row| row.get(1))?.flatten() == Some(true))
}

#[cfg(any(test, feature = "pg_test"))]
#[pgrx::pg_schema]
mod tests {
    use super::*;

    const STEP: &str = "create table helpdesk.made_by_a_step ()";
    const IS_MEMBER: &str = "
        select exists (select from pg_depend
                        where deptype = 'e' and classid = 'pg_class'::regclass and objid = 'helpdesk.made_by_a_step'::regclass)";

    /// Runs `work` as a step of an extension script would.
    fn in_extension_script<T>(work: impl FnOnce() -> T) -> T {
        let helpdesk = Spi::get_one("select oid from pg_extension where extname = 'helpdesk'");
        // SAFETY: plain variables of this backend; put back before anything else runs.
        unsafe {
            pg_sys::CurrentExtensionObject = helpdesk.unwrap().unwrap();
            pg_sys::creating_extension = true;
            let done = work();
            pg_sys::creating_extension = false;
            done
        }
    }

    #[pg_test]
    fn install_makes_what_a_step_makes_the_users_own() {
        Spi::run("update helpdesk.schema_version set version = 0").unwrap();
        in_extension_script(|| take_steps(&[(0, STEP)])).unwrap();
        assert_eq!(Spi::get_one(IS_MEMBER), Ok(Some(false)));
        assert_eq!(installed_version().unwrap(), Some(SCHEMA_VERSION));
    }
}
