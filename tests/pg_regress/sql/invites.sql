-- Getting in and out: invites, admin codes, roles, leaving.
\pset format unaligned
\pset tuples_only on

create function story.email(name text) returns text language sql stable security definer as $$
  select email from auth.users where raw_user_meta_data->>'full_name' = $1 $$;
-- The invite to an address, whoever may see it.
create function story.invite(email text) returns uuid language sql stable security definer as $$
  select id from helpdesk.org_invites where org_invites.email = $1 and used_at is null $$;
create function story.role_in(org text, name text) returns text language sql stable security definer as $$
  select org_role from helpdesk.org_members where org_id = story.org($1) and user_id = story.profile($2) $$;
select story.person('Ivy'), story.person('Ike', 'Ike@Example.com'), story.person('Una', confirmed => false);

---- Inviting: org_admins, service_role and the DBA
select * from story.all_callers_attempt($$select helpdesk.create_org_invite(story.org('Acme'), 'ivy@example.com')$$);
-- The same through the table.
select * from story.all_callers_attempt($$insert into helpdesk.org_invites (org_id, email, role) values (story.org('Acme'), 'ivy@example.com', 'admin')$$);
call story.sign_in('Ada');
select helpdesk.create_org_invite(story.org('Acme'), ' Ivy@example.com ', 'agent', '1 hour') is not null;
select o.name, i.email, i.role, i.expires_at - i.created_at, story.name_of(i.created_by), i.used_at, i.used_by from helpdesk.org_invites i join helpdesk.organizations o on o.id = i.org_id;
-- Inviting the same address again replaces the invite, whatever its case.
select story.invite('Ivy@example.com') as first \gset
select helpdesk.create_org_invite(story.org('Acme'), 'ivy@example.com', 'customer') <> :'first';
select email, role, expires_at - created_at from helpdesk.org_invites;
-- What is wrong with it
select story.expect_error(format('select helpdesk.create_org_invite(%s)', args)) from unnest(array[
  $$null, 'ivy@example.com'$$, $$story.org('Acme'), null$$, $$story.org('Acme'), 'a@b', null$$, $$story.org('Acme'), 'a@b', 'agent', null$$,
  $$story.org('Globex'), 'ivy@example.com'$$, $$gen_random_uuid(), 'ivy@example.com'$$,
  $$story.org('Acme'), 'ivy'$$, $$story.org('Acme'), '@example.com'$$, $$story.org('Acme'), 'ivy@'$$, $$story.org('Acme'), 'i vy@example.com'$$, $$story.org('Acme'), 'a@b@c'$$,
  $$story.org('Acme'), repeat('a', 310) || '@example.com'$$,
  $$story.org('Acme'), 'a@b', 'agent', '0'$$, $$story.org('Acme'), 'a@b', 'agent', '-1 day'$$, $$story.org('Acme'), 'a@b', 'agent', '367 days'$$, $$story.org('Acme'), 'a@b', 'agent', '170000 years'$$,
  $$story.org('Acme'), 'ALICE@example.com'$$]) args;
select story.attempt($$insert into helpdesk.org_invites (org_id, email, expires_at) values (story.org('Acme'), 'a@b', now() + '2 years')$$),
       story.attempt($$insert into helpdesk.org_invites (org_id, email) values (story.org('Acme'), 'nobody')$$);
call story.sign_out();
select story.expect_error($$select helpdesk.create_org_invite(gen_random_uuid(), 'a@b')$$);

---- Reading and revoking invites: the admins of the organization
select * from story.all_callers_attempt('select * from helpdesk.org_invites');
select * from story.all_callers_attempt('update helpdesk.org_invites set role = ''admin''');
select * from story.all_callers_attempt('delete from helpdesk.org_invites');
select * from story.all_callers_attempt($$select helpdesk.revoke_org_invite(story.invite('ivy@example.com'))$$);
select story.expect_error('select helpdesk.revoke_org_invite(null)');
begin;
call story.sign_in('Ada');
select helpdesk.revoke_org_invite(story.invite('ivy@example.com'));
call story.sign_in('Ivy');
select helpdesk.my_pending_invites();
select story.expect_error('select helpdesk.accept_org_invite(' || quote_literal(:'first') || ')');
rollback;
call story.sign_out();

