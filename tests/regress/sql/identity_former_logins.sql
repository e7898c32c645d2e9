-- Deleting a login, signing up again with the same address, and organizations without an admin.

create function test.members_of(org text) returns setof text language sql security definer as $$
  select concat_ws(' ', p.name, m.org_role, case when p.auth_id is null then 'without login' end)
    from helpdesk.org_members m join helpdesk.profiles p on p.id = m.user_id where m.org_id = test.org_id($1) order by p.name $$;
create function test.assigned(title text) returns text language sql security definer as $$
  select coalesce(test.profile_name(assigned_to), 'nobody') from helpdesk.tickets where tickets.title = $1 $$;
insert into helpdesk.tickets (org_id, title, created_by, assigned_to, current_stage_id) values
  (test.org_id('Acme'), 'Open', test.profile_id('Alice'), test.profile_id('Ben'), test.stage_id('Acme', 'New')),
  (test.org_id('Acme'), 'Closed', test.profile_id('Alice'), test.profile_id('Ben'), test.stage_id('Acme', 'Closed')),
  (test.org_id('Acme'), 'Of Dave', test.profile_id('Alice'), test.profile_id('Dave'), test.stage_id('Acme', 'New'));

---- A deleted login ends the memberships as staff and releases open tickets
begin;
call test.sign_in('Ada');
update helpdesk.org_members set org_role = 'org_admin' where user_id = test.profile_id('Ben');
call test.sign_in('Ben');
select helpdesk.create_org_invite(test.org_id('Acme'), 'friend@example.com') is not null;
call test.sign_out();
set role service_role;
delete from auth.users where email = 'ben@example.com';
reset role;
select * from test.members_of('Acme');
select test.assigned('Open'), test.assigned('Closed');
select test.profile_name(h.changed_by), h.changes->>'type' from helpdesk.ticket_history h where h.ticket_id = test.ticket_id('Open') and version = 2;
-- Invites that the person sent are gone.
select count(*) from helpdesk.org_invites;
rollback;

-- Customers stay members, but keep no open tickets that others wait for.
begin;
delete from auth.users where email in ('dave@example.com', 'alice@example.com');
select * from test.members_of('Acme');
select test.assigned('Of Dave');
call test.sign_in('Ben');
select m->>'name', m->>'hasLogin' from json_array_elements(helpdesk.list_org_members(test.org_id('Acme'))) m order by 1;
rollback;

-- In every organization of the person
begin;
delete from auth.users where email = 'bea@example.com';
select * from test.members_of('Acme');
select * from test.members_of('Globex');
rollback;

---- The login of the last admin can be deleted; the organization is reported and can get an admin
begin;
set local client_min_messages = error;
delete from auth.users where email = 'ada@example.com';
reset client_min_messages;
select * from test.members_of('Acme');
select object = format('organization %s', test.org_id('Acme')), finding, remedy from helpdesk.security_report() where object like 'organization %';
call test.sign_in('Ingrid');
select o->>'name', o->'admins', o->>'memberCount', o->>'ticketCount' from json_array_elements(helpdesk.list_organizations('{"withoutAdmin": true}')->'organizations') o;
select helpdesk.appoint_admin(test.org_id('Acme'), test.profile_id('Ben'));
select helpdesk.list_organizations('{"withoutAdmin": true}');
call test.sign_out();
select org_role, test.profile_name(added_by) from helpdesk.org_members where org_id = test.org_id('Acme') and user_id = test.profile_id('Ben');
select count(*) from helpdesk.security_report() where object like 'organization %';
rollback;

-- A warning in the server log names it.
begin;
insert into helpdesk.organizations (id, name, created_by) values ('00000000-0000-4000-8000-000000000001', 'Solo', test.profile_id('Stan'));
delete from auth.users where email = 'stan@example.com';
rollback;

-- An admin without a login neither counts as the last one nor has to stay.
begin;
insert into helpdesk.profiles (name) values ('Imported');
insert into helpdesk.org_members (org_id, user_id, org_role) values (test.org_id('Acme'), test.profile_id('Imported'), 'org_admin');
call test.sign_in('Ada');
select test.error_of($$select helpdesk.leave_organization(test.org_id('Acme'))$$);
select helpdesk.remove_member(test.org_id('Acme'), test.profile_id('Imported'));
rollback;
call test.sign_out();

---- An administrator of the installation is one no longer
begin;
call test.sign_in('Ingrid');
select helpdesk.create_admin_invite_code() is not null;
call test.sign_out();
delete from auth.users where email = 'ingrid@example.com';
select role from helpdesk.profiles where name = 'Ingrid';
select count(*) from helpdesk.admin_invite_codes;
rollback;

---- A person who signs up again with the same confirmed address gets the old profile back
select test.profile_id('Ben') as ben, test.profile_id('Alice') as alice \gset
begin;
update helpdesk.profiles set role = 'admin' where name = 'Ben';
delete from auth.users where email = 'ben@example.com';
select helpdesk.create_org_invite(test.org_id('Acme'), 'ben@example.com', 'agent') as invite \gset
insert into auth.users (email, email_confirmed_at, raw_user_meta_data) values ('BEN@example.com', now(), '{"full_name": "Benjamin"}');
select u.email, p.email, p.name, p.role, p.id = :'ben' from auth.users u join helpdesk.profiles p on p.auth_id = u.id where u.email ilike 'ben@example.com';
-- Without the rights as staff and as administrator, until somebody invites them.
call test.sign_in('Benjamin');
select helpdesk.my_profile_id() = :'ben', helpdesk.my_org_ids(), helpdesk.is_installation_admin();
select helpdesk.accept_org_invite(:'invite') = test.org_id('Acme');
select helpdesk.my_staff_org_ids() = array[test.org_id('Acme')];
rollback;
call test.sign_out();

