-- Replaces functions by ones that send the call to where the organization is. Same name, arguments,
-- owner and rights. The symbol of the function in the library stands in the first line, for
-- restore_functions.sql. Runs on the coordinator; workers keep the functions.

set local citus.enable_ddl_propagation = off;

do $$
declare
  item pg_catalog.record;
  call pg_catalog.text;
  body pg_catalog.text;
begin
  for item in
    select p.oid::pg_catalog.regprocedure::pg_catalog.text as signature, p.proname, p.prosrc, r.route, p.proretset,
           p.provolatile operator(pg_catalog.=) 'v' as writes, p.prosecdef, p.proisstrict,
           coalesce(p.proargnames, '{}') as names,
           pg_catalog.pg_get_function_arguments(p.oid) as arguments,
           pg_catalog.pg_get_function_result(p.oid) as result,
           coalesce((select pg_catalog.string_agg(pg_catalog.format('$%s::pg_catalog.text', n), ', ' order by n)
              from pg_catalog.generate_series(1, p.pronargs) n), '') as texts,
           -- The same with the organization of a loop in place of p_org_id.
           coalesce((select pg_catalog.string_agg(case p.proargnames[n] when 'p_org_id' then 'org::pg_catalog.text'
                              else pg_catalog.format('$%s::pg_catalog.text', n) end, ', ' order by n)
              from pg_catalog.generate_series(1, p.pronargs) n), '') as texts_of_org
      from helpdesk.function_routes() r
      join pg_catalog.pg_proc p on p.proname operator(pg_catalog.=) r.function_name::pg_catalog.name
                                and p.pronamespace operator(pg_catalog.=) 'helpdesk'::pg_catalog.regnamespace
      join pg_catalog.pg_language l on l.oid operator(pg_catalog.=) p.prolang and l.lanname operator(pg_catalog.=) 'c'
     where r.route operator(pg_catalog.<>) 'coordinator'
  loop
    call := pg_catalog.format('helpdesk.call_organization(%L, %%s, %s, array[%%s]::pg_catalog.text[])', item.signature, case when item.writes then 'true' else 'false' end);
    body := case
      -- The worker finds all people there, so it counts none.
      when item.route operator(pg_catalog.=) 'import' then pg_catalog.format(
        $body$  declare
    people constant pg_catalog.int8 := helpdesk.create_missing_people(p_org_id, helpdesk.find_missing_people(p_org_id, p_rows)::pg_catalog.jsonb);
  begin
    return pg_catalog.replace(%s, '"people":0', pg_catalog.format('"people":%%s', people));
  end;$body$, pg_catalog.format(call, 'p_org_id', item.texts))
      when item.route operator(pg_catalog.=) 'workers' and item.proretset then pg_catalog.format(
        $body$  return query select r.* from helpdesk.call_workers(%L, array[%s]::pg_catalog.text[]) a (answer)
    cross join lateral pg_catalog.json_to_record(a.answer::pg_catalog.json) as r (%s);$body$
        operator(pg_catalog.||) case item.proname when 'verify_derived_data' then E'\n  return query select * from helpdesk.verify_profiles();' else '' end,
        item.signature, item.texts, pg_catalog.regexp_replace(item.result, '^TABLE\((.*)\)$', '\1'))
      when item.route operator(pg_catalog.=) 'workers' and item.result operator(pg_catalog.=) 'void' then pg_catalog.format(
        '  perform helpdesk.call_workers(%L, array[%s]::pg_catalog.text[]);'
        -- Last, because the workers wait for those who have written.
        operator(pg_catalog.||) case item.proname when 'rebuild_derived_data' then E'\n  perform helpdesk.rebuild_profiles();' else '' end,
        item.signature, item.texts)
      when item.route operator(pg_catalog.=) 'workers' then pg_catalog.format(
        $body$  return (select coalesce(pg_catalog.sum(a.answer::pg_catalog.int8), 0)
            from helpdesk.call_workers(%L, array[%s]::pg_catalog.text[]) a (answer));$body$, item.signature, item.texts)
      when item.route operator(pg_catalog.=) 'my_organizations' then pg_catalog.format(
        $body$  if p_org_id is null and pg_catalog.cardinality(helpdesk.my_org_ids()) operator(pg_catalog.>) 0 then
    return (select pg_catalog.sum(%s::pg_catalog.int8) from pg_catalog.unnest(helpdesk.my_org_ids()) org);
  end if;
  return %s;$body$,
        pg_catalog.format(call, 'org', item.texts_of_org), pg_catalog.format(call, 'p_org_id', item.texts))
      -- The answers of several organizations make one.
      when item.route operator(pg_catalog.=) 'tickets' then pg_catalog.format(
        $body$  if p_org_id is null and (select pg_catalog.count(*) from helpdesk.find_organizations(p_ticket_ids)) operator(pg_catalog.>) 1 then
    return (select pg_catalog.json_build_object(
                     'updated', pg_catalog.sum((a.answer->>'updated')::pg_catalog.int8),
                     'tickets', pg_catalog.json_agg(t.ticket order by t.ticket->>'id'))
              from (select f.ids, %s::pg_catalog.json
                      from (select o.organization, o.ids from helpdesk.find_organizations(p_ticket_ids) o) f (org, ids)) a (ids, answer)
             cross join lateral pg_catalog.json_array_elements(a.answer->'tickets') t (ticket));
  end if;
  return %s;$body$,
        pg_catalog.format(call, 'f.org', pg_catalog.replace(item.texts_of_org, '$1::', 'f.ids::')),
        pg_catalog.format(call, 'coalesce(p_org_id, helpdesk.find_organization(''tickets'', p_ticket_ids[1]))', item.texts))
      when item.route operator(pg_catalog.=) 'any_organization' then pg_catalog.format(
        case item.result when 'void' then $body$  if p_org_id is null then
    perform %s from helpdesk.organizations o, lateral (select o.id) x (org);
  else
    perform %s;
  end if;$body$
        else $body$  if p_org_id is null then
    return (select coalesce(pg_catalog.sum(%s::pg_catalog.int8), 0) from helpdesk.organizations o, lateral (select o.id) x (org));
  end if;
  return %s;$body$ end,
        pg_catalog.format(call, 'org', item.texts_of_org), pg_catalog.format(call, 'p_org_id', item.texts))
      else pg_catalog.format(
        case when item.result operator(pg_catalog.=) 'void' then '  perform %s;' else '  return %s;' end,
        pg_catalog.format(call,
          case
            when item.route operator(pg_catalog.=) 'path' then 'helpdesk.organization_of_path(p_storage_path)'
            when item.route operator(pg_catalog.=) any ('{ticket,article,workflow}')
                 and pg_catalog.format('p_%s_id', item.route) operator(pg_catalog.=) any (item.names) then
              pg_catalog.format(
                case when 'p_org_id' operator(pg_catalog.=) any (item.names) then 'coalesce(p_org_id, %s)' else '%s' end,
                pg_catalog.format('helpdesk.find_organization(%L, p_%s_id)',
                  item.route operator(pg_catalog.||) 's', item.route))
            else 'p_org_id'
          end, item.texts))
      end;
    -- A person's first call creates their profile, which is shared, so not on a worker.
    if item.writes and item.prosecdef and item.route operator(pg_catalog.<>) all ('{workers,any_organization}') then
      body := E'  perform helpdesk.ensure_profile();\n' operator(pg_catalog.||) body;
    end if;
    execute pg_catalog.format(
      'create or replace function helpdesk.%I(%s) returns %s language plpgsql %s parallel unsafe %s %s set search_path = pg_catalog, pg_temp as %L',
      item.proname, item.arguments, item.result, case when item.writes then 'volatile' else 'stable' end,
      case when item.prosecdef then 'security definer' else '' end,
      case when item.proisstrict then 'strict' else '' end,
      pg_catalog.format(E'-- %s\n#variable_conflict use_column\nbegin\n%s\nend', item.prosrc, body));
  end loop;
end
$$;
