-- People: the profile that follows a login, and who the access token says is asking.
\pset format unaligned
\pset tuples_only on

---- The name of a new profile

begin;
insert into auth.users (email, raw_user_meta_data) values
  ('n1@example.com', '{"full_name": "  Full Name ", "name": "x", "user_name": "y"}'),
  ('n2@example.com', '{"full_name": "  ", "name": "Just Name", "user_name": "y"}'),
  ('n3@example.com', '{"full_name": 7, "name": null, "user_name": "octocat"}'),
  ('n4@example.com', '{}'),
  ('n5@example.com', '[]'),
  ('n6@example.com', '"text"'),
  ('n7@example.com', 'null'),
  (null, '{}'),
  ('', '{"full_name": {"first": "A"}}');
select p.name, p.role, p.email from helpdesk.profiles p join auth.users u on u.id = p.auth_id
 where u.email ~ '^n\d@' or coalesce(u.email, '') = '' order by u.email nulls first, 1;
-- A very long name is cut, a very deep one is not looked at: neither fails the sign-up.
insert into auth.users (email, raw_user_meta_data) values
  ('long@example.com', jsonb_build_object('name', repeat('ü', 300))),
  ('deep@example.com', (repeat('[', 3000) || repeat(']', 3000))::jsonb);
select char_length(p.name), p.name = repeat('ü', 200) from helpdesk.profiles p where email = 'long@example.com';
select p.name from helpdesk.profiles p where email = 'deep@example.com';
rollback;

---- A sign-up never fails because of helpdesk

begin;
alter table helpdesk.profiles add constraint nobody_is_called_broken check (name <> 'Broken');
set local client_min_messages = error;
select story.person('Broken');
reset client_min_messages;
-- The login is there, the profile is not, until install() makes it.
select story.login('Broken') is not null, story.profile('Broken') is null;
alter table helpdesk.profiles drop constraint nobody_is_called_broken;
select helpdesk.install();
select story.profile('Broken') is not null;
rollback;

-- The warning says what went wrong.
begin;
alter table helpdesk.profiles add constraint nobody_is_called_broken check (name <> 'Broken');
insert into auth.users (id, email, raw_user_meta_data)
values ('00000000-0000-4000-8000-000000000001', 'broken@example.com', '{"name": "Broken"}');
rollback;

---- The initial admin

begin;
set local app.initial_admin_email = 'Boss@Example.com';
-- Somebody who signs up with the admin's address, unconfirmed, is not admin;
select story.person('Boss', 'BOSS@example.COM', false);
select role from helpdesk.profiles where name = 'Boss';
-- and is once the address is confirmed.
update auth.users set email_confirmed_at = now() where id = story.login('Boss');
select role from helpdesk.profiles where name = 'Boss';
-- Demoted, they stay demoted: later sign-ins and changes of the address give nothing back.
update helpdesk.profiles set role = 'customer' where name = 'Boss';
update auth.users set email_confirmed_at = now() + interval '1 day', email = 'boss@example.com' where id = story.login('Boss');
select role from helpdesk.profiles where name = 'Boss';
rollback;

begin;
set local app.initial_admin_email = 'boss@example.com';
select story.person('Boss', 'Boss@EXAMPLE.com');
select story.person('Other', 'other@example.com');
select name, role from helpdesk.profiles where name in ('Boss', 'Other') order by name;
rollback;

begin;
-- A confirmed person who takes the admin's address does not become admin by that.
set local app.initial_admin_email = 'boss@example.com';
select story.person('Sly', 'sly@example.com');
update auth.users set email = 'boss@example.com' where id = story.login('Sly');
select role, email from helpdesk.profiles where name = 'Sly';
rollback;

begin;
-- No address configured, no address given: nobody is admin.
set local app.initial_admin_email = '';
insert into auth.users (email, email_confirmed_at, raw_user_meta_data) values ('', now(), '{"name": "Blank"}'), (null, now(), '{"name": "Null"}');
select name, role from helpdesk.profiles where name in ('Blank', 'Null') order by name;
rollback;

---- The profile follows the login, and outlives it

begin;
select story.person('Temp', 'temp@example.com');
update helpdesk.profiles set name = 'Renamed' where name = 'Temp';
update auth.users set email = 'new@example.com' where email = 'temp@example.com';
select name, email from helpdesk.profiles where name = 'Renamed';
delete from auth.users where email = 'new@example.com';
select name, email, auth_id is null from helpdesk.profiles where name = 'Renamed';
rollback;

-- The sign-up service may be service_role.
begin;
set local role service_role;
insert into auth.users (email, raw_user_meta_data) values ('svc@example.com', '{"name": "Svc"}');
select name, role from helpdesk.profiles where name = 'Svc';
delete from auth.users where email = 'svc@example.com';
select name, auth_id is null from helpdesk.profiles where name = 'Svc';
rollback;

