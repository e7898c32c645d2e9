-- The search uses the language of the organization.

call test.create_documents();

---- The organization's search language
call test.sign_in('Ada');
select test.found('smelling'), test.found('the');
-- The available languages depend on the version of Postgres.
select test.error_of(format($$update helpdesk.organizations set search_language = %L where name = 'Acme'$$, language))
       = format('22023 unknown_language: search_language: not a text search configuration of Postgres | One of: %s.',
                (select string_agg(cfgname::text, ', ' order by cfgname) from pg_ts_config where cfgnamespace = 'pg_catalog'::regnamespace))
  from unnest('{klingon,public.english,""}'::text[]) language;
update helpdesk.organizations set search_language = 'english' where name = 'Acme';
select test.found('smelling'), test.found('the'), test.found('the and of'), test.found('owner');
-- Prefixes of a word are found, even those that are longer than its stem.
begin;
select helpdesk.create_ticket(test.org_id('Acme'), 'Printing and authentication') is not null;
select word, left(word, n), test.found(left(word, n), '{"kind": "ticket"}') from unnest('{printing,authentication}'::text[]) word, generate_series(4, char_length(word)) n where test.found(left(word, n), '{"kind": "ticket"}') !~ 'Printing';
select test.found('printi', '{"kind": "ticket"}'), test.found('coffee printi', '{"kind": "ticket"}'), test.found('on the', '{"kind": "ticket"}'), test.found('coffee having', '{"kind": "ticket"}');
rollback;
call test.sign_in('Gina');
select test.found('the', '{}', 'Globex');
call test.sign_in('Ada');
update helpdesk.organizations set search_language = 'simple' where name = 'Acme';
select test.found('smelling'), test.found('smells');
call test.sign_out();
