-- What import_tickets() refuses: callers who are not admins, and rows, which it names with the key.

create function test.row(others jsonb default '{}') returns jsonb language sql immutable as $$
  select '{"externalId": "1", "title": "Old", "requester": {"email": "nina@mail.example"}, "createdAt": "2024-03-01T09:00:00Z"}'::jsonb || $1 $$;
create function test.import(variadic rows jsonb[]) returns text language sql as $$
  select test.error_of(format('select helpdesk.import_tickets(%L, %L)', test.org_id('Acme'), to_jsonb($1))) $$;
select test.digest_of_all_rows() as before \gset

---- Only admins of the organization, backends and the DBA import
select * from test.attempt_by_each_caller(format('select helpdesk.import_tickets(%L, %L)', test.org_id('Acme'), jsonb_build_array(test.row())));
call test.sign_in('Ben');
select test.import(test.row());
call test.sign_in('Gina');
select test.import(test.row());
select test.error_of($$select helpdesk.import_tickets('00000000-0000-4000-8000-000000000000', '[]')$$);
call test.sign_in('Nemo');
select test.import(test.row());
call test.sign_out();
set role service_role;
select test.error_of($$select helpdesk.import_tickets('00000000-0000-4000-8000-000000000000', '[]')$$);
reset role;

---- Rows
call test.sign_in('Ada');
select test.error_of(format('select helpdesk.import_tickets(%L, null)', test.org_id('Acme'))), test.error_of($$select helpdesk.import_tickets(null, '[]')$$);
select rows, test.error_of(format('select helpdesk.import_tickets(%L, %L)', test.org_id('Acme'), rows)) from unnest('{"{}",7,null,"[7]","[[]]","\"[]\""}'::text[]) rows;
select key, test.import(test.row() - key) from unnest('{externalId,title,requester,createdAt}'::text[]) key;
select key, left(value::text, 40) as value, test.import(test.row(jsonb_build_object(key, value))) from (values
  ('colour', '"red"'::jsonb), ('externalId', '7'), ('externalId', '" "'), ('title', '"  "'), ('title', to_jsonb(repeat('x', 501))), ('description', to_jsonb(repeat('x', 100001))),
  ('number', '0'), ('number', '1000000000001'), ('number', '1.5'), ('number', '"x"'), ('priority', '"asap"'), ('status', '"done"'), ('status', '7'),
  ('stage', '"Nowhere"'), ('workflowId', '"x"'), ('workflowId', '"00000000-0000-4000-8000-000000000000"'),
  ('requester', '"nina"'), ('requester', '{}'), ('requester', '{"email": "nina"}'), ('requester', '{"email": "a b@c"}'), ('requester', jsonb_build_object('email', 'a@b', 'name', repeat('x', 201))), ('requester', '{"email": "a@b", "role": "admin"}'),
  ('assignee', '{"name": "Otto"}'), ('createdAt', '"yesterday"'), ('createdAt', '"2024-03-01"'), ('createdAt', '"9000-01-01T00:00:00Z"'), ('createdAt', '"-000001-01-01T00:00:00Z"'), ('updatedAt', '"2024-02-29T00:00:00Z"'), ('updatedAt', '"9000-01-01T00:00:00Z"'),
  ('closedAt', '"2024-03-02T00:00:00Z"'), ('resolvedAt', '"2024-03-02T00:00:00Z"'), ('comments', '{}'), ('comments', '[{}]'), ('comments', '["x"]')) v (key, value);
select key, left(value::text, 40) as value, test.import(test.row(), test.row(jsonb_build_object('externalId', '2', 'comments', jsonb_build_array('{"externalId": "1", "content": "Words", "author": {"email": "a@b"}, "createdAt": "2024-03-01T10:00:00Z"}'::jsonb || jsonb_build_object(key, value)))))
  from (values ('colour', '"red"'::jsonb), ('externalId', '""'), ('content', '" "'), ('content', to_jsonb(repeat('x', 100001))), ('content', 'null'), ('isInternal', '"yes"'), ('author', 'null'), ('author', '{"email": "x"}'), ('createdAt', '"9000-01-01T00:00:00Z"')) v (key, value);
-- Two of the same
select test.import(test.row(), test.row()), test.import(test.row('{"number": 7}'), test.row('{"externalId": "2", "number": "7"}'));
select test.import(test.row('{"comments": [{"externalId": "1", "content": "a", "author": {"email": "a@b"}, "createdAt": "2024-03-01T10:00:00Z"}, {"externalId": "1", "content": "b", "author": {"email": "a@b"}, "createdAt": "2024-03-01T10:00:00Z"}]}'));
call test.sign_out();
select test.digest_of_all_rows() = :'before' as nothing_was_written;
-- A number that another ticket has
begin;
call test.sign_in('Alice');
select helpdesk.create_ticket(test.org_id('Acme'), 'First') is not null;
call test.sign_in('Ada');
select test.import(test.row(), test.row('{"externalId": "2", "number": 1}'));
rollback;
call test.sign_out();
-- Stages and workflows that take no tickets
begin;
update helpdesk.workflow_stages set is_active = false where id in (test.stage_id('Acme', 'Waiting on customer'), test.stage_id('Acme', 'Closed'));
insert into helpdesk.workflows (org_id, name, is_active) values (test.org_id('Acme'), 'Retired', false);
call test.sign_in('Ada');
select test.import(test.row('{"stage": "Closed"}')), test.import(test.row('{"status": "pending"}')), test.import(test.row('{"status": "resolved", "stage": "New"}')), test.import(test.row(jsonb_build_object('workflowId', test.workflow_id('Acme', 'Retired'))));
call test.sign_out();
update helpdesk.workflows set is_active = false;
call test.sign_in('Ada');
select test.import(test.row());
rollback;
call test.sign_out();
-- An import is measured before it is read.
call test.sign_in('Ada');
select test.error_of(format($$select helpdesk.import_tickets(%L, (select jsonb_agg(repeat('x', 1000000)) from generate_series(1, 68)))$$, test.org_id('Acme')));
select test.error_of(format($$select helpdesk.import_tickets(%L, (select jsonb_agg(1e131071) from generate_series(1, 600)))$$, test.org_id('Acme')));
call test.sign_out();
select test.digest_of_all_rows() = :'before' as nothing_was_written;
