-- The newest urgent 20 of the largest organization in agent_tickets; against the query of the sketchs materialized view.
begin;
set local role authenticated;
set local request.jwt.claims = '{"sub":":agent","role":"authenticated"}';
select * from helpdesk.agent_tickets where org_id = ':org' and priority = 'urgent' order by updated_at desc limit 20;
commit;
