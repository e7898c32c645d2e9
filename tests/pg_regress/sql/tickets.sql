-- Tickets and their history, through both doors: the functions and the tables.
\pset format unaligned
\pset tuples_only on

-- A ticket as it is now.
create function story.ticket_is(title text) returns text language sql stable security definer as $$
  select concat_ws(' ', '#' || t.number, t.title, t.priority, t.status, s.name, coalesce(story.name_of(t.assigned_to), 'nobody'), 'v' || t.version)
    from helpdesk.tickets t join helpdesk.workflow_stages s on s.id = t.current_stage_id where t.title = $1
$$;
-- Its revisions: who, what, and whether each follows the one before.
create function story.revisions(title text) returns table (line text) language sql stable security definer as $$
  select concat_ws(' ', 'v' || h.version, coalesce(story.name_of(h.changed_by), 'system'), h.changes->>'type',
                   (select string_agg(key, ',' order by key) from jsonb_object_keys(h.changes->'fields') key),
                   case when h.previous_history_id is not distinct from lag(h.id) over (order by h.version) then 'chained' else 'NOT CHAINED' end)
    from helpdesk.ticket_history h where h.ticket_id = story.ticket($1) order by h.version
$$;
-- Tickets whose newest revision is not what latest_history_id says, or not what they are now: none, ever.
create view story.wrong_history as
  select t.title from helpdesk.tickets t left join helpdesk.ticket_history h on h.org_id = t.org_id and h.id = t.latest_history_id
   where (h.ticket_id, h.version, h.title, h.description, h.priority, h.status, h.assigned_to, h.workflow_stage_id, h.requester_id)
         is distinct from (t.id, t.version, t.title, t.description, t.priority, t.status, t.assigned_to, t.current_stage_id, t.created_by)
      or t.version <> (select max(x.version) from helpdesk.ticket_history x where x.ticket_id = t.id)
      or t.version <> (select count(*) from helpdesk.ticket_history x where x.ticket_id = t.id);

grant select on story.wrong_history to public;

---- create_ticket

call story.sign_in('Alice');
select helpdesk.create_ticket(story.org('Acme'), E'  Printer on fire\n', 'It burns', 'urgent') is not null;
select story.ticket_is('Printer on fire');
select * from story.revisions('Printer on fire');
call story.sign_out();
select jsonb_object_agg(key, case when key in ('stage', 'workflow') then '"an id"' else value end)
  from helpdesk.ticket_history h, jsonb_each(h.changes->'fields') where h.ticket_id = story.ticket('Printer on fire');
select story.name_of(created_by), description, created_at = updated_at, stage_entered_at = created_at, resolved_at, closed_at
  from helpdesk.tickets where title = 'Printer on fire';

-- Everybody who may, and nobody else.
select * from story.everybody_attempts($$select helpdesk.create_ticket(story.org('Acme'), 'Try')$$);
call story.sign_in('Nemo');
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), 'Try')$$);
call story.claim('');
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), 'Try')$$);
call story.claim('garbage');
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), 'Try')$$);
call story.claim('{"sub": "not a uuid"}');
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), 'Try')$$);
set role anon;
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), 'Try')$$);

-- A requester: staff and backends name one, a member; customers only themselves.
select * from story.everybody_attempts($$select helpdesk.create_ticket(story.org('Acme'), 'Try', p_requester_id => story.profile('Alice'))$$);
call story.sign_in('Arthur');
-- Somebody of another organization and nobody look the same; the message names the argument.
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), 'Try', p_requester_id => story.profile('Gina'))$$)
     = story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), 'Try', p_requester_id => helpdesk.uuid_generate_v7())$$);
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), 'Try', p_requester_id => story.profile('Gina'))$$) like '42501: %p_requester_id%';
begin;
select helpdesk.create_ticket(story.org('Acme'), 'By phone', p_requester_id => story.profile('Alice')) is not null;
select story.name_of(created_by) from helpdesk.tickets where title = 'By phone';
select * from story.revisions('By phone');
rollback;
call story.claim('');
set role service_role;
select story.attempt($$select helpdesk.create_ticket(story.org('Acme'), 'Try', p_requester_id => story.profile('Alice'))$$);
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), 'Try')$$);
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), 'Try', p_requester_id => story.profile('Gina'))$$) like '42501: %p_requester_id%';
call story.sign_out();

---- create_ticket: bad input

insert into helpdesk.workflows (org_id, name, is_active) values (story.org('Acme'), 'Asleep', false), (story.org('Acme'), 'Empty', true);
select story.everything() as before \gset
call story.sign_in('Alice');
select story.expect_error($$select helpdesk.create_ticket(null, 'Try')$$);
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), null)$$);
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), '')$$);
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), E' \t\r\n\u00a0\u3000')$$);
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), repeat('x', 501))$$);
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), 'Try', repeat('x', 100001))$$);
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), 'Try', p_priority => 'whatever')$$);
select story.expect_error($$select helpdesk.create_ticket(story.org('Globex'), 'Try')$$);
select story.expect_error($$select helpdesk.create_ticket('00000000-0000-4000-8000-000000000000', 'Try')$$);
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), 'Try', p_workflow_id => story.workflow('Globex'))$$);
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), 'Try', p_workflow_id => '00000000-0000-4000-8000-000000000000')$$);
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), 'Try', p_workflow_id => story.workflow('Acme', 'Asleep'))$$);
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), 'Try', p_workflow_id => story.workflow('Acme', 'Empty'))$$);
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), 'Try', p_idempotency_key => '')$$);
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), 'Try', p_idempotency_key => repeat('k', 256))$$);
call story.sign_out();
-- The DBA and backends get errors of the same kind.
select story.expect_error($$select helpdesk.create_ticket('00000000-0000-4000-8000-000000000000', 'Try', p_requester_id => story.profile('Alice'))$$) like '42501: %p_org_id%no such organization%';
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), ' ', p_requester_id => story.profile('Alice'))$$);
select story.everything() = :'before' as nothing_was_written;

