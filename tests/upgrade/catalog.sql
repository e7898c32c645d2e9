-- Everything that the catalog has of helpdesk, one fact per line: `<object>: <fact>`. Two databases
-- with the same lines behave alike.
set search_path = pg_catalog;

with objects (classid, objid, name) as (
  select 'pg_class'::regclass, c.oid, case c.relkind when 'v' then 'view ' when 'i' then 'index ' else 'table ' end || c.oid::regclass
    from pg_class c where c.relnamespace = 'helpdesk'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'i', 'S')
  union all
  select 'pg_proc'::regclass, p.oid, 'function ' || p.oid::regprocedure
    from pg_proc p where p.pronamespace = 'helpdesk'::regnamespace
  union all
  select 'pg_type'::regclass, t.oid, 'type ' || t.oid::regtype
    from pg_type t where t.typnamespace = 'helpdesk'::regnamespace and t.typtype in ('e', 'd')
  union all
  select 'pg_constraint'::regclass, c.oid, format('constraint %s on %s', c.conname, c.conrelid::regclass)
    from pg_constraint c where c.connamespace = 'helpdesk'::regnamespace and c.conrelid <> 0
  union all
  select 'pg_policy'::regclass, p.oid, format('policy %s on %s', p.polname, p.polrelid::regclass)
    from pg_policy p join pg_class c on c.oid = p.polrelid
   where c.relnamespace = 'helpdesk'::regnamespace or 'helpdesk_owner'::regrole = any (p.polroles)
  union all
  select 'pg_trigger'::regclass, t.oid, format('trigger %s on %s', t.tgname, t.tgrelid::regclass)
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_proc p on p.oid = t.tgfoid
   where not t.tgisinternal and 'helpdesk'::regnamespace in (c.relnamespace, p.pronamespace)
  union all
  select 'pg_rewrite'::regclass, r.oid, format('rule %s on %s', r.rulename, r.ev_class::regclass)
    from pg_rewrite r join pg_class c on c.oid = r.ev_class
   where c.relnamespace = 'helpdesk'::regnamespace and r.rulename <> '_RETURN'
  union all
  select 'pg_statistic_ext'::regclass, s.oid, 'statistics ' || s.stxname
    from pg_statistic_ext s where s.stxnamespace = 'helpdesk'::regnamespace
),
columns as (
  select c.oid, c.relkind, a.*, format('column %s.%s', c.oid::regclass, a.attname) as name
    from pg_class c join pg_attribute a on a.attrelid = c.oid
   where c.relnamespace = 'helpdesk'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
     and a.attnum > 0 and not a.attisdropped
),
grants (name, owner, acl) as (
  select o.name, c.relowner, coalesce(c.relacl, acldefault('r', c.relowner))
    from objects o join pg_class c on o.classid = 'pg_class'::regclass and c.oid = o.objid and c.relkind <> 'i'
  union all
  select o.name, p.proowner, coalesce(p.proacl, acldefault('f', p.proowner))
    from objects o join pg_proc p on o.classid = 'pg_proc'::regclass and p.oid = o.objid
  union all
  select o.name, t.typowner, coalesce(t.typacl, acldefault('T', t.typowner))
    from objects o join pg_type t on o.classid = 'pg_type'::regclass and t.oid = o.objid
  union all
  select name, c.relowner, attacl from columns join pg_class c using (oid) where attacl is not null
  union all
  select 'schema ' || nspname, nspowner, coalesce(nspacl, acldefault('n', nspowner))
    from pg_namespace where nspname in ('helpdesk', 'auth')
),
facts (name, fact) as (
  select o.name, format('owner %s, row security %s, forced %s, persistence %s, options %s', c.relowner::regrole,
                        c.relrowsecurity, c.relforcerowsecurity, c.relpersistence, c.reloptions)
    from objects o join pg_class c on o.classid = 'pg_class'::regclass and c.oid = o.objid and c.relkind <> 'i'
  union all
  select o.name, 'replica identity ' || c.relreplident::text
    from objects o join pg_class c on o.classid = 'pg_class'::regclass and c.oid = o.objid and c.relkind = 'r'
  union all
  select o.name, regexp_replace(pg_get_viewdef(c.oid), E'\\s+', ' ', 'g')
    from objects o join pg_class c on o.classid = 'pg_class'::regclass and c.oid = o.objid and c.relkind in ('v', 'm')
  union all
  select o.name, format('%s; valid %s, clustered %s, options %s', pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisclustered, c.reloptions)
    from objects o join pg_index i on o.classid = 'pg_class'::regclass and i.indexrelid = o.objid join pg_class c on c.oid = o.objid
  union all
  select a.name, concat(format_type(a.atttypid, a.atttypmod), case when a.attnotnull then ' not null' end,
                        case a.attgenerated when '' then ' default ' else ' generated ' end || pg_get_expr(d.adbin, d.adrelid),
                        ' identity ' || nullif(a.attidentity::text, ''), ' collation ' || nullif(a.attcollation, t.typcollation)::regcollation,
                        ', storage ' || a.attstorage::text, ', compression ' || nullif(a.attcompression::text, ''),
                        ', statistics ' || nullif(a.attstattarget, -1), ', options ' || array_to_string(array(select o from unnest(a.attoptions) o where o like 'n\_distinct%'), ', '))
    from columns a join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  union all
  select o.name, format('%s, %s', pg_get_constraintdef(c.oid), case when c.convalidated then 'valid' else 'not valid' end)
    from objects o join pg_constraint c on o.classid = 'pg_constraint'::regclass and c.oid = o.objid
   where c.contype <> 'n' -- Not null, which Postgres 18 lists as a constraint too.
  union all
  select o.name, concat(case when p.polpermissive then 'permissive' else 'restrictive' end, ' for ', p.polcmd, ' to ',
                        array_to_string(array(select case r when 0 then 'public' else r::regrole::text end from unnest(p.polroles) r order by 1), ', '),
                        ' using ' || pg_get_expr(p.polqual, p.polrelid), ' check ' || pg_get_expr(p.polwithcheck, p.polrelid))
    from objects o join pg_policy p on o.classid = 'pg_policy'::regclass and p.oid = o.objid
  union all
  select o.name, format('%s; enabled %s', pg_get_triggerdef(t.oid), t.tgenabled)
    from objects o join pg_trigger t on o.classid = 'pg_trigger'::regclass and t.oid = o.objid
  union all
  select o.name, pg_get_ruledef(r.oid) from objects o join pg_rewrite r on o.classid = 'pg_rewrite'::regclass and r.oid = o.objid
  union all
  select o.name, pg_get_statisticsobjdef(s.oid) from objects o join pg_statistic_ext s on o.classid = 'pg_statistic_ext'::regclass and s.oid = o.objid
  union all
  select o.name, fact
    from objects o join pg_proc p on o.classid = 'pg_proc'::regclass and p.oid = o.objid
    join pg_language l on l.oid = p.prolang,
    unnest(array[
      'arguments ' || pg_get_function_arguments(p.oid),
      'returns ' || pg_get_function_result(p.oid),
      'symbol ' || case when l.lanname = 'c' then p.prosrc else md5(p.prosrc) end,
      format('%s of %s, %s, volatility %s, parallel %s, strict %s, leakproof %s, cost %s, rows %s, support %s, settings %s, kind %s',
             case when p.prosecdef then 'definer' else 'invoker' end, p.proowner::regrole, l.lanname, p.provolatile, p.proparallel,
             p.proisstrict, p.proleakproof, p.procost, p.prorows, p.prosupport, p.proconfig, p.prokind)]) fact
  union all
  select o.name, format('%s, owner %s', array(select e.enumlabel from pg_enum e where e.enumtypid = t.oid order by e.enumsortorder), t.typowner::regrole)
    from objects o join pg_type t on o.classid = 'pg_type'::regclass and t.oid = o.objid
  union all
  select g.name, format('grant %s to %s%s', lower(a.privilege_type), case a.grantee when 0 then 'public' else a.grantee::regrole::text end,
                        case when a.is_grantable then ' with grant option' end)
    from grants g, aclexplode(g.acl) a where a.grantee <> g.owner
  union all
  select o.name, 'comment ' || to_json(d.description) from objects o join pg_description d on d.classoid = o.classid and d.objoid = o.objid where d.objsubid = 0
  union all
  select a.name, 'comment ' || to_json(d.description)
    from columns a join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = a.attrelid and d.objsubid = a.attnum
  union all
  select o.name, 'member of the extension'
    from objects o join pg_depend d on d.classid = o.classid and d.objid = o.objid and d.deptype = 'e'
  union all
  select 'extension helpdesk', format('relocatable %s, settings tables %s', extrelocatable, extconfig) from pg_extension where extname = 'helpdesk'
  union all
  select 'schema version', (select string_agg(version::text, ', ') from helpdesk.schema_version)
  union all
  select 'publication ' || pubname, format('%s.%s', schemaname, tablename) from pg_publication_tables where schemaname = 'helpdesk'
)
select name || ': ' || fact from facts where fact is not null order by name collate "C", fact collate "C";
