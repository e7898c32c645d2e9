-- One of the 3,000 newest tickets.
select n.number as newest from helpdesk.tickets n where n.org_id = bench.id(3, 1) order by n.number desc limit 1 \gset
\set number :newest - random(0, 2999)
select t.id as ticket from helpdesk.tickets t where t.org_id = bench.id(3, 1) and t.number = :number \gset
select helpdesk.update_ticket(:ticket, jsonb_build_object('title', 'The printer is on fire, ' || random(), 'priority', 'high'));
