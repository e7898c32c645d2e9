-- Who is told what, of what, by whom: each event with exactly the notifications it makes; and what people may do with theirs.
\pset format unaligned
\pset tuples_only on

-- The story: Alice's ticket, Arthur works on it. Ada is an admin, Adam a customer who may be assigned, Bea a customer.
insert into helpdesk.tickets (org_id, title, created_by, assigned_to) values (story.org('Acme'), 'Leak', story.profile('Alice'), story.profile('Arthur'));
insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, created_at) values (story.org('Acme'), story.ticket('Leak'), 'Seen before', story.profile('Arthur'), '2020-01-01');
delete from helpdesk.notifications;

-- What somebody's statement tells whom: person, type, and what else its content says. Nothing of it stays.
create function story.told(person text, statement text) returns text language plpgsql as $$
declare
  told text;
begin
  delete from helpdesk.notifications;
  if person <> 'the DBA' then
    call story.sign_in(person);
  end if;
  execute statement;
  call story.sign_out();
  select string_agg(concat_ws(' ', p.name, n.type, n.content->>'old_status' || '>' || (n.content->>'new_status'), 'by ' || story.name_of((n.content->>'commenter')::uuid)), ', '
                    order by p.name collate "C", n.type)
    into told from helpdesk.notifications n join helpdesk.profiles p on p.id = n.user_id;
  raise exception using errcode = 'UNDO0', message = coalesce(told, 'nobody');
exception when sqlstate 'UNDO0' then
  call story.sign_out();
  return sqlerrm;
end $$;
-- Shorthands for what is done to the ticket.
create function story.assign(name text) returns void language sql as $$
  select helpdesk.update_ticket(story.ticket('Leak'), jsonb_build_object('assignedTo', story.profile(name)))
$$;
create function story.move(stage text) returns void language sql as $$
  select helpdesk.update_ticket(story.ticket('Leak'), jsonb_build_object('stageId', story.stage('Acme', stage)))
$$;
create function story.say(is_internal boolean default false) returns void language sql as $$
  select helpdesk.add_comment(story.ticket('Leak'), 'Drip', is_internal)
$$;
create function story.events() returns table (what text, person text, told text) language sql as $$
  select what, person, story.told(person, statement)
    from (values ('assign to Ada', '{Ada,Arthur,the DBA}'::text[], $l$select story.assign('Ada')$l$),
                 ('assign to Adam', '{Ada,Arthur}', $l$select story.assign('Adam')$l$),
                 ('unassign', '{Ada,Arthur}', $l$select story.assign(null)$l$),
                 ('assign by table', '{Arthur}', $l$update helpdesk.tickets set assigned_to = story.profile('Ada') where title = 'Leak'$l$),
                 ('to an open stage', '{Arthur}', $l$select story.move('In progress')$l$),
                 ('to a pending stage', '{Arthur,Ada,the DBA}', $l$select story.move('Waiting on customer')$l$),
                 ('to a resolved stage', '{Arthur}', $l$select story.move('Resolved')$l$),
                 ('to a closed stage', '{Arthur}', $l$select story.move('Closed')$l$),
                 ('move by table', '{Arthur}', $l$update helpdesk.tickets set current_stage_id = story.stage('Acme', 'Resolved') where title = 'Leak'$l$),
                 ('assign and move at once', '{Arthur}', $l$select helpdesk.update_ticket(story.ticket('Leak'), jsonb_build_object('assignedTo', story.profile('Ada'), 'stageId', story.stage('Acme', 'Resolved')))$l$),
                 ('the stage becomes another status', '{Ada}', $l$update helpdesk.workflow_stages set status = 'pending' where id = story.stage('Acme', 'New')$l$),
                 ('a public comment', '{Alice,Arthur,Ada}', $l$select story.say()$l$),
                 ('a public comment by table', '{Arthur}', $l$insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (story.org('Acme'), story.ticket('Leak'), 'Drip')$l$),
                 ('an internal comment', '{Arthur,Ada}', $l$select story.say(true)$l$),
                 ('an edited comment', '{Arthur}', $l$update helpdesk.ticket_comments set content = 'Drop'$l$),
                 ('title, description, priority', '{Arthur}', $l$select helpdesk.update_ticket(story.ticket('Leak'), '{"title": "Flood", "description": "x", "priority": "urgent"}')$l$),
                 ('no real change', '{Arthur}', $l$update helpdesk.tickets set title = title, assigned_to = assigned_to, current_stage_id = current_stage_id where title = 'Leak'$l$),
                 ('an attachment', '{Alice,Arthur}', $l$select helpdesk.add_attachment(story.ticket('Leak'), 'a', 'b', 1, 'c')$l$)) e (what, people, statement), unnest(people) person
