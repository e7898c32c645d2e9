-- Creating, reading, changing and deleting organizations.

---- create_organization

select test.digest_of_all_rows() as before \gset

call test.sign_in('Alice');
select test.error_of('select helpdesk.create_organization(null)');
select test.error_of($$select helpdesk.create_organization('')$$);
select test.error_of($$select helpdesk.create_organization(E' \t\n')$$);
select test.error_of($$select helpdesk.create_organization(repeat('x', 201))$$);
call test.set_claims('');
select test.error_of($$select helpdesk.create_organization('Nobody Ltd')$$);
set role anon;
select test.error_of($$select helpdesk.create_organization('Anon Ltd')$$);
set role service_role;
select test.error_of($$select helpdesk.create_organization('Service Ltd')$$);
call test.sign_out();
select test.error_of($$select helpdesk.create_organization('DBA Ltd')$$);

-- An agent of the installation cannot create an organization; an administrator can.
begin;
update helpdesk.profiles set role = 'agent' where name = 'Stan';
call test.sign_in('Stan');
select test.error_of($$select helpdesk.create_organization('Stan Ltd')$$);
select test.error_of($$insert into helpdesk.organizations (name) values ('Stan Ltd')$$);
call test.sign_out();
update helpdesk.profiles set role = 'admin' where name = 'Stan';
call test.sign_in('Stan');
select helpdesk.create_organization('Stan Ltd') is not null;
-- The administrator of the installation is not thereby an administrator of any organization.
select string_agg(name, ' ') from helpdesk.organizations;
rollback;
call test.sign_out();

select test.digest_of_all_rows() = :'before' as nothing_was_written;

---- What a new organization contains

call test.sign_in('Stan');
begin;
select helpdesk.create_organization(' Stan & Söhne ') is not null;
select helpdesk.my_admin_org_ids() = array[test.org_id('Stan & Söhne')];
select name, test.profile_name(created_by) from helpdesk.organizations;
select test.profile_name(user_id), org_role, test.profile_name(added_by) from helpdesk.org_members;
select w.name, w.is_active, s.name, s.position, s.status, s.is_start
  from helpdesk.workflows w join helpdesk.workflow_stages s on s.workflow_id = w.id order by s.position;
select test.attempt($$select helpdesk.create_ticket(test.org_id('Stan & Söhne'), 'First')$$);
rollback;
call test.sign_out();

-- The limit of 200 applies to characters, not to bytes.
call test.sign_in('Stan');
select test.attempt($$select helpdesk.create_organization(repeat('ü', 200))$$);
call test.sign_out();

---- Creating an organization by inserting a row

call test.sign_in('Stan');
begin;
insert into helpdesk.organizations (name) values ('By Table');
select name, test.profile_name(created_by) from helpdesk.organizations;
select test.profile_name(user_id), org_role from helpdesk.org_members;
select count(*) from helpdesk.workflow_stages;
rollback;
select test.attempt($$insert into helpdesk.organizations (name) values (' ')$$);
select test.attempt($$insert into helpdesk.organizations (name) values (null)$$);
select test.attempt($$insert into helpdesk.organizations (id, name) values (test.org_id('Acme'), 'x')$$);
select test.attempt($$insert into helpdesk.organizations (name, created_by) values ('x', test.profile_id('Ada'))$$);
select test.attempt($$insert into helpdesk.organizations (name, created_at) values ('x', now())$$);
-- A person whose profile is missing gets one.
call test.sign_in('Nemo');
select test.attempt($$insert into helpdesk.organizations (name) values ('Nemo Ltd')$$);
call test.sign_out();

---- Reading and changing the table organizations

select * from test.attempt_by_each_person('select * from helpdesk.organizations');
select * from test.attempt_by_each_person($$select * from helpdesk.organizations where name = 'Acme'$$);
select * from test.attempt_by_each_person($$update helpdesk.organizations set name = 'New' where id = test.org_id('Acme')$$);
select * from test.attempt_by_each_person($$delete from helpdesk.organizations where id = test.org_id('Acme')$$);
call test.sign_in('Ada');
select test.attempt($$update helpdesk.organizations set name = ' '$$);
select test.attempt($$update helpdesk.organizations set id = helpdesk.uuid_generate_v7()$$);
select test.attempt($$update helpdesk.organizations set created_by = test.profile_id('Stan')$$);
select test.attempt($$update helpdesk.organizations set created_at = now()$$);
set role anon;
select test.attempt('select * from helpdesk.organizations');
set role service_role;
select test.attempt('select * from helpdesk.organizations');
call test.sign_out();

---- Deleting an organization

-- An organization with tickets is not deleted by accident. Without tickets it is deleted together
-- with everything it was created with.
begin;
select helpdesk.create_ticket(test.org_id('Globex'), 'Keep me', p_requester_id => test.profile_id('Mallory')) is not null;
select test.attempt($$delete from helpdesk.organizations where name = 'Globex'$$);
delete from helpdesk.organizations where name = 'Acme';
select distinct o.name, s.name is not null, m.user_id is not null
  from helpdesk.organizations o full join helpdesk.workflow_stages s on s.org_id = o.id full join helpdesk.org_members m on m.org_id = o.id;
rollback;