-- No active workflow at all.
begin;
update helpdesk.workflows set is_active = false;
call story.sign_in('Alice');
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), 'Try')$$);
rollback;
call story.sign_out();

-- 500 characters are allowed, in characters and not in bytes, white space around them aside; NULL is the default of what is optional.
call story.sign_in('Alice');
select story.attempt($$select helpdesk.create_ticket(story.org('Acme'), '  ' || repeat('ü', 500) || '  ')$$);
select story.attempt($$select helpdesk.create_ticket(story.org('Acme'), 'Try', repeat('ü', 100000))$$);
begin;
select helpdesk.create_ticket(story.org('Acme'), 'Nulls', null, null, null, null, null) is not null;
select story.ticket_is('Nulls');
rollback;
-- The earliest active workflow is taken, or the one that is given.
begin;
call story.sign_out();
insert into helpdesk.workflow_stages (org_id, workflow_id, name, status) values (story.org('Acme'), story.workflow('Acme', 'Empty'), 'Waiting', 'pending');
update helpdesk.workflows set created_at = created_at + interval '1 second' where name = 'Empty';
call story.sign_in('Alice');
select helpdesk.create_ticket(story.org('Acme'), 'First workflow') is not null,
       helpdesk.create_ticket(story.org('Acme'), 'Given workflow', p_workflow_id => story.workflow('Acme', 'Empty')) is not null;
select story.ticket_is('First workflow'), story.ticket_is('Given workflow');
rollback;
call story.sign_out();

---- create_ticket: the same request twice

call story.sign_in('Alice');
begin;
select helpdesk.create_ticket(story.org('Acme'), 'Once', p_idempotency_key => 'k1') as first \gset
select helpdesk.create_ticket(story.org('Acme'), ' Once ', p_idempotency_key => 'k1') = :'first';
select count(*) from helpdesk.tickets where title = 'Once';
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), 'Twice', p_idempotency_key => 'k1')$$);
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), 'Once', 'other', p_idempotency_key => 'k1')$$);
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), 'Once', null, 'high', p_idempotency_key => 'k1')$$);
select helpdesk.create_ticket(story.org('Acme'), 'Once', p_idempotency_key => 'k2') <> :'first';
-- Keys are of the person: the same key of somebody else makes another ticket, and tells nothing.
call story.sign_in('Adam');
select helpdesk.create_ticket(story.org('Acme'), 'Once', p_idempotency_key => 'k1') <> :'first';
-- Backends have keys too.
call story.claim('');
set role service_role;
select helpdesk.create_ticket(story.org('Acme'), 'Backend', p_requester_id => story.profile('Alice'), p_idempotency_key => 'k1')
     = helpdesk.create_ticket(story.org('Acme'), 'Backend', p_requester_id => story.profile('Alice'), p_idempotency_key => 'k1');
-- A failed request uses no key up.
select story.expect_error($$select helpdesk.create_ticket(story.org('Acme'), 'Try', p_workflow_id => story.workflow('Globex'), p_requester_id => story.profile('Alice'), p_idempotency_key => 'k3')$$);
select story.attempt($$select helpdesk.create_ticket(story.org('Acme'), 'Try', p_requester_id => story.profile('Alice'), p_idempotency_key => 'k3')$$);
rollback;
call story.sign_out();
select story.attempt('select * from helpdesk.ticket_idempotency_keys');

---- Numbers

begin;
call story.sign_in('Alice');
select helpdesk.create_ticket(story.org('Acme'), 'n2') is not null;
call story.sign_in('Gina');
-- Each organization counts its own.
select helpdesk.create_ticket(story.org('Globex'), 'g1') is not null;
select number from helpdesk.tickets where title = 'g1';
call story.sign_out();
select number from helpdesk.tickets where title = 'n2';
-- Imports bring their numbers; counting goes on after the highest.
insert into helpdesk.tickets (org_id, title, created_by, number) values (story.org('Acme'), 'n100', story.profile('Alice'), 100), (story.org('Acme'), 'n50', story.profile('Alice'), 50);
insert into helpdesk.tickets (org_id, title, created_by) values (story.org('Acme'), 'n101', story.profile('Alice'));
select title, number from helpdesk.tickets where title ~ '^n\d' order by number;
select story.attempt($$insert into helpdesk.tickets (org_id, title, created_by, number) values (story.org('Acme'), 'x', story.profile('Alice'), 100)$$);
select story.attempt($$insert into helpdesk.tickets (org_id, title, created_by, number) values (story.org('Acme'), 'x', story.profile('Alice'), 0)$$);
rollback;

