-- add_comment and add_attachment in one call: files of a comment, changes of the ticket, and
-- repeated requests.

call test.create_conversation();

---- A comment with files

call test.sign_in('Alice');
select helpdesk.add_comment(test.ticket_id('Noise'), 'See these', p_attachments => '[
  {"fileName": "a.png", "fileType": "image/png", "fileSize": 1, "storagePath": "x/a.png"},
  {"fileName": "b", "fileType": "", "fileSize": 0, "storagePath": "x/b"}]') as comment \gset
select file_name, file_type, comment_id = :'comment' as is_of_comment, is_internal
  from helpdesk.ticket_attachments where comment_id is not null order by file_name;
select c->>'content', json_array_length(c->'attachments'), c->'attachments'->0->>'fileName'
  from json_array_elements(helpdesk.get_ticket_details(test.ticket_id('Noise'))->'comments') c where c->>'id' = :'comment';
select a->>'fileName', a->>'storagePath', a->>'commentId' = :'comment'
  from json_array_elements(helpdesk.get_ticket_details(test.ticket_id('Noise'))->'attachments') a where a->>'commentId' is not null;
-- Nothing is written if a file is refused.
select input, test.error_of(format('select helpdesk.add_comment(test.ticket_id(''Noise''), ''Refused'', p_attachments => %L)', input)) from (values
  ('{}'), ('[1]'), ('[{}]'), ('"x"'), ('[{"fileName": "a", "fileType": "", "fileSize": -1, "storagePath": "x"}]'),
  ('[{"fileName": "a", "fileType": "", "fileSize": "big", "storagePath": "x"}]'), ('[{"fileName": "a", "fileType": "", "fileSize": 3000000000, "storagePath": "x"}]'), ('[{"fileName": "a", "fileType": "", "fileSize": 1, "storagePath": "../x"}]'),
  ('[{"fileName": " ", "fileType": "", "fileSize": 1, "storagePath": "x"}]'), ('[{"fileName": "a", "size": 1}]')) i (input);
select test.error_of($$select helpdesk.add_comment(test.ticket_id('Noise'), 'Refused', p_attachments =>
  (select jsonb_agg('{"fileName": "a", "fileType": "", "fileSize": 1, "storagePath": "x"}'::jsonb) from generate_series(1, 101)))$$);
select count(*) from helpdesk.ticket_comments where content = 'Refused';
select helpdesk.add_comment(test.ticket_id('Noise'), 'No files', p_attachments => '[]') is not null;
-- Internal comments have internal files.
call test.sign_in('Ben');
select helpdesk.add_comment(test.ticket_id('Noise'), 'Secret', true, p_attachments => '[{"fileName": "s", "fileType": "", "fileSize": 1, "storagePath": "x/s"}]') as internal \gset
call test.sign_in('Alice');
select count(*) from json_array_elements(helpdesk.get_ticket_details(test.ticket_id('Noise'))->'attachments') a where a->>'fileName' = 's';
select count(*) from helpdesk.ticket_attachments where file_name = 's';

---- Through the table, only to one's own comment on the same ticket with the same visibility

insert into helpdesk.ticket_attachments (org_id, ticket_id, comment_id, file_name, file_type, file_size, storage_path)
values (test.org_id('Acme'), test.ticket_id('Noise'), :'comment', 'c', '', 1, 'x/c') returning comment_id = :'comment';
select test.error_of(format($$insert into helpdesk.ticket_attachments (org_id, ticket_id, comment_id, file_name, file_type, file_size, storage_path)
  values (test.org_id('Acme'), test.ticket_id('Noise'), %L, 'c', '', 1, 'x/c')$$, id))
  from unnest(array[:'internal', '00000000-0000-4000-8000-000000000000']) id;
call test.sign_in('Ben');
select test.error_of(format($$insert into helpdesk.ticket_attachments (org_id, ticket_id, comment_id, file_name, file_type, file_size, storage_path, is_internal)
  values (test.org_id('Acme'), test.ticket_id('Noise'), %L, 'c', '', 1, 'x/c', %L)$$, id, internal))
  from (values (:'comment', false), (:'internal', false), (:'internal', true)) c (id, internal);
