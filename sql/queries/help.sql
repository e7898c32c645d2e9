-- What helpdesk has and the caller may use: $1 names, or those that the word $2 occurs in. $3:
-- whether the description is the whole COMMENT or its first sentence.
with entries as (
  select p.proname::text as name, 1 as place, obj_description(p.oid, 'pg_proc') as comment,
         format('%s helpdesk.%I(%s);',
                case when p.prokind = 'p' then 'call' when p.proretset then 'select * from' else 'select' end,
                p.proname,
                (select string_agg(format('%I => :%L', a.name, regexp_replace(a.name, '^p_', '')), ', ' order by a.n)
                   from unnest(p.proargnames) with ordinality a (name, n)
                  where a.n <= p.pronargs - p.pronargdefaults)) as example
    from pg_proc p
   where p.pronamespace = 'helpdesk'::regnamespace and p.prorettype <> 'trigger'::regtype
     and has_function_privilege(p.oid, 'execute')
  union all
  select c.relname, 2, obj_description(c.oid, 'pg_class'), format('select * from helpdesk.%I limit 10;', c.relname)
    from pg_class c
   where c.relnamespace = 'helpdesk'::regnamespace and c.relkind in ('r', 'v', 'p', 'm')
     and has_any_column_privilege(c.oid, 'select')
), unwrapped as (
  -- A line that begins with two spaces continues the one before.
  select e.name, e.place, e.example, regexp_replace(e.comment, E'\n  ', ' ', 'g') as comment
    from entries e
   where e.name = any ($1)
      or $2 <> '' and (strpos(e.name, $2) > 0 or strpos(lower(e.comment), $2) > 0)
)
select u.name,
       case when $3 then u.comment
            else regexp_replace(split_part(u.comment, E'\n', 1), '\. .*$', '.') end,
       coalesce(substring(u.comment from E'\nExample: ([^\n]*)'), u.example)
  from unwrapped u
 order by u.place, u.name, u.example
