-- Revisions, statuses and columns that never change, for functions and tables alike.

call test.sign_in('Alice');
select helpdesk.create_ticket(test.org_id('Acme'), 'Printer on fire', 'It burns', 'urgent') is not null;
call test.sign_out();

-- Two workflows in which no ticket can start: one is not active, the other has no stages.
insert into helpdesk.workflows (org_id, name, is_active) values (test.org_id('Acme'), 'Asleep', false), (test.org_id('Acme'), 'Empty', true);

---- What holds for functions and tables alike, shown with a plain UPDATE by the DBA

begin;
update helpdesk.tickets set title = '  Printer melted  ', priority = 'medium' where title = 'Printer on fire';
select test.ticket_line('Printer melted');
-- status, resolved_at and closed_at follow the stage.
create function test.status_and_times() returns text language sql as $$
  select concat_ws(' ', status, case when resolved_at is not null then 'resolved_at' end, case when closed_at is not null then 'closed_at' end)
    from helpdesk.tickets where title = 'Printer melted'
$$;
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'Waiting on customer') where title = 'Printer melted';
select test.status_and_times();
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'Resolved') where title = 'Printer melted';
select test.status_and_times();
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'Closed') where title = 'Printer melted';
select test.status_and_times();
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'In progress') where title = 'Printer melted';
select test.status_and_times();
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'Closed') where title = 'Printer melted';
select test.status_and_times();
-- A change without new values makes no revision.
update helpdesk.tickets set title = ' Printer melted', description = description, priority = 'medium' where title = 'Printer melted';
select test.ticket_line('Printer melted');
select * from test.revisions('Printer melted');
select * from test.broken_histories;
-- The DBA with claims acts as the person in the claims.
call test.set_claims(json_build_object('sub', test.login_id('Ben'))::text);
update helpdesk.tickets set priority = 'low' where title = 'Printer melted';
call test.set_claims('');
select line from test.revisions('Printer melted') where line like 'v8 %';
-- Columns that never change
select name, test.error_of(format($$update helpdesk.tickets set %I = %s where title = 'Printer melted'$$, name, value))
  from (values ('org_id', $$test.org_id('Globex')$$), ('id', 'helpdesk.uuid_generate_v7()'), ('number', '7'),
               ('created_at', 'now() - interval ''1 day'''), ('version', '99'), ('latest_history_id', 'helpdesk.uuid_generate_v7()'),
               ('stage_entered_at', 'now() - interval ''1 day'''), ('resolved_at', 'null'), ('closed_at', 'null'), ('status', '''open''')) as c (name, value);
-- NULL never causes an internal error.
select name, test.attempt(format($$update helpdesk.tickets set %I = null where title = 'Printer melted'$$, name))
  from unnest('{title,priority,status,workflow_id,current_stage_id,updated_at,assigned_to,description}'::text[]) name;
-- A stage of another workflow requires that workflow. The two move the ticket there.
insert into helpdesk.workflow_stages (org_id, workflow_id, name, status) values (test.org_id('Acme'), test.workflow_id('Acme', 'Empty'), 'Elsewhere', 'pending');
select test.error_of($$update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'Elsewhere', 'Empty') where title = 'Printer melted'$$);
update helpdesk.tickets set workflow_id = test.workflow_id('Acme', 'Empty'), current_stage_id = test.stage_id('Acme', 'Elsewhere', 'Empty')
 where title = 'Printer melted';
select test.ticket_line('Printer melted');
select line from test.revisions('Printer melted') where line like 'v9 %';
-- One statement that changes many tickets
insert into helpdesk.tickets (org_id, title, created_by) select test.org_id('Acme'), 'Bulk ' || n, test.profile_id('Alice') from generate_series(1, 5) n;
update helpdesk.tickets set assigned_to = test.profile_id('Ben') where title like 'Bulk%';
select title, version from helpdesk.tickets where title like 'Bulk%' order by 1;
select * from test.broken_histories;
rollback;

---- A stage passes its new status on to its tickets

begin;
insert into helpdesk.tickets (org_id, title, created_by, current_stage_id)
select test.org_id('Acme'), 'Cascade ' || n, test.profile_id('Alice'), test.stage_id('Acme', 'In progress') from generate_series(1, 2) n;
call test.sign_in('Ada');
update helpdesk.workflow_stages set status = 'resolved' where id = test.stage_id('Acme', 'In progress');
select test.ticket_line('Cascade 1'), test.ticket_line('Cascade 2');
select * from test.revisions('Cascade 1');
select changes->'fields' from helpdesk.ticket_history where ticket_id = test.ticket_id('Cascade 1') and version = 2;
call test.sign_out();
select resolved_at is not null, closed_at is null from helpdesk.tickets where title = 'Cascade 1';
select count(*) from helpdesk.tickets where title like 'Cascade%' and stage_entered_at <> created_at;
select * from test.broken_histories;
set constraints all immediate;
rollback;

---- Deleting tickets deletes their history

delete from helpdesk.tickets;

select count(*) from helpdesk.ticket_history;
