-- An agent's first page of the largest organization, with the exact total.
begin;
set local role authenticated;
set local request.jwt.claims = '{"sub":":agent","role":"authenticated"}';
select baseline.list_org_tickets(':org');
commit;
