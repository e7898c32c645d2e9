-- Comments and attachments: what a ticket shows to whom.
\pset format unaligned
\pset tuples_only on

-- Alice's ticket, worked on by Arthur, with public and internal matter.
call story.sign_in('Alice');
select helpdesk.create_ticket(story.org('Acme'), 'Noise', 'It hums', p_priority => 'high') is not null;
call story.sign_in('Gina');
select helpdesk.create_ticket(story.org('Globex'), 'Gina''s') is not null;
call story.sign_in('Arthur');
select helpdesk.update_ticket(story.ticket('Noise'), json_build_object('assignedTo', story.profile('Arthur'))::jsonb) is not null;
call story.sign_out();
set role service_role;
insert into helpdesk.ticket_comments (org_id, ticket_id, content, is_internal, created_by) values
  (story.org('Acme'), story.ticket('Noise'), 'Please hurry', false, story.profile('Alice')),
  (story.org('Acme'), story.ticket('Noise'), 'She always says so', true, story.profile('Arthur')),
  (story.org('Acme'), story.ticket('Noise'), 'On my way', false, story.profile('Arthur'));
insert into helpdesk.ticket_attachments (org_id, ticket_id, file_name, file_type, file_size, storage_path, is_internal, uploaded_by) values
  (story.org('Acme'), story.ticket('Noise'), 'noise.mp3', 'audio/mpeg', 0, 'acme/1', false, story.profile('Alice')),
  (story.org('Acme'), story.ticket('Noise'), 'invoice.pdf', 'application/pdf', 7, 'acme/2', true, story.profile('Arthur'));
reset role;

---- get_ticket_details: its shape

create temp table details (person text, details json);
grant all on details to public;
call story.sign_in('Arthur');
insert into details select 'Arthur', helpdesk.get_ticket_details(story.ticket('Noise'));
call story.sign_in('Alice');
insert into details select 'Alice', helpdesk.get_ticket_details(story.ticket('Noise'));
call story.sign_out();
insert into details select 'the DBA', helpdesk.get_ticket_details(story.ticket('Noise'));
set role service_role;
insert into details select 'a backend', helpdesk.get_ticket_details(story.ticket('Noise'));
call story.sign_out();

-- Keys are the same for everybody;
select distinct story.keys(details) from details;
select distinct story.keys(details->'ticket') from details;
select distinct part, story.keys(details->'ticket'->part) from details, unnest('{currentStage,workflow,assignedTo,createdBy}'::text[]) part order by 1;
select distinct part, story.keys(details->part->0) from details, unnest('{comments,attachments,history}'::text[]) part order by 1;
select distinct story.keys(details->'comments'->0->'createdBy'), story.keys(details->'attachments'->0->'uploadedBy'), story.keys(details->'history'->0->'changedBy') from details;
-- what customers do not get are internal comments, internal attachments, and e-mail addresses.
select person, string_agg(c->>'content', ', ' order by position) from details, json_array_elements(details->'comments') with ordinality as cs (c, position) group by 1 order by 1;
select person, string_agg(a->>'fileName', ', ' order by position) from details, json_array_elements(details->'attachments') with ordinality as xs (a, position) group by 1 order by 1;
select person, details->'ticket'->'assignedTo'->>'name', details->'ticket'->'assignedTo'->>'email', details::text like '%example.com%' from details order by 1;
select person, details::text ~ 'always says so|invoice' from details order by 1;
-- History is the newest first.
select person, string_agg(h->'changes'->>'type' || ' by ' || (h->'changedBy'->>'name'), ', ' order by position)
  from details, json_array_elements(details->'history') with ordinality as hs (h, position) group by 1 order by 1;
-- Values.
select t->>'number', t->>'title', t->>'description', t->>'priority', t->>'status', t->>'version', t->'workflow'->>'name', t->'currentStage'->>'name',
       t->'createdBy'->>'name', t->'resolvedAt', t->'closedAt', t->>'createdAt' = to_json(x.created_at)#>>'{}'
  from (select details->'ticket' t from details where person = 'Alice') d, helpdesk.tickets x where x.title = 'Noise';
select c->>'isInternal', c->'createdBy'->>'name', c->>'content' from details, json_array_elements(details->'comments') c where person = 'Arthur';
select a->>'fileName', a->>'fileType', a->>'fileSize', a->>'isInternal', a->'uploadedBy'->>'name' from details, json_array_elements(details->'attachments') a where person = 'Arthur';
-- Nothing there: lists are empty, not null; nobody is null.
call story.sign_in('Gina');
select d->'comments', d->'attachments', json_array_length(d->'history'), d->'ticket'->'assignedTo' from helpdesk.get_ticket_details(story.ticket('Gina''s')) d;
call story.sign_out();
-- What the system did was done by nobody.
begin;
update helpdesk.tickets set priority = 'urgent' where title = 'Gina''s';
select helpdesk.get_ticket_details(story.ticket('Gina''s'))->'history'->0->'changedBy';
rollback;

---- The tables: who reads what

