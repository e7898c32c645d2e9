-- What is said on a ticket: comments and attachments.

set local search_path = pg_catalog, pg_temp;

---- Tables

create table helpdesk.ticket_comments (
  org_id uuid not null,
  id uuid not null default helpdesk.uuid_generate_v7(),
  ticket_id uuid not null,
  requester_id uuid not null,
  content text not null,
  is_internal boolean not null default false,
  created_by uuid not null default helpdesk.my_profile_id(),
  created_at timestamptz not null default pg_catalog.now(),
  updated_at timestamptz not null default pg_catalog.now(),
  constraint ticket_comments_pkey primary key (org_id, id),
  constraint ticket_comments_ticket_id_fkey foreign key (org_id, ticket_id)
    references helpdesk.tickets (org_id, id) on delete cascade,
  constraint ticket_comments_created_by_fkey foreign key (created_by) references helpdesk.profiles (id),
  constraint ticket_comments_content_check check (not helpdesk.is_blank(content) and pg_catalog.char_length(content) <= 100000)
);

create table helpdesk.ticket_attachments (
  org_id uuid not null,
  id uuid not null default helpdesk.uuid_generate_v7(),
  ticket_id uuid not null,
  requester_id uuid not null,
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
  constraint ticket_attachments_uploaded_by_fkey foreign key (uploaded_by) references helpdesk.profiles (id),
  constraint ticket_attachments_file_name_check check (not helpdesk.is_blank(file_name) and pg_catalog.char_length(file_name) <= 255),
  constraint ticket_attachments_file_type_check check (not helpdesk.is_blank(file_type) and pg_catalog.char_length(file_type) <= 255),
  constraint ticket_attachments_file_size_check check (file_size >= 0),
  constraint ticket_attachments_storage_path_check check (
    not helpdesk.is_blank(storage_path) and pg_catalog.char_length(storage_path) <= 1024
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

-- Statistics are of all organizations: what the planner expects of a text would tell everybody whether somebody else has it.
alter table helpdesk.ticket_comments
  alter column content set statistics 0;
alter table helpdesk.ticket_attachments
  alter column file_name set statistics 0,
  alter column file_type set statistics 0,
  alter column storage_path set statistics 0;

---- Indexes

create index ticket_comments_id_idx on helpdesk.ticket_comments (id);
create index ticket_comments_ticket_idx on helpdesk.ticket_comments (ticket_id, created_at, id);
create index ticket_comments_requester_idx on helpdesk.ticket_comments (requester_id, created_at desc);
create index ticket_attachments_id_idx on helpdesk.ticket_attachments (id);
create index ticket_attachments_ticket_idx on helpdesk.ticket_attachments (ticket_id, uploaded_at, id);
create index ticket_attachments_uploaded_by_idx on helpdesk.ticket_attachments (uploaded_by);
create index ticket_attachments_requester_idx on helpdesk.ticket_attachments (requester_id, uploaded_at desc);

---- Triggers

create trigger ticket_comments_before_write
  before insert or update on helpdesk.ticket_comments
  for each row execute function helpdesk.conversation_before_write();

create trigger ticket_comments_touch_ticket
  after insert or delete on helpdesk.ticket_comments
  for each row execute function helpdesk.conversation_touch_ticket();

create trigger ticket_attachments_before_write
  before insert or update on helpdesk.ticket_attachments
  for each row execute function helpdesk.conversation_before_write();

create trigger ticket_attachments_touch_ticket
  after insert or delete on helpdesk.ticket_attachments
  for each row execute function helpdesk.conversation_touch_ticket();

---- Row security

alter table helpdesk.ticket_comments enable row level security;
alter table helpdesk.ticket_attachments enable row level security;
alter table helpdesk.ticket_internal_counts enable row level security;

create policy view_external_comments on helpdesk.ticket_comments for select to authenticated
  using (not is_internal
         and (requester_id = helpdesk.my_profile_id() or ticket_id = any (helpdesk.my_assigned_ticket_ids()))
         and org_id = any (helpdesk.my_org_ids()));

create policy view_internal_comments on helpdesk.ticket_comments for select to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids()));

create policy view_attachments on helpdesk.ticket_attachments for select to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids())
         or (not is_internal
             and (requester_id = helpdesk.my_profile_id() or ticket_id = any (helpdesk.my_assigned_ticket_ids()))
             and org_id = any (helpdesk.my_org_ids())));

create policy create_external_comments on helpdesk.ticket_comments for insert to authenticated
  with check (not is_internal
              and created_by = helpdesk.my_profile_id()
              and (org_id = any (helpdesk.my_staff_org_ids())
                   or ((requester_id = helpdesk.my_profile_id() or ticket_id = any (helpdesk.my_assigned_ticket_ids()))
                       and org_id = any (helpdesk.my_org_ids()))));

create policy create_internal_comments on helpdesk.ticket_comments for insert to authenticated
  with check (is_internal
              and created_by = helpdesk.my_profile_id()
              and org_id = any (helpdesk.my_staff_org_ids()));

create policy manage_own_comments on helpdesk.ticket_comments for update to authenticated
  using (created_by = helpdesk.my_profile_id()
         and (org_id = any (helpdesk.my_staff_org_ids())
              or (not is_internal
                  and (requester_id = helpdesk.my_profile_id() or ticket_id = any (helpdesk.my_assigned_ticket_ids()))
                  and org_id = any (helpdesk.my_org_ids()))))
  with check (created_by = helpdesk.my_profile_id());

create policy upload_attachments on helpdesk.ticket_attachments for insert to authenticated
  with check (uploaded_by = helpdesk.my_profile_id()
              and (org_id = any (helpdesk.my_staff_org_ids())
                   or (not is_internal
                       and (requester_id = helpdesk.my_profile_id() or ticket_id = any (helpdesk.my_assigned_ticket_ids()))
                       and org_id = any (helpdesk.my_org_ids()))));

