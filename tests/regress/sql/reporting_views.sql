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

---- Materialized views hold what their owner may read, whoever refreshes them.
create materialized view public.all_tickets as select id, title, assigned_to_name, created_by_name, comment_count from helpdesk.agent_tickets;
create materialized view public.all_stages as select * from helpdesk.workflow_stage_stats;
create materialized view public.own_tickets as select * from helpdesk.customer_tickets;
refresh materialized view public.all_tickets;
refresh materialized view public.all_stages;
refresh materialized view public.own_tickets;
select (select count(*) from public.all_tickets) = (select count(*) from helpdesk.tickets) and count(*) > 0,
       bool_and(v.created_by_name is not null),
       (select sum(ticket_count) from public.all_stages) = count(*),
       (select count(*) from public.own_tickets)
  from public.all_tickets v;
select count(*) from public.all_tickets m
 where (m.id, m.title, m.assigned_to_name, m.created_by_name, m.comment_count) is distinct from
       (select (v.id, v.title, v.assigned_to_name, v.created_by_name, v.comment_count) from helpdesk.agent_tickets v where v.id = m.id);
-- A superuser who refreshes gives the owner no more: a backend reads all, a user nothing.
create role helpdesk_test_owner;
grant authenticated to helpdesk_test_owner;
alter materialized view public.all_tickets owner to service_role;
alter materialized view public.all_stages owner to helpdesk_test_owner;
refresh materialized view public.all_tickets;
refresh materialized view public.all_stages;
select (select count(*) from public.all_tickets) = (select count(*) from helpdesk.tickets), (select count(*) from public.all_stages);
drop materialized view public.all_tickets, public.all_stages, public.own_tickets;
drop owned by helpdesk_test_owner;
drop role helpdesk_test_owner;

---- Roles of reporting tools
-- One that bypasses row security reads everything, as supabase_read_only_user does; one that does
-- not reads no rows, and meets no error.
begin;
create role helpdesk_test_reader bypassrls;
create role helpdesk_test_bound_reader;
grant pg_read_all_data to helpdesk_test_reader, helpdesk_test_bound_reader;
set local role helpdesk_test_reader;
select (select count(*) from helpdesk.agent_tickets) = count(*) and count(*) > 0,
       (select sum(ticket_count) from helpdesk.workflow_stage_stats) = count(*),
       (select count(*) from helpdesk.customer_tickets) from helpdesk.tickets;
set local role helpdesk_test_bound_reader;
select (select count(*) from helpdesk.agent_tickets), (select count(*) from helpdesk.workflow_stage_stats),
       (select count(*) from helpdesk.customer_tickets), count(*) from helpdesk.tickets;
reset role;
rollback;

---- org_dashboard
call test.sign_in('Ben');
select test.json_keys(helpdesk.org_dashboard(test.org_id('Acme')));
select d->>'open', d->>'unassigned', d->>'mine', d->'byPriority', d->'oldestOpen'->>'title', (select string_agg(format('%s %s', s->>'name', s->>'open'), ', ') from json_array_elements(d->'byStage') s)
  from helpdesk.org_dashboard(test.org_id('Acme')) d;
select count(*) from helpdesk.tickets where status in ('open', 'pending');
select test.error_of('select helpdesk.org_dashboard(null)');
call test.sign_out();
