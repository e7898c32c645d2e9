-- The content of a notification, and how long it is kept.

call test.create_assigned_ticket();

---- The content of a notification

begin;
delete from helpdesk.notifications;
call test.sign_in('Ben');
select helpdesk.create_ticket(test.org_id('Acme'), 'A "quoted" title', p_requester_id => test.profile_id('Alice')) is not null;
select helpdesk.update_ticket(test.ticket_id('A "quoted" title'), jsonb_build_object('assignedTo', test.profile_id('Ada'), 'stageId', test.stage_id('Acme', 'Waiting on customer'))) is not null;
select helpdesk.update_ticket(test.ticket_id('A "quoted" title'), jsonb_build_object('stageId', test.stage_id('Acme', 'Resolved'))) is not null;
select helpdesk.update_ticket(test.ticket_id('A "quoted" title'), jsonb_build_object('stageId', test.stage_id('Acme', 'Closed'))) is not null;
select helpdesk.add_comment(test.ticket_id('A "quoted" title'), 'Done') is not null;
call test.sign_out();
-- The original schema's keys, and those that say what happened without another look-up
select type, test.profile_name(user_id), (select string_agg(key, ' ' order by key collate "C") from jsonb_object_keys(content) key)
  from helpdesk.notifications order by 1, 2;
select type, test.profile_name(user_id), content->>'number', content->>'title', content->'actor'->>'name', content->'actor'->>'id' = test.profile_id('Ben')::text,
       content->>'old_status' || '>' || (content->>'new_status'), content->>'old_stage' || ' > ' || (content->>'new_stage'), content->>'is_internal', content->>'comment'
  from helpdesk.notifications order by 1, 2;
select bool_and(n.content->>'ticket_id' = t.id::text), bool_and(n.ticket_id = t.id), bool_and(n.org_id = t.org_id), bool_or(n.read),
       bool_and((n.comment_id is not null) = (n.type = 'ticket_commented')), bool_and(n.created_at = now()), bool_and(n.expires_at = now() + interval '30 days')
  from helpdesk.notifications n, helpdesk.tickets t where t.title = 'A "quoted" title';
select bool_and(n.content->>'comment_id' = c.id::text and n.comment_id = c.id), bool_and(n.content->>'commenter' = test.profile_id('Ben')::text), count(*)
  from helpdesk.notifications n join helpdesk.ticket_comments c on c.id = n.comment_id;
-- Two stages of the same status have different names; urgency; an internal comment, a file.
delete from helpdesk.notifications;
call test.sign_in('Ada');
select test.move('In progress');
select helpdesk.update_ticket(test.ticket_id('Leak'), '{"priority": "urgent"}') is not null;
select test.comment(true);
call test.sign_in('Alice');
select helpdesk.add_attachment(test.ticket_id('Leak'), 'a.png', 'image/png', 1, 'a') is not null;
call test.sign_out();
select type, content - 'ticket_id' - 'actor' - 'comment_id' - 'commenter' - 'attachment_id', content->'actor'->>'name' from helpdesk.notifications where user_id = test.profile_id('Ben') order by type, id;
select n.content->>'attachment_id' = a.id::text from helpdesk.notifications n, helpdesk.ticket_attachments a where n.type = 'ticket_file_added';
-- The system has no name.
delete from helpdesk.notifications;
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'Closed') where title = 'Leak';
select distinct type, content->'actor' from helpdesk.notifications;

---- The first 200 characters of a comment

delete from helpdesk.notifications;
call test.sign_in('Ada');
select helpdesk.add_comment(test.ticket_id('Leak'), repeat('é', 300)) is not null, helpdesk.add_comment(test.ticket_id('Leak'), 'My password is xyzzy') is not null;
call test.sign_out();
select distinct length(content->>'comment'), left(content->>'comment', 14) from helpdesk.notifications order by 1;
-- An edit changes them too, and a deleted comment takes its notifications with it.
call test.sign_in('Ada');
update helpdesk.ticket_comments set content = 'Removed' where content like 'My password%';
call test.sign_out();
select distinct content->>'comment' from helpdesk.notifications where content->>'comment' not like 'é%';
delete from helpdesk.ticket_comments where content = 'Removed';
select count(*) from helpdesk.notifications where content->>'comment' = 'Removed';
-- The organization sets the retention time.
update helpdesk.organizations set notification_retention = '3 days' where name = 'Acme';
delete from helpdesk.notifications;
call test.sign_in('Ben');
select test.comment();
call test.sign_out();
select distinct expires_at = now() + interval '3 days' from helpdesk.notifications;
rollback;
-- Its administrators choose between an hour and ten years.
select * from test.attempt_by_each_caller($$update helpdesk.organizations set notification_retention = '1 day' where id = test.org_id('Acme')$$);
select retention, test.attempt(format('update helpdesk.organizations set notification_retention = %L', retention)) from unnest(array['59 minutes', '1 hour', '10 years', '11 years', '-1 day', null]) retention;
