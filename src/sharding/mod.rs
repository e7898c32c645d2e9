//! A cluster with Citus: organizations are distributed over workers. The shards of one group lie
//! together on a worker, one of each tenant table, and with the copies of the shared tables they
//! are a complete help desk. So a whole call runs there, on the shards themselves.
//!
//! On one machine nothing here does anything. Defaults of columns are triggers on a cluster only,
//! because these cost 4 % of the instructions of create_ticket() and add_comment(), and generators
//! of clients read from the defaults which columns an INSERT requires.
//!
//! docs/scaling.md is for administrators.

mod answers;
mod calls;
mod claims;
mod conversion;
mod groups;
mod node;
mod routes;

pub use calls::read_from_workers;
pub use claims::check_claims_are_known;
pub use conversion::{adapt_to_cluster, change_tables, only_here, restore_tables, update_workers};
pub use groups::{each_group, enter_organization, has_table, is_here, where_organization_is};
pub use node::{is_main_node, sends_calls};

use crate::platform::invalidation::on_table_change;
use crate::platform::table_names;

/// Finds out again what this server is after the definition of any table has changed.
pub fn register() {
    table_names::register_places(table_names::Places {
        default: groups::default_place,
        of_table: groups::place_of_table,
    });
    on_table_change(|| {
        node::forget();
        groups::forget();
    });
}
