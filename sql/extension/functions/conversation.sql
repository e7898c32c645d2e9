-- Comments and attachments of tickets, and access to the files in storage.

-- Policies on a storage bucket call these two, rarely enough that they can afford SET search_path.
grant execute on function
  helpdesk.may_read_file(text),
  helpdesk.may_upload_file(text)
  to anon, authenticated, service_role;

grant execute on function
  helpdesk.add_comment(uuid, text, boolean, uuid, jsonb, text, jsonb),
  helpdesk.add_attachment(uuid, text, text, integer, text, boolean, uuid, text),
  helpdesk.resolve_ticket(uuid, text, uuid, text)
  to authenticated, service_role;

comment on function helpdesk.may_read_file(text) is
'Whether the caller may read the attachment whose file is stored at this path.
The policies that enable_storage() creates on a bucket call this function.';

comment on function helpdesk.may_upload_file(text) is
'Whether the caller may upload a file to this path, <organization>/<ticket>/<anything>.
Anyone who can see the ticket may. The policies that enable_storage() creates call this function.';

comment on function helpdesk.add_comment(uuid, text, boolean, uuid, jsonb, text, jsonb) is
'Adds a comment to a ticket and returns the id of the comment.
A public comment by the requester reopens a pending or resolved ticket, unless
  organizations.reopen_on_customer_comment is false. It reopens a closed ticket too, or is refused,
  as organizations.closed_ticket_replies says.
Callers: anyone who can see the ticket; only staff can add internal comments.
p_content: 1 to 100,000 characters.
p_org_id: optional; the ticket must belong to this organization.
p_attachments: up to 100 files that are already in storage, as a list of {fileName, fileType,
  fileSize, storagePath}. They belong to the comment and have its visibility.
p_idempotency_key: a second call by the same person in the same organization with the same key
  returns the first comment.
p_changes: for staff, changes of the ticket as in update_ticket(), in the same transaction.
Errors: 22004 (null argument), 22023 (invalid argument), 42501 (no such ticket, or not allowed),
  23505 (key used for a different request).
Example: select helpdesk.add_comment(:''ticket_id'', ''Have you tried the other tray?'');';

comment on function helpdesk.resolve_ticket(uuid, text, uuid, text) is
'Moves a ticket to the first active resolved stage of its workflow and returns the ticket object.
A workflow without one uses its first active closed stage. A ticket that is resolved or closed
  already stays in its stage.
Callers: the requester, whom transitions do not restrict, and staff of the organization.
p_comment: a public comment, which does not reopen the ticket.
p_org_id: optional; the ticket must belong to this organization.
p_idempotency_key: a second call by the same person in the same organization with the same key
  changes nothing and returns the ticket.
Errors: 22004 (null argument), 22023 (invalid argument), 42501 (no such ticket, neither requester
  nor staff, or a move that the workflow does not allow), 23000 (no such stage, or a comment on a
  closed ticket of an organization that refuses them), 23505 (key used for a different request).';

comment on function helpdesk.add_attachment(uuid, text, text, integer, text, boolean, uuid, text) is
'Attaches a file that is already in storage to a ticket and returns the id of the attachment.
Callers: anyone who can see the ticket; only staff can add internal attachments.
p_file_name, p_file_type: text in one line, without control characters and marks that change its
  direction. An empty p_file_type becomes application/octet-stream.
p_file_size: in bytes.
p_storage_path: a relative path without the parts . and ..
p_org_id: optional; the ticket must belong to this organization.
p_idempotency_key: a second call by the same person in the same organization with the same key
  returns the first attachment.
Errors: 22004 (null argument), 22023 (invalid argument), 42501 (no such ticket, or not allowed),
  23505 (key used for a different request).';

comment on function helpdesk.conversation_before_write() is
'Trigger function on ticket_comments and ticket_attachments: copies the requester from the ticket
  and refuses to change the author, the ticket and the visibility.';

comment on function helpdesk.conversation_lock_tickets() is
'Trigger function on ticket_comments and ticket_attachments: locks the tickets of the rows that a
  DELETE removes, and the files of comments before them.';

comment on function helpdesk.conversation_touch_tickets() is
'Trigger function on ticket_comments and ticket_attachments: counts new rows on their tickets, moves
  the tickets up in lists, and reopens those whose customers reply.';

comment on function helpdesk.conversation_subtract() is
'Trigger function on ticket_comments and ticket_attachments: subtracts deleted rows from the counts
  of their tickets.';
