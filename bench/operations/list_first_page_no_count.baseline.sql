-- The same without the total (the baseline always counts).
begin;
set local role authenticated;
set local request.jwt.claims = '{"sub":":agent","role":"authenticated"}';
select baseline.list_org_tickets(':org');
commit;
