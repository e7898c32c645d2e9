-- What people are told when they write what they may not: which column and what they may write, or
-- what to call instead. The privileges of Postgres decide.

call test.create_conversation();
call test.create_articles();

---- A column: in an INSERT, in an UPDATE, also without a change, and in an upsert
call test.sign_in('Ben');
select test.error_of($$insert into helpdesk.tickets (org_id, title, status) values (test.org_id('Acme'), 'x', 'closed')$$);
select test.attempt($$insert into helpdesk.tickets (org_id, id, title, number) values (test.org_id('Acme'), gen_random_uuid(), 'x', 99)$$);
select test.attempt($$insert into helpdesk.tickets (org_id, title, created_at) values (test.org_id('Acme'), 'x', default)$$);
select test.error_of($$update helpdesk.tickets set status = status$$);
select test.error_of($$insert into helpdesk.tickets (org_id, id, title, status) values (test.org_id('Acme'), test.ticket_id('Noise'), 'x', 'closed')
                       on conflict (org_id, id) do update set org_id = excluded.org_id, id = excluded.id, title = excluded.title, status = excluded.status$$);
select test.attempt($$insert into helpdesk.tickets (org_id, title) values (test.org_id('Acme'), 'x') on conflict (org_id, id) do update set version = 1$$);
select test.attempt($$merge into helpdesk.tickets t using (values (1)) v on true when matched then update set number = 1$$);
select test.attempt($$with t as (update helpdesk.tickets set version = 1 returning 1) select from t$$);
select test.attempt($$insert into helpdesk.tickets default values$$);
prepare set_status as update helpdesk.tickets set status = 'closed';
execute set_status;
explain update helpdesk.tickets set status = 'closed';
do $$ begin update helpdesk.tickets set status = 'closed'; end $$;
call test.sign_out();
-- The same for everybody who is signed in, whatever they may see. A backend has its own privileges.
select * from test.attempt_by_each_caller($$update helpdesk.workflows set org_id = org_id$$);
-- Through a view of the administrator with the rights of the caller.
create view test.own_rights with (security_invoker = true) as select id, title, status from helpdesk.tickets;
grant update on test.own_rights to authenticated;
call test.sign_in('Ben');
select test.attempt($$update test.own_rights set status = 'closed'$$);
call test.sign_out();

---- A table that nobody writes, or not with this verb
call test.sign_in('Ada');
select c.relname, v.verb, split_part(test.error_of(format(v.statement, c.relname)), '|', 2) as hint
  from pg_class c, lateral (values ('insert', 'insert into helpdesk.%I default values'), ('delete', 'delete from helpdesk.%I'),
    ('update', (select format('update helpdesk.%%I set %1$I = %1$I', attname) from pg_attribute where attrelid = c.oid and attnum = 1))) v (verb, statement)
 where c.relnamespace = 'helpdesk'::regnamespace and c.relkind = 'r' and has_table_privilege(c.oid, 'select')
   and not has_any_column_privilege(c.oid, case when v.verb <> 'delete' then v.verb else 'insert with grant option' end) and not has_table_privilege(c.oid, v.verb)
 order by c.relname collate "C", v.verb;
-- Views: nobody writes them.
select test.attempt($$insert into helpdesk.agent_tickets (title) values ('x')$$), test.attempt($$update helpdesk.agent_tickets set stage_name = 'x'$$), test.attempt('delete from helpdesk.agent_tickets');
select test.attempt($$insert into helpdesk.workflow_stage_stats (stage_name) values ('x')$$), test.attempt($$update helpdesk.workflow_stage_stats set ticket_count = 0$$), test.attempt('delete from helpdesk.workflow_stage_stats');
call test.sign_out();
select * from test.attempt_by_each_caller('update helpdesk.customer_tickets set title = title');
select * from test.attempt_by_each_caller('insert into helpdesk.customer_tickets (title) values (null)');

---- No column of any table is refused without a word
create function test.denied_without_word() returns table (line text) language sql as $$
  select format('%s.%s %s: %s', c.relname, a.attname, v.verb, outcome)
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped,
         (values ('insert', 'insert into helpdesk.%1$I (%2$I) values (default)'), ('update', 'update helpdesk.%1$I set %2$I = %2$I'),
                 ('delete', 'delete from helpdesk.%1$I')) v (verb, statement),
         test.attempt(format(v.statement, c.relname, a.attname)) outcome
   where c.relnamespace = 'helpdesk'::regnamespace and c.relkind in ('r', 'v') and has_table_privilege(c.oid, 'select')
     and outcome ~ 'permission denied'
$$;
call test.sign_in('Ada');
select * from test.denied_without_word();
call test.sign_in('Mallory');
select * from test.denied_without_word();
call test.sign_out();

---- One's own name may be given, another one is refused
create function test.authored(author text) returns table (line text) language plpgsql as $$
declare
  statement text;
