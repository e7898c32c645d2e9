-- The numbers of the largest organization; against counting.
begin;
set local role authenticated;
set local request.jwt.claims = '{"sub":":agent","role":"authenticated"}';
select * from baseline.dashboard(':org');
commit;
