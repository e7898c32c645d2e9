-- Many tickets at once, and the next one of the queue: update_tickets and claim_next_ticket.
\pset format unaligned
\pset tuples_only on

-- Seven tickets of Acme in the order in which they should be claimed, one somebody works on, three that are not open; one of Globex.
insert into helpdesk.tickets (org_id, title, description, priority, created_by, assigned_to, current_stage_id, created_at)
select story.org('Acme'), title, 'Ticket ' || title, priority::helpdesk.ticket_priority, story.profile(requester), story.profile(assignee), story.stage('Acme', stage), '2026-01-01 00:00Z'::timestamptz + hour * interval '1 hour'
  from (values ('Q5', 'low', 1, 'Alice', null, 'New'), ('Q3', 'high', 5, 'Adam', null, 'New'), ('Q1', 'urgent', 3, 'Alice', null, 'In progress'), ('Q2', 'urgent', 4, 'Adam', null, 'New'), ('Q4', 'medium', 2, 'Alice', null, 'New'),
               ('Q6', 'low', 6, 'Alice', null, 'In progress'), ('Q7', 'low', 7, 'Adam', null, 'New'), ('Taken', 'urgent', 0, 'Alice', 'Ada', 'New'),
               ('Pending', 'urgent', 0, 'Alice', null, 'Waiting on customer'), ('Resolved', 'urgent', 0, 'Alice', null, 'Resolved'), ('Closed', 'urgent', 0, 'Alice', null, 'Closed')) q (title, priority, hour, requester, assignee, stage);
insert into helpdesk.tickets (org_id, title, created_by, priority) values (story.org('Globex'), 'G1', story.profile('Gina'), 'urgent');

---- claim_next_ticket: the most urgent first, then the oldest; only open ones that nobody has; null in the end

begin;
call story.sign_in('Arthur');
create function pg_temp.claim(filters jsonb default '{}') returns text language sql as $$ select helpdesk.claim_next_ticket(story.org('Acme'), filters)->>'title' $$;
select pg_temp.claim() from generate_series(1, 3);
call story.sign_in('Ada');
select pg_temp.claim() from generate_series(1, 4);
select helpdesk.claim_next_ticket(story.org('Acme')) is null, helpdesk.claim_next_ticket(story.org('Acme'), null) is null;
call story.sign_out();
select title, story.name_of(assigned_to), version from helpdesk.tickets where org_id = story.org('Acme') order by title;
-- Each claim is a revision by the claimer.
select t.title, story.name_of(h.changed_by), (select string_agg(key, ',') from jsonb_object_keys(h.changes->'fields') key) from helpdesk.ticket_history h join helpdesk.tickets t on h.id = t.latest_history_id where t.title like 'Q%' order by 1;
select * from story.wrong_history;
rollback;
call story.sign_out();
-- It returns the ticket object of update_ticket.
begin;
call story.sign_in('Arthur');
select story.keys(claimed), claimed->>'title', claimed->'assignedTo'->>'name', claimed->'assignedTo'->>'email', claimed->>'version', story.keys(claimed) = story.keys(helpdesk.update_ticket(story.ticket('Q7'), '{"priority": "high"}'))
  from helpdesk.claim_next_ticket(story.org('Acme')) claimed;
rollback;
-- Filters say which tickets.
create function story.claimed(person text, filters jsonb) returns text language plpgsql as $$
declare
  title text;
begin
  call story.sign_in(person);
  title := helpdesk.claim_next_ticket(story.org('Acme'), filters)->>'title';
  call story.sign_out();
  raise exception using errcode = 'UNDO0', message = coalesce(title, 'none');
exception
  when sqlstate 'UNDO0' then
    call story.sign_out();
    return sqlerrm;
end $$;
select filters, story.claimed('Arthur', filters) from (values
  ('{}'::jsonb), ('{"priority": "low"}'), ('{"priority": ["low", "medium"]}'), ('{"search": "q7"}'), ('{"search": "ticket q4"}'), ('{"search": "taken"}'), ('{"search": "closed"}'),
  ('{"createdBefore": "2026-01-01T02:00:00Z"}'), ('{"createdAfter": "2026-01-01T04:00:00Z"}'), ('{"updatedBefore": "2000-01-01T00:00:00Z"}'), ('{"updatedAfter": "2026-01-01T00:00:00Z"}'), ('{"createdBy": "me"}')) f (filters);
