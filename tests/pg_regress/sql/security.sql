-- What the catalog says about rights. Where nothing is printed below a heading, nothing is wrong.
\pset format unaligned
\pset tuples_only on

create view story.functions as
  select p.oid, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as name, p.proname, p.proowner, p.proacl, p.prosecdef,
         p.provolatile, p.proparallel, p.proconfig, p.prorettype
    from pg_proc p where p.pronamespace = 'helpdesk'::regnamespace;
create view story.tables as
  select c.oid, c.relname, c.relowner, c.relrowsecurity, c.relacl
    from pg_class c where c.relnamespace = 'helpdesk'::regnamespace and c.relkind in ('r', 'p');
-- The columns of keys and of indexes, in order.
create view story.keys as
  select k.oid, k.conname, k.contype, k.conrelid, k.confrelid, k.confupdtype, k.confdeltype,
         array(select a.attname::text from unnest(k.conkey) with ordinality as c (attnum, position) join pg_attribute a on a.attrelid = k.conrelid and a.attnum = c.attnum order by position) as columns,
         array(select a.attname::text from unnest(k.confkey) with ordinality as c (attnum, position) join pg_attribute a on a.attrelid = k.confrelid and a.attnum = c.attnum order by position) as referenced
    from pg_constraint k join story.tables t on t.oid = k.conrelid where k.contype in ('p', 'u', 'f');
create view story.indexes as
  select i.indexrelid::regclass::text as name, i.indrelid, i.indisunique, pg_get_expr(i.indpred, i.indrelid) as predicate,
         array(select a.attname::text from unnest(i.indkey[0:i.indnkeyatts - 1]) with ordinality as c (attnum, position) join pg_attribute a on a.attrelid = i.indrelid and a.attnum = c.attnum order by position) as columns
    from pg_index i join story.tables t on t.oid = i.indrelid where i.indisvalid;
create view story.tenant_tables as
  select t.* from story.tables t where exists (select from pg_attribute a where a.attrelid = t.oid and a.attname = 'org_id');

---- The role that owns it all is no superuser, does not log in and bypasses nothing
select rolsuper, rolcanlogin, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication from pg_roles where rolname = 'helpdesk_owner';
-- It is a member of nothing, and nobody is a member of it.
select roleid::regrole, member::regrole from pg_auth_members where 'helpdesk_owner'::regrole in (roleid, member);
select rolname, rolsuper, rolcanlogin, rolcreaterole, rolbypassrls from pg_roles where rolname in ('anon', 'authenticated', 'service_role') order by 1;

---- Every table has row security
select relname from story.tables where not relrowsecurity;
---- Every table, view, function and type of ours is helpdesk_owner's
select relname from pg_class where relnamespace = 'helpdesk'::regnamespace and relkind <> 'c' and relowner <> 'helpdesk_owner'::regrole;
select name from story.functions where proowner <> 'helpdesk_owner'::regrole;
select typname from pg_type where typnamespace = 'helpdesk'::regnamespace and typtype = 'e' and typowner <> 'helpdesk_owner'::regrole;
---- Nobody makes objects in the schema
select role from unnest('{anon,authenticated,service_role,helpdesk_owner}'::text[]) role where has_schema_privilege(role, 'helpdesk', 'create');
select * from aclexplode((select nspacl from pg_namespace where nspname = 'helpdesk')) where grantee = 0;
---- PUBLIC may do nothing
select name from story.functions where proacl is null or exists (select from aclexplode(proacl) where grantee = 0);
select relname from story.tables where exists (select from aclexplode(relacl) where grantee = 0);
---- Nobody may hand a right on
select name from story.functions where exists (select from aclexplode(proacl) where is_grantable and grantee <> proowner);
select relname from story.tables where exists (select from aclexplode(relacl) where is_grantable and grantee <> relowner);

---- Functions: volatility, parallel safety, whose rights, search_path
select name, case provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
       case proparallel when 's' then 'parallel safe' when 'r' then 'parallel restricted' else 'parallel unsafe' end,
       case when prosecdef then 'definer' else 'invoker' end, coalesce(array_to_string(proconfig, ' '), 'any search_path')
  from story.functions order by name collate "C";
