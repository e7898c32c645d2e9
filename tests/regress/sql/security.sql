-- Rights in the catalog. Where nothing follows a heading, everything is in order.

create view test.functions as
  select p.oid, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as name, p.proname, p.proowner, p.proacl, p.prosecdef,
         p.provolatile, p.proparallel, p.proconfig, p.prorettype
    from pg_proc p where p.pronamespace = 'helpdesk'::regnamespace;
create view test.tables as
  select c.oid, c.relname, c.relowner, c.relrowsecurity, c.relacl
    from pg_class c where c.relnamespace = 'helpdesk'::regnamespace and c.relkind in ('r', 'p');
-- The columns of keys and of indexes, in their order
create view test.keys as
  select k.oid, k.conname, k.contype, k.conrelid, k.confrelid, k.confupdtype, k.confdeltype,
         array(select a.attname::text from unnest(k.conkey) with ordinality as c (attnum, position) join pg_attribute a on a.attrelid = k.conrelid and a.attnum = c.attnum order by position) as columns,
         array(select a.attname::text from unnest(k.confkey) with ordinality as c (attnum, position) join pg_attribute a on a.attrelid = k.confrelid and a.attnum = c.attnum order by position) as referenced
    from pg_constraint k join test.tables t on t.oid = k.conrelid where k.contype in ('p', 'u', 'f');
create view test.indexes as
  select i.indexrelid::regclass::text as name, i.indrelid, i.indisunique, pg_get_expr(i.indpred, i.indrelid) as predicate,
         array(select a.attname::text from unnest(i.indkey[0:i.indnkeyatts - 1]) with ordinality as c (attnum, position) join pg_attribute a on a.attrelid = i.indrelid and a.attnum = c.attnum order by position) as columns
    from pg_index i join test.tables t on t.oid = i.indrelid where i.indisvalid;
create view test.tenant_tables as
  select t.* from test.tables t where exists (select from pg_attribute a where a.attrelid = t.oid and a.attname = 'org_id');

---- helpdesk_owner is not a superuser, cannot log in, and bypasses nothing
select rolsuper, rolcanlogin, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication from pg_roles where rolname = 'helpdesk_owner';
-- It is a member of no role, and no role is a member of it.
select roleid::regrole, member::regrole from pg_auth_members where 'helpdesk_owner'::regrole in (roleid, member);
select rolname, rolsuper, rolcanlogin, rolcreaterole, rolbypassrls from pg_roles where rolname in ('anon', 'authenticated', 'service_role') order by 1;

---- Every table has row security
select relname from test.tables where not relrowsecurity;
---- helpdesk_owner owns every table, view, function and type of the schema
select relname from pg_class where relnamespace = 'helpdesk'::regnamespace and relkind <> 'c' and relowner <> 'helpdesk_owner'::regrole;
select name from test.functions where proowner <> 'helpdesk_owner'::regrole;
select typname from pg_type where typnamespace = 'helpdesk'::regnamespace and typtype = 'e' and typowner <> 'helpdesk_owner'::regrole;
---- No role creates objects in the schema
select role from unnest('{anon,authenticated,service_role,helpdesk_owner}'::text[]) role where has_schema_privilege(role, 'helpdesk', 'create');
select * from aclexplode((select nspacl from pg_namespace where nspname = 'helpdesk')) where grantee = 0;
---- PUBLIC has no rights
select name from test.functions where proacl is null or exists (select from aclexplode(proacl) where grantee = 0);
select relname from test.tables where exists (select from aclexplode(relacl) where grantee = 0);
---- No role may grant its rights to others
select name from test.functions where exists (select from aclexplode(proacl) where is_grantable and grantee <> proowner);
select relname from test.tables where exists (select from aclexplode(relacl) where is_grantable and grantee <> relowner);

---- Functions: volatility, parallel safety, DEFINER or INVOKER, search_path
select name, case provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
       case proparallel when 's' then 'parallel safe' when 'r' then 'parallel restricted' else 'parallel unsafe' end,
       case when prosecdef then 'definer' else 'invoker' end, coalesce(array_to_string(proconfig, ' '), 'any search_path')
  from test.functions order by name collate "C";
---- A SECURITY DEFINER function has a fixed search_path unless policies or triggers call it
select name from test.functions where prosecdef and proconfig is null and prorettype <> 'trigger'::regtype
   and proname not in ('my_profile_id', 'my_org_ids', 'my_customer_org_ids', 'my_staff_org_ids', 'my_admin_org_ids', 'my_inviting_org_ids', 'my_assigned_ticket_ids', 'is_member_of_my_orgs', 'may_create_organization', 'is_installation_admin');
---- Policies call no other functions
select distinct p.polname, f.proname
  from pg_policy p join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refclassid = 'pg_proc'::regclass
  join test.functions f on f.oid = d.refobjid
 where f.proname not in ('load_library', 'my_profile_id', 'my_org_ids', 'my_customer_org_ids', 'my_staff_org_ids', 'my_admin_org_ids', 'my_inviting_org_ids', 'my_assigned_ticket_ids', 'is_member_of_my_orgs', 'may_create_organization', 'is_installation_admin');
