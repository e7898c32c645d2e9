-- Name and picture from the metadata of a login, and logins as Supabase creates them.

create function test.shown(p_email text) returns text language sql as $$
  select concat_ws(' | ', name, avatar_url) from helpdesk.profiles where email = p_email $$;

create function test.sign_in_by_email(p_email text) returns void language plpgsql as $$
begin
  perform set_config('request.jwt.claims', json_build_object('sub', (select id from auth.users where email = p_email), 'role', 'authenticated')::text, false);
  perform set_config('role', 'authenticated', false);
end $$;

---- GitHub, Google and others
begin;
insert into auth.users (email, raw_user_meta_data) values
  ('g1@example.com', '{"preferred_username": "octocat", "user_name": "octo", "avatar_url": "https://github.example/octocat.png"}'),
  ('g2@example.com', '{"user_name": "octo"}'),
  ('g3@example.com', '{"full_name": "", "name": "Mona", "preferred_username": "octocat", "picture": "https://google.example/m"}'),
  -- People write the metadata themselves, so only a web address becomes a picture.
  ('g4@example.com', '{"avatar_url": "javascript:alert(1)"}'),
  ('g5@example.com', '{"avatar_url": ["https://github.example/octocat.png"]}');
select test.shown('g' || n || '@example.com') from generate_series(1, 5) n;
rollback;

-- A name of which nothing can be seen is none, also when the address changes with it.
begin;
insert into auth.users (email, raw_user_meta_data) select 'i' || n || '@example.com', jsonb_build_object('full_name', name, 'user_name', 'octo')
  from unnest(array[U&'\200B', U&'\2800', U&'\3164\00AD', E'\t ', repeat(U&'\200B', 300) || 'x']) with ordinality as x (name, n);
update auth.users set email = 'new@example.com', raw_user_meta_data = jsonb_build_object('name', U&'\3164') where email = 'i1@example.com';
select name, email from helpdesk.profiles where email like 'i_@example.com' or email = 'new@example.com' order by email;
rollback;

---- Later changes follow, unless the person chose something else
begin;
insert into auth.users (email, raw_user_meta_data) values ('octo@example.com', '{"name": "Octo", "avatar_url": "https://github.example/1.png"}');
update auth.users set raw_user_meta_data = '{"name": "Octavia", "avatar_url": "https://github.example/2.png"}' where email = 'octo@example.com';
select test.shown('octo@example.com');
-- A name that the provider no longer gives stays; the picture goes.
update auth.users set raw_user_meta_data = null where email = 'octo@example.com';
select test.shown('octo@example.com');
update auth.users set raw_user_meta_data = '{"name": "Octavia"}' where email = 'octo@example.com';
select test.sign_in_by_email('octo@example.com');
update helpdesk.profiles set name = 'Chosen', avatar_url = 'https://me.example/me.png' where id = helpdesk.my_profile_id();
call test.sign_out();
update auth.users set raw_user_meta_data = '{"name": "Octopus", "avatar_url": "https://github.example/3.png"}' where email = 'octo@example.com';
select test.shown('octo@example.com');
-- A name that is the address follows the address.
insert into auth.users (email) values ('first@example.com');
update auth.users set email = 'second@example.com' where email = 'first@example.com';
select test.shown('second@example.com');
rollback;
call test.sign_out();

---- A picture is a web address
call test.sign_in('Alice');
select test.attempt($$update helpdesk.profiles set avatar_url = 'javascript:alert(1)'$$);
select test.attempt($$update helpdesk.profiles set avatar_url = 'https://' || repeat('x', 2000)$$);
select test.attempt($$update helpdesk.profiles set avatar_url = 'https://a b'$$);
select test.attempt($$update helpdesk.profiles set avatar_url = 'https://me.example/me.png'$$);
call test.sign_out();
-- Members see the pictures of those whose names they see.
begin;
update helpdesk.profiles set avatar_url = 'https://acme.example/ben.png' where name = 'Ben';
call test.sign_in('Alice');
select m->>'avatarUrl' from json_array_elements(helpdesk.list_org_members(test.org_id('Acme'))) m where m->>'name' = 'Ben';
rollback;
call test.sign_out();

---- The embedded auth.users accepts what Supabase's accepts
begin;
insert into auth.users (id, email, phone, email_confirmed_at, raw_app_meta_data, raw_user_meta_data, is_anonymous, created_at) values
  (gen_random_uuid(), null, '15551234567', null, '{"provider": "phone"}', null, false, now()),
  (gen_random_uuid(), null, null, null, null, '{}', true, null);
select name, email from helpdesk.profiles where id not in (select id from helpdesk.profiles where email is not null) order by created_at;
rollback;

---- People who signed in anonymously or by phone have the name that they give later.
begin;
create function test.name_of(p_login uuid) returns text language sql as $$ select name from helpdesk.profiles where auth_id = p_login $$;
insert into auth.users (id, is_anonymous) values ('f1000000-0000-4000-8000-000000000001', true);
insert into auth.users (id, phone) values ('f1000000-0000-4000-8000-000000000002', '49301234567');
select test.name_of(id) from auth.users where id::text like 'f1000000-0000-4000-8000-%' order by id;
update auth.users set raw_user_meta_data = '{"name": "Nina"}' where id::text like 'f1000000-0000-4000-8000-%';
select test.name_of(id) from auth.users where id::text like 'f1000000-0000-4000-8000-%' order by id;
update auth.users set raw_user_meta_data = '{"full_name": "Nina N."}', email = 'nina' || right(id::text, 1) || '@example.com', email_confirmed_at = now() where id::text like 'f1000000-0000-4000-8000-%';
select test.name_of(id) from auth.users where id::text like 'f1000000-0000-4000-8000-%' order by id;
-- Supabase's dashboard writes display_name.
insert into auth.users (id, raw_user_meta_data) values ('f1000000-0000-4000-8000-000000000003', '{}');
update auth.users set raw_user_meta_data = '{"display_name": "Olga"}' where id = 'f1000000-0000-4000-8000-000000000003';
select test.name_of('f1000000-0000-4000-8000-000000000003');
rollback;