begin
  foreach statement in array array[
    $s$insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by) values (test.org_id('Acme'), test.ticket_id('Noise'), 'Hi', %L)$s$,
    $s$insert into helpdesk.ticket_attachments (ticket_id, file_name, file_type, file_size, storage_path, uploaded_by) values (test.ticket_id('Noise'), 'a', 'b/c', 1, 'd', %L)$s$,
    $s$insert into helpdesk.articles (org_id, title, content, author) values (test.org_id('Acme'), 'Silence', 'Plug', %L)$s$,
    $s$insert into helpdesk.ticket_articles (ticket_id, article_id, linked_by) values (test.ticket_id('Noise'), test.article_id('published for public'), %L)$s$,
    $s$insert into helpdesk.article_feedback (article_id, helpful, user_id) values (test.article_id('published for public'), true, %L)$s$,
    $s$insert into helpdesk.org_invites (org_id, email, created_by) values (test.org_id('Acme'), 'new@example.com', %L)$s$,
    $s$insert into helpdesk.notification_preferences (type, enabled, user_id) values ('ticket_commented', false, %L)$s$,
    $s$insert into helpdesk.organizations (name, created_by) values ('Adaco', %L)$s$]
  loop
    line := test.attempt(format(statement, test.profile_id(author)));
    return next;
  end loop;
end $$;
call test.sign_in('Ada');
select * from test.authored('Ada');
select * from test.authored('Ben');
select * from test.authored(null);
call test.sign_out();

---- The ticket or the article decides the organization
call test.sign_in('Ben');
begin;
insert into helpdesk.ticket_comments (ticket_id, content) values (test.ticket_id('Noise'), 'Hi') returning org_id = test.org_id('Acme'), requester_id = test.profile_id('Alice');
insert into helpdesk.ticket_attachments (ticket_id, file_name, file_type, file_size, storage_path) values (test.ticket_id('Noise'), 'a', 'b/c', 1, 'd') returning org_id = test.org_id('Acme');
insert into helpdesk.ticket_articles (ticket_id, article_id) values (test.ticket_id('Noise'), test.article_id('published for public')) returning org_id = test.org_id('Acme');
insert into helpdesk.article_feedback (article_id, helpful) values (test.article_id('published for public'), true) returning org_id = test.org_id('Acme');
-- A preference can be merged into the existing row, as PostgREST does it.
insert into helpdesk.notification_preferences (user_id, type, enabled) values (test.profile_id('Ben'), 'ticket_commented', false);
insert into helpdesk.notification_preferences (user_id, type, enabled) values (test.profile_id('Ben'), 'ticket_commented', true)
on conflict (user_id, type) do update set user_id = excluded.user_id, type = excluded.type, enabled = excluded.enabled returning enabled;
select test.attempt($$update helpdesk.notification_preferences set user_id = test.profile_id('Ada')$$);
rollback;
call test.sign_out();
set role service_role;
select test.attempt($$insert into helpdesk.ticket_watchers (ticket_id, user_id) values (test.ticket_id('Noise'), test.profile_id('Ada'))$$);
reset role;
-- A ticket of another organization looks like a missing one, with and without the organization.
call test.sign_in('Mallory');
select distinct regexp_replace(test.attempt(format(statement, ticket)), '[0-9a-f-]{36}', 'ID')
  from unnest(array['insert into helpdesk.ticket_comments (ticket_id, content) values (%L, ''Hi'')',
                    'insert into helpdesk.ticket_attachments (ticket_id, file_name, file_type, file_size, storage_path) values (%L, ''a'', ''b/c'', 1, ''d'')',
                    'insert into helpdesk.ticket_articles (ticket_id, article_id) values (%L, gen_random_uuid())',
                    'insert into helpdesk.article_feedback (article_id, helpful) values (%L, true)']) statement,
       unnest(array[test.ticket_id('Noise'), test.article_id('published for public'), gen_random_uuid()]) ticket;
-- Links name a ticket and an article of their organization.
call test.sign_in('Ben');
select test.attempt(format('insert into helpdesk.ticket_articles (org_id, ticket_id, article_id) values (%L, %L, %L)', test.org_id('Acme'), ticket, article))
  from (values (test.ticket_id('Noise'), gen_random_uuid()), (test.ticket_id('Mallory''s'), test.article_id('published for public')), (test.ticket_id('Noise'), test.article_id('published for public'))) v (ticket, article);
call test.sign_out();

---- A founder gets the new row, and reads it later only as a member
call test.sign_in('Stan');
begin;
insert into helpdesk.organizations (name) values ('Stanco') returning name, created_by = test.profile_id('Stan');
rollback;
call test.sign_out();
begin;
update helpdesk.organizations set created_by = test.profile_id('Stan'), created_at = now() - interval '1 microsecond' where name = 'Acme';
call test.sign_in('Stan');
select count(*) from helpdesk.organizations;
rollback;
call test.sign_out();

---- Columns that triggers fill in have defaults, so that generated types make them optional
select c.relname, string_agg(a.attname, ' ' order by a.attnum) as required
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attnotnull and not a.atthasdef
 where c.relnamespace = 'helpdesk'::regnamespace and c.relkind = 'r' and has_any_column_privilege('authenticated', c.oid, 'insert')
 group by 1 order by 1;
-- The placeholders are the same as nothing.
set role service_role;
begin;
insert into helpdesk.tickets (org_id, title, created_by, number, status, version, workflow_id, current_stage_id, latest_history_id)
values (test.org_id('Acme'), 'x', test.profile_id('Alice'), 0, '', 0, '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000')
returning number, status, version, workflow_id = test.workflow_id('Acme'), current_stage_id = test.stage_id('Acme', 'New'), latest_history_id = '00000000-0000-0000-0000-000000000000';
rollback;