-- Also when the address is confirmed later, unless the new profile has been used in the meantime.
begin;
delete from auth.users where email = 'ben@example.com';
select test.sign_up('Ben again', 'ben@example.com', false);
select id = :'ben', name from helpdesk.profiles where email = 'ben@example.com' order by 1;
update auth.users set email_confirmed_at = now() where email = 'ben@example.com';
select id = :'ben', name, auth_id is not null from helpdesk.profiles where email = 'ben@example.com' order by 1;
rollback;
begin;
delete from auth.users where email = 'ben@example.com';
select test.sign_up('Ben again', 'ben@example.com', false);
insert into helpdesk.org_members (org_id, user_id, org_role) values (test.org_id('Acme'), test.profile_id('Ben again'), 'org_customer');
update auth.users set email_confirmed_at = now() where email = 'ben@example.com';
select id = :'ben', name, auth_id is not null from helpdesk.profiles where email = 'ben@example.com' order by 1;
rollback;

-- A customer is a customer of the same organizations again, and sees their tickets.
begin;
delete from auth.users where email = 'alice@example.com';
select test.sign_up('Alice');
call test.sign_in('Alice');
select helpdesk.my_profile_id() = :'alice', helpdesk.my_customer_org_ids() = array[test.org_id('Acme')];
select count(*) from helpdesk.tickets;
rollback;
call test.sign_out();

---- Nobody gets the profile of somebody else
-- By an address that they have not confirmed,
begin;
delete from auth.users where email = 'alice@example.com';
select test.sign_up('Eve', 'alice@example.com', false);
select name, auth_id is null from helpdesk.profiles where email = 'alice@example.com' order by name;
update auth.users set raw_user_meta_data = '{"email_verified": true}' where email = 'alice@example.com';
select name, auth_id is null from helpdesk.profiles where email = 'alice@example.com' order by name;
rollback;
-- by changing their address after they had confirmed another one,
begin;
delete from auth.users where email = 'alice@example.com';
select test.sign_up('Eve', 'eve@example.com');
update auth.users set email = 'alice@example.com' where email = 'eve@example.com';
select name, auth_id is null from helpdesk.profiles where email = 'alice@example.com' order by name;
rollback;
-- by leaving behind a profile with an address that they had not confirmed, for its owner to find,
begin;
select test.sign_up('Eve', 'stranger@example.com', false);
delete from auth.users where email = 'stranger@example.com';
select test.sign_up('Stranger', 'stranger@example.com');
select name, auth_id is null from helpdesk.profiles where email = 'stranger@example.com' order by name;
rollback;
-- or to keep its owner from finding their own,
begin;
delete from auth.users where email = 'alice@example.com';
select test.sign_up('Eve', 'alice@example.com', false);
delete from auth.users where email = 'alice@example.com';
select test.sign_up('Alice again', 'alice@example.com');
select name, auth_id is null from helpdesk.profiles where email = 'alice@example.com' order by name;
rollback;
-- by an address that only looks alike (the Kelvin sign), or without an address,
begin;
select test.sign_up('Kim', 'kim@example.com');
delete from auth.users where email = 'kim@example.com';
insert into auth.users (email, email_confirmed_at) values (U&'\212Aim@example.com', now()), ('', now()), (null, now());
select count(*), count(auth_id) from helpdesk.profiles where name = 'Kim';
rollback;
-- or when two profiles have the address.
begin;
delete from auth.users where email = 'alice@example.com';
insert into helpdesk.profiles (name, email) values ('Another Alice', 'Alice@example.com');
select test.sign_up('New Alice', 'alice@example.com');
select name, auth_id is null from helpdesk.profiles where lower(email) = 'alice@example.com' order by name;
rollback;

-- A backend that imports people vouches for their addresses. Rights as staff are not imported so.
begin;
set local role service_role;
insert into helpdesk.profiles (name, email) values ('Imported', 'imported@example.com');
insert into helpdesk.org_members (org_id, user_id, org_role) values (test.org_id('Acme'), test.profile_id('Imported'), 'org_agent'), (test.org_id('Globex'), test.profile_id('Imported'), 'org_customer');
select test.sign_up('Signed up', 'imported@example.com');
select p.name, o.name, m.org_role from helpdesk.profiles p join helpdesk.org_members m on m.user_id = p.id join helpdesk.organizations o on o.id = m.org_id where p.email = 'imported@example.com' and p.auth_id is not null;
rollback;

---- The deletion of a login never fails
begin;
create function test.refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
create trigger refuse before delete on helpdesk.org_members for each row execute function test.refuse();
set local client_min_messages = error;
delete from auth.users where email = 'ben@example.com';
select auth_id is null from helpdesk.profiles where name = 'Ben';
rollback;

---- Supabase can keep the row of a deleted login
begin;
alter table auth.users add column deleted_at timestamptz;
update auth.users set email = 'a-digest', raw_user_meta_data = '{}', deleted_at = now() where email = 'ben@example.com';
select name, email, auth_id is null from helpdesk.profiles where name = 'Ben';
select * from test.members_of('Acme');
rollback;
