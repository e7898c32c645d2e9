-- create_ticket: who creates tickets for whom, and its arguments.

---- create_ticket

call test.sign_in('Alice');
select helpdesk.create_ticket(test.org_id('Acme'), E'  Printer on fire\n', 'It burns', 'urgent') is not null;
select test.ticket_line('Printer on fire');
select * from test.revisions('Printer on fire');
call test.sign_out();
select jsonb_object_agg(key, case when key in ('stage', 'workflow') then '"an id"' else value end)
  from helpdesk.ticket_history h, jsonb_each(h.changes->'fields') where h.ticket_id = test.ticket_id('Printer on fire');
select test.profile_name(created_by), description, created_at = updated_at, stage_entered_at = created_at, resolved_at, closed_at
  from helpdesk.tickets where title = 'Printer on fire';

-- Only members of the organization create tickets.
select * from test.attempt_by_each_person($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try')$$);
call test.sign_in('Nemo');
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try')$$);
call test.set_claims('');
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try')$$);
call test.set_claims('garbage');
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try')$$);
call test.set_claims('{"sub": "not a uuid"}');
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try')$$);
set role anon;
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try')$$);

-- Staff and backends may name a member as the requester; customers only themselves.
select * from test.attempt_by_each_person($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try', p_requester_id => test.profile_id('Alice'))$$);
call test.sign_in('Ben');
-- A member of another organization and an unknown person get the same error, which names the
-- argument.
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try', p_requester_id => test.profile_id('Mallory'))$$)
     = test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try', p_requester_id => helpdesk.uuid_generate_v7())$$);
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try', p_requester_id => test.profile_id('Mallory'))$$) like '22023 requester_not_a_member: p_requester_id: %';
begin;
select helpdesk.create_ticket(test.org_id('Acme'), 'By phone', p_requester_id => test.profile_id('Alice')) is not null;
select test.profile_name(created_by) from helpdesk.tickets where title = 'By phone';
select * from test.revisions('By phone');
rollback;
call test.set_claims('');
set role service_role;
select test.attempt($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try', p_requester_id => test.profile_id('Alice'))$$);
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try')$$);
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try', p_requester_id => test.profile_id('Mallory'))$$) like '22023 requester_not_a_member: p_requester_id: %';
call test.sign_out();

---- Invalid arguments of create_ticket

insert into helpdesk.workflows (org_id, name, is_active) values (test.org_id('Acme'), 'Asleep', false), (test.org_id('Acme'), 'Empty', true);
select test.digest_of_all_rows() as before \gset
call test.sign_in('Alice');
select test.error_of($$select helpdesk.create_ticket(null, 'Try')$$);
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), null)$$);
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), '')$$);
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), E' \t\r\n\u00a0\u3000')$$);
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), repeat('x', 501))$$);
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try', repeat('x', 100001))$$);
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try', p_priority => 'whatever')$$);
select test.error_of($$select helpdesk.create_ticket(test.org_id('Globex'), 'Try')$$);
select test.error_of($$select helpdesk.create_ticket('00000000-0000-4000-8000-000000000000', 'Try')$$);
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try', p_workflow_id => test.workflow_id('Globex'))$$);
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try', p_workflow_id => '00000000-0000-4000-8000-000000000000')$$);
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try', p_workflow_id => test.workflow_id('Acme', 'Asleep'))$$);
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try', p_workflow_id => test.workflow_id('Acme', 'Empty'))$$);
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try', p_idempotency_key => '')$$);
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try', p_idempotency_key => repeat('k', 256))$$);
call test.sign_out();
-- The DBA and backends get the same kind of errors.
select test.error_of($$select helpdesk.create_ticket('00000000-0000-4000-8000-000000000000', 'Try', p_requester_id => test.profile_id('Alice'))$$) like '42501 %: %p_org_id%no such organization%';
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), ' ', p_requester_id => test.profile_id('Alice'))$$);
select test.digest_of_all_rows() = :'before' as nothing_was_written;

-- The organization has no active workflow.
begin;
update helpdesk.workflows set is_active = false;
call test.sign_in('Alice');
select test.error_of($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try')$$);
rollback;
call test.sign_out();

-- The limit of 500 applies to characters, not to bytes, and not to white space around the title.
-- NULL means the default of an optional argument.
call test.sign_in('Alice');
select test.attempt($$select helpdesk.create_ticket(test.org_id('Acme'), '  ' || repeat('ü', 500) || '  ')$$);
select test.attempt($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try', repeat('ü', 100000))$$);
begin;
select helpdesk.create_ticket(test.org_id('Acme'), 'Nulls', null, null, null, null, null) is not null;
select test.ticket_line('Nulls');
rollback;
-- Without p_workflow_id, the oldest active workflow is used.
begin;
call test.sign_out();
insert into helpdesk.workflow_stages (org_id, workflow_id, name, status) values (test.org_id('Acme'), test.workflow_id('Acme', 'Empty'), 'Waiting', 'pending');
update helpdesk.workflows set created_at = created_at + interval '1 second' where name = 'Empty';
call test.sign_in('Alice');
select helpdesk.create_ticket(test.org_id('Acme'), 'First workflow') is not null,
       helpdesk.create_ticket(test.org_id('Acme'), 'Given workflow', p_workflow_id => test.workflow_id('Acme', 'Empty')) is not null;
select test.ticket_line('First workflow'), test.ticket_line('Given workflow');
rollback;
call test.sign_out();
