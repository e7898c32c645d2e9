-- Titles and names are sorted by the language of the organization.

call test.sign_in('Ben');
insert into helpdesk.articles (org_id, title, content, visibility, status)
select test.org_id('Acme'), title, 'x', 'public', 'published'
  from unnest('{Zebra,apfel,Äpfel,Apfel,Apfelmus,Öl,Åska,chata,had,cesta,informace,10 rules,9 rules,résumé,resume,Čaj,京都,Жук,straße,Strasse}'::text[]) title;
insert into helpdesk.categories (org_id, name) select test.org_id('Acme'), name from unnest('{Zubehör,Äpfel,apfel,Banane}'::text[]) name;
call test.sign_out();

create function test.sorted_articles(per_page int, sort text default 'title') returns text language plpgsql security invoker as $$
declare
  page json;
  filters jsonb := jsonb_build_object('sort', sort, 'perPage', per_page, 'count', 'none');
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

---- Without a language: in the order that suits most
select test.sorted_articles(100);
---- Each language in its own, for everybody, whatever the size of a page
create procedure test.sort_by(language text) language plpgsql as $$
begin
  call test.sign_in('Ada');
  update helpdesk.organizations set search_language = language where name = 'Acme';
  call test.sign_out();
end $$;
call test.sort_by('german');
select test.sorted_articles(100);
select string_agg(c->>'name', ', ') from json_array_elements(helpdesk.list_categories(test.org_id('Acme'))) c;
call test.sort_by('swedish');
select test.sorted_articles(100), test.sorted_articles(3) = test.sorted_articles(100), test.sorted_articles(1) = test.sorted_articles(100);
select string_agg(c->>'name', ', ') from json_array_elements(helpdesk.list_categories(test.org_id('Acme'))) c;
select array_to_string(array(select title from unnest(string_to_array(test.sorted_articles(4, '-title'), ', ')) with ordinality t (title, n) order by n desc), ', ') = test.sorted_articles(100);
set role anon;
select test.sorted_articles(7);
reset role;
---- A language that has no text search configuration, and variants of the order
call test.sign_in('Ada');
update helpdesk.organizations set sort_locale = 'cs' where name = 'Acme';
select test.sorted_articles(5);
update helpdesk.organizations set sort_locale = 'de-u-co-phonebk-kn' where name = 'Acme';
select test.sorted_articles(5);
select locale, test.error_of(format('update helpdesk.organizations set sort_locale = %L where name = ''Acme''', locale)) from unnest('{"",german,x,cs_CZ,"cs; drop",tlh}'::text[]) locale;
update helpdesk.organizations set sort_locale = null, search_language = 'simple' where name = 'Acme';
-- The order of the table, which over HTTP is order=title_key
select string_agg(title, ', ' order by title_key, id) = test.sorted_articles(100) from helpdesk.articles where org_id = test.org_id('Acme');
-- Sorting changes neither version nor date.
select bool_and(version = 1 and updated_at = created_at) from helpdesk.articles where org_id = test.org_id('Acme');
---- A new title is sorted at once; nobody writes the key
update helpdesk.articles set title = 'aardvark' where title = 'Zebra';
select test.sorted_articles(100) ~ '10 rules, 9 rules, aardvark, apfel';
select test.error_of($$update helpdesk.articles set title_key = 'x' where title = 'aardvark'$$);
call test.sign_out();
select test.error_of($$update helpdesk.articles set title_key = 'x' where title = 'aardvark'$$);
-- After a load with triggers disabled
set session_replication_role = replica;
update helpdesk.articles set title_key = '' where title = 'apfel';
set session_replication_role = origin;
select helpdesk.rebuild_search_index(test.org_id('Acme'));
select test.sorted_articles(100) ~ '10 rules, 9 rules, aardvark, apfel';
---- The longest titles
call test.sign_in('Ben');
select test.error_of(format($$insert into helpdesk.articles (org_id, title, content) values (%L, %L, 'x')$$, test.org_id('Acme'), repeat(letter, 500 / char_length(letter)))) from unnest('{각,é,🙂,ﷺ,京,a}'::text[]) letter;
select count(*), max(octet_length(title_key)) <= 1000 from helpdesk.articles where char_length(title) > 400;
select test.sorted_articles(2) = test.sorted_articles(100);
call test.sign_out();
---- Organizations by name
select string_agg(o->>'name', ', ') from json_array_elements(helpdesk.list_organizations()->'organizations') o;
begin;
update helpdesk.organizations set name = 'Ägypten' where name = 'Globex';
update helpdesk.organizations set name = 'agnes' where name = 'Acme';
select string_agg(o->>'name', ', ') from json_array_elements(helpdesk.list_organizations()->'organizations') o;
select helpdesk.list_organizations(jsonb_build_object('perPage', 1, 'cursor', helpdesk.list_organizations('{"perPage": 1}')->'pagination'->>'nextCursor'))->'organizations'->0->>'name';
rollback;
