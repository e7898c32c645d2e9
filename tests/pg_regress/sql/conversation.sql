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
-- Nobody writes them through the table yet.
select * from story.everybody_attempts($$insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (story.org('Acme'), story.ticket('Noise'), 'Hi')$$);
select * from story.everybody_attempts($$update helpdesk.ticket_comments set content = 'Hi'$$);
select * from story.everybody_attempts('delete from helpdesk.ticket_comments');
select * from story.everybody_attempts('delete from helpdesk.ticket_attachments');
call story.claim('');
set role authenticated;
select story.attempt('select * from helpdesk.ticket_comments'), story.attempt('select * from helpdesk.ticket_attachments');
set role anon;
select story.attempt('select * from helpdesk.ticket_comments'), story.attempt('select * from helpdesk.ticket_attachments');
set role service_role;
select story.attempt('select * from helpdesk.ticket_comments'), story.attempt('select * from helpdesk.ticket_attachments');
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

---- They go with their ticket; people stay with theirs

select story.attempt($$delete from helpdesk.profiles where name = 'Alice'$$);
-- A deleted login leaves its name on what it wrote.
begin;
delete from auth.users where id = story.login('Alice');
select helpdesk.get_ticket_details(story.ticket('Noise'))->'ticket'->'createdBy'->>'name';
rollback;
delete from helpdesk.tickets;
select (select count(*) from helpdesk.ticket_comments), (select count(*) from helpdesk.ticket_attachments), (select count(*) from helpdesk.ticket_history);
