-- A word that few documents have; against a GIN index on tsvector under row security.
begin;
set local role authenticated;
set local request.jwt.claims = '{"sub":":agent","role":"authenticated"}';
select ticket_id, ts_headline('simple', content, q), ts_rank(words, q)
  from baseline.documents, websearch_to_tsquery('simple', 'word19998') q
 where org_id = ':org' and words @@ q order by 3 desc limit 20;
commit;
