-- Stages that are retired, deleted, named and ordered.

create function test.stages(workflow text) returns text language sql security definer as $$
  select string_agg(name || case when is_start then '*' else '' end || case when is_active then '' else ' (retired)' end, ' > ' order by position)
    from helpdesk.workflow_stages where workflow_id = test.workflow_id('Acme', $1)
$$;
create function test.reorder(workflow text, variadic stages text[]) returns text language sql as $$
  select test.error_of(format('select helpdesk.reorder_stages(%L, %L)', test.workflow_id('Acme', workflow), array(
    select test.stage_id('Acme', name) from unnest(stages) with ordinality s (name, n) order by n)))
$$;
call test.sign_in('Alice');
select helpdesk.create_ticket(test.org_id('Acme'), 'Waits') is not null;
call test.sign_in('Ben');
select helpdesk.update_ticket(test.ticket_id('Waits'), json_build_object('stageId', test.stage_id('Acme', 'Waiting on customer'))::jsonb)->>'status';

---- A retired stage keeps its tickets and takes no more

call test.sign_in('Ada');
update helpdesk.workflow_stages set is_active = false where name in ('In progress', 'Waiting on customer') and org_id = test.org_id('Acme');
select test.stages('Support');
call test.sign_in('Ben');
select helpdesk.update_ticket(test.ticket_id('Waits'), '{"title": "Waits still"}')->'currentStage'->>'name';
select test.error_of($$select helpdesk.update_ticket(test.ticket_id('Waits still'), json_build_object('stageId', test.stage_id('Acme', 'In progress'))::jsonb)$$);
select test.error_of($$update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'In progress') where title = 'Waits still'$$);
set role service_role;
select test.error_of($$insert into helpdesk.tickets (org_id, title, current_stage_id, created_by) values (test.org_id('Acme'), 'New', test.stage_id('Acme', 'In progress'), test.profile_id('Alice'))$$);
-- Reports list it while it has tickets.
select stage_name, ticket_count from helpdesk.workflow_stage_stats where org_id = test.org_id('Acme') order by stage_name;
-- A comment reopens into the start stage, because the open stage after it is retired.
call test.sign_in('Alice');
begin;
select helpdesk.add_comment(test.ticket_id('Waits still'), 'Here it is') is not null;
select s.name from helpdesk.tickets t join helpdesk.workflow_stages s on s.id = t.current_stage_id where t.title = 'Waits still';
rollback;
-- Reactivating brings it back.
call test.sign_in('Ada');
update helpdesk.workflow_stages set is_active = true where name = 'In progress' and org_id = test.org_id('Acme');

---- The start stage

select test.error_of($$update helpdesk.workflow_stages set is_active = false where name = 'New'$$);
select test.error_of($$update helpdesk.workflow_stages set status = 'resolved' where name = 'New'$$);
select test.error_of($$update helpdesk.workflow_stages set status = 'closed' where name = 'New'$$);
select test.error_of($$update helpdesk.workflow_stages set is_start = true where name = 'Closed'$$);
select test.error_of($$update helpdesk.workflow_stages set is_start = true where name = 'Waiting on customer'$$);
select test.error_of($$insert into helpdesk.workflow_stages (org_id, workflow_id, name, status, is_start) values (test.org_id('Acme'), test.workflow_id('Acme'), 'Done', 'closed', true)$$);
begin;
-- The first stage that can be the start stage becomes it.
insert into helpdesk.workflows (org_id, name) values (test.org_id('Acme'), 'Returns');
insert into helpdesk.workflow_stages (org_id, workflow_id, name, status)
select test.org_id('Acme'), test.workflow_id('Acme', 'Returns'), name, status from (values ('Done', 'closed'), ('Asked', 'pending'), ('Open', 'open')) s (name, status);
select test.stages('Returns');
rollback;
call test.sign_out();
select test.error_of($$update helpdesk.workflow_stages set is_active = false where name = 'New' and org_id = test.org_id('Acme')$$);

---- Deleting what is used is refused, and the hint says to retire it

call test.sign_in('Ada');
select test.error_of($$delete from helpdesk.workflow_stages where name = 'Waiting on customer'$$);
select test.error_of($$delete from helpdesk.workflows where name = 'Support'$$);
set role service_role;
select test.error_of($$delete from helpdesk.workflow_stages where id = test.stage_id('Acme', 'Waiting on customer')$$);
select test.error_of($$delete from helpdesk.workflows where id = test.workflow_id('Acme')$$);
call test.sign_in('Ada');
select test.attempt($$delete from helpdesk.workflow_stages where name = 'Closed'$$);
-- Other people learn nothing.
call test.sign_in('Gina');
select test.attempt($$delete from helpdesk.workflow_stages where id = test.stage_id('Acme', 'Waiting on customer')$$);
select test.attempt($$delete from helpdesk.workflows where id = test.workflow_id('Acme')$$);

---- Names and positions

call test.sign_in('Ada');
select test.error_of($$insert into helpdesk.workflow_stages (org_id, workflow_id, name) values (test.org_id('Acme'), test.workflow_id('Acme'), ' RESOLVED ')$$);
select test.error_of($$update helpdesk.workflow_stages set name = 'new' where name = 'Closed'$$);
select test.attempt($$update helpdesk.workflow_stages set name = 'closed ' where name = 'Closed'$$);
select test.error_of($$update helpdesk.workflow_stages set position = 1 where name = 'Closed'$$) like '23505: duplicate key%';
begin;
-- A new stage goes last, alone and with others.
insert into helpdesk.workflow_stages (org_id, workflow_id, name)
select test.org_id('Acme'), test.workflow_id('Acme'), name from unnest('{Archive,Attic}'::text[]) name;
select test.stages('Support');
update helpdesk.workflow_stages set position = 6 - position where org_id = test.org_id('Acme') and position between 1 and 5;
select test.stages('Support');
rollback;

---- reorder_stages

begin;
select test.reorder('Support', 'Closed', 'Resolved', 'Waiting on customer', 'In progress', 'New'), test.stages('Support');
select test.stages('Support');
-- Retired stages may be left out; they come last.
select test.reorder('Support', 'New', 'In progress', 'Resolved', 'Closed');
select test.stages('Support');
rollback;
select test.reorder('Support', 'New', 'In progress', 'Resolved');
select test.reorder('Support', 'New', 'New', 'In progress', 'Resolved', 'Closed');
select test.error_of($$select helpdesk.reorder_stages(test.workflow_id('Acme'), array[test.stage_id('Globex', 'New')])$$);
select test.error_of($$select helpdesk.reorder_stages(test.workflow_id('Acme'), array[null::uuid])$$);
select test.error_of($$select helpdesk.reorder_stages(null, '{}')$$);
select test.error_of($$select helpdesk.reorder_stages(test.workflow_id('Acme'), null)$$);
select test.error_of($$select helpdesk.reorder_stages(test.workflow_id('Acme'), '{}')$$);
select test.error_of($$select helpdesk.reorder_stages(test.workflow_id('Globex'), '{}')$$);
select test.error_of($$select helpdesk.reorder_stages(helpdesk.uuid_generate_v7(), '{}')$$);
select * from test.attempt_by_each_caller($$select helpdesk.reorder_stages(test.workflow_id('Acme'), array(select id from helpdesk.workflow_stages where org_id = test.org_id('Acme') order by name))$$);
