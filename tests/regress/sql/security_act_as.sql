-- act_as lets a DBA see what another person sees.

select helpdesk.create_ticket(test.org_id('Acme'), 'Alice''s', p_requester_id => test.profile_id('Alice')) is not null,
       helpdesk.create_ticket(test.org_id('Globex'), 'Mallory''s', p_requester_id => test.profile_id('Mallory')) is not null;

---- A superuser
select count(*) from helpdesk.tickets;
select helpdesk.act_as('ALICE@example.com');
select current_user, helpdesk.my_profile_id() = test.profile_id('Alice'), (select string_agg(title, ', ') from helpdesk.tickets), current_setting('request.jwt.claims')::jsonb->>'email';
select test.attempt('select * from helpdesk.tickets where created_by <> helpdesk.my_profile_id()');
-- From one person to the next
select helpdesk.act_as('gina@example.com');
select current_user, (select string_agg(title, ', ') from helpdesk.tickets);
-- The older setting of the claim is ignored.
set request.jwt.claim.sub = 'f0000000-0000-4000-8000-000000000000';
select helpdesk.act_as('alice@example.com');
select (select string_agg(title, ', ') from helpdesk.tickets);
select helpdesk.act_as(null);
select current_user = session_user, helpdesk.my_profile_id() is null, count(*) from helpdesk.tickets;
-- Unknown addresses
select test.error_of($$select helpdesk.act_as('nobody@example.com')$$), test.error_of($$select helpdesk.act_as('')$$);
select current_user = session_user, helpdesk.my_profile_id() is null;
-- Rolled back with the transaction
begin;
select helpdesk.act_as('alice@example.com');
rollback;
select current_user = session_user, helpdesk.my_profile_id() is null;

-- A committed transaction ends it too, so that a pooler hands nobody the identity.
begin;
select helpdesk.act_as('alice@example.com');
select current_user, helpdesk.my_profile_id() = test.profile_id('Alice');
commit;
select current_user = session_user, helpdesk.my_profile_id() is null;
-- Null inside a transaction ends what began before it.
select helpdesk.act_as('alice@example.com');
begin;
select helpdesk.act_as(null);
commit;
select current_user = session_user, helpdesk.my_profile_id() is null;

---- A role with the right to call act_as, and a member of that role
create role helpdesk_test_support;
create role helpdesk_test_jane login;
grant usage on schema helpdesk to helpdesk_test_support;
grant execute on function helpdesk.act_as(text) to helpdesk_test_support;
grant helpdesk_test_support, authenticated to helpdesk_test_jane;
create role helpdesk_test_joe login;
grant authenticated to helpdesk_test_joe;
\c - helpdesk_test_jane
select helpdesk.act_as('alice@example.com');
select current_user, (select string_agg(title, ', ') from helpdesk.tickets);
select helpdesk.act_as(null);
select current_user = session_user, helpdesk.my_profile_id() is null;
-- Nobody else may call it: not a role that may become authenticated,
\c - helpdesk_test_joe
select helpdesk.act_as('alice@example.com');
set role authenticated;
select helpdesk.act_as('alice@example.com');
select helpdesk.act_as(null);
select current_user;
\c - postgres
revoke helpdesk_test_support from helpdesk_test_jane;
\c - helpdesk_test_jane
select helpdesk.act_as('alice@example.com');
\c - postgres
-- and no API request, even if PostgREST connects as a superuser.
select set_config('request.method', 'POST', false) is not null;
select helpdesk.act_as('alice@example.com');
select helpdesk.act_as(null);
call test.sign_in('Stan');
select helpdesk.act_as('alice@example.com');
call test.sign_out();
reset request.method;
drop owned by helpdesk_test_support, helpdesk_test_jane, helpdesk_test_joe;
drop role helpdesk_test_support, helpdesk_test_jane, helpdesk_test_joe;
