-- resolve_ticket, and what is said on a closed ticket.

call test.create_conversation();
create function test.state() returns text language sql security definer as $$
  select format('%s (%s), %s comments', s.name, t.status, (select count(*) from helpdesk.ticket_comments c where c.ticket_id = t.id))
    from helpdesk.tickets t join helpdesk.workflow_stages s on s.id = t.current_stage_id where t.title = 'Noise' $$;
-- Moves the ticket as the DBA does.
create procedure test.put_in(stage text) language plpgsql security definer as $$
begin
  update helpdesk.tickets set current_stage_id = test.stage_id('Acme', stage) where title = 'Noise';
end $$;

---- resolve_ticket

select * from test.attempt_by_each_caller($$select helpdesk.resolve_ticket(test.ticket_id('Noise'))$$);
-- An assignee who is not staff may not.
begin;
update helpdesk.tickets set assigned_to = test.profile_id('Dave') where title = 'Noise';
call test.sign_in('Dave');
select test.error_of($$select helpdesk.resolve_ticket(test.ticket_id('Noise'))$$);
rollback;
begin;
update helpdesk.notifications set read = true;
call test.sign_in('Alice');
select test.json_keys(ticket), ticket->>'status', ticket->'assignedTo'->>'email' as email from helpdesk.resolve_ticket(test.ticket_id('Noise'), 'Thanks!') ticket;
select test.state();
-- One notification for Ben
call test.sign_in('Ben');
select n.type, n.content->>'comment' from helpdesk.notifications n where not read and user_id = test.profile_id('Ben');
-- Again: the ticket stays as it is, and the comment does not reopen it.
call test.sign_in('Alice');
select helpdesk.resolve_ticket(test.ticket_id('Noise'))->>'status';
select helpdesk.resolve_ticket(test.ticket_id('Noise'), 'Really', test.org_id('Acme'))->>'status';
select test.state();
-- A comment without resolve_ticket() still does.
select helpdesk.add_comment(test.ticket_id('Noise'), 'It is back') is not null;
select test.state();
call test.put_in('Closed');
select helpdesk.resolve_ticket(test.ticket_id('Noise'), 'Fine')->>'status';
select test.state();
rollback;
-- Transitions restrict staff, but not the requester.
begin;
insert into helpdesk.workflow_transitions (org_id, workflow_id, from_stage_id, to_stage_id)
values (test.org_id('Acme'), test.workflow_id('Acme'), test.stage_id('Acme', 'New'), test.stage_id('Acme', 'In progress'));
call test.sign_in('Ben');
select test.error_of($$select helpdesk.resolve_ticket(test.ticket_id('Noise'))$$);
call test.sign_in('Alice');
select helpdesk.resolve_ticket(test.ticket_id('Noise'))->>'status';
rollback;
-- Without an active resolved stage the ticket is closed; without that, nothing happens.
begin;
update helpdesk.workflow_stages set is_active = false where name = 'Resolved';
call test.sign_in('Alice');
select helpdesk.resolve_ticket(test.ticket_id('Noise'))->>'status';
call test.put_in('New');
call test.sign_out();
update helpdesk.workflow_stages set is_active = false where name = 'Closed';
call test.sign_in('Alice');
select test.error_of($$select helpdesk.resolve_ticket(test.ticket_id('Noise'), 'Thanks')$$);
select test.state();
rollback;
call test.sign_in('Alice');
select test.error_of($$select helpdesk.resolve_ticket(null)$$);
select test.error_of($$select helpdesk.resolve_ticket(test.ticket_id('Noise'), ' ')$$);
select test.error_of($$select helpdesk.resolve_ticket(test.ticket_id('Noise'), null, test.org_id('Globex'))$$);
select test.error_of($$select helpdesk.resolve_ticket(test.ticket_id('Mallory''s'))$$);
set role service_role;
call test.set_claims('');
set role service_role;
select test.error_of($$select helpdesk.resolve_ticket(test.ticket_id('Noise'), 'By nobody')$$);
call test.sign_out();

---- Repeated requests

begin;
call test.sign_in('Alice');
select helpdesk.resolve_ticket(test.ticket_id('Noise'), 'Thanks', p_idempotency_key => 'k1')->>'status';
select helpdesk.add_comment(test.ticket_id('Noise'), 'It is back') is not null;
-- The ticket stays open, and the comment is there once.
select helpdesk.resolve_ticket(test.ticket_id('Noise'), 'Thanks', p_idempotency_key => 'k1')->>'status';
select test.state();
-- Also without a comment.
select helpdesk.resolve_ticket(test.ticket_id('Noise'), p_idempotency_key => 'k2')->>'status';
call test.put_in('New');
select helpdesk.resolve_ticket(test.ticket_id('Noise'), p_idempotency_key => 'k2')->>'status';
-- The same key for anything else is an error.
select request, test.error_of('select helpdesk.' || request) from unnest(array[
  $$resolve_ticket(test.ticket_id('Noise'), 'Thank you', p_idempotency_key => 'k1')$$,
  $$resolve_ticket(test.ticket_id('Noise'), p_idempotency_key => 'k1')$$,
  $$resolve_ticket(test.ticket_id('Noise'), p_idempotency_key => '')$$,
  $$add_comment(test.ticket_id('Noise'), 'Thanks', p_idempotency_key => 'k1')$$]) request;
-- Keys belong to a person.
call test.sign_in('Ben');
select helpdesk.resolve_ticket(test.ticket_id('Noise'), 'Thanks', p_idempotency_key => 'k1')->>'status';
rollback;
call test.sign_out();

---- A closed ticket reopens

create function test.after_word(person text, statement text, stage text default 'Closed') returns text language plpgsql as $$
declare
  outcome text;
