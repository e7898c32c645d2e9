-- What people may do with their own notifications.

call test.create_assigned_ticket();

---- People read and change only their own notifications

delete from helpdesk.notifications;
call test.sign_in('Ben');
select test.comment(), test.comment(), test.move('In progress');
call test.sign_in('Alice');
select test.comment();
call test.sign_out();
select * from test.attempt_by_each_caller('select * from helpdesk.notifications');
select * from test.attempt_by_each_caller('select * from helpdesk.notifications where user_id <> helpdesk.my_profile_id()');
select * from test.attempt_by_each_caller('update helpdesk.notifications set read = true');
select * from test.attempt_by_each_caller('delete from helpdesk.notifications');
select * from test.attempt_by_each_caller($$insert into helpdesk.notifications (org_id, user_id, ticket_id, type, content) values (test.org_id('Acme'), helpdesk.my_profile_id(), test.ticket_id('Leak'), 'ticket_created', '{}')$$);
-- People change only the column read, and cannot give a notification to another person.
select * from test.writable_columns('notifications');
call test.sign_in('Alice');
select name, test.attempt(format('update helpdesk.notifications set %I = %I', name, name)) from unnest('{org_id,id,user_id,ticket_id,comment_id,type,content,read,created_at,expires_at}'::text[]) name;
call test.set_claims('');
select test.attempt('select * from helpdesk.notifications'), test.attempt('update helpdesk.notifications set read = true'), test.attempt('delete from helpdesk.notifications');
call test.sign_out();
-- Notifications of an organization that a person left are hidden from the table and the functions.
begin;
delete from helpdesk.org_members where user_id = test.profile_id('Alice');
call test.sign_in('Alice');
select test.attempt('select * from helpdesk.notifications'), test.attempt('update helpdesk.notifications set read = true'), test.attempt('delete from helpdesk.notifications'),
       helpdesk.count_unread_notifications(), helpdesk.mark_notifications_read();
rollback;
call test.sign_out();

---- mark_notifications_read, count_unread_notifications

create temp table mine as select test.profile_name(user_id) as name, id from helpdesk.notifications;
grant select on mine to public;
select name, count(*) from mine group by 1 order by 1;
select * from test.attempt_by_each_caller('select helpdesk.count_unread_notifications()');
select * from test.attempt_by_each_caller('select helpdesk.mark_notifications_read()');
begin;
call test.sign_in('Alice');
select helpdesk.count_unread_notifications();
-- Other people's notifications and an empty list change nothing.
select helpdesk.mark_notifications_read(array(select id from mine where name <> 'Alice')), helpdesk.mark_notifications_read('{}'), helpdesk.mark_notifications_read(array[null, '00000000-0000-4000-8000-000000000000']::uuid[]);
select helpdesk.count_unread_notifications();
-- One of hers and all of Ben's: only hers changes.
select helpdesk.mark_notifications_read(array(select id from mine where name <> 'Alice') || (select min(id::text)::uuid from mine where name = 'Alice'));
select helpdesk.count_unread_notifications();
-- One that is already read, then all others
select helpdesk.mark_notifications_read(array(select id from helpdesk.notifications where read));
select helpdesk.mark_notifications_read();
select helpdesk.count_unread_notifications(), helpdesk.mark_notifications_read();
-- With p_org_id, only those of that organization
update helpdesk.notifications set read = false;
select helpdesk.mark_notifications_read(p_org_id => test.org_id('Globex')), helpdesk.mark_notifications_read(p_org_id => test.org_id('Acme'));
select helpdesk.count_unread_notifications();
-- Marked unread again in the table
update helpdesk.notifications set read = false;
select helpdesk.count_unread_notifications();
call test.sign_out();
select test.profile_name(user_id), bool_or(read) from helpdesk.notifications group by 1 order by 1;
rollback;
call test.sign_in('Stan');
select helpdesk.count_unread_notifications(), helpdesk.mark_notifications_read();
-- Counting assigns no transaction id and works in a read-only transaction.
call test.sign_in('Alice');
begin read only;
select helpdesk.count_unread_notifications(), pg_current_xact_id_if_assigned() is null;
rollback;
-- Counting reads only the partial index.
call test.sign_out();
begin;
set local enable_seqscan = off;
set local enable_bitmapscan = off;
create function test.scans(query text) returns setof text language plpgsql as $$
declare
  line text;
begin
  for line in execute 'explain (costs off) ' || query loop
    if line ~ 'Scan' then
      return next substring(line from '(\w+( \w+)* Scan( using \w+)?)');
    end if;
  end loop;
end $$;
select * from test.scans($$select count(*) from helpdesk.notifications n where n.user_id = '00000000-0000-4000-8000-000000000000' and not n.read and n.org_id = any ('{00000000-0000-4000-8000-000000000000}')$$);
rollback;

---- Deleting a ticket deletes its notifications and watchers

begin;
insert into helpdesk.ticket_watchers (org_id, ticket_id, user_id) values (test.org_id('Acme'), test.ticket_id('Leak'), test.profile_id('Ada'));
call test.sign_in('Ada');
delete from helpdesk.tickets where title = 'Leak';
call test.sign_out();
select (select count(*) from helpdesk.notifications), (select count(*) from helpdesk.ticket_watchers);
rollback;
select test.attempt($$update helpdesk.notifications set org_id = test.org_id('Globex')$$);

delete from helpdesk.tickets;
select count(*) from helpdesk.notifications;
