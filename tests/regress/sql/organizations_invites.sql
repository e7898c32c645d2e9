-- Inviting people to an organization, and accepting and revoking invites.

create function test.email_of(name text) returns text language sql stable security definer as $$
  select email from auth.users where raw_user_meta_data->>'full_name' = $1 $$;
-- The pending invite for an address, even if the caller cannot see it.
create function test.invite_id(email text) returns uuid language sql stable security definer as $$
  select id from helpdesk.org_invites where org_invites.email = $1 and used_at is null $$;

select test.sign_up('Ivy'), test.sign_up('Ike', 'Ike@Example.com'), test.sign_up('Una', confirmed => false);

---- Creating invites is for org_admins, service_role and the DBA
select * from test.attempt_by_each_caller($$select helpdesk.create_org_invite(test.org_id('Acme'), 'ivy@example.com')$$);
-- The same by inserting rows
select * from test.attempt_by_each_caller($$insert into helpdesk.org_invites (org_id, email, role) values (test.org_id('Acme'), 'ivy@example.com', 'admin')$$);
call test.sign_in('Ada');
select helpdesk.create_org_invite(test.org_id('Acme'), ' Ivy@example.com ', 'agent', '1 hour') is not null;
select o.name, i.email, i.role, i.expires_at - i.created_at, test.profile_name(i.created_by), i.used_at, i.used_by from helpdesk.org_invites i join helpdesk.organizations o on o.id = i.org_id;
-- A second invite for the same address replaces the first one, regardless of letter case.
select test.invite_id('Ivy@example.com') as first \gset
select helpdesk.create_org_invite(test.org_id('Acme'), 'ivy@example.com', 'customer') <> :'first';
select email, role, expires_at - created_at from helpdesk.org_invites;
-- Invalid arguments
select test.error_of(format('select helpdesk.create_org_invite(%s)', args)) from unnest(array[
  $$null, 'ivy@example.com'$$, $$test.org_id('Acme'), null$$, $$test.org_id('Acme'), 'a@b', null$$, $$test.org_id('Acme'), 'a@b', 'agent', null$$,
  $$test.org_id('Globex'), 'ivy@example.com'$$, $$gen_random_uuid(), 'ivy@example.com'$$,
  $$test.org_id('Acme'), 'ivy'$$, $$test.org_id('Acme'), '@example.com'$$, $$test.org_id('Acme'), 'ivy@'$$, $$test.org_id('Acme'), 'i vy@example.com'$$, $$test.org_id('Acme'), 'a@b@c'$$,
  $$test.org_id('Acme'), repeat('a', 310) || '@example.com'$$,
  $$test.org_id('Acme'), 'a@b', 'agent', '0'$$, $$test.org_id('Acme'), 'a@b', 'agent', '-1 day'$$, $$test.org_id('Acme'), 'a@b', 'agent', '367 days'$$, $$test.org_id('Acme'), 'a@b', 'agent', '170000 years'$$,
  $$test.org_id('Acme'), 'ALICE@example.com'$$]) args;
select test.attempt($$insert into helpdesk.org_invites (org_id, email, expires_at) values (test.org_id('Acme'), 'a@b', now() + '2 years')$$),
       test.attempt($$insert into helpdesk.org_invites (org_id, email) values (test.org_id('Acme'), 'nobody')$$);
call test.sign_out();
select test.error_of($$select helpdesk.create_org_invite(gen_random_uuid(), 'a@b')$$);

---- An organization's administrators read and revoke its invites
select * from test.attempt_by_each_caller('select * from helpdesk.org_invites');
select * from test.attempt_by_each_caller('update helpdesk.org_invites set role = ''admin''');
select * from test.attempt_by_each_caller('delete from helpdesk.org_invites');
select * from test.attempt_by_each_caller($$select helpdesk.revoke_org_invite(test.invite_id('ivy@example.com'))$$);
select test.error_of('select helpdesk.revoke_org_invite(null)');
begin;
call test.sign_in('Ada');
select helpdesk.revoke_org_invite(test.invite_id('ivy@example.com'));
call test.sign_in('Ivy');
select helpdesk.my_pending_invites();
select test.error_of('select helpdesk.accept_org_invite(' || quote_literal(:'first') || ')');
rollback;
call test.sign_out();

---- my_pending_invites returns the invites for the caller's confirmed address
begin;
select helpdesk.create_org_invite(test.org_id('Globex'), 'IVY@EXAMPLE.COM', 'admin') is not null;
update helpdesk.org_invites set created_at = now() - interval '2 days', expires_at = now() where org_id = test.org_id('Globex');
select helpdesk.create_org_invite(test.org_id('Globex'), test.email_of('Ike')) is not null, helpdesk.create_org_invite(test.org_id('Acme'), test.email_of('Una')) is not null;
call test.sign_in('Ivy');
select i->>'orgName', i->>'role', i->'invitedBy'->>'name', test.json_keys(i) from json_array_elements(helpdesk.my_pending_invites()) i;
call test.sign_in('Ike');
select i->>'orgName', i->>'role', i->>'invitedBy' from json_array_elements(helpdesk.my_pending_invites()) i;
call test.sign_in('Una');
select helpdesk.my_pending_invites();
select test.error_of(format('select helpdesk.accept_org_invite(%L)', test.invite_id('una@example.com')));
call test.sign_in('Stan');
select helpdesk.my_pending_invites();
call test.sign_in('Nobody');
select test.error_of('select helpdesk.my_pending_invites()');
rollback;
call test.sign_out();