---- A definer function that anybody may call pins its search_path, but for those that policies call
select name from story.functions where prosecdef and proconfig is null
   and proname not in ('my_profile_id', 'my_org_ids', 'my_customer_org_ids', 'my_staff_org_ids', 'my_admin_org_ids', 'my_assigned_ticket_ids', 'is_member_of_my_orgs', 'may_create_organization', 'is_installation_admin');
---- Policies call nothing else
select distinct p.polname, f.proname
  from pg_policy p join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refclassid = 'pg_proc'::regclass
  join story.functions f on f.oid = d.refobjid
 where f.proname not in ('my_profile_id', 'my_org_ids', 'my_customer_org_ids', 'my_staff_org_ids', 'my_admin_org_ids', 'my_assigned_ticket_ids', 'is_member_of_my_orgs', 'may_create_organization', 'is_installation_admin');
---- Policies are for authenticated, but for the one on public articles; they have no sub-select, and check what is written
select c.relname, p.polname from pg_policy p join story.tables c on c.oid = p.polrelid where p.polroles <> array['authenticated'::regrole::oid];
select c.relname, p.polname from pg_policy p join story.tables c on c.oid = p.polrelid
 where concat(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) ~* 'select';
select c.relname, p.polname from pg_policy p join story.tables c on c.oid = p.polrelid where p.polcmd in ('a', 'w', '*') and p.polwithcheck is null;
---- All policies
select c.relname, p.polname, case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end
  from pg_policy p join story.tables c on c.oid = p.polrelid order by c.relname collate "C", p.polname collate "C";

---- Who may call what (e); trigger functions are nobody's to call
select name, (select string_agg(case when has_function_privilege(role, f.oid, 'execute') then 'e' else '-' end, '' order by position)
                from unnest('{anon,authenticated,service_role}'::text[]) with ordinality as r (role, position)) as anon_authenticated_service
  from story.functions f order by name collate "C";
---- Who may do what with whole tables: select, insert, update, delete, truncate, references, trigger
select relname, (select string_agg((select string_agg(case when has_table_privilege(role, t.oid, privilege) then left(privilege, 1) else '-' end, '' order by p.position)
                                      from unnest('{select,insert,update,delete,Truncate,references,trigger}'::text[]) with ordinality as p (privilege, position)), ' ' order by r.position)
                   from unnest('{anon,authenticated,service_role}'::text[]) with ordinality as r (role, position)) as anon_authenticated_service
  from story.tables t order by relname collate "C";
---- Nobody vacuums or locks them (MAINTAIN, which is there from Postgres 17 on)
select distinct c.relname, a.grantee::regrole from pg_class c, aclexplode(c.relacl) a
 where c.relnamespace = 'helpdesk'::regnamespace and a.privilege_type = 'MAINTAIN' and a.grantee <> c.relowner;
---- And with single columns
select t.relname, a.grantee::regrole, lower(a.privilege_type), string_agg(c.attname, ' ' order by c.attnum)
  from story.tables t join pg_attribute c on c.attrelid = t.oid, aclexplode(c.attacl) a
 group by 1, 2, 3 order by t.relname collate "C", 2, 3;
---- On auth.users helpdesk_owner reads three columns
select c.attname, lower(a.privilege_type) from pg_attribute c, aclexplode(c.attacl) a
 where c.attrelid = 'auth.users'::regclass and a.grantee = 'helpdesk_owner'::regrole order by c.attnum;
select role from unnest('{anon,authenticated}'::text[]) role where has_any_column_privilege(role, 'auth.users', 'select');

---- The tenant wall: keys of tenant tables begin with the organization
select t.relname, k.conname, k.columns from story.keys k join story.tenant_tables t on t.oid = k.conrelid where k.contype = 'p' and k.columns[1] <> 'org_id';
select name, columns from story.indexes i join story.tenant_tables t on t.oid = i.indrelid where i.indisunique and i.columns[1] <> 'org_id';
-- Every one has a primary key.
select t.relname from story.tenant_tables t where not exists (select from story.keys k where k.conrelid = t.oid and k.contype = 'p');
select t.relname from story.tenant_tables t where exists (select from pg_attribute a where a.attrelid = t.oid and a.attname = 'org_id' and not a.attnotnull);
-- References between tenant tables carry the organization on both sides, and do nothing but follow.
select k.conname from story.keys k join story.tenant_tables a on a.oid = k.conrelid join story.tenant_tables b on b.oid = k.confrelid
 where k.contype = 'f' and (k.columns[1], k.referenced[1]) <> ('org_id', 'org_id');
