-- Two words of middling frequency, by an agent of the largest organization; against ILIKE.
begin;
set local role authenticated;
set local request.jwt.claims = '{"sub":":agent","role":"authenticated"}';
select helpdesk.search(':org', 'word40 word300');
commit;
