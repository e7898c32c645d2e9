//! install() creates the tables, and migrate() updates those of an older release. The tables belong
//! to the user, not to the extension: pg_dump then includes their definitions and data, and DROP
//! EXTENSION refuses to drop them silently.

mod derived_data;
mod health;
mod help;
mod integrations;
mod locks;
mod migrations;
mod repair;
mod replication;
mod shapes;
mod tables;

use pgrx::prelude::*;

use self::integrations::{enable_cron, enable_realtime, has_cron, has_realtime};
use self::locks::lock_installation;
use crate::identity;
use crate::platform::error::{self, Result, required};
use crate::platform::extension::outside_extension;
use crate::platform::schema_version::check_schema_version;
use crate::platform::statement;
use crate::platform::versions::{LIBRARY_VERSION, is_installed, older_library};
use crate::sharding;

const HAS_CITUS: &str =
    "select pg_catalog.to_regclass('pg_catalog.pg_dist_local_group') is not null";

const IS_CITUS_WORKER: &str = r"
    select groupid <> 0 or pg_catalog.current_setting('application_name') like 'citus\_internal%'
      from pg_catalog.pg_dist_local_group";

/// Creates the tables unless they exist, and sets their owner and privileges. The last step of
/// CREATE EXTENSION; calling it again is safe.
#[pg_extern(volatile, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
fn install() -> Result<()> {
    lock_installation();
    if is_citus_worker()? {
        return Ok(()); // The coordinator creates the tables on its workers.
    }
    if is_installed()? {
        check_schema_version()?;
        shapes::check_columns()?;
        sharding::restore_tables()?;
        outside_extension(|| {
            repair::set_function_rights()?;
            repair::create_missing_objects()?;
            tables::set_privileges()
        })?;
    } else {
        sharding::only_here(|| outside_extension(tables::create_tables))?;
    }
    identity::back_fill_profiles()?;
    if has_cron()? {
        enable_cron()?;
    }
    if has_realtime()? {
        enable_realtime()?;
    }
    Ok(())
}

/// Updates tables of an older release, such as a restored dump, to the version of this release.
#[pg_extern(volatile, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
fn migrate() -> Result<()> {
    lock_installation();
    if is_citus_worker()? {
        return Ok(()); // The coordinator changes the tables on its workers.
    }
    sharding::update_workers()?;
    migrations::run_migrations()?;
    sharding::adapt_to_cluster()
}

/// Errors unless this session has loaded the library of this release. An update script begins with
/// it, because a session keeps its library until it ends.
#[pg_extern(stable, parallel_safe)]
#[search_path(pg_catalog, pg_temp)]
fn check_library(p_version: Option<&str>) -> Result<()> {
    let wanted = required(p_version, "p_version")?;
    if wanted == LIBRARY_VERSION {
        return Ok(());
    }
    Err(error::wrong_state(
        "wrong_library_version",
        format!("this session has the library of helpdesk {LIBRARY_VERSION}, not of {wanted}"),
        older_library(wanted),
    ))
}

fn is_citus_worker() -> Result<bool> {
    let has_citus = statement::write(HAS_CITUS).fetch_scalar(&[])? == Some(true);
    Ok(has_citus && statement::write(IS_CITUS_WORKER).fetch_scalar(&[])? == Some(true))
}
