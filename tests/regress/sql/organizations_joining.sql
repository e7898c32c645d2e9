-- Organizations that are open to customers, agents who invite, and both spellings of roles.

select test.sign_up('Una', confirmed => false);

---- join_organization
-- An organization is closed unless its admin opens it. A closed one looks like one that does not
-- exist.
select * from test.attempt_by_each_caller($$select helpdesk.join_organization(test.org_id('Acme'))$$);
call test.sign_in('Stan');
select test.error_of($$select helpdesk.join_organization(test.org_id('Acme'))$$) = test.error_of('select helpdesk.join_organization(gen_random_uuid())');
select test.error_of($$select helpdesk.join_organization(test.org_id('Acme'))$$), test.error_of('select helpdesk.join_organization(null)');
call test.sign_out();
select * from test.attempt_by_each_caller($$update helpdesk.organizations set open_to_customers = true where name = 'Acme'$$);
update helpdesk.organizations set open_to_customers = true where name = 'Acme';
begin;
call test.sign_in('Stan');
select helpdesk.join_organization(test.org_id('Acme')) = test.org_id('Acme');
select helpdesk.join_organization(test.org_id('Acme')) = test.org_id('Acme');
select org_role, test.profile_name(added_by) from helpdesk.org_members where user_id = helpdesk.my_profile_id();
select helpdesk.create_ticket(test.org_id('Acme'), 'Hello') is not null;
select count(*) from helpdesk.tickets;
-- Staff stay staff.
call test.sign_in('Ben');
select helpdesk.join_organization(test.org_id('Acme')) = test.org_id('Acme'), test.role_in('Acme', 'Ben');
-- Somebody with an unconfirmed address could pass for somebody else.
call test.sign_in('Una');
select test.error_of($$select helpdesk.join_organization(test.org_id('Acme'))$$);
-- A person whose profile is missing gets one.
call test.sign_in('Nemo');
select test.error_of($$select helpdesk.join_organization(test.org_id('Acme'))$$);
rollback;
-- A customer who was removed may join again. Somebody who was staff would see the tickets again
-- that are still assigned to them.
begin;
insert into helpdesk.tickets (org_id, title, created_by, assigned_to, current_stage_id) values (test.org_id('Acme'), 'Closed', test.profile_id('Alice'), test.profile_id('Ben'), test.stage_id('Acme', 'Closed'));
call test.sign_in('Ada');
select helpdesk.remove_member(test.org_id('Acme'), test.profile_id('Dave')), helpdesk.remove_member(test.org_id('Acme'), test.profile_id('Ben'));
call test.sign_in('Dave');
select helpdesk.join_organization(test.org_id('Acme')) = test.org_id('Acme');
call test.sign_in('Ben');
select test.error_of($$select helpdesk.join_organization(test.org_id('Acme'))$$);
rollback;
call test.sign_out();

