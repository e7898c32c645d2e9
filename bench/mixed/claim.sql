select helpdesk.claim_next_ticket(bench.id(3, 1));
