-- distribute(): makes the tables of one server those of a cluster, in one transaction. It runs on
-- the coordinator, as a superuser; {shard_count} is a number.

-- Citus repeats this on workers, which lack the extension if it was here before Citus was.
set local client_min_messages = warning;
create extension if not exists helpdesk;

set local client_min_messages = notice;
set local citus.shard_count = {shard_count};
set local citus.enable_unsafe_triggers = on;
-- One connection to each worker, because shared tables were changed in this transaction.
set local citus.multi_shard_modify_mode = 'sequential';

-- What Citus would lose or cannot take: foreign keys, triggers and comments.
create temporary table pg_temp.foreign_keys on commit drop as
select c.conrelid::pg_catalog.regclass::pg_catalog.text as relation, c.conname as name,
       pg_catalog.pg_get_constraintdef(c.oid) as definition
  from pg_catalog.pg_constraint c
 where c.contype operator(pg_catalog.=) 'f' and c.conparentid operator(pg_catalog.=) 0::pg_catalog.oid
   and c.connamespace operator(pg_catalog.=) 'helpdesk'::pg_catalog.regnamespace;

create temporary table pg_temp.triggers on commit drop as
select t.tgrelid::pg_catalog.regclass::pg_catalog.text as relation, t.tgname as name, t.tgenabled as mode,
       pg_catalog.pg_get_triggerdef(t.oid) as definition
  from pg_catalog.pg_trigger t
  join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) t.tgrelid
 where c.relnamespace operator(pg_catalog.=) 'helpdesk'::pg_catalog.regnamespace
   and c.relkind operator(pg_catalog.=) 'r' and not t.tgisinternal;

create temporary table pg_temp.comments on commit drop as
{comments};

do $$
declare
  shared constant pg_catalog.text[] := '{schema_version, installation_settings, profiles, organizations, org_members,
    notification_preferences}';
  item pg_catalog.record;
  tables pg_catalog.text[];
  done pg_catalog.int4 := 0;
begin
  for item in select * from pg_temp.triggers loop
    execute pg_catalog.format('drop trigger %I on %s', item.name, item.relation);
  end loop;
  for item in select * from pg_temp.foreign_keys loop
    execute pg_catalog.format('alter table %s drop constraint %I', item.relation, item.name);
  end loop;

  -- All tables with org_id but the shared ones and those that stay: workflows first, whose shards
  -- those of the others join.
  select pg_catalog.array_agg(c.relname::pg_catalog.text order by c.relname operator(pg_catalog.<>) 'workflows', c.relname)
    into tables
    from pg_catalog.pg_class c
    join pg_catalog.pg_attribute a on a.attrelid operator(pg_catalog.=) c.oid
                                  and a.attname operator(pg_catalog.=) 'org_id' and not a.attisdropped
   where c.relnamespace operator(pg_catalog.=) 'helpdesk'::pg_catalog.regnamespace
     and c.relkind operator(pg_catalog.=) 'r'
     and c.relname operator(pg_catalog.<>) all (pg_catalog.array_append(shared, 'org_invites')::pg_catalog.name[]);
  for item in
    select t.name, t.position, false as is_tenant
      from pg_catalog.unnest(shared) with ordinality t (name, position)
    union all
    select t.name, t.position, true
      from pg_catalog.unnest(tables) with ordinality t (name, position)
    order by is_tenant, position
  loop
    done := done operator(pg_catalog.+) 1;
    raise notice 'table % of %: %', done,
      pg_catalog.cardinality(shared) operator(pg_catalog.+) pg_catalog.cardinality(tables), item.name;
    set local client_min_messages = warning;
    if item.is_tenant then
      perform pg_catalog.create_distributed_table(pg_catalog.format('helpdesk.%I', item.name), 'org_id',
        colocate_with => case item.name when 'workflows' then 'none' else 'helpdesk.workflows' end);
    else
      perform pg_catalog.create_reference_table(pg_catalog.format('helpdesk.%I', item.name));
    end if;
    -- The rows here, which nobody would see any more and forget_person() would not find.
    perform pg_catalog.truncate_local_data_after_distributing_table(
      pg_catalog.format('helpdesk.%I', item.name)::pg_catalog.regclass);
    set local client_min_messages = notice;
  end loop;

  raise notice 'foreign keys and triggers';
  set local client_min_messages = warning;
  -- The key to auth.users is left out, because that table is not ours to change: the trigger on it
  -- keeps what the key keeps.
  for item in
    select * from pg_temp.foreign_keys f where f.name operator(pg_catalog.<>) 'profiles_auth_id_fkey'
  loop
    execute pg_catalog.format('alter table %s add constraint %I %s', item.relation, item.name, item.definition);
  end loop;
  for item in select * from pg_temp.triggers order by relation, name loop
    execute item.definition;
    if item.mode operator(pg_catalog.<>) 'O' then
      execute pg_catalog.format('alter table %s %s trigger %I', item.relation,
        case item.mode when 'A' then 'enable always' when 'R' then 'enable replica' else 'disable' end, item.name);
    end if;
  end loop;
end
$$;

select pg_catalog.create_distributed_function('auth.uid()');

-- On workers, Citus connects as the role that runs the statement. On the coordinator, nobody must.
do $$
declare
  role pg_catalog.name;
begin
  for role in
    select r.rolname from pg_catalog.pg_roles r
     where r.rolname operator(pg_catalog.=) any ('{helpdesk_owner,anon,authenticated,service_role}'::pg_catalog.name[])
       and not r.rolcanlogin
  loop
    execute pg_catalog.format('alter role %I login', role);
    perform pg_catalog.set_config('citus.enable_alter_role_propagation', 'off', true);
    execute pg_catalog.format('alter role %I nologin', role);
    perform pg_catalog.set_config('citus.enable_alter_role_propagation', 'on', true);
  end loop;
end
$$;

set local citus.enable_ddl_propagation = off;

do $$
declare
  item pg_catalog.record;
begin
  for item in select * from pg_temp.comments loop
    begin
      execute item.command;
    exception when undefined_object then null; -- The key to auth.users.
    end;
  end loop;
end
$$;

set local citus.enable_ddl_propagation = on;
