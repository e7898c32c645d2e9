-- Numbers: the views, the counts behind them, the dashboard, trends.
\pset format unaligned
\pset tuples_only on

create function story.stage_stats() returns setof text language sql as $$
  select format('%s %s: %s, high %s, %s', o.name, s.stage_name, s.ticket_count, s.high_priority_count,
                case when s.avg_hours_in_stage is null then 'no time' else round(s.avg_hours_in_stage::numeric, 1) || ' hours' end)
    from helpdesk.workflow_stage_stats s join helpdesk.organizations o on o.id = s.org_id where s.ticket_count > 0 order by 1 $$;
create function story.total(filters jsonb) returns text language sql as $$
  select helpdesk.list_org_tickets(story.org('Acme'), $1)->'pagination'->>'total' $$;
create function story.everybody_gets(expression text) returns table (line text) language plpgsql as $$
declare
  caller text;
  answer text;
begin
  foreach caller in array '{Ada,Arthur,Alice,Bea,Grace,Stan,Nemo,anon,service_role,none}'::text[] loop
    if caller in ('anon', 'service_role', 'none') then
      call story.sign_out();
      perform set_config('role', caller, false);
    else
      call story.sign_in(caller);
    end if;
    begin
      execute 'select ' || expression into answer;
    exception when others then
      answer := sqlstate || ': ' || sqlerrm;
    end;
    line := format('%-7s %s', caller, answer);
    return next;
  end loop;
  call story.sign_out();
end $$;

-- What the other files left behind
select helpdesk.refresh_ticket_stats() > 0;
delete from helpdesk.ticket_days_by_priority;
delete from helpdesk.ticket_days_by_agent;

---- Nothing yet: every stage has none
select * from story.stage_stats();
select count(*), sum(ticket_count), count(avg_hours_in_stage) from helpdesk.workflow_stage_stats;

---- Counted as they come: opened, loaded from elsewhere, moved, assigned, deleted
call story.sign_in('Alice');
select count(helpdesk.create_ticket(story.org('Acme'), 'Count ' || n, null, (array['low', 'urgent', 'high'])[n % 3 + 1]::helpdesk.ticket_priority)) from generate_series(1, 6) n;
call story.sign_out();
insert into helpdesk.tickets (org_id, title, priority, current_stage_id, assigned_to, created_by, created_at, updated_at, stage_entered_at)
values (story.org('Acme'), 'Old', 'high', story.stage('Acme', 'Waiting on customer'), story.profile('Arthur'), story.profile('Alice'), now() - interval '10 days', now() - interval '5 hours', now() - interval '5 hours'),
       (story.org('Acme'), 'Older', 'low', story.stage('Acme', 'Closed'), story.profile('Arthur'), story.profile('Adam'), now() - interval '20 days', now() - interval '15 hours', now() - interval '15 hours');
insert into helpdesk.tickets (org_id, title, created_by) values (story.org('Globex'), 'Theirs', story.profile('Gina'));
select * from story.stage_stats();
select * from helpdesk.verify_ticket_stats();
call story.sign_in('Arthur');
select helpdesk.update_ticket(story.ticket('Count 1'), jsonb_build_object('stageId', story.stage('Acme', 'Resolved'), 'assignedTo', helpdesk.my_profile_id())) is not null;
select (helpdesk.update_tickets(array[story.ticket('Count 2'), story.ticket('Count 3')], '{"priority": "urgent"}')->>'updated');
-- Within the transaction that writes, and not after it is undone.
begin;
select helpdesk.update_ticket(story.ticket('Count 4'), jsonb_build_object('stageId', story.stage('Acme', 'In progress'))) is not null;
select * from story.stage_stats();
savepoint one;
update helpdesk.tickets set current_stage_id = story.stage('Acme', 'Closed') where title like 'Count%';
select * from story.stage_stats();
rollback to one;
select * from story.stage_stats();
rollback;
select * from story.stage_stats();
call story.sign_in('Ada');
delete from helpdesk.tickets where title = 'Count 6';
-- A stage that means something else now, and an agent who leaves: the counts follow.
update helpdesk.workflow_stages set status = 'pending' where id = story.stage('Acme', 'Resolved');
call story.sign_out();
select * from helpdesk.verify_ticket_stats();
select * from story.stage_stats();