---- Who is asking

call story.sign_in('Alice');
select story.name_of(helpdesk.my_profile_id()), auth.uid() = story.login('Alice'),
       helpdesk.my_org_ids() = array[story.org('Acme')], helpdesk.my_staff_org_ids(), helpdesk.my_admin_org_ids();
call story.sign_in('Bea');
select cardinality(helpdesk.my_org_ids()), helpdesk.my_staff_org_ids() = array[story.org('Globex')], helpdesk.my_admin_org_ids();
call story.sign_in('Ada');
select helpdesk.my_staff_org_ids() = array[story.org('Acme')], helpdesk.my_admin_org_ids() = array[story.org('Acme')];
call story.sign_in('Stan');
select story.name_of(helpdesk.my_profile_id()), helpdesk.my_org_ids(), helpdesk.my_staff_org_ids(), helpdesk.my_admin_org_ids();
call story.sign_in('Nemo');
select helpdesk.my_profile_id() is null, auth.uid() = story.login('Nemo'), helpdesk.my_org_ids();

-- The older setting of PostgREST counts too, and wins.
call story.sign_in('Alice');
select set_config('request.jwt.claim.sub', story.login('Adam')::text, false) is not null;
select story.name_of(helpdesk.my_profile_id());
select set_config('request.jwt.claim.sub', '', false);
select story.name_of(helpdesk.my_profile_id());

-- Claims that name nobody are nobody, never an error.
create temp table strange_claims (claims text);
insert into strange_claims values
  (''), ('{}'), ('null'), ('[]'), ('"x"'), ('7'), ('not json'), ('{"sub": null}'), ('{"sub": 7}'), ('{"sub": ""}'),
  ('{"sub": "not a uuid"}'), ('{"sub": ["a"]}'), ('{"sub": "00000000-0000-4000-8000-000000000000"}'), ('{"sub": "'), (repeat('[', 10000));
grant select on strange_claims to public;
set role authenticated;
select left(claims, 60), set_config('request.jwt.claims', claims, false) is not null,
       helpdesk.my_profile_id() is null, helpdesk.my_org_ids()
  from strange_claims;
call story.sign_out();

---- The table: profiles

-- Everybody reads themselves; staff also the members of their organizations.
call story.sign_in('Ada');
select string_agg(name, ' ' order by name) from helpdesk.profiles;
call story.sign_in('Alice');
select string_agg(name, ' ' order by name) from helpdesk.profiles;
call story.sign_in('Bea');
select string_agg(name, ' ' order by name) from helpdesk.profiles;
call story.sign_in('Stan');
select string_agg(name, ' ' order by name) from helpdesk.profiles;
call story.sign_in('Nemo');
select count(*) from helpdesk.profiles;
call story.claim('');
select count(*) from helpdesk.profiles;
set role anon;
select story.attempt('select * from helpdesk.profiles');
set role service_role;
select count(*) from helpdesk.profiles;

-- A person changes their own name, preferences and last_active;
call story.sign_in('Alice');
select story.attempt($$update helpdesk.profiles set name = 'Al', preferences = '{"dark": true}', last_active = now()$$);
select story.attempt($$update helpdesk.profiles set name = 'Al' where name <> 'Alice'$$);
-- nothing else;
select story.attempt($$update helpdesk.profiles set role = 'admin'$$);
select story.attempt($$update helpdesk.profiles set auth_id = null$$);
select story.attempt($$update helpdesk.profiles set email = 'x@example.com'$$);
select story.attempt($$update helpdesk.profiles set id = helpdesk.uuid_generate_v7()$$);
select story.attempt($$update helpdesk.profiles set teams = '{}'$$);
select story.attempt($$update helpdesk.profiles set created_at = now()$$);
select story.attempt($$insert into helpdesk.profiles (name) values ('New')$$);
select story.attempt($$delete from helpdesk.profiles$$);
-- and no admin changes it for them.
call story.sign_in('Ada');
select story.attempt($$update helpdesk.profiles set name = 'Al' where name = 'Alice'$$);
call story.sign_out();

-- What a name and preferences must be.
select story.attempt($$update helpdesk.profiles set name = ' ' where name = 'Alice'$$);
select story.attempt($$update helpdesk.profiles set name = repeat('x', 201) where name = 'Alice'$$);
select story.attempt($$update helpdesk.profiles set preferences = '[]' where name = 'Alice'$$);

---- The table: schema_version

call story.sign_in('Alice');
select version from helpdesk.schema_version;
select story.attempt('delete from helpdesk.schema_version');
call story.sign_out();

---- Ids

select bool_and(substr(id::text, 15, 1) = '7' and substr(id::text, 20, 1) in ('8', '9', 'a', 'b')), count(distinct id)
  from (select helpdesk.uuid_generate_v7() id from generate_series(1, 1000)) ids;
