-- Tenants: founding one, what it starts with, who belongs to it.
\pset format unaligned
\pset tuples_only on

---- Founding one: the function

select story.everything() as before \gset

call story.sign_in('Alice');
select story.expect_error('select helpdesk.create_organization(null)');
select story.expect_error($$select helpdesk.create_organization('')$$);
select story.expect_error($$select helpdesk.create_organization(E' \t\n')$$);
select story.expect_error($$select helpdesk.create_organization(repeat('x', 201))$$);
call story.sign_in('Nemo');
select story.expect_error($$select helpdesk.create_organization('Nemo Ltd')$$);
call story.claim('');
select story.expect_error($$select helpdesk.create_organization('Nobody Ltd')$$);
set role anon;
select story.expect_error($$select helpdesk.create_organization('Anon Ltd')$$);
set role service_role;
select story.expect_error($$select helpdesk.create_organization('Service Ltd')$$);
call story.sign_out();
select story.expect_error($$select helpdesk.create_organization('DBA Ltd')$$);

-- An agent of the installation founds none, an admin does.
begin;
update helpdesk.profiles set role = 'agent' where name = 'Stan';
call story.sign_in('Stan');
select story.expect_error($$select helpdesk.create_organization('Stan Ltd')$$);
select story.expect_error($$insert into helpdesk.organizations (name) values ('Stan Ltd')$$);
call story.sign_out();
update helpdesk.profiles set role = 'admin' where name = 'Stan';
call story.sign_in('Stan');
select helpdesk.create_organization('Stan Ltd') is not null;
-- Who is admin of the installation is admin of no organization by that.
select string_agg(name, ' ') from helpdesk.organizations;
rollback;
call story.sign_out();

select story.everything() = :'before' as nothing_was_written;

---- What it starts with

call story.sign_in('Stan');
begin;
select helpdesk.create_organization(' Stan & Söhne ') is not null;
select helpdesk.my_admin_org_ids() = array[story.org('Stan & Söhne')];
select name, story.name_of(created_by) from helpdesk.organizations;
select story.name_of(user_id), org_role, story.name_of(added_by) from helpdesk.org_members;
select w.name, w.is_active, s.name, s.position, s.status, s.is_start
  from helpdesk.workflows w join helpdesk.workflow_stages s on s.workflow_id = w.id order by s.position;
select story.attempt($$select helpdesk.create_ticket(story.org('Stan & Söhne'), 'First')$$);
rollback;
call story.sign_out();

-- 200 characters are allowed, in characters and not in bytes.
call story.sign_in('Stan');
select story.attempt($$select helpdesk.create_organization(repeat('ü', 200))$$);
call story.sign_out();

---- Founding one: the table

call story.sign_in('Stan');
begin;
insert into helpdesk.organizations (name) values ('By Table');
select name, story.name_of(created_by) from helpdesk.organizations;
select story.name_of(user_id), org_role from helpdesk.org_members;
select count(*) from helpdesk.workflow_stages;
rollback;
select story.attempt($$insert into helpdesk.organizations (name) values (' ')$$);
select story.attempt($$insert into helpdesk.organizations (name) values (null)$$);
select story.attempt($$insert into helpdesk.organizations (id, name) values (story.org('Acme'), 'x')$$);
select story.attempt($$insert into helpdesk.organizations (name, created_by) values ('x', story.profile('Ada'))$$);
select story.attempt($$insert into helpdesk.organizations (name, created_at) values ('x', now())$$);
call story.sign_in('Nemo');
select story.attempt($$insert into helpdesk.organizations (name) values ('Nemo Ltd')$$);
call story.sign_out();

---- Reading and changing it: the table

select * from story.everybody_attempts('select * from helpdesk.organizations');
select * from story.everybody_attempts($$select * from helpdesk.organizations where name = 'Acme'$$);
select * from story.everybody_attempts($$update helpdesk.organizations set name = 'New' where id = story.org('Acme')$$);
select * from story.everybody_attempts($$delete from helpdesk.organizations where id = story.org('Acme')$$);
call story.sign_in('Ada');
select story.attempt($$update helpdesk.organizations set name = ' '$$);
select story.attempt($$update helpdesk.organizations set id = helpdesk.uuid_generate_v7()$$);
select story.attempt($$update helpdesk.organizations set created_by = story.profile('Stan')$$);
select story.attempt($$update helpdesk.organizations set created_at = now()$$);
set role anon;
select story.attempt('select * from helpdesk.organizations');
set role service_role;
select story.attempt('select * from helpdesk.organizations');
call story.sign_out();

---- Members: the function

-- Staff see all, with e-mail addresses; customers see the staff and themselves, without the addresses.
create function story.members(org text) returns table (line text) language sql as $$
  select concat_ws(' ', m->>'name', m->>'orgRole', coalesce(m->>'email', 'no e-mail'))
    from json_array_elements(helpdesk.list_org_members(story.org(org))) m order by 1
