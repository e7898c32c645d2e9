-- A ticket moves to another workflow.

create function test.place(title text) returns text language sql security definer as $$
  select format('%s / %s (%s), version %s', w.name, s.name, t.status, t.version)
    from helpdesk.tickets t join helpdesk.workflows w on w.id = t.workflow_id join helpdesk.workflow_stages s on s.id = t.current_stage_id where t.title = $1 $$;
create function test.refusal(workflow uuid, stage uuid default null) returns text language sql as $$
  select test.error_of(format('select helpdesk.update_ticket(%L, %L)', test.ticket_id('Shoes'), json_strip_nulls(json_build_object('workflowId', workflow, 'stageId', stage))))
$$;
call test.sign_in('Ada');
insert into helpdesk.workflows (org_id, name) values (test.org_id('Acme'), 'Returns'), (test.org_id('Acme'), 'Old'), (test.org_id('Acme'), 'Empty');
insert into helpdesk.workflow_stages (org_id, workflow_id, name, status)
select test.org_id('Acme'), test.workflow_id('Acme', workflow), name, status
  from (values ('Returns', 'Sent', 'pending'), ('Returns', 'Arrived', 'open'), ('Returns', 'Refunded', 'resolved'), ('Old', 'Begin', 'open')) s (workflow, name, status);
update helpdesk.workflows set is_active = false where name = 'Old';
-- Transitions restrict moves within a workflow only.
insert into helpdesk.workflow_transitions (org_id, workflow_id, from_stage_id, to_stage_id)
values (test.org_id('Acme'), test.workflow_id('Acme', 'Returns'), test.stage_id('Acme', 'Sent', 'Returns'), test.stage_id('Acme', 'Arrived', 'Returns'));
call test.sign_in('Alice');
select helpdesk.create_ticket(test.org_id('Acme'), 'Shoes') is not null;

---- With update_ticket: into the start stage, or into a named one

call test.sign_in('Ben');
begin;
select ticket->'workflow'->>'name', ticket->'currentStage'->>'name', ticket->>'status'
  from helpdesk.update_ticket(test.ticket_id('Shoes'), json_build_object('workflowId', test.workflow_id('Acme', 'Returns'))::jsonb) ticket;
select fields->'workflow'->>'from' = test.workflow_id('Acme')::text as from_support, fields->'workflow'->>'to' = test.workflow_id('Acme', 'Returns')::text as to_returns,
       fields->'stage'->>'to' = test.stage_id('Acme', 'Sent', 'Returns')::text as to_sent, fields->'status'
  from (select changes->'fields' as fields from helpdesk.ticket_history where ticket_id = test.ticket_id('Shoes') and version = 2) h;
-- The stage counts follow.
select workflow_id = test.workflow_id('Acme') as support, stage_name, ticket_count from helpdesk.workflow_stage_stats where ticket_count > 0;
-- The same workflow again changes nothing.
select helpdesk.update_ticket(test.ticket_id('Shoes'), json_build_object('workflowId', test.workflow_id('Acme', 'Returns'))::jsonb)->>'version';
-- Back, into a named stage
select helpdesk.update_ticket(test.ticket_id('Shoes'), json_build_object('workflowId', test.workflow_id('Acme'), 'stageId', test.stage_id('Acme', 'Resolved'))::jsonb)->>'status';
select test.place('Shoes');
select helpdesk.update_tickets(array[test.ticket_id('Shoes')], json_build_object('workflowId', test.workflow_id('Acme', 'Returns'), 'stageId', test.stage_id('Acme', 'Arrived', 'Returns'))::jsonb)->>'updated';
select test.place('Shoes'), resolved_at is null as reopened from helpdesk.tickets where title = 'Shoes';
rollback;
-- With SQL on the table
begin;
update helpdesk.tickets set workflow_id = test.workflow_id('Acme', 'Returns') where title = 'Shoes';
select test.place('Shoes');
update helpdesk.tickets set workflow_id = test.workflow_id('Acme'), current_stage_id = test.stage_id('Acme', 'Closed') where title = 'Shoes';
select test.place('Shoes');
rollback;

---- Refused

select test.refusal(test.workflow_id('Acme', 'Old'));
select test.refusal(test.workflow_id('Acme', 'Empty'));
select test.refusal(test.workflow_id('Globex')), test.refusal(test.workflow_id('Globex')) = test.refusal(helpdesk.uuid_generate_v7()) as same;
select test.refusal(test.workflow_id('Acme', 'Returns'), test.stage_id('Acme', 'Resolved'));
select test.refusal(test.workflow_id('Acme', 'Returns'), test.stage_id('Globex', 'New'));
select test.error_of($$select helpdesk.update_ticket(test.ticket_id('Shoes'), '{"workflowId": null}')$$);
select test.error_of($$update helpdesk.tickets set workflow_id = test.workflow_id('Acme', 'Old')$$);
select test.error_of($$update helpdesk.tickets set workflow_id = null$$);
select * from test.attempt_by_each_caller($$select helpdesk.update_ticket(test.ticket_id('Shoes'), json_build_object('workflowId', test.workflow_id('Acme', 'Returns'))::jsonb)$$);
select * from test.attempt_by_each_caller($$update helpdesk.tickets set workflow_id = test.workflow_id('Acme', 'Returns') where title = 'Shoes'$$);
