-- Who is told what: notifications, what people switched off, and who watches a ticket.

set local search_path = pg_catalog, pg_temp;

---- Tables

create table helpdesk.notifications (
  org_id uuid not null,
  id uuid not null default helpdesk.uuid_generate_v7(),
  user_id uuid not null,
  ticket_id uuid not null,
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
  user_id uuid not null default helpdesk.my_profile_id(),
  type helpdesk.notification_type not null,
  enabled boolean not null,
  constraint notification_preferences_pkey primary key (user_id, type),
  constraint notification_preferences_user_id_fkey foreign key (user_id) references helpdesk.profiles (id) on delete cascade
);

create table helpdesk.ticket_watchers (
  org_id uuid not null,
  ticket_id uuid not null,
  user_id uuid not null,
  added_at timestamptz not null default pg_catalog.now(),
  constraint ticket_watchers_pkey primary key (org_id, ticket_id, user_id),
  constraint ticket_watchers_ticket_id_fkey foreign key (org_id, ticket_id)
    references helpdesk.tickets (org_id, id) on delete cascade,
  constraint ticket_watchers_user_id_fkey foreign key (user_id) references helpdesk.profiles (id) on delete cascade
);

---- Indexes

create index notifications_id_idx on helpdesk.notifications (id);
create index notifications_user_id_idx on helpdesk.notifications (user_id, created_at desc, id desc);
create index notifications_unread_idx on helpdesk.notifications (user_id, org_id) where not read;
create index notifications_expires_at_idx on helpdesk.notifications (expires_at);
create index notifications_ticket_idx on helpdesk.notifications (ticket_id);
create index notifications_comment_idx on helpdesk.notifications (comment_id) where comment_id is not null;
create index ticket_watchers_user_idx on helpdesk.ticket_watchers (user_id, ticket_id);

---- Triggers

create trigger ticket_notifications
  after insert or update on helpdesk.tickets
  for each row execute function helpdesk.create_ticket_notification();

create trigger comment_notifications
  after insert on helpdesk.ticket_comments
  for each row execute function helpdesk.create_comment_notification();

---- Row security

alter table helpdesk.notifications enable row level security;
alter table helpdesk.notification_preferences enable row level security;
alter table helpdesk.ticket_watchers enable row level security;

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

---- Comments

comment on table helpdesk.notifications is
  'What happened, for one person to know: written by trigger for those who may read it, kept for 30 days (organizations.notification_retention).';
comment on column helpdesk.notifications.org_id is 'The organization.';
comment on column helpdesk.notifications.id is 'The notification. UUIDv7.';
comment on column helpdesk.notifications.user_id is 'Who is told.';
comment on column helpdesk.notifications.ticket_id is 'The ticket it is about; it goes with it.';
comment on column helpdesk.notifications.comment_id is 'The comment it is about, if any; it goes with it.';
comment on column helpdesk.notifications.type is 'What happened.';
comment on column helpdesk.notifications.content is
  'ticket_id; for events of the ticket title, for a change of stage also old_status and new_status; for a comment comment_id and commenter.';
comment on column helpdesk.notifications.read is 'Whether the person has read it.';
comment on column helpdesk.notifications.created_at is 'When it happened.';
comment on column helpdesk.notifications.expires_at is 'When cleanup_old_notifications() may delete it.';
comment on table helpdesk.notification_preferences is 'What a person wants to be told; what is switched off is not written. Nothing here: everything.';
comment on column helpdesk.notification_preferences.user_id is 'The person.';
comment on column helpdesk.notification_preferences.type is 'The kind of notification.';
comment on column helpdesk.notification_preferences.enabled is 'False: they are not told.';
comment on table helpdesk.ticket_watchers is
  'Who watches a ticket: they are told what its requester and assignee are told, as far as they may read it.';
comment on column helpdesk.ticket_watchers.org_id is 'The organization.';
comment on column helpdesk.ticket_watchers.ticket_id is 'The ticket.';
comment on column helpdesk.ticket_watchers.user_id is 'The watcher.';
comment on column helpdesk.ticket_watchers.added_at is 'Since when.';
comment on index helpdesk.notifications_id_idx is 'Serves looking a notification up by id alone.';
comment on index helpdesk.notifications_user_id_idx is 'Serves a person''s notifications, newest first, and the foreign key to profiles.';
comment on index helpdesk.notifications_unread_idx is 'Serves count_unread_notifications() by an index-only scan.';
comment on index helpdesk.notifications_expires_at_idx is 'Serves cleanup_old_notifications().';
comment on index helpdesk.notifications_ticket_idx is 'Serves the foreign key to tickets.';
comment on index helpdesk.notifications_comment_idx is 'Serves the foreign key to comments.';
comment on index helpdesk.ticket_watchers_user_idx is 'Serves "what do I watch", and the foreign key to profiles.';
comment on trigger ticket_notifications on helpdesk.tickets is 'Tells requester, assignee and watchers what happened.';
comment on trigger comment_notifications on helpdesk.ticket_comments is 'Tells requester, assignee and watchers of a comment.';
comment on policy users_own_notifications on helpdesk.notifications is
  'Everybody reads, marks as read and deletes their own; those of an organization they left are hidden.';
comment on policy own_preferences on helpdesk.notification_preferences is 'Everybody sets their own.';
comment on policy own_watching on helpdesk.ticket_watchers is 'Everybody sees what they watch.';
comment on policy staff_read_watchers on helpdesk.ticket_watchers is 'Staff see who watches.';
comment on policy stop_watching on helpdesk.ticket_watchers is 'Everybody may stop watching. They start with watch_ticket().';
