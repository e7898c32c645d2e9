-- An agent reads a ticket with three comments.
begin;
set local role authenticated;
set local request.jwt.claims = '{"sub":":agent","role":"authenticated"}';
select helpdesk.get_ticket_details(':quiet');
commit;
