-- The knowledge base: who reads and writes what, versions, categories, feedback.
\pset format unaligned
\pset tuples_only on

create function story.tree(node json, depth int default 0) returns setof text language plpgsql as $$
declare
  child json;
begin
  for child in select * from json_array_elements(node) loop
    return next format('%s%s %s/%s', repeat('  ', depth), child->>'name', child->>'articleCount', child->>'totalCount');
    return query select * from story.tree(child->'children', depth + 1);
  end loop;
end $$;
create function story.walk_articles(sort text, per_page int) returns text language plpgsql as $$
declare
  page json;
  filters jsonb := jsonb_build_object('sort', sort, 'perPage', per_page);
  titles text[] := '{}';
begin
  loop
    page := helpdesk.list_articles(story.org('Acme'), filters);
    titles := titles || array(select a->>'title' from json_array_elements(page->'articles') a);
    exit when page->'pagination'->>'nextCursor' is null;
    filters := filters || jsonb_build_object('cursor', page->'pagination'->>'nextCursor');
  end loop;
  return array_to_string(titles, ', ');
end $$;
create function story.listed_articles(filters jsonb) returns text language sql as $$
  select coalesce((select string_agg(a->>'title', ', ') from json_array_elements(page->'articles') a), '-') || ' of ' || coalesce(page->'pagination'->>'total', '?')
    from helpdesk.list_articles(story.org('Acme'), $1 || '{"sort": "title"}') page $$;
create function story.article(title text) returns uuid language sql stable security definer as $$
  select id from helpdesk.articles where articles.title = $1 $$;
create function story.category(name text) returns uuid language sql stable security definer as $$
  select id from helpdesk.categories where categories.name = $1 $$;

---- Writing: staff of the organization, service_role, the DBA
select * from story.all_callers_attempt($$insert into helpdesk.articles (org_id, title, content) values (story.org('Acme'), 'Try', 'It')$$);
select * from story.all_callers_attempt($$insert into helpdesk.articles (org_id, title, content, author) values (story.org('Acme'), 'Try', 'It', story.profile('Ada'))$$);
call story.sign_in('Arthur');
insert into helpdesk.articles (org_id, title, content, visibility, status)
select story.org('Acme'), status || ' for ' || visibility, 'About ' || status || ' things for ' || visibility, visibility, status
  from unnest('{draft,published,archived}'::text[]) status, unnest('{internal,members,public}'::text[]) visibility;
call story.sign_in('Grace');
insert into helpdesk.articles (org_id, title, content, visibility, status)
values (story.org('Globex'), 'Globex secret', 'For members of Globex', 'members', 'published'), (story.org('Globex'), 'Globex public', 'For everybody', 'public', 'published');
call story.sign_out();
select title, version, story.name_of(author), updated_at = created_at, published_at = created_at, helpful_count, unhelpful_count, categories, tags from helpdesk.articles where org_id = story.org('Acme') order by title collate "C";
select * from story.all_callers_attempt($$update helpdesk.articles set title = title || '!' where org_id = story.org('Acme')$$);
select * from story.all_callers_attempt($$update helpdesk.articles set author = story.profile('Ada')$$);
select * from story.all_callers_attempt($$delete from helpdesk.articles where org_id = story.org('Acme')$$);

---- Reading: what is published, for whom it is; through the table and the functions alike
create function story.articles_seen(org text) returns text language plpgsql as $$
declare
  by_table text := (select string_agg(title, ', ' order by title collate "C") from helpdesk.articles where org_id = story.org(org));
  by_list text := (select string_agg(a->>'title', ', ' order by a->>'title' collate "C") from json_array_elements(helpdesk.list_articles(story.org(org), '{"perPage": 100}')->'articles') a);
  by_search text := (select string_agg(a->>'title', ', ' order by a->>'title' collate "C") from json_array_elements(helpdesk.search_articles(story.org(org), 'for', 100)) a);
  one_by_one text := (select string_agg(title, ', ' order by title collate "C") from unnest(story.all_articles(org)) title where helpdesk.get_article(story.article(title)) is not null);
