//! Shard groups: which shards on this server belong together, and entering one.

use std::cell::RefCell;
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::rc::Rc;

use lru::LruCache;
use pgrx::Uuid;

use super::node::{Node, node};
use crate::platform::error::{Result, internal};
use crate::platform::statement;
use crate::platform::table_names::{self, Entered, TableNames, enter, with_own_names};

/// The id of the copies of shared tables, and of these on the coordinator. Shards have larger ones.
const SHARED: i64 = 0;
const COORDINATOR: i64 = -1;

/// The tables, and how they are called here: the shards of the group of shard $1, and the copies of
/// shared tables. Sessions of users do not see shards in pg_class.
const NAMES: &str = "
    select c.relname::pg_catalog.text,
           (select pg_catalog.min(x.name)
              from pg_catalog.pg_dist_shard s
             cross join lateral pg_catalog.format('%s_%s', c.relname, s.shardid) x (name)
             where s.logicalrelid operator(pg_catalog.=) c.oid
               and (p.partmethod operator(pg_catalog.=) 'n'
                    or s.shardminvalue operator(pg_catalog.=)
                       (select y.shardminvalue from pg_catalog.pg_dist_shard y where y.shardid operator(pg_catalog.=) $1))
               and pg_catalog.to_regclass(pg_catalog.format('helpdesk.%I', x.name)) is not null)
      from pg_catalog.pg_dist_partition p
      join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) p.logicalrelid
     where c.relnamespace operator(pg_catalog.=) 'helpdesk'::pg_catalog.regnamespace";

const SHARD_OF_ORGANIZATION: &str = "
    select pg_catalog.get_shard_id_for_distribution_column('helpdesk.tickets', $1)";

/// The shards of tickets that lie here.
const SHARDS_HERE: &str = "
    select s.shardid
      from pg_catalog.pg_dist_shard s
      join pg_catalog.pg_dist_placement l on l.shardid operator(pg_catalog.=) s.shardid
      join pg_catalog.pg_dist_local_group g on g.groupid operator(pg_catalog.=) l.groupid
     where s.logicalrelid operator(pg_catalog.=) pg_catalog.to_regclass('helpdesk.tickets')
     order by s.shardid";

/// Of how many organizations a backend remembers the shard.
const MAX_ORGANIZATIONS: NonZeroUsize = NonZeroUsize::new(1000).unwrap();

thread_local! {
    /// By the id of a shard.
    static GROUPS: RefCell<HashMap<i64, Rc<TableNames>>> = RefCell::default();
    static SHARDS: RefCell<LruCache<Uuid, i64>> = RefCell::new(LruCache::new(MAX_ORGANIZATIONS));
}

pub(super) fn forget() {
    // The callback may come while a group is being read.
    GROUPS.with(|groups| drop(groups.try_borrow_mut().map(|mut groups| groups.clear())));
    SHARDS.with(|shards| drop(shards.try_borrow_mut().map(|mut shards| shards.clear())));
}

/// Where statements run that are in no group: on a worker on the copies of shared tables. On the
/// coordinator, reads of these need not go through Citus.
pub(super) fn default_place() -> Result<Option<Rc<TableNames>>> {
    Ok(match node()? {
        Node::Single => None,
        Node::Coordinator => Some(group_of_shard(COORDINATOR)?),
        Node::Worker => Some(group_of_shard(SHARED)?),
    })
}

/// The group of a shard, by the name of its table.
pub(super) fn place_of_table(table: &str) -> Result<Option<Rc<TableNames>>> {
    if node()? == Node::Single {
        return Ok(None);
    }
    let shard = table.rsplit_once('_').and_then(|(_, id)| id.parse().ok());
    shard.map(group_of_shard).transpose()
}

