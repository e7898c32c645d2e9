-- The results of a search: snippets, changes, pages.

call test.create_documents();

create function test.found_ids(query text, per_page int) returns text[] language plpgsql as $$
declare
  page json;
  filters jsonb := jsonb_build_object('perPage', per_page);
  ids text[] := '{}';
begin
  loop
    page := helpdesk.search(test.org_id('Acme'), query, filters);
    ids := ids || array(select r->>'id' from json_array_elements(page->'results') r);
    exit when page->'pagination'->>'nextCursor' is null;
    filters := filters || jsonb_build_object('cursor', page->'pagination'->>'nextCursor');
  end loop;
  return ids;
end $$;

call test.sign_in('Ben');

---- The result object and its snippet
select test.json_keys(r) from json_array_elements(helpdesk.search(test.org_id('Acme'), 'toner')->'results') r;
select test.json_keys(r) from json_array_elements(helpdesk.search(test.org_id('Acme'), 'tomorrow')->'results') r;
select r->>'title', r->>'snippet', r->>'isInternal' from json_array_elements(helpdesk.search(test.org_id('Acme'), 'wizard')->'results') r order by 1, 2;
begin;
select helpdesk.create_ticket(test.org_id('Acme'), '<script>alert("x")</script>', E'Fish & chips <img src=x onerror=alert(1)> \x02bold\x03 "quoted" it''s fishy') is not null;
select r->>'snippet' from json_array_elements(helpdesk.search(test.org_id('Acme'), 'fish')->'results') r;
select r->>'snippet' !~ '<(?!/?mark>)' from json_array_elements(helpdesk.search(test.org_id('Acme'), 'alert')->'results') r;
rollback;

---- Changes are found at once; deleted rows are not found
begin;
select helpdesk.create_ticket(test.org_id('Acme'), 'Unicorn in the lobby') is not null;
select test.found('unicorn');
update helpdesk.tickets set title = 'Horse in the lobby' where title like 'Unicorn%';
select test.found('unicorn'), test.found('horse');
select helpdesk.add_comment(test.ticket_id('Horse in the lobby'), 'A pony') is not null;
update helpdesk.ticket_comments set content = 'A donkey' where content = 'A pony';
select test.found('pony'), test.found('donkey');
call test.sign_in('Ada');
delete from helpdesk.tickets where title like 'Horse%';
select test.found('horse'), test.found('donkey');
delete from helpdesk.articles where title = 'Printer draft';
select test.found('tomorrow');
rollback;
call test.sign_out();
select count(*) from helpdesk.search_documents d where kind <> 'person' and not exists (select from helpdesk.tickets t where t.id = d.document_id) and not exists (select from helpdesk.ticket_comments c where c.id = d.document_id) and not exists (select from helpdesk.articles a where a.id = d.document_id);

---- Pagination
begin;
call test.sign_in('Alice');
select count(helpdesk.create_ticket(test.org_id('Acme'), 'Paper jam ' || n, case when n % 3 = 0 then 'jam and more jam' end)) from generate_series(1, 30) n;
call test.sign_in('Ben');
select cardinality(test.found_ids('jam', 7)), (select count(distinct id) from unnest(test.found_ids('jam', 7)) id), test.found_ids('jam', 1) = test.found_ids('jam', 100), test.found_ids('jam', 30) = test.found_ids('jam', 10);
call test.sign_in('Alice');
select cardinality(test.found_ids('jam', 7)), test.found_ids('jam', 1) = test.found_ids('jam', 100);
rollback;
call test.sign_out();

---- Titles with typos come after all that begins with what is being typed
call test.sign_in('Ben');
insert into helpdesk.tickets (org_id, title, created_by) values (test.org_id('Acme'), 'Quartz', test.profile_id('Alice')), (test.org_id('Acme'), 'Quartzite is rough', test.profile_id('Alice')), (test.org_id('Acme'), 'Quarts of milk', test.profile_id('Alice'));
insert into helpdesk.articles (org_id, title, content, visibility, status) values (test.org_id('Acme'), 'Quarts', 'A measure.', 'public', 'published');
select query, test.found(query), test.found_ids(query, 1) = test.found_ids(query, 100) from unnest(array['quartz', 'quartzi', 'quarzt', 'quatzite', 'quartzitte']) query;
call test.sign_out();