begin
  return case when (by_table, by_list, by_search) is not distinct from (one_by_one, one_by_one, one_by_one) then coalesce(by_table, 'none')
              else format('DIFFERENT: %s / %s / %s / %s', by_table, by_list, by_search, one_by_one) end;
end $$;
create function story.all_articles(org text) returns text[] language sql stable security definer as $$
  select array_agg(title) from helpdesk.articles where org_id = story.org(org) $$;
create function story.everybody_sees(org text) returns table (line text) language plpgsql as $$
declare
  caller text;
begin
  foreach caller in array '{Ada,Arthur,Alice,Bea,Grace,Stan,Nemo}'::text[] loop
    call story.sign_in(caller);
    line := format('%-7s %s', caller, story.articles_seen(org));
    return next;
  end loop;
  call story.sign_out();
  foreach caller in array '{anon,service_role}'::text[] loop
    perform set_config('role', caller, false);
    line := format('%-7s %s', caller, story.articles_seen(org));
    return next;
  end loop;
  perform set_config('role', 'none', false);
end $$;
select * from story.everybody_sees('Acme');
select * from story.everybody_sees('Globex');
select helpdesk.get_article(gen_random_uuid()) is null, helpdesk.get_article(story.article('Globex public'), story.org('Acme')) is null, story.expect_error('select helpdesk.get_article(null)');
-- Their authors are for members to know.
create function story.author_of(title text) returns text language sql as $$ select coalesce(helpdesk.get_article(story.article(title))->'author'->>'name', 'nobody') || ', in lists ' || coalesce((select a->'author'->>'name' from json_array_elements(helpdesk.list_articles(story.org('Acme'), '{"perPage": 100}')->'articles') a where a->>'title' = $1), 'nobody') $$;
call story.sign_in('Alice');
select story.author_of('published for public');
call story.sign_in('Grace');
select story.author_of('published for public');
call story.sign_out();
set role anon;
select story.author_of('published for public');
select story.keys(helpdesk.get_article(story.article('published for public')));
select json_array_length(helpdesk.list_articles(story.org('Acme'), jsonb_build_object('author', story.profile('Arthur')))->'articles'), story.expect_error($$select helpdesk.list_articles(story.org('Acme'), '{"author": "me"}')->'articles'$$);
select count(*) from helpdesk.articles;
select story.attempt('select * from helpdesk.categories'), story.attempt('select * from helpdesk.article_versions'), story.attempt('select * from helpdesk.article_feedback');
reset role;
-- An organization that is not there looks like one without public articles.
call story.sign_in('Stan');
select helpdesk.list_articles(gen_random_uuid()), helpdesk.list_categories(gen_random_uuid()), helpdesk.search_articles(gen_random_uuid(), 'x'), helpdesk.search(gen_random_uuid(), 'x');
call story.sign_out();

---- Publishing, archiving, going back
select * from story.all_callers_attempt($$select helpdesk.publish_article(story.article('draft for members'))$$);
select * from story.all_callers_attempt($$select helpdesk.archive_article(story.article('published for members'))$$);
select * from story.all_callers_attempt($$select helpdesk.revert_article(story.article('published for members'), 1)$$);
begin;
call story.sign_in('Alice');
select helpdesk.get_article(story.article('draft for members')) is null;
call story.sign_in('Arthur');
select a->>'status', a->>'version', a->>'publishedAt' is not null from helpdesk.publish_article(story.article('draft for members')) a;
select a->>'status', a->>'version' from helpdesk.publish_article(story.article('draft for members')) a;
call story.sign_in('Alice');
select helpdesk.get_article(story.article('draft for members'))->>'content';
call story.sign_in('Ada');
select a->>'status', a->>'version', a->>'publishedAt' is not null from helpdesk.archive_article(story.article('draft for members')) a;
call story.sign_in('Alice');
select helpdesk.get_article(story.article('draft for members')) is null;
rollback;
call story.sign_out();

---- Every version is kept, exactly
begin;
call story.sign_in('Arthur');
insert into helpdesk.articles (org_id, title, content) values (story.org('Acme'), '  Trimmed  ', 'Version 1');
select title from helpdesk.articles where content = 'Version 1';
do $$ begin
  for i in 2..100 loop
    update helpdesk.articles set content = 'Version ' || i, title = case when i % 10 = 0 then 'Title ' || i else title end where id = (select id from helpdesk.articles where content = 'Version ' || i - 1);
  end loop;
