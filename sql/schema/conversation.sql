-- Comments and attachments of tickets.

set local search_path = pg_catalog, pg_temp;

---- Tables

create table helpdesk.ticket_comments (
  org_id uuid not null default '00000000-0000-0000-0000-000000000000',
  id uuid not null default helpdesk.uuid_generate_v7(),
  ticket_id uuid not null,
  requester_id uuid not null default '00000000-0000-0000-0000-000000000000',
  content text not null,
  is_internal boolean not null default false,
  created_by uuid not null default helpdesk.my_profile_id(),
  created_at timestamptz not null default pg_catalog.now(),
  updated_at timestamptz not null default pg_catalog.now(),
  external_id text,
  constraint ticket_comments_pkey primary key (org_id, id),
  constraint ticket_comments_ticket_id_fkey foreign key (org_id, ticket_id)
    references helpdesk.tickets (org_id, id) on delete cascade,
  constraint ticket_comments_created_by_fkey foreign key (created_by)
    references helpdesk.profiles (id),
  constraint ticket_comments_content_check
    check (helpdesk.is_text(content, 100000)),
  constraint ticket_comments_external_id_check check (helpdesk.is_text(external_id, 255))
);

create table helpdesk.ticket_attachments (
  org_id uuid not null default '00000000-0000-0000-0000-000000000000',
  id uuid not null default helpdesk.uuid_generate_v7(),
  ticket_id uuid not null,
  comment_id uuid,
  requester_id uuid not null default '00000000-0000-0000-0000-000000000000',
  file_name text not null,
  file_type text not null,
  file_size integer not null,
  storage_path text not null,
  is_internal boolean not null default false,
  uploaded_by uuid not null default helpdesk.my_profile_id(),
  uploaded_at timestamptz not null default pg_catalog.now(),
  constraint ticket_attachments_pkey primary key (org_id, id),
  constraint ticket_attachments_ticket_id_fkey foreign key (org_id, ticket_id)
    references helpdesk.tickets (org_id, id) on delete cascade,
  constraint ticket_attachments_comment_id_fkey foreign key (org_id, comment_id)
    references helpdesk.ticket_comments (org_id, id) on delete cascade,
  constraint ticket_attachments_uploaded_by_fkey foreign key (uploaded_by)
    references helpdesk.profiles (id),
  constraint ticket_attachments_file_name_check
    check (helpdesk.is_text(file_name, 255)
           and file_name !~ '[\u0001-\u001F\u007F-\u009F\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]'),
  constraint ticket_attachments_file_type_check
    check (helpdesk.is_text(file_type, 255)
           and file_type !~ '[\u0001-\u001F\u007F-\u009F\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]'),
  constraint ticket_attachments_file_size_check check (file_size >= 0),
  constraint ticket_attachments_storage_path_check check (
    helpdesk.is_text(storage_path, 1024)
    and storage_path !~ '(^/|\\|[[:cntrl:]]|(^|/)\.{1,2}(/|$))')
);

create table helpdesk.ticket_internal_counts (
  org_id uuid not null,
  ticket_id uuid not null,
  comment_count integer not null default 0,
  attachment_count integer not null default 0,
  constraint ticket_internal_counts_pkey primary key (org_id, ticket_id),
  constraint ticket_internal_counts_ticket_id_fkey foreign key (org_id, ticket_id)
    references helpdesk.tickets (org_id, id) on delete cascade
);

-- Planner statistics cover all organizations: row estimates for a text would reveal whether another
-- organization has it.
alter table helpdesk.ticket_comments
  alter column content set statistics 0,
  alter column external_id set statistics 0;
alter table helpdesk.ticket_attachments
  alter column file_name set statistics 0,
  alter column file_type set statistics 0,
  alter column storage_path set statistics 0;

---- Indexes

create unique index ticket_comments_org_id_ticket_id_external_id_key
  on helpdesk.ticket_comments (org_id, ticket_id, external_id) where external_id is not null;
