-- Prints what the generator needs of the catalog, as one JSON document: the enums, the tables and
-- views that an API role reads or writes, and the functions that it calls.
\set ON_ERROR_STOP 1
\pset format unaligned
\pset tuples_only on

create temporary view api_roles as
  select oid from pg_roles where rolname in ('anon', 'authenticated', 'service_role');

create temporary view relations as
  select c.oid, c.relname::text as name, c.relkind
    from pg_class c
   where c.relnamespace = 'helpdesk'::regnamespace and c.relkind in ('r', 'v')
     and exists (select from api_roles r where has_any_column_privilege(r.oid, c.oid, 'select, insert, update'));

-- A type by the name of the enum in helpdesk, or by that of Postgres; is_list for its arrays.
create function pg_temp.type_json(type oid, constrained jsonb default null) returns jsonb language sql as $$
  select jsonb_build_object('name', coalesce(e.typname, t.typname), 'isList', e.oid is not null,
                            'isEnum', coalesce(e.typtype, t.typtype) = 'e', 'values', constrained)
    from pg_type t left join pg_type e on t.typcategory = 'A' and e.oid = t.typelem
   where t.oid = type
$$;

-- The values that a CHECK of the form `column in (..)` allows.
create function pg_temp.allowed_values(relation oid, attribute smallint) returns jsonb language sql as $$
  select jsonb_agg(value[1] order by number)
    from pg_constraint k,
         regexp_match(pg_get_constraintdef(k.oid), '^CHECK \(\(\w+ = ANY \(ARRAY\[([^]]*)\]\)\)\)$') list,
         regexp_matches(list[1], '''([^'']*)''', 'g') with ordinality matches (value, number)
   where k.contype = 'c' and k.conrelid = relation and k.conkey = array[attribute]
$$;

-- The column of a table that a column of a view shows unchanged. Postgres records it in the rule of
-- the view, as resorigtbl and resorigcol. The columns of sub-selects have other names or numbers.
create temporary view view_columns as
  select c.oid as view, a.attnum, origin[1]::oid as relation, origin[2]::smallint as attribute
    from relations c
    join pg_rewrite r on r.ev_class = c.oid
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0,
         regexp_match(r.ev_action, format(':resno %s :resname %s :ressortgroupref \d+ :resorigtbl (\d+) :resorigcol (\d+)', a.attnum, a.attname)) origin
   where c.relkind = 'v' and origin[1] <> '0';

create temporary view foreign_keys as
  select k.conname::text as name, k.conrelid as relation, k.conkey as columns, k.confrelid::regclass as referenced,
         (select jsonb_agg(a.attname order by n) from unnest(k.confkey) with ordinality u (number, n)
            join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.number) as referenced_columns,
         exists (select from pg_index i
                  where i.indrelid = k.conrelid and i.indisunique and i.indpred is null and i.indexprs is null
                    and i.indkey::smallint[] <@ k.conkey and i.indkey::smallint[] @> k.conkey) as is_one_to_one
    from pg_constraint k
   where k.contype = 'f' and k.conrelid in (select c.oid from pg_class c where c.relnamespace = 'helpdesk'::regnamespace)
     and k.confrelid in (select oid from relations);

create function pg_temp.names_of(relation oid, numbers smallint[]) returns jsonb language sql as $$
  select jsonb_agg(a.attname order by n) from unnest(numbers) with ordinality u (number, n)
    join pg_attribute a on a.attrelid = relation and a.attnum = u.number
$$;

-- A view has the foreign keys of which it shows all columns.
create temporary view relationships as
  select f.relation, f.name, pg_temp.names_of(f.relation, f.columns) as columns, f.is_one_to_one, f.referenced, f.referenced_columns
    from foreign_keys f
  union all
  select v.view, f.name,
         (select jsonb_agg(a.attname order by array_position(f.columns, w.attribute))
            from view_columns w join pg_attribute a on a.attrelid = w.view and a.attnum = w.attnum
           where w.view = v.view and w.relation = f.relation and w.attribute = any (f.columns)),
         f.is_one_to_one, f.referenced, f.referenced_columns
    from foreign_keys f
    join (select view, relation, array_agg(attribute) as shown from view_columns group by view, relation) v
      on v.relation = f.relation and f.columns <@ v.shown;

