-- One of the 3,000 newest tickets.
select n.number as newest from helpdesk.tickets n where n.org_id = bench.id(3, 1) order by n.number desc limit 1 \gset
\set age random(0, 2999)
\set number :newest - :age
select t.id as ticket from helpdesk.tickets t where t.org_id = bench.id(3, 1) and t.number = :number \gset
-- The older third is closed, the others are in any other stage.
\set stage case when :age >= 2000 then 15 else random(11, 14) end
select helpdesk.update_ticket(:ticket, jsonb_build_object('stageId', bench.id(5, :stage)));
