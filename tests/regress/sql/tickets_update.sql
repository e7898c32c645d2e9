-- update_ticket: who changes tickets, and its arguments.

call test.sign_in('Alice');
select helpdesk.create_ticket(test.org_id('Acme'), 'Printer on fire', 'It burns', 'urgent') is not null;
call test.sign_out();

select test.digest_of_all_rows() as before \gset

---- update_ticket

-- Staff of the organization update a ticket. For everyone else it does not exist.
select * from test.attempt_by_each_person($$select helpdesk.update_ticket(test.ticket_id('Printer on fire'), '{"priority": "low"}')$$);
call test.sign_in('Alice');
select test.error_of($$select helpdesk.update_ticket(test.ticket_id('Printer on fire'), '{"priority": "low"}')$$);
call test.set_claims('');
select test.error_of($$select helpdesk.update_ticket(test.ticket_id('Printer on fire'), '{"priority": "low"}')$$);
set role anon;
select test.error_of($$select helpdesk.update_ticket(test.ticket_id('Printer on fire'), '{"priority": "low"}')$$);
set role service_role;
select test.attempt($$select helpdesk.update_ticket(test.ticket_id('Printer on fire'), '{"priority": "low"}')$$);
call test.sign_out();

begin;
call test.sign_in('Ben');
-- Several changes make one revision, and the function returns the ticket.
create temp table answer as select helpdesk.update_ticket(test.ticket_id('Printer on fire'), json_build_object(
  'title', ' Printer out ', 'description', null, 'priority', 'high', 'assignedTo', test.profile_id('Ben'),
  'stageId', test.stage_id('Acme', 'In progress'))::jsonb) as ticket;
select test.json_keys(ticket) from answer;
select ticket->>'number', ticket->>'title', ticket->>'description', ticket->>'priority', ticket->>'status', ticket->>'version',
       ticket->'currentStage'->>'name', ticket->'assignedTo'->>'name', ticket->'assignedTo'->>'email', ticket->'createdBy'->>'name' from answer;
select test.json_keys(ticket->'currentStage'), test.json_keys(ticket->'workflow'), test.json_keys(ticket->'assignedTo'), test.json_keys(ticket->'createdBy') from answer;
select * from test.revisions('Printer out');
select h.changes->'fields'->'title', h.changes->'fields'->'description', h.changes->'fields'->'priority'
  from helpdesk.ticket_history h where h.ticket_id = test.ticket_id('Printer out') and h.version = 2;
-- Values that are already set make no revision.
select helpdesk.update_ticket(test.ticket_id('Printer out'), '{"title": "Printer out ", "description": null, "priority": "high"}')->>'version';
-- Unassigning the ticket with the version that was read
select helpdesk.update_ticket(test.ticket_id('Printer out'), '{"assignedTo": null}', 2)->>'version';
select test.ticket_line('Printer out');
-- A stale version is refused and changes nothing, even if there is nothing to change.
select test.error_of($$select helpdesk.update_ticket(test.ticket_id('Printer out'), '{"priority": "low"}', 2)$$);
select test.error_of($$select helpdesk.update_ticket(test.ticket_id('Printer out'), '{"priority": "high"}', 2)$$);
select test.error_of($$select helpdesk.update_ticket(test.ticket_id('Printer out'), '{"priority": "low"}', 4)$$);
select test.error_of($$select helpdesk.update_ticket(test.ticket_id('Printer out'), '{"priority": "low"}', -1)$$);
select test.ticket_line('Printer out');
select * from test.broken_histories;
rollback;
call test.sign_out();

---- Invalid arguments of update_ticket

create function test.error_of_change(changes text) returns text language sql as $$
  select test.error_of(format('select helpdesk.update_ticket(test.ticket_id(%L), %L)', 'Printer on fire', changes))
$$;
call test.sign_in('Ben');
select test.error_of($$select helpdesk.update_ticket(null, '{}')$$);
select test.error_of($$select helpdesk.update_ticket(test.ticket_id('Printer on fire'), null)$$);
select test.error_of($$select helpdesk.update_ticket('00000000-0000-4000-8000-000000000000', '{"priority": "low"}')$$);
select test.error_of($$select helpdesk.update_ticket(test.ticket_id('Printer on fire'), '{"priority": "low"}', null, test.org_id('Globex'))$$);
-- An empty object is an error, whichever ticket is named.
select test.error_of($$select helpdesk.update_ticket(test.ticket_id('Printer on fire'), '{}')$$);
select test.error_of($$select helpdesk.update_ticket('00000000-0000-4000-8000-000000000000', '{}')$$);
-- An array is not an object: its elements are not taken by position.
select test.attempt($$select helpdesk.update_ticket(test.ticket_id('Printer on fire'), '[]')$$) like '22023 %: p_changes: %';
select test.attempt($$select helpdesk.update_ticket(test.ticket_id('Printer on fire'), '["Set by position"]')$$) like '22023 %: p_changes: %';
-- An object is not a string.
select test.attempt($$select helpdesk.update_ticket(test.ticket_id('Printer on fire'), '{"priority": {"low": null}}')$$) like '22023 %: p_changes.priority: %';
select test.error_of_change('"title"');
select test.error_of_change('null');
select test.error_of_change('{"titel": "x"}');
select test.error_of_change('{"status": "closed"}');
select test.error_of_change('{"title": null}');
select test.error_of_change('{"title": 7}');
select test.error_of_change('{"title": " "}');
select test.error_of_change(jsonb_build_object('title', repeat('x', 501))::text);
select test.error_of_change('{"description": ["x"]}');
select test.error_of_change(jsonb_build_object('description', repeat('x', 100001))::text);
select test.error_of_change('{"priority": "whatever"}');
select test.error_of_change('{"priority": null}');
select test.error_of_change('{"priority": ["low"]}');
select test.error_of_change('{"assignedTo": "me too"}');
select test.error_of_change('{"assignedTo": {"id": 1}}');
select test.error_of_change(json_build_object('assignedTo', test.profile_id('Mallory'))::text) like '22023 not_assignable: p_changes.assignedTo: %';
select test.error_of_change(json_build_object('assignedTo', test.profile_id('Mallory'))::text) = test.error_of_change('{"assignedTo": "00000000-0000-4000-8000-000000000000"}');
select test.error_of_change('{"stageId": null}');
select test.error_of_change('{"stageId": 3}');
select test.error_of_change(json_build_object('stageId', test.stage_id('Globex', 'Closed'))::text);
select test.error_of_change('{"stageId": "00000000-0000-4000-8000-000000000000"}');
-- Nesting of 10,000 levels
select test.error_of_change(repeat('[', 10000) || repeat(']', 10000)) like '22023 %: p_changes: %';
select test.error_of_change('{"title": ' || repeat('{"a":', 10000) || '1' || repeat('}', 10001)) like '22023 %: p_changes.title: %';
select test.error_of_change('{"titel": ' || repeat('[', 10000) || repeat(']', 10000) || '}') like '22023 %: p_changes: %';
call test.sign_out();
select test.digest_of_all_rows() = :'before' as nothing_was_written;
