-- Notifications, the preferences for them, and the watchers of tickets and queues.

set local search_path = pg_catalog, pg_temp;

---- Tables

create table helpdesk.notifications (
  org_id uuid not null,
  id uuid not null default helpdesk.uuid_generate_v7(),
  user_id uuid not null,
  ticket_id uuid,
  comment_id uuid,
  type helpdesk.notification_type not null,
  content jsonb not null,
  read boolean not null default false,
  created_at timestamptz not null default pg_catalog.now(),
  expires_at timestamptz not null default pg_catalog.now() + interval '30 days',
  constraint notifications_pkey primary key (org_id, id),
  constraint notifications_user_id_fkey foreign key (user_id) references helpdesk.profiles (id),
  constraint notifications_ticket_id_fkey foreign key (org_id, ticket_id)
    references helpdesk.tickets (org_id, id) on delete cascade,
  constraint notifications_comment_id_fkey foreign key (org_id, comment_id)
    references helpdesk.ticket_comments (org_id, id) on delete cascade
);

create table helpdesk.notification_preferences (
  user_id uuid not null default helpdesk.ensure_profile(),
  type helpdesk.notification_type not null,
  enabled boolean not null,
  constraint notification_preferences_pkey primary key (user_id, type),
  constraint notification_preferences_user_id_fkey foreign key (user_id)
    references helpdesk.profiles (id) on delete cascade
);

create table helpdesk.ticket_watchers (
  org_id uuid not null default '00000000-0000-0000-0000-000000000000',
  ticket_id uuid not null,
  user_id uuid not null,
  added_at timestamptz not null default pg_catalog.now(),
  constraint ticket_watchers_pkey primary key (org_id, ticket_id, user_id),
  constraint ticket_watchers_ticket_id_fkey foreign key (org_id, ticket_id)
    references helpdesk.tickets (org_id, id) on delete cascade,
  constraint ticket_watchers_user_id_fkey foreign key (user_id)
    references helpdesk.profiles (id) on delete cascade
);

create table helpdesk.queue_watchers (
  org_id uuid not null,
  id uuid not null default helpdesk.uuid_generate_v7(),
  workflow_id uuid,
  user_id uuid not null,
  added_at timestamptz not null default pg_catalog.now(),
  constraint queue_watchers_pkey primary key (org_id, id),
  constraint queue_watchers_key unique nulls not distinct (org_id, user_id, workflow_id),
  constraint queue_watchers_workflow_id_fkey foreign key (org_id, workflow_id)
    references helpdesk.workflows (org_id, id) on delete cascade,
  constraint queue_watchers_user_id_fkey foreign key (org_id, user_id)
    references helpdesk.org_members (org_id, user_id) on delete cascade
);

---- Indexes

create index notifications_id_idx on helpdesk.notifications (id);
create index notifications_user_id_idx
  on helpdesk.notifications (user_id, created_at desc, id desc);
create index notifications_unread_idx on helpdesk.notifications (user_id, org_id) where not read;
create index notifications_expires_at_idx on helpdesk.notifications (expires_at);
create index notifications_ticket_idx on helpdesk.notifications (ticket_id);
create index notifications_comment_idx
  on helpdesk.notifications (comment_id) where comment_id is not null;
create index queue_watchers_id_idx on helpdesk.queue_watchers (id);
create index ticket_watchers_user_idx on helpdesk.ticket_watchers (user_id, ticket_id);

---- Triggers

create trigger ticket_notifications
  after insert or update on helpdesk.tickets
  for each row execute function helpdesk.create_ticket_notification();

create trigger comment_notifications
  after insert or update of content on helpdesk.ticket_comments
  for each row execute function helpdesk.create_comment_notification();

create trigger notification_preferences_check_author
  before insert or update of user_id on helpdesk.notification_preferences
  for each row execute function helpdesk.check_author('user_id');

