-- A customer's newest 20 through the table, under row security.
begin;
set local role authenticated;
set local request.jwt.claims = '{"sub":":customer","role":"authenticated"}';
select id, updated_at from baseline.tickets order by updated_at desc limit 20;
commit;
