-- Notifications and watchers.

grant execute on function
  helpdesk.watch_ticket(uuid, boolean, uuid),
  helpdesk.mark_notifications_read(uuid[], uuid),
  helpdesk.count_unread_notifications()
  to authenticated, service_role;

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

comment on function helpdesk.mark_notifications_read(uuid[], uuid) is
'Marks notifications of the caller as read and returns how many of them were unread.
p_ids: the notifications; null means all.
p_org_id: optional; only notifications of this organization.
Errors: 42501 (not signed in).';

comment on function helpdesk.count_unread_notifications() is
'Returns the number of unread notifications of the caller.
Errors: 42501 (not signed in).';

comment on function helpdesk.cleanup_old_notifications() is
'Deletes expired notifications, up to a million in one call, and returns how many it deleted.
Concurrent calls are safe.
Callers: service_role and the database administrator.';

comment on function helpdesk.create_ticket_notification() is
'Trigger function on tickets: notifies the requester, the assignee and the watchers.';

comment on function helpdesk.create_comment_notification() is
'Trigger function on ticket_comments: notifies the requester, the assignee and the watchers.';