create index ticket_comments_id_idx on helpdesk.ticket_comments (id);
create index ticket_comments_created_at_idx on helpdesk.ticket_comments (org_id, created_at desc);
create index ticket_comments_ticket_idx on helpdesk.ticket_comments (ticket_id, created_at, id);
create index ticket_comments_requester_idx
  on helpdesk.ticket_comments (requester_id, created_at desc);
create index ticket_attachments_id_idx on helpdesk.ticket_attachments (id);
create index ticket_attachments_uploaded_at_idx
  on helpdesk.ticket_attachments (org_id, uploaded_at desc);
create index ticket_attachments_ticket_idx
  on helpdesk.ticket_attachments (ticket_id, uploaded_at, id);
create index ticket_attachments_comment_idx
  on helpdesk.ticket_attachments (org_id, comment_id) where comment_id is not null;
create index ticket_attachments_uploaded_by_idx on helpdesk.ticket_attachments (uploaded_by);
create index ticket_attachments_requester_idx
  on helpdesk.ticket_attachments (requester_id, uploaded_at desc);

---- Triggers

create trigger ticket_comments_before_write
  before insert or update or delete on helpdesk.ticket_comments
  for each row execute function helpdesk.conversation_before_write();

-- The capital makes it come before RI_ConstraintTrigger.
create trigger "Lock_tickets"
  after delete on helpdesk.ticket_comments
  for each row execute function helpdesk.conversation_lock_tickets();

create trigger ticket_comments_touch_tickets
  after insert on helpdesk.ticket_comments referencing new table as added_comments
  for each statement execute function helpdesk.conversation_touch_tickets();

create trigger ticket_comments_subtract
  after delete on helpdesk.ticket_comments referencing old table as deleted_comments
  for each statement execute function helpdesk.conversation_subtract();

create trigger ticket_attachments_before_write
  before insert or update or delete on helpdesk.ticket_attachments
  for each row execute function helpdesk.conversation_before_write();

create trigger "Lock_tickets"
  after delete on helpdesk.ticket_attachments
  for each row execute function helpdesk.conversation_lock_tickets();

create trigger ticket_attachments_touch_tickets
  after insert on helpdesk.ticket_attachments referencing new table as added_attachments
  for each statement execute function helpdesk.conversation_touch_tickets();

create trigger ticket_attachments_subtract
  after delete on helpdesk.ticket_attachments referencing old table as deleted_attachments
  for each statement execute function helpdesk.conversation_subtract();

---- Row security

create policy view_external_comments on helpdesk.ticket_comments for select to authenticated
  using (not is_internal
         and (requester_id = helpdesk.my_profile_id()
              or ticket_id = any (helpdesk.my_assigned_ticket_ids()))
         and org_id = any (helpdesk.my_org_ids()));

create policy view_internal_comments on helpdesk.ticket_comments for select to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids()));

create policy view_attachments on helpdesk.ticket_attachments for select to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids())
         or (not is_internal
             and (requester_id = helpdesk.my_profile_id()
                  or ticket_id = any (helpdesk.my_assigned_ticket_ids()))
             and org_id = any (helpdesk.my_org_ids())));

create policy create_external_comments on helpdesk.ticket_comments for insert to authenticated
  with check (not is_internal
              and created_by = helpdesk.my_profile_id()
              and (org_id = any (helpdesk.my_staff_org_ids())
                   or ((requester_id = helpdesk.my_profile_id()
                        or ticket_id = any (helpdesk.my_assigned_ticket_ids()))
                       and org_id = any (helpdesk.my_org_ids()))));

create policy create_internal_comments on helpdesk.ticket_comments for insert to authenticated
  with check (is_internal
              and created_by = helpdesk.my_profile_id()
              and org_id = any (helpdesk.my_staff_org_ids()));

create policy manage_own_comments on helpdesk.ticket_comments for update to authenticated
  using (created_by = helpdesk.my_profile_id()
         and (org_id = any (helpdesk.my_staff_org_ids())
              or (not is_internal
                  and (requester_id = helpdesk.my_profile_id()
                       or ticket_id = any (helpdesk.my_assigned_ticket_ids()))
                  and org_id = any (helpdesk.my_org_ids()))))
  with check (created_by = helpdesk.my_profile_id());

