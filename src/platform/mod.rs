//! What the domains need of Postgres and pgrx. Nothing here knows what a ticket is.

// The test binary, which runs without Postgres, has no functions to raise errors with.
#[cfg(not(test))]
mod allocator;
pub mod argument_names;
pub mod collation;
pub mod commit_order;
pub mod conditions;
pub mod datum;
pub mod dictionary;
pub mod enums;
pub mod error;
pub mod error_texts;
pub mod extension;
pub mod index;
pub mod invalidation;
pub mod json;
pub mod jsonb;
pub mod paging;
pub mod replication;
mod retired;
pub mod roles;
pub mod schema_version;
pub mod script;
pub mod settings;
pub mod statement;
pub mod system_write;
pub mod table_names;
pub mod text;
pub mod text_search;
pub mod time_zone;
pub mod transaction;
pub mod trigger;
pub mod trigger_depth;
pub mod uuid;
pub mod versions;
