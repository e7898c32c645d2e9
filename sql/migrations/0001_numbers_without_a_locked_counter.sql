-- Tickets no longer take their numbers from ticket_counters, whose row was locked until the commit.
-- The columns stay as they are, so this step may run twice.

-- Also tells sessions with an older library that tables have changed.
alter table helpdesk.ticket_counters reset (fillfactor);

create or replace trigger tickets_keep_numbers
  after delete on helpdesk.tickets referencing old table as deleted_tickets
  for each statement execute function helpdesk.tickets_keep_numbers();

comment on table helpdesk.ticket_counters is
  'The highest number that each organization has given to a ticket that is deleted.';
comment on column helpdesk.ticket_counters.last_number is
'No new ticket gets a number up to this one: at least the highest number of a deleted ticket; 0 if
  no ticket was deleted.';