select story.claimed('Arthur', jsonb_build_object('createdBy', story.profile('Adam'))), story.claimed('Arthur', jsonb_build_object('createdBy', story.profile('Adam'), 'priority', 'low')),
       story.claimed('Arthur', jsonb_build_object('stageId', story.stage('Acme', 'In progress'), 'priority', array['low', 'high'])), story.claimed('Arthur', jsonb_build_object('stageId', story.stage('Acme', 'Closed'))),
       story.claimed('Arthur', jsonb_build_object('workflowId', story.workflow('Acme'))), story.claimed('Arthur', jsonb_build_object('workflowId', story.workflow('Globex')));
-- Those that say how to show, and those that the queue says itself, are refused; so is what a list refuses.
call story.sign_in('Arthur');
select filters, story.expect_error(format($$select helpdesk.claim_next_ticket(story.org('Acme'), %L)$$, filters)) from (values
  ('{"status": "open"}'), ('{"assignedTo": "none"}'), ('{"sort": "priority"}'), ('{"perPage": 1}'), ('{"page": 1}'), ('{"cursor": "x"}'), ('{"count": "none"}'),
  ('{"priority": "whatever"}'), ('{"stageId": "x"}'), ('{"search": ""}'), ('{"search": 7}')) f (filters);
select filters, story.expect_error(format($$select helpdesk.claim_next_ticket(story.org('Acme'), %L)$$, filters)) like '22023: p_filters%' from unnest('{"[]", "7", "{\"a\": 1}", "{\"Priority\": \"low\"}"}'::text[]) filters;
select story.expect_error('select helpdesk.claim_next_ticket(null)');
-- Staff of the organization claim, nobody else. A backend claims for the person it names.
select * from story.all_callers_attempt($$select helpdesk.claim_next_ticket(story.org('Acme'))$$);
call story.sign_in('Alice');
select story.expect_error($$select helpdesk.claim_next_ticket(story.org('Acme'))$$);
select story.expect_error($$select helpdesk.claim_next_ticket(story.org('Acme'))$$) = story.expect_error($$select helpdesk.claim_next_ticket('00000000-0000-4000-8000-000000000000')$$);
begin;
call story.claim(json_build_object('sub', story.login('Arthur'))::text);
set local role service_role;
select helpdesk.claim_next_ticket(story.org('Acme'))->'assignedTo'->>'name';
rollback;
-- Bea is a customer of Acme and an agent of Globex.
begin;
call story.sign_in('Bea');
select helpdesk.claim_next_ticket(story.org('Globex'))->>'title', helpdesk.claim_next_ticket(story.org('Globex')) is null;
rollback;
call story.sign_out();
-- The queue comes from its index, in order.
begin;
set local enable_seqscan = off;
set local enable_sort = off;
set local enable_bitmapscan = off;
create function pg_temp.scan() returns setof text language plpgsql as $$
declare
  line text;
begin
  for line in explain (costs off) select id from helpdesk.tickets where org_id = '00000000-0000-4000-8000-000000000000' and assigned_to is null and status = 'open' order by priority desc, created_at, id limit 1 loop
    if line ~ 'Scan|Sort' then
      return next regexp_replace(line, '^[ >-]+', '');
    end if;
  end loop;
end $$;
select * from pg_temp.scan();
rollback;

---- update_tickets

create function story.ids(variadic titles text[]) returns uuid[] language sql stable security definer as $$
  select array_agg(id order by title) from helpdesk.tickets where title = any (titles)
$$;
begin;
call story.sign_in('Arthur');
create temp table bulk as
  select helpdesk.update_tickets(story.ids('Q1', 'Q2', 'Closed'), jsonb_build_object('title', ' Bulk ', 'description', null, 'priority', 'high', 'assignedTo', story.profile('Arthur'), 'stageId', story.stage('Acme', 'Resolved'))) as result;
