-- What triggers derive: found to be wrong after changes without triggers, and derived again.

call test.sign_in('Ada');
select helpdesk.create_ticket(test.org_id('Acme'), 'Talked about', 'Words', p_requester_id => test.profile_id('Alice')) is not null;
select helpdesk.add_comment(test.ticket_id('Talked about'), 'An answer') is not null;
insert into helpdesk.categories (org_id, name) values (test.org_id('Acme'), 'Printers'), (test.org_id('Acme'), 'Phones');
insert into helpdesk.articles (org_id, title, content, visibility, status, categories) values (test.org_id('Acme'), 'How to print', 'Like this', 'members', 'published', '{Printers,Phones}');
call test.sign_in('Alice');
select helpdesk.add_comment(test.ticket_id('Talked about'), 'Thank you') is not null, helpdesk.add_attachment(test.ticket_id('Talked about'), 'a.txt', 'text/plain', 1, 'x/a.txt') is not null;
select helpdesk.rate_article(test.article_id('How to print'), true);
call test.sign_in('Ben');
select helpdesk.add_comment(test.ticket_id('Talked about'), 'Between us', true) is not null, helpdesk.create_ticket(test.org_id('Acme'), 'Untouched', p_requester_id => test.profile_id('Dave')) is not null;
call test.sign_out();
select helpdesk.refresh_ticket_stats() > 0;
select * from helpdesk.verify_derived_data();

-- Each change without triggers: what is found, and what is left after the rebuild.
create function test.wrong() returns text language sql as $$
  select string_agg(format('%s.%s %s', table_name, column_name, wrong_rows), ', ' order by table_name collate "C", column_name collate "C") from helpdesk.verify_derived_data() $$;
create procedure test.break(p_change text) language plpgsql as $$
declare
  wrong text;
begin
  set local session_replication_role = replica;
  execute p_change;
  set local session_replication_role = origin;
  wrong := test.wrong();
  perform helpdesk.rebuild_derived_data();
  raise notice '%. Left: %', wrong, test.wrong();
end $$;
\set SHOW_CONTEXT never
call test.break($$update helpdesk.tickets set public_comment_count = 7$$);
call test.break($$update helpdesk.tickets set public_attachment_count = 7$$);
call test.break($$update helpdesk.tickets set last_public_comment_at = now() + interval '1 hour'$$);
call test.break($$update helpdesk.tickets set is_answered = not is_answered$$);
call test.break($$update helpdesk.tickets set first_response_at = null, first_response_by = null$$);
call test.break($$update helpdesk.ticket_internal_counts set comment_count = 7, attachment_count = 7$$);
call test.break($$delete from helpdesk.ticket_internal_counts$$);
call test.break($$update helpdesk.ticket_comments set requester_id = test.profile_id('Ben')$$);
call test.break($$update helpdesk.ticket_attachments set requester_id = test.profile_id('Ben')$$);
call test.break($$update helpdesk.ticket_history set requester_id = test.profile_id('Ben')$$);
call test.break($$update helpdesk.tickets set created_by = test.profile_id('Dave') where title = 'Talked about'$$);
call test.break($$update helpdesk.tickets set status = 'closed' where title = 'Untouched'$$);
call test.break($$update helpdesk.workflow_stages set status = 'pending' where is_start$$);
call test.break($$update helpdesk.articles set helpful_count = 7, unhelpful_count = 7$$);
call test.break($$delete from helpdesk.article_feedback$$);
call test.break($$update helpdesk.categories set name = 'Printing' where name = 'Printers'$$);
call test.break($$update helpdesk.articles set title_key = ''$$);
call test.break($$update auth.users set email = 'new@example.com' where id = (select auth_id from helpdesk.profiles where name = 'Stan')$$);
call test.break($$update helpdesk.profiles set email_is_confirmed = false where name = 'Alice'$$);
call test.break($$update helpdesk.profiles set name = 'Alicia' where name = 'Alice'$$);
call test.break($$update helpdesk.profiles set name = 'Alice' where name = 'Alicia'$$);
call test.break($$update helpdesk.tickets set title = 'Written about' where title = 'Talked about'$$);
call test.break($$update helpdesk.ticket_comments set content = 'Other words' where content = 'Thank you'$$);
call test.break($$update helpdesk.ticket_attachments set file_name = 'b.txt'$$);
call test.break($$update helpdesk.articles set content = 'Or like that'$$);
call test.break($$delete from helpdesk.search_documents$$);
call test.break($$delete from helpdesk.ticket_comments where is_internal$$);
call test.break($$update helpdesk.tickets set priority = 'urgent' where title = 'Untouched'$$);
call test.break($$insert into helpdesk.ticket_comments (org_id, ticket_id, requester_id, content, created_by) select org_id, id, created_by, 'Loaded', test.profile_id('Ben') from helpdesk.tickets where title = 'Untouched'$$);
select title, status, public_comment_count, public_attachment_count, last_public_comment_at is not null, is_answered, first_response_at is not null, test.profile_name(first_response_by) from helpdesk.tickets order by title collate "C";
select title, categories, helpful_count from helpdesk.articles order by title collate "C";
call test.break($$delete from helpdesk.ticket_comments$$);
-- The next ticket has a number of its own.
select helpdesk.create_ticket(test.org_id('Acme'), 'Next', p_requester_id => test.profile_id('Alice')) is not null;
select number, title from helpdesk.tickets where org_id = test.org_id('Acme') order by number;

---- An answer follows the requester.
call test.sign_in('Ben');
select helpdesk.add_comment(test.ticket_id('Next'), 'By Ben') is not null;
select is_answered from helpdesk.tickets where title = 'Next';
update helpdesk.tickets set created_by = test.profile_id('Dave') where title = 'Next';
select is_answered from helpdesk.tickets where title = 'Next';
call test.sign_in('Dave');
select helpdesk.add_comment(test.ticket_id('Next'), 'By Dave') is not null;
select is_answered from helpdesk.tickets where title = 'Next';
call test.sign_in('Ben');
update helpdesk.tickets set created_by = test.profile_id('Alice') where title = 'Next';
select is_answered from helpdesk.tickets where title = 'Next';
call test.sign_out();
select * from helpdesk.verify_derived_data();

---- Who may call them
select * from test.attempt_by_each_caller($$select count(*) from helpdesk.verify_derived_data()$$);
select * from test.attempt_by_each_caller($$select helpdesk.rebuild_derived_data()$$);
begin isolation level repeatable read;
select test.error_of('select helpdesk.rebuild_derived_data()');
rollback;
