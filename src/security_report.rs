//! What the live catalog says about security, and where it differs from what this release shipped.

use pgrx::iter::TableIterator;
use pgrx::prelude::*;

use crate::db;
use crate::error::Result;

/// What security_state() says after a fresh installation.
const SHIPPED: &str = include_str!("../sql/security_baseline.txt");

/// One fact per row: what it is about, and what holds of it. Whoever is owner of a thing is not listed among those it is granted to.
macro_rules! facts {
    () => {
        "
    select format('table %s', c.relname) as object,
           case when c.relrowsecurity then 'row security' else 'NO ROW SECURITY' end as fact
      from pg_class c where c.relnamespace = 'helpdesk'::regnamespace and c.relkind in ('r', 'p')
    union all
    select format('%s %s', case c.relkind when 'v' then 'view' else 'table' end, c.relname),
           format('%s to %s%s', lower(a.privilege_type), case a.grantee when 0 then 'PUBLIC' else a.grantee::regrole::text end,
                  case when a.is_grantable then ' with grant option' end)
      from pg_class c, aclexplode(c.relacl) a
     where c.relnamespace = 'helpdesk'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and a.grantee <> c.relowner
    union all
    select format('%s %s', case c.relkind when 'v' then 'view' else 'table' end, c.relname),
           format('%s (%s) to %s%s', lower(a.privilege_type), t.attname, case a.grantee when 0 then 'PUBLIC' else a.grantee::regrole::text end,
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
                  ' to ', array_to_string(array(select case r when 0 then 'PUBLIC' else r::regrole::text end from unnest(p.polroles) r order by 1), ', '),
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
           format('%s to %s%s', lower(a.privilege_type), case a.grantee when 0 then 'PUBLIC' else a.grantee::regrole::text end,
                  case when a.is_grantable then ' with grant option' end)
      from pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
     where n.nspname = 'helpdesk' and a.grantee <> n.nspowner
    union all
    select format('role %s', r.rolname),
           coalesce(nullif(concat_ws(', ', case when r.rolsuper then 'superuser' end, case when r.rolcreaterole then 'createrole' end,
                                     case when r.rolbypassrls then 'bypassrls' end, case when r.rolreplication then 'replication' end,
                                     case when r.rolcanlogin and r.rolname <> 'service_role' then 'login' end), ''),
                    'no privilege of its own')
      from pg_roles r where r.rolname in ('helpdesk_owner', 'anon', 'authenticated', 'service_role')"
    };
}

const FACTS: &str = concat!(
    "select object, fact from (",
    facts!(),
    ") f order by object collate \"C\", fact collate \"C\""
);

/// $1: the facts of a fresh installation, one `object: fact` per line. A right that is missing is no danger and not reported,
/// nor is who was granted act_as(), which is there to be granted.
const REPORT: &str = concat!(
    "
    with live as materialized (",
    facts!(),
    "),
    shipped as materialized (
      select split_part(line, ': ', 1) as object, substr(line, strpos(line, ': ') + 2) as fact
        from string_to_table($1, E'\\n') line where line <> ''
    ),
    is_grant(pattern) as (values ('^[a-z]+ (\\([^)]*\\) )?to '))
    select object, 'granted, but not by helpdesk: ' || fact as finding, 'REVOKE it, unless you meant it.' as remedy
      from live, is_grant
     where fact ~ pattern and (object, fact) not in (select object, fact from shipped)
       and (object <> 'function helpdesk.act_as(text)' or fact ~ ' to (PUBLIC|anon|service_role)$')
    union all
    select object, 'not shipped with helpdesk: ' || fact, 'Drop it, unless you meant it.'
      from live
     where object ~ '^(policy|function) ' and object not in (select object from shipped)
       and fact !~ (select pattern from is_grant) and fact !~ '^restrictive '
    union all
    select l.object, 'altered: ' || l.fact || '; shipped: ' || s.fact, 'Restore what was shipped.'
      from live l join shipped s using (object), is_grant
     where l.fact !~ pattern and s.fact !~ pattern and l.fact <> s.fact
    union all
    select object, 'missing; shipped: ' || fact, 'Restore what was shipped.'
      from shipped, is_grant
     where fact !~ pattern and object not in (select object from live)
    union all
    select object, fact, case when object like 'view %' then 'Set security_invoker, or drop it.' else 'ENABLE ROW LEVEL SECURITY and create policies.' end
      from live
     where fact in ('NO ROW SECURITY', 'NOT SECURITY_INVOKER') and object not in (select object from shipped)
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
    select there.thing, format('belongs to %s, who could say who is asking', r.rolname), 'ALTER .. OWNER TO a superuser.'
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
    order by 1, 2"
);

/// Everything the catalog says about rights on helpdesk's objects, as text that can be compared.
#[pg_extern(stable, parallel_safe)]
#[search_path(pg_catalog, pg_temp)]
fn security_state()
-> Result<TableIterator<'static, (name!(object, Option<String>), name!(fact, Option<String>))>> {
    Ok(TableIterator::new(db::read_all(FACTS, &[], |row| (row.get(1), row.get(2)))?))
}

/// One row per finding: where the live catalog is less safe than what was shipped. Empty when all is well.
#[pg_extern(stable, parallel_safe)]
#[search_path(pg_catalog, pg_temp)]
#[allow(clippy::type_complexity)] // pgrx reads the columns from the signature.
fn security_report() -> Result<
    TableIterator<
        'static,
        (
            name!(object, Option<String>),
            name!(finding, Option<String>),
            name!(remedy, Option<String>),
        ),
    >,
> {
    let rows = db::read_all(REPORT, &[SHIPPED.into()], |row| (row.get(1), row.get(2), row.get(3)))?;
    Ok(TableIterator::new(rows))
}