---- My pending invites: those to my confirmed address
begin;
select helpdesk.create_org_invite(story.org('Globex'), 'IVY@EXAMPLE.COM', 'admin') is not null;
update helpdesk.org_invites set created_at = now() - interval '2 days', expires_at = now() where org_id = story.org('Globex');
select helpdesk.create_org_invite(story.org('Globex'), story.email('Ike')) is not null, helpdesk.create_org_invite(story.org('Acme'), story.email('Una')) is not null;
call story.sign_in('Ivy');
select i->>'orgName', i->>'role', i->'invitedBy'->>'name', story.keys(i) from json_array_elements(helpdesk.my_pending_invites()) i;
call story.sign_in('Ike');
select i->>'orgName', i->>'role', i->>'invitedBy' from json_array_elements(helpdesk.my_pending_invites()) i;
call story.sign_in('Una');
select helpdesk.my_pending_invites();
select story.expect_error(format('select helpdesk.accept_org_invite(%L)', story.invite('una@example.com')));
call story.sign_in('Stan');
select helpdesk.my_pending_invites();
call story.sign_in('Nobody');
select story.expect_error('select helpdesk.my_pending_invites()');
rollback;
call story.sign_out();

---- Accepting: the person whose confirmed address it is, once
select * from story.all_callers_attempt($$select helpdesk.accept_org_invite(story.invite('ivy@example.com'))$$);
select story.expect_error('select helpdesk.accept_org_invite(null)');
call story.sign_in('Stan');
-- Somebody else's invite looks as if there were none.
select story.expect_error($$select helpdesk.accept_org_invite(story.invite('ivy@example.com'))$$) = story.expect_error('select helpdesk.accept_org_invite(gen_random_uuid())');
call story.sign_in('Ivy');
select story.invite('ivy@example.com') as invite \gset
select helpdesk.accept_org_invite(:'invite') = story.org('Acme');
select m.org_role, story.name_of(m.added_by), m.may_be_assigned from helpdesk.org_members m where m.user_id = helpdesk.my_profile_id();
-- Once more: she is in.
select helpdesk.accept_org_invite(:'invite') = story.org('Acme');
select helpdesk.my_pending_invites();
call story.sign_in('Ada');
select email, used_at = created_at or used_at is not null, story.name_of(used_by) from helpdesk.org_invites;
-- It is history now.
select story.expect_error(format('select helpdesk.revoke_org_invite(%L)', :'invite'));
select story.attempt('delete from helpdesk.org_invites');
select story.expect_error(format('select helpdesk.create_org_invite(story.org(''Acme''), ''ivy@example.com'')'));
-- Removed, she does not come back with it,
select helpdesk.remove_member(story.org('Acme'), story.profile('Ivy'));
call story.sign_in('Ivy');
select story.expect_error(format('select helpdesk.accept_org_invite(%L)', :'invite'));
call story.sign_out();
-- nor with another that was pending when she was removed.
begin;
insert into helpdesk.org_members (org_id, user_id, org_role) values (story.org('Acme'), story.profile('Ivy'), 'org_agent');
insert into helpdesk.org_invites (org_id, email, role) values (story.org('Acme'), 'IVY@example.com', 'agent'), (story.org('Globex'), 'ivy@example.com', 'agent');
call story.sign_in('Ada');
select helpdesk.remove_member(story.org('Acme'), story.profile('Ivy'));
call story.sign_out();
select o.name, i.email from helpdesk.org_invites i join helpdesk.organizations o on o.id = i.org_id where used_at is null;
rollback;
-- An invite does not change what a member is.
begin;
insert into helpdesk.org_invites (org_id, email, role) values (story.org('Acme'), 'arthur@example.com', 'customer'), (story.org('Acme'), 'alice@example.com', 'admin');
call story.sign_in('Arthur');
select helpdesk.accept_org_invite(story.invite('arthur@example.com')) is not null;
select story.role_in('Acme', 'Arthur');
call story.sign_in('Alice');
select helpdesk.accept_org_invite(story.invite('alice@example.com')) is not null;
select story.role_in('Acme', 'Alice');
rollback;
-- Each role is the one of the invite.
begin;
insert into helpdesk.org_invites (org_id, email, role) select story.org('Acme'), story.email(name), role from (values ('Ivy', 'admin'::helpdesk.user_role), ('Ike', 'agent'), ('Stan', 'customer')) as i (name, role);
call story.sign_in('Ivy');
select helpdesk.accept_org_invite(story.invite('ivy@example.com')) is not null;
select story.role_in('Acme', 'Ivy');
call story.sign_in('Ike');
select helpdesk.accept_org_invite(story.invite('Ike@Example.com')) is not null;
select story.role_in('Acme', 'Ike');
call story.sign_in('Stan');
select helpdesk.accept_org_invite(story.invite('stan@example.com')) is not null;
select story.role_in('Acme', 'Stan');
rollback;
-- Expired, and expiring while a transaction is running: too late.
begin;
insert into helpdesk.org_invites (org_id, email, created_at, expires_at) values (story.org('Acme'), 'stan@example.com', now() - interval '1 day', now());
call story.sign_in('Stan');
select story.expect_error($$select helpdesk.accept_org_invite(story.invite('stan@example.com'))$$);
rollback;
call story.sign_out();
-- Letters that only look alike are other letters: the Kelvin sign is not a k.
begin;
select helpdesk.create_org_invite(story.org('Acme'), U&'i\212Ae@example.com') is not null;
call story.sign_in('Ike');
select helpdesk.my_pending_invites();
select story.expect_error($$select helpdesk.accept_org_invite(story.invite(U&'i\212Ae@example.com'))$$);
rollback;
call story.sign_out();