select * from story.everybody_attempts($$select * from helpdesk.ticket_comments where ticket_id = story.ticket('Noise')$$);
select * from story.everybody_attempts($$select * from helpdesk.ticket_comments where ticket_id = story.ticket('Noise') and is_internal$$);
select * from story.everybody_attempts($$select * from helpdesk.ticket_attachments where ticket_id = story.ticket('Noise')$$);
select * from story.everybody_attempts($$select * from helpdesk.ticket_attachments where ticket_id = story.ticket('Noise') and is_internal$$);
-- A customer who is assigned reads the public matter.
begin;
update helpdesk.tickets set assigned_to = story.profile('Adam') where title = 'Noise';
call story.sign_in('Adam');
select content from helpdesk.ticket_comments order by id;
select file_name from helpdesk.ticket_attachments;
select string_agg(c->>'content', ', ') from json_array_elements(helpdesk.get_ticket_details(story.ticket('Noise'))->'comments') c;
rollback;
call story.sign_out();
-- Who left the organization reads nothing of their own ticket any more, through neither door.
begin;
delete from helpdesk.org_members where user_id = story.profile('Alice');
call story.sign_in('Alice');
select story.attempt('select * from helpdesk.tickets'), story.attempt('select * from helpdesk.ticket_history'), story.attempt('select * from helpdesk.ticket_comments'),
       story.attempt('select * from helpdesk.ticket_attachments'), helpdesk.get_ticket_details(story.ticket('Noise')) is null;
rollback;
call story.sign_out();
call story.claim('');
set role authenticated;
select story.attempt('select * from helpdesk.ticket_comments'), story.attempt('select * from helpdesk.ticket_attachments');
set role anon;
select story.attempt('select * from helpdesk.ticket_comments'), story.attempt('select * from helpdesk.ticket_attachments');
set role service_role;
select story.attempt('select * from helpdesk.ticket_comments'), story.attempt('select * from helpdesk.ticket_attachments');
call story.sign_out();

---- Writing, through both doors

-- A ticket is answered by whoever sees it; by Adam once he is assigned.
begin;
update helpdesk.tickets set assigned_to = story.profile('Adam') where title = 'Noise';
select * from story.all_callers_attempt($$select helpdesk.add_comment(story.ticket('Noise'), 'Hi')$$);
select * from story.all_callers_attempt($$insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (story.org('Acme'), story.ticket('Noise'), 'Hi')$$);
select * from story.all_callers_attempt($$select helpdesk.add_comment(story.ticket('Noise'), 'Hi', true)$$);
select * from story.all_callers_attempt($$insert into helpdesk.ticket_comments (org_id, ticket_id, content, is_internal) values (story.org('Acme'), story.ticket('Noise'), 'Hi', true)$$);
select * from story.all_callers_attempt($$select helpdesk.add_attachment(story.ticket('Noise'), 'a', 'text/plain', 1, 'acme/a')$$);
select * from story.all_callers_attempt($$insert into helpdesk.ticket_attachments (org_id, ticket_id, file_name, file_type, file_size, storage_path) values (story.org('Acme'), story.ticket('Noise'), 'a', 'text/plain', 1, 'acme/a')$$);
select * from story.all_callers_attempt($$select helpdesk.add_attachment(story.ticket('Noise'), 'a', 'text/plain', 1, 'acme/a', true)$$);
select * from story.all_callers_attempt($$insert into helpdesk.ticket_attachments (org_id, ticket_id, file_name, file_type, file_size, storage_path, is_internal) values (story.org('Acme'), story.ticket('Noise'), 'a', 'text/plain', 1, 'acme/a', true)$$);
rollback;
call story.sign_out();
-- A backend and the DBA with claims write in the name of that person; so does the table.
begin;
call story.claim(json_build_object('sub', story.login('Alice'))::text);
set local role service_role;
select helpdesk.add_comment(story.ticket('Noise'), 'From the app') is not null, helpdesk.add_attachment(story.ticket('Noise'), 'app.txt', 'text/plain', 1, 'acme/app') is not null;
insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (story.org('Acme'), story.ticket('Noise'), 'From the app, by table');
select content, story.name_of(created_by), story.name_of(requester_id), is_internal from helpdesk.ticket_comments where content like 'From%' order by id;
select file_name, story.name_of(uploaded_by), story.name_of(requester_id), is_internal from helpdesk.ticket_attachments where file_name = 'app.txt';
rollback;
call story.sign_out();

-- A ticket one does not see, one that is not there, and an organization that is not one's own all answer alike, for comments and
-- attachments, internal or not, through function and table: one answer for all.
create function story.answers(person text) returns table (answer text, times bigint) language plpgsql as $$
begin
  call story.sign_in(person);
  return query
    select story.expect_error(format(statement, ticket, org)), count(*)
      from (values ($l$select helpdesk.add_comment(%1$L, 'Hi')$l$), ($l$select helpdesk.add_comment(%1$L, 'Hi', true)$l$), ($l$select helpdesk.add_comment(%1$L, 'Hi', false, %2$L)$l$),
                   ($l$select helpdesk.add_attachment(%1$L, 'a', 'b', 1, 'c')$l$), ($l$select helpdesk.add_attachment(%1$L, 'a', 'b', 1, 'c', true)$l$),
                   ($l$insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (%2$L, %1$L, 'Hi')$l$),
                   ($l$insert into helpdesk.ticket_comments (org_id, ticket_id, content, is_internal) values (%2$L, %1$L, 'Hi', true)$l$),
                   ($l$insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (%2$L, %1$L, '')$l$),
                   ($l$insert into helpdesk.ticket_attachments (org_id, ticket_id, file_name, file_type, file_size, storage_path) values (%2$L, %1$L, 'a', 'b', 1, 'c')$l$),
                   ($l$insert into helpdesk.ticket_attachments (org_id, ticket_id, file_name, file_type, file_size, storage_path, is_internal) values (%2$L, %1$L, 'a', 'b', -1, '..', true)$l$)) s (statement),
           (values (story.ticket('Noise')), ('00000000-0000-4000-8000-000000000000')) t (ticket),
           (values (story.org('Acme')), (story.org('Globex')), ('00000000-0000-4000-8000-000000000000')) o (org)
     group by 1 order by 1;
