-- Everything that the extension creates, and that each object has a comment.

---- Tables, views and sequences
select relname from pg_class where relnamespace = 'helpdesk'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S') order by relname collate "C";
---- Triggers, including those on auth.users
select c.oid::regclass, t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
 where not t.tgisinternal and c.relnamespace in ('helpdesk'::regnamespace, 'auth'::regnamespace) order by c.relname collate "C", t.tgname collate "C";
---- The extension owns functions and types, but not the tables, which hold the user's data
select pg_describe_object(classid, objid, objsubid) from pg_depend
 where refclassid = 'pg_extension'::regclass and refobjid = (select oid from pg_extension where extname = 'helpdesk') and deptype = 'e'
   and pg_describe_object(classid, objid, objsubid) not like 'type helpdesk.%[]'
 order by pg_describe_object(classid, objid, objsubid) collate "C";
---- DROP EXTENSION fails while the tables exist
\set VERBOSITY terse
set client_min_messages = warning;
drop extension helpdesk;
---- The schema cannot be chosen
select extrelocatable, extnamespace::regnamespace from pg_extension where extname = 'helpdesk';

---- Enums
select t.typname, string_agg(e.enumlabel, ' < ' order by e.enumsortorder) from pg_type t join pg_enum e on e.enumtypid = t.oid
 where t.typnamespace = 'helpdesk'::regnamespace group by 1 order by t.typname collate "C";

---- Objects without a comment: none
-- Tables, views and their columns
select c.relname from pg_class c where c.relnamespace = 'helpdesk'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S') and obj_description(c.oid, 'pg_class') is null;
select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
 where c.relnamespace = 'helpdesk'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') and a.attnum > 0 and not a.attisdropped and col_description(c.oid, a.attnum) is null;
-- Functions and types
select p.oid::regprocedure from pg_proc p where p.pronamespace = 'helpdesk'::regnamespace and obj_description(p.oid, 'pg_proc') is null;
select t.typname from pg_type t where t.typnamespace = 'helpdesk'::regnamespace and t.typtype = 'e' and obj_description(t.oid, 'pg_type') is null;
-- Policies and triggers
select c.relname, p.polname from pg_policy p join pg_class c on c.oid = p.polrelid where c.relnamespace = 'helpdesk'::regnamespace and obj_description(p.oid, 'pg_policy') is null;
select c.relname, t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
 where not t.tgisinternal and c.relnamespace in ('helpdesk'::regnamespace, 'auth'::regnamespace) and obj_description(t.oid, 'pg_trigger') is null;
-- Indexes that no constraint created: the comment names the queries that they serve.
select i.indexrelid::regclass from pg_index i join pg_class c on c.oid = i.indrelid
 where c.relnamespace = 'helpdesk'::regnamespace and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
   and coalesce(obj_description(i.indexrelid, 'pg_class'), '') !~ '^Serves ';
-- The minimal schema auth, if the extension created it
select 'auth' where obj_description('auth'::regnamespace, 'pg_namespace') is null;
select a.attname from pg_attribute a where a.attrelid = 'auth.users'::regclass and a.attnum > 0 and not a.attisdropped and col_description(a.attrelid, a.attnum) is null;
select 'auth.users' where obj_description('auth.users'::regclass, 'pg_class') is null;
select 'auth.uid()' where obj_description('auth.uid()'::regprocedure, 'pg_proc') is null;

---- Lines of comments that are too long for \d+ and \df+: none
select classoid::regclass, objoid, objsubid, description from pg_description where objoid >= 16384 and description ~ '[^\n]{101}';
