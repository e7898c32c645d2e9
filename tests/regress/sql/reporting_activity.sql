-- First responses, and ticket_activity by day.

call test.create_counted_tickets();
call test.sign_in('Ben');
select helpdesk.update_ticket(test.ticket_id('Count 1'), jsonb_build_object('stageId', test.stage_id('Acme', 'Resolved'), 'assignedTo', helpdesk.my_profile_id())) is not null;
select (helpdesk.update_tickets(array[test.ticket_id('Count 2'), test.ticket_id('Count 3')], '{"priority": "urgent"}')->>'updated');
select helpdesk.add_comment(test.ticket_id('Count 2'), 'Said') is not null, helpdesk.add_comment(test.ticket_id('Count 2'), 'Whispered', true) is not null;
call test.sign_in('Ada');
delete from helpdesk.tickets where title = 'Count 6';
update helpdesk.workflow_stages set status = 'pending' where id = test.stage_id('Acme', 'Resolved');
call test.sign_out();

---- The first response is the first public comment by staff
select title, first_response_at is not null, test.profile_name(first_response_by) from helpdesk.tickets where org_id = test.org_id('Acme') and title like 'Count%' order by title;
call test.sign_in('Alice');
select helpdesk.add_comment(test.ticket_id('Count 3'), 'Anybody?') is not null;
call test.sign_in('Ada');
select helpdesk.add_comment(test.ticket_id('Count 3'), 'Hm', true) is not null;
call test.sign_out();
select first_response_at is not null from helpdesk.tickets where title = 'Count 3';
call test.sign_in('Ada');
select helpdesk.add_comment(test.ticket_id('Count 3'), 'Yes?') is not null;
call test.sign_in('Ben');
select helpdesk.add_comment(test.ticket_id('Count 3'), 'Me too') is not null;
call test.sign_out();
select first_response_at is not null, test.profile_name(first_response_by) from helpdesk.tickets where title = 'Count 3';

---- ticket_activity
call test.sign_in('Ben');
select test.json_keys(a), test.json_keys(a->'total'), test.json_keys(a->'days'->0), test.json_keys(a->'total'->'resolution'), json_array_length(a->'days') from helpdesk.ticket_activity(test.org_id('Acme'), '2026-01-01', '2026-01-31') a;
create temp view activity as select helpdesk.ticket_activity(test.org_id('Acme'), current_date - 30, current_date + 1) as a;
select a->'total'->>'created', a->'total'->>'resolved', a->'total'->>'closed', a->'total'->>'reopened', a->'total'->'firstResponse'->>'count', a->'total'->'resolution'->>'count',
       (select sum((d->>'created')::int) from json_array_elements(a->'days') d), (select sum((p->>'created')::int) from json_array_elements(a->'byPriority') p), (select sum((g->>'resolved')::int) from json_array_elements(a->'byAgent') g) from activity;
-- Folding the deltas changes nothing.
select md5(a::text) as before from activity \gset
reset role;
select helpdesk.refresh_ticket_stats() > 0;
set role authenticated;
select md5(a::text) = :'before' from activity;
drop view activity;
select test.error_of(format('select helpdesk.ticket_activity(test.org_id(''Acme''), %s)', args)) from unnest(array['null, ''2026-01-01''', '''2026-01-01'', null', '''2026-01-02'', ''2026-01-01''', '''2020-01-01'', ''2026-01-01''', '''-infinity'', ''2026-01-01''', '''2026-01-01'', ''infinity''']) args;
select test.error_of('select helpdesk.ticket_activity(null, ''2026-01-01'', ''2026-01-01'')');
-- Days are those of the organization's time zone: 23:30 UTC belongs to the next day in Berlin.
call test.sign_in('Ada');
select test.error_of($$update helpdesk.organizations set time_zone = 'Europe/Atlantis' where name = 'Acme'$$), test.error_of($$update helpdesk.organizations set time_zone = '' where name = 'Acme'$$);
create function pg_temp.days_of_january() returns text language sql as $$
  select coalesce(string_agg(d->>'day', ', '), 'none') from json_array_elements(helpdesk.ticket_activity(test.org_id('Acme'), '2026-01-01', '2026-01-31')->'days') d where d->>'created' <> '0' $$;
reset role;
insert into helpdesk.tickets (org_id, title, created_by, created_at) values (test.org_id('Acme'), 'Late', test.profile_id('Alice'), '2026-01-10 23:30Z');
set role authenticated;
select pg_temp.days_of_january();
update helpdesk.organizations set time_zone = 'Europe/Berlin' where name = 'Acme';
select pg_temp.days_of_january();
call test.sign_out();
select helpdesk.refresh_ticket_stats() > 0;
call test.sign_in('Ada');
select pg_temp.days_of_january();
-- Activity that was folded stays on its day.
update helpdesk.organizations set time_zone = 'UTC' where name = 'Acme';
select pg_temp.days_of_january();
call test.sign_out();
