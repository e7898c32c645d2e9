-- Notifications and watchers.

grant execute on function
  helpdesk.watch_ticket(uuid, boolean, uuid),
  helpdesk.watch_queue(uuid, uuid, boolean),
  helpdesk.mark_notifications_read(uuid[], uuid),
  helpdesk.count_unread_notifications(uuid)
  to authenticated, service_role;

-- Applications.
grant execute on function
  helpdesk.create_notification(uuid, uuid, text, text, uuid, jsonb) to service_role;

-- Maintenance.
grant execute on function helpdesk.cleanup_old_notifications() to service_role;

comment on function helpdesk.watch_ticket(uuid, boolean, uuid) is
'Starts or stops watching a ticket for the caller.
Watchers get the notifications that the requester and the assignee get, unless they may not read
  what a notification is about.
Callers: anyone who can see the ticket.
p_watch: false stops watching.
p_org_id: optional; the ticket must belong to this organization.
Errors: 22004 (null argument), 42501 (no such ticket).';

comment on function helpdesk.watch_queue(uuid, uuid, boolean) is
'Starts or stops watching a queue for the caller: the tickets of a workflow, or of all of them.
Watchers of a queue get notifications of new tickets, and of the comments and files of customers on
  tickets that nobody is assigned to. Whoever founds an organization watches all its workflows.
Callers: staff of the organization.
p_workflow_id: the workflow; null means every workflow, also those created later.
p_watch: false stops watching. A person who watches all workflows and stops one still watches the
  others that there are.
Errors: 22004 (null argument), 22023 (no such workflow), 42501 (not staff, not signed in).';

comment on function helpdesk.create_notification(uuid, uuid, text, text, uuid, jsonb) is
'Notifies a member of something that an application knows. Returns the id of the notification, of
  type custom; null if the person has switched off this type.
Callers: service_role and the database administrator.
p_user_id: the recipient, a member of the organization (helpdesk.profiles.id).
p_title: 1 to 500 characters in one line. In the notification it is content.title.
p_link: optional; up to 2,048 characters, content.link. Where the application leads the person.
p_ticket_id: optional; a ticket that the recipient may see. Adds its ticket_id and number to
  content.
p_content: optional; a JSON object of up to 10,000 characters whose keys are added to content,
  except those above.
Errors: 22004 (null argument), 22023 (text or object not allowed), 42501 (no such member or ticket).';

comment on function helpdesk.mark_notifications_read(uuid[], uuid) is
'Marks notifications of the caller as read and returns how many of them were unread.
p_ids: the notifications; null means all.
p_org_id: optional; only notifications of this organization.
Errors: 42501 (not signed in).';

comment on function helpdesk.count_unread_notifications(uuid) is
'Returns the number of unread notifications of the caller.
p_org_id: optional; only notifications of this organization.
Errors: 42501 (not signed in).';

comment on function helpdesk.cleanup_old_notifications() is
'Deletes expired notifications, up to a million in one call, and returns how many it deleted.
Concurrent calls are safe. Returns 0 while a subscription writes them, because the publisher deletes
  them.
Callers: service_role and the database administrator.';

comment on function helpdesk.create_ticket_notification() is
'Trigger function on tickets: notifies people of new tickets and changes.';

comment on function helpdesk.create_comment_notification() is
'Trigger function on ticket_comments: notifies people of comments, and keeps the first characters of
  a comment in notifications as they are after an edit.';

comment on function helpdesk.ticket_attachments_notify() is
'Trigger function on ticket_attachments: notifies people of the files of customers.';

comment on function helpdesk.org_members_withdraw_notifications() is
'Trigger function on org_members: deletes notifications of what a former member may no longer read.';
