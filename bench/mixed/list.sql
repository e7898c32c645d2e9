\set view random(1, 6)
select helpdesk.list_org_tickets(bench.id(3, 1), '{"count": "none"}'::jsonb || case :view::int
  when 1 then '{}' when 2 then '{"status": "open"}' when 3 then '{"assignedTo": "none"}'
  when 4 then '{"assignedTo": "me"}' when 5 then '{"priority": "high"}' else '{"waitingFor": "staff"}' end::jsonb);