---- The owner of the confirmed address accepts an invite, once
select * from test.attempt_by_each_caller($$select helpdesk.accept_org_invite(test.invite_id('ivy@example.com'))$$);
select test.error_of('select helpdesk.accept_org_invite(null)');
call test.sign_in('Stan');
-- Another person's invite looks like one that does not exist.
select test.error_of($$select helpdesk.accept_org_invite(test.invite_id('ivy@example.com'))$$) = test.error_of('select helpdesk.accept_org_invite(gen_random_uuid())');
call test.sign_in('Ivy');
select test.invite_id('ivy@example.com') as invite \gset
select helpdesk.accept_org_invite(:'invite') = test.org_id('Acme');
select m.org_role, test.profile_name(m.added_by), m.may_be_assigned from helpdesk.org_members m where m.user_id = helpdesk.my_profile_id();
-- Accepting it a second time succeeds, because she is a member.
select helpdesk.accept_org_invite(:'invite') = test.org_id('Acme');
select helpdesk.my_pending_invites();
call test.sign_in('Ada');
select email, used_at = created_at or used_at is not null, test.profile_name(used_by) from helpdesk.org_invites;
-- A used invite can be neither revoked nor deleted.
select test.error_of(format('select helpdesk.revoke_org_invite(%L)', :'invite'));
select test.attempt('delete from helpdesk.org_invites');
select test.error_of(format('select helpdesk.create_org_invite(test.org_id(''Acme''), ''ivy@example.com'')'));
-- After Ivy was removed she cannot rejoin with the used invite,
select helpdesk.remove_member(test.org_id('Acme'), test.profile_id('Ivy'));
call test.sign_in('Ivy');
select test.error_of(format('select helpdesk.accept_org_invite(%L)', :'invite'));
call test.sign_out();
-- nor with another one that was pending when she was removed.
begin;
insert into helpdesk.org_members (org_id, user_id, org_role) values (test.org_id('Acme'), test.profile_id('Ivy'), 'org_agent');
insert into helpdesk.org_invites (org_id, email, role) values (test.org_id('Acme'), 'IVY@example.com', 'agent'), (test.org_id('Globex'), 'ivy@example.com', 'agent');
call test.sign_in('Ada');
select helpdesk.remove_member(test.org_id('Acme'), test.profile_id('Ivy'));
call test.sign_out();
select o.name, i.email from helpdesk.org_invites i join helpdesk.organizations o on o.id = i.org_id where used_at is null;
rollback;
-- An invite does not change the role of a member.
begin;
insert into helpdesk.org_invites (org_id, email, role) values (test.org_id('Acme'), 'ben@example.com', 'customer'), (test.org_id('Acme'), 'alice@example.com', 'admin');
call test.sign_in('Ben');
select helpdesk.accept_org_invite(test.invite_id('ben@example.com')) is not null;
select test.role_in('Acme', 'Ben');
call test.sign_in('Alice');
select helpdesk.accept_org_invite(test.invite_id('alice@example.com')) is not null;
select test.role_in('Acme', 'Alice');
rollback;
-- The new member gets the role of the invite.
begin;
insert into helpdesk.org_invites (org_id, email, role) select test.org_id('Acme'), test.email_of(name), role from (values ('Ivy', 'admin'::helpdesk.user_role), ('Ike', 'agent'), ('Stan', 'customer')) as i (name, role);
call test.sign_in('Ivy');
select helpdesk.accept_org_invite(test.invite_id('ivy@example.com')) is not null;
select test.role_in('Acme', 'Ivy');
call test.sign_in('Ike');
select helpdesk.accept_org_invite(test.invite_id('Ike@Example.com')) is not null;
select test.role_in('Acme', 'Ike');
call test.sign_in('Stan');
select helpdesk.accept_org_invite(test.invite_id('stan@example.com')) is not null;
select test.role_in('Acme', 'Stan');
rollback;
-- An invite that has expired, even during the running transaction, cannot be accepted.
begin;
insert into helpdesk.org_invites (org_id, email, created_at, expires_at) values (test.org_id('Acme'), 'stan@example.com', now() - interval '1 day', now());
call test.sign_in('Stan');
select test.error_of($$select helpdesk.accept_org_invite(test.invite_id('stan@example.com'))$$);
rollback;
call test.sign_out();
-- Letters that only look alike are different: the Kelvin sign is not a k.
begin;
select helpdesk.create_org_invite(test.org_id('Acme'), U&'i\212Ae@example.com') is not null;
call test.sign_in('Ike');
select helpdesk.my_pending_invites();
select test.error_of($$select helpdesk.accept_org_invite(test.invite_id(U&'i\212Ae@example.com'))$$);
rollback;
call test.sign_out();

---- A demoted administrator's pending invites are deleted
begin;
update helpdesk.org_members set org_role = 'org_admin' where org_id = test.org_id('Acme') and user_id = test.profile_id('Ben');
call test.sign_in('Ben');
select helpdesk.create_org_invite(test.org_id('Acme'), 'friend@example.com', 'admin') is not null;
call test.sign_in('Ada');
select helpdesk.create_org_invite(test.org_id('Acme'), 'other@example.com') is not null;
select helpdesk.set_member_role(test.org_id('Acme'), test.profile_id('Ben'), 'org_agent');
select email from helpdesk.org_invites where used_at is null;
rollback;
call test.sign_out();
