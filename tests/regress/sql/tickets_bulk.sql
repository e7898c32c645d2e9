-- update_tickets changes many tickets at once.

call test.create_queue();

---- update_tickets

create function test.ticket_ids(variadic titles text[]) returns uuid[] language sql stable security definer as $$
  select array_agg(id order by title) from helpdesk.tickets where title = any (titles)
$$;
begin;
call test.sign_in('Ben');
create temp table bulk as
  select helpdesk.update_tickets(test.ticket_ids('Q1', 'Q2', 'Closed'), jsonb_build_object('title', ' Bulk ', 'description', null, 'priority', 'high', 'assignedTo', test.profile_id('Ben'), 'stageId', test.stage_id('Acme', 'Resolved'))) as result;
select test.json_keys(result), test.json_keys(result->'tickets'->0), result->>'updated' from bulk;
select count(*) from bulk, json_array_elements(result->'tickets') r join helpdesk.tickets t on t.id = (r->>'id')::uuid and t.version = (r->>'version')::int and t.version = 2;
call test.sign_out();
select number > 0, title, description, priority, status, test.profile_name(assigned_to), version, resolved_at is not null, closed_at is not null from helpdesk.tickets where title = 'Bulk';
-- Each ticket gets one revision by the caller.
select test.profile_name(h.changed_by), (select string_agg(key, ',' order by key) from jsonb_object_keys(h.changes->'fields') key), h.version from helpdesk.ticket_history h join helpdesk.tickets t on t.id = h.ticket_id where t.title = 'Bulk' and h.version > 1 order by 2;
select * from test.broken_histories;
rollback;
-- A ticket that is named twice is changed once. One that already has the values is neither changed
-- nor returned.
begin;
call test.sign_in('Ben');
select result->>'updated', json_array_length(result->'tickets') from helpdesk.update_tickets(test.ticket_ids('Q1', 'Q4') || test.ticket_ids('Q1', 'Q4') || test.ticket_ids('Q4'), '{"priority": "urgent"}') result;
select helpdesk.update_tickets(test.ticket_ids('Q1', 'Q4'), '{"priority": "urgent"}');
call test.sign_out();
select title, version from helpdesk.tickets where title in ('Q1', 'Q4') order by 1;
rollback;
call test.sign_out();
select test.digest_of_all_rows() as before \gset
-- Either all tickets are changed or none: a ticket that does not exist, belongs to another
-- organization or cannot be changed this way makes the call fail.
call test.sign_in('Ben');
select test.error_of($$select helpdesk.update_tickets(test.ticket_ids('Q1', 'Q2') || '00000000-0000-4000-8000-000000000000'::uuid, '{"priority": "low"}')$$);
select test.error_of($$select helpdesk.update_tickets(test.ticket_ids('Q1', 'Q2', 'G1'), '{"priority": "low"}')$$);
select test.error_of($$select helpdesk.update_tickets(test.ticket_ids('G1'), '{"priority": "low"}')$$) = test.error_of($$select helpdesk.update_tickets(array['00000000-0000-4000-8000-000000000000']::uuid[], '{"priority": "low"}')$$);
select test.error_of(format($$select helpdesk.update_tickets(test.ticket_ids('Q1', 'Q2'), %L)$$, json_build_object('assignedTo', test.profile_id('Mallory'))));
select test.error_of(format($$select helpdesk.update_tickets(test.ticket_ids('Q1', 'Q2'), %L)$$, json_build_object('assignedTo', test.profile_id('Alice'))));
select test.error_of(format($$select helpdesk.update_tickets(test.ticket_ids('Q1', 'Q2'), %L)$$, json_build_object('stageId', test.stage_id('Globex', 'New'))));
-- A move that the workflow allows for some of the tickets moves none of them.
reset role;
begin;
insert into helpdesk.workflow_transitions (org_id, workflow_id, from_stage_id, to_stage_id) values (test.org_id('Acme'), test.workflow_id('Acme'), test.stage_id('Acme', 'New'), test.stage_id('Acme', 'Closed'));
set local role authenticated;
select test.error_of(format($$select helpdesk.update_tickets(test.ticket_ids('Q1', 'Q2'), %L)$$, json_build_object('stageId', test.stage_id('Acme', 'Closed'))));
select title, version from helpdesk.tickets where title in ('Q1', 'Q2') order by 1;
rollback;
call test.sign_in('Ben');
-- Invalid arguments
select test.error_of($$select helpdesk.update_tickets(null, '{"priority": "low"}')$$);
select test.error_of($$select helpdesk.update_tickets(test.ticket_ids('Q1'), null)$$);
select test.error_of($$select helpdesk.update_tickets('{}', '{"priority": "low"}')$$);
select test.error_of($$select helpdesk.update_tickets(array[null]::uuid[], '{"priority": "low"}')$$);
select test.error_of($$select helpdesk.update_tickets(test.ticket_ids('Q1') || null::uuid, '{"priority": "low"}')$$);
select test.error_of($$select helpdesk.update_tickets(array(select helpdesk.uuid_generate_v7() from generate_series(1, 1001)), '{"priority": "low"}')$$);
select changes, test.error_of(format($$select helpdesk.update_tickets(test.ticket_ids('Q1', 'Q2'), %L)$$, changes)) from unnest(array['{}', '{"prioritty": "low"}', '{"version": 7}', '{"priority": "whatever"}', '{"priority": null}', '{"title": " "}', '{"title": null}', '{"assignedTo": "me"}', '{"stageId": null}']) changes;
select test.error_of($$select helpdesk.update_tickets(test.ticket_ids('Q1'), '[]')$$) like '22023 %: p_changes%', test.error_of($$select helpdesk.update_tickets(test.ticket_ids('Q1'), '7')$$) like '22023 %: p_changes%',
       test.error_of(format($$select helpdesk.update_tickets(test.ticket_ids('Q1'), %L)$$, json_build_object('title', repeat('x', 501)))) like '22023 %: p_changes.title%';
