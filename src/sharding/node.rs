//! What this server is: alone, or the coordinator or a worker of a cluster.

use std::cell::Cell;

use crate::platform::error::Result;
use crate::platform::error_texts;
use crate::platform::extension::system_table_exists;
use crate::platform::statement;
use crate::platform::table_names::{self, with_own_names};

/// What this server is.
#[derive(Clone, Copy, PartialEq)]
pub enum Node {
    /// A server with all rows, because nothing is distributed.
    Single,
    Coordinator,
    Worker,
}

const GROUP_OF_NODE: &str = "
    select g.groupid from pg_catalog.pg_dist_local_group g
     where exists (select from pg_catalog.pg_dist_partition p
                    where p.logicalrelid operator(pg_catalog.=) pg_catalog.to_regclass('helpdesk.tickets')
                      and p.partmethod operator(pg_catalog.=) 'h')";

thread_local! {
    static NODE: Cell<Option<Node>> = const { Cell::new(None) };
}

const SHARD_IDS: &str = "
    select pg_catalog.min(s.shardid), pg_catalog.max(s.shardid)
      from pg_catalog.pg_dist_shard s
      join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) s.logicalrelid
     where c.relnamespace operator(pg_catalog.=) 'helpdesk'::pg_catalog.regnamespace";

/// The first and the last shard of our tables.
fn shard_ids() -> Result<(i64, i64)> {
    let ids = with_own_names(|| {
        statement::read(SHARD_IDS).fetch_optional(&[], |row| row.get(1).zip(row.get(2)))
    })?;
    Ok(ids.flatten().unwrap_or_default())
}

/// Finds it out again.
pub(super) fn forget() {
    NODE.set(None);
    table_names::forget_places();
}

pub fn node() -> Result<Node> {
    if let Some(node) = NODE.get() {
        return Ok(node);
    }
    let node = if system_table_exists(c"pg_dist_partition") {
        let group = with_own_names(|| statement::read(GROUP_OF_NODE).fetch_scalar::<i32>(&[]))?;
        match group {
            None => Node::Single,
            Some(0) => {
                error_texts::hide_shards(shard_ids()?);
                Node::Coordinator
            }
            Some(_) => Node::Worker,
        }
    } else {
        Node::Single
    };
    if node == Node::Single {
        table_names::keep_names();
    }
    NODE.set(Some(node));
    Ok(node)
}

/// Whether functions of this server send calls to workers.
pub fn sends_calls() -> Result<bool> {
    Ok(node()? == Node::Coordinator)
}

/// Whether this server holds what is not distributed: logins, invites and codes.
pub fn is_main_node() -> Result<bool> {
    Ok(node()? != Node::Worker)
}
