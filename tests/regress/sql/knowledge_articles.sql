-- Who writes and reads articles.

---- Staff of the organization, service_role and the DBA write articles
select * from test.attempt_by_each_caller($$insert into helpdesk.articles (org_id, title, content) values (test.org_id('Acme'), 'Try', 'It')$$);
select * from test.attempt_by_each_caller($$insert into helpdesk.articles (org_id, title, content, author) values (test.org_id('Acme'), 'Try', 'It', test.profile_id('Ada'))$$);

call test.create_articles();

select title, version, test.profile_name(author), updated_at = created_at, published_at = created_at, helpful_count, unhelpful_count, categories, tags from helpdesk.articles where org_id = test.org_id('Acme') order by title collate "C";
select * from test.attempt_by_each_caller($$update helpdesk.articles set title = title || '!' where org_id = test.org_id('Acme')$$);
select * from test.attempt_by_each_caller($$update helpdesk.articles set author = test.profile_id('Ada')$$);
select * from test.attempt_by_each_caller($$delete from helpdesk.articles where org_id = test.org_id('Acme')$$);

---- People read what is published for them, from the table and the functions alike
create function test.articles_seen(org text) returns text language plpgsql as $$
declare
  by_table text := (select string_agg(title, ', ' order by title collate "C") from helpdesk.articles where org_id = test.org_id(org));
  by_list text := (select string_agg(a->>'title', ', ' order by a->>'title' collate "C") from json_array_elements(helpdesk.list_articles(test.org_id(org), '{"perPage": 100}')->'articles') a);
  by_search text := (select string_agg(a->>'title', ', ' order by a->>'title' collate "C") from json_array_elements(helpdesk.search_articles(test.org_id(org), 'for', 100)) a);
  one_by_one text := (select string_agg(title, ', ' order by title collate "C") from unnest(test.all_article_titles(org)) title where helpdesk.get_article(test.article_id(title)) is not null);
begin
  return case when (by_table, by_list, by_search) is not distinct from (one_by_one, one_by_one, one_by_one) then coalesce(by_table, 'none')
              else format('DIFFERENT: %s / %s / %s / %s', by_table, by_list, by_search, one_by_one) end;
end $$;
create function test.all_article_titles(org text) returns text[] language sql stable security definer as $$
  select array_agg(title) from helpdesk.articles where org_id = test.org_id(org) $$;
create function test.articles_seen_by_each_caller(org text) returns table (line text) language plpgsql as $$
declare
  caller text;
begin
  foreach caller in array '{Ada,Ben,Alice,Bea,Gina,Stan,Nemo}'::text[] loop
    call test.sign_in(caller);
    line := format('%-7s %s', caller, test.articles_seen(org));
    return next;
  end loop;
  call test.sign_out();
  foreach caller in array '{anon,service_role}'::text[] loop
    perform set_config('role', caller, false);
    line := format('%-7s %s', caller, test.articles_seen(org));
    return next;
  end loop;
  perform set_config('role', 'none', false);
end $$;
select * from test.articles_seen_by_each_caller('Acme');
select * from test.articles_seen_by_each_caller('Globex');
select helpdesk.get_article(gen_random_uuid()) is null, helpdesk.get_article(test.article_id('Globex public'), test.org_id('Acme')) is null, test.error_of('select helpdesk.get_article(null)');
-- Only members learn the authors.
create function test.author_of(title text) returns text language sql as $$ select coalesce(helpdesk.get_article(test.article_id(title))->'author'->>'name', 'nobody') || ', in lists ' || coalesce((select a->'author'->>'name' from json_array_elements(helpdesk.list_articles(test.org_id('Acme'), '{"perPage": 100}')->'articles') a where a->>'title' = $1), 'nobody') $$;
call test.sign_in('Alice');
select test.author_of('published for public');
call test.sign_in('Gina');
select test.author_of('published for public');
call test.sign_out();
set role anon;
select test.author_of('published for public');
select test.json_keys(helpdesk.get_article(test.article_id('published for public')));
select json_array_length(helpdesk.list_articles(test.org_id('Acme'), jsonb_build_object('author', test.profile_id('Ben')))->'articles'), test.error_of($$select helpdesk.list_articles(test.org_id('Acme'), '{"author": "me"}')->'articles'$$);
select count(*) from helpdesk.articles;
select test.attempt('select * from helpdesk.categories'), test.attempt('select * from helpdesk.article_versions'), test.attempt('select * from helpdesk.article_feedback');
reset role;
-- An organization that does not exist looks like one without public articles.
call test.sign_in('Stan');
select helpdesk.list_articles(gen_random_uuid()), helpdesk.list_categories(gen_random_uuid()), helpdesk.search_articles(gen_random_uuid(), 'x'), helpdesk.search(gen_random_uuid(), 'x');
call test.sign_out();