---- get_ticket_details

select * from story.everybody_attempts($$select 1 where helpdesk.get_ticket_details(story.ticket('Printer on fire')) is not null$$);
call story.sign_in('Nemo');
select helpdesk.get_ticket_details(story.ticket('Printer on fire')) is null;
call story.claim('');
select helpdesk.get_ticket_details(story.ticket('Printer on fire')) is null;
set role anon;
select story.expect_error($$select helpdesk.get_ticket_details(story.ticket('Printer on fire'))$$);
set role service_role;
select helpdesk.get_ticket_details(story.ticket('Printer on fire')) is not null;
call story.sign_in('Alice');
-- No such ticket, and the right ticket with the wrong organization.
select helpdesk.get_ticket_details('00000000-0000-4000-8000-000000000000') is null;
select helpdesk.get_ticket_details(story.ticket('Printer on fire'), story.org('Acme')) is not null;
select helpdesk.get_ticket_details(story.ticket('Printer on fire'), story.org('Globex')) is null;
select story.expect_error('select helpdesk.get_ticket_details(null)');
-- Its shape is in conversation.sql.
call story.sign_out();

---- update_ticket

-- Staff of the organization; for all others there is no such ticket.
select * from story.everybody_attempts($$select helpdesk.update_ticket(story.ticket('Printer on fire'), '{"priority": "low"}')$$);
call story.sign_in('Alice');
select story.expect_error($$select helpdesk.update_ticket(story.ticket('Printer on fire'), '{"priority": "low"}')$$);
call story.claim('');
select story.expect_error($$select helpdesk.update_ticket(story.ticket('Printer on fire'), '{"priority": "low"}')$$);
set role anon;
select story.expect_error($$select helpdesk.update_ticket(story.ticket('Printer on fire'), '{"priority": "low"}')$$);
set role service_role;
select story.attempt($$select helpdesk.update_ticket(story.ticket('Printer on fire'), '{"priority": "low"}')$$);
call story.sign_out();

begin;
call story.sign_in('Arthur');
-- Several changes are one revision, and the answer is the ticket.
create temp table answer as select helpdesk.update_ticket(story.ticket('Printer on fire'), json_build_object(
  'title', ' Printer out ', 'description', null, 'priority', 'high', 'assignedTo', story.profile('Arthur'),
  'stageId', story.stage('Acme', 'In progress'))::jsonb) as ticket;
select story.keys(ticket) from answer;
select ticket->>'number', ticket->>'title', ticket->>'description', ticket->>'priority', ticket->>'status', ticket->>'version',
       ticket->'currentStage'->>'name', ticket->'assignedTo'->>'name', ticket->'assignedTo'->>'email', ticket->'createdBy'->>'name' from answer;
select story.keys(ticket->'currentStage'), story.keys(ticket->'workflow'), story.keys(ticket->'assignedTo'), story.keys(ticket->'createdBy') from answer;
select * from story.revisions('Printer out');
select h.changes->'fields'->'title', h.changes->'fields'->'description', h.changes->'fields'->'priority'
  from helpdesk.ticket_history h where h.ticket_id = story.ticket('Printer out') and h.version = 2;
-- No real change, no revision.
select helpdesk.update_ticket(story.ticket('Printer out'), '{"title": "Printer out ", "description": null, "priority": "high"}')->>'version';
-- Unassigned again, with the version that was read.
select helpdesk.update_ticket(story.ticket('Printer out'), '{"assignedTo": null}', 2)->>'version';
select story.ticket_is('Printer out');
-- Another version: refused, nothing changed, also where there would be nothing to change.
select story.expect_error($$select helpdesk.update_ticket(story.ticket('Printer out'), '{"priority": "low"}', 2)$$);
select story.expect_error($$select helpdesk.update_ticket(story.ticket('Printer out'), '{"priority": "high"}', 2)$$);
select story.expect_error($$select helpdesk.update_ticket(story.ticket('Printer out'), '{"priority": "low"}', 4)$$);
select story.expect_error($$select helpdesk.update_ticket(story.ticket('Printer out'), '{"priority": "low"}', -1)$$);
select story.ticket_is('Printer out');
select * from story.wrong_history;
rollback;
call story.sign_out();

---- update_ticket: bad input

create function story.bad_change(changes text) returns text language sql as $$
  select story.expect_error(format('select helpdesk.update_ticket(story.ticket(%L), %L)', 'Printer on fire', changes))
