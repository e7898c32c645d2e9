-- Every column of the tables, by which migrate() recognizes the version of tables without one.
select format('%s.%s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod))
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid
 where c.relnamespace = 'helpdesk'::regnamespace and c.relkind = 'r'
   and a.attnum > 0 and not a.attisdropped
 order by c.relname collate "C", a.attname collate "C"