create trigger ticket_watchers_find_org
  before insert on helpdesk.ticket_watchers
  for each row when (new.org_id = '00000000-0000-0000-0000-000000000000')
  execute function helpdesk.find_org_of_ticket();

create trigger ticket_attachments_notify
  after insert on helpdesk.ticket_attachments
  for each row execute function helpdesk.ticket_attachments_notify();

-- Fires after org_members_revoke, which unassigns tickets.
create trigger org_members_withdraw_notifications
  after update of org_role, may_be_assigned or delete on helpdesk.org_members
  for each row execute function helpdesk.org_members_withdraw_notifications();

---- Row security

create policy users_own_notifications on helpdesk.notifications for all to authenticated
  using (user_id = helpdesk.my_profile_id() and org_id = any (helpdesk.my_org_ids()))
  with check (user_id = helpdesk.my_profile_id() and org_id = any (helpdesk.my_org_ids()));

create policy own_preferences on helpdesk.notification_preferences for all to authenticated
  using (user_id = helpdesk.my_profile_id())
  with check (user_id = helpdesk.my_profile_id());

create policy own_watching on helpdesk.ticket_watchers for select to authenticated
  using (user_id = helpdesk.my_profile_id() and org_id = any (helpdesk.my_org_ids()));

create policy staff_read_watchers on helpdesk.ticket_watchers for select to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids()));

create policy stop_watching on helpdesk.ticket_watchers for delete to authenticated
  using (user_id = helpdesk.my_profile_id());

create policy staff_read_queue_watchers on helpdesk.queue_watchers for select to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids()));

create policy stop_watching_queue on helpdesk.queue_watchers for delete to authenticated
  using (user_id = helpdesk.my_profile_id() and org_id = any (helpdesk.my_staff_org_ids()));

---- Comments

comment on table helpdesk.notifications is
'Notifications, each for one person. Triggers write them for people who may read what happened, and
  delete those about tickets that a person may no longer see. They are kept for 30 days or for
  organizations.notification_retention.';
comment on column helpdesk.notifications.org_id is 'The organization.';
comment on column helpdesk.notifications.id is 'The notification. UUIDv7.';
comment on column helpdesk.notifications.user_id is 'The recipient (helpdesk.profiles.id).';
comment on column helpdesk.notifications.ticket_id is
'The ticket that it is about; null for one of an application without a ticket. Deleting the ticket
  deletes the notification.';
comment on column helpdesk.notifications.comment_id is
  'The comment that it is about, if any. Deleting the comment deletes the notification.';
comment on column helpdesk.notifications.type is 'The kind of event.';
comment on column helpdesk.notifications.content is
'Details: ticket_id, number and title of the ticket, actor ({id, name}, or null for the system) and
  is_internal. For a change of stage also old_status, new_status, old_stage and new_stage (the names
  of the stages); for one of priority old_priority and new_priority; for a comment comment_id,
  commenter and comment (its first 200 characters); for a file attachment_id. create_notification()
  describes those of type custom.';
comment on column helpdesk.notifications.read is
  'Whether the recipient has read it. A ticket that the requester opened themself arrives read.';
comment on column helpdesk.notifications.created_at is 'When the event happened.';
comment on column helpdesk.notifications.expires_at is
  'When it expires. Later calls of cleanup_old_notifications() delete it.';

comment on table helpdesk.notification_preferences is
'Kinds of notifications that a person has disabled or enabled. Disabled kinds are not written; kinds
  without a row are enabled.';
comment on column helpdesk.notification_preferences.user_id is 'The person (helpdesk.profiles.id).';
comment on column helpdesk.notification_preferences.type is 'The kind of notification.';
comment on column helpdesk.notification_preferences.enabled is
  'Whether the person gets notifications of this kind.';

comment on table helpdesk.ticket_watchers is
'Watchers of tickets. They get the notifications that the requester and the assignee get, unless they
  may not read what a notification is about.';