select story.keys(result), story.keys(result->'tickets'->0), result->>'updated' from bulk;
select count(*) from bulk, json_array_elements(result->'tickets') r join helpdesk.tickets t on t.id = (r->>'id')::uuid and t.version = (r->>'version')::int and t.version = 2;
call story.sign_out();
select number > 0, title, description, priority, status, story.name_of(assigned_to), version, resolved_at is not null, closed_at is not null from helpdesk.tickets where title = 'Bulk';
-- One revision each, by the one who asked.
select story.name_of(h.changed_by), (select string_agg(key, ',' order by key) from jsonb_object_keys(h.changes->'fields') key), h.version from helpdesk.ticket_history h join helpdesk.tickets t on t.id = h.ticket_id where t.title = 'Bulk' and h.version > 1 order by 2;
select * from story.wrong_history;
rollback;
-- A ticket named twice is changed once; one that is so already is not changed, and not named in the answer.
begin;
call story.sign_in('Arthur');
select result->>'updated', json_array_length(result->'tickets') from helpdesk.update_tickets(story.ids('Q1', 'Q4') || story.ids('Q1', 'Q4') || story.ids('Q4'), '{"priority": "urgent"}') result;
select helpdesk.update_tickets(story.ids('Q1', 'Q4'), '{"priority": "urgent"}');
call story.sign_out();
select title, version from helpdesk.tickets where title in ('Q1', 'Q4') order by 1;
rollback;
call story.sign_out();
select story.everything() as before \gset
-- All or nothing: one that is not there, not theirs, or cannot be changed so, and none is.
call story.sign_in('Arthur');
select story.expect_error($$select helpdesk.update_tickets(story.ids('Q1', 'Q2') || '00000000-0000-4000-8000-000000000000'::uuid, '{"priority": "low"}')$$);
select story.expect_error($$select helpdesk.update_tickets(story.ids('Q1', 'Q2', 'G1'), '{"priority": "low"}')$$);
select story.expect_error($$select helpdesk.update_tickets(story.ids('G1'), '{"priority": "low"}')$$) = story.expect_error($$select helpdesk.update_tickets(array['00000000-0000-4000-8000-000000000000']::uuid[], '{"priority": "low"}')$$);
select story.expect_error(format($$select helpdesk.update_tickets(story.ids('Q1', 'Q2'), %L)$$, json_build_object('assignedTo', story.profile('Gina'))));
select story.expect_error(format($$select helpdesk.update_tickets(story.ids('Q1', 'Q2'), %L)$$, json_build_object('assignedTo', story.profile('Alice'))));
select story.expect_error(format($$select helpdesk.update_tickets(story.ids('Q1', 'Q2'), %L)$$, json_build_object('stageId', story.stage('Globex', 'New'))));
-- A move that the workflow allows some of them only moves none.
reset role;
begin;
insert into helpdesk.workflow_transitions (org_id, workflow_id, from_stage_id, to_stage_id) values (story.org('Acme'), story.workflow('Acme'), story.stage('Acme', 'New'), story.stage('Acme', 'Closed'));
set local role authenticated;
select story.expect_error(format($$select helpdesk.update_tickets(story.ids('Q1', 'Q2'), %L)$$, json_build_object('stageId', story.stage('Acme', 'Closed'))));
select title, version from helpdesk.tickets where title in ('Q1', 'Q2') order by 1;
rollback;
call story.sign_in('Arthur');
-- Bad input.
select story.expect_error($$select helpdesk.update_tickets(null, '{"priority": "low"}')$$);
select story.expect_error($$select helpdesk.update_tickets(story.ids('Q1'), null)$$);
select story.expect_error($$select helpdesk.update_tickets('{}', '{"priority": "low"}')$$);
select story.expect_error($$select helpdesk.update_tickets(array[null]::uuid[], '{"priority": "low"}')$$);
select story.expect_error($$select helpdesk.update_tickets(story.ids('Q1') || null::uuid, '{"priority": "low"}')$$);
select story.expect_error($$select helpdesk.update_tickets(array(select helpdesk.uuid_generate_v7() from generate_series(1, 1001)), '{"priority": "low"}')$$);
select changes, story.expect_error(format($$select helpdesk.update_tickets(story.ids('Q1', 'Q2'), %L)$$, changes)) from unnest(array['{}', '{"prioritty": "low"}', '{"version": 7}', '{"priority": "whatever"}', '{"priority": null}', '{"title": " "}', '{"title": null}', '{"assignedTo": "me"}', '{"stageId": null}']) changes;
select story.expect_error($$select helpdesk.update_tickets(story.ids('Q1'), '[]')$$) like '22023: p_changes%', story.expect_error($$select helpdesk.update_tickets(story.ids('Q1'), '7')$$) like '22023: p_changes%',
       story.expect_error(format($$select helpdesk.update_tickets(story.ids('Q1'), %L)$$, json_build_object('title', repeat('x', 501)))) like '22023: p_changes.title%';
