-- A word that is in every ticket; against ILIKE.
begin;
set local role authenticated;
set local request.jwt.claims = '{"sub":":agent","role":"authenticated"}';
select helpdesk.search(':org', 'happened');
commit;