select conname, confupdtype, confdeltype from story.keys where contype = 'f' and (confupdtype not in ('a', 'c') or confdeltype not in ('a', 'c'));
-- Every id is found without its organization, but for deltas, which are only read and folded by organization; no column counts by itself.
select t.relname from story.tenant_tables t join pg_attribute a on a.attrelid = t.oid and a.attname = 'id' and t.relname <> 'ticket_stat_deltas'
 where not exists (select from story.indexes i where i.indrelid = t.oid and i.columns = array['id']);
select t.relname, a.attname from story.tenant_tables t join pg_attribute a on a.attrelid = t.oid where a.attidentity <> '' or pg_get_serial_sequence(t.oid::regclass::text, a.attname) is not null and a.attnum > 0;
---- Every foreign key has an index that leads to it (the organization at most comes first), but those printed: only the deletion of a
---- person or of a workflow would use one, which is rare, and every write would pay for it
select k.conname, k.columns from story.keys k
 where k.contype = 'f' and not exists (
   select from story.indexes i
    where i.indrelid = k.conrelid and (i.predicate is null or i.predicate = format('(%s IS NOT NULL)', i.columns[1]))
      and (k.columns = array['org_id'] and i.columns[1] = 'org_id'
           or i.columns[case when i.columns[1] = 'org_id' then 2 else 1 end] = any (array_remove(k.columns, 'org_id'))))
 order by 1;

---- Who is asking is asked anew: another person's claims count from the next statement on, in the same transaction too
select story.org('Acme') as acme, story.org('Globex') as globex, json_build_object('sub', story.login('Arthur'))::text as arthur, json_build_object('sub', story.login('Gus'))::text as gus,
       story.login('Arthur') as arthur_login, story.login('Gus') as gus_login \gset
select helpdesk.create_ticket(story.org('Acme'), 'Cached?', p_requester_id => story.profile('Alice')) is not null;
update helpdesk.tickets set assigned_to = story.profile('Adam') where title = 'Cached?';
-- Nothing but the claims changes in between: no write, no savepoint, no other transaction.
begin;
set local role authenticated;
set local request.jwt.claims = :'arthur';
select count(*), bool_and(org_id = :'acme'), array_agg(distinct org_id) = helpdesk.my_staff_org_ids() from helpdesk.workflows;
set local request.jwt.claims = :'gus';
select count(*), bool_and(org_id = :'globex'), array_agg(distinct org_id) = helpdesk.my_staff_org_ids() from helpdesk.workflows;
set local request.jwt.claims = :'arthur';
select count(*), bool_and(org_id = :'acme'), array_agg(distinct org_id) = helpdesk.my_staff_org_ids() from helpdesk.workflows;
set local request.jwt.claims = '';
select count(*), helpdesk.my_profile_id() is null, helpdesk.my_org_ids() from helpdesk.workflows;
rollback;
-- The same with the older setting, which goes before the claims.
begin;
set local role authenticated;
set local request.jwt.claims = :'arthur';
select bool_and(org_id = :'acme') from helpdesk.workflows;
set local request.jwt.claim.sub = :'gus_login';
select bool_and(org_id = :'globex') from helpdesk.workflows;
set local request.jwt.claim.sub = :'arthur_login';
select bool_and(org_id = :'acme') from helpdesk.workflows;
rollback;
-- Within one statement, where not even the snapshot is another.
begin;
set local role authenticated;
set local request.jwt.claims = :'arthur';
select helpdesk.my_staff_org_ids() = array[:'acme'::uuid], set_config('request.jwt.claims', :'gus', true) is not null, helpdesk.my_staff_org_ids() = array[:'globex'::uuid];
rollback;
-- What a customer is assigned to is known of that customer only.
begin;
set local role authenticated;
select json_build_object('sub', story.login('Adam'))::text as adam, json_build_object('sub', story.login('Bea'))::text as bea \gset
set local request.jwt.claims = :'adam';
select cardinality(helpdesk.my_assigned_ticket_ids());
set local request.jwt.claims = :'bea';
select cardinality(helpdesk.my_assigned_ticket_ids());
set local request.jwt.claims = :'adam';
select cardinality(helpdesk.my_assigned_ticket_ids());
rollback;
-- The functions too: what Arthur may read, Gus may not.
begin;
set local role authenticated;
set local request.jwt.claims = :'arthur';
select helpdesk.get_ticket_details(story.ticket('Cached?')) is not null;
set local request.jwt.claims = :'gus';
select helpdesk.get_ticket_details(story.ticket('Cached?')) is not null;
rollback;
delete from helpdesk.tickets;