call test.sign_out();
select test.digest_of_all_rows() = :'before' as nothing_was_written;
-- Only staff of the organization and backends call it successfully.
select * from test.attempt_by_each_caller($$select helpdesk.update_tickets(test.ticket_ids('Q1', 'Q2'), '{"priority": "low"}')$$);
call test.sign_in('Alice');
select test.error_of($$select helpdesk.update_tickets(test.ticket_ids('Q1', 'Q2'), '{"priority": "low"}')$$);
call test.sign_out();
-- Staff of two organizations change tickets of both at once,
begin;
update helpdesk.org_members set org_role = 'org_agent' where user_id = test.profile_id('Bea');
call test.sign_in('Bea');
select helpdesk.update_tickets(test.ticket_ids('Q1', 'G1'), '{"priority": "medium"}')->>'updated';
rollback;
call test.sign_out();
-- but only those of p_org_id if it is given.
begin;
call test.sign_in('Ben');
select helpdesk.update_tickets(test.ticket_ids('Q1', 'Q2'), '{"priority": "medium"}', test.org_id('Acme'))->>'updated';
select test.error_of($$select helpdesk.update_tickets(test.ticket_ids('Q1', 'Q2'), '{"priority": "low"}', test.org_id('Globex'))$$);
set local role service_role;
select helpdesk.update_tickets(test.ticket_ids('G1'), '{"priority": "medium"}', test.org_id('Globex'))->>'updated';
select test.error_of($$select helpdesk.update_tickets(test.ticket_ids('Q1', 'G1'), '{"priority": "low"}', test.org_id('Globex'))$$);
rollback;
call test.sign_out();
-- Because Bea is a customer of Acme, she cannot change its tickets together with those of Globex.
call test.sign_in('Bea');
select test.error_of($$select helpdesk.update_tickets(test.ticket_ids('Q1', 'G1'), '{"priority": "medium"}')$$);
call test.sign_out();
-- A call takes a thousand tickets; naming one of them twice does not exceed the limit.
begin;
insert into helpdesk.tickets (org_id, title, created_by) select test.org_id('Acme'), 'Many', test.profile_id('Alice') from generate_series(1, 1000);
call test.sign_in('Ben');
select helpdesk.update_tickets(test.ticket_ids('Many'), '{"priority": "high"}')->>'updated', helpdesk.update_tickets(test.ticket_ids('Many') || test.ticket_id('Many'), '{"priority": "urgent"}')->>'updated';
rollback;
call test.sign_out();
