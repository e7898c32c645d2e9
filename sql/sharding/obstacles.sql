-- What keeps the tables from being distributed, and what to do; no row if nothing does.
select o.problem, o.remedy from (
  select 'Citus knows no worker', 'SELECT citus_add_node(''host'', 5432) for each.', 1
   where not exists (select from pg_dist_node n where n.groupid <> 0 and n.isactive and n.noderole = 'primary')
  union all
  select 'the coordinator does not know itself', 'SELECT citus_set_coordinator_host(''host'', 5432).', 2
   where not exists (select from pg_dist_node n where n.groupid = 0)
  union all
  select 'the coordinator holds shards', 'SELECT citus_set_node_property(host, port, ''shouldhaveshards'', false) for it.', 3
   where exists (select from pg_dist_node n where n.groupid = 0 and n.shouldhaveshards)
  union all
  select 'this server is a worker', 'Call it on the coordinator.', 0
   where exists (select from pg_dist_local_group g where g.groupid <> 0)
  union all
  -- A move of a shard reads how far the log is written, and misses what is not.
  select 'synchronous_commit is off, with which moving a shard loses committed rows',
         'ALTER SYSTEM SET synchronous_commit = on, on all servers.', 4
   where current_setting('synchronous_commit') = 'off'
  union all
  select format('the foreign key %I of table %s, which is not distributed', c.conname, c.conrelid::regclass),
         'Drop it: no key can refer to, or from, a table outside.', 5
    from pg_constraint c
   where c.contype = 'f'
     and (c.connamespace = 'helpdesk'::regnamespace)
         <> ((select r.relnamespace from pg_class r where r.oid = c.confrelid) = 'helpdesk'::regnamespace)
     and not (c.conname = 'profiles_auth_id_fkey' and c.conrelid = 'helpdesk.profiles'::regclass)
  union all
  select format('the table %s has org_id and is not of helpdesk', c.oid::regclass), 'Move it to another schema.', 6
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'org_id' and not a.attisdropped
   where c.relnamespace = 'helpdesk'::regnamespace and c.relkind in ('r', 'p', 'f')
     and c.relowner <> 'helpdesk_owner'::regrole
) o (problem, remedy, position)
order by o.position limit 1