---- Who gets which numbers
select * from story.everybody_gets('count(*)::text || '' stages, '' || coalesce(sum(ticket_count), 0) || '' tickets'' from helpdesk.workflow_stage_stats');
select * from story.everybody_gets('count(*) from helpdesk.agent_tickets');
select * from story.everybody_gets('count(*) from helpdesk.customer_tickets');
select * from story.everybody_gets('count(*) from helpdesk.ticket_stat_deltas');
select * from story.everybody_gets('helpdesk.org_dashboard(story.org(''Acme''))::jsonb - ''byStage'' - ''oldestOpen''');
select * from story.everybody_gets('helpdesk.ticket_activity(story.org(''Acme''), current_date - 30, current_date + 1)->''total''->>''created''');
select * from story.everybody_gets('helpdesk.refresh_ticket_stats() - helpdesk.refresh_ticket_stats() >= 0');
select * from story.everybody_gets('count(*) from helpdesk.verify_ticket_stats()');
select * from story.everybody_gets('helpdesk.rebuild_ticket_stats()::text = ''''');
select * from story.all_callers_attempt('delete from helpdesk.ticket_stage_counts');
select * from story.all_callers_attempt('delete from helpdesk.ticket_stat_deltas');
select * from story.all_callers_attempt('update helpdesk.tickets set first_response_at = now()');

---- Folded, all is as it was
select count(*) from helpdesk.ticket_stat_deltas;
call story.sign_in('Ada');
insert into helpdesk.tickets (org_id, title, created_by) values (story.org('Acme'), 'One more', story.profile('Alice'));
call story.sign_out();
select * from story.stage_stats();
select helpdesk.refresh_ticket_stats(), helpdesk.refresh_ticket_stats();
select count(*) from helpdesk.ticket_stat_deltas;
select * from story.stage_stats();
select * from helpdesk.verify_ticket_stats();

---- The total of a list is what is counted
call story.sign_in('Arthur');
select filter, story.total(filter) = (select json_array_length(helpdesk.list_org_tickets(story.org('Acme'), filter || '{"perPage": 100}')->'tickets'))::text, story.total(filter)
  from unnest(array['{}', '{"priority": "urgent"}', '{"priority": ["low", "high"]}', '{"status": "open"}', '{"status": ["pending", "closed"]}', '{"assignedTo": "none"}', '{"assignedTo": "me"}', '{"status": "open", "priority": "low", "assignedTo": "none"}', '{"createdBy": "me"}', '{"search": "count"}', '{"createdAfter": "2026-01-01T00:00:00Z"}']::jsonb[]) filter;
select story.total(jsonb_build_object('stageId', story.stage('Acme', 'New'))), story.total(jsonb_build_object('workflowId', story.workflow('Acme'), 'status', 'open')), story.total(jsonb_build_object('assignedTo', story.profile('Ada')));
call story.sign_in('Alice');
select story.total('{}'), story.total('{"status": "open"}');

---- What the views show
call story.sign_in('Arthur');
select helpdesk.add_comment(story.ticket('Count 2'), 'Said') is not null, helpdesk.add_comment(story.ticket('Count 2'), 'Whispered', true) is not null;
select title, workflow_name, stage_name, status, assigned_to_name, created_by_name, comment_count, attachment_count from helpdesk.agent_tickets order by title collate "C";
call story.sign_in('Alice');
select title, stage_name, status, assigned_to_display, public_comment_count from helpdesk.customer_tickets order by title collate "C";
-- An assigned customer reads their own name, another one only that somebody is on it.
reset role;
update helpdesk.tickets set assigned_to = story.profile('Adam') where title = 'Count 5';
set role authenticated;
select title, assigned_to_display from helpdesk.customer_tickets where title = 'Count 5';
call story.sign_in('Adam');
select title, assigned_to_display from helpdesk.customer_tickets order by title collate "C";
call story.sign_in('Bea');
select count(*) from helpdesk.customer_tickets;
call story.sign_out();

---- The dashboard
call story.sign_in('Arthur');
select story.keys(helpdesk.org_dashboard(story.org('Acme')));
select d->>'open', d->>'unassigned', d->>'mine', d->'byPriority', d->'oldestOpen'->>'title', (select string_agg(format('%s %s', s->>'name', s->>'open'), ', ') from json_array_elements(d->'byStage') s)
  from helpdesk.org_dashboard(story.org('Acme')) d;
select count(*) from helpdesk.tickets where status in ('open', 'pending');
select story.expect_error('select helpdesk.org_dashboard(null)');
call story.sign_out();

---- First response: the first public comment by staff
select title, first_response_at is not null, story.name_of(first_response_by) from helpdesk.tickets where org_id = story.org('Acme') and title like 'Count%' order by title;
call story.sign_in('Alice');
select helpdesk.add_comment(story.ticket('Count 3'), 'Anybody?') is not null;
call story.sign_in('Ada');
select helpdesk.add_comment(story.ticket('Count 3'), 'Hm', true) is not null;
call story.sign_out();
select first_response_at is not null from helpdesk.tickets where title = 'Count 3';
call story.sign_in('Ada');
select helpdesk.add_comment(story.ticket('Count 3'), 'Yes?') is not null;
call story.sign_in('Arthur');
select helpdesk.add_comment(story.ticket('Count 3'), 'Me too') is not null;
call story.sign_out();
select first_response_at is not null, story.name_of(first_response_by) from helpdesk.tickets where title = 'Count 3';

---- Trends
call story.sign_in('Arthur');
select story.keys(a), story.keys(a->'total'), story.keys(a->'days'->0), story.keys(a->'total'->'resolution'), json_array_length(a->'days') from helpdesk.ticket_activity(story.org('Acme'), '2026-01-01', '2026-01-31') a;
create temp view activity as select helpdesk.ticket_activity(story.org('Acme'), current_date - 30, current_date + 1) as a;
select a->'total'->>'created', a->'total'->>'resolved', a->'total'->>'closed', a->'total'->>'reopened', a->'total'->'firstResponse'->>'count', a->'total'->'resolution'->>'count',
       (select sum((d->>'created')::int) from json_array_elements(a->'days') d), (select sum((p->>'created')::int) from json_array_elements(a->'byPriority') p), (select sum((g->>'resolved')::int) from json_array_elements(a->'byAgent') g) from activity;
-- The same before and after folding.
select md5(a::text) as before from activity \gset
reset role;
select helpdesk.refresh_ticket_stats() > 0;
set role authenticated;
select md5(a::text) = :'before' from activity;
drop view activity;
select story.expect_error(format('select helpdesk.ticket_activity(story.org(''Acme''), %s)', args)) from unnest(array['null, ''2026-01-01''', '''2026-01-01'', null', '''2026-01-02'', ''2026-01-01''', '''2020-01-01'', ''2026-01-01''', '''-infinity'', ''2026-01-01''', '''2026-01-01'', ''infinity''']) args;
select story.expect_error('select helpdesk.ticket_activity(null, ''2026-01-01'', ''2026-01-01'')');
-- In the time zone of the organization: a ticket of half past eleven at night in UTC is of the next day in Berlin.
call story.sign_in('Ada');
select story.expect_error($$update helpdesk.organizations set time_zone = 'Europe/Atlantis' where name = 'Acme'$$), story.expect_error($$update helpdesk.organizations set time_zone = '' where name = 'Acme'$$);
create function pg_temp.days_of_january() returns text language sql as $$
  select coalesce(string_agg(d->>'day', ', '), 'none') from json_array_elements(helpdesk.ticket_activity(story.org('Acme'), '2026-01-01', '2026-01-31')->'days') d where d->>'created' <> '0' $$;
reset role;
insert into helpdesk.tickets (org_id, title, created_by, created_at) values (story.org('Acme'), 'Late', story.profile('Alice'), '2026-01-10 23:30Z');
set role authenticated;
select pg_temp.days_of_january();
update helpdesk.organizations set time_zone = 'Europe/Berlin' where name = 'Acme';
select pg_temp.days_of_january();
call story.sign_out();
select helpdesk.refresh_ticket_stats() > 0;
call story.sign_in('Ada');
select pg_temp.days_of_january();
-- What is counted stays on its day.
update helpdesk.organizations set time_zone = 'UTC' where name = 'Acme';
select pg_temp.days_of_january();
call story.sign_out();

---- With triggers off the counts are wrong, are seen to be, and are mended
begin;
alter table helpdesk.tickets disable trigger user;
update helpdesk.tickets set priority = 'urgent' where title = 'Old';
delete from helpdesk.tickets where title = 'Older';
alter table helpdesk.tickets enable trigger user;
select priority, agent_id is null as of_stage, counted, actual, counted_seconds = actual_seconds from helpdesk.verify_ticket_stats() order by 2 desc, 1;
select helpdesk.rebuild_ticket_stats();
select * from helpdesk.verify_ticket_stats();
select * from story.stage_stats();
rollback;

delete from helpdesk.tickets;
select helpdesk.refresh_ticket_stats() > 0;
select (select count(*) from helpdesk.ticket_stage_counts), (select count(*) from helpdesk.ticket_agent_counts);
update helpdesk.workflow_stages set status = 'resolved' where id = story.stage('Acme', 'Resolved');
delete from helpdesk.ticket_days_by_priority;
delete from helpdesk.ticket_days_by_agent;