end $$;
select person, answers.* from unnest('{Adam,Bea,Gina,Grace,Stan}'::text[]) person, story.answers(person) answers;
-- To staff, a ticket of another organization is one that is not there.
call story.sign_in('Arthur');
select story.expect_error($$select helpdesk.add_comment(story.ticket('Gina''s'), 'Hi')$$) = story.expect_error($$select helpdesk.add_comment('00000000-0000-4000-8000-000000000000', 'Hi')$$),
       story.expect_error($$select helpdesk.add_comment(story.ticket('Noise'), 'Hi', false, story.org('Globex'))$$) = story.expect_error($$select helpdesk.add_comment('00000000-0000-4000-8000-000000000000', 'Hi')$$),
       story.expect_error($$insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (story.org('Acme'), story.ticket('Gina''s'), 'Hi')$$) = story.expect_error($$select helpdesk.add_comment('00000000-0000-4000-8000-000000000000', 'Hi')$$);
-- p_org_id may be said, and then must be right.
begin;
select helpdesk.add_comment(story.ticket('Noise'), 'Hi', false, story.org('Acme')) is not null, helpdesk.add_attachment(story.ticket('Noise'), 'a', 'b', 1, 'c', false, story.org('Acme')) is not null;
rollback;
call story.sign_out();

-- Columns that the system sets are nobody's to set, for customers and staff alike.
-- i: may be given in an insert, u: in an update; - otherwise.
create function story.writable_columns(relation text) returns table (line text) language sql as $$
  select attname || ' ' || case when has_column_privilege('authenticated', attrelid, attnum, 'insert') then 'i' else '-' end
                        || case when has_column_privilege('authenticated', attrelid, attnum, 'update') then 'u' else '-' end
    from pg_attribute where attrelid = ('helpdesk.' || relation)::regclass and attnum > 0 and not attisdropped order by attnum
$$;
select * from story.writable_columns('ticket_comments');
select * from story.writable_columns('ticket_attachments');
call story.sign_in('Arthur');
-- As a client meets it: a value of one's own is refused, even the right one.
select name, story.attempt(format($$insert into helpdesk.ticket_comments (org_id, ticket_id, content, %I) values (story.org('Acme'), story.ticket('Noise'), 'Hi', %s)$$, name, value)),
             story.attempt(format('update helpdesk.ticket_comments set %I = %s', name, value))
  from (values ('id', 'helpdesk.uuid_generate_v7()'), ('requester_id', $$story.profile('Alice')$$), ('created_by', $$story.profile('Arthur')$$),
               ('created_at', 'now()'), ('updated_at', 'now()')) c (name, value);
select name, story.attempt(format('update helpdesk.ticket_comments set %I = %I', name, name)) from unnest('{org_id,ticket_id,is_internal}'::text[]) name;
select name, story.attempt(format($$insert into helpdesk.ticket_attachments (org_id, ticket_id, file_name, file_type, file_size, storage_path, %I)
                                    values (story.org('Acme'), story.ticket('Noise'), 'a', 'b', 1, 'c', %s)$$, name, value))
  from (values ('id', 'helpdesk.uuid_generate_v7()'), ('requester_id', $$story.profile('Alice')$$), ('uploaded_by', $$story.profile('Arthur')$$), ('uploaded_at', 'now()')) c (name, value);
call story.sign_out();

-- Editing: what one wrote oneself.
select * from story.all_callers_attempt($$update helpdesk.ticket_comments set content = 'Hi'$$);
select * from story.all_callers_attempt($$update helpdesk.ticket_attachments set file_name = 'Hi'$$);
-- Comments stay; attachments are taken back by who uploaded them, and by staff.
select * from story.all_callers_attempt('delete from helpdesk.ticket_comments');
select * from story.all_callers_attempt('delete from helpdesk.ticket_attachments');
select * from story.all_callers_attempt('delete from helpdesk.ticket_attachments where is_internal');
-- A customer who was assigned edits and deletes their own only as long as they see the ticket.
begin;
update helpdesk.tickets set assigned_to = story.profile('Adam') where title = 'Noise';
call story.sign_in('Adam');
select helpdesk.add_comment(story.ticket('Noise'), 'Adam was here') is not null, helpdesk.add_attachment(story.ticket('Noise'), 'adam.txt', 'text/plain', 1, 'acme/adam') is not null;
select story.attempt($$update helpdesk.ticket_comments set content = 'Hi'$$), story.attempt('delete from helpdesk.ticket_attachments');
reset role;
update helpdesk.tickets set assigned_to = null where title = 'Noise';
set role authenticated;
select story.attempt($$update helpdesk.ticket_comments set content = 'Hi'$$), story.attempt('delete from helpdesk.ticket_attachments'), story.attempt('select * from helpdesk.ticket_comments');
rollback;
call story.sign_out();
-- A demoted agent no longer reads or edits their internal comment, nor deletes their internal file.
begin;
update helpdesk.org_members set org_role = 'org_customer', may_be_assigned = true where user_id = story.profile('Arthur');
call story.sign_in('Arthur');
select story.attempt('select * from helpdesk.ticket_comments where is_internal'), story.attempt($$update helpdesk.ticket_comments set content = 'Hi' where is_internal$$),
       story.attempt('select * from helpdesk.ticket_attachments where is_internal'), story.attempt('delete from helpdesk.ticket_attachments where is_internal');
