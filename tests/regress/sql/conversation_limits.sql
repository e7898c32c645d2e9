-- The columns and values of comments and attachments that functions and tables refuse.

call test.create_conversation();

---- What holds for functions and tables alike

select distinct test.profile_name(requester_id) from helpdesk.ticket_comments;
-- The requester is that of the ticket, whatever value is given.
begin;
insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, requester_id)
values (test.org_id('Acme'), test.ticket_id('Noise'), 'Hi', test.profile_id('Ben'), test.profile_id('Mallory'));
select test.profile_name(requester_id) from helpdesk.ticket_comments where content = 'Hi';
rollback;
-- A comment cannot refer to a ticket of another organization.
select test.error_of($$insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by) values (test.org_id('Acme'), test.ticket_id('Mallory''s'), 'Hi', test.profile_id('Ada'))$$);
select test.error_of($$insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by) values (test.org_id('Globex'), test.ticket_id('Noise'), 'Hi', test.profile_id('Ada'))$$);
select test.error_of($$insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (test.org_id('Acme'), test.ticket_id('Noise'), 'Hi')$$);
-- An edit keeps the author, the ticket and the visibility.
select name, test.error_of(format('update helpdesk.ticket_comments set %I = %s', name, value))
  from (values ('org_id', $$test.org_id('Globex')$$), ('id', 'helpdesk.uuid_generate_v7()'), ('ticket_id', $$test.ticket_id('Mallory''s')$$),
               ('is_internal', 'not is_internal'), ('created_by', $$test.profile_id('Mallory')$$), ('requester_id', $$test.profile_id('Mallory')$$)) c (name, value);
select name, test.error_of(format('update helpdesk.ticket_attachments set %I = %s', name, value))
  from (values ('org_id', $$test.org_id('Globex')$$), ('id', 'helpdesk.uuid_generate_v7()'), ('ticket_id', $$test.ticket_id('Mallory''s')$$),
               ('is_internal', 'not is_internal'), ('uploaded_by', $$test.profile_id('Mallory')$$), ('requester_id', $$test.profile_id('Mallory')$$)) c (name, value);
update helpdesk.ticket_comments set content = 'Please hurry!' where content = 'Please hurry';
select content, updated_at > created_at from helpdesk.ticket_comments order by id;
-- Invalid values
select test.attempt($$update helpdesk.ticket_comments set content = E' \n'$$);
select test.attempt($$update helpdesk.ticket_comments set content = repeat('x', 100001)$$);
select test.attempt($$update helpdesk.ticket_attachments set file_name = ' '$$);
select test.attempt($$update helpdesk.ticket_attachments set file_type = ''$$);
select test.attempt($$update helpdesk.ticket_attachments set file_size = -1$$);
select test.attempt($$update helpdesk.ticket_attachments set storage_path = ''$$);

-- The error of a function names the argument and the limit.
create function test.error_of_attachment(change text) returns text language sql as $$
  select test.error_of(format('select helpdesk.add_attachment(%s)', string_agg(format('%s => %s', name, coalesce(given, usual)), ', ')))
    from (values ('p_ticket_id', $l$test.ticket_id('Noise')$l$), ('p_file_name', $l$'a'$l$), ('p_file_type', $l$'text/plain'$l$), ('p_file_size', '1'), ('p_storage_path', $l$'acme/a'$l$)) a (name, usual)
    left join (select split_part(change, '=', 1) as changed, split_part(change, '=', 2) as given) c on changed = name
$$;
call test.sign_in('Alice');
select test.error_of('select helpdesk.add_comment(null, ''Hi'')');
select test.error_of($$select helpdesk.add_comment(test.ticket_id('Noise'), null)$$);
select test.error_of($$select helpdesk.add_comment(test.ticket_id('Noise'), '')$$);
select test.error_of($$select helpdesk.add_comment(test.ticket_id('Noise'), E' \n\t ')$$);
select test.error_of($$select helpdesk.add_comment(test.ticket_id('Noise'), repeat('x', 100001))$$);
select test.error_of($$select helpdesk.add_comment(test.ticket_id('Noise'), repeat('x', 1048576))$$);
-- The limit applies to characters, not to bytes. NULL means not internal.
select test.attempt($$select helpdesk.add_comment(test.ticket_id('Noise'), repeat('Ä', 100000), null)$$);
select change, test.error_of_attachment(change)
  from unnest(array['p_ticket_id=null', 'p_file_name=null', 'p_file_type=null', 'p_file_size=null', 'p_storage_path=null',
                    'p_file_name='' ''', 'p_file_name=repeat(''x'', 256)', 'p_file_type=''''', 'p_file_type=repeat(''x'', 256)', 'p_file_size=-1', 'p_file_size=-2147483648',
                    'p_storage_path=''''', 'p_storage_path=repeat(''x'', 1025)', 'p_storage_path=''/etc/passwd''', 'p_storage_path=''..''', 'p_storage_path=''../a''', 'p_storage_path=''a/../b''',
                    'p_storage_path=''a/..''', 'p_storage_path=''./a''', 'p_storage_path=''a/.''', 'p_storage_path=''a\b''', 'p_storage_path=E''a\nb''', 'p_storage_path=E''a\x7f''']) change;
select change, test.attempt(format($$select helpdesk.add_attachment(test.ticket_id('Noise'), 'a', 'b', %s)$$, change))
  from unnest(array['0, ''a''', '2147483647, ''a''', '1, ''a..b/.c/...''', '1, repeat(''x'', 1024)', '1, ''ä/ö'', null']) change;
-- The same limits for the tables
select regexp_replace(left(path, 20), '[[:cntrl:]]', '^'), test.attempt(format($$insert into helpdesk.ticket_attachments (org_id, ticket_id, file_name, file_type, file_size, storage_path)
                                    values (test.org_id('Acme'), test.ticket_id('Noise'), 'a', 'b', 1, %L)$$, path))
  from unnest(array['', '/etc/passwd', '..', '../a', 'a/../b', 'a/..', './a', 'a/.', 'a\b', E'a\nb', E'a\x7f', repeat('x', 1025), 'a..b/.c/...']) path;
select test.attempt($$insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (test.org_id('Acme'), test.ticket_id('Noise'), E' \n')$$),
       test.attempt($$insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (test.org_id('Acme'), test.ticket_id('Noise'), repeat('x', 100001))$$),
       test.attempt($$insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (null, test.ticket_id('Noise'), 'Hi')$$),
       test.attempt($$insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (test.org_id('Acme'), null, 'Hi')$$),
       test.attempt($$insert into helpdesk.ticket_comments (org_id, ticket_id, content) values (test.org_id('Acme'), test.ticket_id('Noise'), null)$$),
       test.attempt($$insert into helpdesk.ticket_comments (org_id, ticket_id, content, is_internal) values (test.org_id('Acme'), test.ticket_id('Noise'), 'Hi', null)$$);
call test.sign_out();