$$;

---- A new ticket

select what, person, story.told(person, statement) from (values
  ('for oneself', 'Alice', $$select helpdesk.create_ticket(story.org('Acme'), 'New')$$),
  ('for oneself', 'Arthur', $$select helpdesk.create_ticket(story.org('Acme'), 'New')$$),
  ('for Alice', 'Arthur', $$select helpdesk.create_ticket(story.org('Acme'), 'New', p_requester_id => story.profile('Alice'))$$),
  ('for Alice', 'the DBA', $$select helpdesk.create_ticket(story.org('Acme'), 'New', p_requester_id => story.profile('Alice'))$$),
  ('by table', 'Alice', $$insert into helpdesk.tickets (org_id, title) values (story.org('Acme'), 'New')$$),
  ('for Alice, assigned to Ada', 'Arthur', $$insert into helpdesk.tickets (org_id, title, created_by, assigned_to) values (story.org('Acme'), 'New', story.profile('Alice'), story.profile('Ada'))$$),
  ('for Alice, assigned to Arthur', 'Arthur', $$insert into helpdesk.tickets (org_id, title, created_by, assigned_to) values (story.org('Acme'), 'New', story.profile('Alice'), story.profile('Arthur'))$$),
  ('the same key again', 'Alice', $$select helpdesk.create_ticket(story.org('Acme'), 'New', p_idempotency_key => 'k'), helpdesk.create_ticket(story.org('Acme'), 'New', p_idempotency_key => 'k')$$)
) e (what, person, statement);
-- Imports tell nobody, tickets and comments alike.
select story.told('the DBA', $$insert into helpdesk.tickets (org_id, title, created_by, assigned_to, created_at) values (story.org('Acme'), 'Old', story.profile('Alice'), story.profile('Arthur'), '2020-01-01')$$),
       story.told('the DBA', $$insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, created_at) values (story.org('Acme'), story.ticket('Leak'), 'Old', story.profile('Ada'), '2020-01-01')$$),
       story.told('the DBA', $$insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by) values (story.org('Acme'), story.ticket('Leak'), 'New', story.profile('Ada'))$$);

---- Alice's ticket, assigned to Arthur, nobody watches