call story.sign_out();
select story.everything() = :'before' as nothing_was_written;
-- Staff of the organization and backends, nobody else.
select * from story.all_callers_attempt($$select helpdesk.update_tickets(story.ids('Q1', 'Q2'), '{"priority": "low"}')$$);
call story.sign_in('Alice');
select story.expect_error($$select helpdesk.update_tickets(story.ids('Q1', 'Q2'), '{"priority": "low"}')$$);
call story.sign_out();
-- Who is staff of two organizations changes tickets of both at once.
begin;
update helpdesk.org_members set org_role = 'org_agent' where user_id = story.profile('Bea');
call story.sign_in('Bea');
select helpdesk.update_tickets(story.ids('Q1', 'G1'), '{"priority": "medium"}')->>'updated';
rollback;
call story.sign_out();
-- Within the organization that is named, if one is.
begin;
call story.sign_in('Arthur');
select helpdesk.update_tickets(story.ids('Q1', 'Q2'), '{"priority": "medium"}', story.org('Acme'))->>'updated';
select story.expect_error($$select helpdesk.update_tickets(story.ids('Q1', 'Q2'), '{"priority": "low"}', story.org('Globex'))$$);
set local role service_role;
select helpdesk.update_tickets(story.ids('G1'), '{"priority": "medium"}', story.org('Globex'))->>'updated';
select story.expect_error($$select helpdesk.update_tickets(story.ids('Q1', 'G1'), '{"priority": "low"}', story.org('Globex'))$$);
rollback;
call story.sign_out();
-- As customer of Acme, Bea changes none of hers along with those of Globex.
call story.sign_in('Bea');
select story.expect_error($$select helpdesk.update_tickets(story.ids('Q1', 'G1'), '{"priority": "medium"}')$$);
call story.sign_out();
-- A thousand at once; 1001 names of them are still a thousand.
begin;
insert into helpdesk.tickets (org_id, title, created_by) select story.org('Acme'), 'Many', story.profile('Alice') from generate_series(1, 1000);
call story.sign_in('Arthur');
select helpdesk.update_tickets(story.ids('Many'), '{"priority": "high"}')->>'updated', helpdesk.update_tickets(story.ids('Many') || story.ticket('Many'), '{"priority": "urgent"}')->>'updated';
rollback;
call story.sign_out();

---- Reopening

-- A closed ticket keeps its assignee. Who has left, or may not be assigned any more, does not get it back: it is in the queue again.
create table story.reopened (way text, assignee text, status text, version integer, unassigned bigint, changes jsonb);
grant insert on story.reopened to public;
create procedure story.reopen(way text, statement text) language plpgsql as $$
begin
  execute statement;
  insert into story.reopened
    select way, story.name_of(t.assigned_to), t.status, t.version,
           (select count(*) from helpdesk.tickets q where q.org_id = t.org_id and q.status = 'open' and q.assigned_to is null and q.id = t.id),
           (select jsonb_object_agg(key, key) from helpdesk.ticket_history h, jsonb_object_keys(h.changes->'fields') key where h.id = t.latest_history_id)
      from helpdesk.tickets t where t.title = 'Again';
end
$$;
begin;
insert into helpdesk.tickets (org_id, title, created_by, assigned_to) values (story.org('Acme'), 'Again', story.profile('Alice'), story.profile('Arthur'));
update helpdesk.tickets set current_stage_id = story.stage('Acme', 'Closed') where title = 'Again';
savepoint closed;
call story.reopen('still staff', $$update helpdesk.tickets set current_stage_id = story.stage('Acme', 'In progress') where title = 'Again'$$);
table story.reopened;
rollback to closed;
delete from helpdesk.org_members where user_id = story.profile('Arthur');
select story.name_of(assigned_to) from helpdesk.tickets where title = 'Again';
savepoint gone;
call story.reopen('moved', $$update helpdesk.tickets set current_stage_id = story.stage('Acme', 'In progress') where title = 'Again'$$);
table story.reopened;
rollback to gone;
call story.reopen('its stage', $$update helpdesk.workflow_stages set status = 'open' where id = story.stage('Acme', 'Closed')$$);
table story.reopened;
rollback to gone;
-- Given to somebody else in the same change, it is theirs.
call story.reopen('to another', $$update helpdesk.tickets set current_stage_id = story.stage('Acme', 'In progress'), assigned_to = story.profile('Ada') where title = 'Again'$$);
table story.reopened;
rollback to closed;
update helpdesk.org_members set org_role = 'org_customer' where user_id = story.profile('Arthur');
call story.reopen('a customer now', $$update helpdesk.tickets set current_stage_id = story.stage('Acme', 'In progress') where title = 'Again'$$);
table story.reopened;
select count(*) from helpdesk.verify_ticket_stats();
rollback;

---- Cleaning up

delete from helpdesk.tickets;