$$;
call story.sign_in('Arthur');
select story.expect_error($$select helpdesk.update_ticket(null, '{}')$$);
select story.expect_error($$select helpdesk.update_ticket(story.ticket('Printer on fire'), null)$$);
select story.expect_error($$select helpdesk.update_ticket('00000000-0000-4000-8000-000000000000', '{"priority": "low"}')$$);
select story.expect_error($$select helpdesk.update_ticket(story.ticket('Printer on fire'), '{"priority": "low"}', null, story.org('Globex'))$$);
-- Nothing asked for is a mistake, not a change of nothing; whatever the ticket.
select story.expect_error($$select helpdesk.update_ticket(story.ticket('Printer on fire'), '{}')$$);
select story.expect_error($$select helpdesk.update_ticket('00000000-0000-4000-8000-000000000000', '{}')$$);
-- An array is no object, and sets nothing by position.
select story.attempt($$select helpdesk.update_ticket(story.ticket('Printer on fire'), '[]')$$) like '22023: p_changes: %';
select story.attempt($$select helpdesk.update_ticket(story.ticket('Printer on fire'), '["Set by position"]')$$) like '22023: p_changes: %';
-- Nor is an object a word.
select story.attempt($$select helpdesk.update_ticket(story.ticket('Printer on fire'), '{"priority": {"low": null}}')$$) like '22023: p_changes.priority: %';
select story.bad_change('"title"');
select story.bad_change('null');
select story.bad_change('{"titel": "x"}');
select story.bad_change('{"status": "closed"}');
select story.bad_change('{"title": null}');
select story.bad_change('{"title": 7}');
select story.bad_change('{"title": " "}');
select story.bad_change(jsonb_build_object('title', repeat('x', 501))::text);
select story.bad_change('{"description": ["x"]}');
select story.bad_change(jsonb_build_object('description', repeat('x', 100001))::text);
select story.bad_change('{"priority": "whatever"}');
select story.bad_change('{"priority": null}');
select story.bad_change('{"priority": ["low"]}');
select story.bad_change('{"assignedTo": "me too"}');
select story.bad_change('{"assignedTo": {"id": 1}}');
select story.bad_change(json_build_object('assignedTo', story.profile('Gina'))::text) like '42501: %assignedTo%';
select story.bad_change(json_build_object('assignedTo', story.profile('Gina'))::text) = story.bad_change('{"assignedTo": "00000000-0000-4000-8000-000000000000"}');
select story.bad_change('{"stageId": null}');
select story.bad_change('{"stageId": 3}');
select story.bad_change(json_build_object('stageId', story.stage('Globex', 'Closed'))::text);
select story.bad_change('{"stageId": "00000000-0000-4000-8000-000000000000"}');
-- Nested 10,000 deep.
select story.bad_change(repeat('[', 10000) || repeat(']', 10000)) like '22023: p_changes: %';
select story.bad_change('{"title": ' || repeat('{"a":', 10000) || '1' || repeat('}', 10001)) like '22023: p_changes.title: %';
select story.bad_change('{"titel": ' || repeat('[', 10000) || repeat(']', 10000) || '}') like '22023: p_changes: %';
call story.sign_out();
select story.everything() = :'before' as nothing_was_written;

---- The table door: who may do what

select * from story.everybody_attempts($$select * from helpdesk.tickets where org_id = story.org('Acme')$$);
select * from story.everybody_attempts($$select * from helpdesk.ticket_history where org_id = story.org('Acme')$$);
select left(line, 13) from story.everybody_attempts($$insert into helpdesk.tickets (org_id, title) values (story.org('Acme'), 'Try')$$);
select * from story.everybody_attempts($$update helpdesk.tickets set priority = 'low' where title = 'Printer on fire'$$);
select * from story.everybody_attempts($$delete from helpdesk.tickets where title = 'Printer on fire'$$);
-- Customers open tickets in their own name, unassigned; staff for any member.
select left(line, 13) from story.everybody_attempts($$insert into helpdesk.tickets (org_id, title, created_by) values (story.org('Acme'), 'Try', story.profile('Alice'))$$);
select left(line, 13) from story.everybody_attempts($$
  insert into helpdesk.tickets (org_id, title, created_by, assigned_to) values (story.org('Acme'), 'Try', helpdesk.my_profile_id(), story.profile('Arthur'))$$);
-- Nobody in this story deletes a ticket but the admin of its organization; the history goes with it.
call story.sign_in('Ada');
begin;
delete from helpdesk.tickets where title = 'Printer on fire';
select count(*) from helpdesk.ticket_history;
rollback;
call story.sign_in('Nemo');
select story.attempt('select * from helpdesk.tickets');
call story.claim('');
select story.attempt('select * from helpdesk.tickets');
select left(story.attempt($$insert into helpdesk.tickets (org_id, title) values (story.org('Acme'), 'Try')$$), 5);
call story.claim('garbage');
select story.attempt('select * from helpdesk.tickets');
call story.claim('{"sub": "not a uuid"}');
select story.attempt('select * from helpdesk.tickets');
set role anon;
select story.attempt('select * from helpdesk.tickets');
select story.attempt('select * from helpdesk.ticket_history');
set role service_role;
select story.attempt('select * from helpdesk.tickets');
select story.attempt($$insert into helpdesk.tickets (org_id, title, created_by) values (story.org('Acme'), 'Try', story.profile('Alice'))$$);
select story.attempt($$update helpdesk.tickets set priority = 'low'$$);
select story.attempt('delete from helpdesk.tickets');
call story.sign_out();

-- Whom the table door refuses it tells nothing: neither who is a member nor which workflows there are.
call story.sign_in('Stan');
select count(distinct said) from (values
  (story.attempt($$insert into helpdesk.tickets (org_id, title) values (story.org('Acme'), 'Try')$$)),
  (story.attempt($$insert into helpdesk.tickets (org_id, title, created_by) values (story.org('Acme'), 'Try', story.profile('Alice'))$$)),
  (story.attempt($$insert into helpdesk.tickets (org_id, title, created_by) values (story.org('Acme'), 'Try', story.profile('Gina'))$$)),
  (story.attempt($$insert into helpdesk.tickets (org_id, title, created_by, workflow_id) values (story.org('Acme'), 'Try', story.profile('Alice'), story.workflow('Acme'))$$)),
  (story.attempt($$insert into helpdesk.tickets (org_id, title, created_by, workflow_id) values (story.org('Acme'), 'Try', story.profile('Alice'), story.workflow('Globex'))$$))
) as answers (said);
call story.sign_out();

