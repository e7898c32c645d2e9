-- An agent opens a ticket in the largest organization.
begin;
set local role authenticated;
set local request.jwt.claims = '{"sub":":agent","role":"authenticated"}';
select baseline.create_ticket(':org', 'The printer is on fire', 'Second floor.', 'high');
commit;