-- He may be assigned, so he still is: the public ones he reads and edits.
select story.attempt('select * from helpdesk.ticket_comments'), story.attempt($$update helpdesk.ticket_comments set content = 'Hi'$$);
select helpdesk.get_ticket_details(story.ticket('Noise'))::text like '%always says so%';
select story.expect_error($$select helpdesk.add_comment(story.ticket('Noise'), 'Hi', true)$$);
reset role;
update helpdesk.tickets set assigned_to = null where title = 'Noise';
set role authenticated;
select story.attempt('select * from helpdesk.ticket_comments'), story.attempt($$update helpdesk.ticket_comments set content = 'Hi'$$);
rollback;
call story.sign_out();

---- What holds for them whichever door it is

select distinct story.name_of(requester_id) from helpdesk.ticket_comments;
-- The requester is the ticket's, whatever is said.
begin;
insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, requester_id)
values (story.org('Acme'), story.ticket('Noise'), 'Hi', story.profile('Arthur'), story.profile('Gina'));
select story.name_of(requester_id) from helpdesk.ticket_comments where content = 'Hi';
rollback;
-- A comment does not reach over to another organization's ticket.
select story.expect_error($$insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by) values (story.org('Acme'), story.ticket('Gina''s'), 'Hi', story.profile('Ada'))$$);
select story.expect_error($$insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by) values (story.org('Globex'), story.ticket('Noise'), 'Hi', story.profile('Ada'))$$);
select story.expect_error($$insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (story.org('Acme'), story.ticket('Noise'), 'Hi')$$);
-- Edits keep author, ticket and visibility.
select name, story.expect_error(format('update helpdesk.ticket_comments set %I = %s', name, value))
  from (values ('org_id', $$story.org('Globex')$$), ('id', 'helpdesk.uuid_generate_v7()'), ('ticket_id', $$story.ticket('Gina''s')$$),
               ('is_internal', 'not is_internal'), ('created_by', $$story.profile('Gina')$$), ('requester_id', $$story.profile('Gina')$$)) c (name, value);
select name, story.expect_error(format('update helpdesk.ticket_attachments set %I = %s', name, value))
  from (values ('org_id', $$story.org('Globex')$$), ('id', 'helpdesk.uuid_generate_v7()'), ('ticket_id', $$story.ticket('Gina''s')$$),
               ('is_internal', 'not is_internal'), ('uploaded_by', $$story.profile('Gina')$$), ('requester_id', $$story.profile('Gina')$$)) c (name, value);
update helpdesk.ticket_comments set content = 'Please hurry!' where content = 'Please hurry';
select content, updated_at > created_at from helpdesk.ticket_comments order by id;
-- Values.
select story.attempt($$update helpdesk.ticket_comments set content = E' \n'$$);
select story.attempt($$update helpdesk.ticket_comments set content = repeat('x', 100001)$$);
select story.attempt($$update helpdesk.ticket_attachments set file_name = ' '$$);
select story.attempt($$update helpdesk.ticket_attachments set file_type = ''$$);
select story.attempt($$update helpdesk.ticket_attachments set file_size = -1$$);
select story.attempt($$update helpdesk.ticket_attachments set storage_path = ''$$);

-- Limits, by function: the argument is named, and what is allowed.
create function story.bad_file(change text) returns text language sql as $$
  select story.expect_error(format('select helpdesk.add_attachment(%s)', string_agg(format('%s => %s', name, coalesce(given, usual)), ', ')))
    from (values ('p_ticket_id', $l$story.ticket('Noise')$l$), ('p_file_name', $l$'a'$l$), ('p_file_type', $l$'text/plain'$l$), ('p_file_size', '1'), ('p_storage_path', $l$'acme/a'$l$)) a (name, usual)
    left join (select split_part(change, '=', 1) as changed, split_part(change, '=', 2) as given) c on changed = name
$$;
call story.sign_in('Alice');
select story.expect_error('select helpdesk.add_comment(null, ''Hi'')');
select story.expect_error($$select helpdesk.add_comment(story.ticket('Noise'), null)$$);
select story.expect_error($$select helpdesk.add_comment(story.ticket('Noise'), '')$$);
select story.expect_error($$select helpdesk.add_comment(story.ticket('Noise'), E' \n\t ')$$);
select story.expect_error($$select helpdesk.add_comment(story.ticket('Noise'), repeat('x', 100001))$$);
select story.expect_error($$select helpdesk.add_comment(story.ticket('Noise'), repeat('x', 1048576))$$);
-- Characters are counted, not bytes; NULL for internal is not internal.
select story.attempt($$select helpdesk.add_comment(story.ticket('Noise'), repeat('Ä', 100000), null)$$);
select change, story.bad_file(change)
  from unnest(array['p_ticket_id=null', 'p_file_name=null', 'p_file_type=null', 'p_file_size=null', 'p_storage_path=null',
                    'p_file_name='' ''', 'p_file_name=repeat(''x'', 256)', 'p_file_type=''''', 'p_file_type=repeat(''x'', 256)', 'p_file_size=-1', 'p_file_size=-2147483648',
                    'p_storage_path=''''', 'p_storage_path=repeat(''x'', 1025)', 'p_storage_path=''/etc/passwd''', 'p_storage_path=''..''', 'p_storage_path=''../a''', 'p_storage_path=''a/../b''',
                    'p_storage_path=''a/..''', 'p_storage_path=''./a''', 'p_storage_path=''a/.''', 'p_storage_path=''a\b''', 'p_storage_path=E''a\nb''', 'p_storage_path=E''a\x7f''']) change;