-- What the system sets, nobody who is signed in sets, be they admin; by insert and by update.
call story.sign_in('Ada');
create temp table columns_of_tickets as
  select attname as name from pg_attribute where attrelid = 'helpdesk.tickets'::regclass and attnum > 0 and not attisdropped order by attnum;
select name, split_part(story.attempt(format($$insert into helpdesk.tickets (org_id, title, %I) values (story.org('Acme'), 'Try', null)$$, name)), ':', 1) as on_insert,
       split_part(story.attempt(format($$update helpdesk.tickets set %I = null$$, name)), ':', 1) as on_update
  from columns_of_tickets where name not in ('org_id', 'title');
select story.attempt($$update helpdesk.tickets set org_id = story.org('Acme')$$);
select story.attempt($$insert into helpdesk.tickets (org_id, title, status) values (story.org('Acme'), 'Try', 'closed')$$);
select story.attempt($$insert into helpdesk.tickets (org_id, title, current_stage_id) values (story.org('Acme'), 'Try', story.stage('Acme', 'Closed'))$$);
-- History is nobody's to write.
select story.attempt($$update helpdesk.ticket_history set title = 'x'$$);
select story.attempt('delete from helpdesk.ticket_history');
select story.attempt('insert into helpdesk.ticket_history default values');
select story.attempt('truncate helpdesk.ticket_history');
select story.attempt('select * from helpdesk.ticket_counters');
select story.attempt('select * from helpdesk.ticket_idempotency_keys');
set role service_role;
select story.attempt($$update helpdesk.ticket_history set title = 'x'$$);
select story.attempt('delete from helpdesk.ticket_history');
select story.attempt('insert into helpdesk.ticket_history default values');
select story.attempt('select * from helpdesk.ticket_counters');
call story.sign_out();
select story.expect_error($$update helpdesk.ticket_history set title = 'x'$$);
select story.expect_error('delete from helpdesk.ticket_history');
set client_min_messages = warning;
select story.expect_error('truncate helpdesk.ticket_history cascade');
select story.expect_error('truncate helpdesk.tickets cascade');
reset client_min_messages;

-- The table refuses what the function refuses.
call story.sign_in('Arthur');
select story.expect_error($$insert into helpdesk.tickets (org_id, title) values (story.org('Acme'), ' ')$$);
select story.expect_error($$insert into helpdesk.tickets (org_id, title) values (story.org('Acme'), repeat('x', 501))$$);
select story.expect_error($$insert into helpdesk.tickets (org_id, title) values (story.org('Acme'), null)$$);
select left(story.expect_error($$insert into helpdesk.tickets (org_id, title) values (null, 'Try')$$), 5);
select story.expect_error($$insert into helpdesk.tickets (org_id, title, description) values (story.org('Acme'), 'Try', repeat('x', 100001))$$);
select story.expect_error($$insert into helpdesk.tickets (org_id, title, workflow_id) values (story.org('Acme'), 'Try', story.workflow('Globex'))$$);
select story.expect_error($$insert into helpdesk.tickets (org_id, title, workflow_id) values (story.org('Acme'), 'Try', story.workflow('Acme', 'Asleep'))$$);
select story.expect_error($$insert into helpdesk.tickets (org_id, title, workflow_id) values (story.org('Acme'), 'Try', story.workflow('Acme', 'Empty'))$$);
select story.expect_error($$insert into helpdesk.tickets (org_id, title, created_by) values (story.org('Acme'), 'Try', story.profile('Gina'))$$);
select story.expect_error($$insert into helpdesk.tickets (org_id, title, assigned_to) values (story.org('Acme'), 'Try', story.profile('Gina'))$$);
select story.expect_error($$update helpdesk.tickets set current_stage_id = story.stage('Globex', 'Closed') where title = 'Printer on fire'$$);
select story.expect_error($$update helpdesk.tickets set assigned_to = story.profile('Gina') where title = 'Printer on fire'$$);
select story.expect_error($$update helpdesk.tickets set title = ' ' where title = 'Printer on fire'$$);
call story.sign_out();
select story.everything() = :'before' as nothing_was_written;

---- What holds whichever door it is: a plain UPDATE by the DBA

begin;
update helpdesk.tickets set title = '  Printer melted  ', priority = 'medium' where title = 'Printer on fire';
select story.ticket_is('Printer melted');
-- status, resolved_at and closed_at follow the stage.
create function story.milestones() returns text language sql as $$
  select concat_ws(' ', status, case when resolved_at is not null then 'resolved_at' end, case when closed_at is not null then 'closed_at' end)
    from helpdesk.tickets where title = 'Printer melted'
