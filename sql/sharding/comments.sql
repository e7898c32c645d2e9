-- The commands that comment on tables, their columns, keys, indexes, triggers and policies.
select pg_catalog.format('comment on %s %s is %L',
         case o.type when 'table column' then 'column' when 'view column' then 'column'
                     when 'table constraint' then 'constraint' else o.type end,
         o.identity, d.description) as command
  from pg_catalog.pg_description d
 cross join lateral pg_catalog.pg_identify_object(d.classoid, d.objoid, d.objsubid) o
 where d.classoid operator(pg_catalog.=) any (array['pg_catalog.pg_class'::pg_catalog.regclass, 'pg_catalog.pg_constraint'::pg_catalog.regclass,
         'pg_catalog.pg_trigger'::pg_catalog.regclass, 'pg_catalog.pg_policy'::pg_catalog.regclass]::pg_catalog.oid[])
   and o.type operator(pg_catalog.=) any ('{table,"table column",view,"view column",index,"table constraint",trigger,policy}'::pg_catalog.text[])
   and o.identity ~ '(^| on )helpdesk\.'