$$;
call story.sign_in('Ada');
select * from story.members('Acme');
select distinct story.keys(m) from json_array_elements(helpdesk.list_org_members(story.org('Acme'))) m;
call story.sign_in('Alice');
select * from story.members('Acme');
call story.sign_in('Bea');
select * from story.members('Acme');
select * from story.members('Globex');
call story.sign_in('Stan');
select story.expect_error($$select helpdesk.list_org_members(story.org('Acme'))$$);
select story.expect_error($$select helpdesk.list_org_members('00000000-0000-4000-8000-000000000000')$$);
select story.expect_error($$select helpdesk.list_org_members(null)$$);
call story.sign_in('Grace');
select story.expect_error($$select helpdesk.list_org_members(story.org('Acme'))$$);
set role anon;
select story.expect_error($$select helpdesk.list_org_members(story.org('Acme'))$$);
set role service_role;
select count(*) from story.members('Acme');
call story.sign_out();
select count(*) from story.members('Acme');

---- Members: the table

-- Staff read all members of their organizations, customers the staff and themselves.
select * from story.everybody_attempts('select * from helpdesk.org_members');
select * from story.everybody_attempts($$select * from helpdesk.org_members where org_id = story.org('Acme')$$);
-- Nobody joins by writing the table, not even admins.
select * from story.everybody_attempts($$
  insert into helpdesk.org_members (org_id, user_id, org_role) values (story.org('Acme'), story.profile('Stan'), 'org_admin')$$);
-- Admins change roles and remove members of theirs.
select * from story.everybody_attempts($$
  update helpdesk.org_members set org_role = 'org_agent' where org_id = story.org('Acme') and user_id = story.profile('Alice')$$);
select * from story.everybody_attempts($$
  delete from helpdesk.org_members where org_id = story.org('Acme') and user_id = story.profile('Alice')$$);
call story.sign_in('Alice');
-- A customer does not promote themselves.
select story.attempt($$update helpdesk.org_members set org_role = 'org_admin' where user_id = helpdesk.my_profile_id()$$);
call story.sign_in('Ada');
select story.attempt($$update helpdesk.org_members set org_role = 'boss' where user_id = story.profile('Alice')$$);
select story.attempt($$update helpdesk.org_members set org_id = story.org('Globex') where user_id = story.profile('Alice')$$);
select story.attempt($$update helpdesk.org_members set user_id = story.profile('Stan') where user_id = story.profile('Alice')$$);
select story.attempt($$update helpdesk.org_members set added_by = null$$);
select story.attempt($$update helpdesk.org_members set added_at = now()$$);
set role anon;
select story.attempt('select * from helpdesk.org_members');
set role service_role;
select story.attempt('select * from helpdesk.org_members');
select story.attempt($$insert into helpdesk.org_members (org_id, user_id, org_role) values (story.org('Acme'), story.profile('Stan'), 'org_agent')$$);
call story.sign_out();
-- A membership is not moved to another organization or person, not even by the DBA.
select story.expect_error($$update helpdesk.org_members set user_id = story.profile('Stan') where user_id = story.profile('Alice')$$);
select story.expect_error($$update helpdesk.org_members set org_id = story.org('Globex') where user_id = story.profile('Alice')$$);
select story.attempt($$insert into helpdesk.org_members (org_id, user_id, org_role) values (story.org('Acme'), story.profile('Alice'), 'org_agent')$$);

---- The last org_admin stays

call story.sign_in('Ada');
select story.expect_error($$update helpdesk.org_members set org_role = 'org_agent' where user_id = helpdesk.my_profile_id()$$);
select story.expect_error($$delete from helpdesk.org_members where user_id = helpdesk.my_profile_id()$$);
select story.expect_error('delete from helpdesk.org_members');
call story.sign_out();
select story.expect_error($$delete from helpdesk.org_members where user_id = story.profile('Ada')$$);
set role service_role;
select story.expect_error($$update helpdesk.org_members set org_role = 'org_customer' where user_id = story.profile('Ada')$$);
call story.sign_out();
begin;
update helpdesk.org_members set org_role = 'org_admin' where org_id = story.org('Acme') and user_id = story.profile('Arthur');
call story.sign_in('Ada');
-- Of two admins one may go,
select story.attempt($$delete from helpdesk.org_members where org_id = story.org('Acme') and user_id = helpdesk.my_profile_id()$$);
-- not both at once.
select story.expect_error($$delete from helpdesk.org_members where org_id = story.org('Acme') and org_role = 'org_admin'$$);
select story.expect_error($$update helpdesk.org_members set org_role = 'org_agent' where org_id = story.org('Acme')$$);
rollback;
call story.sign_out();

---- Deleting it

-- With tickets it is not deleted by accident; without, it goes with all that it started with.
begin;
select helpdesk.create_ticket(story.org('Globex'), 'Keep me', p_requester_id => story.profile('Gina')) is not null;
select story.attempt($$delete from helpdesk.organizations where name = 'Globex'$$);
delete from helpdesk.organizations where name = 'Acme';
select distinct o.name, s.name is not null, m.user_id is not null
  from helpdesk.organizations o full join helpdesk.workflow_stages s on s.org_id = o.id full join helpdesk.org_members m on m.org_id = o.id;
rollback;