end $$;
select version, title, content from helpdesk.articles where content = 'Version 100';
select count(*), count(distinct version), min(version), max(version), bool_and(content = 'Version ' || version), bool_and(created_by = helpdesk.my_profile_id()), count(distinct title)
  from helpdesk.article_versions where article_id = story.article('Title 100');
-- What changes nothing makes none; tags do.
update helpdesk.articles set content = content, title = title || '  ' where title = 'Title 100';
update helpdesk.articles set tags = '{ a , b,a}' where title = 'Title 100';
select version, tags from helpdesk.articles where title = 'Title 100';
select a->>'version', a->>'title', a->>'content' from helpdesk.revert_article(story.article('Title 100'), 37) a;
select version, title, content from helpdesk.article_versions where article_id = story.article('Title 30') order by version desc limit 2;
select story.expect_error($$select helpdesk.revert_article(story.article('Title 30'), 4711)$$), story.expect_error($$select helpdesk.revert_article(story.article('Title 30'), null)$$), story.expect_error('select helpdesk.revert_article(null, 1)');
-- Staff read them, nobody writes them.
call story.sign_out();
select * from story.all_callers_attempt('select * from helpdesk.article_versions where version > 10');
select * from story.all_callers_attempt($$update helpdesk.article_versions set content = 'x'$$);
select * from story.all_callers_attempt('delete from helpdesk.article_versions');
rollback;
call story.sign_out();
-- What the system sets nobody else does.
select story.expect_error(format('update helpdesk.articles set %s where title = ''draft for members''', assignment)) from unnest(array[
  'version = 7', 'updated_at = now()', 'created_at = now()', 'author = story.profile(''Ada'')', 'helpful_count = 7', 'unhelpful_count = 7', 'published_at = now()', 'id = gen_random_uuid()', 'org_id = story.org(''Globex'')',
  'title = ''  ''', 'content = '' ''', 'status = ''new''', 'visibility = ''friends''', 'categories = ''{Nowhere}''', 'tags = ''{" "}''', 'tags = array[null]', 'tags = array(select n::text from generate_series(1, 51) n)', 'title = repeat(''x'', 501)', 'content = repeat(''x'', 500001)']) assignment;

---- Categories: staff write them; a tree
call story.sign_in('Arthur');
insert into helpdesk.categories (org_id, name) values (story.org('Acme'), ' Hardware '), (story.org('Acme'), 'Software');
insert into helpdesk.categories (org_id, name, parent_id) values (story.org('Acme'), 'Printers', story.category('Hardware')), (story.org('Acme'), 'Laser', null);
update helpdesk.categories set parent_id = story.category('Printers') where name = 'Laser';
call story.sign_out();
select * from story.all_callers_attempt('select * from helpdesk.categories');
select * from story.all_callers_attempt($$insert into helpdesk.categories (org_id, name) values (story.org('Acme'), 'New')$$);
select * from story.all_callers_attempt($$update helpdesk.categories set name = 'Old' where name = 'Laser'$$);
select * from story.all_callers_attempt($$delete from helpdesk.categories where name = 'Laser'$$);
call story.sign_in('Arthur');
-- No cycles, no two of a name among siblings, nothing of another organization.
select story.expect_error($$update helpdesk.categories set parent_id = story.category('Laser') where name = 'Hardware'$$), story.expect_error($$update helpdesk.categories set parent_id = id where name = 'Hardware'$$);
select story.attempt($$insert into helpdesk.categories (org_id, name) values (story.org('Acme'), 'Software')$$), story.attempt($$insert into helpdesk.categories (org_id, name, parent_id) values (story.org('Acme'), 'Laser ', story.category('Printers'))$$),
       story.attempt($$insert into helpdesk.categories (org_id, name, parent_id) values (story.org('Acme'), 'Laser', story.category('Software'))$$);
