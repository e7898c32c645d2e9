-- import_tickets: tickets, people and comments of another help desk.

-- A row with what is required, and with other keys.
create function test.row(id text, others jsonb default '{}') returns jsonb language sql immutable as $$
  select jsonb_build_object('externalId', $1, 'title', 'Old ' || $1, 'requester', '{"email": "nina@mail.example", "name": "Nina"}'::jsonb, 'createdAt', '2024-03-01T09:00:00Z') || $2 $$;
create function test.comment(id text, author text, at text, others jsonb default '{}') returns jsonb language sql immutable as $$
  select jsonb_build_object('externalId', $1, 'author', jsonb_build_object('email', lower($2) || '@example.com', 'name', $2), 'content', 'Comment ' || $1, 'createdAt', '2024-03-0' || $3) || $4 $$;
create function test.import(variadic rows jsonb[]) returns json language sql as $$ select helpdesk.import_tickets(test.org_id('Acme'), to_jsonb($1)) $$;
-- The tickets of the import, with what belongs to them.
create function test.imported() returns table (line text) language sql security definer as $$
  select concat_ws(' | ', test.ticket_line(t.title), test.profile_name(t.created_by), test.counts(t.title),
                   'answered ' || t.is_answered, 'response ' || coalesce(to_char(t.first_response_at at time zone 'UTC', 'DD HH24:MI ') || test.profile_name(t.first_response_by), 'none'),
                   concat_ws(' ', to_char(t.updated_at at time zone 'UTC', '"updated" DD HH24:MI'), to_char(t.stage_entered_at at time zone 'UTC', '"entered" DD HH24:MI'),
                             to_char(t.resolved_at at time zone 'UTC', '"resolved" DD HH24:MI'), to_char(t.closed_at at time zone 'UTC', '"closed" DD HH24:MI'), to_char(t.last_public_comment_at at time zone 'UTC', '"last" DD HH24:MI')))
    from helpdesk.tickets t where t.external_id is not null order by t.external_id $$;
create table test.rows (line jsonb);
insert into test.rows values
  (test.row('a:1', jsonb_build_object('number', 500, 'status', 'closed', 'priority', 'urgent', 'description', 'Text', 'assignee', '{"email": "otto@example.com", "name": "Otto"}'::jsonb, 'closedAt', '2024-03-05T10:00:00Z', 'comments', jsonb_build_array(
     test.comment('c2', 'Nina', '3T09:00Z', '{"author": {"email": "NINA@mail.example"}}'), test.comment('c1', 'Otto', '2T09:30Z'), test.comment('c3', 'Otto', '4T09:00Z', '{"isInternal": true}'))))),
  (test.row('a:2', jsonb_build_object('status', 'open', 'assignee', '{"email": "ben@example.com"}'::jsonb, 'requester', '{"email": "alice@example.com"}'::jsonb, 'updatedAt', '2024-03-02T00:00:00Z', 'comments', jsonb_build_array(
     test.comment('c1', 'Alice', '3T09:00Z'), test.comment('c2', 'Ben', '4T09:00Z'))))),
  (test.row('a:3', jsonb_build_object('status', 'open', 'assignee', '{"email": "otto@example.com"}'::jsonb, 'comments', null))),
  (test.row('a:4', jsonb_build_object('number', 77, 'stage', 'Waiting on customer', 'title', '  Spaces  '))),
  (test.row('a:5', jsonb_build_object('status', 'resolved', 'resolvedAt', '2024-03-04T00:00:00Z')));
grant select on test.rows to public;
create function test.import_all() returns json language sql as $$ select helpdesk.import_tickets(test.org_id('Acme'), jsonb_agg(line)) from test.rows $$;

---- An admin imports: numbers, people, times, statuses, counts and first responses are right
call test.sign_in('Alice');
select helpdesk.create_ticket(test.org_id('Acme'), 'Before') is not null;
call test.sign_in('Ada');
select test.import_all();
call test.sign_out();
select * from test.imported();
-- Members are themselves, requesters become customers, staff who have left do not become members.
select p.name, p.email, p.auth_id is not null as has_login, p.imported_for = test.org_id('Acme') as imported, m.org_role, test.profile_name(m.added_by) as added_by
  from helpdesk.profiles p left join helpdesk.org_members m on m.user_id = p.id and m.org_id = test.org_id('Acme') where p.name in ('Nina', 'Otto', 'Alice', 'Ben') order by 1;
-- One revision each, when the ticket was opened, by nobody.
select t.external_id, r.line, h.changed_at = t.created_at from helpdesk.tickets t, test.revisions(t.title) r, helpdesk.ticket_history h where h.ticket_id = t.id and t.external_id is not null order by 1;
select * from test.broken_histories;
select c.content, test.profile_name(c.created_by), c.is_internal, c.created_at at time zone 'UTC', c.updated_at = c.created_at, c.requester_id = t.created_by from helpdesk.ticket_comments c join helpdesk.tickets t on t.id = c.ticket_id where t.external_id = 'a:1' order by c.id;
-- Nobody is notified, and nothing that triggers derive is wrong.
select count(*) from helpdesk.notifications where type::text <> 'ticket_created' or content->>'title' <> 'Before';
select * from helpdesk.verify_ticket_stats();
select * from helpdesk.verify_derived_data();
-- Later numbers follow the highest.
call test.sign_in('Alice');
select helpdesk.create_ticket(test.org_id('Acme'), 'After') is not null;
call test.sign_in('Ben');
select test.ticket_line('After'), (select string_agg(concat_ws(' ', h->>'kind', h->>'title'), ', ' order by h->>'title') from json_array_elements(helpdesk.search(test.org_id('Acme'), 'comment c1')->'results') h) as found;
call test.sign_out();

