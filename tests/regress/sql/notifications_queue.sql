-- Watching queues: staff are told of new tickets, and of what customers say on unassigned ones.

call test.create_assigned_ticket();

-- The queues that people watch
create function test.queue_watchers() returns setof text language sql as $$
  select concat_ws(' ', o.name, p.name, coalesce(w.name, 'everything'))
    from helpdesk.queue_watchers q join helpdesk.organizations o on o.id = q.org_id join helpdesk.profiles p on p.id = q.user_id left join helpdesk.workflows w on w.id = q.workflow_id
   order by 1 $$;

---- Whoever founds an organization watches it

select * from test.queue_watchers();
begin;
call test.sign_in('Stan');
select helpdesk.create_organization('Initech') is not null;
insert into helpdesk.organizations (name) values ('Initrode');
call test.sign_out();
insert into helpdesk.organizations (name, created_by) values ('Hooli', test.profile_id('Ingrid'));
select * from test.queue_watchers();
rollback;

---- Only staff watch

begin;
delete from helpdesk.queue_watchers;
select * from test.attempt_by_each_caller($$select helpdesk.watch_queue(test.org_id('Acme'))$$);
select * from test.attempt_by_each_caller($$select helpdesk.watch_queue(test.org_id('Acme'), p_watch => false)$$);
select * from test.attempt_by_each_caller($$select helpdesk.watch_queue(null)$$);
select * from test.attempt_by_each_caller($$select helpdesk.watch_queue(gen_random_uuid())$$);
select * from test.attempt_by_each_caller('select * from helpdesk.queue_watchers');
select * from test.attempt_by_each_caller('delete from helpdesk.queue_watchers');
rollback;
select * from test.attempt_by_each_caller('select * from helpdesk.queue_watchers');
select * from test.attempt_by_each_caller('delete from helpdesk.queue_watchers');
select * from test.attempt_by_each_caller($$insert into helpdesk.queue_watchers (org_id, user_id) values (test.org_id('Acme'), test.profile_id('Ben'))$$);
-- A backend acts for the person who is signed in, who must be staff.
call test.sign_in('Ben');
select set_config('role', 'service_role', false);
select test.attempt($$select helpdesk.watch_queue(test.org_id('Acme'))$$), test.attempt($$select helpdesk.watch_queue(test.org_id('Globex'))$$);
call test.sign_out();
delete from helpdesk.queue_watchers where user_id = test.profile_id('Ben');
-- Another organization's workflow looks like one that does not exist.
call test.sign_in('Ben');
select test.attempt($$select helpdesk.watch_queue(test.org_id('Acme'), gen_random_uuid())$$), test.attempt($$select helpdesk.watch_queue(test.org_id('Acme'), gen_random_uuid(), false)$$);
select test.attempt(format('select helpdesk.watch_queue(test.org_id(''Acme''), %L)', test.workflow_id('Globex'))), test.attempt(format('select helpdesk.watch_queue(test.org_id(''Acme''), %L, false)', test.workflow_id('Globex')));
call test.sign_out();

---- One workflow or all of them

begin;
insert into helpdesk.workflows (org_id, name) values (test.org_id('Acme'), 'Returns'), (test.org_id('Acme'), 'Sales');
insert into helpdesk.workflow_stages (org_id, workflow_id, name, position, status) select org_id, id, 'Begin', 1, 'open' from helpdesk.workflows where name in ('Returns', 'Sales');
create function test.open_in(workflow text) returns text language sql as $$
  select test.notified('Alice', format('insert into helpdesk.tickets (org_id, title, workflow_id) values (test.org_id(''Acme''), ''New'', %L)', test.workflow_id('Acme', workflow))) $$;
call test.sign_in('Ben');
select helpdesk.watch_queue(test.org_id('Acme'), test.workflow_id('Acme', 'Returns')), helpdesk.watch_queue(test.org_id('Acme'), test.workflow_id('Acme', 'Returns'));
call test.sign_out();
select * from test.queue_watchers();
select test.open_in('Returns'), test.open_in('Sales');
-- Everything includes each workflow. Watched twice, people are told once.
insert into helpdesk.queue_watchers (org_id, user_id, workflow_id) values (test.org_id('Acme'), test.profile_id('Ada'), test.workflow_id('Acme', 'Returns'));
select test.open_in('Returns');
delete from helpdesk.queue_watchers where user_id = test.profile_id('Ada') and workflow_id is not null;
call test.sign_in('Ben');
select helpdesk.watch_queue(test.org_id('Acme')), helpdesk.watch_queue(test.org_id('Acme'), test.workflow_id('Acme', 'Sales'));
call test.sign_out();
select * from test.queue_watchers();
-- A person who watches all workflows and stops watching one still watches the others.
call test.sign_in('Ben');
select helpdesk.watch_queue(test.org_id('Acme'), test.workflow_id('Acme', 'Sales'), false);
call test.sign_out();
select * from test.queue_watchers();
select test.open_in('Returns'), test.open_in('Sales');
call test.sign_in('Ben');
select helpdesk.watch_queue(test.org_id('Acme'), test.workflow_id('Acme', 'Returns'), false);
call test.sign_out();
select * from test.queue_watchers();
call test.sign_in('Ben');
select helpdesk.watch_queue(test.org_id('Acme'), p_watch => false);
call test.sign_in('Ada');
delete from helpdesk.queue_watchers;
call test.sign_out();
select * from test.queue_watchers();
select test.open_in('Returns');
rollback;

