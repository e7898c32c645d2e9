-- Who reads comments and attachments.

call test.create_conversation();

---- Who reads the tables

select * from test.attempt_by_each_person($$select * from helpdesk.ticket_comments where ticket_id = test.ticket_id('Noise')$$);
select * from test.attempt_by_each_person($$select * from helpdesk.ticket_comments where ticket_id = test.ticket_id('Noise') and is_internal$$);
select * from test.attempt_by_each_person($$select * from helpdesk.ticket_attachments where ticket_id = test.ticket_id('Noise')$$);
select * from test.attempt_by_each_person($$select * from helpdesk.ticket_attachments where ticket_id = test.ticket_id('Noise') and is_internal$$);
-- A customer reads the public comments and attachments of an assigned ticket.
begin;
update helpdesk.tickets set assigned_to = test.profile_id('Dave') where title = 'Noise';
call test.sign_in('Dave');
select content from helpdesk.ticket_comments order by id;
select file_name from helpdesk.ticket_attachments;
select string_agg(c->>'content', ', ') from json_array_elements(helpdesk.get_ticket_details(test.ticket_id('Noise'))->'comments') c;
rollback;
call test.sign_out();
-- A former member reads nothing of their own ticket, neither from the tables nor from the function.
begin;
delete from helpdesk.org_members where user_id = test.profile_id('Alice');
call test.sign_in('Alice');
select test.attempt('select * from helpdesk.tickets'), test.attempt('select * from helpdesk.ticket_history'), test.attempt('select * from helpdesk.ticket_comments'),
       test.attempt('select * from helpdesk.ticket_attachments'), helpdesk.get_ticket_details(test.ticket_id('Noise')) is null;
rollback;
call test.sign_out();
call test.set_claims('');
set role authenticated;
select test.attempt('select * from helpdesk.ticket_comments'), test.attempt('select * from helpdesk.ticket_attachments');
set role anon;
select test.attempt('select * from helpdesk.ticket_comments'), test.attempt('select * from helpdesk.ticket_attachments');
set role service_role;
select test.attempt('select * from helpdesk.ticket_comments'), test.attempt('select * from helpdesk.ticket_attachments');
call test.sign_out();
