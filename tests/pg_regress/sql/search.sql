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
-- Words that Postgres takes apart, unwanted ones among them
select query, story.found(query) from unnest(array['-foo_bar', '-l''avion', '-a,bcd', '-http://example.com/path', 'coffee -foo_bar', 'coffee -l''avion', 'printer -on_fire', 'on_fir', 'http://example.com/cof', 'example.com/coffee?x=1 -fire', '-"on fire" coff', 'or -', '-a or -b', '"-']) query;
-- Long ones
select story.found(repeat('printer ', 1250)), story.found(repeat('x', 10000)), story.found(repeat('"', 10000)), story.found(repeat('-', 10000)), story.found(repeat('a or ', 2000)), story.found(repeat('(', 10000)), story.found(repeat('🙂', 10000)), story.found(repeat('''', 10000)), story.found(repeat('!', 10000) || 'x');
-- Words about as long as the index takes, and longer
begin;
select length, letter, bool_and(helpdesk.create_ticket(story.org('Acme'), 'Long ' || letter, repeat(letter, length / octet_length(letter)) || '.') is not null),
       bool_and(story.found(repeat(letter, length / octet_length(letter))) like 'ticket Long ' || letter || '%'), bool_and(story.found('-' || repeat(letter, length / octet_length(letter))) is not null)
  from unnest('{999,1000,1001,1999,2000,2041,2042,2046,2047,2050,5000}'::int[]) length, unnest('{b,é,Ⱥ}'::text[]) letter group by 1, 2 order by 1, 2;
select distinct json_array_length(helpdesk.suggest_articles(id)) from helpdesk.tickets where title like 'Long %';
select story.attempt(format($$select helpdesk.create_ticket(story.org('Acme'), repeat(%L, 500 / length(%1$L)), repeat(%1$L, 100000 / length(%1$L)))$$, letter)) from unnest('{b,Ⱥ,🙂,b-,Ⱥ/,http://a/}'::text[]) letter;
select story.attempt($$select helpdesk.add_comment(story.ticket('No coffee'), repeat('b', 2042))$$), story.attempt($$insert into helpdesk.articles (org_id, title, content) values (story.org('Acme'), repeat('Ⱥ', 500), repeat('b', 2042))$$);
rollback;
select story.expect_error(format('select helpdesk.search(%s)', args)) from unnest(array[
  'null, ''x''', 'story.org(''Acme''), null', 'story.org(''Acme''), ''x'', ''{"kind": "people"}''', 'story.org(''Acme''), ''x'', ''{"kind": []}''', 'story.org(''Acme''), ''x'', ''{"perPage": 0}''', 'story.org(''Acme''), ''x'', ''{"perPage": 101}''',
  'story.org(''Acme''), ''x'', ''{"cursor": "x"}''', 'story.org(''Acme''), ''x'', ''{"page": 1}''', 'story.org(''Acme''), ''x'', ''[]''']) args;
select story.expect_error(format('select helpdesk.search_articles(%s)', args)) from unnest(array['null, ''x''', 'story.org(''Acme''), null', 'story.org(''Acme''), ''x'', 0', 'story.org(''Acme''), ''x'', 101', 'story.org(''Acme''), ''x'', null']) args;
-- Kinds
select story.found('printer', '{"kind": "ticket"}'), story.found('printer', '{"kind": ["comment", "article"]}'), story.found('toner', '{"kind": "comment"}'), (select story.found('#' || number, '{"kind": "article"}') from helpdesk.tickets where title = 'No coffee');

