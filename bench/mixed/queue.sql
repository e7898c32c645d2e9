select helpdesk.list_org_tickets(bench.id(3, 1), '{"status": "open", "sort": "queue", "count": "none"}');