-- Beside each other they differ in more than letter case, also after the one above them is gone. One may change its own.
select story.expect_error($$insert into helpdesk.categories (org_id, name) values (story.org('Acme'), 'SOFTWARE')$$), story.expect_error($$update helpdesk.categories set name = 'hardware' where name = 'Software'$$), story.attempt($$update helpdesk.categories set name = 'software' where name = 'Software'$$);
begin;
insert into helpdesk.categories (org_id, name, parent_id) values (story.org('Acme'), 'Between', story.category('Software'));
insert into helpdesk.categories (org_id, name, parent_id) values (story.org('Acme'), 'Twin', story.category('Between')), (story.org('Acme'), 'twin', story.category('Software'));
select story.expect_error($$delete from helpdesk.categories where name = 'Between'$$), story.attempt($$delete from helpdesk.categories where name in ('Between', 'twin')$$);
rollback;
-- Twenty levels, however they come about
begin;
reset role;
create function story.chain(name text, levels int, below text default null) returns void language plpgsql as $$
begin
  for level in 1..levels loop
    insert into helpdesk.categories (org_id, name, parent_id) values (story.org('Acme'), name || level, story.category(below));
    below := name || level;
  end loop;
end $$;
call story.sign_in('Arthur');
select story.chain('Deep ', 20);
select story.expect_error($$insert into helpdesk.categories (org_id, name, parent_id) values (story.org('Acme'), 'Too deep', story.category('Deep 20'))$$);
select story.chain('Half ', 11), story.chain('Other half ', 10);
select story.expect_error($$update helpdesk.categories set parent_id = story.category('Other half 10') where name = 'Half 1'$$), story.attempt($$update helpdesk.categories set parent_id = story.category('Other half 9') where name = 'Half 1'$$);
update helpdesk.categories set parent_id = story.category('Other half 9') where name = 'Half 1';
select max(length(substring(line from '^ *'))), count(*) from story.tree(helpdesk.list_categories(story.org('Acme'))) line where line ~ '(Deep|alf) ';
-- What was loaded with triggers off is shown so far, a circle not at all.
call story.sign_out();
set local session_replication_role = replica;
insert into helpdesk.categories (org_id, id, name, parent_id)
select story.org('Acme'), lpad(n::text, 32, '0')::uuid, 'Abyss ' || n, lpad(nullif(n - 1, 0)::text, 32, '0')::uuid from generate_series(1, 50000) n;
insert into helpdesk.categories (org_id, id, name, parent_id) values (story.org('Acme'), lpad('50001', 32, '0')::uuid, 'Circle', lpad('50001', 32, '0')::uuid);
set local session_replication_role = origin;
call story.sign_in('Arthur');
select count(*) from story.tree(helpdesk.list_categories(story.org('Acme'))) line where line ~ 'Abyss|Circle';
select story.expect_error($$insert into helpdesk.categories (org_id, name, parent_id) values (story.org('Acme'), 'x', story.category('Abyss 50000'))$$), story.expect_error($$insert into helpdesk.categories (org_id, name, parent_id) values (story.org('Acme'), 'x', story.category('Circle'))$$);
rollback;
select story.expect_error($$insert into helpdesk.categories (org_id, name) values (story.org('Globex'), 'x')$$), story.attempt($$update helpdesk.categories set org_id = story.org('Globex')$$);
call story.sign_in('Grace');
insert into helpdesk.categories (org_id, name) values (story.org('Globex'), 'Elsewhere');
call story.sign_in('Arthur');
select story.expect_error($$set constraints all immediate; insert into helpdesk.categories (org_id, name, parent_id) values (story.org('Acme'), 'x', story.category('Elsewhere'))$$);
select story.expect_error($$update helpdesk.articles set categories = '{Elsewhere}' where title = 'published for public'$$);
-- An article is in categories by name, each once.
update helpdesk.articles set categories = '{Laser, Software,Laser}' where title = 'published for public';
update helpdesk.articles set categories = '{Printers}' where title = 'published for members';
update helpdesk.articles set categories = '{Hardware}' where title = 'draft for public';
select title, categories, version from helpdesk.articles where categories <> '{}' order by title collate "C";
select * from story.tree(helpdesk.list_categories(story.org('Acme')));
call story.sign_in('Alice');
select * from story.tree(helpdesk.list_categories(story.org('Acme')));
call story.sign_out();
set role anon;
select * from story.tree(helpdesk.list_categories(story.org('Acme')));
reset role;
select story.expect_error('select helpdesk.list_categories(null)');
-- Renamed, they are renamed in articles; no new version comes of it.
begin;
call story.sign_in('Arthur');
update helpdesk.categories set name = 'Laser printers' where name = 'Laser';
select title, categories, version from helpdesk.articles where categories <> '{}' order by title collate "C";
-- Unless another category has the name too.
insert into helpdesk.categories (org_id, name, parent_id) values (story.org('Acme'), 'Software', story.category('Hardware'));
update helpdesk.categories set name = 'Programs' where name = 'Software' and parent_id is null;
select categories from helpdesk.articles where title = 'published for public';
-- Renamed to the name of another one: once.
update helpdesk.categories set name = 'Software', parent_id = null where name = 'Laser printers';
select categories from helpdesk.articles where title = 'published for public';
rollback;
-- Deleted, their sub-categories move up, and articles forget them; one, several at once, all of them.
call story.sign_in('Arthur');
begin;
delete from helpdesk.categories where name = 'Printers';
select * from story.tree(helpdesk.list_categories(story.org('Acme')));
select title, categories from helpdesk.articles where categories <> '{}' order by title collate "C";
rollback;
begin;
delete from helpdesk.categories where name in ('Printers', 'Hardware');
select * from story.tree(helpdesk.list_categories(story.org('Acme')));
set constraints all immediate;
rollback;
begin;
delete from helpdesk.categories where name in ('Laser', 'Hardware');
select * from story.tree(helpdesk.list_categories(story.org('Acme')));
set constraints all immediate;
delete from helpdesk.categories;
select count(*) from helpdesk.categories;
select count(*) from helpdesk.articles where categories <> '{}';
rollback;
call story.sign_out();

