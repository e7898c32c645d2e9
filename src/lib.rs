//! helpdesk: a complete multi-tenant help desk inside Postgres.
//!
//! This file says which modules there are and in which order the extension script is put together; the logic is in the
//! modules, one per domain, with the same word naming `sql/<word>.sql`, `src/<word>.rs` and the tests.

use pgrx::prelude::*;

mod act_as;
mod article_list;
mod categories;
mod claims;
mod conversation;
mod db;
mod enums;
mod error;
mod identity;
mod install;
mod invites;
mod json_input;
mod json_output;
mod knowledge;
mod notifications;
mod organizations;
mod reporting;
mod search;
mod search_cursor;
mod search_index;
mod search_query;
mod security_report;
mod system_write;
mod text;
mod ticket_age;
mod ticket_cursor;
mod ticket_details;
mod ticket_filters;
mod ticket_list;
mod ticket_queue;
mod ticket_stats;
mod ticket_triggers;
mod tickets;
mod trigger;
mod viewer;
mod workflows;

::pgrx::pg_module_magic!();

#[pg_guard]
extern "C-unwind" fn _PG_init() {
    // A backtrace would reach the client as DETAIL.
    // SAFETY: a backend has one thread.
    unsafe {
        std::env::remove_var("RUST_BACKTRACE");
        std::env::remove_var("RUST_LIB_BACKTRACE");
    }
    claims::watch();
    install::watch();
}

extension_sql_file!("../sql/roles.sql", name = "roles", bootstrap);
extension_sql_file!(
    "../sql/types.sql",
    name = "types",
    requires = ["roles"],
    creates = [Type(enums::Priority), Type(enums::UserRole)]
);
// The functions come here, put in order by pgrx.
extension_sql_file!("../sql/functions.sql", name = "functions", finalize);

/// What `cargo pgrx test` asks for: how the server for `#[pg_test]` is set up.
#[cfg(test)]
pub mod pg_test {
    pub fn setup(_options: Vec<&str>) {}

    #[must_use]
    pub fn postgresql_conf_options() -> Vec<&'static str> {
        vec!["fsync = off"]
    }
}
