-- Who finds what.

call test.create_documents();

---- Who finds what
select * from test.found_by_each_caller('printer');
-- Only staff find internal text, whichever function they use,
select * from test.found_by_each_caller('wizard');
select * from test.found_by_each_caller('"burnt toner"');
call test.sign_in('Alice');
select test.found('wizard'), test.found('wiz'), test.found('printer wizard'), test.found('printer or wizard'), test.found('printer -wizard'), helpdesk.search_articles(test.org_id('Acme'), 'wizard'),
       helpdesk.list_org_tickets(test.org_id('Acme'), '{"search": "wizard"}')->'pagination'->>'total', json_array_length(helpdesk.suggest_articles(test.ticket_id('The printer is on fire')));
call test.sign_in('Ben');
select helpdesk.list_org_tickets(test.org_id('Acme'), '{"search": "wizard"}')->'pagination'->>'total';
-- and nobody reads the index itself.
call test.sign_out();
select * from test.attempt_by_each_caller('select * from helpdesk.search_documents');
-- A customer finds the tickets that are assigned to them.
begin;
update helpdesk.tickets set assigned_to = test.profile_id('Dave') where title = 'The printer is on fire';
call test.sign_in('Dave');
select test.found('toner'), test.found('wizard'), test.found('fire');
rollback;
call test.sign_out();

call test.sign_in('Ben');

---- Queries that only exclude lexemes
select test.found('-printer', '{"kind": "ticket"}'), test.found('-printer', '{"kind": "article"}'), test.found('xyzzy or -coffee', '{"kind": "ticket"}'), test.found('-e -the', '{"kind": "comment"}');
call test.sign_out();
set role anon;
select test.found('-printer'), test.found('-token'), helpdesk.search_articles(test.org_id('Globex'), '-printer');
reset role;
-- Two organizations whose lexemes have similar prefixes find nothing of each other.
begin;
insert into helpdesk.organizations (id, name, created_by) values ('00000000-0000-7000-8000-000000000001', 'Left', test.profile_id('Gina')), ('11111111-0000-7000-8000-000000100001', 'Right', test.profile_id('Stan'));
insert into helpdesk.tickets (org_id, id, title, created_by) values ('00000000-0000-7000-8000-000000000001', '22222222-0000-7000-8000-000000000001', 'Left secret', test.profile_id('Gina')), ('11111111-0000-7000-8000-000000100001', '22222222-0000-7000-8000-000000000001', 'Right secret', test.profile_id('Stan'));
insert into helpdesk.articles (org_id, id, title, content, author, visibility, status) select org_id, id, title, 'secret', created_by, 'public', 'published' from helpdesk.tickets where title like '% secret';
select count(*), count(distinct left(word, 5)) from helpdesk.search_documents, unnest(tsvector_to_array(lexemes)) word where org_id in (select id from helpdesk.organizations where name in ('Left', 'Right')) and word like 't%';
call test.sign_in('Gina');
select test.found('secret', '{}', 'Left'), test.found('-x', '{}', 'Left'), helpdesk.list_org_tickets(test.org_id('Left'), '{"search": "secret"}')->'pagination'->>'total', json_array_length(helpdesk.list_org_tickets(test.org_id('Left'), '{"search": "secret"}')->'tickets');
select test.found('secret', '{}', 'Right'), json_array_length(helpdesk.suggest_articles('22222222-0000-7000-8000-000000000001', test.org_id('Left')));
rollback;
