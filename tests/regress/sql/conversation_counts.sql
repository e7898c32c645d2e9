-- The counts of comments and attachments, and the ticket's updated_at.

call test.create_conversation();

---- Counts of comments and attachments

select test.counts('Noise'), test.counts('Mallory''s');
-- The counts that the list returns to this person
create function test.listed_counts(person text) returns text language plpgsql as $$
declare
  counts text;
begin
  call test.sign_in(person);
  select concat_ws('+', t->>'commentCount', t->>'attachmentCount') into counts
    from json_array_elements(helpdesk.list_org_tickets(test.org_id('Acme'))->'tickets') t where t->>'title' = 'Noise';
  call test.sign_out();
  return coalesce(counts, 'not listed');
end $$;
select person, test.listed_counts(person) from unnest('{Ada,Ben,Alice,Dave}'::text[]) person;
set role service_role;
select t->>'commentCount', t->>'attachmentCount' from json_array_elements(helpdesk.list_org_tickets(test.org_id('Acme'))->'tickets') t where t->>'title' = 'Noise';
reset role;
begin;
call test.sign_in('Ben');
select helpdesk.add_comment(test.ticket_id('Noise'), 'One', false) is not null, helpdesk.add_comment(test.ticket_id('Noise'), 'Two', true) is not null,
       helpdesk.add_attachment(test.ticket_id('Noise'), 'one', 'b', 1, 'c', false) is not null, helpdesk.add_attachment(test.ticket_id('Noise'), 'two', 'b', 1, 'c', true) is not null;
select test.counts('Noise');
-- Edits do not change the counts.
update helpdesk.ticket_comments set content = 'Uno' where content = 'One';
select test.counts('Noise');
-- Several rows in one statement
insert into helpdesk.ticket_comments (org_id, ticket_id, content, is_internal) select test.org_id('Acme'), test.ticket_id('Noise'), 'No ' || n, n % 3 = 0 from generate_series(1, 10) n;
select test.counts('Noise');
delete from helpdesk.ticket_attachments;
select test.counts('Noise');
call test.sign_out();
select person, test.listed_counts(person) from unnest('{Ada,Ben,Alice,Dave}'::text[]) person;
delete from helpdesk.ticket_comments where content like 'No %';
select test.counts('Noise');
-- A failed statement counts nothing.
select test.attempt($$insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by) values (test.org_id('Acme'), test.ticket_id('Noise'), ' ', test.profile_id('Ada'))$$);
select test.counts('Noise');
-- Deleting the ticket deletes its counts.
delete from helpdesk.tickets where title = 'Noise';
select count(*) from helpdesk.ticket_internal_counts;
rollback;
-- Customers cannot find out the internal counts: not from the table, a list, or updated rows.
select * from test.attempt_by_each_caller($$select * from helpdesk.ticket_internal_counts$$);
select * from test.attempt_by_each_caller($$update helpdesk.ticket_internal_counts set comment_count = 0$$);
select * from test.attempt_by_each_caller($$select from helpdesk.tickets where to_jsonb(tickets)::text ~ 'internal'$$);
call test.sign_in('Alice');
select (select string_agg(distinct key, ' ') from json_each(helpdesk.get_ticket_details(test.ticket_id('Noise'))->'ticket') where key ~* 'internal|count') as counts,
       (select string_agg(key, ' ') from json_array_elements(helpdesk.list_org_tickets(test.org_id('Acme'))->'tickets') t, json_object_keys(t) key where key ~* 'internal');
call test.sign_out();

-- Public and internal comments and attachments change updated_at, but make no revision and keep the
-- version.
create procedure test.show_activity(person text, statement text) language plpgsql as $$
declare
  before helpdesk.tickets;
  after helpdesk.tickets;
begin
  update helpdesk.tickets set title = title where title = 'Noise';
  select * into before from helpdesk.tickets where title = 'Noise';
  commit;
  call test.sign_in(person);
  execute statement;
  call test.sign_out();
  select * into after from helpdesk.tickets where title = 'Noise';
  raise notice '%: %, %', person, case when after.updated_at > before.updated_at then 'moved up' else 'stays' end,
    case when (after.version, after.latest_history_id, after.status, after.current_stage_id) = (before.version, before.latest_history_id, before.status, before.current_stage_id) then 'no revision' else 'REVISION' end;
