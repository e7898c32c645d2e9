//! helpdesk: a complete multi-tenant help desk inside Postgres.
//!
//! This file says which modules there are and in which order the extension script is put together; the logic is in the
//! modules, one per domain, with the same word naming `sql/<word>.sql`, `src/<word>.rs` and the tests.

#![deny(unsafe_code)]

use pgrx::prelude::*;

// Floor: Postgres and pgrx, and nothing of help desks.
#[allow(unsafe_code)] // The only floor that calls C, beside access.
mod platform;

// Floor: who is calling and what they may do; texts as lexemes.
#[allow(unsafe_code)] // Reads snapshots and settings.
mod access;
mod fulltext;

// Floor: domains that know of no ticket.
mod identity;
mod organizations;
mod reporting;
mod security;
mod workflows;

// Floor: tickets; the tables of all domains.
mod install;
mod tickets;

// Floor: what is said on tickets, and written for everybody.
mod conversation;
mod knowledge;

// Floor: what looks across the domains.
mod notifications;
mod search;

::pgrx::pg_module_magic!();

#[pg_guard]
extern "C-unwind" fn _PG_init() {
    platform::error::hide_backtraces();
    access::claims::register_settings();
    platform::schema_version::register_invalidation();
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

/// What `cargo pgrx test` asks for: how the server for `#[pg_test]` is set up.
#[cfg(test)]
pub mod pg_test {
    pub fn setup(_options: Vec<&str>) {}

    #[must_use]
    pub fn postgresql_conf_options() -> Vec<&'static str> {
        vec!["fsync = off"]
    }
}
