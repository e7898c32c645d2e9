-- What the search makes of the queries that people type.

call test.create_documents();

---- Queries as people type them
call test.sign_in('Ben');
select query, test.found(query) from unnest(array[
  'printer', 'PRINTER', 'prin', 'pri', 'pr', 'printer fire', 'fire printer', '"on fire"', '"fire on"', 'coffee or toner', 'coffee -machine', 'coffee -"on fire"', 'fire or',
  '#4711', '99999999999999999999', '-4711', '-printer', 'E-42', 'e 42', 'example.com', 'test_user@example.com', 'köln', 'kö', 'grüße', '🙂', 'café', 'cafe',
  'athentication', 'Authetnication tokn', 'pritner', 'xyzzyplugh',
  '', '   ', '!', '&', '|', '()', ''':*', 'printer:*', 'printer & fire', 'printer | !fire', '!!printer', 'fire <-> printer', '\', 'a\b', '''', '"', '""', '"""', '%', '_', '$$', '; drop table helpdesk.tickets; --', ''') or 1=1 --', 'E''x''', '<b>', 'or', '-', '--', '- -', 'or or or', '*', 'printer*'
  ]) query;
select test.found(number::text), test.found('#' || number), test.found(format(' #%s ', number)), test.found('##' || number), test.found(number || ' printer') from helpdesk.tickets where title = 'No coffee';
-- Words that Postgres splits, some of them negated
select query, test.found(query) from unnest(array['-foo_bar', '-l''avion', '-a,bcd', '-http://example.com/path', 'coffee -foo_bar', 'coffee -l''avion', 'printer -on_fire', 'on_fir', 'http://example.com/cof', 'example.com/coffee?x=1 -fire', '-"on fire" coff', 'or -', '-a or -b', '"-']) query;
-- Long queries
select test.found(repeat('printer ', 1250)), test.found(repeat('x', 10000)), test.found(repeat('"', 10000)), test.found(repeat('-', 10000)), test.found(repeat('a or ', 2000)), test.found(repeat('(', 10000)), test.found(repeat('🙂', 10000)), test.found(repeat('''', 10000)), test.found(repeat('!', 10000) || 'x');
-- Words about as long as an index entry may be, and longer
begin;
select length, letter, bool_and(helpdesk.create_ticket(test.org_id('Acme'), 'Long ' || letter, repeat(letter, length / octet_length(letter)) || '.') is not null),
       bool_and(test.found(repeat(letter, length / octet_length(letter))) like 'ticket Long ' || letter || '%'), bool_and(test.found('-' || repeat(letter, length / octet_length(letter))) is not null)
  from unnest('{999,1000,1001,1999,2000,2041,2042,2046,2047,2050,5000}'::int[]) length, unnest('{b,é,Ⱥ}'::text[]) letter group by 1, 2 order by 1, 2;
select distinct json_array_length(helpdesk.suggest_articles(id)) from helpdesk.tickets where title like 'Long %';
select test.attempt(format($$select helpdesk.create_ticket(test.org_id('Acme'), repeat(%L, 500 / length(%1$L)), repeat(%1$L, 100000 / length(%1$L)))$$, letter)) from unnest('{b,Ⱥ,🙂,b-,Ⱥ/,http://a/}'::text[]) letter;
select test.attempt($$select helpdesk.add_comment(test.ticket_id('No coffee'), repeat('b', 2042))$$), test.attempt($$insert into helpdesk.articles (org_id, title, content) values (test.org_id('Acme'), repeat('Ⱥ', 500), repeat('b', 2042))$$);
rollback;
select test.error_of(format('select helpdesk.search(%s)', args)) from unnest(array[
  'null, ''x''', 'test.org_id(''Acme''), null', 'test.org_id(''Acme''), ''x'', ''{"kind": "people"}''', 'test.org_id(''Acme''), ''x'', ''{"kind": []}''', 'test.org_id(''Acme''), ''x'', ''{"perPage": 0}''', 'test.org_id(''Acme''), ''x'', ''{"perPage": 101}''',
  'test.org_id(''Acme''), ''x'', ''{"cursor": "x"}''', 'test.org_id(''Acme''), ''x'', ''{"page": 1}''', 'test.org_id(''Acme''), ''x'', ''[]''']) args;
select test.error_of(format('select helpdesk.search_articles(%s)', args)) from unnest(array['null, ''x''', 'test.org_id(''Acme''), null', 'test.org_id(''Acme''), ''x'', 0', 'test.org_id(''Acme''), ''x'', 101', 'test.org_id(''Acme''), ''x'', null']) args;
-- Kinds of documents
select test.found('printer', '{"kind": "ticket"}'), test.found('printer', '{"kind": ["comment", "article"]}'), test.found('toner', '{"kind": "comment"}'), (select test.found('#' || number, '{"kind": "article"}') from helpdesk.tickets where title = 'No coffee');

call test.sign_out();
