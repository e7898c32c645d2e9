-- What is deleted with comments and tickets, and which people cannot be deleted.

call test.create_conversation();

---- What is deleted with comments and tickets, and which people cannot be deleted

-- Deleting a comment deletes its notifications and no others.
begin;
call test.sign_in('Alice');
select helpdesk.add_comment(test.ticket_id('Noise'), 'Short-lived') as comment \gset
call test.sign_out();
select count(*) from helpdesk.notifications where comment_id = :'comment';
select count(*) as others from helpdesk.notifications where comment_id is distinct from :'comment' \gset
delete from helpdesk.ticket_comments where content = 'Short-lived';
select count(*) = :others, count(*) filter (where comment_id = :'comment' or content->>'comment_id' = :'comment') from helpdesk.notifications;
rollback;
call test.sign_in('Ada');
select helpdesk.watch_ticket(test.ticket_id('Noise'));
call test.sign_out();
select (select count(*) > 0 from helpdesk.ticket_watchers), (select count(*) > 0 from helpdesk.notifications), (select count(*) > 0 from helpdesk.ticket_internal_counts);

select test.attempt($$delete from helpdesk.profiles where name = 'Alice'$$);
-- A person who wrote something cannot be deleted, not even after leaving the organization.
begin;
delete from helpdesk.org_members where user_id in (test.profile_id('Alice'), test.profile_id('Ben'));
select left(test.attempt($$delete from helpdesk.profiles where name = 'Alice'$$), 5), left(test.attempt($$delete from helpdesk.profiles where name = 'Ben'$$), 5);
rollback;
-- After a login is deleted, its name stays on what the person wrote.
begin;
delete from auth.users where id = test.login_id('Alice');
select helpdesk.get_ticket_details(test.ticket_id('Noise'))->'ticket'->'createdBy'->>'name';
rollback;
delete from helpdesk.tickets;
select (select count(*) from helpdesk.ticket_comments), (select count(*) from helpdesk.ticket_attachments), (select count(*) from helpdesk.ticket_history),
       (select count(*) from helpdesk.ticket_watchers), (select count(*) from helpdesk.notifications), (select count(*) from helpdesk.ticket_internal_counts);
