-- Counts, dashboards and activity.

grant execute on function
  helpdesk.ticket_activity(uuid, date, date),
  helpdesk.org_dashboard(uuid),
  helpdesk.list_organizations(jsonb),
  helpdesk.ticket_participant_name(uuid, uuid, uuid),
  helpdesk.customer_assignee_name(uuid, uuid)
  to authenticated, service_role;

-- Maintenance.
grant execute on function
  helpdesk.refresh_ticket_stats(),
  helpdesk.verify_ticket_stats(),
  helpdesk.rebuild_ticket_stats()
  to service_role;

comment on function helpdesk.ticket_activity(uuid, date, date) is
'Returns what happened to the tickets of an organization between two days, in its time zone.
Result: {timeZone, total, days, byPriority, byAgent}. total and each element of the others contain
  created, resolved, closed and reopened, and firstResponse and resolution as
  {count, medianSeconds, p90Seconds}. firstResponse is the first public comment by staff. Durations
  count from the creation of the ticket and are exact to 2.5 %.
Callers: staff of the organization.
p_from, p_to: the first and the last day; at most 1,100 days.
Errors: 22004 (null argument), 22023 (days), 42501 (not staff).';

comment on function helpdesk.list_organizations(jsonb) is
'Returns a page of all organizations, by name: how large they are and who administers them, but
  nothing of what is in them.
Result: {organizations: [{id, name, createdAt, memberCount, ticketCount, lastActivityAt, admins:
  [{id, name, email, hasLogin}]}], pagination: {total, perPage, nextCursor}}. lastActivityAt is when
  a ticket last changed, or when the organization was created.
Callers: administrators of the installation, service_role and the database administrator.
p_filters: name (a part of it), withoutAdmin (true for organizations without an org_admin who can
  sign in), perPage, cursor, count.
Errors: 22023 (filters), 42501 (not an administrator).';

comment on function helpdesk.org_dashboard(uuid) is
'Returns the current ticket counts of an organization.
Result: {open, unassigned, mine, byPriority, byStage, oldestOpen}. open counts open and pending
  tickets; mine counts those assigned to the caller.
Callers: staff of the organization.
Errors: 22004 (null argument), 42501 (not staff).';

comment on function helpdesk.customer_assignee_name(uuid, uuid) is
'Returns the name of the assignee of a ticket, if the assignee is a customer.
Returns null if the assignee is staff, has left the organization, or the caller may not see the
  ticket. The view customer_tickets calls this function.';

comment on function helpdesk.ticket_participant_name(uuid, uuid, uuid) is
'Returns the name of the requester or the assignee of a ticket.
Returns null if the caller is not staff of the organization, or for any other person. The view
  agent_tickets calls it for people who have left the organization.';

comment on function helpdesk.refresh_ticket_stats() is
'Folds all pending deltas into the counts, in batches, and returns how many it folded.
Returns 0 if another call is running, and while a subscription writes the counts, which the
  publisher folds. Nobody has to wait for it: reports include pending deltas.
Callers: service_role and the database administrator.';

comment on function helpdesk.verify_ticket_stats() is
'Returns the rows in which the counts differ from a full count of the tickets.
There are none unless triggers were disabled. Rows without agent_id compare the counts of stages,
  including the sums of the times at which tickets entered them. Other rows compare the counts of
  agents, where 00000000-0000-0000-0000-000000000000 stands for unassigned.
Callers: service_role and the database administrator.';

comment on function helpdesk.rebuild_ticket_stats() is
'Counts the tickets of all stages and agents again.
Needed after changes that were made with triggers disabled. Writes to tickets wait until it is
  finished. The daily history that ticket_activity() reads is kept, because it also covers deleted
  tickets and earlier time zones.
Callers: service_role and the database administrator.
Errors: 55000 (a subscription writes the counts).';

comment on function helpdesk.tickets_count() is
'Trigger function on tickets: writes the deltas that the counts are updated from.';

comment on function helpdesk.organizations_check_time_zone() is
'Trigger function on organizations: time_zone must be known to Postgres.';
