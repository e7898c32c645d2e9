-- The beginning of a word, as somebody types it; against ILIKE.
begin;
set local role authenticated;
set local request.jwt.claims = '{"sub":":agent","role":"authenticated"}';
select baseline.search_ilike(':org', 'word123');
commit;