select * from story.events();
-- Alice's comment on a ticket waiting for her: it moves, of which she is told as of any move.
begin;
update helpdesk.tickets set current_stage_id = story.stage('Acme', 'Waiting on customer') where title = 'Leak';
select story.told('Alice', 'select story.say()');
update helpdesk.tickets set current_stage_id = story.stage('Acme', 'Resolved') where title = 'Leak';
select story.told('Alice', 'select story.say()'), story.told('Arthur', 'select story.say()'), story.told('Arthur', 'select story.move(''Closed'')'), story.told('Arthur', 'select story.move(''New'')');
rollback;
-- Assigned to nobody, and to a customer: he gets no internal comment.
begin;
update helpdesk.tickets set assigned_to = null where title = 'Leak';
select story.told('Alice', 'select story.say()'), story.told('Ada', 'select story.say()'), story.told('Ada', 'select story.say(true)');
select story.told('Arthur', 'select helpdesk.claim_next_ticket(story.org(''Acme''))'), story.told('Arthur', $$select story.assign('Arthur')$$), story.told('Ada', $$select story.assign('Arthur')$$);
update helpdesk.tickets set assigned_to = story.profile('Adam') where title = 'Leak';
select story.told('Adam', 'select story.say()'), story.told('Ada', 'select story.say()'), story.told('Ada', 'select story.say(true)'), story.told('Ada', 'select story.move(''Resolved'')');
rollback;
-- Requester and assignee are one person: told once.
begin;
insert into helpdesk.tickets (org_id, title, created_by, assigned_to) values (story.org('Acme'), 'Own', story.profile('Arthur'), story.profile('Arthur'));
select story.told('Ada', $$select helpdesk.add_comment(story.ticket('Own'), 'Hi')$$), story.told('Arthur', $$select helpdesk.add_comment(story.ticket('Own'), 'Hi')$$),
       story.told('Ada', $$select helpdesk.add_comment(story.ticket('Own'), 'Hi', true)$$);
rollback;
-- Many tickets in one statement, each tells its own people.
begin;
insert into helpdesk.tickets (org_id, title, created_by) values (story.org('Acme'), 'Adam''s', story.profile('Adam'));
select story.told('Arthur', $$select helpdesk.update_tickets(array[story.ticket('Leak'), story.ticket('Adam''s')], jsonb_build_object('assignedTo', story.profile('Ada')))$$),
       story.told('Arthur', $$select helpdesk.update_tickets(array[story.ticket('Leak'), story.ticket('Adam''s')], jsonb_build_object('stageId', story.stage('Acme', 'Closed')))$$);
rollback;
-- Who left, or lost the role that let them read, is told nothing.
begin;
delete from helpdesk.org_members where user_id = story.profile('Alice') and org_id = story.org('Acme');
select story.told('Ada', 'select story.say()'), story.told('Ada', 'select story.move(''Closed'')');
update helpdesk.org_members set org_role = 'org_customer', may_be_assigned = true where user_id = story.profile('Arthur');
select story.told('Ada', 'select story.say()'), story.told('Ada', 'select story.say(true)');
rollback;

---- Watched, by the requester, the assignee and Ada

begin;
insert into helpdesk.ticket_watchers (org_id, ticket_id, user_id) select story.org('Acme'), story.ticket('Leak'), story.profile(name) from unnest('{Alice,Arthur,Ada}'::text[]) name;
select * from story.events();
rollback;

---- Watchers that may not read it

begin;
insert into helpdesk.org_members (org_id, user_id, org_role) values (story.org('Acme'), story.profile('Gus'), 'org_agent');
insert into helpdesk.ticket_watchers (org_id, ticket_id, user_id) select story.org('Acme'), story.ticket('Leak'), story.profile(name) from unnest('{Adam,Bea,Gus,Stan}'::text[]) name;
-- Adam and Bea are customers and it is not theirs, Stan is no member at all: only Gus is told.
select story.told('Alice', 'select story.say()'), story.told('Arthur', 'select story.say(true)'), story.told('Arthur', 'select story.move(''Resolved'')'), story.told('Ada', $$select story.assign('Ada')$$);
-- Assigned, Adam is told as far as he may read; not of internal comments.
update helpdesk.tickets set assigned_to = story.profile('Adam') where title = 'Leak';
select story.told('Alice', 'select story.say()'), story.told('Arthur', 'select story.say(true)'), story.told('Arthur', 'select story.move(''Resolved'')');
update helpdesk.tickets set assigned_to = story.profile('Arthur') where title = 'Leak';
-- Gus becomes a customer, Gus leaves: he watches on, and is no longer told.
update helpdesk.org_members set org_role = 'org_customer' where user_id = story.profile('Gus') and org_id = story.org('Acme');
select story.told('Alice', 'select story.say()'), story.told('Arthur', 'select story.move(''Resolved'')');
update helpdesk.org_members set org_role = 'org_agent' where user_id = story.profile('Gus') and org_id = story.org('Acme');
select story.told('Alice', 'select story.say()');
delete from helpdesk.org_members where user_id = story.profile('Gus') and org_id = story.org('Acme');
select story.told('Alice', 'select story.say()'), story.told('Arthur', 'select story.say(true)'), story.told('Arthur', 'select story.move(''Resolved'')');
rollback;

