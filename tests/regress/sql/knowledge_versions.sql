-- Publishing articles, and the versions of an article.

call test.create_articles();

---- Publishing and archiving
select * from test.attempt_by_each_caller($$select helpdesk.publish_article(test.article_id('draft for members'))$$);
select * from test.attempt_by_each_caller($$select helpdesk.archive_article(test.article_id('published for members'))$$);
select * from test.attempt_by_each_caller($$select helpdesk.revert_article(test.article_id('published for members'), 1)$$);
begin;
call test.sign_in('Alice');
select helpdesk.get_article(test.article_id('draft for members')) is null;
call test.sign_in('Ben');
select a->>'status', a->>'version', a->>'publishedAt' is not null from helpdesk.publish_article(test.article_id('draft for members')) a;
select a->>'status', a->>'version' from helpdesk.publish_article(test.article_id('draft for members')) a;
call test.sign_in('Alice');
select helpdesk.get_article(test.article_id('draft for members'))->>'content';
call test.sign_in('Ada');
select a->>'status', a->>'version', a->>'publishedAt' is not null from helpdesk.archive_article(test.article_id('draft for members')) a;
call test.sign_in('Alice');
select helpdesk.get_article(test.article_id('draft for members')) is null;
rollback;
call test.sign_out();

---- Every version is kept exactly
begin;
call test.sign_in('Ben');
insert into helpdesk.articles (org_id, title, content) values (test.org_id('Acme'), '  Trimmed  ', 'Version 1');
select title from helpdesk.articles where content = 'Version 1';
do $$ begin
  for i in 2..100 loop
    update helpdesk.articles set content = 'Version ' || i, title = case when i % 10 = 0 then 'Title ' || i else title end where id = (select id from helpdesk.articles where content = 'Version ' || i - 1);
  end loop;
end $$;
select version, title, content from helpdesk.articles where content = 'Version 100';
select count(*), count(distinct version), min(version), max(version), bool_and(content = 'Version ' || version), bool_and(created_by = helpdesk.my_profile_id()), count(distinct title)
  from helpdesk.article_versions where article_id = test.article_id('Title 100');
-- An update without new values makes no version; tags do.
update helpdesk.articles set content = content, title = title || '  ' where title = 'Title 100';
update helpdesk.articles set tags = '{ a , b,a}' where title = 'Title 100';
select version, tags from helpdesk.articles where title = 'Title 100';
select a->>'version', a->>'title', a->>'content' from helpdesk.revert_article(test.article_id('Title 100'), 37) a;
select version, title, content from helpdesk.article_versions where article_id = test.article_id('Title 30') order by version desc limit 2;
select test.error_of($$select helpdesk.revert_article(test.article_id('Title 30'), 4711)$$), test.error_of($$select helpdesk.revert_article(test.article_id('Title 30'), null)$$), test.error_of('select helpdesk.revert_article(null, 1)');
-- Staff read versions; nobody writes them.
call test.sign_out();
select * from test.attempt_by_each_caller('select * from helpdesk.article_versions where version > 10');
select * from test.attempt_by_each_caller($$update helpdesk.article_versions set content = 'x'$$);
select * from test.attempt_by_each_caller('delete from helpdesk.article_versions');
rollback;
call test.sign_out();
-- Nobody sets the columns that the system sets; invalid values
select test.error_of(format('update helpdesk.articles set %s where title = ''draft for members''', assignment)) from unnest(array[
  'version = 7', 'updated_at = now()', 'created_at = now()', 'author = test.profile_id(''Ada'')', 'helpful_count = 7', 'unhelpful_count = 7', 'published_at = now()', 'id = gen_random_uuid()', 'org_id = test.org_id(''Globex'')',
  'title = ''  ''', 'content = '' ''', 'status = ''new''', 'visibility = ''friends''', 'categories = ''{Nowhere}''', 'tags = ''{" "}''', 'tags = array[null]', 'tags = array(select n::text from generate_series(1, 51) n)', 'title = repeat(''x'', 501)', 'content = repeat(''x'', 500001)']) assignment;

---- A trigger that stamps every UPDATE changes updated_at only with the article
create function public.stamp() returns trigger language plpgsql as $$ begin new.updated_at = now(); return new; end $$;
create trigger handle_updated_at before update on helpdesk.articles for each row execute function public.stamp();
select id as stamped from helpdesk.articles where status = 'published' and visibility = 'public' order by id limit 1 \gset
select version, updated_at from helpdesk.articles where id = :'stamped' \gset before_
call test.sign_in('Ben');
update helpdesk.articles set title = 'Stamped' where id = :'stamped';
select title, version - :before_version, updated_at > :'before_updated_at' from helpdesk.articles where id = :'stamped';
select version, updated_at from helpdesk.articles where id = :'stamped' \gset before_
-- Neither a write that changes nothing nor a rating changes it.
update helpdesk.articles set title = 'Stamped' where id = :'stamped';
call test.sign_in('Alice');
select helpdesk.rate_article(:'stamped', true);
call test.sign_out();
select version - :before_version, updated_at = :'before_updated_at', helpful_count from helpdesk.articles where id = :'stamped';
drop trigger handle_updated_at on helpdesk.articles;
drop function public.stamp;
select test.error_of(format('update helpdesk.articles set updated_at = %L where id = %L', now() - interval '1 day', :'stamped'));
