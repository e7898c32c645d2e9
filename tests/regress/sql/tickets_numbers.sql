-- Each organization numbers its tickets.

call test.sign_in('Alice');
select helpdesk.create_ticket(test.org_id('Acme'), 'Printer on fire', 'It burns', 'urgent') is not null;
call test.sign_out();

---- Ticket numbers

begin;
call test.sign_in('Alice');
select helpdesk.create_ticket(test.org_id('Acme'), 'n2') is not null;
call test.sign_in('Mallory');
-- Each organization has its own sequence.
select helpdesk.create_ticket(test.org_id('Globex'), 'g1') is not null;
select number from helpdesk.tickets where title = 'g1';
call test.sign_out();
select number from helpdesk.tickets where title = 'n2';
-- Imported tickets keep their numbers; the sequence continues after the highest one.
insert into helpdesk.tickets (org_id, title, created_by, number) values (test.org_id('Acme'), 'n100', test.profile_id('Alice'), 100), (test.org_id('Acme'), 'n50', test.profile_id('Alice'), 50);
insert into helpdesk.tickets (org_id, title, created_by) values (test.org_id('Acme'), 'n101', test.profile_id('Alice'));
select title, number from helpdesk.tickets where title ~ '^n\d' order by number;
select test.attempt($$insert into helpdesk.tickets (org_id, title, created_by, number) values (test.org_id('Acme'), 'x', test.profile_id('Alice'), 100)$$);
select test.attempt($$insert into helpdesk.tickets (org_id, title, created_by, number) values (test.org_id('Acme'), 'x', test.profile_id('Alice'), 0)$$);
rollback;
