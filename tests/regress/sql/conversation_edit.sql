-- Who edits and deletes comments and attachments.

call test.create_conversation();

---- Rights on the tables

-- People edit what they wrote themselves.
select * from test.attempt_by_each_caller($$update helpdesk.ticket_comments set content = 'Hi'$$);
select * from test.attempt_by_each_caller($$update helpdesk.ticket_attachments set file_name = 'Hi'$$);
-- Comments cannot be deleted. Attachments are deleted by the person who uploaded them and by staff.
select * from test.attempt_by_each_caller('delete from helpdesk.ticket_comments');
select * from test.attempt_by_each_caller('delete from helpdesk.ticket_attachments');
select * from test.attempt_by_each_caller('delete from helpdesk.ticket_attachments where is_internal');
-- While a ticket is assigned to a customer, they edit their comments and delete their attachments;
-- not afterwards.
begin;
update helpdesk.tickets set assigned_to = test.profile_id('Dave') where title = 'Noise';
call test.sign_in('Dave');
select helpdesk.add_comment(test.ticket_id('Noise'), 'Dave was here') is not null, helpdesk.add_attachment(test.ticket_id('Noise'), 'dave.txt', 'text/plain', 1, 'acme/dave') is not null;
select test.attempt($$update helpdesk.ticket_comments set content = 'Hi'$$), test.attempt('delete from helpdesk.ticket_attachments');
reset role;
update helpdesk.tickets set assigned_to = null where title = 'Noise';
set role authenticated;
select test.attempt($$update helpdesk.ticket_comments set content = 'Hi'$$), test.attempt('delete from helpdesk.ticket_attachments'), test.attempt('select * from helpdesk.ticket_comments');
rollback;
call test.sign_out();
-- After a demotion, an agent can neither read nor edit their internal comment, nor delete their
-- internal attachment.
begin;
update helpdesk.org_members set org_role = 'org_customer', may_be_assigned = true where user_id = test.profile_id('Ben');
call test.sign_in('Ben');
select test.attempt('select * from helpdesk.ticket_comments where is_internal'), test.attempt($$update helpdesk.ticket_comments set content = 'Hi' where is_internal$$),
       test.attempt('select * from helpdesk.ticket_attachments where is_internal'), test.attempt('delete from helpdesk.ticket_attachments where is_internal');
-- With may_be_assigned Ben keeps the ticket, and reads and edits the public comments.
select test.attempt('select * from helpdesk.ticket_comments'), test.attempt($$update helpdesk.ticket_comments set content = 'Hi'$$);
select helpdesk.get_ticket_details(test.ticket_id('Noise'))::text like '%always says so%';
select test.error_of($$select helpdesk.add_comment(test.ticket_id('Noise'), 'Hi', true)$$);
reset role;
update helpdesk.tickets set assigned_to = null where title = 'Noise';
set role authenticated;
select test.attempt('select * from helpdesk.ticket_comments'), test.attempt($$update helpdesk.ticket_comments set content = 'Hi'$$);
rollback;
call test.sign_out();