$$;
update helpdesk.tickets set current_stage_id = story.stage('Acme', 'Waiting on customer') where title = 'Printer melted';
select story.milestones();
update helpdesk.tickets set current_stage_id = story.stage('Acme', 'Resolved') where title = 'Printer melted';
select story.milestones();
update helpdesk.tickets set current_stage_id = story.stage('Acme', 'Closed') where title = 'Printer melted';
select story.milestones();
update helpdesk.tickets set current_stage_id = story.stage('Acme', 'In progress') where title = 'Printer melted';
select story.milestones();
update helpdesk.tickets set current_stage_id = story.stage('Acme', 'Closed') where title = 'Printer melted';
select story.milestones();
-- A change that changes nothing makes no revision.
update helpdesk.tickets set title = ' Printer melted', description = description, priority = 'medium' where title = 'Printer melted';
select story.ticket_is('Printer melted');
select * from story.revisions('Printer melted');
select * from story.wrong_history;
-- The DBA with claims is the person of the claims.
call story.claim(json_build_object('sub', story.login('Arthur'))::text);
update helpdesk.tickets set priority = 'low' where title = 'Printer melted';
call story.claim('');
select line from story.revisions('Printer melted') where line like 'v8 %';
-- What never changes.
select name, story.expect_error(format($$update helpdesk.tickets set %I = %s where title = 'Printer melted'$$, name, value))
  from (values ('org_id', $$story.org('Globex')$$), ('id', 'helpdesk.uuid_generate_v7()'), ('number', '7'), ('created_by', $$story.profile('Adam')$$),
               ('created_at', 'now() - interval ''1 day'''), ('version', '99'), ('latest_history_id', 'helpdesk.uuid_generate_v7()'),
               ('stage_entered_at', 'now() - interval ''1 day'''), ('resolved_at', 'null'), ('closed_at', 'null'), ('status', '''open''')) as c (name, value);
-- NULL is never an internal error.
select name, story.attempt(format($$update helpdesk.tickets set %I = null where title = 'Printer melted'$$, name))
  from unnest('{title,priority,status,workflow_id,current_stage_id,updated_at,assigned_to,description}'::text[]) name;
-- A stage of another workflow needs that workflow; with it the ticket moves over.
insert into helpdesk.workflow_stages (org_id, workflow_id, name, status) values (story.org('Acme'), story.workflow('Acme', 'Empty'), 'Elsewhere', 'pending');
select story.expect_error($$update helpdesk.tickets set current_stage_id = story.stage('Acme', 'Elsewhere', 'Empty') where title = 'Printer melted'$$);
select story.expect_error($$update helpdesk.tickets set workflow_id = story.workflow('Acme', 'Empty') where title = 'Printer melted'$$);
update helpdesk.tickets set workflow_id = story.workflow('Acme', 'Empty'), current_stage_id = story.stage('Acme', 'Elsewhere', 'Empty')
 where title = 'Printer melted';
select story.ticket_is('Printer melted');
select line from story.revisions('Printer melted') where line like 'v9 %';
-- One statement over many tickets.
insert into helpdesk.tickets (org_id, title, created_by) select story.org('Acme'), 'Bulk ' || n, story.profile('Alice') from generate_series(1, 5) n;
update helpdesk.tickets set assigned_to = story.profile('Arthur') where title like 'Bulk%';
select title, version from helpdesk.tickets where title like 'Bulk%' order by 1;
select * from story.wrong_history;
rollback;

-- Giving the status by insert: only that of the stage.
begin;
insert into helpdesk.tickets (org_id, title, created_by, current_stage_id) values (story.org('Acme'), 'Closed import', story.profile('Alice'), story.stage('Acme', 'Closed'));
select status, resolved_at is not null, closed_at is not null from helpdesk.tickets where title = 'Closed import';
select story.expect_error($$insert into helpdesk.tickets (org_id, title, created_by, status) values (story.org('Acme'), 'x', story.profile('Alice'), 'closed')$$);
-- An open ticket was neither resolved nor closed, whatever is said: refused, or put right.
select story.expect_error($$insert into helpdesk.tickets (org_id, title, created_by, resolved_at, closed_at) values (story.org('Acme'), 'Undone', story.profile('Alice'), now(), now())$$) <> '';
select count(*) from helpdesk.tickets where status not in ('resolved', 'closed') and (resolved_at is not null or closed_at is not null);
-- Imports say when things were; the first revision is of that time.
insert into helpdesk.tickets (org_id, title, created_by, created_at, updated_at, stage_entered_at, resolved_at, current_stage_id)
values (story.org('Acme'), 'Old import', story.profile('Alice'), '2020-01-01', '2020-01-05', '2020-01-03', '2020-01-02', story.stage('Acme', 'Closed'));
select t.created_at::date, t.updated_at::date, t.stage_entered_at::date, t.resolved_at::date, t.closed_at::date, h.changed_at::date
  from helpdesk.tickets t join helpdesk.ticket_history h on h.id = t.latest_history_id where t.title = 'Old import';
rollback;

---- Times, each change in a transaction of its own

insert into helpdesk.tickets (org_id, title, created_by) values (story.org('Acme'), 'Clockwork', story.profile('Alice'));
create temp table times (step text, updated_at timestamptz, stage_entered_at timestamptz, resolved_at timestamptz, closed_at timestamptz);
create function story.note(step text) returns void language sql as $$
  insert into times select $1, updated_at, stage_entered_at, resolved_at, closed_at from helpdesk.tickets where title = 'Clockwork'
