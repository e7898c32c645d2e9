//! install(): makes the tables. They are the user's, not the extension's, so that pg_dump dumps them whole and DROP EXTENSION
//! cannot take them along silently. migrate(): brings tables of an older release up to date.

use std::cell::Cell;

use pgrx::prelude::*;

use crate::db;
use crate::error::{Error, Result};
use crate::identity;

/// The shape of the tables that this code was written for.
const SCHEMA_VERSION: i32 = 1;

/// What makes that shape, in order.
const FILES: &[&str] = &[
    include_str!("../sql/auth.sql"),
    include_str!("../sql/identity.sql"),
    include_str!("../sql/organizations.sql"),
    include_str!("../sql/workflows.sql"),
    include_str!("../sql/tickets.sql"),
    include_str!("../sql/conversation.sql"),
    include_str!("../sql/privileges.sql"),
];

/// One step per release that changed tables: (the version it starts from, its SQL).
const MIGRATIONS: &[(i32, &str)] = &[];

const INSTALLED: &str = "select pg_catalog.to_regclass('helpdesk.schema_version') is not null";
const VERSION: &str = "select max(version) from helpdesk.schema_version";
const SET_VERSION: &str = "
    with older as (delete from helpdesk.schema_version)
    insert into helpdesk.schema_version (version) values ($1)";

/// On a Citus worker the coordinator makes the tables.
const IS_CITUS_WORKER: &str = "
    select pg_catalog.current_setting('application_name') like 'citus\\_internal%'";

/// Tables, sequences, views, and the auth minimum, when they were made inside CREATE EXTENSION.
const MADE_INSIDE_EXTENSION: &str = "
    select pg_catalog.format('alter extension helpdesk drop %s', case
             when d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass then
               case c.relkind when 'v' then 'view ' when 'S' then 'sequence ' else 'table ' end
               || d.objid::pg_catalog.regclass
             when d.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass then
               'schema ' || d.objid::pg_catalog.regnamespace
             else 'function ' || d.objid::pg_catalog.regprocedure end)
      from pg_catalog.pg_depend d
      join pg_catalog.pg_extension e on e.oid = d.refobjid and e.extname = 'helpdesk'
      left join pg_catalog.pg_class c on d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and c.oid = d.objid
      left join pg_catalog.pg_proc p on d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and p.oid = d.objid
     where d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
       and d.deptype = 'e'
       and (c.oid is not null
            or d.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
            or p.pronamespace = pg_catalog.to_regnamespace('auth'))
     order by d.classid, d.objid";

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

thread_local! {
    static VERSION_IS_RIGHT: Cell<bool> = const { Cell::new(false) };
}

/// Makes everything that is missing. The last step of CREATE EXTENSION, and safe to call again.
#[pg_extern(volatile, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
fn install() -> Result<()> {
    if ask(IS_CITUS_WORKER)? {
        return Ok(());
    }
    if ask(INSTALLED)? {
        check_schema_version()?;
    } else {
        for file in FILES {
            db::run_script(file)?;
        }
        db::run(SET_VERSION, &[SCHEMA_VERSION.into()])?;
        release_from_extension()?;
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
    while let version @ Some(_) = installed_version()?
        && version != Some(SCHEMA_VERSION)
    {
        let Some((from, step)) = MIGRATIONS.iter().find(|(from, _)| Some(*from) == version) else {
            return Err(wrong_version(version));
        };
        db::run_script(step)?;
        db::run(SET_VERSION, &[(from + 1).into()])?;
    }
    Ok(())
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
    run_each(REALTIME_MISSING)
}

/// An error unless the tables are there and have the shape this code was written for. Asked once per session.
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
    VERSION_IS_RIGHT.set(true);
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

fn release_from_extension() -> Result<()> {
    // SAFETY: a plain flag of this backend.
    if unsafe { pg_sys::creating_extension } {
        run_each(MADE_INSIDE_EXTENSION)?;
    }
    Ok(())
}

/// Runs each statement that a query returns.
fn run_each(query: &'static str) -> Result<()> {
    let statements = db::run_all(query, &[], |row| row.get::<String>(1))?;
    statements.iter().flatten().try_for_each(|statement| db::run_script(statement))
}

/// The answer of a yes-or-no query.
fn ask(query: &'static str) -> Result<bool> {
    Ok(db::run_one(query, &[], |row| row.get(1))?.flatten() == Some(true))
}
