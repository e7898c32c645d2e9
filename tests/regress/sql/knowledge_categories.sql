-- Categories of articles.

call test.create_articles();

create function test.category_lines(node json, depth int default 0) returns setof text language plpgsql as $$
declare
  child json;
begin
  for child in select * from json_array_elements(node) loop
    return next format('%s%s %s/%s', repeat('  ', depth), child->>'name', child->>'articleCount', child->>'totalCount');
    return query select * from test.category_lines(child->'children', depth + 1);
  end loop;
end $$;

---- Staff write categories, which form a tree
call test.sign_in('Ben');
insert into helpdesk.categories (org_id, name) values (test.org_id('Acme'), ' Hardware '), (test.org_id('Acme'), 'Software');
insert into helpdesk.categories (org_id, name, parent_id) values (test.org_id('Acme'), 'Printers', test.category_id('Hardware')), (test.org_id('Acme'), 'Laser', null);
update helpdesk.categories set parent_id = test.category_id('Printers') where name = 'Laser';
call test.sign_out();
select * from test.attempt_by_each_caller('select * from helpdesk.categories');
select * from test.attempt_by_each_caller($$insert into helpdesk.categories (org_id, name) values (test.org_id('Acme'), 'New')$$);
select * from test.attempt_by_each_caller($$update helpdesk.categories set name = 'Old' where name = 'Laser'$$);
select * from test.attempt_by_each_caller($$delete from helpdesk.categories where name = 'Laser'$$);
call test.sign_in('Ben');
-- No cycles, no two siblings with the same name, and no parent in another organization.
select test.error_of($$update helpdesk.categories set parent_id = test.category_id('Laser') where name = 'Hardware'$$), test.error_of($$update helpdesk.categories set parent_id = id where name = 'Hardware'$$);
select test.attempt($$insert into helpdesk.categories (org_id, name) values (test.org_id('Acme'), 'Software')$$), test.attempt($$insert into helpdesk.categories (org_id, name, parent_id) values (test.org_id('Acme'), 'Laser ', test.category_id('Printers'))$$),
       test.attempt($$insert into helpdesk.categories (org_id, name, parent_id) values (test.org_id('Acme'), 'Laser', test.category_id('Software'))$$);
-- Siblings differ in more than letter case, even after their parent is deleted. A category may
-- change the case of its own name.
select test.error_of($$insert into helpdesk.categories (org_id, name) values (test.org_id('Acme'), 'SOFTWARE')$$), test.error_of($$update helpdesk.categories set name = 'hardware' where name = 'Software'$$), test.attempt($$update helpdesk.categories set name = 'software' where name = 'Software'$$);
begin;
insert into helpdesk.categories (org_id, name, parent_id) values (test.org_id('Acme'), 'Between', test.category_id('Software'));
insert into helpdesk.categories (org_id, name, parent_id) values (test.org_id('Acme'), 'Twin', test.category_id('Between')), (test.org_id('Acme'), 'twin', test.category_id('Software'));
select test.error_of($$delete from helpdesk.categories where name = 'Between'$$), test.attempt($$delete from helpdesk.categories where name in ('Between', 'twin')$$);
rollback;
-- Twenty levels at most, regardless of how they arise
begin;
reset role;
create function test.nest_categories(name text, levels int, below text default null) returns void language plpgsql as $$
begin
  for level in 1..levels loop
    insert into helpdesk.categories (org_id, name, parent_id) values (test.org_id('Acme'), name || level, test.category_id(below));
    below := name || level;
  end loop;
