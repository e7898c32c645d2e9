-- What callers may read and write in the tables tickets and ticket_history.

call test.sign_in('Alice');
select helpdesk.create_ticket(test.org_id('Acme'), 'Printer on fire', 'It burns', 'urgent') is not null;
call test.sign_out();

-- Two workflows in which no ticket can start: one is not active, the other has no stages.
insert into helpdesk.workflows (org_id, name, is_active) values (test.org_id('Acme'), 'Asleep', false), (test.org_id('Acme'), 'Empty', true);

select test.digest_of_all_rows() as before \gset

---- Rights on the tables

select * from test.attempt_by_each_person($$select * from helpdesk.tickets where org_id = test.org_id('Acme')$$);
select * from test.attempt_by_each_person($$select * from helpdesk.ticket_history where org_id = test.org_id('Acme')$$);
select left(line, 13) from test.attempt_by_each_person($$insert into helpdesk.tickets (org_id, title) values (test.org_id('Acme'), 'Try')$$);
select * from test.attempt_by_each_person($$update helpdesk.tickets set priority = 'low' where title = 'Printer on fire'$$);
select * from test.attempt_by_each_person($$delete from helpdesk.tickets where title = 'Printer on fire'$$);
-- Customers open unassigned tickets for themselves; staff open them for any member.
select left(line, 13) from test.attempt_by_each_person($$insert into helpdesk.tickets (org_id, title, created_by) values (test.org_id('Acme'), 'Try', test.profile_id('Alice'))$$);
select left(line, 13) from test.attempt_by_each_person($$
  insert into helpdesk.tickets (org_id, title, created_by, assigned_to) values (test.org_id('Acme'), 'Try', helpdesk.my_profile_id(), test.profile_id('Ben'))$$);
-- Of these people only the organization's administrator deletes tickets, and their history with
-- them.
call test.sign_in('Ada');
begin;
delete from helpdesk.tickets where title = 'Printer on fire';
select count(*) from helpdesk.ticket_history;
rollback;
call test.sign_in('Nemo');
select test.attempt('select * from helpdesk.tickets');
call test.set_claims('');
select test.attempt('select * from helpdesk.tickets');
select left(test.attempt($$insert into helpdesk.tickets (org_id, title) values (test.org_id('Acme'), 'Try')$$), 5);
call test.set_claims('garbage');
select test.attempt('select * from helpdesk.tickets');
call test.set_claims('{"sub": "not a uuid"}');
select test.attempt('select * from helpdesk.tickets');
set role anon;
select test.attempt('select * from helpdesk.tickets');
select test.attempt('select * from helpdesk.ticket_history');
set role service_role;
select test.attempt('select * from helpdesk.tickets');
select test.attempt($$insert into helpdesk.tickets (org_id, title, created_by) values (test.org_id('Acme'), 'Try', test.profile_id('Alice'))$$);
select test.attempt($$update helpdesk.tickets set priority = 'low'$$);
select test.attempt('delete from helpdesk.tickets');
call test.sign_out();

-- A refused INSERT reveals neither who is a member nor which workflows exist.
call test.sign_in('Stan');
select count(distinct error) from (values
  (test.attempt($$insert into helpdesk.tickets (org_id, title) values (test.org_id('Acme'), 'Try')$$)),
  (test.attempt($$insert into helpdesk.tickets (org_id, title, created_by) values (test.org_id('Acme'), 'Try', test.profile_id('Alice'))$$)),
  (test.attempt($$insert into helpdesk.tickets (org_id, title, created_by) values (test.org_id('Acme'), 'Try', test.profile_id('Mallory'))$$)),
  (test.attempt($$insert into helpdesk.tickets (org_id, title, created_by, workflow_id) values (test.org_id('Acme'), 'Try', test.profile_id('Alice'), test.workflow_id('Acme'))$$)),
  (test.attempt($$insert into helpdesk.tickets (org_id, title, created_by, workflow_id) values (test.org_id('Acme'), 'Try', test.profile_id('Alice'), test.workflow_id('Globex'))$$))
) as answers (error);
call test.sign_out();