---- An admin's pending invites go when they are no admin any more
begin;
update helpdesk.org_members set org_role = 'org_admin' where org_id = story.org('Acme') and user_id = story.profile('Arthur');
call story.sign_in('Arthur');
select helpdesk.create_org_invite(story.org('Acme'), 'friend@example.com', 'admin') is not null;
call story.sign_in('Ada');
select helpdesk.create_org_invite(story.org('Acme'), 'other@example.com') is not null;
select helpdesk.set_member_role(story.org('Acme'), story.profile('Arthur'), 'org_agent');
select email from helpdesk.org_invites where used_at is null;
rollback;
call story.sign_out();

---- Roles of members
select * from story.all_callers_attempt($$select helpdesk.set_member_role(story.org('Acme'), story.profile('Alice'), 'org_agent')$$);
call story.sign_in('Ada');
select helpdesk.set_member_role(story.org('Acme'), story.profile('Alice'), 'org_agent');
select story.role_in('Acme', 'Alice');
select helpdesk.set_member_role(story.org('Acme'), story.profile('Alice'), 'org_agent');
select story.role_in('Acme', 'Alice');
select helpdesk.set_member_role(story.org('Acme'), story.profile('Alice'), 'org_customer');
select story.role_in('Acme', 'Alice');
select story.expect_error(format('select helpdesk.set_member_role(%s)', args)) from unnest(array[
  $$null, story.profile('Alice'), 'org_agent'$$, $$story.org('Acme'), null, 'org_agent'$$, $$story.org('Acme'), story.profile('Alice'), null$$,
  $$story.org('Acme'), story.profile('Alice'), 'agent'$$, $$story.org('Acme'), story.profile('Stan'), 'org_agent'$$, $$story.org('Acme'), gen_random_uuid(), 'org_agent'$$,
  $$story.org('Globex'), story.profile('Gina'), 'org_agent'$$, $$story.org('Acme'), story.profile('Gina'), 'org_agent'$$,
  $$story.org('Acme'), story.profile('Ada'), 'org_agent'$$]) args;

---- Removing and leaving
select * from story.all_callers_attempt($$select helpdesk.remove_member(story.org('Acme'), story.profile('Alice'))$$);
select * from story.all_callers_attempt($$select helpdesk.leave_organization(story.org('Acme'))$$);
call story.sign_in('Ada');
select story.expect_error(format('select helpdesk.remove_member(%s)', args)) from unnest(array[
  $$null, story.profile('Alice')$$, $$story.org('Acme'), null$$, $$story.org('Acme'), story.profile('Stan')$$, $$story.org('Globex'), story.profile('Gina')$$,
  $$story.org('Acme'), story.profile('Gina')$$, $$story.org('Acme'), story.profile('Ada')$$]) args;
select story.expect_error('select helpdesk.leave_organization(null)'), story.expect_error($$select helpdesk.leave_organization(story.org('Acme'))$$);
call story.sign_in('Stan');
select story.expect_error($$select helpdesk.leave_organization(story.org('Acme'))$$) = story.expect_error('select helpdesk.leave_organization(gen_random_uuid())');
call story.sign_out();

---- Their tickets: unassigned unless closed, recorded, in the same transaction
begin;
insert into helpdesk.tickets (org_id, title, created_by, assigned_to, current_stage_id)
select story.org('Acme'), 'Arthur''s ' || stage, story.profile('Alice'), story.profile('Arthur'), story.stage('Acme', stage)
  from unnest('{New,Waiting on customer,Resolved,Closed}'::text[]) stage;
insert into helpdesk.tickets (org_id, title, created_by, assigned_to) values (story.org('Acme'), 'Ada''s', story.profile('Alice'), story.profile('Ada'));
create function story.assignments() returns setof text language sql security definer as $$
  select format('%s: %s, version %s, by %s', t.title, story.name_of(t.assigned_to), t.version, story.name_of(h.changed_by))
    from helpdesk.tickets t join helpdesk.ticket_history h on h.id = t.latest_history_id order by t.number $$;
