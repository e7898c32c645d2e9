-- An agent changes a title, with history.
begin;
set local role authenticated;
set local request.jwt.claims = '{"sub":":agent","role":"authenticated"}';
select baseline.update_ticket(':ticket', 'Title ' || random());
commit;