begin
  call test.put_in(stage);
  call test.sign_in(person);
  outcome := test.error_of(statement);
  raise exception using errcode = 'UNDO0', message = outcome || ' -> ' || test.state();
exception when sqlstate 'UNDO0' then
  call test.sign_out();
  return sqlerrm;
end $$;
\set comment 'select helpdesk.add_comment(test.ticket_id(\'Noise\'), \'Hello?\')'
\set row 'insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (test.org_id(\'Acme\'), test.ticket_id(\'Noise\'), \'Hello?\')'
\set file 'select helpdesk.add_attachment(test.ticket_id(\'Noise\'), \'a\', \'text/plain\', 1, \'a/b\')'
\set solved 'select helpdesk.resolve_ticket(test.ticket_id(\'Noise\'), \'Solved\')'
select test.after_word('Alice', :'comment'), test.after_word('Alice', :'row'), test.after_word('Alice', :'file');
-- A file reopens nothing else; staff reopen nothing.
select test.after_word('Alice', :'file', 'Resolved'), test.after_word('Ben', :'comment'), test.after_word('Ben', :'file');
-- reopen_on_customer_comment is about pending and resolved tickets.
begin;
update helpdesk.organizations set reopen_on_customer_comment = false;
select test.after_word('Alice', :'comment'), test.after_word('Alice', :'comment', 'Resolved');
rollback;
-- The last assignee has left.
begin;
call test.put_in('Closed');
delete from helpdesk.org_members where user_id = test.profile_id('Ben');
call test.sign_in('Alice');
select helpdesk.add_comment(test.ticket_id('Noise'), 'Hello?') is not null;
call test.sign_out();
select test.state(), assigned_to is null as unassigned from helpdesk.tickets where title = 'Noise';
rollback;
-- The file is told once, as a file.
begin;
call test.put_in('Closed');
update helpdesk.notifications set read = true;
call test.sign_in('Alice');
select helpdesk.add_attachment(test.ticket_id('Noise'), 'a', 'text/plain', 1, 'a/b') is not null;
call test.sign_out();
select test.profile_name(user_id), type from helpdesk.notifications where not read and user_id in (test.profile_id('Ben'), test.profile_id('Alice'));
rollback;
-- What is imported reopens nothing.
begin;
call test.put_in('Closed');
insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, created_at) values (test.org_id('Acme'), test.ticket_id('Noise'), 'Old', test.profile_id('Alice'), '2020-01-01');
select test.state();
rollback;

---- Or refuses

begin;
call test.sign_in('Ada');
update helpdesk.organizations set closed_ticket_replies = 'refuse';
call test.sign_out();
select test.after_word('Alice', :'comment');
select test.after_word('Alice', :'row');
select test.after_word('Alice', :'file');
select test.after_word('Alice', :'solved');
select test.after_word('Alice', :'comment', 'Resolved'), test.after_word('Ben', :'comment');
insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, created_at) values (test.org_id('Acme'), test.ticket_id('Noise'), 'Old', test.profile_id('Alice'), '2020-01-01');
rollback;
select test.attempt($$update helpdesk.organizations set closed_ticket_replies = 'ignore'$$);
select * from test.attempt_by_each_caller($$update helpdesk.organizations set closed_ticket_replies = 'refuse' where id = test.org_id('Acme')$$);
call test.sign_out();

---- The requester reopens a ticket, staff or not; an assignee who asks does not

begin;
update helpdesk.tickets set created_by = test.profile_id('Ada') where title = 'Noise';
select test.after_word('Ada', :'comment', 'Resolved'), test.after_word('Ben', :'comment', 'Resolved');
update helpdesk.tickets set created_by = test.profile_id('Alice'), assigned_to = test.profile_id('Dave') where title = 'Noise';
select test.after_word('Dave', :'comment', 'Waiting on customer'), test.after_word('Dave', :'comment', 'Closed'), test.after_word('Alice', :'comment', 'Waiting on customer');
rollback;

---- The first response

begin;
insert into helpdesk.tickets (org_id, title, created_by, created_at) values
  (test.org_id('Acme'), 'Own', test.profile_id('Ben'), '2020-01-01'), (test.org_id('Acme'), 'Imported', test.profile_id('Alice'), '2020-01-01');
create function test.first_response(title text) returns text language sql as $$
  select coalesce(format('%s by %s', first_response_at::date, test.profile_name(first_response_by)), 'none') from helpdesk.tickets where tickets.title = $1 $$;
insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, created_at) values (test.org_id('Acme'), test.ticket_id('Own'), 'More', test.profile_id('Ben'), '2020-01-02');
select test.first_response('Own');
insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, created_at) values (test.org_id('Acme'), test.ticket_id('Own'), 'Yes', test.profile_id('Ada'), '2020-01-03');
select test.first_response('Own');
insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, created_at)
select test.org_id('Acme'), test.ticket_id('Imported'), 'x', test.profile_id(name), day::timestamptz
  from (values ('Ada', '2020-01-09'), ('Ben', '2020-01-03'), ('Alice', '2020-01-02'), ('Ada', '2020-01-05')) c (name, day);
select test.first_response('Imported');
-- Reports count it once, with the earliest, before and after the deltas are folded.
select report->'total'->'firstResponse', (select json_agg(a) from json_array_elements(report->'byAgent') a where a->'firstResponse'->>'count' <> '0') is not null
  from helpdesk.ticket_activity(test.org_id('Acme'), '2020-01-01', '2020-02-01') report;
select helpdesk.refresh_ticket_stats() is not null;
select report->'total'->'firstResponse' from helpdesk.ticket_activity(test.org_id('Acme'), '2020-01-01', '2020-02-01') report;
rollback;
