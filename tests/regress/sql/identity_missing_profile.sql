-- A login whose profile is missing or outdated: which errors of a sign-up are let through, the
-- profile that the next call creates, and what install() brings up to date.

---- Only what refuses the data becomes a warning

-- An error that an administrator's trigger raises on a table, and what it does to a statement.
create function test.fail() returns trigger language plpgsql as $$
begin
  raise exception using errcode = tg_argv[0], message = 'refused';
end $$;
create function test.outcome_if(problem text, failing text, statement text) returns text
language plpgsql as $$
declare
  outcome text := 'a warning';
begin
  begin
    execute format('create trigger fails before insert or update or delete on %s for each row execute function test.fail(%L)', failing, problem);
    execute statement;
    raise exception using errcode = 'UNDO0';
  exception
    when sqlstate 'UNDO0' then null;
    when others or query_canceled then outcome := sqlstate;
  end;
  return outcome;
end $$;

set client_min_messages = error;
select problem,
       test.outcome_if(problem, 'helpdesk.profiles', $$insert into auth.users (email, email_confirmed_at) values ('new@example.com', now())$$) as sign_up,
       test.outcome_if(problem, 'helpdesk.profiles', $$update auth.users set email = 'ben@new.example' where id = test.login_id('Ben')$$) as new_address,
       test.outcome_if(problem, 'helpdesk.org_members', $$delete from auth.users where id = test.login_id('Ben')$$) as deletion
  from unnest('{22001,22023,23502,23505,23514,44000,P0001,40001,40P01,53100,53200,53300,55P03,57014,57P01,58030,54001,42P01,25006,XX000}'::text[]) problem;
reset client_min_messages;

---- Functions that only read see somebody who belongs to no organization

call test.sign_in('Nemo');
begin read only;
select helpdesk.my_profile_id() is null, helpdesk.my_org_ids(), helpdesk.may_create_organization();
select helpdesk.count_unread_notifications(), helpdesk.my_pending_invites();
select test.error_of($$select helpdesk.list_org_tickets(test.org_id('Acme'))$$);
select test.error_of($$select helpdesk.list_org_members(test.org_id('Acme'))$$);
select count(*) from helpdesk.profiles;
rollback;
-- A function that writes fails where nothing can be written.
begin read only;
select test.error_of('select helpdesk.ensure_profile()');
rollback;

---- The first call that writes creates the profile

begin;
select helpdesk.ensure_profile() = helpdesk.my_profile_id();
select helpdesk.ensure_profile() = helpdesk.my_profile_id();
select name, role, email, email_is_confirmed from helpdesk.profiles;
rollback;

select test.attempt('select helpdesk.mark_notifications_read()');
select test.attempt($$select helpdesk.create_organization('Nemo Ltd')$$);
select test.attempt($$insert into helpdesk.organizations (name) values ('Nemo Ltd') $$);
select test.attempt($$insert into helpdesk.notification_preferences (type, enabled) values ('custom', false)$$);
begin;
insert into helpdesk.organizations (name) values ('Nemo Ltd');
select name, test.profile_name(created_by) from helpdesk.organizations;
rollback;
select test.error_of('select helpdesk.redeem_admin_invite_code(repeat(''0'', 32))');
select test.error_of($$select helpdesk.leave_organization(test.org_id('Acme'))$$);

-- An invite is shown before the profile exists, and accepted with it.
call test.sign_out();
begin;
call test.sign_in('Ada');
select helpdesk.create_org_invite(test.org_id('Acme'), 'nemo@example.com', 'agent') as invite \gset
call test.sign_in('Nemo');
select i->>'orgName', i->>'orgRole' from json_array_elements(helpdesk.my_pending_invites()) i;
select helpdesk.accept_org_invite(:'invite') = test.org_id('Acme');
select helpdesk.my_staff_org_ids() = array[test.org_id('Acme')];
rollback;

-- It is the former profile, if there is one with the confirmed address.
begin;
insert into helpdesk.profiles (name, email) values ('Old Nemo', 'NEMO@example.com');
call test.sign_in('Nemo');
select helpdesk.ensure_profile() is not null;
select name, email from helpdesk.profiles;
rollback;

---- Logins that get no profile

call test.set_claims('{"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000009"}');
select helpdesk.ensure_profile() is null;
select test.error_of($$select helpdesk.create_organization('Nobody Ltd')$$);
select test.error_of('select helpdesk.my_pending_invites()');
call test.set_claims('');
select helpdesk.ensure_profile() is null;
set role anon;
select test.error_of('select helpdesk.ensure_profile()');
call test.sign_out();
select helpdesk.ensure_profile() is null;

-- Supabase keeps the row of a deleted login.
begin;
alter table auth.users add column deleted_at timestamptz;
grant select (deleted_at) on auth.users to helpdesk_owner;
update auth.users set deleted_at = now() where id = test.login_id('Nemo');
call test.sign_in('Nemo');
select helpdesk.ensure_profile() is null, helpdesk.may_create_organization();
select test.error_of($$select helpdesk.create_organization('Nemo Ltd')$$);
call test.sign_out();
select helpdesk.install();
select test.profile_id('Nemo') is null;
rollback;

-- An address that is not confirmed proves nothing, with or without a profile.
begin;
update auth.users set email_confirmed_at = null where id = test.login_id('Nemo');
delete from helpdesk.profiles where name = 'Nemo';
update helpdesk.organizations set open_to_customers = true where name = 'Acme';
call test.sign_in('Nemo');
select helpdesk.may_create_organization(), helpdesk.my_pending_invites();
select test.error_of($$select helpdesk.join_organization(test.org_id('Acme'))$$);
select test.error_of($$select helpdesk.create_organization('Nemo Ltd')$$);
select helpdesk.ensure_profile() is not null;
select email_is_confirmed from helpdesk.profiles;
select test.error_of($$select helpdesk.join_organization(test.org_id('Acme'))$$);
rollback;
call test.sign_out();

---- install() brings profiles up to date that have not followed their login

begin;
select test.sign_up('Ivy', 'ivy@example.com', false);
insert into auth.users (email, email_confirmed_at) values ('plain@example.com', now()), (null, null);
select test.sign_up('Chosen', 'chosen@example.com');
update helpdesk.profiles set name = 'My choice', avatar_url = 'https://x.example/mine.png' where name = 'Chosen';
alter table auth.users disable trigger helpdesk_handle_new_user;
update auth.users set email = 'ivy@new.example', email_confirmed_at = now() where email = 'ivy@example.com';
update auth.users set raw_user_meta_data = '{"full_name": "Plain Jane"}' where email = 'plain@example.com';
update auth.users set raw_user_meta_data = '{"name": "By phone"}' where email is null;
update auth.users set email = 'chosen@new.example', raw_user_meta_data = '{"name": "Other", "avatar_url": "https://x.example/other.png"}' where email = 'chosen@example.com';
alter table auth.users enable trigger helpdesk_handle_new_user;
select helpdesk.install();
select name, email, email_is_confirmed, avatar_url from helpdesk.profiles
 where name in ('Ivy', 'Plain Jane', 'By phone', 'My choice') order by name;
select test.digest_of_all_rows() as before \gset
select helpdesk.install();
select test.digest_of_all_rows() = :'before';
rollback;
