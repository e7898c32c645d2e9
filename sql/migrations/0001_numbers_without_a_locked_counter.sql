-- Tickets no longer take their numbers from ticket_counters, whose row was locked until the commit.
-- The columns stay as they are, so this step may run twice.

-- Also tells sessions with an older library that tables have changed.
alter table helpdesk.ticket_counters reset (fillfactor);

create or replace trigger tickets_keep_numbers
  after delete on helpdesk.tickets referencing old table as deleted_tickets
  for each statement execute function helpdesk.tickets_keep_numbers();

comment on table helpdesk.ticket_counters is
  'Up to which number each organization has given numbers to tickets that are deleted.';
comment on column helpdesk.ticket_counters.last_number is
'The highest number of its deleted tickets; 0 if there are none, or if none was higher than those
  that remain. A new ticket gets a number above it and above those of all tickets.';
