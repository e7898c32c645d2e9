-- Imports: tickets of another help desk, with their people and comments.

grant execute on function helpdesk.import_tickets(uuid, jsonb) to authenticated, service_role;

comment on function helpdesk.import_tickets(uuid, jsonb) is
'Imports tickets of another help desk with their people and comments: all of them or none.
A ticket that an earlier import has brought (externalId) stays as it is, apart from comments that
  are new. Nobody is notified, nothing is reopened, and the history has one revision for each
  ticket.
p_rows: a list of {externalId, number, title, description, priority, status, stage, workflowId,
  requester, assignee, createdAt, updatedAt, stageEnteredAt, resolvedAt, closedAt, comments}.
  Required are externalId, title, requester and createdAt. A person is {email, name}, a comment
  {externalId, content, isInternal, author, createdAt}. Up to 64 MiB as text.
People are members of the organization with a confirmed address, or get a profile without a login,
  which the owner of the address gets when they sign up. Requesters among them become customers.
  Somebody who is not staff keeps only closed tickets as assignee.
Result: {created, updated, skipped, comments, people, unassigned}. Every 1,000 tickets, a notice
  tells how far it is.
Callers: admins of the organization. Until it ends, nobody else opens tickets in the organization.
Errors: 22004 (null argument), 22023 (a row, which the message names with the key), 42501 (not an
  admin), 23000 (no active workflow).
Example: select helpdesk.import_tickets(:''org_id'', ''[{"externalId": "zendesk:1", "title": "It works
  again", "status": "closed", "requester": {"email": "ann@mail.example", "name": "Ann"},
  "createdAt": "2024-03-01T09:00:00Z"}]'');';

comment on function helpdesk.find_missing_people(uuid, jsonb) is
'The people of an import whom the organization does not know, for create_missing_people(). On a
  cluster, import_tickets() calls both before the worker imports the rest.
Callers: the owner of the functions.
Errors: those of import_tickets().';

comment on function helpdesk.create_missing_people(uuid, jsonb) is
'Creates the people that find_missing_people() has found. Returns how many.
Callers: the owner of the functions.
Errors: 22004 (null argument), 22023 (not what find_missing_people() returns).';
