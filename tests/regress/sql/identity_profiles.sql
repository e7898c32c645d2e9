-- Who reads and changes the table profiles.

---- The table profiles

-- Each person reads their own profile; staff also read those of their organizations' members.
call test.sign_in('Ada');
select string_agg(name, ' ' order by name) from helpdesk.profiles;
call test.sign_in('Alice');
select string_agg(name, ' ' order by name) from helpdesk.profiles;
call test.sign_in('Bea');
select string_agg(name, ' ' order by name) from helpdesk.profiles;
call test.sign_in('Stan');
select string_agg(name, ' ' order by name) from helpdesk.profiles;
call test.sign_in('Nemo');
select count(*) from helpdesk.profiles;
call test.set_claims('');
select count(*) from helpdesk.profiles;
set role anon;
select test.attempt('select * from helpdesk.profiles');
set role service_role;
select count(*) from helpdesk.profiles;

-- A person changes their own name, avatar_url, preferences and last_active,
call test.sign_in('Alice');
select test.attempt($$update helpdesk.profiles set name = 'Al', preferences = '{"dark": true}', last_active = now()$$);
select test.attempt($$update helpdesk.profiles set name = 'Al' where name <> 'Alice'$$);
-- but nothing else,
select test.attempt($$update helpdesk.profiles set role = 'admin'$$);
select test.attempt($$update helpdesk.profiles set auth_id = null$$);
select test.attempt($$update helpdesk.profiles set email = 'x@example.com'$$);
select test.attempt($$update helpdesk.profiles set email_is_confirmed = true$$);
select test.attempt($$update helpdesk.profiles set id = helpdesk.uuid_generate_v7()$$);
select test.attempt($$update helpdesk.profiles set teams = '{}'$$);
select test.attempt($$update helpdesk.profiles set created_at = now()$$);
select test.attempt($$insert into helpdesk.profiles (name) values ('New')$$);
select test.attempt($$delete from helpdesk.profiles$$);
-- and no organization administrator changes them on their behalf.
call test.sign_in('Ada');
select test.attempt($$update helpdesk.profiles set name = 'Al' where name = 'Alice'$$);
call test.sign_out();

-- Invalid names and preferences
select test.attempt($$update helpdesk.profiles set name = ' ' where name = 'Alice'$$);
select test.attempt($$update helpdesk.profiles set name = repeat('x', 201) where name = 'Alice'$$);
select test.attempt($$update helpdesk.profiles set preferences = '[]' where name = 'Alice'$$);
