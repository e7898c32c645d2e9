-- A word that few documents have; against ILIKE.
begin;
set local role authenticated;
set local request.jwt.claims = '{"sub":":agent","role":"authenticated"}';
select baseline.search_ilike(':org', 'word19998');
commit;
