-- What the catalog contains about rights on the objects of helpdesk, one fact per row.
-- Grants to an object's owner are omitted.
select object, fact from (
  select format('table %s', c.relname) as object,
         case when c.relrowsecurity then 'row security' else 'NO ROW SECURITY' end as fact
    from pg_class c where c.relnamespace = 'helpdesk'::regnamespace and c.relkind in ('r', 'p')
  union all
  select format('%s %s', case c.relkind when 'v' then 'view' else 'table' end, c.relname),
         format('%s to %s%s', lower(a.privilege_type collate "C"), case a.grantee when 0 then 'PUBLIC' else a.grantee::regrole::text end,
                case when a.is_grantable then ' with grant option' end)
    from pg_class c, aclexplode(c.relacl) a
   where c.relnamespace = 'helpdesk'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and a.grantee <> c.relowner
  union all
  select format('%s %s', case c.relkind when 'v' then 'view' else 'table' end, c.relname),
         format('%s (%s) to %s%s', lower(a.privilege_type collate "C"), t.attname, case a.grantee when 0 then 'PUBLIC' else a.grantee::regrole::text end,
                case when a.is_grantable then ' with grant option' end)
    from pg_class c join pg_attribute t on t.attrelid = c.oid, aclexplode(t.attacl) a
   where c.relnamespace = 'helpdesk'::regnamespace and a.grantee <> c.relowner
  union all
  select format('view %s', c.relname),
         case when c.relkind = 'v' and exists (select from pg_options_to_table(c.reloptions)
                                                where option_name = 'security_invoker' and option_value::boolean)
              then 'security_invoker' else 'NOT SECURITY_INVOKER' end
    from pg_class c where c.relnamespace = 'helpdesk'::regnamespace and c.relkind in ('v', 'm')
  union all
  select format('policy %s on %s', p.polname, p.polrelid::regclass),
         concat(case when p.polpermissive then 'for ' else 'restrictive for ' end,
                case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
                ' to ', array_to_string(array(select (case r when 0 then 'PUBLIC' else r::regrole::text end) collate "C" from unnest(p.polroles) r order by 1), ', '),
                ' using ' || pg_get_expr(p.polqual, p.polrelid), ' check ' || pg_get_expr(p.polwithcheck, p.polrelid))
    from pg_policy p join pg_class c on c.oid = p.polrelid
   where c.relnamespace = 'helpdesk'::regnamespace or 'helpdesk_owner'::regrole = any (p.polroles)
  union all
  select format('trigger %s on %s', t.tgname, t.tgrelid::regclass),
         concat(case t.tgenabled when 'D' then 'DISABLED' when 'R' then 'ON REPLICAS ONLY' else 'enabled' end, ', ', pg_get_triggerdef(t.oid))
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_proc p on p.oid = t.tgfoid
   where not t.tgisinternal and (c.relnamespace = 'helpdesk'::regnamespace or p.pronamespace = 'helpdesk'::regnamespace)
  union all
  select format('function %s', p.oid::regprocedure),
         concat(case when p.prosecdef then 'definer of ' || p.proowner::regrole else 'invoker' end,
                ', ' || array_to_string(p.proconfig, ', '),
                ', ' || l.lanname || ' ' || p.prosrc || ' of ' || p.probin)
    from pg_proc p join pg_language l on l.oid = p.prolang where p.pronamespace = 'helpdesk'::regnamespace
  union all
  select format('function %s', p.oid::regprocedure),
         format('execute to %s%s', case a.grantee when 0 then 'PUBLIC' else a.grantee::regrole::text end,
                case when a.is_grantable then ' with grant option' end)
    from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
   where p.pronamespace = 'helpdesk'::regnamespace and a.grantee <> p.proowner
  union all
  select format('schema %s', n.nspname),
         format('%s to %s%s', lower(a.privilege_type collate "C"), case a.grantee when 0 then 'PUBLIC' else a.grantee::regrole::text end,
                case when a.is_grantable then ' with grant option' end)
    from pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
   where n.nspname = 'helpdesk' and a.grantee <> n.nspowner
  union all
  select format('role %s', r.rolname),
         coalesce(nullif(concat_ws(', ', case when r.rolsuper then 'superuser' end, case when r.rolcreaterole then 'createrole' end,
                                   case when r.rolbypassrls then 'bypassrls' end, case when r.rolreplication then 'replication' end,
                                   case when r.rolcanlogin and r.rolname <> 'service_role' then 'login' end), ''),
                  'no special privilege')
    from pg_roles r where r.rolname in ('helpdesk_owner', 'anon', 'authenticated', 'service_role')
) facts order by object collate "C", fact collate "C"
