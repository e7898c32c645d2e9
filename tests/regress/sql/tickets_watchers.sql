-- Who watches tickets.

call test.create_assigned_ticket();

---- watch_ticket, ticket_watchers

select * from test.attempt_by_each_caller($$select helpdesk.watch_ticket(test.ticket_id('Leak'))$$);
select * from test.attempt_by_each_caller($$select helpdesk.watch_ticket(test.ticket_id('Leak'), false)$$);
select * from test.attempt_by_each_caller($$insert into helpdesk.ticket_watchers (org_id, ticket_id, user_id) values (test.org_id('Acme'), test.ticket_id('Leak'), helpdesk.my_profile_id())$$);
call test.sign_in('Dave');
-- A ticket that the caller cannot see gets the same error as one that does not exist.
select test.error_of($$select helpdesk.watch_ticket(test.ticket_id('Leak'))$$);
select test.error_of($$select helpdesk.watch_ticket(test.ticket_id('Leak'))$$) = test.error_of($$select helpdesk.watch_ticket('00000000-0000-4000-8000-000000000000')$$),
       test.error_of($$select helpdesk.watch_ticket(test.ticket_id('Leak'), true, test.org_id('Acme'))$$) = test.error_of($$select helpdesk.watch_ticket('00000000-0000-4000-8000-000000000000')$$);
select test.error_of('select helpdesk.watch_ticket(null)');
begin;
call test.sign_in('Alice');
-- Watching twice is the same as watching once, and NULL means true. Stopping twice is not an error.
select helpdesk.watch_ticket(test.ticket_id('Leak')), helpdesk.watch_ticket(test.ticket_id('Leak'), null, test.org_id('Acme'));
select test.profile_name(user_id), added_at = now() from helpdesk.ticket_watchers;
call test.sign_in('Ada');
select helpdesk.watch_ticket(test.ticket_id('Leak'));
call test.sign_out();
-- Staff see all watchers, customers see what they watch themselves. People stop watching only for
-- themselves. Nobody changes a row.
select * from test.attempt_by_each_caller('select * from helpdesk.ticket_watchers');
select * from test.attempt_by_each_caller('delete from helpdesk.ticket_watchers');
select * from test.attempt_by_each_caller('update helpdesk.ticket_watchers set added_at = now()');
call test.sign_in('Alice');
select helpdesk.watch_ticket(test.ticket_id('Leak'), false, test.org_id('Globex'));
select count(*) from helpdesk.ticket_watchers;
select helpdesk.watch_ticket(test.ticket_id('Leak'), false, test.org_id('Acme')), helpdesk.watch_ticket(test.ticket_id('Leak'), false);
select count(*) from helpdesk.ticket_watchers;
call test.sign_out();
select test.profile_name(user_id) from helpdesk.ticket_watchers;
-- A watcher who can no longer see the ticket can still stop watching it by deleting the row.
update helpdesk.tickets set assigned_to = test.profile_id('Dave') where title = 'Leak';
call test.sign_in('Dave');
select helpdesk.watch_ticket(test.ticket_id('Leak'));
reset role;
update helpdesk.tickets set assigned_to = null where title = 'Leak';
set role authenticated;
select test.attempt('delete from helpdesk.ticket_watchers');
rollback;
call test.sign_out();
-- A watcher's row cannot refer to another organization's ticket.
select test.attempt($$insert into helpdesk.ticket_watchers (org_id, ticket_id, user_id) values (test.org_id('Globex'), test.ticket_id('Leak'), test.profile_id('Hank'))$$);