---- What watchers of a queue are told: Ada watches

-- A new ticket, whoever opens it, unless they did so themselves
select test.notified('Alice', $$select helpdesk.create_ticket(test.org_id('Acme'), 'New')$$), test.notified('Ada', $$select helpdesk.create_ticket(test.org_id('Acme'), 'New')$$),
       test.notified('Ada', $$select helpdesk.create_ticket(test.org_id('Acme'), 'New', p_requester_id => test.profile_id('Alice'))$$),
       test.notified('Mallory', $$select helpdesk.create_ticket(test.org_id('Globex'), 'New')$$);
-- What a customer says, on a ticket that nobody is assigned to: not what staff say, nor internally
select test.notified('Alice', 'select test.comment()');
begin;
update helpdesk.tickets set assigned_to = null where title = 'Leak';
select test.notified('Alice', 'select test.comment()'), test.notified('Ben', 'select test.comment()'), test.notified('Ben', 'select test.comment(true)'), test.notified('Ada', 'select test.comment()');
select test.notified('Alice', $$select helpdesk.add_attachment(test.ticket_id('Leak'), 'a', 'b', 1, 'c')$$), test.notified('Ben', $$select helpdesk.add_attachment(test.ticket_id('Leak'), 'a', 'b', 1, 'c')$$);
-- Also on one that is closed, and when the comment reopens it
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'Resolved') where title = 'Leak';
select test.notified('Alice', 'select test.comment()');
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'Closed') where title = 'Leak';
select test.notified('Alice', 'select test.comment()');
-- Whoever watches the ticket as well is told once.
insert into helpdesk.ticket_watchers (org_id, ticket_id, user_id) values (test.org_id('Acme'), test.ticket_id('Leak'), test.profile_id('Ada'));
select test.notified('Alice', 'select test.comment()');
rollback;
-- Nobody of the staff has a ticket whose assignee has left, or is a customer.
begin;
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'Closed') where title = 'Leak';
call test.sign_in('Ada');
select helpdesk.remove_member(test.org_id('Acme'), test.profile_id('Ben'));
call test.sign_out();
select test.notified('Alice', 'select test.comment()'), test.notified('Alice', $$select helpdesk.resolve_ticket(test.ticket_id('Leak'), 'Thanks')$$),
       test.notified('Alice', $$select helpdesk.add_attachment(test.ticket_id('Leak'), 'a', 'b', 1, 'c')$$);
rollback;
begin;
update helpdesk.org_members set may_be_assigned = true where user_id in (test.profile_id('Dave'), test.profile_id('Alice'));
update helpdesk.tickets set assigned_to = test.profile_id('Dave') where title = 'Leak';
select test.notified('Alice', 'select test.comment()'), test.notified('Dave', 'select test.comment()');
update helpdesk.tickets set assigned_to = created_by where title = 'Leak';
select test.notified('Alice', 'select test.comment()');
rollback;
-- Staff are customers of the tickets that they opened.
begin;
insert into helpdesk.tickets (org_id, title, created_by) values (test.org_id('Acme'), 'Own', test.profile_id('Ben'));
select test.notified('Ben', $$select helpdesk.add_comment(test.ticket_id('Own'), 'Anybody?')$$);
rollback;
-- Nothing else that happens to a ticket
select test.notified('Ben', 'select test.move(''Resolved'')'), test.notified('Ben', 'select test.assign(null)');
-- Imports tell nobody.
select test.notified('the DBA', $$insert into helpdesk.tickets (org_id, title, created_by, created_at) values (test.org_id('Acme'), 'Old', test.profile_id('Alice'), '2020-01-01')$$),
       test.notified('the DBA', $$insert into helpdesk.ticket_attachments (org_id, ticket_id, file_name, file_type, file_size, storage_path, uploaded_by, uploaded_at) values (test.org_id('Acme'), test.ticket_id('Leak'), 'a', 'b', 1, 'c', test.profile_id('Alice'), '2020-01-01')$$);

---- Watching ends with the membership, and with the role

begin;
insert into helpdesk.queue_watchers (org_id, user_id) values (test.org_id('Acme'), test.profile_id('Ben'));
select test.notified('Alice', $$select helpdesk.create_ticket(test.org_id('Acme'), 'New')$$);
savepoint watched;
call test.sign_in('Ada');
select helpdesk.set_member_role(test.org_id('Acme'), test.profile_id('Ben'), 'org_customer');
call test.sign_out();
select * from test.queue_watchers();
select test.notified('Alice', $$select helpdesk.create_ticket(test.org_id('Acme'), 'New')$$);
rollback to watched;
call test.sign_in('Ben');
select helpdesk.leave_organization(test.org_id('Acme'));
call test.sign_out();
select * from test.queue_watchers();
rollback;
-- A workflow that is deleted is no longer watched.
begin;
insert into helpdesk.workflows (org_id, name) values (test.org_id('Acme'), 'Returns');
insert into helpdesk.queue_watchers (org_id, user_id, workflow_id) select org_id, test.profile_id('Ben'), id from helpdesk.workflows where name = 'Returns';
delete from helpdesk.workflows where name = 'Returns';
select * from test.queue_watchers();
rollback;
-- A backend that makes a customer a watcher gives them no right to read.
begin;
insert into helpdesk.queue_watchers (org_id, user_id) values (test.org_id('Acme'), test.profile_id('Dave'));
select test.notified('Alice', $$select helpdesk.create_ticket(test.org_id('Acme'), 'New')$$);
rollback;
