-- Changes of a membership take effect at once, in every prepared statement and cache.

call test.sign_in('Alice');
select helpdesk.create_ticket(test.org_id('Acme'), 'Printer on fire', 'It burns', 'urgent') is not null;
call test.sign_out();

---- The removal of a membership takes effect at once

begin;
call test.sign_in('Alice');
select count(*) from helpdesk.tickets;
select helpdesk.get_ticket_details(test.ticket_id('Printer on fire')) is not null;
reset role;
savepoint member;
delete from helpdesk.org_members where user_id = test.profile_id('Alice');
set role authenticated;
select count(*) from helpdesk.tickets;
select helpdesk.get_ticket_details(test.ticket_id('Printer on fire')) is not null;
select test.attempt($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try')$$);
-- Rolling it back restores the rights at once.
rollback to savepoint member;
set role authenticated;
select count(*) from helpdesk.tickets;
select test.attempt($$select helpdesk.create_ticket(test.org_id('Acme'), 'Try')$$);
reset role;
-- The opposite: a membership that is added and rolled back
call test.sign_in('Stan');
select count(*) from helpdesk.tickets where title = 'Printer on fire';
reset role;
savepoint stranger;
insert into helpdesk.org_members (org_id, user_id, org_role) values (test.org_id('Acme'), test.profile_id('Stan'), 'org_agent');
set role authenticated;
select count(*) from helpdesk.tickets where title = 'Printer on fire';
reset role;
-- After the demotion to customer, Stan sees only his own tickets.
update helpdesk.org_members set org_role = 'org_customer' where user_id = test.profile_id('Stan');
set role authenticated;
select count(*), helpdesk.my_org_ids() = array[test.org_id('Acme')] from helpdesk.tickets where title = 'Printer on fire';
rollback to savepoint stranger;
set role authenticated;
select count(*) from helpdesk.tickets where title = 'Printer on fire';
select helpdesk.my_org_ids();
rollback;
call test.sign_out();
-- A released savepoint makes no difference.
begin;
call test.sign_in('Alice');
savepoint a;
reset role;
delete from helpdesk.org_members where user_id = test.profile_id('Alice');
release savepoint a;
set role authenticated;
select count(*) from helpdesk.tickets;
rollback;
call test.sign_out();
