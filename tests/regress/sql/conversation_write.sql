-- Who adds comments and attachments, with functions and tables.

call test.create_conversation();

---- Writing with functions and tables

-- Everyone who sees a ticket may answer it, including Dave once it is assigned to him.
begin;
update helpdesk.tickets set assigned_to = test.profile_id('Dave') where title = 'Noise';
select * from test.attempt_by_each_caller($$select helpdesk.add_comment(test.ticket_id('Noise'), 'Hi')$$);
select * from test.attempt_by_each_caller($$insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (test.org_id('Acme'), test.ticket_id('Noise'), 'Hi')$$);
select * from test.attempt_by_each_caller($$select helpdesk.add_comment(test.ticket_id('Noise'), 'Hi', true)$$);
select * from test.attempt_by_each_caller($$insert into helpdesk.ticket_comments (org_id, ticket_id, content, is_internal) values (test.org_id('Acme'), test.ticket_id('Noise'), 'Hi', true)$$);
select * from test.attempt_by_each_caller($$select helpdesk.add_attachment(test.ticket_id('Noise'), 'a', 'text/plain', 1, 'acme/a')$$);
select * from test.attempt_by_each_caller($$insert into helpdesk.ticket_attachments (org_id, ticket_id, file_name, file_type, file_size, storage_path) values (test.org_id('Acme'), test.ticket_id('Noise'), 'a', 'text/plain', 1, 'acme/a')$$);
select * from test.attempt_by_each_caller($$select helpdesk.add_attachment(test.ticket_id('Noise'), 'a', 'text/plain', 1, 'acme/a', true)$$);
select * from test.attempt_by_each_caller($$insert into helpdesk.ticket_attachments (org_id, ticket_id, file_name, file_type, file_size, storage_path, is_internal) values (test.org_id('Acme'), test.ticket_id('Noise'), 'a', 'text/plain', 1, 'acme/a', true)$$);
rollback;
call test.sign_out();
-- A backend and the DBA with claims write as the person in the claims, with the function and the
-- table.
begin;
call test.set_claims(json_build_object('sub', test.login_id('Alice'))::text);
set local role service_role;
select helpdesk.add_comment(test.ticket_id('Noise'), 'From the app') is not null, helpdesk.add_attachment(test.ticket_id('Noise'), 'app.txt', 'text/plain', 1, 'acme/app') is not null;
insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (test.org_id('Acme'), test.ticket_id('Noise'), 'From the app, by table');
select content, test.profile_name(created_by), test.profile_name(requester_id), is_internal from helpdesk.ticket_comments where content like 'From%' order by id;
select file_name, test.profile_name(uploaded_by), test.profile_name(requester_id), is_internal from helpdesk.ticket_attachments where file_name = 'app.txt';
rollback;
call test.sign_out();

-- A ticket that the caller cannot see, one that does not exist, and the wrong organization all get
-- the same error, for comments and attachments, internal or not, from functions and tables.
create function test.errors_of_writes(person text) returns table (answer text, times bigint) language plpgsql as $$
begin
  call test.sign_in(person);
  return query
    select test.error_of(format(statement, ticket, org)), count(*)
      from (values ($l$select helpdesk.add_comment(%1$L, 'Hi')$l$), ($l$select helpdesk.add_comment(%1$L, 'Hi', true)$l$), ($l$select helpdesk.add_comment(%1$L, 'Hi', false, %2$L)$l$),
                   ($l$select helpdesk.add_attachment(%1$L, 'a', 'b', 1, 'c')$l$), ($l$select helpdesk.add_attachment(%1$L, 'a', 'b', 1, 'c', true)$l$),
                   ($l$insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (%2$L, %1$L, 'Hi')$l$),
                   ($l$insert into helpdesk.ticket_comments (org_id, ticket_id, content, is_internal) values (%2$L, %1$L, 'Hi', true)$l$),
                   ($l$insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (%2$L, %1$L, '')$l$),
                   ($l$insert into helpdesk.ticket_attachments (org_id, ticket_id, file_name, file_type, file_size, storage_path) values (%2$L, %1$L, 'a', 'b', 1, 'c')$l$),
                   ($l$insert into helpdesk.ticket_attachments (org_id, ticket_id, file_name, file_type, file_size, storage_path, is_internal) values (%2$L, %1$L, 'a', 'b', -1, '..', true)$l$)) s (statement),
           (values (test.ticket_id('Noise')), ('00000000-0000-4000-8000-000000000000')) t (ticket),
           (values (test.org_id('Acme')), (test.org_id('Globex')), ('00000000-0000-4000-8000-000000000000')) o (org)
     group by 1 order by 1;
end $$;
select person, answers.* from unnest('{Dave,Bea,Mallory,Gina,Stan}'::text[]) person, test.errors_of_writes(person) answers;
-- For staff, a ticket of another organization does not exist.
call test.sign_in('Ben');
select test.error_of($$select helpdesk.add_comment(test.ticket_id('Mallory''s'), 'Hi')$$) = test.error_of($$select helpdesk.add_comment('00000000-0000-4000-8000-000000000000', 'Hi')$$),
       test.error_of($$select helpdesk.add_comment(test.ticket_id('Noise'), 'Hi', false, test.org_id('Globex'))$$) = test.error_of($$select helpdesk.add_comment('00000000-0000-4000-8000-000000000000', 'Hi')$$),
       test.unnamed(test.error_of($$insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (test.org_id('Acme'), test.ticket_id('Mallory''s'), 'Hi')$$)) = test.unnamed(test.error_of($$select helpdesk.add_comment('00000000-0000-4000-8000-000000000000', 'Hi')$$));
-- If p_org_id is given, it must be correct.
begin;
select helpdesk.add_comment(test.ticket_id('Noise'), 'Hi', false, test.org_id('Acme')) is not null, helpdesk.add_attachment(test.ticket_id('Noise'), 'a', 'b', 1, 'c', false, test.org_id('Acme')) is not null;
rollback;
call test.sign_out();

-- Nobody, neither customers nor staff, sets the columns that the system sets.

select * from test.writable_columns('ticket_comments');
select * from test.writable_columns('ticket_attachments');
call test.sign_in('Ben');
-- Clients that pass such a column are refused even if the value is correct.
select name, test.attempt(format($$insert into helpdesk.ticket_comments (org_id, ticket_id, content, %I) values (test.org_id('Acme'), test.ticket_id('Noise'), 'Hi', %s)$$, name, value)),
             test.attempt(format('update helpdesk.ticket_comments set %I = %s', name, value))
  from (values ('id', 'helpdesk.uuid_generate_v7()'), ('requester_id', $$test.profile_id('Alice')$$), ('created_by', $$test.profile_id('Ben')$$),
               ('created_at', 'now()'), ('updated_at', 'now()')) c (name, value);
select name, test.attempt(format('update helpdesk.ticket_comments set %I = %I', name, name)) from unnest('{org_id,ticket_id,is_internal}'::text[]) name;
select name, test.attempt(format($$insert into helpdesk.ticket_attachments (org_id, ticket_id, file_name, file_type, file_size, storage_path, %I)
                                    values (test.org_id('Acme'), test.ticket_id('Noise'), 'a', 'b', 1, 'c', %s)$$, name, value))
  from (values ('id', 'helpdesk.uuid_generate_v7()'), ('requester_id', $$test.profile_id('Alice')$$), ('uploaded_by', $$test.profile_id('Ben')$$), ('uploaded_at', 'now()')) c (name, value);
call test.sign_out();