create policy upload_attachments on helpdesk.ticket_attachments for insert to authenticated
  with check (uploaded_by = helpdesk.my_profile_id()
              and (org_id = any (helpdesk.my_staff_org_ids())
                   or (not is_internal
                       and (requester_id = helpdesk.my_profile_id()
                            or ticket_id = any (helpdesk.my_assigned_ticket_ids()))
                       and org_id = any (helpdesk.my_org_ids()))));

create policy manage_attachments on helpdesk.ticket_attachments for delete to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids())
         or (uploaded_by = helpdesk.my_profile_id()
             and not is_internal
             and (requester_id = helpdesk.my_profile_id()
                  or ticket_id = any (helpdesk.my_assigned_ticket_ids()))
             and org_id = any (helpdesk.my_org_ids())));

create policy staff_read_counts on helpdesk.ticket_internal_counts for select to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids()));

---- Comments

comment on table helpdesk.ticket_comments is 'Comments on tickets.';
comment on column helpdesk.ticket_comments.org_id is 'The organization.';
comment on column helpdesk.ticket_comments.id is 'The comment. UUIDv7.';
comment on column helpdesk.ticket_comments.ticket_id is 'The ticket. Never changes.';
comment on column helpdesk.ticket_comments.requester_id is
'Copy of tickets.created_by, so that an index can find a customer''s own conversations. A trigger sets
  it.';
comment on column helpdesk.ticket_comments.content is 'The text, 1 to 100,000 characters.';
comment on column helpdesk.ticket_comments.is_internal is
  'Whether only staff can read it. Never changes.';
comment on column helpdesk.ticket_comments.created_by is 'The author. Never changes.';
comment on column helpdesk.ticket_comments.created_at is 'When the comment was written.';
comment on column helpdesk.ticket_comments.updated_at is 'When it was last edited.';
comment on column helpdesk.ticket_comments.external_id is
'The comment''s id in the help desk from which import_tickets() brought it; null for all others.
  Unique on the ticket.';

comment on table helpdesk.ticket_attachments is
'Files attached to tickets: what they are and where they are stored. The files themselves are not in
  the database.';
comment on column helpdesk.ticket_attachments.org_id is 'The organization.';
comment on column helpdesk.ticket_attachments.id is 'The attachment. UUIDv7.';
comment on column helpdesk.ticket_attachments.ticket_id is 'The ticket. Never changes.';
comment on column helpdesk.ticket_attachments.comment_id is
'The comment that it belongs to: one of the uploader on the same ticket, with the same visibility,
  and deleted with it; null if it belongs to the ticket alone. Never changes.';
comment on column helpdesk.ticket_attachments.requester_id is
  'Copy of tickets.created_by, so that an index can find a customer''s own files. A trigger sets '
  'it.';
comment on column helpdesk.ticket_attachments.file_name is 'Display name, 1 to 255 characters in one line.';
comment on column helpdesk.ticket_attachments.file_type is 'Media type, such as image/png. An empty one becomes application/octet-stream.';
comment on column helpdesk.ticket_attachments.file_size is 'Size in bytes.';
comment on column helpdesk.ticket_attachments.storage_path is
'Path of the file in storage: a relative path of 1 to 1,024 characters. In Supabase Storage it is
  <organization>/<ticket>/<name>.';
comment on column helpdesk.ticket_attachments.is_internal is
  'Whether only staff can read it. Never changes.';
comment on column helpdesk.ticket_attachments.uploaded_by is
  'The profile that uploaded it. Never changes.';
comment on column helpdesk.ticket_attachments.uploaded_at is 'When it was uploaded.';

comment on table helpdesk.ticket_internal_counts is
'Number of internal comments and attachments of each ticket that has any. They are not in tickets,
  because customers can read that table.';
