-- create_notification(): notifications that applications write.

call test.create_assigned_ticket();

---- Only backends write them

select * from test.attempt_by_each_caller($$select helpdesk.create_notification(test.org_id('Acme'), test.profile_id('Alice'), 'Maintenance tonight')$$);

---- With and without a ticket

begin;
select set_config('role', 'service_role', false);
select helpdesk.create_notification(test.org_id('Acme'), test.profile_id('Alice'), ' Your export is ready ', '/exports/7') as id \gset
select count(*) from helpdesk.notifications where id = :'id';
select helpdesk.create_notification(test.org_id('Acme'), test.profile_id('Alice'), 'Rate us', p_ticket_id => test.ticket_id('Leak'), p_content => '{"stars": 5, "title": "forged", "ticket_id": 1}') is not null;
select helpdesk.create_notification(p_org_id => test.org_id('Acme'), p_user_id => test.profile_id('Ben'), p_title => 'Backup done', p_content => null) is not null;
select test.profile_name(user_id), type, title, content - 'ticket_id', content->>'ticket_id' = ticket_id::text, read, expires_at = now() + interval '30 days'
  from helpdesk.notifications n left join lateral (select t.title from helpdesk.tickets t where t.id = n.ticket_id) t on true order by n.id;
call test.sign_in('Alice');
select count(*), helpdesk.count_unread_notifications(), helpdesk.count_unread_notifications(test.org_id('Acme')), helpdesk.count_unread_notifications(test.org_id('Globex')), helpdesk.mark_notifications_read(p_org_id => test.org_id('Acme')) from helpdesk.notifications;
call test.sign_out();
-- They disappear with the ticket, and with the membership.
delete from helpdesk.tickets where title = 'Leak';
select content->>'title' from helpdesk.notifications order by id;
delete from helpdesk.org_members where user_id = test.profile_id('Alice');
select content->>'title' from helpdesk.notifications order by id;
rollback;
-- A ticket that the person loses takes them along.
begin;
update helpdesk.org_members set may_be_assigned = true where user_id = test.profile_id('Dave');
update helpdesk.tickets set assigned_to = test.profile_id('Dave') where title = 'Leak';
select helpdesk.create_notification(test.org_id('Acme'), test.profile_id('Dave'), 'Parts arrived', p_ticket_id => test.ticket_id('Leak')) is not null;
update helpdesk.tickets set assigned_to = null where title = 'Leak';
select count(*) from helpdesk.notifications where type = 'custom';
rollback;

---- Preferences: null means that the person wants none

begin;
insert into helpdesk.notification_preferences (user_id, type, enabled) values (test.profile_id('Alice'), 'custom', false);
select helpdesk.create_notification(test.org_id('Acme'), test.profile_id('Alice'), 'News') is null, helpdesk.create_notification(test.org_id('Acme'), test.profile_id('Ben'), 'News') is null;
rollback;

---- Recipients are members who may see the ticket

select who, test.attempt(format($$select helpdesk.create_notification(test.org_id('Acme'), test.profile_id(%L), 'Hi', p_ticket_id => test.ticket_id('Leak'))$$, who)) from unnest('{Ada,Ben,Alice,Dave,Hank,Stan}'::text[]) who;
select who, test.attempt(format($$select helpdesk.create_notification(test.org_id('Acme'), test.profile_id(%L), 'Hi')$$, who)) from unnest('{Dave,Hank,Stan}'::text[]) who;
select test.attempt($$select helpdesk.create_notification(test.org_id('Globex'), test.profile_id('Hank'), 'Hi', p_ticket_id => test.ticket_id('Leak'))$$), test.attempt($$select helpdesk.create_notification(test.org_id('Acme'), gen_random_uuid(), 'Hi')$$);

---- Texts

select what, test.attempt(format($$select helpdesk.create_notification(test.org_id('Acme'), test.profile_id('Alice'), %L, %L, p_content => %L)$$, title, link, content))
  from (values ('no title', null, null, null), ('blank title', ' ', null, null), ('500 characters', repeat('x', 500), null, null), ('501 characters', repeat('x', 501), null, null), ('two lines', E'a\nb', null, null),
               ('blank link', 'Hi', '', null), ('2048 characters', 'Hi', repeat('x', 2048), null), ('2049 characters', 'Hi', repeat('x', 2049), null), ('line break in a link', 'Hi', E'/a\r\nb', null),
               ('a list', 'Hi', null, '[]'), ('a string', 'Hi', null, '"x"'), ('json null', 'Hi', null, 'null'), ('too much', 'Hi', null, format('{"x": "%s"}', repeat('y', 10000)))) e (what, title, link, content);
select test.attempt($$select helpdesk.create_notification(null, test.profile_id('Alice'), 'Hi')$$), test.attempt($$select helpdesk.create_notification(test.org_id('Acme'), null, 'Hi')$$);
