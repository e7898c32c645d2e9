-- The counts of tickets: when they change, who reads them, and how they are repaired.

create function test.stage_stats() returns setof text language sql as $$
  select format('%s %s: %s, high %s, %s', o.name, s.stage_name, s.ticket_count, s.high_priority_count,
                case when s.avg_hours_in_stage is null then 'no time' else round(s.avg_hours_in_stage::numeric, 1) || ' hours' end)
    from helpdesk.workflow_stage_stats s join helpdesk.organizations o on o.id = s.org_id where s.ticket_count > 0 order by 1 $$;
create function test.list_total(filters jsonb) returns text language sql as $$
  select helpdesk.list_org_tickets(test.org_id('Acme'), $1)->'pagination'->>'total' $$;
create function test.value_for_each_caller(expression text) returns table (line text) language plpgsql as $$
declare
  caller text;
  answer text;
begin
  foreach caller in array '{Ada,Ben,Alice,Bea,Gina,Stan,Nemo,anon,service_role,none}'::text[] loop
    if caller in ('anon', 'service_role', 'none') then
      call test.sign_out();
      perform set_config('role', caller, false);
    else
      call test.sign_in(caller);
    end if;
    begin
      execute 'select ' || expression into answer;
    exception when others then
      answer := sqlstate || ': ' || sqlerrm;
    end;
    line := format('%-7s %s', caller, answer);
    return next;
  end loop;
  call test.sign_out();
end $$;

---- Without tickets every stage counts zero
select * from test.stage_stats();
select count(*), sum(ticket_count), count(avg_hours_in_stage) from helpdesk.workflow_stage_stats;

---- Tickets are counted when they are created, imported, moved, assigned and deleted

call test.create_counted_tickets();

select * from test.stage_stats();
select * from helpdesk.verify_ticket_stats();
call test.sign_in('Ben');
select helpdesk.update_ticket(test.ticket_id('Count 1'), jsonb_build_object('stageId', test.stage_id('Acme', 'Resolved'), 'assignedTo', helpdesk.my_profile_id())) is not null;
select (helpdesk.update_tickets(array[test.ticket_id('Count 2'), test.ticket_id('Count 3')], '{"priority": "urgent"}')->>'updated');
-- Counts include the current transaction and follow its rollback.
begin;
select helpdesk.update_ticket(test.ticket_id('Count 4'), jsonb_build_object('stageId', test.stage_id('Acme', 'In progress'))) is not null;
select * from test.stage_stats();
savepoint one;
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'Closed') where title like 'Count%';
select * from test.stage_stats();
rollback to one;
select * from test.stage_stats();
rollback;
select * from test.stage_stats();
call test.sign_in('Ada');
delete from helpdesk.tickets where title = 'Count 6';
-- Counts follow a stage whose status changes.
update helpdesk.workflow_stages set status = 'pending' where id = test.stage_id('Acme', 'Resolved');
call test.sign_out();
select * from helpdesk.verify_ticket_stats();
select * from test.stage_stats();

---- Who gets which figures
select * from test.value_for_each_caller('count(*)::text || '' stages, '' || coalesce(sum(ticket_count), 0) || '' tickets'' from helpdesk.workflow_stage_stats');
select * from test.value_for_each_caller('count(*) from helpdesk.agent_tickets');
select * from test.value_for_each_caller('count(*) from helpdesk.customer_tickets');
select * from test.value_for_each_caller('count(*) from helpdesk.ticket_stat_deltas');
select * from test.value_for_each_caller('helpdesk.org_dashboard(test.org_id(''Acme''))::jsonb - ''byStage'' - ''oldestOpen''');
select * from test.value_for_each_caller('helpdesk.ticket_activity(test.org_id(''Acme''), current_date - 30, current_date + 1)->''total''->>''created''');
select * from test.value_for_each_caller('helpdesk.refresh_ticket_stats() - helpdesk.refresh_ticket_stats() >= 0');
select * from test.value_for_each_caller('count(*) from helpdesk.verify_ticket_stats()');
select * from test.value_for_each_caller('helpdesk.rebuild_ticket_stats()::text = ''''');
select * from test.attempt_by_each_caller('delete from helpdesk.ticket_stage_counts');
select * from test.attempt_by_each_caller('delete from helpdesk.ticket_stat_deltas');
select * from test.attempt_by_each_caller('update helpdesk.tickets set first_response_at = now()');

---- Folding the deltas changes no figure
select count(*) from helpdesk.ticket_stat_deltas;
call test.sign_in('Ada');
insert into helpdesk.tickets (org_id, title, created_by) values (test.org_id('Acme'), 'One more', test.profile_id('Alice'));
call test.sign_out();
select * from test.stage_stats();
select helpdesk.refresh_ticket_stats(), helpdesk.refresh_ticket_stats();
select count(*) from helpdesk.ticket_stat_deltas;
select * from test.stage_stats();
select * from helpdesk.verify_ticket_stats();

---- The total of a list comes from the counts
call test.sign_in('Ben');
select filter, test.list_total(filter) = (select json_array_length(helpdesk.list_org_tickets(test.org_id('Acme'), filter || '{"perPage": 100}')->'tickets'))::text, test.list_total(filter)
  from unnest(array['{}', '{"priority": "urgent"}', '{"priority": ["low", "high"]}', '{"status": "open"}', '{"status": ["pending", "closed"]}', '{"assignedTo": "none"}', '{"assignedTo": "me"}', '{"status": "open", "priority": "low", "assignedTo": "none"}', '{"createdBy": "me"}', '{"search": "count"}', '{"createdAfter": "2026-01-01T00:00:00Z"}']::jsonb[]) filter;
select test.list_total(jsonb_build_object('stageId', test.stage_id('Acme', 'New'))), test.list_total(jsonb_build_object('workflowId', test.workflow_id('Acme'), 'status', 'open')), test.list_total(jsonb_build_object('assignedTo', test.profile_id('Ada')));
call test.sign_in('Alice');
select test.list_total('{}'), test.list_total('{"status": "open"}');

call test.sign_out();

---- verify_ticket_stats finds counts that changes without triggers made wrong; rebuild corrects
---- them
begin;
alter table helpdesk.tickets disable trigger user;
update helpdesk.tickets set priority = 'urgent' where title = 'Old';
delete from helpdesk.tickets where title = 'Older';
alter table helpdesk.tickets enable trigger user;
select priority, agent_id is null as of_stage, counted, actual, counted_seconds = actual_seconds from helpdesk.verify_ticket_stats() order by 2 desc, 1;
select helpdesk.rebuild_ticket_stats();
select * from helpdesk.verify_ticket_stats();
select * from test.stage_stats();
rollback;

delete from helpdesk.tickets;
select helpdesk.refresh_ticket_stats() > 0;
select (select count(*) from helpdesk.ticket_stage_counts), (select count(*) from helpdesk.ticket_agent_counts);
update helpdesk.workflow_stages set status = 'resolved' where id = test.stage_id('Acme', 'Resolved');