comment on column helpdesk.ticket_internal_counts.org_id is 'The organization.';
comment on column helpdesk.ticket_internal_counts.ticket_id is 'The ticket.';
comment on column helpdesk.ticket_internal_counts.comment_count is 'Number of internal comments.';
comment on column helpdesk.ticket_internal_counts.attachment_count is
  'Number of internal attachments.';

comment on index helpdesk.ticket_comments_org_id_ticket_id_external_id_key is
'Serves import_tickets(), which looks for the comments that it has imported before; keeps an
  external_id to one comment of the ticket.';
comment on index helpdesk.ticket_comments_id_idx is 'Serves lookups of a comment by id alone.';
comment on index helpdesk.ticket_comments_created_at_idx is
  'Serves the latest comments in an organization.';
comment on index helpdesk.ticket_comments_ticket_idx is
  'Serves the comments of a ticket in order, and the foreign key to tickets.';
comment on index helpdesk.ticket_comments_requester_idx is
  'Serves a customer''s own conversations.';
comment on index helpdesk.ticket_attachments_id_idx is
  'Serves lookups of an attachment by id alone.';
comment on index helpdesk.ticket_attachments_uploaded_at_idx is
  'Serves the latest attachments in an organization.';
comment on index helpdesk.ticket_attachments_ticket_idx is
  'Serves the attachments of a ticket in order, and the foreign key to tickets.';
comment on index helpdesk.ticket_attachments_comment_idx is
  'Serves the foreign key to comments. Attachments without a comment are not in it.';
comment on index helpdesk.ticket_attachments_uploaded_by_idx is
  'Serves the foreign key to profiles.';
comment on index helpdesk.ticket_attachments_requester_idx is 'Serves a customer''s own files.';

comment on trigger ticket_comments_before_write on helpdesk.ticket_comments is
  'Sets requester_id from the ticket, and refuses to change author, ticket and visibility.';
comment on trigger "Lock_tickets" on helpdesk.ticket_comments is
'Locks the files and tickets of all comments that a statement deletes, before its foreign keys delete
  files and notifications.';
comment on trigger ticket_comments_touch_tickets on helpdesk.ticket_comments is
  'Counts new comments, moves their tickets up in lists, and reopens those whose customers reply.';
comment on trigger ticket_comments_subtract on helpdesk.ticket_comments is
  'Subtracts deleted comments from the counts of their tickets.';
comment on trigger ticket_attachments_before_write on helpdesk.ticket_attachments is
'Sets requester_id from the ticket, checks the comment, and refuses to change uploader, ticket,
  comment and visibility.';
comment on trigger "Lock_tickets" on helpdesk.ticket_attachments is
  'Locks the tickets of all attachments that a statement deletes.';
comment on trigger ticket_attachments_touch_tickets on helpdesk.ticket_attachments is
  'Counts new attachments and moves their tickets up in lists.';
comment on trigger ticket_attachments_subtract on helpdesk.ticket_attachments is
  'Subtracts deleted attachments from the counts of their tickets.';

comment on policy view_external_comments on helpdesk.ticket_comments is
  'Members read the public comments on the tickets that they can see.';
comment on policy view_internal_comments on helpdesk.ticket_comments is
  'Staff read all comments of their organizations.';
comment on policy view_attachments on helpdesk.ticket_attachments is
'Staff read all attachments of their organizations; members read the public ones on the tickets that
  they can see.';
comment on policy create_external_comments on helpdesk.ticket_comments is
  'Members comment on the tickets that they can see, staff on all tickets of their organizations.';
comment on policy create_internal_comments on helpdesk.ticket_comments is
  'Staff write internal comments.';
comment on policy manage_own_comments on helpdesk.ticket_comments is
  'Authors edit their own comments as long as they can read them.';
comment on policy upload_attachments on helpdesk.ticket_attachments is
  'Members attach files to the tickets that they can see; only staff attach internal ones.';
comment on policy manage_attachments on helpdesk.ticket_attachments is
  'Staff delete any attachment, members their own.';
comment on policy staff_read_counts on helpdesk.ticket_internal_counts is
  'Staff read the counts of their organizations.';