---- What is switched off is not written

begin;
insert into helpdesk.notification_preferences (user_id, type, enabled) values (story.profile('Alice'), 'ticket_commented', false), (story.profile('Alice'), 'ticket_resolved', false), (story.profile('Alice'), 'ticket_closed', true),
  (story.profile('Arthur'), 'ticket_assigned', false), (story.profile('Ada'), 'ticket_commented', false);
insert into helpdesk.ticket_watchers (org_id, ticket_id, user_id) values (story.org('Acme'), story.ticket('Leak'), story.profile('Ada'));
select story.told('Arthur', 'select story.say()'), story.told('Alice', 'select story.say()'), story.told('Arthur', 'select story.move(''Resolved'')'), story.told('Arthur', 'select story.move(''Closed'')'),
       story.told('Arthur', 'select story.move(''In progress'')');
update helpdesk.tickets set assigned_to = null where title = 'Leak';
select story.told('the DBA', $$select story.assign('Arthur')$$), story.told('Alice', $$select helpdesk.create_ticket(story.org('Acme'), 'New')$$);
update helpdesk.notification_preferences set enabled = true;
select story.told('Ada', 'select story.say()'), story.told('the DBA', $$select story.assign('Arthur')$$);
rollback;

---- What a notification says

begin;
delete from helpdesk.notifications;
call story.sign_in('Arthur');
select helpdesk.create_ticket(story.org('Acme'), 'A "quoted" title', p_requester_id => story.profile('Alice')) is not null;
select helpdesk.update_ticket(story.ticket('A "quoted" title'), jsonb_build_object('assignedTo', story.profile('Ada'), 'stageId', story.stage('Acme', 'Waiting on customer'))) is not null;
select helpdesk.update_ticket(story.ticket('A "quoted" title'), jsonb_build_object('stageId', story.stage('Acme', 'Resolved'))) is not null;
select helpdesk.update_ticket(story.ticket('A "quoted" title'), jsonb_build_object('stageId', story.stage('Acme', 'Closed'))) is not null;
select helpdesk.add_comment(story.ticket('A "quoted" title'), 'Done') is not null;
call story.sign_out();
-- Keys as in the original, and nothing else; values.
select type, story.name_of(user_id), (select string_agg(key, ' ' order by key collate "C") from jsonb_object_keys(content) key), content->>'old_status', content->>'new_status'
  from helpdesk.notifications order by id;
select bool_and(n.content->>'ticket_id' = t.id::text), bool_and(n.ticket_id = t.id), bool_and(n.org_id = t.org_id), bool_and(n.content->>'title' = t.title), bool_or(n.read),
       bool_and((n.comment_id is not null) = (n.type = 'ticket_commented')), bool_and(n.created_at = now()), bool_and(n.expires_at = now() + interval '30 days')
  from helpdesk.notifications n, helpdesk.tickets t where t.title = 'A "quoted" title';
select bool_and(n.content->>'comment_id' = c.id::text and n.comment_id = c.id), bool_and(n.content->>'commenter' = story.profile('Arthur')::text), count(*)
  from helpdesk.notifications n join helpdesk.ticket_comments c on c.id = n.comment_id;