---- Agents invite customers if the organization lets them
select * from test.attempt_by_each_person('select from unnest(helpdesk.my_inviting_org_ids())');
select * from test.attempt_by_each_person($$update helpdesk.organizations set agents_may_invite = true where name = 'Acme'$$);
call test.sign_in('Ben');
select test.error_of($$select helpdesk.create_org_invite(test.org_id('Acme'), 'new@example.com')$$);
select test.attempt($$insert into helpdesk.org_invites (org_id, email) values (test.org_id('Acme'), 'new@example.com')$$);
call test.sign_out();
update helpdesk.organizations set agents_may_invite = true where name = 'Acme';
select * from test.attempt_by_each_person('select from unnest(helpdesk.my_inviting_org_ids())');
begin;
select * from test.attempt_by_each_person($$select helpdesk.create_org_invite(test.org_id('Acme'), 'new@example.com')$$);
select * from test.attempt_by_each_person($$insert into helpdesk.org_invites (org_id, email) values (test.org_id('Acme'), 'new@example.com')$$);
call test.sign_in('Ben');
-- Only customers
select test.error_of($$select helpdesk.create_org_invite(test.org_id('Acme'), 'new@example.com', 'agent')$$), test.error_of($$select helpdesk.create_org_invite(test.org_id('Acme'), 'new@example.com', 'org_admin')$$);
select test.attempt($$insert into helpdesk.org_invites (org_id, email, role) values (test.org_id('Acme'), 'new@example.com', 'agent')$$), test.attempt($$insert into helpdesk.org_invites (org_id, email, role) values (test.org_id('Acme'), 'new@example.com', 'org_agent')$$);
select test.error_of($$select helpdesk.create_org_invite(test.org_id('Globex'), 'new@example.com')$$);
-- They see, replace and revoke the invites that they sent, and no others.
call test.sign_in('Ada');
select helpdesk.create_org_invite(test.org_id('Acme'), 'hers@example.com', 'agent') as hers \gset
call test.sign_in('Ben');
select helpdesk.create_org_invite(test.org_id('Acme'), 'his@example.com') as first \gset
select helpdesk.create_org_invite(test.org_id('Acme'), 'his@example.com') <> :'first';
select helpdesk.create_org_invite(test.org_id('Acme'), 'stan@example.com') as invite \gset
insert into helpdesk.org_invites (org_id, email, role) values (test.org_id('Acme'), 'third@example.com', 'org_customer');
select email, role from helpdesk.org_invites order by email;
select test.error_of($$select helpdesk.create_org_invite(test.org_id('Acme'), 'hers@example.com')$$);
select test.error_of(format('select helpdesk.revoke_org_invite(%L)', :'hers')) = test.error_of('select helpdesk.revoke_org_invite(gen_random_uuid())');
select test.attempt('delete from helpdesk.org_invites');
select test.attempt($$select helpdesk.revoke_org_invite(id) from helpdesk.org_invites where email = 'his@example.com'$$);
-- The invite counts while its sender may invite.
savepoint sent;
call test.sign_in('Stan');
select json_array_length(helpdesk.my_pending_invites());
select helpdesk.accept_org_invite(:'invite') = test.org_id('Acme');
select test.role_in('Acme', 'Stan');
rollback to sent;
call test.sign_in('Ada');
update helpdesk.organizations set agents_may_invite = false where name = 'Acme';
call test.sign_in('Stan');
select json_array_length(helpdesk.my_pending_invites()), test.error_of(format('select helpdesk.accept_org_invite(%L)', :'invite'));
rollback to sent;
call test.sign_in('Ada');
select helpdesk.set_member_role(test.org_id('Acme'), test.profile_id('Ben'), 'org_customer');
select email from helpdesk.org_invites;
rollback;
call test.sign_out();

---- Both spellings of a role are accepted, in functions and tables; one is stored and returned
begin;
call test.sign_in('Ada');
select helpdesk.set_member_role(test.org_id('Acme'), test.profile_id('Dave'), 'agent'), helpdesk.set_member_role(test.org_id('Acme'), test.profile_id('Alice'), p_role => 'org_agent');
select test.role_in('Acme', 'Dave'), test.role_in('Acme', 'Alice');
update helpdesk.org_members set org_role = 'customer' where user_id = test.profile_id('Dave');
select test.role_in('Acme', 'Dave');
select test.error_of($$select helpdesk.set_member_role(test.org_id('Acme'), test.profile_id('Dave'), 'boss')$$), test.error_of($$select helpdesk.set_member_role(test.org_id('Acme'), test.profile_id('Dave'))$$);
select test.attempt($$update helpdesk.org_members set org_role = 'boss' where user_id = test.profile_id('Dave')$$);
-- The last admin is one under both names.
select test.error_of($$update helpdesk.org_members set org_role = 'agent' where user_id = helpdesk.my_profile_id()$$);
select test.attempt($$update helpdesk.org_members set org_role = 'admin' where user_id = helpdesk.my_profile_id()$$);
select helpdesk.create_org_invite(test.org_id('Acme'), 'a@example.com', 'org_agent') is not null, helpdesk.create_org_invite(test.org_id('Acme'), 'stan@example.com', p_org_role => 'org_admin') is not null;
insert into helpdesk.org_invites (org_id, email, role) values (test.org_id('Acme'), 'c@example.com', 'org_agent'), (test.org_id('Acme'), 'd@example.com', 'admin');
select email, role from helpdesk.org_invites order by email;
call test.sign_in('Stan');
select i->>'role', i->>'orgRole' from json_array_elements(helpdesk.my_pending_invites()) i;
select helpdesk.accept_org_invite((helpdesk.my_pending_invites()->0->>'id')::uuid) is not null;
select test.role_in('Acme', 'Stan');
call test.sign_out();
insert into helpdesk.org_members (org_id, user_id, org_role) values (test.org_id('Globex'), test.profile_id('Stan'), 'agent');
select test.role_in('Globex', 'Stan');
-- The role on the installation has one spelling.
select test.attempt($$update helpdesk.profiles set role = 'org_admin' where name = 'Stan'$$);
rollback;