select change, story.attempt(format($$select helpdesk.add_attachment(story.ticket('Noise'), 'a', 'b', %s)$$, change))
  from unnest(array['0, ''a''', '2147483647, ''a''', '1, ''a..b/.c/...''', '1, repeat(''x'', 1024)', '1, ''ä/ö'', null']) change;
-- And by table.
select regexp_replace(left(path, 20), '[[:cntrl:]]', '^'), story.attempt(format($$insert into helpdesk.ticket_attachments (org_id, ticket_id, file_name, file_type, file_size, storage_path)
                                    values (story.org('Acme'), story.ticket('Noise'), 'a', 'b', 1, %L)$$, path))
  from unnest(array['', '/etc/passwd', '..', '../a', 'a/../b', 'a/..', './a', 'a/.', 'a\b', E'a\nb', E'a\x7f', repeat('x', 1025), 'a..b/.c/...']) path;
select story.attempt($$insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (story.org('Acme'), story.ticket('Noise'), E' \n')$$),
       story.attempt($$insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (story.org('Acme'), story.ticket('Noise'), repeat('x', 100001))$$),
       story.attempt($$insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (null, story.ticket('Noise'), 'Hi')$$),
       story.attempt($$insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (story.org('Acme'), null, 'Hi')$$),
       story.attempt($$insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (story.org('Acme'), story.ticket('Noise'), null)$$),
       story.attempt($$insert into helpdesk.ticket_comments (org_id, ticket_id, content, is_internal) values (story.org('Acme'), story.ticket('Noise'), 'Hi', null)$$);
call story.sign_out();

---- Files in storage: read and put there by those who may read the attachment, and see the ticket

create function story.path(name text) returns text language sql stable as $$ select concat_ws('/', story.org('Acme'), story.ticket('Noise'), name) $$;
begin;
call story.sign_in('Alice');
select helpdesk.add_attachment(story.ticket('Noise'), 'a', 'b', 1, story.path('public')) is not null;
call story.sign_in('Arthur');
select helpdesk.add_attachment(story.ticket('Noise'), 'a', 'b', 1, story.path('internal'), true) is not null;
call story.sign_out();
-- Whether a person may read the file is what the table gives them.
create function story.file_agrees(path text) returns table (line text) language plpgsql as $$
declare
  person text;
begin
  foreach person in array '{Ada,Arthur,Alice,Adam,Bea,Gina,Grace,Stan}'::text[] loop
    call story.sign_in(person);
    line := concat_ws(' ', person, helpdesk.may_read_file(path), helpdesk.may_read_file(path) = exists (select from helpdesk.ticket_attachments where storage_path = path));
    return next;
  end loop;
  call story.sign_out();
end $$;
select * from story.file_agrees(story.path('public'));
select * from story.file_agrees(story.path('internal'));
select * from story.file_agrees(story.path('nowhere')) where line like '% t %' or line like '% f';
-- Attaching the path of a file that one may not read does not open it: not an internal one to the customer, not to another organization.
savepoint attached;
call story.sign_in('Alice');
select story.expect_error($$select helpdesk.add_attachment(story.ticket('Noise'), 'a', 'b', 1, story.path('internal'))$$) is not null;
select helpdesk.may_read_file(story.path('internal'));
call story.sign_in('Gina');
select story.expect_error($$select helpdesk.add_attachment(story.ticket('Gina''s'), 'a', 'b', 1, story.path('public'))$$) is not null;
select helpdesk.may_read_file(story.path('public'));
call story.sign_out();
rollback to attached;
-- Once assigned, Adam reads the public one.
update helpdesk.tickets set assigned_to = story.profile('Adam') where title = 'Noise';
select * from story.file_agrees(story.path('public')) where line like 'Adam%';
select * from story.file_agrees(story.path('internal')) where line like 'Adam%';
-- Uploads go to <organization>/<ticket>/<anything> of a ticket one sees.
create function story.may_upload(path text) returns text language plpgsql as $$
declare
  person text;
  allowed text := '';
begin
  foreach person in array '{Ada,Arthur,Alice,Adam,Bea,Gina,Grace,Stan}'::text[] loop
    call story.sign_in(person);
    allowed := allowed || case when helpdesk.may_upload_file(path) then person || ' ' else '' end;
  end loop;
  call story.sign_out();
  return coalesce(nullif(allowed, ''), 'nobody');
end $$;
select what, story.may_upload(path) from (values
  ('its place', concat_ws('/', story.org('Acme'), story.ticket('Noise'), 'a.txt')), ('below it', concat_ws('/', story.org('Acme'), story.ticket('Noise'), 'a/b.txt')),
  ('another organization', concat_ws('/', story.org('Globex'), story.ticket('Noise'), 'a.txt')), ('no name', concat_ws('/', story.org('Acme'), story.ticket('Noise'), '')),
  ('no third part', concat_ws('/', story.org('Acme'), story.ticket('Noise'))), ('a way out', story.path('../../b.txt')), ('no ticket', concat_ws('/', story.org('Acme'), 'x', 'a.txt')), ('nothing', ''), ('null', null)) p (what, path);
