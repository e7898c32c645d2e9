//! distribute() and undistribute(), which turn one server into a cluster and back, and
//! prepare_worker().

use pgrx::prelude::*;

use super::node::{Node, node};
use crate::platform::error::{self, Result, required};
use crate::platform::extension::{outside_extension, system_table_exists};
use crate::platform::roles;
use crate::platform::script;
use crate::platform::settings::with_settings;
use crate::platform::statement::{self, run_script};
use crate::platform::table_names::with_own_names;

const COMMENTS: &str = include_str!("../../sql/sharding/comments.sql");
const DISTRIBUTE: &str = include_str!("../../sql/sharding/distribute.sql");
const UNDISTRIBUTE: &str = include_str!("../../sql/sharding/undistribute.sql");
const TAKE_DEFAULTS: &str = include_str!("../../sql/sharding/take_defaults.sql");
const RESTORE_DEFAULTS: &str = include_str!("../../sql/sharding/restore_defaults.sql");
const RESTORE_LOGIN_KEY: &str = include_str!("../../sql/sharding/restore_login_key.sql");
const PLACE_NEW_TABLES: &str = include_str!("../../sql/sharding/place_new_tables.sql");
const ROUTE_FUNCTIONS: &str = include_str!("../../sql/sharding/route_functions.sql");
const RESTORE_FUNCTIONS: &str = include_str!("../../sql/sharding/restore_functions.sql");
const PREPARE_WORKER: &str = include_str!("../../sql/sharding/prepare_worker.sql");

/// Citus allows more, but each takes a file per table and index.
const MAX_SHARDS: i32 = 1024;

/// What keeps the tables from being distributed, with what to do.
const OBSTACLES: &str = include_str!("../../sql/sharding/obstacles.sql");

/// Citus refuses triggers unless it is told that they act on one server only. And one connection to
/// each worker, because shared tables may have been changed in the transaction.
const CHANGE_TABLES: &str = "
    set local citus.enable_unsafe_triggers = on;
    set local citus.multi_shard_modify_mode = 'sequential'";

const UPDATE_EXTENSION: &str = "
    set local client_min_messages = warning;
    alter extension helpdesk update";

const LACKS_DEFAULTS: &str = "
    select from pg_catalog.pg_trigger t
      join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) t.tgrelid
     where c.relnamespace operator(pg_catalog.=) 'helpdesk'::pg_catalog.regnamespace
       and t.tgname operator(pg_catalog.=) ' defaults'";

const IS_WORKER: &str = "select g.groupid > 0 from pg_catalog.pg_dist_local_group g";

/// Whether Citus is installed in this database.
fn has_citus() -> bool {
    system_table_exists(c"pg_dist_partition")
}

fn check_prerequisites() -> Result<()> {
    if !roles::session_user_is_superuser() {
        return Err(error::not_allowed(
            "superuser_only",
            "only superusers distribute the tables",
            "Connect as one.",
        ));
    }
    if has_citus() {
        return Ok(());
    }
    Err(error::wrong_state(
        "missing_prerequisite",
        "the extension citus is not installed in this database",
        "docs/scaling.md says what a cluster needs, and what to try before.",
    ))
}

/// Distributes the tables over the workers that Citus knows, by organization. One transaction.
#[pg_extern(volatile, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
fn distribute(p_shard_count: default!(Option<i32>, "32")) -> Result<()> {
    let shards = required(p_shard_count, "p_shard_count")?;
    if !(1..=MAX_SHARDS).contains(&shards) {
        return Err(error::invalid(
            "out_of_range",
            "p_shard_count",
            "out of range",
            format!("A whole number from 1 to {MAX_SHARDS}."),
        ));
    }
    check_prerequisites()?;
    if node()? != Node::Single {
        return Err(error::wrong_state(
            "already_distributed",
            "the tables are distributed already",
            "Citus moves shards to new workers: citus_rebalance_start().",
        ));
    }
    let obstacle = statement::write(OBSTACLES).fetch_optional(&[], |row| {
        (row.get::<String>(1).unwrap_or_default(), row.get::<String>(2).unwrap_or_default())
    })?;
    if let Some((problem, remedy)) = obstacle {
        return Err(error::wrong_state("cannot_distribute", problem, remedy));
    }
    let script = DISTRIBUTE
        .replace("{shard_count}", &shards.to_string())
        .replace("{comments}", COMMENTS.trim_end());
    with_own_names(|| {
        outside_extension(|| {
            run_script(&script)?;
            run_script(TAKE_DEFAULTS)?;
            run_script(ROUTE_FUNCTIONS)
        })
    })
}

