-- The profile that follows a login: its name, its role, and what outlives the login.

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
-- A name that is too long is cut, and one that is nested too deeply is ignored. Neither makes the
-- sign-up fail.
insert into auth.users (email, raw_user_meta_data) values
  ('long@example.com', jsonb_build_object('name', repeat('ü', 300))),
  ('deep@example.com', (repeat('[', 3000) || repeat(']', 3000))::jsonb);
select char_length(p.name), p.name = repeat('ü', 200) from helpdesk.profiles p where email = 'long@example.com';
select p.name from helpdesk.profiles p where email = 'deep@example.com';
rollback;

---- A sign-up does not fail because helpdesk refuses the data

begin;
alter table helpdesk.profiles add constraint nobody_is_called_broken check (name <> 'Broken');
set local client_min_messages = error;
select test.sign_up('Broken');
reset client_min_messages;
-- The login exists, but it has no profile until install() or the person's next call creates it.
select test.login_id('Broken') is not null, test.profile_id('Broken') is null;
alter table helpdesk.profiles drop constraint nobody_is_called_broken;
select helpdesk.install();
select test.profile_id('Broken') is not null;
rollback;

-- The warning tells what went wrong.
begin;
alter table helpdesk.profiles add constraint nobody_is_called_broken check (name <> 'Broken');
insert into auth.users (id, email, raw_user_meta_data)
values ('00000000-0000-4000-8000-000000000001', 'broken@example.com', '{"name": "Broken"}');
rollback;

---- The initial administrator

begin;
set local app.initial_admin_email = 'Boss@Example.com';
-- A person who signs up with the administrator's address is not an administrator
select test.sign_up('Boss', 'BOSS@example.COM', false);
select role from helpdesk.profiles where name = 'Boss';
-- until the address is confirmed.
update auth.users set email_confirmed_at = now() where id = test.login_id('Boss');
select role from helpdesk.profiles where name = 'Boss';
-- An administrator who was demoted stays demoted: neither later sign-ins nor a change of the
-- address restores the role.
update helpdesk.profiles set role = 'customer' where name = 'Boss';
update auth.users set email_confirmed_at = now() + interval '1 day', email = 'boss@example.com' where id = test.login_id('Boss');
select role from helpdesk.profiles where name = 'Boss';
rollback;

begin;
set local app.initial_admin_email = 'boss@example.com';
select test.sign_up('Boss', 'Boss@EXAMPLE.com');
select test.sign_up('Other', 'other@example.com');
select name, role from helpdesk.profiles where name in ('Boss', 'Other') order by name;
rollback;

begin;
-- A confirmed user who changes to the administrator's address does not become an administrator.
set local app.initial_admin_email = 'boss@example.com';
select test.sign_up('Sly', 'sly@example.com');
update auth.users set email = 'boss@example.com' where id = test.login_id('Sly');
select role, email from helpdesk.profiles where name = 'Sly';
rollback;

begin;
-- Without a configured address, a user without an address does not become an administrator.
set local app.initial_admin_email = '';
insert into auth.users (email, email_confirmed_at, raw_user_meta_data) values ('', now(), '{"name": "Blank"}'), (null, now(), '{"name": "Null"}');
select name, role from helpdesk.profiles where name in ('Blank', 'Null') order by name;
rollback;

---- The profile follows the login and outlives it

begin;
select test.sign_up('Temp', 'temp@example.com');
update helpdesk.profiles set name = 'Renamed' where name = 'Temp';
update auth.users set email = 'new@example.com' where email = 'temp@example.com';
select name, email from helpdesk.profiles where name = 'Renamed';
delete from auth.users where email = 'new@example.com';
select name, email, auth_id is null from helpdesk.profiles where name = 'Renamed';
rollback;

-- The sign-up service may run as service_role.
begin;
set local role service_role;
insert into auth.users (email, raw_user_meta_data) values ('svc@example.com', '{"name": "Svc"}');
select name, role from helpdesk.profiles where name = 'Svc';
delete from auth.users where email = 'svc@example.com';
select name, auth_id is null from helpdesk.profiles where name = 'Svc';
rollback;