call story.sign_in('Ada');
savepoint working;
select helpdesk.remove_member(story.org('Acme'), story.profile('Arthur'));
select * from story.assignments();
select changes from helpdesk.ticket_history where version = 2 order by changed_at limit 1 \gset
select (:'changes'::jsonb)->'fields'->'assignedTo'->>'to' is null, (:'changes'::jsonb)->'fields'->'assignedTo'->>'from' = story.profile('Arthur')::text;
rollback to working;
-- by demotion,
select helpdesk.set_member_role(story.org('Acme'), story.profile('Arthur'), 'org_customer');
select * from story.assignments();
rollback to working;
-- unless a customer may be assigned;
update helpdesk.org_members set may_be_assigned = true where user_id = story.profile('Arthur');
select helpdesk.set_member_role(story.org('Acme'), story.profile('Arthur'), 'org_customer');
select * from story.assignments();
-- then when not even that.
update helpdesk.org_members set may_be_assigned = false where user_id = story.profile('Arthur');
select * from story.assignments();
rollback to working;
-- through the table,
delete from helpdesk.org_members where user_id = story.profile('Arthur');
select * from story.assignments();
rollback to working;
-- by themselves.
call story.sign_in('Arthur');
select helpdesk.leave_organization(story.org('Acme'));
select count(*), helpdesk.my_org_ids() from helpdesk.tickets;
select * from story.assignments();
rollback;
call story.sign_out();

---- Codes that make administrators of the installation
select * from story.all_callers_attempt('select helpdesk.create_admin_invite_code()');
update helpdesk.profiles set role = 'admin' where name = 'Ada';
call story.sign_in('Ada');
select story.attempt('select helpdesk.create_admin_invite_code()');
select story.expect_error('select helpdesk.create_admin_invite_code(null)'), story.expect_error($$select helpdesk.create_admin_invite_code('0')$$), story.expect_error($$select helpdesk.create_admin_invite_code('400 days')$$);
select helpdesk.create_admin_invite_code() as code, helpdesk.create_admin_invite_code('1 hour') as other \gset
select :'code' ~ '^[0-9a-f]{32}$', :'code' <> :'other';
-- The table knows digests only, and whose they are.
select code = encode(sha256(:'code'), 'hex'), expires_at - created_at, story.name_of(created_by), used_at from helpdesk.admin_invite_codes order by expires_at desc;
call story.sign_out();
select count(*) from helpdesk.admin_invite_codes c where c::text like '%' || :'code' || '%';
-- Administrators of the installation see and revoke them, nobody writes them.
select * from story.all_callers_attempt('select * from helpdesk.admin_invite_codes');
select * from story.all_callers_attempt('delete from helpdesk.admin_invite_codes');
select * from story.all_callers_attempt('update helpdesk.admin_invite_codes set used_at = null');
select * from story.all_callers_attempt($$insert into helpdesk.admin_invite_codes (code, expires_at) values (repeat('a', 64), now() + '1 day')$$);
-- Redeeming: whoever has the code and a confirmed address, once.
select * from story.all_callers_attempt(format('select helpdesk.redeem_admin_invite_code(%L)', :'code'));
call story.sign_in('Ada');
select story.expect_error(format('select helpdesk.redeem_admin_invite_code(%L)', :'code'));
call story.sign_in('Una');
select story.expect_error(format('select helpdesk.redeem_admin_invite_code(%L)', :'code'));
call story.sign_in('Ivy');
select story.attempt('select helpdesk.create_admin_invite_code()');
select helpdesk.redeem_admin_invite_code(' ' || upper(:'code') || ' ');
select role, helpdesk.is_installation_admin() from helpdesk.profiles where id = helpdesk.my_profile_id();
select count(*), count(used_at), bool_and(used_by is null or used_by = helpdesk.my_profile_id()) from helpdesk.admin_invite_codes;
select story.attempt('delete from helpdesk.admin_invite_codes where used_at is not null');
-- Used, expired, wrong, nearly right, a digest, nothing: one answer.
call story.sign_out();
update helpdesk.admin_invite_codes set created_at = now() - interval '1 day', expires_at = now() - interval '1 second' where used_at is null;
call story.sign_in('Ike');
select story.expect_error(format('select helpdesk.redeem_admin_invite_code(%L)', code)), count(*) from unnest(array[:'code', :'other', repeat('0', 32), left(:'code', 31), :'code' || '0', encode(sha256(:'code'), 'hex'), '', '%', 'é', repeat('x', 1000000)]) code group by 1;
select story.expect_error('select helpdesk.redeem_admin_invite_code(null)');
select role from helpdesk.profiles where id = helpdesk.my_profile_id();
call story.sign_out();

update helpdesk.profiles set role = 'customer' where role = 'admin';
delete from helpdesk.org_invites;
delete from helpdesk.admin_invite_codes;
delete from auth.users where raw_user_meta_data->>'full_name' in ('Ivy', 'Ike', 'Una');
delete from helpdesk.profiles where name in ('Ivy', 'Ike', 'Una');
