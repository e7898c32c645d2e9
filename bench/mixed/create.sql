select helpdesk.create_ticket(bench.id(3, 1), 'The printer is on fire', 'Second floor, next to the coffee machine.');
