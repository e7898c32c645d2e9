-- An agent changes a title, with history.
begin;
set local role authenticated;
set local request.jwt.claims = '{"sub":":agent","role":"authenticated"}';
select helpdesk.update_ticket(':ticket', jsonb_build_object('title', 'Title ' || random()));
commit;
