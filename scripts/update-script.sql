-- The generated parts of an update script: :part is before or after migrate(). The file $CATALOG
-- has the catalog of the older release, as tests/upgrade/catalog.sql prints it.
\set ON_ERROR_STOP 1
set search_path = pg_catalog, pg_temp;
\set catalog `cat "$CATALOG"`

create temporary table released as
  with facts as (
    select m[1] as name, m[2] as kind, m[3] as value
      from string_to_table(:'catalog', E'\n') line,
           regexp_match(line, '^function (helpdesk\..*\)): (arguments|returns|symbol) (.*)$') m
     where m is not null
  )
  select a.name, a.value as arguments, r.value as result, s.value as symbol,
         substring(a.name from '\(.*\)$') as types
    from facts a join facts r using (name) join facts s using (name)
   where (a.kind, r.kind, s.kind) = ('arguments', 'returns', 'symbol');

create temporary table current as
  select p.oid, p.oid::regprocedure::text as name, pg_get_function_arguments(p.oid) as arguments,
         pg_get_function_result(p.oid) as result, p.prosrc as symbol,
         substring(p.oid::regprocedure::text from '\(.*\)$') as types
    from pg_proc p
    join pg_depend d on d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
    join pg_extension e on e.oid = d.refobjid and e.extname = 'helpdesk';

create temporary table released_types as
  select m[1] as name, m[2]::text[] as labels
    from string_to_table(:'catalog', E'\n') line, regexp_match(line, '^type (helpdesk\.\w+): (\{.*\}), owner') m
   where m is not null;

create temporary table current_types as
  select t.oid::regtype::text as name, array_agg(e.enumlabel::text order by e.enumsortorder) as labels,
         obj_description(t.oid, 'pg_type') as comment
    from pg_type t join pg_enum e on e.enumtypid = t.oid
   where t.typnamespace = 'helpdesk'::regnamespace group by t.oid;

-- The library would read the arguments of the old function as those of the new one.
do $$
declare
  clash text;
begin
  select string_agg(format('%s was %s returns %s', c.name, r.name, r.result), '; ') into clash
    from current c join released r using (symbol)
   where (c.types, c.result) <> (r.types, r.result);
  if clash is not null then
    raise exception 'a symbol has other arguments or another result: %', clash using
      hint = 'Rename the Rust function, keep its SQL name with #[pg_extern(name = "..")], and add the old symbol to src/platform/retired.rs.';
  end if;
end
$$;

select :'part' = 'before' as is_before \gset
\if :is_before
select format('select helpdesk.check_library(%L);', extversion) || E'\n' from pg_extension where extname = 'helpdesk';

select format('create type %s as enum (%s);', c.name, (select string_agg(quote_literal(label), ', ') from unnest(c.labels) label))
       || format(E'\nalter type %s owner to helpdesk_owner;\n', c.name)
  from current_types c where c.name not in (select name from released_types)
 order by c.name collate "C";

-- Each new label comes after the one that it follows. Postgres uses it only after the update.
select format('alter type %s add value %L %s;', c.name, label,
              case when i = 1 then format('before %L', r.labels[1]) else format('after %L', c.labels[i - 1]) end) || E'\n'
  from current_types c join released_types r using (name), unnest(c.labels) with ordinality l (label, i)
 where label <> all (r.labels)
 order by c.name collate "C", i;

select format('comment on type %s is %L;', name, comment) || E'\n' from current_types order by name collate "C";

-- CREATE OR REPLACE changes neither the result nor the names and defaults of arguments.
select format('drop function %s;', r.name) || E'\n'
  from released r join current c using (name)
 where (r.arguments, r.result) <> (c.arguments, c.result)
 order by r.name collate "C";

select rtrim(replace(pg_get_functiondef(oid), '$libdir/helpdesk', 'MODULE_PATHNAME'), E'\n') || E';\n'
  from current order by name collate "C";
\else
select format(E'\ndrop function %s;', r.name)
  from released r where r.name not in (select name from current)
 order by r.name collate "C";
\endif
