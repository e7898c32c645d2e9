-- One search over tickets, comments and articles: what it finds, for whom, and what it makes of what people type.
\pset format unaligned
\pset tuples_only on

create function story.walk_search(query text, per_page int) returns text[] language plpgsql as $$
declare
  page json;
  filters jsonb := jsonb_build_object('perPage', per_page);
  ids text[] := '{}';
begin
  loop
    page := helpdesk.search(story.org('Acme'), query, filters);
    ids := ids || array(select r->>'id' from json_array_elements(page->'results') r);
    exit when page->'pagination'->>'nextCursor' is null;
    filters := filters || jsonb_build_object('cursor', page->'pagination'->>'nextCursor');
  end loop;
  return ids;
end $$;
create function story.found(query text, filters jsonb default '{}', org text default 'Acme') returns text language sql as $$
  select coalesce(string_agg(format('%s %s', r->>'kind', r->>'title'), ', ' order by position), 'nothing')
    from json_array_elements(helpdesk.search(story.org($3), $1, $2)->'results') with ordinality as x (r, position) $$;

call story.sign_in('Alice');
select helpdesk.create_ticket(story.org('Acme'), 'The printer is on fire', 'Second floor, next to the coffee machine') is not null;
select helpdesk.create_ticket(story.org('Acme'), 'No coffee', 'The machine''s "blinking" light says E-42; see http://example.com/coffee?x=1') is not null;
select helpdesk.add_comment(story.ticket('The printer is on fire'), 'It smells of burnt toner') is not null;
call story.sign_in('Adam');
select helpdesk.create_ticket(story.org('Acme'), 'Grüße 🙂 aus Köln', 'naïve café test_user@example.com') is not null;
call story.sign_in('Arthur');
select helpdesk.add_comment(story.ticket('The printer is on fire'), 'Confidential: the wizard did it', true) is not null;
insert into helpdesk.articles (org_id, title, content, visibility, status) values
  (story.org('Acme'), 'Authentication with a token', 'How to sign in. Printer owners read on.', 'public', 'published'),
  (story.org('Acme'), 'Printer handbook', 'For members: never pour coffee into it.', 'members', 'published'),
  (story.org('Acme'), 'Printer secrets', 'For staff: the wizard''s password.', 'internal', 'published'),
  (story.org('Acme'), 'Printer draft', 'Not yet ready: printers of tomorrow.', 'public', 'draft'),
  (story.org('Acme'), 'Printer archive', 'No longer true: printers of old.', 'public', 'archived');
call story.sign_in('Gina');
select helpdesk.create_ticket(story.org('Globex'), 'Our printer too', 'The wizard of Globex') is not null;
call story.sign_out();

---- Who finds what
create function story.everybody_finds(query text, filters jsonb default '{}') returns table (line text) language plpgsql as $$
declare
  caller text;
begin
  foreach caller in array '{Ada,Arthur,Alice,Adam,Bea,Grace,Stan,Nemo}'::text[] loop
    call story.sign_in(caller);
    line := format('%-7s %s', caller, story.found(query, filters));
    return next;
  end loop;
  call story.sign_out();
  foreach caller in array '{anon,service_role}'::text[] loop
    perform set_config('role', caller, false);
    line := format('%-7s %s', caller, story.found(query, filters));
    return next;
  end loop;
  perform set_config('role', 'none', false);
end $$;
select * from story.everybody_finds('printer');
-- An internal word is staff's, wherever somebody asks for it,
select * from story.everybody_finds('wizard');
select * from story.everybody_finds('"burnt toner"');
call story.sign_in('Alice');
select story.found('wizard'), story.found('wiz'), story.found('printer wizard'), story.found('printer or wizard'), story.found('printer -wizard'), helpdesk.search_articles(story.org('Acme'), 'wizard'),
       helpdesk.list_org_tickets(story.org('Acme'), '{"search": "wizard"}')->'pagination'->>'total', json_array_length(helpdesk.suggest_articles(story.ticket('The printer is on fire')));
call story.sign_in('Arthur');
select helpdesk.list_org_tickets(story.org('Acme'), '{"search": "wizard"}')->'pagination'->>'total';
-- and nobody searches the index itself.
call story.sign_out();
select * from story.all_callers_attempt('select * from helpdesk.search_documents');
-- An assigned customer finds what they see.
begin;
update helpdesk.tickets set assigned_to = story.profile('Adam') where title = 'The printer is on fire';
call story.sign_in('Adam');
select story.found('toner'), story.found('wizard'), story.found('fire');
rollback;
call story.sign_out();

