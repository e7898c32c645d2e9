-- The beginning of a word; against a GIN index on tsvector under row security.
begin;
set local role authenticated;
set local request.jwt.claims = '{"sub":":agent","role":"authenticated"}';
select helpdesk.search(':org', 'word123');
commit;
