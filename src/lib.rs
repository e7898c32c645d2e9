//! helpdesk: a complete multi-tenant help desk inside Postgres.
//!
//! This file lists the modules layer by layer, the SQL files of the extension, and `_PG_init`. A
//! module imports only from the layers listed before its own, which `make lint` checks.

#![deny(unsafe_code)]

use pgrx::prelude::*;

// Layer: what Postgres and pgrx offer; knows nothing of help desks.
#[allow(unsafe_code)] // Wraps the C functions of Postgres.
mod platform;

// Layer: names of tables and ways of calls on a cluster.
mod sharding;

// Layer: people, whose profiles follow their logins.
mod identity;

// Layer: the caller and their rights; full-text lexemes and queries.
#[allow(unsafe_code)] // Reads snapshots and plans, with C hooks.
mod access;
mod fulltext;

// Layer: domains that do not need tickets.
mod organizations;
mod reporting;
mod security;
mod workflows;

// Layer: tickets, and creating the tables of all domains.
mod install;
mod tickets;

// Layer: comments on tickets, and articles.
mod conversation;
mod knowledge;

// Layer: imports, notifications and search, which cover several domains.
mod imports;
mod notifications;
mod search;

::pgrx::pg_module_magic!();

#[pg_guard]
extern "C-unwind" fn _PG_init() {
    platform::error::hide_backtraces();
    access::claims::register_settings();
    access::denied_writes::register_hook();
    platform::schema_version::register_invalidation();
    sharding::register();
    tickets::numbering::register();
}

extension_sql_file!("../sql/extension/roles.sql", name = "roles", bootstrap);
extension_sql_file!(
    "../sql/extension/types.sql",
    name = "types",
    requires = ["roles"],
    creates = [Type(platform::enums::Priority), Type(platform::enums::UserRole)]
);
// pgrx creates the functions here. The rest of sql/extension follows: owners and privileges, what
// each function is for and who may call it, and install(). See build.rs.
include!(concat!(env!("OUT_DIR"), "/after_functions.rs"));
after_functions!();

/// The JSON of the API, as clients/json-schema.json describes it.
#[cfg(test)]
mod json_schema {
    use crate::platform::json::schema::Api;

    const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/clients/json-schema.json");

    #[test]
    fn json_schema_is_current() {
        let mut api = Api::default();
        crate::access::describe(&mut api);
        crate::organizations::describe(&mut api);
        crate::reporting::describe(&mut api);
        crate::tickets::describe(&mut api);
        crate::conversation::describe(&mut api);
        crate::knowledge::describe(&mut api);
        crate::notifications::describe(&mut api);
        crate::search::describe(&mut api);
        crate::imports::describe(&mut api);
        let schema = api.into_text();
        // scripts/json-schema writes it.
        if let Some(file) = std::env::var_os("JSON_SCHEMA") {
            std::fs::write(file, schema).unwrap();
        } else {
            let file = std::fs::read_to_string(FILE).unwrap();
            assert!(file == schema, "clients/json-schema.json: run make typescript");
        }
    }
}

/// `cargo pgrx test` calls these functions to set up its server.
#[cfg(test)]
pub mod pg_test {
    pub fn setup(_options: Vec<&str>) {}

    #[must_use]
    pub fn postgresql_conf_options() -> Vec<&'static str> {
        vec!["fsync = off"]
    }
}