fn group_of_shard(shard: i64) -> Result<Rc<TableNames>> {
    let known = GROUPS.with_borrow(|groups| groups.get(&shard).cloned());
    if let Some(group) = known {
        return Ok(group);
    }
    let names: HashMap<_, _> = with_own_names(|| {
        statement::read(NAMES)
            .fetch_all(&[shard.into()], |row| Some((row.get::<String>(1)?, row.get::<String>(2))))
    })?
    .into_iter()
    .flatten()
    .collect();
    // One id for all shards of a group, because plans are kept by it.
    let tickets = names.get("tickets").and_then(Option::as_deref);
    let own = tickets.and_then(|name| name.rsplit_once('_')?.1.parse().ok());
    let group = Rc::new(match (shard, own) {
        (COORDINATOR, _) => TableNames::for_reads(COORDINATOR, names),
        (_, own) => TableNames::new(own.unwrap_or(SHARED), names),
    });
    GROUPS.with_borrow_mut(|groups| groups.insert(shard, group.clone()));
    Ok(group)
}

fn shard_of(org: Uuid) -> Result<i64> {
    if let Some(shard) = SHARDS.with_borrow_mut(|shards| shards.get(&org).copied()) {
        return Ok(shard);
    }
    let shard = with_own_names(|| {
        statement::read(SHARD_OF_ORGANIZATION).fetch_scalar::<i64>(&[org.into()])
    })?
    .ok_or_else(|| internal("an organization without a shard"))?;
    SHARDS.with_borrow_mut(|shards| shards.put(org, shard));
    Ok(shard)
}

fn is_tenant_group(place: &TableNames) -> bool {
    place.contains("tickets")
}

/// The group of an organization, if it lies here.
fn find_group(org: Uuid) -> Result<Option<Rc<TableNames>>> {
    let group = group_of_shard(shard_of(org)?)?;
    Ok(is_tenant_group(&group).then_some(group))
}

fn entered_group() -> Option<Rc<TableNames>> {
    table_names::entered().filter(|place| is_tenant_group(place))
}

/// Whether the organization is one of those that statements are about: all of them, unless a group
/// was entered.
pub fn is_here(org: Uuid) -> Result<bool> {
    match entered_group() {
        Some(group) => Ok(shard_of(org)? == group.id),
        None => Ok(true),
    }
}

/// Whether a table can be locked here: not one of which only the coordinator has the rows.
pub fn has_table(table: &str) -> Result<bool> {
    Ok(table_names::current()?
        .is_none_or(|place| place.contains(table.strip_prefix("helpdesk.").unwrap_or(table))))
}

/// Enters the group of an organization, for a function that a policy or a view calls on a worker.
pub fn enter_organization(org: Uuid) -> Result<Option<Entered>> {
    if node()? != Node::Worker || entered_group().is_some() {
        return Ok(None);
    }
    Ok(find_group(org)?.map(enter))
}

/// Does what concerns an organization where it is. Triggers on shared tables, which fire on every
/// server, do it on one of them.
pub fn where_organization_is(org: Uuid, work: impl FnOnce() -> Result<()>) -> Result<()> {
    if node()? == Node::Single {
        return work();
    }
    match find_group(org)? {
        Some(group) => {
            let _group = enter(group);
            work()
        }
        None => Ok(()),
    }
}

/// Does something for all organizations here, group by group.
pub fn each_group(mut work: impl FnMut() -> Result<()>) -> Result<()> {
    match node()? {
        Node::Single => return work(),
        // Its functions read all organizations through Citus; its triggers leave them to workers.
        Node::Coordinator if table_names::entered().is_none() => return work(),
        Node::Coordinator => return Ok(()),
        Node::Worker => {}
    }
    if entered_group().is_some() {
        return work();
    }
    let shards =
        with_own_names(|| statement::read(SHARDS_HERE).fetch_all(&[], |row| row.get::<i64>(1)))?;
    for shard in shards.into_iter().flatten() {
        let _group = enter(group_of_shard(shard)?);
        work()?;
    }
    Ok(())
}

/// Enters the group of an organization whose call was sent here.
pub(super) fn enter_called(org: Uuid) -> Result<Entered> {
    find_group(org)?.map(enter).ok_or_else(|| internal("the organization is not on this server"))
}