---- Nobody's own objects run with the rights of helpdesk_owner, whatever their search_path
create schema evil;
grant usage on schema evil to public;
create table evil.caught (who name);
grant insert on evil.caught to public;
create function evil.trap() returns boolean language plpgsql as $$ begin insert into evil.caught values (current_user); return true; end $$;
create function evil.eq(uuid, uuid) returns boolean language sql as 'select evil.trap()';
create operator evil.= (leftarg = uuid, rightarg = uuid, function = evil.eq);
create function evil.max_step(integer, integer) returns integer language plpgsql as $$ begin perform evil.trap(); return 1; end $$;
create aggregate evil.max(integer) (sfunc = evil.max_step, stype = integer);
create function evil.now() returns timestamptz language sql as 'select case when evil.trap() then pg_catalog.now() end';
create function evil.coerced(text, text) returns boolean language sql as 'select evil.trap()';
create operator evil.= (leftarg = text, rightarg = text, function = evil.coerced);
grant execute on all functions in schema evil to public;
select json_build_object('sub', story.login('Ada'), 'role', 'authenticated')::text as claims, story.org('Acme') as acme \gset
-- Each in a session that knows nothing yet.
\c -
set request.jwt.claims = :'claims';
set role authenticated;
set search_path = evil, pg_catalog, pg_temp;
select helpdesk.my_profile_id() is not null;
\c -
set request.jwt.claims = :'claims';
set role authenticated;
set search_path = evil, pg_catalog, pg_temp;
select pg_catalog.count(*) from helpdesk.org_members;
select helpdesk.is_member_of_my_orgs(helpdesk.my_profile_id());
select pg_catalog.cardinality(helpdesk.my_assigned_ticket_ids());
\c -
set request.jwt.claims = :'claims';
set role authenticated;
set search_path = evil, pg_catalog, pg_temp;
select helpdesk.create_ticket(:'acme', 'Trapped?') is not null;
select helpdesk.list_org_tickets(:'acme') is not null;
select helpdesk.claim_next_ticket(:'acme')->>'title';
select id as trapped from helpdesk.tickets where helpdesk.tickets.title operator(pg_catalog.=) 'Trapped?' \gset
select helpdesk.add_comment(:'trapped', 'Trapped?', true) is not null, helpdesk.add_attachment(:'trapped', 'a', 'b', 1, 'c') is not null;
insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (:'acme', :'trapped', 'Trapped?');
update helpdesk.ticket_comments set content = 'Trapped!';
delete from helpdesk.ticket_attachments;
select helpdesk.watch_ticket(:'trapped');
select (helpdesk.update_tickets(array[:'trapped']::pg_catalog.uuid[], '{"priority": "urgent"}')->>'updated');
select helpdesk.may_read_file('c'), helpdesk.may_upload_file(pg_catalog.concat(:'acme', '/', :'trapped', '/c'));
select helpdesk.count_unread_notifications() is not null, helpdesk.mark_notifications_read() is not null;
delete from helpdesk.tickets where helpdesk.tickets.title operator(pg_catalog.=) 'Trapped?';
reset search_path;
reset role;
select who from evil.caught where who <> 'authenticated';
set client_min_messages = warning;
drop schema evil cascade;