-- No signed-in caller, not even an administrator, sets the columns that the system sets, by INSERT
-- or by UPDATE.
call test.sign_in('Ada');
create temp table columns_of_tickets as
  select attname as name from pg_attribute where attrelid = 'helpdesk.tickets'::regclass and attnum > 0 and not attisdropped order by attnum;
select name, split_part(test.attempt(format($$insert into helpdesk.tickets (org_id, title, %I) values (test.org_id('Acme'), 'Try', null)$$, name)), ':', 1) as on_insert,
       split_part(test.attempt(format($$update helpdesk.tickets set %I = null$$, name)), ':', 1) as on_update
  from columns_of_tickets where name not in ('org_id', 'title');
select test.attempt($$update helpdesk.tickets set org_id = test.org_id('Acme')$$);
select test.attempt($$insert into helpdesk.tickets (org_id, title, status) values (test.org_id('Acme'), 'Try', 'closed')$$);
select test.attempt($$insert into helpdesk.tickets (org_id, title, current_stage_id) values (test.org_id('Acme'), 'Try', test.stage_id('Acme', 'Closed'))$$);
-- Nobody writes the history.
select test.attempt($$update helpdesk.ticket_history set title = 'x'$$);
select test.attempt('delete from helpdesk.ticket_history');
select test.attempt('insert into helpdesk.ticket_history default values');
select test.attempt('truncate helpdesk.ticket_history');
select test.attempt('select * from helpdesk.ticket_counters');
select test.attempt('select * from helpdesk.idempotency_keys');
set role service_role;
select test.attempt($$update helpdesk.ticket_history set title = 'x'$$);
select test.attempt('delete from helpdesk.ticket_history');
select test.attempt('insert into helpdesk.ticket_history default values');
select test.attempt('select * from helpdesk.ticket_counters');
call test.sign_out();
select test.error_of($$update helpdesk.ticket_history set title = 'x'$$);
select test.error_of('delete from helpdesk.ticket_history');
set client_min_messages = warning;
select test.error_of('truncate helpdesk.ticket_history cascade');
select test.error_of('truncate helpdesk.tickets cascade');
reset client_min_messages;

-- The table refuses the same values as the functions.
call test.sign_in('Ben');
select test.error_of($$insert into helpdesk.tickets (org_id, title) values (test.org_id('Acme'), ' ')$$);
select test.error_of($$insert into helpdesk.tickets (org_id, title) values (test.org_id('Acme'), repeat('x', 501))$$);
select test.error_of($$insert into helpdesk.tickets (org_id, title) values (test.org_id('Acme'), null)$$);
select left(test.error_of($$insert into helpdesk.tickets (org_id, title) values (null, 'Try')$$), 5);
select test.error_of($$insert into helpdesk.tickets (org_id, title, description) values (test.org_id('Acme'), 'Try', repeat('x', 100001))$$);
select test.error_of($$insert into helpdesk.tickets (org_id, title, workflow_id) values (test.org_id('Acme'), 'Try', test.workflow_id('Globex'))$$);
select test.error_of($$insert into helpdesk.tickets (org_id, title, workflow_id) values (test.org_id('Acme'), 'Try', test.workflow_id('Acme', 'Asleep'))$$);
select test.error_of($$insert into helpdesk.tickets (org_id, title, workflow_id) values (test.org_id('Acme'), 'Try', test.workflow_id('Acme', 'Empty'))$$);
select test.error_of($$insert into helpdesk.tickets (org_id, title, created_by) values (test.org_id('Acme'), 'Try', test.profile_id('Mallory'))$$);
select test.error_of($$insert into helpdesk.tickets (org_id, title, assigned_to) values (test.org_id('Acme'), 'Try', test.profile_id('Mallory'))$$);
select test.error_of($$update helpdesk.tickets set current_stage_id = test.stage_id('Globex', 'Closed') where title = 'Printer on fire'$$);
select test.error_of($$update helpdesk.tickets set assigned_to = test.profile_id('Mallory') where title = 'Printer on fire'$$);
select test.error_of($$update helpdesk.tickets set title = ' ' where title = 'Printer on fire'$$);
call test.sign_out();
select test.digest_of_all_rows() = :'before' as nothing_was_written;