end $$;
call test.sign_in('Ben');
select test.nest_categories('Deep ', 20);
select test.error_of($$insert into helpdesk.categories (org_id, name, parent_id) values (test.org_id('Acme'), 'Too deep', test.category_id('Deep 20'))$$);
select test.nest_categories('Half ', 11), test.nest_categories('Other half ', 10);
select test.error_of($$update helpdesk.categories set parent_id = test.category_id('Other half 10') where name = 'Half 1'$$), test.attempt($$update helpdesk.categories set parent_id = test.category_id('Other half 9') where name = 'Half 1'$$);
update helpdesk.categories set parent_id = test.category_id('Other half 9') where name = 'Half 1';
select max(length(substring(line from '^ *'))), count(*) from test.category_lines(helpdesk.list_categories(test.org_id('Acme'))) line where line ~ '(Deep|alf) ';
-- Rows that were loaded without triggers are shown down to that level, and a cycle is not shown.
call test.sign_out();
set local session_replication_role = replica;
insert into helpdesk.categories (org_id, id, name, parent_id)
select test.org_id('Acme'), lpad(n::text, 32, '0')::uuid, 'Abyss ' || n, lpad(nullif(n - 1, 0)::text, 32, '0')::uuid from generate_series(1, 50000) n;
insert into helpdesk.categories (org_id, id, name, parent_id) values (test.org_id('Acme'), lpad('50001', 32, '0')::uuid, 'Circle', lpad('50001', 32, '0')::uuid);
set local session_replication_role = origin;
call test.sign_in('Ben');
select count(*) from test.category_lines(helpdesk.list_categories(test.org_id('Acme'))) line where line ~ 'Abyss|Circle';
select test.error_of($$insert into helpdesk.categories (org_id, name, parent_id) values (test.org_id('Acme'), 'x', test.category_id('Abyss 50000'))$$), test.error_of($$insert into helpdesk.categories (org_id, name, parent_id) values (test.org_id('Acme'), 'x', test.category_id('Circle'))$$);
rollback;
select test.error_of($$insert into helpdesk.categories (org_id, name) values (test.org_id('Globex'), 'x')$$), test.attempt($$update helpdesk.categories set org_id = test.org_id('Globex')$$);
call test.sign_in('Gina');
insert into helpdesk.categories (org_id, name) values (test.org_id('Globex'), 'Elsewhere');
call test.sign_in('Ben');
select test.error_of($$set constraints all immediate; insert into helpdesk.categories (org_id, name, parent_id) values (test.org_id('Acme'), 'x', test.category_id('Elsewhere'))$$);
select test.error_of($$update helpdesk.articles set categories = '{Elsewhere}' where title = 'published for public'$$);
-- An article names its categories, each once.
update helpdesk.articles set categories = '{Laser, Software,Laser}' where title = 'published for public';
update helpdesk.articles set categories = '{Printers}' where title = 'published for members';
update helpdesk.articles set categories = '{Hardware}' where title = 'draft for public';
select title, categories, version from helpdesk.articles where categories <> '{}' order by title collate "C";
select * from test.category_lines(helpdesk.list_categories(test.org_id('Acme')));
call test.sign_in('Alice');
select * from test.category_lines(helpdesk.list_categories(test.org_id('Acme')));
call test.sign_out();
set role anon;
select * from test.category_lines(helpdesk.list_categories(test.org_id('Acme')));
reset role;
select test.error_of('select helpdesk.list_categories(null)');
-- Renaming a category renames it in articles without a new version,
begin;
call test.sign_in('Ben');
update helpdesk.categories set name = 'Laser printers' where name = 'Laser';
select title, categories, version from helpdesk.articles where categories <> '{}' order by title collate "C";
-- unless another category has the same name.
insert into helpdesk.categories (org_id, name, parent_id) values (test.org_id('Acme'), 'Software', test.category_id('Hardware'));
update helpdesk.categories set name = 'Programs' where name = 'Software' and parent_id is null;
select categories from helpdesk.articles where title = 'published for public';
-- A category that gets the name of another one appears once in an article.
update helpdesk.categories set name = 'Software', parent_id = null where name = 'Laser printers';
select categories from helpdesk.articles where title = 'published for public';
rollback;
-- When categories are deleted, their children move up and articles lose them: one category, several
-- in one statement, or all.
call test.sign_in('Ben');
begin;
delete from helpdesk.categories where name = 'Printers';
select * from test.category_lines(helpdesk.list_categories(test.org_id('Acme')));
select title, categories from helpdesk.articles where categories <> '{}' order by title collate "C";
rollback;
begin;
delete from helpdesk.categories where name in ('Printers', 'Hardware');
select * from test.category_lines(helpdesk.list_categories(test.org_id('Acme')));
set constraints all immediate;
rollback;
begin;
delete from helpdesk.categories where name in ('Laser', 'Hardware');
select * from test.category_lines(helpdesk.list_categories(test.org_id('Acme')));
set constraints all immediate;
delete from helpdesk.categories;
select count(*) from helpdesk.categories;
select count(*) from helpdesk.articles where categories <> '{}';
rollback;
call test.sign_out();