comment on column helpdesk.ticket_watchers.org_id is 'The organization.';
comment on column helpdesk.ticket_watchers.ticket_id is 'The ticket.';
comment on column helpdesk.ticket_watchers.user_id is 'The watcher (helpdesk.profiles.id).';
comment on column helpdesk.ticket_watchers.added_at is 'When the person began to watch.';

comment on table helpdesk.queue_watchers is
'Staff who watch a queue. They get notifications of its new tickets, and of the comments and files of
  customers on its unassigned tickets. They call watch_queue() to watch one.';
comment on column helpdesk.queue_watchers.org_id is 'The organization.';
comment on column helpdesk.queue_watchers.id is 'The row. UUIDv7.';
comment on column helpdesk.queue_watchers.workflow_id is
  'The workflow whose tickets are watched; null means every workflow.';
comment on column helpdesk.queue_watchers.user_id is
  'The watcher (helpdesk.profiles.id). The row ends with the membership as staff.';
comment on column helpdesk.queue_watchers.added_at is 'When the person began to watch.';
comment on constraint queue_watchers_key on helpdesk.queue_watchers is
  'A person watches a queue once. Serves the watchers of a queue, and the foreign key to members.';

comment on index helpdesk.notifications_id_idx is 'Serves lookups of a notification by id alone.';
comment on index helpdesk.notifications_user_id_idx is
  'Serves the notifications of a person, newest first, and the foreign key to profiles.';
comment on index helpdesk.notifications_unread_idx is
  'Serves count_unread_notifications() with an index-only scan.';
comment on index helpdesk.notifications_expires_at_idx is 'Serves cleanup_old_notifications().';
comment on index helpdesk.notifications_ticket_idx is 'Serves the foreign key to tickets.';
comment on index helpdesk.notifications_comment_idx is 'Serves the foreign key to comments.';
comment on index helpdesk.queue_watchers_id_idx is 'Serves lookups of a row by id alone.';
comment on index helpdesk.ticket_watchers_user_idx is
  'Serves the tickets that a person watches, and the foreign key to profiles.';

comment on trigger ticket_notifications on helpdesk.tickets is
'Notifies the requester, the assignee and the watchers of changes, and the watchers of the queue of a
  new ticket.';
comment on trigger comment_notifications on helpdesk.ticket_comments is
'Notifies the requester, the assignee and the watchers of a comment, and the watchers of the queue of
  a customer''s comment on an unassigned ticket.';
comment on trigger notification_preferences_check_author on helpdesk.notification_preferences is
  'People write their own preferences.';
comment on trigger ticket_watchers_find_org on helpdesk.ticket_watchers is
  'Fills in the organization of the ticket.';
comment on trigger ticket_attachments_notify on helpdesk.ticket_attachments is
'Notifies the assignee and the watchers of a customer''s file, and the watchers of the queue if the
  ticket is unassigned.';
comment on trigger org_members_withdraw_notifications on helpdesk.org_members is
  'Deletes what a member who leaves, or loses a role, may no longer read.';

comment on policy users_own_notifications on helpdesk.notifications is
'People read, mark as read and delete their own notifications. Those of an organization that they
  have left are hidden.';
comment on policy own_preferences on helpdesk.notification_preferences is
  'People manage their own preferences.';
comment on policy own_watching on helpdesk.ticket_watchers is
  'Members read which tickets they watch.';
comment on policy staff_read_watchers on helpdesk.ticket_watchers is
  'Staff read the watchers of tickets of their organizations.';
comment on policy stop_watching on helpdesk.ticket_watchers is
  'People stop watching a ticket. To start, they call watch_ticket().';
comment on policy staff_read_queue_watchers on helpdesk.queue_watchers is
  'Staff read the watchers of the queues of their organizations.';
comment on policy stop_watching_queue on helpdesk.queue_watchers is
  'Staff stop watching a queue. To start, they call watch_queue().';