---- Only what is not there
select story.found('-printer', '{"kind": "ticket"}'), story.found('-printer', '{"kind": "article"}'), story.found('xyzzy or -coffee', '{"kind": "ticket"}'), story.found('-e -the', '{"kind": "comment"}');
call story.sign_out();
set role anon;
select story.found('-printer'), story.found('-token'), helpdesk.search_articles(story.org('Globex'), '-printer');
reset role;
-- Two organizations whose words begin alike see nothing of each other.
begin;
insert into helpdesk.organizations (id, name, created_by) values ('00000000-0000-7000-8000-000000000001', 'Left', story.profile('Grace')), ('11111111-0000-7000-8000-000000100001', 'Right', story.profile('Stan'));
insert into helpdesk.tickets (org_id, id, title, created_by) values ('00000000-0000-7000-8000-000000000001', '22222222-0000-7000-8000-000000000001', 'Left secret', story.profile('Grace')), ('11111111-0000-7000-8000-000000100001', '22222222-0000-7000-8000-000000000001', 'Right secret', story.profile('Stan'));
insert into helpdesk.articles (org_id, id, title, content, author, visibility, status) select org_id, id, title, 'secret', created_by, 'public', 'published' from helpdesk.tickets where title like '% secret';
select count(*), count(distinct left(word, 5)) from helpdesk.search_documents, unnest(tsvector_to_array(lexemes)) word where org_id in (select id from helpdesk.organizations where name in ('Left', 'Right')) and word like 't%';
call story.sign_in('Grace');
select story.found('secret', '{}', 'Left'), story.found('-x', '{}', 'Left'), helpdesk.list_org_tickets(story.org('Left'), '{"search": "secret"}')->'pagination'->>'total', json_array_length(helpdesk.list_org_tickets(story.org('Left'), '{"search": "secret"}')->'tickets');
select story.found('secret', '{}', 'Right'), json_array_length(helpdesk.suggest_articles('22222222-0000-7000-8000-000000000001', story.org('Left')));
rollback;
call story.sign_in('Arthur');

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
-- Which languages there are depends on the version of Postgres.
select story.expect_error(format($$update helpdesk.organizations set search_language = %L where name = 'Acme'$$, language))
       = format('22023: search_language: not a text search configuration of Postgres | One of: %s.',
                (select string_agg(cfgname::text, ', ' order by cfgname) from pg_ts_config where cfgnamespace = 'pg_catalog'::regnamespace))
  from unnest('{klingon,public.english,""}'::text[]) language;
update helpdesk.organizations set search_language = 'english' where name = 'Acme';
select story.found('smelling'), story.found('the'), story.found('the and of'), story.found('owner');
-- Of a word that is being typed, also when it is longer than what it is shortened to.
begin;
select helpdesk.create_ticket(story.org('Acme'), 'Printing and authentication') is not null;
select word, left(word, n), story.found(left(word, n), '{"kind": "ticket"}') from unnest('{printing,authentication}'::text[]) word, generate_series(4, char_length(word)) n where story.found(left(word, n), '{"kind": "ticket"}') !~ 'Printing';
select story.found('printi', '{"kind": "ticket"}'), story.found('coffee printi', '{"kind": "ticket"}'), story.found('on the', '{"kind": "ticket"}'), story.found('coffee having', '{"kind": "ticket"}');
rollback;
call story.sign_in('Grace');
select story.found('the', '{}', 'Globex');
call story.sign_in('Ada');
update helpdesk.organizations set search_language = 'simple' where name = 'Acme';
select story.found('smelling'), story.found('smells');
call story.sign_out();
---- Made anew after a change with triggers off: what is missing, what is too much, what is different
create function story.words_are_right() returns boolean language plpgsql as $$
declare
  documents text[] := (select array_agg(d::text order by d::text) from helpdesk.search_documents d);
begin
  perform helpdesk.rebuild_search_index();
  return documents = (select array_agg(d::text order by d::text) from helpdesk.search_documents d);
end $$;
begin;
select story.words_are_right();
set local session_replication_role = replica;
update helpdesk.tickets set title = 'A unicorn' where title = 'No coffee';
delete from helpdesk.ticket_comments where content like 'Confidential%';
delete from helpdesk.search_documents where kind = 'article';
set local session_replication_role = origin;
select helpdesk.rebuild_search_index(story.org('Globex'));
select count(*), count(*) filter (where kind = 'article') from helpdesk.search_documents where org_id = story.org('Acme');
select story.words_are_right();
select count(*), count(*) filter (where kind = 'article') from helpdesk.search_documents where org_id = story.org('Acme');
call story.sign_in('Arthur');
select story.found('unicorn'), story.found('confidential'), story.found('tomorrow');
rollback;
select * from story.all_callers_attempt('select helpdesk.rebuild_search_index()');
select story.attempt($$select helpdesk.prefix_lexemes(story.org('Acme'), 't', '''x''')$$);
call story.sign_in('Ada');
select story.attempt($$select helpdesk.prefix_lexemes(story.org('Acme'), 't', '''x''')$$);
call story.sign_out();
delete from helpdesk.tickets;
delete from helpdesk.articles;
