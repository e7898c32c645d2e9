-- A customer's comment reopens a ticket.

call test.create_conversation();

---- A customer's comment reopens the ticket

-- The stage of the ticket after a person commented on it in the given stage. Undoes the comment.
create function test.stage_after_comment(person text, stage text, is_internal boolean default false) returns text language plpgsql as $$
declare
  now_in text;
begin
  update helpdesk.tickets set current_stage_id = test.stage_id('Acme', stage) where title = 'Noise';
  call test.sign_in(person);
  perform helpdesk.add_comment(test.ticket_id('Noise'), 'Hello?', is_internal);
  call test.sign_out();
  select format('%s (%s), last change by %s', s.name, t.status, coalesce(test.profile_name(h.changed_by), 'the system')) into now_in
    from helpdesk.tickets t join helpdesk.workflow_stages s on s.id = t.current_stage_id join helpdesk.ticket_history h on h.id = t.latest_history_id where t.title = 'Noise';
  raise exception using errcode = 'UNDO0', message = now_in;
exception when sqlstate 'UNDO0' then
  call test.sign_out();
  return sqlerrm;
end $$;
select stage, test.stage_after_comment('Alice', stage) from unnest('{New,In progress,Waiting on customer,Resolved,Closed}'::text[]) stage;
-- Comments by staff, public or internal, do not reopen it, nor do those by an assigned customer.
select stage, test.stage_after_comment('Ben', stage), test.stage_after_comment('Ada', stage, true) from unnest('{Waiting on customer,Resolved}'::text[]) stage;
begin;
update helpdesk.tickets set assigned_to = test.profile_id('Dave') where title = 'Noise';
select test.stage_after_comment('Dave', 'Resolved');
rollback;
-- Reopening clears resolved_at, sets stage_entered_at, and makes a revision.
begin;
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'Resolved') where title = 'Noise';
select resolved_at is not null as resolved, version from helpdesk.tickets where title = 'Noise' \gset before_
call test.sign_in('Alice');
insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (test.org_id('Acme'), test.ticket_id('Noise'), 'By table');
call test.sign_out();
select status, :'before_resolved' as was_resolved, resolved_at, version = :before_version + 1 from helpdesk.tickets where title = 'Noise';
select test.profile_name(changed_by), changes->'fields'->'status' from helpdesk.ticket_history h join helpdesk.tickets t on h.id = t.latest_history_id where t.title = 'Noise';
select * from test.broken_histories;
-- Attachments, imported comments and edits do not reopen it.
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'Resolved') where title = 'Noise';
call test.sign_in('Alice');
select helpdesk.add_attachment(test.ticket_id('Noise'), 'a', 'b', 1, 'c') is not null;
update helpdesk.ticket_comments set content = 'Edited' where content = 'By table';
call test.sign_out();
insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, created_at) values (test.org_id('Acme'), test.ticket_id('Noise'), 'Long ago', test.profile_id('Alice'), '2020-01-01');
select status from helpdesk.tickets where title = 'Noise';
rollback;
-- The organization can turn reopening off. Its administrators decide.
select * from test.attempt_by_each_caller($$update helpdesk.organizations set reopen_on_customer_comment = false where id = test.org_id('Acme')$$);
begin;
update helpdesk.organizations set reopen_on_customer_comment = false where name = 'Acme';
select stage, test.stage_after_comment('Alice', stage) from unnest('{Waiting on customer,Resolved}'::text[]) stage;
rollback;
-- The ticket moves to the first open stage after the start stage: neither to one before it nor to a
-- pending one after it. Without such a stage it moves to the start stage.
begin;
insert into helpdesk.workflow_stages (org_id, workflow_id, name, position, status) values
  (test.org_id('Acme'), test.workflow_id('Acme'), 'Before', -5, 'open'), (test.org_id('Acme'), test.workflow_id('Acme'), 'Second', 99, 'open');
select test.stage_after_comment('Alice', 'Resolved');
update helpdesk.workflow_stages set status = 'pending' where workflow_id = test.workflow_id('Acme') and name = 'In progress';
select test.stage_after_comment('Alice', 'Resolved');
update helpdesk.workflow_stages set status = 'closed' where workflow_id = test.workflow_id('Acme') and name in ('Before', 'Second');
select test.stage_after_comment('Alice', 'Resolved');
-- Without any open stage the ticket moves to the start stage.
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'Resolved') where title = 'Noise';
update helpdesk.workflow_stages set status = 'pending' where workflow_id = test.workflow_id('Acme') and name = 'New';
select test.stage_after_comment('Alice', 'Resolved');
rollback;
-- The move is made even if workflow_transitions allow it to nobody,
begin;
insert into helpdesk.workflow_transitions (org_id, workflow_id, from_stage_id, to_stage_id)
values (test.org_id('Acme'), test.workflow_id('Acme'), test.stage_id('Acme', 'New'), test.stage_id('Acme', 'Resolved'));
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'Resolved') where title = 'Noise';
call test.sign_in('Alice');
select helpdesk.add_comment(test.ticket_id('Noise'), 'Hello?') is not null;
call test.sign_out();
select s.name from helpdesk.tickets t join helpdesk.workflow_stages s on s.id = t.current_stage_id where t.title = 'Noise';
-- but that does not allow the next person a forbidden move.
select test.attempt($$update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'Closed') where title = 'Noise'$$);
rollback;
