-- A DBA sees what somebody else sees.
\pset format unaligned
\pset tuples_only on
select helpdesk.create_ticket(story.org('Acme'), 'Alice''s', p_requester_id => story.profile('Alice')) is not null,
       helpdesk.create_ticket(story.org('Globex'), 'Gina''s', p_requester_id => story.profile('Gina')) is not null;

---- A superuser, until act_as(null)
select count(*) from helpdesk.tickets;
select helpdesk.act_as('ALICE@example.com');
select current_user, helpdesk.my_profile_id() = story.profile('Alice'), (select string_agg(title, ', ') from helpdesk.tickets), current_setting('request.jwt.claims')::jsonb->>'email';
select story.attempt('select * from helpdesk.tickets where created_by <> helpdesk.my_profile_id()');
-- From one person to the next
select helpdesk.act_as('grace@example.com');
select current_user, (select string_agg(title, ', ') from helpdesk.tickets);
-- What somebody set by the older name of the claim does not count.
set request.jwt.claim.sub = 'f0000000-0000-4000-8000-000000000000';
select helpdesk.act_as('alice@example.com');
select (select string_agg(title, ', ') from helpdesk.tickets);
select helpdesk.act_as(null);
select current_user = session_user, helpdesk.my_profile_id() is null, count(*) from helpdesk.tickets;
-- Nobody
select story.expect_error($$select helpdesk.act_as('nobody@example.com')$$), story.expect_error($$select helpdesk.act_as('')$$);
select current_user = session_user, helpdesk.my_profile_id() is null;
-- Undone with its transaction
begin;
select helpdesk.act_as('alice@example.com');
rollback;
select current_user = session_user, helpdesk.my_profile_id() is null;

---- A role that was granted it, and what it grants it to
create role helpdesk_story_support;
create role helpdesk_story_jane login;
grant usage on schema helpdesk to helpdesk_story_support;
grant execute on function helpdesk.act_as(text) to helpdesk_story_support;
grant helpdesk_story_support, authenticated to helpdesk_story_jane;
create role helpdesk_story_joe login;
grant authenticated to helpdesk_story_joe;
\c - helpdesk_story_jane
select helpdesk.act_as('alice@example.com');
select current_user, (select string_agg(title, ', ') from helpdesk.tickets);
select helpdesk.act_as(null);
select current_user = session_user, helpdesk.my_profile_id() is null;
-- Nobody else: not who may be authenticated,
\c - helpdesk_story_joe
select helpdesk.act_as('alice@example.com');
set role authenticated;
select helpdesk.act_as('alice@example.com');
select helpdesk.act_as(null);
select current_user;
\c - postgres
revoke helpdesk_story_support from helpdesk_story_jane;
\c - helpdesk_story_jane
select helpdesk.act_as('alice@example.com');
\c - postgres
-- and nobody in an API request, not even where PostgREST logs in as a superuser.
select set_config('request.method', 'POST', false) is not null;
select helpdesk.act_as('alice@example.com');
select helpdesk.act_as(null);
call story.sign_in('Stan');
select helpdesk.act_as('alice@example.com');
call story.sign_out();
reset request.method;
drop owned by helpdesk_story_support, helpdesk_story_jane, helpdesk_story_joe;
drop role helpdesk_story_support, helpdesk_story_jane, helpdesk_story_joe;
delete from helpdesk.tickets;