$$;
-- Which times a step changed.
create function story.changed_times(step text, before text) returns text language sql as $$
  select concat_ws(' ', case when a.updated_at > b.updated_at then 'updated_at' end,
                        case when a.stage_entered_at > b.stage_entered_at then 'stage_entered_at' end,
                        case when a.resolved_at is distinct from b.resolved_at then 'resolved_at' end,
                        case when a.closed_at is distinct from b.closed_at then 'closed_at' end)
    from times a, times b where a.step = $1 and b.step = $2
$$;
insert into helpdesk.workflow_stages (org_id, workflow_id, name, position, status) values (story.org('Acme'), story.workflow('Acme'), 'Archived', 6, 'closed');
select story.note('new');
update helpdesk.tickets set title = 'Clockwork', priority = 'low' where title = 'Clockwork';
select story.note('same');
update helpdesk.tickets set priority = 'high' where title = 'Clockwork';
select story.note('priority');
update helpdesk.tickets set current_stage_id = story.stage('Acme', 'In progress') where title = 'Clockwork';
select story.note('moved');
update helpdesk.tickets set current_stage_id = story.stage('Acme', 'Resolved') where title = 'Clockwork';
select story.note('resolved');
update helpdesk.tickets set current_stage_id = story.stage('Acme', 'Closed') where title = 'Clockwork';
select story.note('closed');
update helpdesk.tickets set current_stage_id = story.stage('Acme', 'Archived') where title = 'Clockwork';
select story.note('archived');
update helpdesk.tickets set current_stage_id = story.stage('Acme', 'New') where title = 'Clockwork';
select story.note('reopened');
select story.changed_times('same', 'new');
select story.changed_times('priority', 'same');
select story.changed_times('moved', 'priority');
select story.changed_times('resolved', 'moved');
-- Closing keeps when it was resolved, moving among closed stages also when it was closed.
select story.changed_times('closed', 'resolved');
select story.changed_times('archived', 'closed');
select story.changed_times('reopened', 'archived');
select resolved_at is null, closed_at is null from helpdesk.tickets where title = 'Clockwork';
delete from helpdesk.tickets where title = 'Clockwork';
delete from helpdesk.workflow_stages where name = 'Archived';

---- Giving a stage another status gives it to its tickets

begin;
insert into helpdesk.tickets (org_id, title, created_by) select story.org('Acme'), 'Cascade ' || n, story.profile('Alice') from generate_series(1, 2) n;
call story.sign_in('Ada');
update helpdesk.workflow_stages set status = 'resolved' where id = story.stage('Acme', 'New');
select story.ticket_is('Cascade 1'), story.ticket_is('Cascade 2');
select * from story.revisions('Cascade 1');
select changes->'fields' from helpdesk.ticket_history where ticket_id = story.ticket('Cascade 1') and version = 2;
call story.sign_out();
select resolved_at is not null, closed_at is null from helpdesk.tickets where title = 'Cascade 1';
select count(*) from helpdesk.tickets where title like 'Cascade%' and stage_entered_at <> created_at;
select * from story.wrong_history;
set constraints all immediate;
rollback;

---- A membership removed counts at once

begin;
call story.sign_in('Alice');
select count(*) from helpdesk.tickets;
select helpdesk.get_ticket_details(story.ticket('Printer on fire')) is not null;
reset role;
savepoint member;
delete from helpdesk.org_members where user_id = story.profile('Alice');
set role authenticated;
select count(*) from helpdesk.tickets;
select helpdesk.get_ticket_details(story.ticket('Printer on fire')) is not null;
select story.attempt($$select helpdesk.create_ticket(story.org('Acme'), 'Try')$$);
-- Undone, it counts again at once;
rollback to savepoint member;
set role authenticated;
select count(*) from helpdesk.tickets;
select story.attempt($$select helpdesk.create_ticket(story.org('Acme'), 'Try')$$);
reset role;
-- and the other way round: added, then undone.
call story.sign_in('Stan');
select count(*) from helpdesk.tickets where title = 'Printer on fire';
reset role;
savepoint stranger;
insert into helpdesk.org_members (org_id, user_id, org_role) values (story.org('Acme'), story.profile('Stan'), 'org_agent');
set role authenticated;
select count(*) from helpdesk.tickets where title = 'Printer on fire';
reset role;
-- Demoted to customer they see only their own.
update helpdesk.org_members set org_role = 'org_customer' where user_id = story.profile('Stan');
set role authenticated;
select count(*), helpdesk.my_org_ids() = array[story.org('Acme')] from helpdesk.tickets where title = 'Printer on fire';
rollback to savepoint stranger;
set role authenticated;
select count(*) from helpdesk.tickets where title = 'Printer on fire';
select helpdesk.my_org_ids();
rollback;
call story.sign_out();
-- Kept savepoints change nothing about it.
begin;
call story.sign_in('Alice');
savepoint a;
reset role;
delete from helpdesk.org_members where user_id = story.profile('Alice');
release savepoint a;
set role authenticated;
select count(*) from helpdesk.tickets;
rollback;
call story.sign_out();

---- Assigned to staff, and to members who may be assigned, through both doors; to nobody else