end $$;
set client_min_messages = notice;
call test.show_activity('Alice', $$select helpdesk.add_comment(test.ticket_id('Noise'), 'Once more')$$);
call test.show_activity('Ben', $$select helpdesk.add_comment(test.ticket_id('Noise'), 'Once more, internally', true)$$);
call test.show_activity('Alice', $$select helpdesk.add_attachment(test.ticket_id('Noise'), 'again', 'b', 1, 'c')$$);
call test.show_activity('Ben', $$select helpdesk.add_attachment(test.ticket_id('Noise'), 'again', 'b', 1, 'c', true)$$);
call test.show_activity('Ben', $$insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (test.org_id('Acme'), test.ticket_id('Noise'), 'By table')$$);
set client_min_messages = warning;
-- Imported comments with an old timestamp do not.
begin;
create temp table before_import as select updated_at from helpdesk.tickets where title = 'Noise';
insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, created_at) values (test.org_id('Acme'), test.ticket_id('Noise'), 'Long ago', test.profile_id('Alice'), '2020-01-01');
insert into helpdesk.ticket_attachments (org_id, ticket_id, file_name, file_type, file_size, storage_path, uploaded_by, uploaded_at)
values (test.org_id('Acme'), test.ticket_id('Noise'), 'Long ago', 'b', 1, 'c', test.profile_id('Alice'), '2020-01-01');
select t.updated_at = b.updated_at from helpdesk.tickets t, before_import b where t.title = 'Noise';
select test.counts('Noise');
rollback;
-- A change that a user's trigger makes to the ticket meanwhile is checked and makes a revision.
begin;
create function test.escalate() returns trigger language plpgsql as $$
begin
  update helpdesk.tickets set priority = 'urgent', current_stage_id = test.stage_id('Acme', 'In progress') where id = new.id;
  return null;
end $$;
create trigger escalate after update of public_comment_count on helpdesk.tickets for each row execute function test.escalate();
call test.sign_in('Alice');
select helpdesk.add_comment(test.ticket_id('Noise'), 'Escalate this') is not null;
call test.sign_out();
select t.priority, s.name, t.status, (select string_agg(key, ',' order by key) from jsonb_object_keys(h.changes->'fields') key)
  from helpdesk.tickets t join helpdesk.workflow_stages s on s.id = t.current_stage_id join helpdesk.ticket_history h on h.id = t.latest_history_id where t.title = 'Noise';
select * from test.broken_histories;
rollback;
-- Nobody sets the counts.
select test.attempt($$update helpdesk.tickets set public_comment_count = 0 where title = 'Noise'$$), test.attempt($$update helpdesk.tickets set public_attachment_count = 99 where title = 'Noise'$$);
select test.counts('Noise');

-- A statement writes each ticket once, however many rows it adds or deletes. The notifications of
-- the comments are the only other rows that it writes.
begin;
select pg_stat_get_xact_tuples_updated('helpdesk.tickets'::regclass) as before \gset
insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, is_internal)
select test.org_id('Acme'), t.id, 'One of many', test.profile_id('Ben'), false
  from helpdesk.tickets t, generate_series(1, 500) where t.title = 'Noise';
select pg_stat_get_xact_tuples_updated('helpdesk.tickets'::regclass) - :before as updates, test.counts('Noise');
delete from helpdesk.ticket_comments where content = 'One of many';
select pg_stat_get_xact_tuples_updated('helpdesk.tickets'::regclass) - :before as updates, test.counts('Noise');
insert into helpdesk.ticket_attachments (org_id, ticket_id, file_name, file_type, file_size, storage_path, uploaded_by)
select test.org_id('Acme'), t.id, 'many.txt', 'text/plain', 1, n::text, test.profile_id('Ben')
  from helpdesk.tickets t, generate_series(1, 500) n where t.title = 'Noise';
delete from helpdesk.ticket_attachments where file_name = 'many.txt';
select pg_stat_get_xact_tuples_updated('helpdesk.tickets'::regclass) - :before as updates, test.counts('Noise');
rollback;

-- Comments of several people in one statement: the latest decides who is waited for, the earliest
-- of staff is the first response.
begin;
call test.sign_in('Alice');
select helpdesk.create_ticket(test.org_id('Acme'), 'Both at once') is not null;
call test.sign_out();
insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, created_at)
select test.org_id('Acme'), test.ticket_id('Both at once'), 'Words', test.profile_id(who), now() + n * interval '1 second'
  from (values ('Alice', 4), ('Ben', 3), ('Ada', 2), ('Ben', 5), ('Alice', 6), ('Alice', 1)) said (who, n);
select public_comment_count, is_answered, last_public_comment_at - now() as last, first_response_at - now() as first_response,
       test.profile_name(first_response_by)
  from helpdesk.tickets where title = 'Both at once';
rollback;
