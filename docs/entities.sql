-- Writes the diagrams of docs/model.md from the catalog of an installed helpdesk: one for each
-- domain. scripts/reference runs it, after filling the temporary table `domains`.
\set ON_ERROR_STOP 1
\pset format unaligned
\pset tuples_only on

-- Tables of helpdesk are named by themselves, others with their schema: Mermaid allows no dot.
create function pg_temp.entity(relation oid) returns text language sql as $$
  select replace(regexp_replace(relation::regclass::text, '^helpdesk\.', ''), '.', '_')
$$;

create temporary view entities as
  select c.oid, pg_temp.entity(c.oid) as name, d.domain
    from pg_class c join domains d on d.kind = 'relation' and d.name = c.relname
   where c.relnamespace = 'helpdesk'::regnamespace and c.relkind = 'r';

-- Foreign keys, without org_id, which is a part of nearly all of them, unless it is all there is.
create temporary view links as
  select k.conrelid, k.confrelid, k.conkey, bool_and(a.attnotnull) as is_required,
         string_agg(a.attname, ', ' order by a.attnum) as columns
    from pg_constraint k
    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any (k.conkey)
   where k.contype = 'f' and k.connamespace = 'helpdesk'::regnamespace
     and (a.attname <> 'org_id' or cardinality(k.conkey) = 1)
   group by k.oid;

-- Whether the columns of a foreign key are unique: then there is at most one row for each target.
create function pg_temp.is_unique(relation oid, key smallint[]) returns boolean language sql as $$
  select exists (select from pg_index i
                  where i.indrelid = relation and i.indisunique and i.indpred is null
                    and i.indkey::smallint[] <@ key)
$$;

-- Mermaid allows no blanks in types.
create function pg_temp.short_type(type oid) returns text language sql as $$
  select replace(replace(regexp_replace(format_type(type, null), '^helpdesk\.', ''), 'timestamp with time zone', 'timestamptz'), ' ', '_')
$$;

-- A column as Mermaid writes it: its type, its name, and whether it is a key.
create function pg_temp.attribute(relation oid, number smallint) returns text language sql as $$
  select format('    %s %s%s', pg_temp.short_type(a.atttypid), a.attname,
                coalesce(' ' || nullif(concat_ws(', ',
                  case when exists (select from pg_constraint k where k.conrelid = relation and k.contype = 'p' and number = any (k.conkey))
                       then 'PK' end,
                  case when exists (select from pg_constraint k where k.conrelid = relation and k.contype = 'f' and number = any (k.conkey))
                       then 'FK' end), ''), ''))
    from pg_attribute a where a.attrelid = relation and a.attnum = number
$$;

select format(E'\n### %s\n\n```mermaid\nerDiagram\n%s\n%s\n```', initcap(e.domain),
              (select string_agg(format(E'  %s {\n%s\n  }', t.name,
                                        (select string_agg(pg_temp.attribute(t.oid, a.attnum), E'\n' order by a.attnum)
                                           from pg_attribute a
                                          where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped)),
                                 E'\n' order by t.name)
                 from entities t where t.domain = e.domain),
              (select string_agg(format('  %s %s--%s %s : "%s"', pg_temp.entity(l.conrelid),
                                        case when pg_temp.is_unique(l.conrelid, l.conkey) then '|o' else '}o' end,
                                        case when l.is_required then '||' else 'o|' end,
                                        pg_temp.entity(l.confrelid), l.columns),
                                 E'\n' order by pg_temp.entity(l.conrelid), l.columns, pg_temp.entity(l.confrelid))
                 from links l join entities t on t.oid = l.conrelid where t.domain = e.domain))
  from (select distinct domain from entities) e order by e.domain;