---- Lists
call story.sign_in('Arthur');
update helpdesk.articles set tags = '{red,blue}' where title like 'published%';
select filter, story.listed_articles(filter) from (values
  ('{"status": "draft"}'::jsonb), ('{"status": ["draft", "archived"], "visibility": "public"}'), ('{"visibility": ["members"]}'), ('{"tag": "red"}'), ('{"tag": "green"}'),
  ('{"category": "Laser"}'), ('{"category": "Hardware"}'), ('{"category": "Nowhere"}'), ('{"author": "me"}'), ('{"count": "none", "tag": "blue"}'), ('{"perPage": 2}')) f (filter);
call story.sign_in('Alice');
select filter, story.listed_articles(filter) from (values ('{"status": "draft"}'::jsonb), ('{"visibility": "internal"}'), ('{"category": "Hardware"}'), ('{"author": "me"}')) f (filter);
call story.sign_in('Arthur');
-- Page by page: each article once, in order, in every order.
select story.walk_articles('title', 1) = story.walk_articles('title', 100), story.walk_articles('title', 2) = (select string_agg(title, ', ' order by title collate "C") from helpdesk.articles where org_id = story.org('Acme'));
select sort, story.walk_articles(sort, 2) = story.walk_articles(sort, 100), cardinality(string_to_array(story.walk_articles(sort, 4), ', ')) from unnest('{updatedAt,-updatedAt,createdAt,-createdAt,-title}'::text[]) sort;
select filter, story.expect_error(format('select helpdesk.list_articles(story.org(''Acme''), %L)', filter)) from unnest(array[
  '{"colour": 1}', '{"status": "new"}', '{"status": []}', '{"visibility": null}', '{"perPage": 0}', '{"perPage": 101}', '{"cursor": "x"}', '{"sort": "author"}', '{"tag": 7}', '{"author": "them"}', '[]',
  '{"sort": "title", "cursor": "[\"-title\",0,\"x\",\"00000000-0000-0000-0000-000000000000\"]"}']) filter;
select story.expect_error('select helpdesk.list_articles(null)');
call story.sign_out();