-- The organization says how long they are kept.
update helpdesk.organizations set notification_retention = '3 days' where name = 'Acme';
delete from helpdesk.notifications;
call story.sign_in('Arthur');
select story.say();
call story.sign_out();
select distinct expires_at = now() + interval '3 days' from helpdesk.notifications;
rollback;
-- Its admins decide, between an hour and ten years.
select * from story.all_callers_attempt($$update helpdesk.organizations set notification_retention = '1 day' where id = story.org('Acme')$$);
select retention, story.attempt(format('update helpdesk.organizations set notification_retention = %L', retention)) from unnest(array['59 minutes', '1 hour', '10 years', '11 years', '-1 day', null]) retention;

---- Everybody's own

delete from helpdesk.notifications;
call story.sign_in('Arthur');
select story.say(), story.say(), story.move('In progress');
call story.sign_in('Alice');
select story.say();
call story.sign_out();
select * from story.all_callers_attempt('select * from helpdesk.notifications');
select * from story.all_callers_attempt('select * from helpdesk.notifications where user_id <> helpdesk.my_profile_id()');
select * from story.all_callers_attempt('update helpdesk.notifications set read = true');
select * from story.all_callers_attempt('delete from helpdesk.notifications');
select * from story.all_callers_attempt($$insert into helpdesk.notifications (org_id, user_id, ticket_id, type, content) values (story.org('Acme'), helpdesk.my_profile_id(), story.ticket('Leak'), 'ticket_created', '{}')$$);
-- Of a notification only read is theirs to change; nor can it be given away.
select * from story.writable_columns('notifications');
call story.sign_in('Alice');
select name, story.attempt(format('update helpdesk.notifications set %I = %I', name, name)) from unnest('{org_id,id,user_id,ticket_id,comment_id,type,content,read,created_at,expires_at}'::text[]) name;
call story.claim('');
select story.attempt('select * from helpdesk.notifications'), story.attempt('update helpdesk.notifications set read = true'), story.attempt('delete from helpdesk.notifications');
call story.sign_out();
-- Those of an organization one left are hidden, through both doors.
begin;
delete from helpdesk.org_members where user_id = story.profile('Alice');
call story.sign_in('Alice');
select story.attempt('select * from helpdesk.notifications'), story.attempt('update helpdesk.notifications set read = true'), story.attempt('delete from helpdesk.notifications'),
       helpdesk.count_unread_notifications(), helpdesk.mark_notifications_read();
rollback;
call story.sign_out();

---- mark_notifications_read, count_unread_notifications

create temp table mine as select story.name_of(user_id) as name, id from helpdesk.notifications;
grant select on mine to public;
select name, count(*) from mine group by 1 order by 1;
select * from story.all_callers_attempt('select helpdesk.count_unread_notifications()');
select * from story.all_callers_attempt('select helpdesk.mark_notifications_read()');
begin;
call story.sign_in('Alice');
select helpdesk.count_unread_notifications();
-- Others' notifications, and none at all: nothing changes.
select helpdesk.mark_notifications_read(array(select id from mine where name <> 'Alice')), helpdesk.mark_notifications_read('{}'), helpdesk.mark_notifications_read(array[null, '00000000-0000-4000-8000-000000000000']::uuid[]);
select helpdesk.count_unread_notifications();
-- One of hers and all of Arthur's: one.
select helpdesk.mark_notifications_read(array(select id from mine where name <> 'Alice') || (select min(id::text)::uuid from mine where name = 'Alice'));
select helpdesk.count_unread_notifications();
-- Again: it was read already. Then all the others.
select helpdesk.mark_notifications_read(array(select id from helpdesk.notifications where read));
select helpdesk.mark_notifications_read();
select helpdesk.count_unread_notifications(), helpdesk.mark_notifications_read();
-- In the organization that is named, if one is.
update helpdesk.notifications set read = false;
select helpdesk.mark_notifications_read(p_org_id => story.org('Globex')), helpdesk.mark_notifications_read(p_org_id => story.org('Acme'));
select helpdesk.count_unread_notifications();
-- Marked unread again by table.
update helpdesk.notifications set read = false;
select helpdesk.count_unread_notifications();
call story.sign_out();
select story.name_of(user_id), bool_or(read) from helpdesk.notifications group by 1 order by 1;
rollback;
call story.sign_in('Stan');
select helpdesk.count_unread_notifications(), helpdesk.mark_notifications_read();
-- Counting takes no transaction id and works where nothing can be written.
call story.sign_in('Alice');
begin read only;
select helpdesk.count_unread_notifications(), pg_current_xact_id_if_assigned() is null;
rollback;
-- It reads the partial index alone.
call story.sign_out();
begin;
set local enable_seqscan = off;
set local enable_bitmapscan = off;
create function story.scans(query text) returns setof text language plpgsql as $$
declare
  line text;
