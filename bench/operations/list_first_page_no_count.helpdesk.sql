-- The same without the total (the baseline always counts).
begin;
set local role authenticated;
set local request.jwt.claims = '{"sub":":agent","role":"authenticated"}';
select helpdesk.list_org_tickets(':org', '{"count": "none"}');
commit;