create policy manage_attachments on helpdesk.ticket_attachments for delete to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids())
         or (uploaded_by = helpdesk.my_profile_id()
             and not is_internal
             and (requester_id = helpdesk.my_profile_id() or ticket_id = any (helpdesk.my_assigned_ticket_ids()))
             and org_id = any (helpdesk.my_org_ids())));

create policy staff_read_counts on helpdesk.ticket_internal_counts for select to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids()));

---- Comments

comment on table helpdesk.ticket_comments is 'What people say on a ticket.';
comment on column helpdesk.ticket_comments.org_id is 'The organization.';
comment on column helpdesk.ticket_comments.id is 'The comment. UUIDv7.';
comment on column helpdesk.ticket_comments.ticket_id is 'The ticket. Never changes.';
comment on column helpdesk.ticket_comments.requester_id is 'tickets.created_by, filled in by trigger, so that a customer''s own conversations are found by index.';
comment on column helpdesk.ticket_comments.content is 'The text, 1 to 100,000 characters.';
comment on column helpdesk.ticket_comments.is_internal is 'True: for staff only. Never changes.';
comment on column helpdesk.ticket_comments.created_by is 'The author. Never changes.';
comment on column helpdesk.ticket_comments.created_at is 'When it was written.';
comment on column helpdesk.ticket_comments.updated_at is 'When it was last edited.';
comment on table helpdesk.ticket_attachments is 'Files on a ticket: what they are and where in storage; the file itself is not in the database.';
comment on column helpdesk.ticket_attachments.org_id is 'The organization.';
comment on column helpdesk.ticket_attachments.id is 'The attachment. UUIDv7.';
comment on column helpdesk.ticket_attachments.ticket_id is 'The ticket. Never changes.';
comment on column helpdesk.ticket_attachments.requester_id is 'tickets.created_by, filled in by trigger, so that a customer''s own files are found by index.';
comment on column helpdesk.ticket_attachments.file_name is 'Name shown to people, 1 to 255 characters.';
comment on column helpdesk.ticket_attachments.file_type is 'Media type, such as image/png.';
comment on column helpdesk.ticket_attachments.file_size is 'Size in bytes, 0 or more.';
comment on column helpdesk.ticket_attachments.storage_path is 'Where the file is in storage: a relative path of 1 to 1024 characters, for Supabase Storage <organization>/<ticket>/<name>.';
comment on column helpdesk.ticket_attachments.is_internal is 'True: for staff only. Never changes.';
comment on column helpdesk.ticket_attachments.uploaded_by is 'Who uploaded it. Never changes.';
comment on column helpdesk.ticket_attachments.uploaded_at is 'When it was uploaded.';
comment on index helpdesk.ticket_comments_id_idx is 'Serves looking a comment up by id alone.';
comment on index helpdesk.ticket_comments_ticket_idx is 'Serves the conversation of a ticket in order, and the foreign key to tickets.';
comment on index helpdesk.ticket_comments_requester_idx is 'Serves a customer''s own conversations.';
comment on index helpdesk.ticket_attachments_id_idx is 'Serves looking an attachment up by id alone.';
comment on index helpdesk.ticket_attachments_ticket_idx is 'Serves the files of a ticket in order, and the foreign key to tickets.';
comment on index helpdesk.ticket_attachments_uploaded_by_idx is 'Serves the foreign key to profiles.';
comment on index helpdesk.ticket_attachments_requester_idx is 'Serves a customer''s own files.';
comment on trigger ticket_comments_before_write on helpdesk.ticket_comments is 'Takes requester_id from the ticket; author, ticket and visibility never change.';
comment on trigger ticket_attachments_before_write on helpdesk.ticket_attachments is 'Takes requester_id from the ticket; uploader, ticket and visibility never change.';
comment on policy view_external_comments on helpdesk.ticket_comments is 'Members read the public comments on the tickets they see.';
comment on policy view_internal_comments on helpdesk.ticket_comments is 'Staff read all comments of their organizations.';
comment on policy view_attachments on helpdesk.ticket_attachments is 'Staff read all attachments of their organizations, members the public ones on the tickets they see.';
comment on policy create_external_comments on helpdesk.ticket_comments is 'Members comment on the tickets they see, staff on all of their organizations.';
comment on policy create_internal_comments on helpdesk.ticket_comments is 'Staff write internal comments.';
comment on policy manage_own_comments on helpdesk.ticket_comments is 'Authors edit what they wrote, as long as they may read it.';
comment on policy upload_attachments on helpdesk.ticket_attachments is 'Members attach files to the tickets they see; only staff internal ones.';
comment on policy manage_attachments on helpdesk.ticket_attachments is 'Staff delete any attachment, others their own.';
comment on policy staff_read_counts on helpdesk.ticket_internal_counts is 'Staff read the counts of their organizations.';
comment on table helpdesk.ticket_internal_counts is
  'How many internal comments and attachments a ticket has. Apart from tickets, because customers read those. No row: none.';
comment on column helpdesk.ticket_internal_counts.org_id is 'The organization.';
comment on column helpdesk.ticket_internal_counts.ticket_id is 'The ticket.';
comment on column helpdesk.ticket_internal_counts.comment_count is 'Internal comments.';
comment on column helpdesk.ticket_internal_counts.attachment_count is 'Internal attachments.';
comment on trigger ticket_comments_touch_ticket on helpdesk.ticket_comments is 'Counts it, moves the ticket up in lists, reopens it for its customer.';
comment on trigger ticket_attachments_touch_ticket on helpdesk.ticket_attachments is 'Counts it and moves the ticket up in lists.';
