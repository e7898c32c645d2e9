-- rebuild_search_index repairs the index.

call test.create_documents();

---- rebuild_search_index after changes without triggers: missing, superfluous and different
---- documents
create function test.index_is_complete() returns boolean language plpgsql as $$
declare
  documents text[] := (select array_agg(d::text order by d::text) from helpdesk.search_documents d);
begin
  perform helpdesk.rebuild_search_index();
  return documents = (select array_agg(d::text order by d::text) from helpdesk.search_documents d);
end $$;
begin;
select test.index_is_complete();
set local session_replication_role = replica;
update helpdesk.tickets set title = 'A unicorn' where title = 'No coffee';
delete from helpdesk.ticket_comments where content like 'Confidential%';
delete from helpdesk.search_documents where kind = 'article';
set local session_replication_role = origin;
select helpdesk.rebuild_search_index(test.org_id('Globex'));
select count(*), count(*) filter (where kind = 'article') from helpdesk.search_documents where org_id = test.org_id('Acme');
select test.index_is_complete();
select count(*), count(*) filter (where kind = 'article') from helpdesk.search_documents where org_id = test.org_id('Acme');
call test.sign_in('Ben');
select test.found('unicorn'), test.found('confidential'), test.found('tomorrow');
rollback;
-- A ticket that is reopened loses an assignee who has left, and is no longer found by them.
begin;
insert into helpdesk.tickets (org_id, title, created_by, assigned_to) values (test.org_id('Acme'), 'Again', test.profile_id('Alice'), test.profile_id('Ben'));
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'Closed') where title = 'Again';
delete from helpdesk.org_members where user_id = test.profile_id('Ben');
savepoint closed;
update helpdesk.tickets set current_stage_id = test.stage_id('Acme', 'In progress') where title = 'Again';
select test.index_is_complete();
rollback to closed;
update helpdesk.workflow_stages set status = 'open' where id = test.stage_id('Acme', 'Closed');
select test.index_is_complete();
rollback;
select * from test.attempt_by_each_caller('select helpdesk.rebuild_search_index()');
select test.attempt($$select helpdesk.document_lexemes(test.org_id('Acme'), 't', 'simple', null, null, 'x')$$);
call test.sign_in('Ada');
select test.attempt($$select helpdesk.document_lexemes(test.org_id('Acme'), 't', 'simple', null, null, 'x')$$);
call test.sign_out();
