-- Gives the columns the defaults that take_defaults.sql has taken away.

set local client_min_messages = warning;

do $$
declare
  item pg_catalog.record;
begin
  for item in
    select t.tgrelid::pg_catalog.regclass as relation, t.tgfoid::pg_catalog.regprocedure as function,
           (select pg_catalog.string_agg(pg_catalog.format('alter column %s set default %s', d.part[1], d.part[2]), ', ')
              from pg_catalog.regexp_matches(p.prosrc, 'then new[.]([^ ]+?) := (.*?); end if;', 'g') d (part)) as defaults
      from pg_catalog.pg_trigger t
      join pg_catalog.pg_proc p on p.oid operator(pg_catalog.=) t.tgfoid
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
