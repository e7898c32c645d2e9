-- Gives the columns the defaults that take_defaults.sql has taken away.

set local client_min_messages = warning;

do $$
declare
  item pg_catalog.record;
begin
  for item in
    select t.tgrelid::pg_catalog.regclass as relation, t.tgfoid::pg_catalog.regprocedure as function,
           -- The comment of each function ends with them.
           pg_catalog.substring(pg_catalog.obj_description(t.tgfoid, 'pg_proc'), 'they were (.*)$') as defaults
      from pg_catalog.pg_trigger t
      join pg_catalog.pg_class c on c.oid operator(pg_catalog.=) t.tgrelid
     where c.relnamespace operator(pg_catalog.=) 'helpdesk'::pg_catalog.regnamespace
       and t.tgname operator(pg_catalog.=) ' defaults'
  loop
    execute pg_catalog.format('alter table %s %s', item.relation, item.defaults);
    execute pg_catalog.format('drop trigger " defaults" on %s', item.relation);
    execute pg_catalog.format('drop function %s', item.function);
  end loop;
end
$$;
