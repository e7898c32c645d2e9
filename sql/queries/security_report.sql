-- Where the live catalog is less safe than $1, the baseline of this release; one finding per row.
with live as materialized (select object, fact from helpdesk.security_state()),
shipped as materialized (
  select split_part(line, ': ', 1) as object, substr(line, strpos(line, ': ') + 2) as fact
    from string_to_table($1, E'\n') line where line <> ''
),
is_grant(pattern) as (values ('^[a-z]+ (\([^)]*\) )?to '))
select object, finding, remedy from (
select object, 'granted, but not by helpdesk: ' || fact as finding, 'REVOKE it unless it is intended.' as remedy
  from live, is_grant
 where fact ~ pattern and (object, fact) not in (select object, fact from shipped)
   and (object <> 'function helpdesk.act_as(text)' or fact ~ ' to (PUBLIC|anon|service_role)$')
union all
select object, 'not shipped with helpdesk: ' || fact, 'Drop it unless it is intended.'
  from live
 where object ~ '^(policy|function) ' and object not in (select object from shipped)
   and fact !~ (select pattern from is_grant) and fact !~ '^restrictive '
   and not ($2 and object ~ '_defaults\(\)$')
union all
select l.object, 'altered: ' || l.fact || '; shipped: ' || s.fact, 'Restore what was shipped.'
  from live l join shipped s using (object), is_grant
 where l.fact !~ pattern and s.fact !~ pattern and l.fact <> s.fact
   -- On a cluster ($2), functions send the call on. They name the symbol that they stand for.
   and not ($2 and exists (
         select from pg_proc p
          where format('function %s', p.oid::regprocedure) = object
            and starts_with(s.fact, format('%s, c %s of ', l.fact,
                  substring(p.prosrc, '^-- (\w+)\n#variable_conflict use_column\n')))))
union all
select object, 'missing; shipped: ' || fact, 'Restore what was shipped.'
  from shipped, is_grant
 where fact !~ pattern and object not in (select object from live)
union all
select object, fact, case when object like 'view %' then 'Set security_invoker, or drop it.' else 'ENABLE ROW LEVEL SECURITY and create policies.' end
  from live
 where fact in ('NO ROW SECURITY', 'NOT SECURITY_INVOKER') and object not in (select object from shipped)
union all
select format('table %s', c.relname), 'has FORCE ROW LEVEL SECURITY, under which helpdesk itself sees no rows', 'SELECT helpdesk.install(), or ALTER TABLE .. NO FORCE ROW LEVEL SECURITY.'
  from pg_class c where c.relnamespace = 'helpdesk'::regnamespace and c.relforcerowsecurity
union all
select format('role %s', m.member::regrole), 'is a member of helpdesk_owner, so row security does not bind it', 'REVOKE helpdesk_owner from it.'
  from pg_auth_members m
  join pg_roles r on r.oid = m.member and not r.rolsuper
 where m.roleid = 'helpdesk_owner'::regrole
union all
select format('role %s', m.member::regrole), format('is a member of %s', m.roleid::regrole), 'REVOKE it.'
  from pg_auth_members m where m.member in ('helpdesk_owner'::regrole, 'anon'::regrole, 'authenticated'::regrole)
union all
select format('%s %s', case c.relkind when 'v' then 'view' else 'table' end, c.relname),
       format('belongs to %s', c.relowner::regrole), 'ALTER .. OWNER TO helpdesk_owner.'
  from pg_class c
 where c.relnamespace = 'helpdesk'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
   and c.relowner <> 'helpdesk_owner'::regrole
   and (format('%s %s', case c.relkind when 'v' then 'view' else 'table' end, c.relname) in (select object from shipped)
        or exists (select from pg_roles r where r.oid = c.relowner and r.rolsuper))
union all
select format('function %s', p.oid::regprocedure), format('belongs to %s', p.proowner::regrole), 'ALTER .. OWNER TO helpdesk_owner.'
  from pg_proc p
 where p.pronamespace = 'helpdesk'::regnamespace and not p.prosecdef and p.proowner <> 'helpdesk_owner'::regrole
union all
select 'schema helpdesk', format('belongs to %s, who is not a superuser and could replace what is in it', n.nspowner::regrole),
       'ALTER SCHEMA helpdesk OWNER TO a superuser.'
  from pg_namespace n join pg_roles r on r.oid = n.nspowner
 where n.nspname = 'helpdesk' and not r.rolsuper and r.rolname <> 'helpdesk_owner'
union all
select there.thing, format('belongs to %s, who could decide who the caller is', r.rolname), 'ALTER .. OWNER TO a superuser.'
  from (select 'schema auth', n.nspowner from pg_namespace n where n.nspname = 'auth'
        union all
        select 'table auth.users', c.relowner from pg_class c where c.oid = to_regclass('auth.users')
        union all
        select 'function auth.uid()', p.proowner from pg_proc p where p.oid = to_regprocedure('auth.uid()')) there (thing, owner)
  join pg_roles r on r.oid = there.owner
 where not r.rolsuper and r.rolname not in ('helpdesk_owner', 'supabase_admin', 'supabase_auth_admin')
union all
select 'table auth.users', format('may be read by %s', r.rolname), 'REVOKE SELECT.'
  from pg_roles r where r.rolname in ('anon', 'authenticated') and has_any_column_privilege(r.oid, 'auth.users', 'select')
union all
select format('organization %s', o.id), 'has no org_admin who can sign in', 'appoint_admin() gives it one.'
  from helpdesk.organizations o
 where not exists (select from helpdesk.org_members m join helpdesk.profiles p on p.id = m.user_id and p.auth_id is not null
                    where m.org_id = o.id and m.org_role = 'org_admin')
union all
select 'table auth.users', format('%s without a profile: %s', case count(*) when 1 then 'a login' else count(*) || ' logins' end, min(u.id::text)),
       'SELECT helpdesk.install(), or the person''s next call that writes, creates it.'
  from auth.users u
 where not exists (select from helpdesk.profiles p where p.auth_id = u.id) and to_jsonb(u)->>'deleted_at' is null
having count(*) > 0
union all
select 'table profiles', format('the address of %s differs from that of the login: %s', case count(*) when 1 then 'a profile' else count(*) || ' profiles' end, min(p.id::text)),
       'SELECT helpdesk.install() brings it up to date.'
  from helpdesk.profiles p join auth.users u on u.id = p.auth_id
 where (p.email, p.email_is_confirmed) is distinct from (u.email::text, u.email_confirmed_at is not null)
having count(*) > 0
) findings order by object collate "C", finding collate "C"