create function story.assignable(name text) returns text language plpgsql as $$
declare
  by_function text := story.attempt(format('select helpdesk.update_ticket(%L, %L)', story.ticket('Printer on fire'), json_build_object('assignedTo', story.profile(name))));
  by_table text := story.attempt(format('update helpdesk.tickets set assigned_to = %L where title = ''Printer on fire''', story.profile(name)));
  by_insert text := story.attempt(format('insert into helpdesk.tickets (org_id, title, created_by, assigned_to) values (%L, ''Try'', %L, %L)', story.org('Acme'), story.profile('Alice'), story.profile(name)));
begin
  return case when (by_function, by_table) = (by_table, by_insert) then by_function else format('DIFFERENT: %s / %s / %s', by_function, by_table, by_insert) end;
end $$;
call story.sign_in('Arthur');
select name, story.assignable(name) from unnest('{Ada,Arthur,Adam,Alice,Bea,Gina,Stan}'::text[]) name;
call story.sign_out();
-- The DBA is told the same.
select name, story.assignable(name) from unnest('{Adam,Alice,Gina}'::text[]) name;
-- Admins say who may be; who may be no longer loses what is not closed, and gets no more.
select * from story.all_callers_attempt($$update helpdesk.org_members set may_be_assigned = true where org_id = story.org('Acme') and user_id = story.profile('Alice')$$);
begin;
update helpdesk.tickets set assigned_to = story.profile('Adam') where title = 'Printer on fire';
call story.sign_in('Ada');
update helpdesk.org_members set may_be_assigned = user_id = story.profile('Alice') where org_role = 'org_customer';
select name, story.assignable(name) from unnest('{Alice,Bea}'::text[]) name;
select assigned_to is null from helpdesk.tickets where title = 'Printer on fire';
select story.assignable('Adam');
rollback;
call story.sign_out();

---- Assigned customers see the ticket, its history, and nothing more once unassigned

begin;
update helpdesk.tickets set assigned_to = story.profile('Adam') where title = 'Printer on fire';
call story.sign_in('Adam');
select count(*) from helpdesk.tickets;
select count(*) from helpdesk.ticket_history;
select helpdesk.get_ticket_details(story.ticket('Printer on fire'))->'ticket'->>'title';
select story.attempt($$update helpdesk.tickets set priority = 'low'$$);
reset role;
update helpdesk.tickets set assigned_to = null where title = 'Printer on fire';
set role authenticated;
select count(*) from helpdesk.tickets;
select count(*) from helpdesk.ticket_history;
select helpdesk.get_ticket_details(story.ticket('Printer on fire')) is null;
rollback;
call story.sign_out();

---- Prepared statements follow the role and the claims of each execution

prepare mine as select count(*) from helpdesk.tickets where org_id = story.org('Acme');
prepare details as select helpdesk.get_ticket_details(story.ticket('Printer on fire')) is not null;
set plan_cache_mode = force_generic_plan;
call story.sign_in('Arthur');
execute mine; execute details;
call story.sign_in('Stan');
execute mine; execute details;
call story.sign_in('Alice');
execute mine; execute details;
call story.claim('');
execute mine; execute details;
set role service_role;
execute mine; execute details;
reset role;
execute mine; execute details;
call story.sign_in('Stan');
execute mine; execute details;
call story.sign_out();
reset plan_cache_mode;

---- Reads take no transaction id and work where nothing can be written

call story.sign_in('Arthur');
begin read only;
select helpdesk.get_ticket_details(story.ticket('Printer on fire')) is not null, pg_current_xact_id_if_assigned() is null;
select helpdesk.list_org_tickets(story.org('Acme')) is not null, pg_current_xact_id_if_assigned() is null;
select helpdesk.list_org_members(story.org('Acme')) is not null, pg_current_xact_id_if_assigned() is null;
select helpdesk.my_profile_id() is not null, pg_current_xact_id_if_assigned() is null;
select helpdesk.my_org_ids() is not null, pg_current_xact_id_if_assigned() is null;
select helpdesk.my_staff_org_ids() is not null, pg_current_xact_id_if_assigned() is null;
select helpdesk.my_admin_org_ids() is not null, pg_current_xact_id_if_assigned() is null;
select helpdesk.my_assigned_ticket_ids() is not null, pg_current_xact_id_if_assigned() is null;
select helpdesk.is_member_of_my_orgs(story.profile('Alice')), pg_current_xact_id_if_assigned() is null;
select helpdesk.may_create_organization(), pg_current_xact_id_if_assigned() is null;
select helpdesk.jwt_subject() is not null, pg_current_xact_id_if_assigned() is null;
select count(*) from helpdesk.tickets;
select pg_current_xact_id_if_assigned() is null;
-- Writing says why it cannot.
select helpdesk.create_ticket(story.org('Acme'), 'Try');
rollback;
-- The same in a session's first transaction, with nothing known yet.
\c -
set request.jwt.claims = '';
begin read only;
set local role authenticated;
select count(*) from helpdesk.tickets;
select helpdesk.my_org_ids(), pg_current_xact_id_if_assigned() is null;
commit;

---- Cleaning up

delete from helpdesk.tickets;
delete from helpdesk.workflows where name in ('Asleep', 'Empty');
select count(*) from helpdesk.ticket_history;
