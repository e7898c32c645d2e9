-- Articles that staff link to tickets, and articles that are suggested for tickets.

call test.create_articles();

---- Staff link articles to tickets
select helpdesk.create_ticket(test.org_id('Acme'), 'Things for members do not work', 'What about published things?', p_requester_id => test.profile_id('Alice')) is not null;
select * from test.attempt_by_each_caller($$insert into helpdesk.ticket_articles (org_id, ticket_id, article_id) values (test.org_id('Acme'), test.ticket_id('Things for members do not work'), test.article_id('published for members'))$$);
select * from test.attempt_by_each_caller($$insert into helpdesk.ticket_articles (org_id, ticket_id, article_id) values (test.org_id('Acme'), test.ticket_id('Things for members do not work'), test.article_id('Globex public'))$$);
call test.sign_in('Ben');
insert into helpdesk.ticket_articles (org_id, ticket_id, article_id) values (test.org_id('Acme'), test.ticket_id('Things for members do not work'), test.article_id('published for members'));
call test.sign_out();
select * from test.attempt_by_each_caller('select * from helpdesk.ticket_articles');
select * from test.attempt_by_each_caller('delete from helpdesk.ticket_articles');
create function test.suggested(title text) returns text language sql as $$
  select coalesce(string_agg(a->>'title', ', '), 'none') from json_array_elements(helpdesk.suggest_articles(test.ticket_id($1))) a $$;
call test.sign_in('Ben');
select test.suggested('Things for members do not work');
call test.sign_in('Alice');
select test.suggested('Things for members do not work');
call test.sign_out();
select * from test.attempt_by_each_caller($$select helpdesk.suggest_articles(test.ticket_id('Things for members do not work'))$$);
select test.error_of('select helpdesk.suggest_articles(null)'), test.error_of('select helpdesk.suggest_articles(gen_random_uuid())');

---- An organization with articles is not deleted by accident

insert into helpdesk.categories (org_id, name) values (test.org_id('Acme'), 'Hardware');
delete from helpdesk.tickets;
select test.attempt($$delete from helpdesk.organizations where name = 'Acme'$$);
delete from helpdesk.articles;
select count(*) from helpdesk.article_versions;
begin;
delete from helpdesk.organizations where name = 'Acme';
select count(*) from helpdesk.categories where org_id = test.org_id('Acme');
rollback;
delete from helpdesk.categories;
select count(*) from helpdesk.search_documents where kind <> 'person';