begin
  for line in execute 'explain (costs off) ' || query loop
    if line ~ 'Scan' then
      return next substring(line from '(\w+( \w+)* Scan( using \w+)?)');
    end if;
  end loop;
end $$;
select * from story.scans($$select count(*) from helpdesk.notifications n where n.user_id = '00000000-0000-4000-8000-000000000000' and not n.read and n.org_id = any ('{00000000-0000-4000-8000-000000000000}')$$);
rollback;

---- cleanup_old_notifications

select * from story.all_callers_attempt('select helpdesk.cleanup_old_notifications()');
begin;
insert into helpdesk.notifications (org_id, user_id, ticket_id, type, content, expires_at)
select story.org('Acme'), story.profile('Alice'), story.ticket('Leak'), 'ticket_updated', '{}', now() + expires from unnest('{-1 second,-1 day,0 second,1 second}'::interval[]) expires;
select count(*) from helpdesk.notifications;
set local role service_role;
select helpdesk.cleanup_old_notifications();
reset role;
select count(*), bool_or(expires_at < now()) from helpdesk.notifications;
select helpdesk.cleanup_old_notifications();
-- More than one batch.
insert into helpdesk.notifications (org_id, user_id, ticket_id, type, content, expires_at)
select story.org('Acme'), story.profile('Alice'), story.ticket('Leak'), 'ticket_updated', '{}', now() - interval '1 day' from generate_series(1, 10001);
select helpdesk.cleanup_old_notifications();
select bool_or(expires_at < now()) from helpdesk.notifications;
rollback;

---- notification_preferences

select * from story.all_callers_attempt($$insert into helpdesk.notification_preferences (type, enabled) values ('ticket_updated', false)$$);
select * from story.writable_columns('notification_preferences');
begin;
insert into helpdesk.notification_preferences (user_id, type, enabled) values (story.profile('Alice'), 'ticket_updated', false), (story.profile('Arthur'), 'ticket_updated', false);
select * from story.all_callers_attempt('select * from helpdesk.notification_preferences');
select * from story.all_callers_attempt('update helpdesk.notification_preferences set enabled = true');
select * from story.all_callers_attempt('delete from helpdesk.notification_preferences');
call story.sign_in('Alice');
-- Nobody sets another's; one's own are set anew as PostgREST's upsert does it.
select story.attempt($$insert into helpdesk.notification_preferences (user_id, type, enabled) values (story.profile('Arthur'), 'ticket_closed', false)$$),
       story.attempt($$update helpdesk.notification_preferences set user_id = story.profile('Arthur')$$);
insert into helpdesk.notification_preferences (type, enabled) values ('ticket_updated', true), ('ticket_closed', false)
    on conflict (user_id, type) do update set type = excluded.type, enabled = excluded.enabled;
select type, enabled from helpdesk.notification_preferences order by 1;
select story.attempt($$insert into helpdesk.notification_preferences (type, enabled) values ('ticket_updated', false)$$), story.attempt($$insert into helpdesk.notification_preferences (type, enabled) values ('ticket_created', null)$$),
       story.attempt($$insert into helpdesk.notification_preferences (type, enabled) values ('whatever', true)$$);
