-- The views and the dashboard.

call test.create_counted_tickets();
call test.sign_in('Ben');
select helpdesk.update_ticket(test.ticket_id('Count 1'), jsonb_build_object('stageId', test.stage_id('Acme', 'Resolved'), 'assignedTo', helpdesk.my_profile_id())) is not null;
select (helpdesk.update_tickets(array[test.ticket_id('Count 2'), test.ticket_id('Count 3')], '{"priority": "urgent"}')->>'updated');
call test.sign_in('Ada');
delete from helpdesk.tickets where title = 'Count 6';
update helpdesk.workflow_stages set status = 'pending' where id = test.stage_id('Acme', 'Resolved');
call test.sign_out();

---- The views agent_tickets and customer_tickets
call test.sign_in('Ben');
select helpdesk.add_comment(test.ticket_id('Count 2'), 'Said') is not null, helpdesk.add_comment(test.ticket_id('Count 2'), 'Whispered', true) is not null;
select title, workflow_name, stage_name, status, assigned_to_name, created_by_name, comment_count, attachment_count from helpdesk.agent_tickets order by title collate "C";
call test.sign_in('Alice');
select title, stage_name, status, assigned_to_display, public_comment_count from helpdesk.customer_tickets order by title collate "C";
-- An assigned customer sees their own name; another customer sees only that the ticket is assigned.
reset role;
update helpdesk.tickets set assigned_to = test.profile_id('Dave') where title = 'Count 5';
set role authenticated;
select title, assigned_to_display from helpdesk.customer_tickets where title = 'Count 5';
call test.sign_in('Dave');
select title, assigned_to_display from helpdesk.customer_tickets order by title collate "C";
call test.sign_in('Bea');
select count(*) from helpdesk.customer_tickets;
call test.sign_out();

---- org_dashboard
call test.sign_in('Ben');
select test.json_keys(helpdesk.org_dashboard(test.org_id('Acme')));
select d->>'open', d->>'unassigned', d->>'mine', d->'byPriority', d->'oldestOpen'->>'title', (select string_agg(format('%s %s', s->>'name', s->>'open'), ', ') from json_array_elements(d->'byStage') s)
  from helpdesk.org_dashboard(test.org_id('Acme')) d;
select count(*) from helpdesk.tickets where status in ('open', 'pending');
select test.error_of('select helpdesk.org_dashboard(null)');
call test.sign_out();
