-- The numbers of the largest organization; against counting.
begin;
set local role authenticated;
set local request.jwt.claims = '{"sub":":agent","role":"authenticated"}';
select helpdesk.org_dashboard(':org');
commit;
