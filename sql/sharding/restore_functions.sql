-- Restores the functions that route_functions.sql has replaced.

set local citus.enable_ddl_propagation = off;

do $$
declare
  item pg_catalog.record;
begin
  for item in
    select p.proname, pg_catalog.pg_get_function_arguments(p.oid) as arguments,
           pg_catalog.pg_get_function_result(p.oid) as result, p.prosecdef, p.proisstrict, p.provolatile,
           pg_catalog.substring(p.prosrc, '^-- (\w+)\n') as symbol
      from helpdesk.function_routes() r
      join pg_catalog.pg_proc p on p.proname operator(pg_catalog.=) r.function_name::pg_catalog.name
                                and p.pronamespace operator(pg_catalog.=) 'helpdesk'::pg_catalog.regnamespace
      join pg_catalog.pg_language l on l.oid operator(pg_catalog.=) p.prolang and l.lanname operator(pg_catalog.=) 'plpgsql'
      join pg_catalog.pg_depend d on d.objid operator(pg_catalog.=) p.oid and d.deptype operator(pg_catalog.=) 'e'
      join pg_catalog.pg_extension e on e.oid operator(pg_catalog.=) d.refobjid and e.extname operator(pg_catalog.=) 'helpdesk'
  loop
    execute pg_catalog.format(
      'create or replace function helpdesk.%I(%s) returns %s language c %s %s %s %s set search_path = pg_catalog, pg_temp as %L, %L',
      item.proname, item.arguments, item.result,
      case item.provolatile when 'v' then 'volatile' else 'stable' end,
      case item.provolatile when 'v' then 'parallel unsafe' else 'parallel safe' end,
      case when item.prosecdef then 'security definer' else '' end,
      case when item.proisstrict then 'strict' else '' end,
      '$libdir/helpdesk', item.symbol);
  end loop;
end
$$;
