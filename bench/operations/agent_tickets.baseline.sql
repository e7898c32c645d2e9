-- The newest urgent 20 of the largest organization in agent_tickets; against the query of the sketchs materialized view.
begin;
set local role authenticated;
set local request.jwt.claims = '{"sub":":agent","role":"authenticated"}';
select * from baseline.agent_tickets(':org', 'urgent');
commit;