---- The same rows once more add nothing
select test.digest_of_all_rows() as before \gset
call test.sign_in('Ada');
select test.import_all();
select helpdesk.import_tickets(test.org_id('Acme'), '[]');
call test.sign_out();
select test.digest_of_all_rows() = :'before' as nothing_was_written;
-- More comments are added, whatever else the rows say, and count as usual. Nothing is reopened.
call test.sign_in('Ada');
select test.import(test.row('a:1', jsonb_build_object('title', 'Other', 'status', 'open', 'requester', '{"email": "new@mail.example"}'::jsonb, 'comments', jsonb_build_array(
  test.comment('c1', 'Otto', '2T09:30Z', '{"content": "Other"}'), test.comment('c4', 'Nina', '6T09:00Z', '{"author": {"email": "nina@mail.example"}}'), test.comment('c5', 'Ben', '1T09:30Z')))), test.row('a:2'), test.row('a:9'));
call test.sign_out();
select * from test.imported();
select count(*) from helpdesk.profiles where email = 'new@mail.example';
select count(*) from helpdesk.notifications where type::text = 'ticket_commented';
select * from helpdesk.verify_ticket_stats();
select * from helpdesk.verify_derived_data();
-- A forgotten person is not written again by the same rows.
select helpdesk.forget_person(test.profile_id('Otto'));
call test.sign_in('Ada');
select test.import_all();
call test.sign_out();
select count(*), max(name) from helpdesk.profiles where email = 'otto@example.com' or name = 'Deleted';

---- The same ids in another organization are other tickets, and other people
call test.sign_in('Gina');
select helpdesk.import_tickets(test.org_id('Globex'), jsonb_build_array(test.row('a:1'), test.row('a:2')));
call test.sign_out();
select o.name, count(*), count(distinct p.id) from helpdesk.profiles p join helpdesk.organizations o on o.id = p.imported_for where p.email = 'nina@mail.example' group by 1 order by 1;

---- What a user's trigger on imported tickets writes is counted and recorded as usual
create function test.greet() returns trigger language plpgsql security definer as $$
begin
  insert into helpdesk.ticket_comments (ticket_id, content, is_internal) values (new.id, 'Moved in', false), (new.id, 'Greeted', true);
  update helpdesk.tickets set title = 'Moved ' || title where id = new.id;
  return null;
end $$;
create trigger greet after insert on helpdesk.tickets for each row execute function test.greet();
call test.sign_in('Ada');
select test.import(test.row('g:1', jsonb_build_object('comments', jsonb_build_array(test.comment('c1', 'Ben', '2T09:30Z', '{"isInternal": true}'), test.comment('c2', 'Ben', '2T09:40Z')))), test.row('g:2'));
call test.sign_out();
drop trigger greet on helpdesk.tickets;
select t.external_id, test.counts(t.title), (select string_agg(c.content || ' by ' || test.profile_name(c.created_by), ', ' order by c.content) from helpdesk.ticket_comments c where c.ticket_id = t.id) as comments, test.revisions(t.title)
  from helpdesk.tickets t where t.external_id like 'g:%' order by 1, 4;
select * from test.broken_histories;
select * from helpdesk.verify_ticket_stats();
select * from helpdesk.verify_derived_data();

---- Backends and the DBA import as well
set role service_role;
select test.import(test.row('b:1'));
reset role;
select test.import(test.row('b:2'));
select external_id, test.revisions(title) from helpdesk.tickets where external_id like 'b:%' order by 1;
-- A counter that is missing is made.
delete from helpdesk.ticket_counters where org_id = test.org_id('Globex');
select helpdesk.import_tickets(test.org_id('Globex'), jsonb_build_array(test.row('b:1', '{"number": 9}'), test.row('b:2')));
select number from helpdesk.tickets where org_id = test.org_id('Globex') and external_id like 'b:%' order by 1;

---- 2,500 tickets in one call tell how far they are
set client_min_messages = notice;
select helpdesk.import_tickets(test.org_id('Acme'), jsonb_agg(test.row('many:' || n, jsonb_build_object('number', 10000 + n, 'comments', jsonb_build_array(test.comment('1', 'Ben', '2T00:00Z')))))) from generate_series(1, 2500) n;
set client_min_messages = warning;
select count(*), min(number), max(number) from helpdesk.tickets where external_id like 'many:%';
select * from helpdesk.verify_derived_data();
-- They leave no pending list behind, which all searches would read.
select gin_clean_pending_list('helpdesk.search_documents_lexemes_idx') as pending_pages;

---- Nor do single documents make it longer than 256 kB
insert into helpdesk.ticket_comments (ticket_id, content, created_by)
select t.id, words, t.created_by from helpdesk.tickets t, (select string_agg(md5(format('%s %s', n, i)), ' ') from generate_series(1, 300) n, generate_series(1, 30) i group by n) w (words) where t.external_id = 'many:1';
select gin_clean_pending_list('helpdesk.search_documents_lexemes_idx') between 1 and 33 as is_short;