call test.sign_out();
select test.error_of('update helpdesk.ticket_attachments set comment_id = null where comment_id is not null');
-- The files of a comment are deleted with it.
delete from helpdesk.ticket_comments where id = :'internal';
select count(*) from helpdesk.ticket_attachments where file_name = 's';

---- A comment with changes

call test.sign_in('Ben');
select helpdesk.add_comment(test.ticket_id('Noise'), 'What kind of noise?',
  p_changes => jsonb_build_object('stageId', test.stage_id('Acme', 'Waiting on customer'), 'priority', 'high')) is not null;
select status, priority, version from helpdesk.tickets where title = 'Noise';
select test.error_of($$select helpdesk.add_comment(test.ticket_id('Noise'), 'Refused', p_changes => '{"stageId": "00000000-0000-4000-8000-000000000000"}')$$);
select test.error_of($$select helpdesk.add_comment(test.ticket_id('Noise'), 'Refused', p_changes => '{}')$$);
select test.error_of($$select helpdesk.add_comment(test.ticket_id('Noise'), 'Refused', p_changes => '{"colour": 1}')$$);
select count(*) from helpdesk.ticket_comments where content = 'Refused';
select * from test.attempt_by_each_person($$select helpdesk.add_comment(test.ticket_id('Noise'), 'With a change', p_changes => '{"priority": "low"}')$$);
call test.sign_in('Alice');
select test.error_of($$select helpdesk.add_comment(test.ticket_id('Noise'), 'Refused', p_changes => '{"priority": "low"}')$$);

-- An answer that moves the ticket does not reopen it first, not even that of its requester.
call test.sign_in('Ben');
begin;
select helpdesk.create_ticket(test.org_id('Acme'), 'My own') as own \gset
select helpdesk.update_ticket(:'own', jsonb_build_object('stageId', test.stage_id('Acme', 'Resolved')))->>'version' as version;
select helpdesk.add_comment(:'own', 'Solved for good', p_changes => jsonb_build_object('stageId', test.stage_id('Acme', 'Closed'))) is not null;
select status, version from helpdesk.tickets where id = :'own';
rollback;
call test.sign_in('Alice');

---- Repeated requests

begin;
select helpdesk.add_comment(test.ticket_id('Noise'), 'Once', p_idempotency_key => 'k1') as first \gset
select helpdesk.add_comment(test.ticket_id('Noise'), 'Once', p_idempotency_key => 'k1') = :'first';
select helpdesk.add_attachment(test.ticket_id('Noise'), 'once', '', 1, 'x/once', p_idempotency_key => 'k2') as file \gset
select helpdesk.add_attachment(test.ticket_id('Noise'), 'once', '', 1, 'x/once', p_idempotency_key => 'k2') = :'file';
select (select count(*) from helpdesk.ticket_comments where content = 'Once'), (select count(*) from helpdesk.ticket_attachments where file_name = 'once');
-- The same key for anything else is an error.
select request, test.error_of('select helpdesk.' || request) from unnest(array[
  $$add_comment(test.ticket_id('Noise'), 'Other', p_idempotency_key => 'k1')$$,
  $$add_comment(test.ticket_id('Noise'), 'Once', p_attachments => '[]', p_idempotency_key => 'k1')$$,
  $$add_comment(test.ticket_id('Noise'), 'Once', p_idempotency_key => '')$$,
  $$add_attachment(test.ticket_id('Noise'), 'once', '', 2, 'x/once', p_idempotency_key => 'k2')$$,
  $$add_attachment(test.ticket_id('Noise'), 'once', '', 1, 'x/once', p_idempotency_key => 'k1')$$,
  $$create_ticket(test.org_id('Acme'), 'Once', p_idempotency_key => 'k1')$$]) request;
-- Keys belong to a person.
call test.sign_in('Ben');
select helpdesk.add_comment(test.ticket_id('Noise'), 'Once', p_idempotency_key => 'k1') <> :'first';
-- A deleted file stays deleted.
delete from helpdesk.ticket_attachments where id = :'file';
call test.sign_in('Alice');
select helpdesk.add_attachment(test.ticket_id('Noise'), 'once', '', 1, 'x/once', p_idempotency_key => 'k2') = :'file';
select count(*) from helpdesk.ticket_attachments where file_name = 'once';
rollback;
