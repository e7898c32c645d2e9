-- Two words; against a GIN index on tsvector under row security.
begin;
set local role authenticated;
set local request.jwt.claims = '{"sub":":agent","role":"authenticated"}';
select helpdesk.search(':org', 'word40 word300');
commit;
