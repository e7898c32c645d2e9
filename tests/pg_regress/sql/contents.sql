-- What there is: the tables, triggers and members of the extension; and that everything says what it is for.
\pset format unaligned
\pset tuples_only on

---- The tables
select relname from pg_class where relnamespace = 'helpdesk'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S') order by relname collate "C";
---- The triggers, on auth.users too
select c.oid::regclass, t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
 where not t.tgisinternal and c.relnamespace in ('helpdesk'::regnamespace, 'auth'::regnamespace) order by c.relname collate "C", t.tgname collate "C";
---- The extension owns functions and types; the tables are the user's
select pg_describe_object(classid, objid, objsubid) from pg_depend
 where refclassid = 'pg_extension'::regclass and refobjid = (select oid from pg_extension where extname = 'helpdesk') and deptype = 'e'
   and pg_describe_object(classid, objid, objsubid) not like 'type helpdesk.%[]'
 order by pg_describe_object(classid, objid, objsubid) collate "C";
---- So it does not go while they are there
\set VERBOSITY terse
set client_min_messages = warning;
drop extension helpdesk;
---- Its schema cannot be chosen
select extrelocatable, extnamespace::regnamespace from pg_extension where extname = 'helpdesk';
---- install() again changes nothing, but for profiles that are missing: Nemo's
select helpdesk.install();
select count(*) from helpdesk.profiles where name = 'Nemo';
select story.everything() as before \gset
select helpdesk.install();
select story.everything() = :'before';
select story.expect_error('select helpdesk.enable_cron()');
select story.expect_error('select helpdesk.enable_realtime()');
select story.expect_error($$select helpdesk.enable_storage('files')$$);
---- Nobody else installs, migrates or enables
call story.sign_in('Ada');
select story.attempt('select helpdesk.install()'), story.attempt('select helpdesk.migrate()'), story.attempt('select helpdesk.enable_cron()'), story.attempt('select helpdesk.enable_realtime()'), story.attempt($$select helpdesk.enable_storage('files')$$);
set role service_role;
select story.attempt('select helpdesk.install()'), story.attempt('select helpdesk.migrate()'), story.attempt('select helpdesk.enable_cron()'), story.attempt('select helpdesk.enable_realtime()'), story.attempt($$select helpdesk.enable_storage('files')$$);
call story.sign_out();

---- The enums
select t.typname, string_agg(e.enumlabel, ' < ' order by e.enumsortorder) from pg_type t join pg_enum e on e.enumtypid = t.oid
 where t.typnamespace = 'helpdesk'::regnamespace group by 1 order by t.typname collate "C";

---- Without a comment: none
-- Tables, views and their columns;
select c.relname from pg_class c where c.relnamespace = 'helpdesk'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S') and obj_description(c.oid, 'pg_class') is null;
select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
 where c.relnamespace = 'helpdesk'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') and a.attnum > 0 and not a.attisdropped and col_description(c.oid, a.attnum) is null;
-- functions and types;
select p.oid::regprocedure from pg_proc p where p.pronamespace = 'helpdesk'::regnamespace and obj_description(p.oid, 'pg_proc') is null;
select t.typname from pg_type t where t.typnamespace = 'helpdesk'::regnamespace and t.typtype = 'e' and obj_description(t.oid, 'pg_type') is null;
-- policies and triggers;
select c.relname, p.polname from pg_policy p join pg_class c on c.oid = p.polrelid where c.relnamespace = 'helpdesk'::regnamespace and obj_description(p.oid, 'pg_policy') is null;
select c.relname, t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
 where not t.tgisinternal and c.relnamespace in ('helpdesk'::regnamespace, 'auth'::regnamespace) and obj_description(t.oid, 'pg_trigger') is null;
-- indexes that are not made by a constraint: the comment names what they serve;
select i.indexrelid::regclass from pg_index i join pg_class c on c.oid = i.indrelid
 where c.relnamespace = 'helpdesk'::regnamespace and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
   and coalesce(obj_description(i.indexrelid, 'pg_class'), '') !~ '^Serves ';
-- and the auth minimum where helpdesk made it.
select 'auth' where obj_description('auth'::regnamespace, 'pg_namespace') is null;
select a.attname from pg_attribute a where a.attrelid = 'auth.users'::regclass and a.attnum > 0 and not a.attisdropped and col_description(a.attrelid, a.attnum) is null;
select 'auth.users' where obj_description('auth.users'::regclass, 'pg_class') is null;
select 'auth.uid()' where obj_description('auth.uid()'::regprocedure, 'pg_proc') is null;
