-- Tickets: creating, changing, listing and claiming them.

grant execute on function
  helpdesk.create_ticket(uuid, text, text, helpdesk.ticket_priority, uuid, uuid, text),
  helpdesk.update_ticket(uuid, jsonb, integer, uuid),
  helpdesk.update_tickets(uuid[], jsonb, uuid),
  helpdesk.claim_next_ticket(uuid, jsonb),
  helpdesk.get_ticket_details(uuid, uuid, bigint),
  helpdesk.list_org_tickets(uuid, jsonb),
  helpdesk.count_tickets(uuid, jsonb)
  to authenticated, service_role;

comment on function helpdesk.create_ticket(
  uuid, text, text, helpdesk.ticket_priority, uuid, uuid, text) is
'Creates a ticket and returns its id.
Callers: members of the organization.
p_title: 1 to 500 characters.
p_description: up to 100,000 characters.
p_workflow_id: by default the earliest active workflow.
p_requester_id: the member that staff or a backend create the ticket for.
p_idempotency_key: a second call by the same person in the same organization with the same key
  returns the first ticket.
Errors: 22004 (null argument), 22023 (invalid argument), 42501 (not a member, or an object of
  another organization), 23000 (no active workflow), 23505 (key used for a different request).
Example: select helpdesk.create_ticket(:''org_id'', ''The printer is on fire'', ''Third floor.'',
  ''urgent'');';

comment on function helpdesk.update_ticket(uuid, jsonb, integer, uuid) is
'Changes a ticket and returns the ticket object.
Callers: staff of the organization.
p_changes: an object with any of title, description, priority, assignedTo, stageId, workflowId and
  createdBy (the requester). All of them form one revision; if nothing changes, there is no new
  revision. A ticket enters another workflow in its start stage, or in stageId.
p_expected_version: change the ticket only if it still has this version.
p_org_id: optional; the ticket must belong to this organization.
Errors: 22004 (null argument), 22023 (invalid change), 42501 (no such ticket, stage or member, or a
  move that the workflow does not allow), 23505 (the ticket has another version).
Example: select helpdesk.update_ticket(:''ticket_id'', ''{"priority": "high", "assignedTo": "me"}'');';

comment on function helpdesk.update_tickets(uuid[], jsonb, uuid) is
'Changes up to 1,000 tickets as update_ticket() does: all of them or none.
Each changed ticket gets its own revision.
Result: {updated, tickets: [{id, version}]}, with the tickets that really changed.
Callers: staff of the organizations of all these tickets.
p_org_id: optional; all tickets must belong to this organization.
Errors: 22004 (null argument), 22023 (invalid argument), 42501 (no such ticket, stage or member, or
  a move that the workflow does not allow).';

comment on function helpdesk.claim_next_ticket(uuid, jsonb) is
'Assigns the most urgent, oldest unassigned open ticket to the caller and returns its ticket object.
Returns null if there is no such ticket. Concurrent calls get different tickets and do not wait for
  each other.
Callers: staff of the organization.
p_filters: priority, stageId, workflowId, createdBy, createdAfter, createdBefore, updatedAfter,
  updatedBefore, search, number, watching and waitingFor, as in list_org_tickets().
Errors: 22004 (null argument), 22023 (filter), 42501 (not staff).
Example: select helpdesk.claim_next_ticket(:''org_id'');';

comment on function helpdesk.get_ticket_details(uuid, uuid, bigint) is
'Returns a ticket with its comments, attachments and history.
Returns null if there is no such ticket or the caller may not see it. Customers get no internal
  comments and attachments, and no e-mail addresses.
Result: {ticket, comments, attachments, history}. The ticket has isWatching (the caller watches it)
  and, for staff, availableStages (to which the caller may move it now). A comment has its
  attachments, which are also among the others, with commentId. A revision has names, by the ids of
  stages, workflows and people in its changes.
p_org_id: the ticket must belong to this organization; optional with p_ticket_id.
p_number: instead of p_ticket_id, the number of the ticket in p_org_id.
Errors: 22004 (null argument), 22023 (both p_ticket_id and p_number), 54000 (more than 64 MiB of
  comments: page through ticket_comments).
Example: select helpdesk.get_ticket_details(p_org_id => :''org_id'', p_number => 42);';

comment on function helpdesk.list_org_tickets(uuid, jsonb) is
'Returns a page of the tickets of an organization.
Result: {tickets, pagination: {total, page, perPage, nextCursor}}. total is null if count is "none"
  or if a search finds more than 10,000 tickets.
Callers: members. Customers get the tickets that they created or that are assigned to them.
Filters (p_filters), where null and "" mean not filtered:
- priority, status, stageId, workflowId: a value or a list; a list may be the text of an array.
- assignedTo: an id, "me" or "none", or a list. createdBy: an id or "me".
- number: a ticket''s number. watching: true or false, for the caller.
- waitingFor: staff or customer, who is to speak next on an open or pending ticket.
- createdAfter, createdBefore, updatedAfter, updatedBefore: RFC 3339 timestamps. After includes the
  timestamp, Before excludes it.
- search: a query as in search().
- sort: updatedAt, createdAt, priority, number, or queue (as claim_next_ticket() takes them); a
  leading - sorts descending. Default: -updatedAt.
- perPage: 1 to 100, default 20. page (a number) or cursor (nextCursor of the previous page).
- count: "exact" or "none".
Errors: 22004 (null argument), 22023 (filter), 42501 (not a member).
Example: select helpdesk.list_org_tickets(:''org_id'', ''{"status": "open", "assignedTo": "me",
  "perPage": 20}'');';

comment on function helpdesk.count_tickets(uuid, jsonb) is
'Counts the tickets of several lists in one call, such as those of the views of an inbox.
Result: the total of each list by its name, as list_org_tickets() counts it: null if a search finds
  more than 10,000 tickets.
Callers: members. Customers count the tickets that they created or that are assigned to them.
p_filters: the filters of up to 20 lists by their names (up to 100 characters), each as in
  list_org_tickets(). sort, perPage, page, cursor and count change nothing.
Errors: 22004 (null argument), 22023 (filter), 42501 (not a member).
Example: select helpdesk.count_tickets(:''org_id'', ''{"mine": {"assignedTo": "me"},
  "urgent": {"status": "open", "priority": "urgent"}}'');';

comment on function helpdesk.tickets_before_write() is
'Trigger function on tickets: checks a new or changed ticket and sets the system''s columns.';

comment on function helpdesk.tickets_record_history() is
'Trigger function on tickets: writes the revision to ticket_history.';

comment on function helpdesk.tickets_keep_numbers() is
'Trigger function on tickets: keeps the numbers of deleted tickets from being given again.';

comment on function helpdesk.ticket_history_append_only() is
'Trigger function on ticket_history: refuses to change or delete revisions.';

comment on function helpdesk.find_org_of_ticket() is
'Trigger function on tables that refer to a ticket: fills in the organization if it is not given.';
