-- The full-text index is rebuilt in batches, which can be interrupted.

call test.create_documents();
call test.sign_in('Ben');
select helpdesk.add_attachment(test.ticket_id('No coffee'), 'invoice.pdf', 'application/pdf', 1, 'a') is not null;
update helpdesk.articles set tags = '{office}' where title = 'Printer handbook';
call test.sign_out();

create view test.documents as select array_agg(d::text order by d::text) as all_documents from helpdesk.search_documents d;
create table test.complete as select * from test.documents;
create function test.is_complete() returns boolean language sql as $$ select (select all_documents from test.documents) = (select all_documents from test.complete) $$;

---- Nothing is due
select helpdesk.continue_search_rebuild();
---- Missing, superfluous and different documents are repaired batch by batch
set session_replication_role = replica;
delete from helpdesk.search_documents where kind in ('article', 'attachment', 'person') or document_id = test.ticket_id('No coffee');
update helpdesk.search_documents set lexemes = 'old', is_internal = false where kind = 'comment';
insert into helpdesk.search_documents values (test.org_id('Acme'), gen_random_uuid(), 'ticket', null, false, 'gone'), (test.org_id('Acme'), gen_random_uuid(), 'person', null, true, 'gone'), (test.org_id('Globex'), gen_random_uuid(), 'comment', null, true, 'gone');
update helpdesk.articles set title_key = '';
set session_replication_role = origin;
select helpdesk.start_search_rebuild();
select o.name, r.done, r.documents > 0 as has_documents, r.step, r.last_id is null as is_at_start, r.previous_languages from helpdesk.search_rebuilds r join helpdesk.organizations o on o.id = r.org_id order by o.name;
select helpdesk.continue_search_rebuild(3) > 0, helpdesk.continue_search_rebuild(1) > 0;
select o.name, r.done from helpdesk.search_rebuilds r join helpdesk.organizations o on o.id = r.org_id order by o.name;
-- An interrupted batch changes nothing, and the next one continues where it began.
begin;
select helpdesk.continue_search_rebuild(5) > 0;
rollback;
select o.name, r.done from helpdesk.search_rebuilds r join helpdesk.organizations o on o.id = r.org_id order by o.name;
select test.is_complete();
do $$
declare
  calls int := 0;
begin
  while helpdesk.continue_search_rebuild(2) > 0 loop
    commit;
    calls := calls + 1;
  end loop;
  raise notice 'more than 10 calls: %', calls > 10;
end $$;
select test.is_complete(), (select count(*) from helpdesk.search_rebuilds), (select count(*) from helpdesk.articles where title_key = '');
---- One organization; the others are left alone
select helpdesk.start_search_rebuild(test.org_id('Globex')), helpdesk.start_search_rebuild(test.org_id('Globex')), helpdesk.start_search_rebuild(gen_random_uuid());
do $$ begin while helpdesk.continue_search_rebuild() > 0 loop commit; end loop; end $$;
select test.is_complete(), (select count(*) from helpdesk.search_rebuilds);
-- A rebuild at once needs no other.
select helpdesk.start_search_rebuild();
select helpdesk.rebuild_search_index(test.org_id('Acme'));
select count(*) from helpdesk.search_rebuilds;
select helpdesk.rebuild_search_index();
select count(*) from helpdesk.search_rebuilds;
---- Arguments and rights
select test.error_of(format('select helpdesk.continue_search_rebuild(%L)', n)) from unnest('{0,-1,100001,NULL}'::int[]) n;
begin isolation level repeatable read;
select test.error_of('select helpdesk.continue_search_rebuild()');
rollback;
select * from test.attempt_by_each_caller('select helpdesk.start_search_rebuild()');
select * from test.attempt_by_each_caller('select helpdesk.continue_search_rebuild()');
select * from test.attempt_by_each_caller('select * from helpdesk.search_rebuilds');
delete from helpdesk.search_rebuilds;

---- A large organization that changes its language is rebuilt in batches
insert into helpdesk.search_documents (org_id, document_id, kind, ticket_id, is_internal, lexemes)
  select test.org_id('Acme'), gen_random_uuid(), 'comment', null, true, 'gone' from generate_series(1, 10000);
call test.sign_in('Ben');
select helpdesk.create_ticket(test.org_id('Acme'), 'Printing the houses') is not null;
call test.sign_in('Ada');
update helpdesk.organizations set search_language = 'english' where name = 'Acme';
call test.sign_out();
select previous_languages, done, documents > 20000 as is_large from helpdesk.search_rebuilds;
call test.sign_in('Ben');
select helpdesk.create_ticket(test.org_id('Acme'), 'Printed by the house') is not null;
-- Old and new texts are found, by words as they are written and by the new language's.
create temp view found as select test.found('printing', '{"kind": "ticket"}') as printing, test.found('houses', '{"kind": "ticket"}') as houses, test.found('printing house', '{"kind": "ticket"}') as both,
  test.found('"the houses"', '{"kind": "ticket"}') as phrase, test.found('the', '{"kind": "ticket"}') as stop_word, test.found('-printing house', '{"kind": "ticket"}') as without;
select * from found;
call test.sign_out();
-- Another change adds its language.
update helpdesk.organizations set search_language = 'german' where name = 'Acme';
select array(select unnest(previous_languages) order by 1) from helpdesk.search_rebuilds;
update helpdesk.organizations set search_language = 'english' where name = 'Acme';
do $$ begin while helpdesk.continue_search_rebuild(5000) > 0 loop commit; end loop; end $$;
call test.sign_in('Ben');
select * from found;
call test.sign_out();
select count(*) from helpdesk.search_documents where lexemes = 'gone';
drop view found;
delete from helpdesk.tickets where title like 'Print%house%';
update helpdesk.organizations set search_language = 'simple' where name = 'Acme';
select test.is_complete(), (select count(*) from helpdesk.search_rebuilds);