rollback;
call story.sign_out();

---- watch_ticket, ticket_watchers

select * from story.all_callers_attempt($$select helpdesk.watch_ticket(story.ticket('Leak'))$$);
select * from story.all_callers_attempt($$select helpdesk.watch_ticket(story.ticket('Leak'), false)$$);
select * from story.all_callers_attempt($$insert into helpdesk.ticket_watchers (org_id, ticket_id, user_id) values (story.org('Acme'), story.ticket('Leak'), helpdesk.my_profile_id())$$);
call story.sign_in('Adam');
-- A ticket one does not see, and none: the same answer.
select story.expect_error($$select helpdesk.watch_ticket(story.ticket('Leak'))$$);
select story.expect_error($$select helpdesk.watch_ticket(story.ticket('Leak'))$$) = story.expect_error($$select helpdesk.watch_ticket('00000000-0000-4000-8000-000000000000')$$),
       story.expect_error($$select helpdesk.watch_ticket(story.ticket('Leak'), true, story.org('Acme'))$$) = story.expect_error($$select helpdesk.watch_ticket('00000000-0000-4000-8000-000000000000')$$);
select story.expect_error('select helpdesk.watch_ticket(null)');
begin;
call story.sign_in('Alice');
-- Twice is once; NULL is yes; and off again, twice.
select helpdesk.watch_ticket(story.ticket('Leak')), helpdesk.watch_ticket(story.ticket('Leak'), null, story.org('Acme'));
select story.name_of(user_id), added_at = now() from helpdesk.ticket_watchers;
call story.sign_in('Ada');
select helpdesk.watch_ticket(story.ticket('Leak'));
call story.sign_out();
-- Staff see who watches, customers what they watch themselves; everybody stops for themselves only; nobody changes a row.
select * from story.all_callers_attempt('select * from helpdesk.ticket_watchers');
select * from story.all_callers_attempt('delete from helpdesk.ticket_watchers');
select * from story.all_callers_attempt('update helpdesk.ticket_watchers set added_at = now()');
call story.sign_in('Alice');
select helpdesk.watch_ticket(story.ticket('Leak'), false, story.org('Globex'));
select count(*) from helpdesk.ticket_watchers;
select helpdesk.watch_ticket(story.ticket('Leak'), false, story.org('Acme')), helpdesk.watch_ticket(story.ticket('Leak'), false);
select count(*) from helpdesk.ticket_watchers;
call story.sign_out();
select story.name_of(user_id) from helpdesk.ticket_watchers;
-- A watcher who may see the ticket no longer can still stop watching it by table.
update helpdesk.tickets set assigned_to = story.profile('Adam') where title = 'Leak';
call story.sign_in('Adam');
select helpdesk.watch_ticket(story.ticket('Leak'));
reset role;
update helpdesk.tickets set assigned_to = null where title = 'Leak';
set role authenticated;
select story.attempt('delete from helpdesk.ticket_watchers');
rollback;
call story.sign_out();
-- Watchers of one organization do not reach into another.
select story.attempt($$insert into helpdesk.ticket_watchers (org_id, ticket_id, user_id) values (story.org('Globex'), story.ticket('Leak'), story.profile('Gus'))$$);

---- They go with their ticket, their organization's tickets stay apart

begin;
insert into helpdesk.ticket_watchers (org_id, ticket_id, user_id) values (story.org('Acme'), story.ticket('Leak'), story.profile('Ada'));
call story.sign_in('Ada');
delete from helpdesk.tickets where title = 'Leak';
call story.sign_out();
select (select count(*) from helpdesk.notifications), (select count(*) from helpdesk.ticket_watchers);
rollback;
select story.attempt($$update helpdesk.notifications set org_id = story.org('Globex')$$);

---- Cleaning up

delete from helpdesk.tickets;
select count(*) from helpdesk.notifications;
