-- Who reads and changes the members of an organization.

---- list_org_members

-- Staff see all members and their e-mail addresses. Customers see the staff and themselves, without
-- the addresses.
create function test.list_members(org text) returns table (line text) language sql as $$
  select concat_ws(' ', m->>'name', m->>'orgRole', coalesce(m->>'email', 'no e-mail'))
    from json_array_elements(helpdesk.list_org_members(test.org_id(org))) m order by 1
$$;
call test.sign_in('Ada');
select * from test.list_members('Acme');
select distinct test.json_keys(m) from json_array_elements(helpdesk.list_org_members(test.org_id('Acme'))) m;
call test.sign_in('Alice');
select * from test.list_members('Acme');
call test.sign_in('Bea');
select * from test.list_members('Acme');
select * from test.list_members('Globex');
call test.sign_in('Stan');
select test.error_of($$select helpdesk.list_org_members(test.org_id('Acme'))$$);
select test.error_of($$select helpdesk.list_org_members('00000000-0000-4000-8000-000000000000')$$);
select test.error_of($$select helpdesk.list_org_members(null)$$);
call test.sign_in('Gina');
select test.error_of($$select helpdesk.list_org_members(test.org_id('Acme'))$$);
set role anon;
select test.error_of($$select helpdesk.list_org_members(test.org_id('Acme'))$$);
set role service_role;
select count(*) from test.list_members('Acme');
call test.sign_out();
select count(*) from test.list_members('Acme');

---- The table org_members

-- Staff read all members of their organizations. Customers read the staff and themselves.
select * from test.attempt_by_each_person('select * from helpdesk.org_members');
select * from test.attempt_by_each_person($$select * from helpdesk.org_members where org_id = test.org_id('Acme')$$);
-- Nobody, not even an administrator, adds members by inserting rows.
select * from test.attempt_by_each_person($$
  insert into helpdesk.org_members (org_id, user_id, org_role) values (test.org_id('Acme'), test.profile_id('Stan'), 'org_admin')$$);
-- Administrators change roles and remove members within their organization.
select * from test.attempt_by_each_person($$
  update helpdesk.org_members set org_role = 'org_agent' where org_id = test.org_id('Acme') and user_id = test.profile_id('Alice')$$);
select * from test.attempt_by_each_person($$
  delete from helpdesk.org_members where org_id = test.org_id('Acme') and user_id = test.profile_id('Alice')$$);
call test.sign_in('Alice');
-- Customers cannot promote themselves.
select test.attempt($$update helpdesk.org_members set org_role = 'org_admin' where user_id = helpdesk.my_profile_id()$$);
call test.sign_in('Ada');
select test.attempt($$update helpdesk.org_members set org_role = 'boss' where user_id = test.profile_id('Alice')$$);
select test.attempt($$update helpdesk.org_members set org_id = test.org_id('Globex') where user_id = test.profile_id('Alice')$$);
select test.attempt($$update helpdesk.org_members set user_id = test.profile_id('Stan') where user_id = test.profile_id('Alice')$$);
select test.attempt($$update helpdesk.org_members set added_by = null$$);
select test.attempt($$update helpdesk.org_members set added_at = now()$$);
set role anon;
select test.attempt('select * from helpdesk.org_members');
set role service_role;
select test.attempt('select * from helpdesk.org_members');
select test.attempt($$insert into helpdesk.org_members (org_id, user_id, org_role) values (test.org_id('Acme'), test.profile_id('Stan'), 'org_agent')$$);
call test.sign_out();
-- Not even the DBA moves a membership to another organization or person.
select test.error_of($$update helpdesk.org_members set user_id = test.profile_id('Stan') where user_id = test.profile_id('Alice')$$);
select test.error_of($$update helpdesk.org_members set org_id = test.org_id('Globex') where user_id = test.profile_id('Alice')$$);
select test.attempt($$insert into helpdesk.org_members (org_id, user_id, org_role) values (test.org_id('Acme'), test.profile_id('Alice'), 'org_agent')$$);

---- An organization keeps its last org_admin

call test.sign_in('Ada');
select test.error_of($$update helpdesk.org_members set org_role = 'org_agent' where user_id = helpdesk.my_profile_id()$$);
select test.error_of($$delete from helpdesk.org_members where user_id = helpdesk.my_profile_id()$$);
select test.error_of('delete from helpdesk.org_members');
call test.sign_out();
select test.error_of($$delete from helpdesk.org_members where user_id = test.profile_id('Ada')$$);
set role service_role;
select test.error_of($$update helpdesk.org_members set org_role = 'org_customer' where user_id = test.profile_id('Ada')$$);
call test.sign_out();
begin;
update helpdesk.org_members set org_role = 'org_admin' where org_id = test.org_id('Acme') and user_id = test.profile_id('Ben');
call test.sign_in('Ada');
-- Either of two administrators may go,
select test.attempt($$delete from helpdesk.org_members where org_id = test.org_id('Acme') and user_id = helpdesk.my_profile_id()$$);
-- but not both at once.
select test.error_of($$delete from helpdesk.org_members where org_id = test.org_id('Acme') and org_role = 'org_admin'$$);
select test.error_of($$update helpdesk.org_members set org_role = 'org_agent' where org_id = test.org_id('Acme')$$);
rollback;
call test.sign_out();