---- Feedback: one per reader who may read it
select * from story.all_callers_attempt($$select helpdesk.rate_article(story.article('published for members'), true)$$);
select * from story.all_callers_attempt($$select helpdesk.rate_article(story.article('published for public'), true)$$);
select * from story.all_callers_attempt($$insert into helpdesk.article_feedback (org_id, article_id, helpful) values (story.org('Acme'), story.article('draft for public'), true)$$);
select * from story.all_callers_attempt($$insert into helpdesk.article_feedback (org_id, article_id, helpful) values (story.org('Acme'), story.article('published for public'), true)$$);
call story.sign_in('Alice');
select helpdesk.rate_article(story.article('published for public'), true, 'Thank you');
call story.sign_in('Stan');
select helpdesk.rate_article(story.article('published for public'), true);
select helpdesk.rate_article(story.article('published for public'), false);
call story.sign_in('Arthur');
select helpdesk.get_article(story.article('published for public'))->>'helpfulCount', helpdesk.get_article(story.article('published for public'))->>'unhelpfulCount', helpdesk.get_article(story.article('published for public'))->>'version';
select story.name_of(user_id), helpful, comment from helpdesk.article_feedback order by 1;
call story.sign_in('Alice');
select story.name_of(user_id), helpful, comment from helpdesk.article_feedback order by 1;
select story.attempt($$update helpdesk.article_feedback set helpful = false$$), story.attempt($$update helpdesk.article_feedback set user_id = story.profile('Ada')$$), story.attempt($$update helpdesk.article_feedback set article_id = story.article('published for members')$$);
select story.expect_error($$select helpdesk.rate_article(story.article('published for public'), true, ' ')$$), story.expect_error($$select helpdesk.rate_article(story.article('published for public'), null)$$), story.expect_error('select helpdesk.rate_article(null, true)');
delete from helpdesk.article_feedback;
call story.sign_in('Arthur');
select helpdesk.get_article(story.article('published for public'))->>'helpfulCount', helpdesk.get_article(story.article('published for public'))->>'unhelpfulCount';
call story.sign_out();

---- Articles of a ticket: its staff's business
select helpdesk.create_ticket(story.org('Acme'), 'Things for members do not work', 'What about published things?', p_requester_id => story.profile('Alice')) is not null;
select * from story.all_callers_attempt($$insert into helpdesk.ticket_articles (org_id, ticket_id, article_id) values (story.org('Acme'), story.ticket('Things for members do not work'), story.article('published for members'))$$);
select * from story.all_callers_attempt($$insert into helpdesk.ticket_articles (org_id, ticket_id, article_id) values (story.org('Acme'), story.ticket('Things for members do not work'), story.article('Globex public'))$$);
call story.sign_in('Arthur');
insert into helpdesk.ticket_articles (org_id, ticket_id, article_id) values (story.org('Acme'), story.ticket('Things for members do not work'), story.article('published for members'));
call story.sign_out();
select * from story.all_callers_attempt('select * from helpdesk.ticket_articles');
select * from story.all_callers_attempt('delete from helpdesk.ticket_articles');
create function story.suggested(title text) returns text language sql as $$
  select coalesce(string_agg(a->>'title', ', '), 'none') from json_array_elements(helpdesk.suggest_articles(story.ticket($1))) a $$;
call story.sign_in('Arthur');
select story.suggested('Things for members do not work');
call story.sign_in('Alice');
select story.suggested('Things for members do not work');
call story.sign_out();
select * from story.all_callers_attempt($$select helpdesk.suggest_articles(story.ticket('Things for members do not work'))$$);
select story.expect_error('select helpdesk.suggest_articles(null)'), story.expect_error('select helpdesk.suggest_articles(gen_random_uuid())');

---- An organization with articles is not deleted by accident; with its last one gone, it goes
delete from helpdesk.tickets;
select story.attempt($$delete from helpdesk.organizations where name = 'Acme'$$);
delete from helpdesk.articles;
select count(*) from helpdesk.article_versions;
begin;
delete from helpdesk.organizations where name = 'Acme';
select count(*) from helpdesk.categories where org_id = story.org('Acme');
rollback;
delete from helpdesk.categories;
select count(*) from helpdesk.search_documents;
