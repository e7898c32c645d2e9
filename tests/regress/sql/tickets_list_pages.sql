-- list_org_tickets: pages by cursor and by number.

call test.create_listed_tickets();

-- All titles, read page by page: with the cursor and with page numbers
create function test.titles_by_cursor(filters jsonb) returns text language plpgsql as $$
declare
  page json;
  titles text[] := '{}';
begin
  loop
    page := helpdesk.list_org_tickets(test.org_id('Acme'), filters);
    titles := titles || array(select t->>'title' from json_array_elements(page->'tickets') t);
    exit when page->'pagination'->>'nextCursor' is null or cardinality(titles) > 100;
    filters := filters || jsonb_build_object('cursor', page->'pagination'->>'nextCursor');
  end loop;
  return array_to_string(titles, ' ');
end $$;
create function test.titles_by_page(filters jsonb) returns text language plpgsql as $$
declare
  page json;
  titles text[] := '{}';
begin
  for number in 1..100 loop
    page := helpdesk.list_org_tickets(test.org_id('Acme'), filters || jsonb_build_object('page', number));
    exit when json_array_length(page->'tickets') = 0;
    titles := titles || array(select t->>'title' from json_array_elements(page->'tickets') t);
  end loop;
  return array_to_string(titles, ' ');
end $$;

---- Every page walk returns each ticket exactly once, in every order, by cursor and by number

create temp table orders as
  select sort, per_page, jsonb_build_object('sort', sort, 'perPage', per_page) as filters
    from unnest('{updatedAt,-updatedAt,createdAt,-createdAt,priority,-priority,number,-number,queue,-queue}'::text[]) sort, unnest('{1,2,5,12,13}'::int[]) per_page;
grant select on orders to public;
call test.sign_in('Ben');
select sort, per_page, filters from orders where test.titles_by_cursor(filters) || ' of 12' <> test.listed_titles(jsonb_build_object('sort', sort))
   or test.titles_by_page(filters) || ' of 12' <> test.listed_titles(jsonb_build_object('sort', sort));
call test.sign_in('Alice');
select sort, per_page, filters from orders where test.titles_by_cursor(filters) || ' of 8' <> test.listed_titles(jsonb_build_object('sort', sort))
   or test.titles_by_page(filters) || ' of 8' <> test.listed_titles(jsonb_build_object('sort', sort));
call test.sign_in('Dave');
select sort, per_page, filters from orders where test.titles_by_cursor(filters) || ' of 5' <> test.listed_titles(jsonb_build_object('sort', sort))
   or test.titles_by_page(filters) || ' of 5' <> test.listed_titles(jsonb_build_object('sort', sort));
-- The walks return tickets, also with a filter and without a count.
select test.titles_by_cursor('{"perPage": 2, "sort": "-priority"}'), test.titles_by_page('{"perPage": 2, "sort": "-priority"}');
call test.sign_in('Ben');
select test.titles_by_cursor('{"perPage": 2, "sort": "priority", "status": ["open", "pending"], "count": "none"}'),
       test.listed_titles('{"sort": "priority", "status": ["open", "pending"], "count": "none"}');
-- The pagination object
select list->'pagination'->>'total', list->'pagination'->>'page', list->'pagination'->>'perPage', list->'pagination'->>'nextCursor' is null
  from unnest('{"{}","{\"perPage\": 3, \"page\": 2}","{\"perPage\": 3, \"page\": 4}","{\"count\": \"none\"}"}'::jsonb[]) filters, helpdesk.list_org_tickets(test.org_id('Acme'), filters) list;
-- A last page that is full has no next page.
select (helpdesk.list_org_tickets(test.org_id('Acme'), '{"perPage": 12}')->'pagination'->>'nextCursor') is null;
-- A page by cursor has no number.
select (list->'pagination'->>'nextCursor') as cursor from helpdesk.list_org_tickets(test.org_id('Acme'), '{"perPage": 1}') list \gset
select list->'pagination'->>'page', list->'pagination'->>'total', json_array_length(list->'tickets')
  from helpdesk.list_org_tickets(test.org_id('Acme'), jsonb_build_object('cursor', :'cursor', 'perPage', 2)) list;
-- A ticket that changes during a walk neither hides another one nor appears twice.
begin;
create temp table walk as select helpdesk.list_org_tickets(test.org_id('Acme'), '{"perPage": 5, "sort": "createdAt"}') as page;
select helpdesk.update_ticket(test.ticket_id('T2'), '{"priority": "low"}') is not null;
select test.listed_titles(jsonb_build_object('perPage', 100, 'sort', 'createdAt', 'cursor', page->'pagination'->>'nextCursor')) from walk;
rollback;