create function pg_temp.may(privilege text, relation oid, attribute smallint) returns boolean language sql as $$
  select exists (select from api_roles r where has_column_privilege(r.oid, relation, attribute, privilege))
$$;

create temporary view columns as
  select a.attrelid as relation, a.attnum,
         jsonb_build_object(
           'name', a.attname,
           'type', pg_temp.type_json(a.atttypid, pg_temp.allowed_values(coalesce(v.relation, a.attrelid), coalesce(v.attribute, a.attnum))),
           'isNullable', not coalesce(o.attnotnull, a.attnotnull),
           'hasDefault', a.atthasdef or a.attidentity <> '',
           'mayInsert', pg_temp.may('insert', a.attrelid, a.attnum),
           'mayUpdate', pg_temp.may('update', a.attrelid, a.attnum),
           'comment', col_description(a.attrelid, a.attnum)) as json
    from relations c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join view_columns v on v.view = c.oid and v.attnum = a.attnum
    left join pg_attribute o on o.attrelid = v.relation and o.attnum = v.attribute;

create temporary view functions as
  select p.proname::text as name,
         jsonb_build_object(
           'name', p.proname, 'comment', obj_description(p.oid, 'pg_proc'), 'reads', p.provolatile <> 'v', 'returnsSet', p.proretset,
           'callers', (select jsonb_agg(rolname order by rolname) from pg_roles
                        where oid in (select oid from api_roles) and has_function_privilege(oid, p.oid, 'execute')),
           'result', pg_temp.type_json(p.prorettype),
           'table', (select jsonb_agg(jsonb_build_object('name', p.proargnames[n], 'type', pg_temp.type_json(p.proallargtypes[n])) order by n)
                       from generate_subscripts(p.proallargtypes, 1) n where p.proargmodes[n] = 't'),
           'args', (select coalesce(jsonb_agg(jsonb_build_object(
                             'name', p.proargnames[n], 'type', pg_temp.type_json(p.proargtypes[n - 1]),
                             'isOptional', n > p.pronargs - p.pronargdefaults,
                             'mayBeNull', coalesce(pg_get_function_arg_default(p.oid, n) ~* '^null', false)) order by n), '[]')
                      from generate_series(1, p.pronargs) n)) as json
    from pg_proc p
   where p.pronamespace = 'helpdesk'::regnamespace and p.prorettype <> 'trigger'::regtype
     and exists (select from api_roles r where has_function_privilege(r.oid, p.oid, 'execute'));

select jsonb_pretty(jsonb_build_object(
  'version', (select extversion from pg_extension where extname = 'helpdesk'),
  'enums', (select jsonb_agg(jsonb_build_object(
              'name', t.typname, 'comment', obj_description(t.oid, 'pg_type'),
              'labels', (select jsonb_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid))
              order by t.typname)
              from pg_type t where t.typnamespace = 'helpdesk'::regnamespace and t.typtype = 'e'),
  'relations', (select jsonb_agg(jsonb_build_object(
                  'name', c.name, 'isView', c.relkind = 'v', 'comment', obj_description(c.oid, 'pg_class'),
                  'columns', (select jsonb_agg(a.json order by a.attnum) from columns a where a.relation = c.oid),
                  'relationships', (select coalesce(jsonb_agg(jsonb_build_object(
                                      'foreignKeyName', f.name, 'columns', f.columns, 'isOneToOne', f.is_one_to_one,
                                      'referencedRelation', replace(f.referenced::text, 'helpdesk.', ''),
                                      'referencedColumns', f.referenced_columns) order by f.name), '[]')
                                      from relationships f where f.relation = c.oid))
                  order by c.name)
                  from relations c),
  'functions', (select jsonb_agg(f.json order by f.name, f.json::text) from functions f)));