set role anon;
select helpdesk.may_read_file(story.path('public')), helpdesk.may_read_file(null), helpdesk.may_upload_file(story.path('x'));
reset role;
-- enable_storage puts that on a bucket; again, and it is the same.
update helpdesk.tickets set assigned_to = story.profile('Arthur') where title = 'Noise';
set local client_min_messages = warning;
create schema storage;
create table storage.objects (id uuid default gen_random_uuid(), bucket_id text, name text);
alter table storage.objects enable row level security;
grant usage on schema storage to authenticated;
grant select, insert on storage.objects to authenticated;
insert into storage.objects (bucket_id, name) values ('files', story.path('public')), ('files', story.path('internal')), ('files', 'stray'), ('others', story.path('public'));
select helpdesk.enable_storage('files'), helpdesk.enable_storage('files');
select polname, polcmd from pg_policy where polrelid = 'storage.objects'::regclass order by 1;
create function story.files(person text) returns text language plpgsql as $f$
declare
  seen text;
begin
  call story.sign_in(person);
  select string_agg(bucket_id || ':' || regexp_replace(name, '.*/', ''), ' ' order by name) into seen from storage.objects;
  seen := concat_ws(' | ', coalesce(seen, 'nothing'), story.attempt(format('insert into storage.objects (bucket_id, name) values (''files'', %L)', story.path('new'))),
                    story.attempt($$insert into storage.objects (bucket_id, name) values ('files', 'stray')$$));
  call story.sign_out();
  return seen;
end $f$;
select person, story.files(person) from unnest('{Arthur,Alice,Adam,Gina}'::text[]) person;
select story.expect_error('select helpdesk.enable_storage(null)'), story.expect_error($$select helpdesk.enable_storage(' ')$$), story.expect_error($$select helpdesk.enable_storage(repeat('x', 41))$$), story.attempt($$select helpdesk.enable_storage('it''s "odd"')$$);
rollback;

---- Counts, and when something last happened

-- The counts a ticket carries, and those that are really there; internal ones in brackets.
create function story.counts(title text) returns text language sql security definer as $$
  select format('%s+%s (%s+%s)', t.public_comment_count, t.public_attachment_count, coalesce(i.comment_count, 0), coalesce(i.attachment_count, 0))
         || case when (t.public_comment_count, t.public_attachment_count, coalesce(i.comment_count, 0), coalesce(i.attachment_count, 0))
                    = ((select count(*) from helpdesk.ticket_comments x where x.ticket_id = t.id and not is_internal), (select count(*) from helpdesk.ticket_attachments x where x.ticket_id = t.id and not is_internal),
                       (select count(*) from helpdesk.ticket_comments x where x.ticket_id = t.id and is_internal), (select count(*) from helpdesk.ticket_attachments x where x.ticket_id = t.id and is_internal))
                 then '' else ' WRONG' end
    from helpdesk.tickets t left join helpdesk.ticket_internal_counts i on i.ticket_id = t.id where t.title = $1
$$;
select story.counts('Noise'), story.counts('Gina''s');
-- What a list says to this person.
create function story.listed_counts(person text) returns text language plpgsql as $$
declare
  said text;
begin
  call story.sign_in(person);
  select concat_ws('+', t->>'commentCount', t->>'attachmentCount') into said
    from json_array_elements(helpdesk.list_org_tickets(story.org('Acme'))->'tickets') t where t->>'title' = 'Noise';
  call story.sign_out();
  return coalesce(said, 'not listed');
end $$;
select person, story.listed_counts(person) from unnest('{Ada,Arthur,Alice,Adam}'::text[]) person;
set role service_role;
select t->>'commentCount', t->>'attachmentCount' from json_array_elements(helpdesk.list_org_tickets(story.org('Acme'))->'tickets') t where t->>'title' = 'Noise';
reset role;
begin;
call story.sign_in('Arthur');
select helpdesk.add_comment(story.ticket('Noise'), 'One', false) is not null, helpdesk.add_comment(story.ticket('Noise'), 'Two', true) is not null,
       helpdesk.add_attachment(story.ticket('Noise'), 'one', 'b', 1, 'c', false) is not null, helpdesk.add_attachment(story.ticket('Noise'), 'two', 'b', 1, 'c', true) is not null;
select story.counts('Noise');
-- Editing changes none.
update helpdesk.ticket_comments set content = 'Uno' where content = 'One';
select story.counts('Noise');
-- Many in one statement.
insert into helpdesk.ticket_comments (org_id, ticket_id, content, is_internal) select story.org('Acme'), story.ticket('Noise'), 'No ' || n, n % 3 = 0 from generate_series(1, 10) n;
select story.counts('Noise');
delete from helpdesk.ticket_attachments;
select story.counts('Noise');
call story.sign_out();
select person, story.listed_counts(person) from unnest('{Ada,Arthur,Alice,Adam}'::text[]) person;
delete from helpdesk.ticket_comments where content like 'No %';
select story.counts('Noise');
-- What fails counts nothing.
select story.attempt($$insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by) values (story.org('Acme'), story.ticket('Noise'), ' ', story.profile('Ada'))$$);
select story.counts('Noise');
-- With the ticket its counts go.
delete from helpdesk.tickets where title = 'Noise';
select count(*) from helpdesk.ticket_internal_counts;
rollback;
-- Customers learn internal counts through no door: not by the table, not by a list, not from updated rows.
select * from story.all_callers_attempt($$select * from helpdesk.ticket_internal_counts$$);
select * from story.all_callers_attempt($$update helpdesk.ticket_internal_counts set comment_count = 0$$);
select * from story.all_callers_attempt($$select from helpdesk.tickets where to_jsonb(tickets)::text ~ 'internal'$$);
call story.sign_in('Alice');
select (select string_agg(distinct key, ' ') from json_each(helpdesk.get_ticket_details(story.ticket('Noise'))->'ticket') where key ~* 'internal|count') as counts,
       (select string_agg(key, ' ') from json_array_elements(helpdesk.list_org_tickets(story.org('Acme'))->'tickets') t, json_object_keys(t) key where key ~* 'internal');
