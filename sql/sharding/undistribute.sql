-- undistribute(): brings all rows back to the coordinator, in one transaction, as a superuser.

set local client_min_messages = notice;
set local citus.enable_unsafe_triggers = on;
set local citus.multi_shard_modify_mode = 'sequential';

create temporary table pg_temp.foreign_keys on commit drop as
select c.conrelid::pg_catalog.regclass::pg_catalog.text as relation, c.conname as name,
       pg_catalog.pg_get_constraintdef(c.oid) as definition
  from pg_catalog.pg_constraint c
  -- Not those of shards here.
  join pg_catalog.pg_dist_partition p on p.logicalrelid operator(pg_catalog.=) c.conrelid
 where c.contype operator(pg_catalog.=) 'f' and c.conparentid operator(pg_catalog.=) 0::pg_catalog.oid
   and c.connamespace operator(pg_catalog.=) 'helpdesk'::pg_catalog.regnamespace;

create temporary table pg_temp.triggers on commit drop as
select t.tgrelid::pg_catalog.regclass::pg_catalog.text as relation, t.tgname as name, t.tgenabled as mode, c.relkind as kind,
       pg_catalog.pg_get_triggerdef(t.oid) as definition
  from pg_catalog.pg_trigger t
  join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) t.tgrelid
  left join pg_catalog.pg_dist_partition p on p.logicalrelid operator(pg_catalog.=) c.oid
 where c.relnamespace operator(pg_catalog.=) 'helpdesk'::pg_catalog.regnamespace
   and (p.logicalrelid is not null or c.relkind operator(pg_catalog.=) 'v') and not t.tgisinternal;

-- Citus creates views of these tables again, without owner and grants.
create temporary table pg_temp.view_rights on commit drop as
with views as (
  select distinct v.oid, v.oid::pg_catalog.regclass::pg_catalog.text as name, v.relowner, v.relacl
    from pg_catalog.pg_depend d
    join pg_catalog.pg_rewrite r on r.oid operator(pg_catalog.=) d.objid and d.classid operator(pg_catalog.=) 'pg_catalog.pg_rewrite'::pg_catalog.regclass
    join pg_catalog.pg_class v on v.oid operator(pg_catalog.=) r.ev_class and v.relkind operator(pg_catalog.=) 'v'
    join pg_catalog.pg_class t on t.oid operator(pg_catalog.=) d.refobjid
   where t.relnamespace operator(pg_catalog.=) 'helpdesk'::pg_catalog.regnamespace)
select pg_catalog.format('alter view %s owner to %s', v.name, v.relowner::pg_catalog.regrole) as command
  from views v
union all
select pg_catalog.format('grant %s on %s to %s', a.privilege_type, v.name,
         case a.grantee when 0::pg_catalog.oid then 'public' else a.grantee::pg_catalog.regrole::pg_catalog.text end)
  from views v, pg_catalog.aclexplode(v.relacl) a
 where a.grantee operator(pg_catalog.<>) v.relowner;

create temporary table pg_temp.comments on commit drop as
{comments};

do $$
declare
  item pg_catalog.record;
  done pg_catalog.int4 := 0;
  total pg_catalog.int8;
begin
  -- Keeps Citus from converting the tables that stayed here while their keys are dropped.
  perform pg_catalog.citus_add_local_table_to_metadata(p.logicalrelid)
    from pg_catalog.pg_dist_partition p
    join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) p.logicalrelid
   where c.relnamespace operator(pg_catalog.=) 'helpdesk'::pg_catalog.regnamespace and p.autoconverted;
  for item in select * from pg_temp.triggers t where t.kind operator(pg_catalog.<>) 'v' loop
    execute pg_catalog.format('drop trigger %I on %s', item.name, item.relation);
  end loop;
  for item in select * from pg_temp.foreign_keys loop
    execute pg_catalog.format('alter table %s drop constraint %I', item.relation, item.name);
  end loop;

  select pg_catalog.count(*) into total
    from pg_catalog.pg_dist_partition p
    join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) p.logicalrelid
   where c.relnamespace operator(pg_catalog.=) 'helpdesk'::pg_catalog.regnamespace;
  for item in
    select p.logicalrelid::pg_catalog.regclass::pg_catalog.text as relation
      from pg_catalog.pg_dist_partition p
      join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) p.logicalrelid
     where c.relnamespace operator(pg_catalog.=) 'helpdesk'::pg_catalog.regnamespace
     order by c.relname
  loop
    done := done operator(pg_catalog.+) 1;
    raise notice 'table % of %: %', done, total, item.relation;
    set local client_min_messages = warning;
    perform pg_catalog.undistribute_table(item.relation::pg_catalog.regclass);
    set local client_min_messages = notice;
  end loop;

  raise notice 'foreign keys and triggers';
  for item in select * from pg_temp.foreign_keys loop
    execute pg_catalog.format('alter table %s add constraint %I %s', item.relation, item.name, item.definition);
  end loop;
  for item in select * from pg_temp.triggers order by relation, name loop
    execute item.definition;
    if item.mode operator(pg_catalog.<>) 'O' then
      execute pg_catalog.format('alter table %s %s trigger %I', item.relation,
        case item.mode when 'A' then 'enable always' when 'R' then 'enable replica' else 'disable' end, item.name);
    end if;
  end loop;

  -- Postgres 18 names NOT NULL, after the name that the table had while it was copied.
  for item in
    select c.conrelid::pg_catalog.regclass as relation, c.conname,
           pg_catalog.format('%s_%s_not_null', t.relname, a.attname) as name
      from pg_catalog.pg_constraint c
      join pg_catalog.pg_class t on t.oid operator(pg_catalog.=) c.conrelid and t.relkind operator(pg_catalog.=) 'r'
      join pg_catalog.pg_attribute a on a.attrelid operator(pg_catalog.=) t.oid and a.attnum operator(pg_catalog.=) c.conkey[1]
     where c.contype operator(pg_catalog.=) 'n' and c.connamespace operator(pg_catalog.=) 'helpdesk'::pg_catalog.regnamespace
       and c.conname::pg_catalog.text operator(pg_catalog.~) '_\d+_.*_not_null$'
  loop
    execute pg_catalog.format('alter table %s rename constraint %I to %I', item.relation, item.conname, item.name);
  end loop;

  for item in select * from pg_temp.view_rights loop
    execute item.command;
  end loop;
  for item in select * from pg_temp.comments loop
    begin
      execute item.command;
    exception when undefined_object or undefined_table then null; -- Those of shards.
    end;
  end loop;
end
$$;
