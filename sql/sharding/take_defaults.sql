-- Citus evaluates defaults on the coordinator: a row would seem to be older than the transaction on
-- the worker, and its INSERT names columns that users may not write. So a trigger fills these in,
-- until restore_defaults.sql gives the columns their defaults again.

set local citus.enable_unsafe_triggers = on;
do $$
declare
  item pg_catalog.record;
begin
  for item in
    select c.oid::pg_catalog.regclass as relation, c.relname,
           pg_catalog.string_agg(pg_catalog.format('  if new.%1$I is null then new.%1$I := %2$s; end if;',
             a.attname, pg_catalog.pg_get_expr(d.adbin, d.adrelid)), E'\n' order by a.attnum) as assignments,
           pg_catalog.string_agg(pg_catalog.format('alter column %I drop default', a.attname), ', ') as drops
      from pg_catalog.pg_class c
      join pg_catalog.pg_dist_partition p on p.logicalrelid operator(pg_catalog.=) c.oid
                                         and p.partmethod operator(pg_catalog.=) 'h'
      join pg_catalog.pg_attribute a on a.attrelid operator(pg_catalog.=) c.oid and not a.attisdropped
      join pg_catalog.pg_attrdef d on d.adrelid operator(pg_catalog.=) c.oid
                                  and d.adnum operator(pg_catalog.=) a.attnum
     where c.relnamespace operator(pg_catalog.=) 'helpdesk'::pg_catalog.regnamespace
       and a.attgenerated operator(pg_catalog.=) ''
       and pg_catalog.has_any_column_privilege('authenticated', c.oid, 'insert')
       and not pg_catalog.has_column_privilege('authenticated', c.oid, a.attnum, 'insert')
     group by c.oid
  loop
    execute pg_catalog.format(
      'create function helpdesk.%I() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as %L',
      item.relname operator(pg_catalog.||) '_defaults', E'begin\n' operator(pg_catalog.||) item.assignments operator(pg_catalog.||) E'\n  return new;\nend');
    execute pg_catalog.format('alter function helpdesk.%I() owner to helpdesk_owner', item.relname operator(pg_catalog.||) '_defaults');
    execute pg_catalog.format('revoke all on function helpdesk.%I() from public', item.relname operator(pg_catalog.||) '_defaults');
    execute pg_catalog.format('comment on function helpdesk.%I() is %L', item.relname operator(pg_catalog.||) '_defaults',
      'Trigger function: fills in the defaults of columns on a cluster.');
    execute pg_catalog.format('alter table %s %s', item.relation, item.drops);
    -- Before all others, which fire in the order of their names.
    execute pg_catalog.format('create trigger " defaults" before insert on %s for each row execute function helpdesk.%I()',
      item.relation, item.relname operator(pg_catalog.||) '_defaults');
  end loop;
end
$$;