call story.sign_out();

-- updated_at follows public and internal matter; no revision is written, the version stays.
create procedure story.expect_activity(person text, statement text) language plpgsql as $$
declare
  before helpdesk.tickets;
  after helpdesk.tickets;
begin
  update helpdesk.tickets set title = title where title = 'Noise';
  select * into before from helpdesk.tickets where title = 'Noise';
  commit;
  call story.sign_in(person);
  execute statement;
  call story.sign_out();
  select * into after from helpdesk.tickets where title = 'Noise';
  raise notice '%: %, %', person, case when after.updated_at > before.updated_at then 'moved up' else 'stays' end,
    case when (after.version, after.latest_history_id, after.status, after.current_stage_id) = (before.version, before.latest_history_id, before.status, before.current_stage_id) then 'no revision' else 'REVISION' end;
end $$;
set client_min_messages = notice;
call story.expect_activity('Alice', $$select helpdesk.add_comment(story.ticket('Noise'), 'Once more')$$);
call story.expect_activity('Arthur', $$select helpdesk.add_comment(story.ticket('Noise'), 'Once more, internally', true)$$);
call story.expect_activity('Alice', $$select helpdesk.add_attachment(story.ticket('Noise'), 'again', 'b', 1, 'c')$$);
call story.expect_activity('Arthur', $$select helpdesk.add_attachment(story.ticket('Noise'), 'again', 'b', 1, 'c', true)$$);
call story.expect_activity('Arthur', $$insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (story.org('Acme'), story.ticket('Noise'), 'By table')$$);
set client_min_messages = warning;
-- Old comments that are loaded do not.
begin;
create temp table before_import as select updated_at from helpdesk.tickets where title = 'Noise';
insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, created_at) values (story.org('Acme'), story.ticket('Noise'), 'Long ago', story.profile('Alice'), '2020-01-01');
insert into helpdesk.ticket_attachments (org_id, ticket_id, file_name, file_type, file_size, storage_path, uploaded_by, uploaded_at)
values (story.org('Acme'), story.ticket('Noise'), 'Long ago', 'b', 1, 'c', story.profile('Alice'), '2020-01-01');
select t.updated_at = b.updated_at from helpdesk.tickets t, before_import b where t.title = 'Noise';
select story.counts('Noise');
rollback;
-- What somebody's own trigger changes on the ticket meanwhile is a change like any other: checked, and a revision.
begin;
create function story.escalate() returns trigger language plpgsql as $$
begin
  update helpdesk.tickets set priority = 'urgent', current_stage_id = story.stage('Acme', 'In progress') where id = new.id;
  return null;
end $$;
create trigger escalate after update of public_comment_count on helpdesk.tickets for each row execute function story.escalate();
call story.sign_in('Alice');
select helpdesk.add_comment(story.ticket('Noise'), 'Escalate this') is not null;
call story.sign_out();
select t.priority, s.name, t.status, (select string_agg(key, ',' order by key) from jsonb_object_keys(h.changes->'fields') key)
  from helpdesk.tickets t join helpdesk.workflow_stages s on s.id = t.current_stage_id join helpdesk.ticket_history h on h.id = t.latest_history_id where t.title = 'Noise';
select * from story.wrong_history;
rollback;
-- Nobody sets the counts.
select story.attempt($$update helpdesk.tickets set public_comment_count = 0 where title = 'Noise'$$), story.attempt($$update helpdesk.tickets set public_attachment_count = 99 where title = 'Noise'$$);
select story.counts('Noise');

---- Reopening

-- A ticket in this stage, after this person's comment there. Nothing of it stays.
create function story.after_comment(person text, stage text, is_internal boolean default false) returns text language plpgsql as $$
declare
  now_in text;
begin
  update helpdesk.tickets set current_stage_id = story.stage('Acme', stage) where title = 'Noise';
  call story.sign_in(person);
  perform helpdesk.add_comment(story.ticket('Noise'), 'Hello?', is_internal);
  call story.sign_out();
  select format('%s (%s), last change by %s', s.name, t.status, coalesce(story.name_of(h.changed_by), 'the system')) into now_in
    from helpdesk.tickets t join helpdesk.workflow_stages s on s.id = t.current_stage_id join helpdesk.ticket_history h on h.id = t.latest_history_id where t.title = 'Noise';
  raise exception using errcode = 'UNDO0', message = now_in;
exception when sqlstate 'UNDO0' then
  call story.sign_out();
  return sqlerrm;
