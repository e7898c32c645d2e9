-- An agent's first page of urgent tickets, without the total.
begin;
set local role authenticated;
set local request.jwt.claims = '{"sub":":agent","role":"authenticated"}';
select helpdesk.list_org_tickets(':org', '{"priority": "urgent", "count": "none"}');
commit;
