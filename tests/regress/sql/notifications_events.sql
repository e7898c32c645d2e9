-- Which events notify whom.

call test.create_assigned_ticket();

create function test.notified_by_events() returns table (what text, person text, recipients text) language sql as $$
  select what, person, test.notified(person, statement)
    from (values ('assign to Ada', '{Ada,Ben,the DBA}'::text[], $l$select test.assign('Ada')$l$),
                 ('assign to Dave', '{Ada,Ben}', $l$select test.assign('Dave')$l$),
                 ('unassign', '{Ada,Ben}', $l$select test.assign(null)$l$),
                 ('assign by table', '{Ben}', $l$update helpdesk.tickets set assigned_to = test.profile_id('Ada') where title = 'Leak'$l$),
                 ('to an open stage', '{Ben}', $l$select test.move('In progress')$l$),
                 ('to a pending stage', '{Ben,Ada,the DBA}', $l$select test.move('Waiting on customer')$l$),
                 ('to a resolved stage', '{Ben}', $l$select test.move('Resolved')$l$),
                 ('to a closed stage', '{Ben}', $l$select test.move('Closed')$l$),
                 ('move by table', '{Ben}', $l$update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'Resolved') where title = 'Leak'$l$),
                 ('assign and move at once', '{Ben}', $l$select helpdesk.update_ticket(test.ticket_id('Leak'), jsonb_build_object('assignedTo', test.profile_id('Ada'), 'stageId', test.stage_id('Acme', 'Resolved')))$l$),
                 ('the stage becomes another status', '{Ada}', $l$update helpdesk.workflow_stages set status = 'pending' where id = test.stage_id('Acme', 'New')$l$),
                 ('a public comment', '{Alice,Ben,Ada}', $l$select test.comment()$l$),
                 ('a public comment by table', '{Ben}', $l$insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (test.org_id('Acme'), test.ticket_id('Leak'), 'Drip')$l$),
                 ('an internal comment', '{Ben,Ada}', $l$select test.comment(true)$l$),
                 ('an edited comment', '{Ben}', $l$update helpdesk.ticket_comments set content = 'Drop'$l$),
                 ('title, description, priority', '{Ben}', $l$select helpdesk.update_ticket(test.ticket_id('Leak'), '{"title": "Flood", "description": "x", "priority": "urgent"}')$l$),
                 ('no real change', '{Ben}', $l$update helpdesk.tickets set title = title, assigned_to = assigned_to, current_stage_id = current_stage_id where title = 'Leak'$l$),
                 ('an attachment', '{Alice,Ben}', $l$select helpdesk.add_attachment(test.ticket_id('Leak'), 'a', 'b', 1, 'c')$l$)) e (what, people, statement), unnest(people) person
$$;

---- A new ticket

select what, person, test.notified(person, statement) from (values
  ('for oneself', 'Alice', $$select helpdesk.create_ticket(test.org_id('Acme'), 'New')$$),
  ('for oneself', 'Ben', $$select helpdesk.create_ticket(test.org_id('Acme'), 'New')$$),
  ('for Alice', 'Ben', $$select helpdesk.create_ticket(test.org_id('Acme'), 'New', p_requester_id => test.profile_id('Alice'))$$),
  ('for Alice', 'the DBA', $$select helpdesk.create_ticket(test.org_id('Acme'), 'New', p_requester_id => test.profile_id('Alice'))$$),
  ('by table', 'Alice', $$insert into helpdesk.tickets (org_id, title) values (test.org_id('Acme'), 'New')$$),
  ('for Alice, assigned to Ada', 'Ben', $$insert into helpdesk.tickets (org_id, title, created_by, assigned_to) values (test.org_id('Acme'), 'New', test.profile_id('Alice'), test.profile_id('Ada'))$$),
  ('for Alice, assigned to Ben', 'Ben', $$insert into helpdesk.tickets (org_id, title, created_by, assigned_to) values (test.org_id('Acme'), 'New', test.profile_id('Alice'), test.profile_id('Ben'))$$),
  ('the same key again', 'Alice', $$select helpdesk.create_ticket(test.org_id('Acme'), 'New', p_idempotency_key => 'k'), helpdesk.create_ticket(test.org_id('Acme'), 'New', p_idempotency_key => 'k')$$)
) e (what, person, statement);
-- Imported tickets and comments notify nobody.
select test.notified('the DBA', $$insert into helpdesk.tickets (org_id, title, created_by, assigned_to, created_at) values (test.org_id('Acme'), 'Old', test.profile_id('Alice'), test.profile_id('Ben'), '2020-01-01')$$),
       test.notified('the DBA', $$insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, created_at) values (test.org_id('Acme'), test.ticket_id('Leak'), 'Old', test.profile_id('Ada'), '2020-01-01')$$),
       test.notified('the DBA', $$insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by) values (test.org_id('Acme'), test.ticket_id('Leak'), 'New', test.profile_id('Ada'))$$);

---- Alice's ticket, assigned to Ben, without watchers