end $$;
select stage, story.after_comment('Alice', stage) from unnest('{New,In progress,Waiting on customer,Resolved,Closed}'::text[]) stage;
-- Staff do not reopen, in public or internally; a customer it is assigned to does.
select stage, story.after_comment('Arthur', stage), story.after_comment('Ada', stage, true) from unnest('{Waiting on customer,Resolved}'::text[]) stage;
begin;
update helpdesk.tickets set assigned_to = story.profile('Adam') where title = 'Noise';
select story.after_comment('Adam', 'Resolved');
rollback;
-- resolved_at goes, stage_entered_at moves, a revision says so.
begin;
update helpdesk.tickets set current_stage_id = story.stage('Acme', 'Resolved') where title = 'Noise';
select resolved_at is not null as resolved, version from helpdesk.tickets where title = 'Noise' \gset before_
call story.sign_in('Alice');
insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (story.org('Acme'), story.ticket('Noise'), 'By table');
call story.sign_out();
select status, :'before_resolved' as was_resolved, resolved_at, version = :before_version + 1 from helpdesk.tickets where title = 'Noise';
select story.name_of(changed_by), changes->'fields'->'status' from helpdesk.ticket_history h join helpdesk.tickets t on h.id = t.latest_history_id where t.title = 'Noise';
select * from story.wrong_history;
-- An attachment does not reopen, nor does a comment that is loaded or edited.
update helpdesk.tickets set current_stage_id = story.stage('Acme', 'Resolved') where title = 'Noise';
call story.sign_in('Alice');
select helpdesk.add_attachment(story.ticket('Noise'), 'a', 'b', 1, 'c') is not null;
update helpdesk.ticket_comments set content = 'Edited' where content = 'By table';
call story.sign_out();
insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, created_at) values (story.org('Acme'), story.ticket('Noise'), 'Long ago', story.profile('Alice'), '2020-01-01');
select status from helpdesk.tickets where title = 'Noise';
rollback;
-- Not where the organization does not want it. Its admins decide.
select * from story.all_callers_attempt($$update helpdesk.organizations set reopen_on_customer_comment = false where id = story.org('Acme')$$);
begin;
update helpdesk.organizations set reopen_on_customer_comment = false where name = 'Acme';
select stage, story.after_comment('Alice', stage) from unnest('{Waiting on customer,Resolved}'::text[]) stage;
rollback;
-- To the first open stage after the start: not to one before it, nor to a pending one after it; without any, to the start.
begin;
insert into helpdesk.workflow_stages (org_id, workflow_id, name, position, status) values
  (story.org('Acme'), story.workflow('Acme'), 'Before', -5, 'open'), (story.org('Acme'), story.workflow('Acme'), 'Second', 99, 'open');
select story.after_comment('Alice', 'Resolved');
update helpdesk.workflow_stages set status = 'pending' where workflow_id = story.workflow('Acme') and name = 'In progress';
select story.after_comment('Alice', 'Resolved');
update helpdesk.workflow_stages set status = 'closed' where workflow_id = story.workflow('Acme') and name in ('Before', 'Second');
select story.after_comment('Alice', 'Resolved');
-- Nowhere open, nowhere to go: the comment is kept all the same.
update helpdesk.tickets set current_stage_id = story.stage('Acme', 'Resolved') where title = 'Noise';
update helpdesk.workflow_stages set status = 'closed' where workflow_id = story.workflow('Acme') and name = 'New';
select story.after_comment('Alice', 'Resolved');
rollback;
-- Also where workflow_transitions allow nobody that move.
begin;
insert into helpdesk.workflow_transitions (org_id, workflow_id, from_stage_id, to_stage_id)
values (story.org('Acme'), story.workflow('Acme'), story.stage('Acme', 'New'), story.stage('Acme', 'Resolved'));
update helpdesk.tickets set current_stage_id = story.stage('Acme', 'Resolved') where title = 'Noise';
call story.sign_in('Alice');
select helpdesk.add_comment(story.ticket('Noise'), 'Hello?') is not null;
call story.sign_out();
select s.name from helpdesk.tickets t join helpdesk.workflow_stages s on s.id = t.current_stage_id where t.title = 'Noise';
-- And that opens no gap for the next who moves it.
select story.attempt($$update helpdesk.tickets set current_stage_id = story.stage('Acme', 'Closed') where title = 'Noise'$$);
rollback;

---- They go with their ticket; people stay with theirs

-- With a comment go its notifications, and no others.
begin;
call story.sign_in('Alice');
select helpdesk.add_comment(story.ticket('Noise'), 'Short-lived') as comment \gset
call story.sign_out();
select count(*) from helpdesk.notifications where comment_id = :'comment';
select count(*) as others from helpdesk.notifications where comment_id is distinct from :'comment' \gset
delete from helpdesk.ticket_comments where content = 'Short-lived';
select count(*) = :others, count(*) filter (where comment_id = :'comment' or content->>'comment_id' = :'comment') from helpdesk.notifications;
rollback;
call story.sign_in('Ada');
select helpdesk.watch_ticket(story.ticket('Noise'));
call story.sign_out();
select (select count(*) > 0 from helpdesk.ticket_watchers), (select count(*) > 0 from helpdesk.notifications), (select count(*) > 0 from helpdesk.ticket_internal_counts);

select story.attempt($$delete from helpdesk.profiles where name = 'Alice'$$);
-- Not even once they left.
begin;
delete from helpdesk.org_members where user_id in (story.profile('Alice'), story.profile('Arthur'));
select left(story.attempt($$delete from helpdesk.profiles where name = 'Alice'$$), 5), left(story.attempt($$delete from helpdesk.profiles where name = 'Arthur'$$), 5);
rollback;
-- A deleted login leaves its name on what it wrote.
begin;
delete from auth.users where id = story.login('Alice');
select helpdesk.get_ticket_details(story.ticket('Noise'))->'ticket'->'createdBy'->>'name';
rollback;
delete from helpdesk.tickets;
select (select count(*) from helpdesk.ticket_comments), (select count(*) from helpdesk.ticket_attachments), (select count(*) from helpdesk.ticket_history),
       (select count(*) from helpdesk.ticket_watchers), (select count(*) from helpdesk.notifications), (select count(*) from helpdesk.ticket_internal_counts);
