-- People turn off the types of notifications that they do not want.

call test.create_assigned_ticket();

---- Notifications of disabled types are not created

begin;
insert into helpdesk.notification_preferences (user_id, type, enabled) values (test.profile_id('Alice'), 'ticket_commented', false), (test.profile_id('Alice'), 'ticket_resolved', false), (test.profile_id('Alice'), 'ticket_closed', true),
  (test.profile_id('Ben'), 'ticket_assigned', false), (test.profile_id('Ada'), 'ticket_commented', false);
insert into helpdesk.ticket_watchers (org_id, ticket_id, user_id) values (test.org_id('Acme'), test.ticket_id('Leak'), test.profile_id('Ada'));
select test.notified('Ben', 'select test.comment()'), test.notified('Alice', 'select test.comment()'), test.notified('Ben', 'select test.move(''Resolved'')'), test.notified('Ben', 'select test.move(''Closed'')'),
       test.notified('Ben', 'select test.move(''In progress'')');
update helpdesk.tickets set assigned_to = null where title = 'Leak';
select test.notified('the DBA', $$select test.assign('Ben')$$), test.notified('Alice', $$select helpdesk.create_ticket(test.org_id('Acme'), 'New')$$);
update helpdesk.notification_preferences set enabled = true;
select test.notified('Ada', 'select test.comment()'), test.notified('the DBA', $$select test.assign('Ben')$$);
rollback;
-- Of several types of one event, the first that is not turned off
begin;
insert into helpdesk.notification_preferences (user_id, type, enabled) values (test.profile_id('Ada'), 'ticket_created', false), (test.profile_id('Alice'), 'ticket_closed', false);
select test.notified('Ben', $$insert into helpdesk.tickets (org_id, title, created_by, assigned_to) values (test.org_id('Acme'), 'New', test.profile_id('Ada'), test.profile_id('Ada'))$$);
rollback;

---- notification_preferences

select * from test.attempt_by_each_caller($$insert into helpdesk.notification_preferences (type, enabled) values ('ticket_updated', false)$$);
select * from test.writable_columns('notification_preferences');
begin;
insert into helpdesk.notification_preferences (user_id, type, enabled) values (test.profile_id('Alice'), 'ticket_updated', false), (test.profile_id('Ben'), 'ticket_updated', false);
select * from test.attempt_by_each_caller('select * from helpdesk.notification_preferences');
select * from test.attempt_by_each_caller('update helpdesk.notification_preferences set enabled = true');
select * from test.attempt_by_each_caller('delete from helpdesk.notification_preferences');
call test.sign_in('Alice');
-- Nobody sets another person's preferences. An upsert, as PostgREST makes it, sets one's own.
select test.attempt($$insert into helpdesk.notification_preferences (user_id, type, enabled) values (test.profile_id('Ben'), 'ticket_closed', false)$$),
       test.attempt($$update helpdesk.notification_preferences set user_id = test.profile_id('Ben')$$);
insert into helpdesk.notification_preferences (type, enabled) values ('ticket_updated', true), ('ticket_closed', false)
    on conflict (user_id, type) do update set type = excluded.type, enabled = excluded.enabled;
select type, enabled from helpdesk.notification_preferences order by 1;
select test.attempt($$insert into helpdesk.notification_preferences (type, enabled) values ('ticket_updated', false)$$), test.attempt($$insert into helpdesk.notification_preferences (type, enabled) values ('ticket_created', null)$$),
       test.attempt($$insert into helpdesk.notification_preferences (type, enabled) values ('whatever', true)$$);
rollback;
call test.sign_out();