select * from test.notified_by_events();
-- Alice's comment on a ticket that is waiting for her moves it. The two are one event, and hers.
begin;
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'Waiting on customer') where title = 'Leak';
select test.notified('Alice', 'select test.comment()');
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'Resolved') where title = 'Leak';
select test.notified('Alice', 'select test.comment()'), test.notified('Ben', 'select test.comment()'), test.notified('Ben', 'select test.move(''Closed'')'), test.notified('Ben', 'select test.move(''New'')');
rollback;
-- So they are if a backend writes it for her. Whoever wants to hear of moves only hears of that.
begin;
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'Resolved') where title = 'Leak';
select test.notified('the DBA', $$insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by) values (test.org_id('Acme'), test.ticket_id('Leak'), 'Drip', test.profile_id('Alice'))$$);
insert into helpdesk.notification_preferences (user_id, type, enabled) values (test.profile_id('Ben'), 'ticket_commented', false);
select test.notified('Alice', 'select test.comment()');
rollback;
-- A customer to whom the ticket is assigned gets no notification of internal comments.
begin;
update helpdesk.tickets set assigned_to = null where title = 'Leak';
select test.notified('Alice', 'select test.comment()'), test.notified('Ada', 'select test.comment()'), test.notified('Ada', 'select test.comment(true)');
select test.notified('Ben', 'select helpdesk.claim_next_ticket(test.org_id(''Acme''))'), test.notified('Ben', $$select test.assign('Ben')$$), test.notified('Ada', $$select test.assign('Ben')$$);
update helpdesk.tickets set assigned_to = test.profile_id('Dave') where title = 'Leak';
select test.notified('Dave', 'select test.comment()'), test.notified('Ada', 'select test.comment()'), test.notified('Ada', 'select test.comment(true)'), test.notified('Ada', 'select test.move(''Resolved'')');
rollback;
-- A comment and what it changes are one notification, which says both. It has the type of the
-- change, but for those who switched that off, and for moves that resolve nothing.
begin;
select test.notified('Ada', $$select helpdesk.add_comment(test.ticket_id('Leak'), 'I take over', true, p_changes => jsonb_build_object('assignedTo', test.profile_id('Ada')))$$),
       test.notified('Ben', $$select helpdesk.add_comment(test.ticket_id('Leak'), 'Yours', p_changes => jsonb_build_object('assignedTo', test.profile_id('Ada')))$$),
       test.notified('Ada', $$select helpdesk.resolve_ticket(test.ticket_id('Leak'), 'Fixed')$$),
       test.notified('Ada', $$select helpdesk.add_comment(test.ticket_id('Leak'), 'Which one?', p_changes => jsonb_build_object('stageId', test.stage_id('Acme', 'Waiting on customer')))$$);
insert into helpdesk.notification_preferences (user_id, type, enabled) values (test.profile_id('Alice'), 'ticket_resolved', false);
select test.notified('Ada', $$select helpdesk.resolve_ticket(test.ticket_id('Leak'), 'Fixed')$$);
call test.sign_in('Ada');
select from helpdesk.add_comment(test.ticket_id('Leak'), 'Which one?', p_changes => jsonb_build_object('stageId', test.stage_id('Acme', 'Waiting on customer')));
call test.sign_out();
select type, content - '{actor,ticket_id,comment_id,commenter,number}'::text[] from helpdesk.notifications where user_id = test.profile_id('Alice') order by id desc limit 1;
rollback;
-- A requester who is also the assignee gets one notification.
begin;
insert into helpdesk.tickets (org_id, title, created_by, assigned_to) values (test.org_id('Acme'), 'Own', test.profile_id('Ben'), test.profile_id('Ben'));
select test.notified('Ada', $$select helpdesk.add_comment(test.ticket_id('Own'), 'Hi')$$), test.notified('Ben', $$select helpdesk.add_comment(test.ticket_id('Own'), 'Hi')$$),
       test.notified('Ada', $$select helpdesk.add_comment(test.ticket_id('Own'), 'Hi', true)$$);
rollback;
-- Several tickets in one statement notify the people of each.
begin;
insert into helpdesk.tickets (org_id, title, created_by) values (test.org_id('Acme'), 'Dave''s', test.profile_id('Dave'));
select test.notified('Ben', $$select helpdesk.update_tickets(array[test.ticket_id('Leak'), test.ticket_id('Dave''s')], jsonb_build_object('assignedTo', test.profile_id('Ada')))$$),
       test.notified('Ben', $$select helpdesk.update_tickets(array[test.ticket_id('Leak'), test.ticket_id('Dave''s')], jsonb_build_object('stageId', test.stage_id('Acme', 'Closed')))$$);
rollback;
-- People who left, or lost the role that let them read the ticket, are not notified.
begin;
delete from helpdesk.org_members where user_id = test.profile_id('Alice') and org_id = test.org_id('Acme');
select test.notified('Ada', 'select test.comment()'), test.notified('Ada', 'select test.move(''Closed'')');
update helpdesk.org_members set org_role = 'org_customer', may_be_assigned = true where user_id = test.profile_id('Ben');
select test.notified('Ada', 'select test.comment()'), test.notified('Ada', 'select test.comment(true)');
rollback;

---- Watched by the requester, the assignee and Ada

begin;
insert into helpdesk.ticket_watchers (org_id, ticket_id, user_id) select test.org_id('Acme'), test.ticket_id('Leak'), test.profile_id(name) from unnest('{Alice,Ben,Ada}'::text[]) name;
select * from test.notified_by_events();
rollback;