---- Policies apply to authenticated, except the one for public articles; they contain no subquery
---- and check what is written
select c.relname, p.polname from pg_policy p join test.tables c on c.oid = p.polrelid where p.polroles <> array['authenticated'::regrole::oid];
select c.relname, p.polname from pg_policy p join test.tables c on c.oid = p.polrelid
 where concat(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) ~* 'select';
select c.relname, p.polname from pg_policy p join test.tables c on c.oid = p.polrelid where p.polcmd in ('a', 'w', '*') and p.polwithcheck is null;
---- All policies
select c.relname, p.polname, case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end
  from pg_policy p join test.tables c on c.oid = p.polrelid order by c.relname collate "C", p.polname collate "C";

---- Who may call which function (e); nobody may call a trigger function
select name, (select string_agg(case when has_function_privilege(role, f.oid, 'execute') then 'e' else '-' end, '' order by position)
                from unnest('{anon,authenticated,service_role}'::text[]) with ordinality as r (role, position)) as anon_authenticated_service
  from test.functions f order by name collate "C";
---- Who may do what with a table: select, insert, update, delete, truncate, references, trigger
select relname, (select string_agg((select string_agg(case when has_table_privilege(role, t.oid, privilege) then left(privilege, 1) else '-' end, '' order by p.position)
                                      from unnest('{select,insert,update,delete,Truncate,references,trigger}'::text[]) with ordinality as p (privilege, position)), ' ' order by r.position)
                   from unnest('{anon,authenticated,service_role}'::text[]) with ordinality as r (role, position)) as anon_authenticated_service
  from test.tables t order by relname collate "C";
---- Nobody has MAINTAIN, which exists since Postgres 17
select distinct c.relname, a.grantee::regrole from pg_class c, aclexplode(c.relacl) a
 where c.relnamespace = 'helpdesk'::regnamespace and a.privilege_type = 'MAINTAIN' and a.grantee <> c.relowner;
---- Rights on single columns
select t.relname, a.grantee::regrole, lower(a.privilege_type), string_agg(c.attname, ' ' order by c.attnum)
  from test.tables t join pg_attribute c on c.attrelid = t.oid, aclexplode(c.attacl) a
 group by 1, 2, 3 order by t.relname collate "C", 2, 3;
---- helpdesk_owner reads three columns of auth.users
select c.attname, lower(a.privilege_type) from pg_attribute c, aclexplode(c.attacl) a
 where c.attrelid = 'auth.users'::regclass and a.grantee = 'helpdesk_owner'::regrole order by c.attnum;
select role from unnest('{anon,authenticated}'::text[]) role where has_any_column_privilege(role, 'auth.users', 'select');

---- Tenant isolation: primary keys of tenant tables begin with org_id, other keys contain it
select t.relname, k.conname, k.columns from test.keys k join test.tenant_tables t on t.oid = k.conrelid where k.contype = 'p' and k.columns[1] <> 'org_id';
select name, columns from test.indexes i join test.tenant_tables t on t.oid = i.indrelid where i.indisunique and 'org_id' <> all (i.columns);
-- Every tenant table has a primary key.
select t.relname from test.tenant_tables t where not exists (select from test.keys k where k.conrelid = t.oid and k.contype = 'p');
select t.relname from test.tenant_tables t where exists (select from pg_attribute a where a.attrelid = t.oid and a.attname = 'org_id' and not a.attnotnull);
-- References between tenant tables include org_id on both sides and only cascade or refuse.
select k.conname from test.keys k join test.tenant_tables a on a.oid = k.conrelid join test.tenant_tables b on b.oid = k.confrelid
 where k.contype = 'f' and (k.columns[1], k.referenced[1]) <> ('org_id', 'org_id');
select conname, confupdtype, confdeltype from test.keys where contype = 'f' and (confupdtype not in ('a', 'c') or confdeltype not in ('a', 'c'));
-- Every id has an index without org_id, except that of deltas, which are only read and folded by
-- organization. No column has a sequence of its own.
select t.relname from test.tenant_tables t join pg_attribute a on a.attrelid = t.oid and a.attname = 'id' and t.relname <> 'ticket_stat_deltas'
 where not exists (select from test.indexes i where i.indrelid = t.oid and i.columns = array['id']);
select t.relname, a.attname from test.tenant_tables t join pg_attribute a on a.attrelid = t.oid where a.attidentity <> '' or pg_get_serial_sequence(t.oid::regclass::text, a.attname) is not null and a.attnum > 0;
---- Foreign keys without an index. Only deleting a person or a workflow would use it, which is
---- rare, and every write would pay for it. All others have one, preceded at most by org_id.
select k.conname, k.columns from test.keys k
 where k.contype = 'f' and not exists (
   select from test.indexes i
    where i.indrelid = k.conrelid and (i.predicate is null or i.predicate = format('(%s IS NOT NULL)', i.columns[1]))
      and (k.columns = array['org_id'] and i.columns[1] = 'org_id'
           or i.columns[case when i.columns[1] = 'org_id' then 2 else 1 end] = any (array_remove(k.columns, 'org_id'))))
 order by 1;
