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

---- Ids without a type are those of a ticket and its organization; any other text is a text
create function test.suggestions(person text, args text) returns text language plpgsql as $$
declare
  found text;
begin
  call test.sign_in(person);
  execute format('select coalesce(string_agg(a->>''title'', '', ''), ''none'') from json_array_elements(helpdesk.suggest_articles(%s)) a', args) into found;
  call test.sign_out();
  return found;
exception when others then
  call test.sign_out();
  return sqlstate || ' ' || sqlerrm;
end $$;
select person, args, test.suggestions(person, replace(replace(replace(args, 'ticket-id', test.ticket_id('Things for members do not work')::text), 'acme-id', test.org_id('Acme')::text), 'globex-id', test.org_id('Globex')::text))
  from unnest('{Ben,Alice,Mallory,Stan}'::text[]) person, unnest(array[
  $$'ticket-id'$$, $$'ticket-id', 'acme-id'$$, $$'ticket-id', null$$, $$'ticket-id'::uuid, null$$, $$'ticket-id', 'acme-id'::uuid$$, $$'ticket-id', ' acme-id '$$, $$'ticket-id', 'globex-id'$$, $$'acme-id', 'acme-id'$$, $$p_ticket_id => 'ticket-id', p_org_id => 'acme-id'$$,
  $$'acme-id', 'published things for members'$$, $$'acme-id'::uuid, 'published for members'::text$$, $$p_org_id => 'acme-id', p_text => 'published things'$$, $$'acme-id', 'ticket-id'$$, $$'acme-id', '0190a000-0000-7000-8000-000000000000'$$, $$'acme-id', null$$, $$null, 'published'$$, $$'acme-id', ''$$]) args;

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