---- What people type
call story.sign_in('Arthur');
select query, story.found(query) from unnest(array[
  'printer', 'PRINTER', 'prin', 'pri', 'pr', 'printer fire', 'fire printer', '"on fire"', '"fire on"', 'coffee or toner', 'coffee -machine', 'coffee -"on fire"', 'fire or',
  '#4711', '99999999999999999999', '-4711', '-printer', 'E-42', 'e 42', 'example.com', 'test_user@example.com', 'köln', 'kö', 'grüße', '🙂', 'café', 'cafe',
  'athentication', 'Authetnication tokn', 'pritner', 'xyzzyplugh',
  '', '   ', '!', '&', '|', '()', ''':*', 'printer:*', 'printer & fire', 'printer | !fire', '!!printer', 'fire <-> printer', '\', 'a\b', '''', '"', '""', '"""', '%', '_', '$$', '; drop table helpdesk.tickets; --', ''') or 1=1 --', 'E''x''', '<b>', 'or', '-', '--', '- -', 'or or or', '*', 'printer*'
  ]) query;
select story.found(number::text), story.found('#' || number), story.found(format(' #%s ', number)), story.found('##' || number), story.found(number || ' printer') from helpdesk.tickets where title = 'No coffee';
-- Long ones
select story.found(repeat('printer ', 1250)), story.found(repeat('x', 10000)), story.found(repeat('"', 10000)), story.found(repeat('-', 10000)), story.found(repeat('a or ', 2000)), story.found(repeat('(', 10000)), story.found(repeat('🙂', 10000)), story.found(repeat('''', 10000)), story.found(repeat('!', 10000) || 'x');
select story.expect_error(format('select helpdesk.search(%s)', args)) from unnest(array[
  'null, ''x''', 'story.org(''Acme''), null', 'story.org(''Acme''), ''x'', ''{"kind": "people"}''', 'story.org(''Acme''), ''x'', ''{"kind": []}''', 'story.org(''Acme''), ''x'', ''{"perPage": 0}''', 'story.org(''Acme''), ''x'', ''{"perPage": 101}''',
  'story.org(''Acme''), ''x'', ''{"cursor": "x"}''', 'story.org(''Acme''), ''x'', ''{"page": 1}''', 'story.org(''Acme''), ''x'', ''[]''']) args;
select story.expect_error(format('select helpdesk.search_articles(%s)', args)) from unnest(array['null, ''x''', 'story.org(''Acme''), null', 'story.org(''Acme''), ''x'', 0', 'story.org(''Acme''), ''x'', 101', 'story.org(''Acme''), ''x'', null']) args;
-- Kinds
select story.found('printer', '{"kind": "ticket"}'), story.found('printer', '{"kind": ["comment", "article"]}'), story.found('toner', '{"kind": "comment"}'), (select story.found('#' || number, '{"kind": "article"}') from helpdesk.tickets where title = 'No coffee');

---- What a result is, and its snippet
select story.keys(r) from json_array_elements(helpdesk.search(story.org('Acme'), 'toner')->'results') r;
select story.keys(r) from json_array_elements(helpdesk.search(story.org('Acme'), 'tomorrow')->'results') r;
select r->>'title', r->>'snippet', r->>'isInternal' from json_array_elements(helpdesk.search(story.org('Acme'), 'wizard')->'results') r order by 1, 2;
begin;
select helpdesk.create_ticket(story.org('Acme'), '<script>alert("x")</script>', E'Fish & chips <img src=x onerror=alert(1)> \x02bold\x03 "quoted" it''s fishy') is not null;
select r->>'snippet' from json_array_elements(helpdesk.search(story.org('Acme'), 'fish')->'results') r;
select r->>'snippet' !~ '<(?!/?mark>)' from json_array_elements(helpdesk.search(story.org('Acme'), 'alert')->'results') r;
rollback;

---- Found at once, and never again when gone
begin;
select helpdesk.create_ticket(story.org('Acme'), 'Unicorn in the lobby') is not null;
select story.found('unicorn');
update helpdesk.tickets set title = 'Horse in the lobby' where title like 'Unicorn%';
select story.found('unicorn'), story.found('horse');
select helpdesk.add_comment(story.ticket('Horse in the lobby'), 'A pony') is not null;
update helpdesk.ticket_comments set content = 'A donkey' where content = 'A pony';
select story.found('pony'), story.found('donkey');
call story.sign_in('Ada');
delete from helpdesk.tickets where title like 'Horse%';
select story.found('horse'), story.found('donkey');
delete from helpdesk.articles where title = 'Printer draft';
select story.found('tomorrow');
rollback;
call story.sign_out();
select count(*) from helpdesk.search_documents d where not exists (select from helpdesk.tickets t where t.id = d.document_id) and not exists (select from helpdesk.ticket_comments c where c.id = d.document_id) and not exists (select from helpdesk.articles a where a.id = d.document_id);

---- Page by page
begin;
call story.sign_in('Alice');
select count(helpdesk.create_ticket(story.org('Acme'), 'Paper jam ' || n, case when n % 3 = 0 then 'jam and more jam' end)) from generate_series(1, 30) n;
call story.sign_in('Arthur');
select cardinality(story.walk_search('jam', 7)), (select count(distinct id) from unnest(story.walk_search('jam', 7)) id), story.walk_search('jam', 1) = story.walk_search('jam', 100), story.walk_search('jam', 30) = story.walk_search('jam', 10);
call story.sign_in('Alice');
select cardinality(story.walk_search('jam', 7)), story.walk_search('jam', 1) = story.walk_search('jam', 100);
rollback;
call story.sign_out();

---- In the language of the organization
call story.sign_in('Ada');
select story.found('smelling'), story.found('the');
select story.expect_error($$update helpdesk.organizations set search_language = 'klingon' where name = 'Acme'$$), story.expect_error($$update helpdesk.organizations set search_language = 'public.english' where name = 'Acme'$$), story.expect_error($$update helpdesk.organizations set search_language = '' where name = 'Acme'$$);
update helpdesk.organizations set search_language = 'english' where name = 'Acme';
select story.found('smelling'), story.found('the'), story.found('the and of'), story.found('owner');
call story.sign_in('Grace');
select story.found('the', '{}', 'Globex');
call story.sign_in('Ada');
update helpdesk.organizations set search_language = 'simple' where name = 'Acme';
select story.found('smelling'), story.found('smells');
call story.sign_out();
select story.attempt($$select helpdesk.search_terms(story.org('Acme'), 't', '''x''')$$);
call story.sign_in('Ada');
select story.attempt($$select helpdesk.search_terms(story.org('Acme'), 't', '''x''')$$);
call story.sign_out();
delete from helpdesk.tickets;
delete from helpdesk.articles;
