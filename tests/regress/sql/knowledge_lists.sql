-- list_articles: filters, orders and pages.

call test.create_articles();

create function test.walk_articles(sort text, per_page int) returns text language plpgsql as $$
declare
  page json;
  filters jsonb := jsonb_build_object('sort', sort, 'perPage', per_page);
  titles text[] := '{}';
begin
  loop
    page := helpdesk.list_articles(test.org_id('Acme'), filters);
    titles := titles || array(select a->>'title' from json_array_elements(page->'articles') a);
    exit when page->'pagination'->>'nextCursor' is null;
    filters := filters || jsonb_build_object('cursor', page->'pagination'->>'nextCursor');
  end loop;
  return array_to_string(titles, ', ');
end $$;
create function test.listed_articles(filters jsonb) returns text language sql as $$
  select coalesce((select string_agg(a->>'title', ', ') from json_array_elements(page->'articles') a), '-') || ' of ' || coalesce(page->'pagination'->>'total', '?')
    from helpdesk.list_articles(test.org_id('Acme'), $1 || '{"sort": "title"}') page $$;

call test.sign_in('Ben');
insert into helpdesk.categories (org_id, name) values (test.org_id('Acme'), 'Hardware'), (test.org_id('Acme'), 'Software');
insert into helpdesk.categories (org_id, name, parent_id) values (test.org_id('Acme'), 'Printers', test.category_id('Hardware'));
insert into helpdesk.categories (org_id, name, parent_id) values (test.org_id('Acme'), 'Laser', test.category_id('Printers'));
update helpdesk.articles set categories = '{Laser, Software}' where title = 'published for public';
update helpdesk.articles set categories = '{Printers}' where title = 'published for members';
update helpdesk.articles set categories = '{Hardware}' where title = 'draft for public';
call test.sign_out();

---- list_articles
call test.sign_in('Ben');
update helpdesk.articles set tags = '{red,blue}' where title like 'published%';
select filter, test.listed_articles(filter) from (values
  ('{"status": "draft"}'::jsonb), ('{"status": ["draft", "archived"], "visibility": "public"}'), ('{"visibility": ["members"]}'), ('{"tag": "red"}'), ('{"tag": "green"}'),
  ('{"category": "Laser"}'), ('{"category": "Hardware"}'), ('{"category": "Nowhere"}'), ('{"author": "me"}'), ('{"count": "none", "tag": "blue"}'), ('{"perPage": 2}')) f (filter);
call test.sign_in('Alice');
select filter, test.listed_articles(filter) from (values ('{"status": "draft"}'::jsonb), ('{"visibility": "internal"}'), ('{"category": "Hardware"}'), ('{"author": "me"}')) f (filter);
call test.sign_in('Ben');
-- A page walk returns each article once, in every order.
select test.walk_articles('title', 1) = test.walk_articles('title', 100), test.walk_articles('title', 2) = (select string_agg(title, ', ' order by title_key) from helpdesk.articles where org_id = test.org_id('Acme'));
select sort, test.walk_articles(sort, 2) = test.walk_articles(sort, 100), cardinality(string_to_array(test.walk_articles(sort, 4), ', ')) from unnest('{updatedAt,-updatedAt,createdAt,-createdAt,-title}'::text[]) sort;
select filter, test.error_of(format('select helpdesk.list_articles(test.org_id(''Acme''), %L)', filter)) from unnest(array[
  '{"colour": 1}', '{"status": "new"}', '{"status": []}', '{"visibility": null}', '{"perPage": 0}', '{"perPage": 101}', '{"cursor": "x"}', '{"sort": "author"}', '{"tag": 7}', '{"author": "them"}', '[]',
  '{"sort": "title", "cursor": "{\"sort\":\"-title\",\"time\":0,\"title\":\"78\",\"id\":\"00000000-0000-0000-0000-000000000000\"}"}']) filter;
select test.error_of('select helpdesk.list_articles(null)');
call test.sign_out();