/// Brings all rows back to the coordinator. One transaction.
#[pg_extern(volatile, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
fn undistribute() -> Result<()> {
    check_prerequisites()?;
    if node()? != Node::Coordinator {
        return Err(error::wrong_state(
            "not_distributed",
            "the tables are not distributed, or this server is not the coordinator",
            "Call it on the coordinator.",
        ));
    }
    let script = UNDISTRIBUTE.replace("{comments}", COMMENTS.trim_end());
    with_own_names(|| {
        outside_extension(|| {
            run_script(CHANGE_TABLES)?;
            run_script(RESTORE_DEFAULTS)?;
            run_script(&script)?;
            run_script(RESTORE_LOGIN_KEY)?;
            // Last, because it stops Citus from dropping shards together with their tables.
            run_script(RESTORE_FUNCTIONS)
        })
    })
}

/// Lets the coordinator connect to this worker as the roles of helpdesk. distribute() does it on
/// the workers there are; a new one needs it before it gets shards.
#[pg_extern(volatile, parallel_unsafe)]
#[search_path(pg_catalog, pg_temp)]
fn prepare_worker() -> Result<()> {
    check_prerequisites()?;
    if statement::write(IS_WORKER).fetch_scalar(&[])? != Some(true) {
        return Err(error::wrong_state(
            "not_a_worker",
            "this server is not a worker of a cluster",
            "Add it on the coordinator: SELECT citus_add_node(..).",
        ));
    }
    outside_extension(|| run_script(PREPARE_WORKER))
}

/// Creates tables that are not distributed yet. Workers may lack the roles that Citus would name
/// there.
pub fn only_here(work: impl FnOnce() -> Result<()>) -> Result<()> {
    if !has_citus() {
        return work();
    }
    with_settings(&[(c"citus.enable_ddl_propagation", c"off")], work)
}

/// Adapts tables and functions to the cluster, because an update brings those of a single server.
pub fn adapt_to_cluster() -> Result<()> {
    if node()? != Node::Coordinator {
        return Ok(());
    }
    with_own_names(|| {
        outside_extension(|| {
            run_script(TAKE_DEFAULTS)?;
            run_script(ROUTE_FUNCTIONS)
        })
    })
}

/// On a cluster, updates the extension on the workers, whose functions a step may need. Citus does
/// so by itself only after the update of the coordinator, for which this is already done.
pub fn update_workers() -> Result<()> {
    if node()? != Node::Coordinator {
        return Ok(());
    }
    outside_extension(|| run_script(UPDATE_EXTENSION))
}

/// Runs a script that changes the tables of an older release; on a cluster, on all servers. It
/// creates tables without foreign keys, and adds these afterwards. adapt_to_cluster() follows.
pub fn change_tables(script: &str) -> Result<()> {
    if node()? != Node::Coordinator {
        return run_script(script);
    }
    run_script(CHANGE_TABLES)?;
    run_script(RESTORE_DEFAULTS)?;
    for command in script::split(script)? {
        run_script(command.text)?;
        if command.kind.creates_relation() {
            run_script(PLACE_NEW_TABLES)?;
        }
    }
    Ok(())
}

/// Restores the tables of a single server from those in the dump of a coordinator.
pub fn restore_tables() -> Result<()> {
    if node()? != Node::Single || !statement::read(LACKS_DEFAULTS).exists(&[])? {
        return Ok(());
    }
    outside_extension(|| {
        run_script(RESTORE_DEFAULTS)?;
        run_script(RESTORE_LOGIN_KEY)
    })
}
