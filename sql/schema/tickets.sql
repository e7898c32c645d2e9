-- Tickets: their current state in tickets, all their revisions in ticket_history.

set local search_path = pg_catalog, pg_temp;

---- Tables

create table helpdesk.ticket_counters (
  org_id uuid not null,
  last_number bigint not null default 0,
  constraint ticket_counters_pkey primary key (org_id),
  constraint ticket_counters_org_id_fkey foreign key (org_id)
    references helpdesk.organizations (id) on delete cascade
);

create table helpdesk.tickets (
  org_id uuid not null,
  id uuid not null default helpdesk.uuid_generate_v7(),
  -- Defaults of 0, '' and the nil UUID mean "not given": a trigger fills in these columns.
  number bigint not null default 0,
  title text not null,
  description text,
  priority helpdesk.ticket_priority not null default 'low',
  status text not null default '',
  workflow_id uuid not null default '00000000-0000-0000-0000-000000000000',
  current_stage_id uuid not null default '00000000-0000-0000-0000-000000000000',
  assigned_to uuid,
  created_by uuid not null default helpdesk.my_profile_id(),
  created_at timestamptz not null default pg_catalog.now(),
  updated_at timestamptz not null default pg_catalog.now(),
  stage_entered_at timestamptz not null default pg_catalog.now(),
  resolved_at timestamptz,
  closed_at timestamptz,
  first_response_at timestamptz,
  first_response_by uuid,
  version integer not null default 0,
  latest_history_id uuid not null default '00000000-0000-0000-0000-000000000000',
  public_comment_count integer not null default 0,
  public_attachment_count integer not null default 0,
  last_public_comment_at timestamptz,
  is_answered boolean not null default false,
  external_id text,
  constraint tickets_pkey primary key (org_id, id),
  constraint tickets_org_id_number_key unique (org_id, number),
  constraint tickets_org_id_fkey foreign key (org_id) references helpdesk.organizations (id),
  constraint tickets_workflow_id_fkey foreign key (org_id, workflow_id)
    references helpdesk.workflows (org_id, id),
  constraint valid_stage_workflow foreign key (org_id, workflow_id, current_stage_id)
    references helpdesk.workflow_stages (org_id, workflow_id, id),
  constraint tickets_assigned_to_fkey foreign key (assigned_to) references helpdesk.profiles (id),
  constraint tickets_created_by_fkey foreign key (created_by) references helpdesk.profiles (id),
  constraint tickets_first_response_by_fkey foreign key (first_response_by)
    references helpdesk.profiles (id),
  constraint tickets_title_check
    check (helpdesk.is_text(title, 500)),
  constraint tickets_description_check check (pg_catalog.char_length(description) <= 100000),
  constraint tickets_status_check check (status in ('open', 'pending', 'resolved', 'closed')),
  -- Keeps timestamps within what date arithmetic and epoch sums can represent.
  constraint tickets_timestamps_check check (
    '[0001-01-01 00:00Z, 9999-12-31 00:00Z]'::tstzrange @> all (array[
      created_at, updated_at, stage_entered_at, resolved_at, closed_at, first_response_at,
      last_public_comment_at])),
  constraint tickets_number_check check ('[1, 1000000000000]'::int8range @> number),
  constraint tickets_external_id_check check (helpdesk.is_text(external_id, 255))
);

create table helpdesk.ticket_history (
  org_id uuid not null,
  id uuid not null,
  ticket_id uuid not null,
  requester_id uuid not null,
  version integer not null,
  title text not null,
  description text,
  priority helpdesk.ticket_priority not null,
  status text not null,
  assigned_to uuid,
  workflow_stage_id uuid not null,
  changed_by uuid,
  changed_at timestamptz not null,
  previous_history_id uuid,
  changes jsonb not null,
  constraint ticket_history_pkey primary key (org_id, id),
  constraint ticket_history_ticket_id_fkey foreign key (org_id, ticket_id)
    references helpdesk.tickets (org_id, id) on delete cascade,
  constraint ticket_history_assigned_to_fkey foreign key (assigned_to)
    references helpdesk.profiles (id),
  constraint ticket_history_changed_by_fkey foreign key (changed_by)
    references helpdesk.profiles (id),
  constraint ticket_history_workflow_stage_id_fkey foreign key (org_id, workflow_stage_id)
    references helpdesk.workflow_stages (org_id, id),
  constraint ticket_history_ticket_id_id_key unique (ticket_id, id, org_id),
  constraint ticket_history_previous_history_id_fkey
    foreign key (org_id, ticket_id, previous_history_id)
    references helpdesk.ticket_history (org_id, ticket_id, id)
);

-- claim_next_ticket() skips the dead index entries of claimed tickets until they are vacuumed. The
-- default scale factor (20 %) vacuums too late.
alter table helpdesk.tickets set (autovacuum_vacuum_scale_factor = 0.02);

alter table helpdesk.tickets
  add constraint fk_latest_history foreign key (org_id, id, latest_history_id)
    references helpdesk.ticket_history (org_id, ticket_id, id) deferrable initially deferred;

create table helpdesk.idempotency_keys (
  org_id uuid not null,
  actor_id uuid,
  key text not null,
  ticket_id uuid not null,
  object_id uuid not null,
  request_digest bytea not null,
  created_at timestamptz not null default pg_catalog.now(),
  constraint idempotency_keys_pkey primary key (org_id, ticket_id, object_id),
  constraint idempotency_keys_key unique nulls not distinct (org_id, actor_id, key),
  constraint idempotency_keys_ticket_id_fkey foreign key (org_id, ticket_id)
    references helpdesk.tickets (org_id, id) on delete cascade deferrable initially deferred,
  constraint idempotency_keys_actor_id_fkey foreign key (actor_id)
    references helpdesk.profiles (id)
);

-- Planner statistics cover all organizations: row estimates for a text would reveal whether another
-- organization has it.
alter table helpdesk.tickets
  alter column title set statistics 0,
  alter column description set statistics 0,
  alter column external_id set statistics 0;
alter table helpdesk.ticket_history
  alter column title set statistics 0,
  alter column description set statistics 0;

---- Indexes

create unique index tickets_org_id_external_id_key on helpdesk.tickets (org_id, external_id)
  where external_id is not null;
create index tickets_id_idx on helpdesk.tickets (id);
create index tickets_org_updated_idx on helpdesk.tickets (org_id, updated_at desc, id desc);
create index tickets_org_created_idx on helpdesk.tickets (org_id, created_at desc, id desc);
create index tickets_org_age_idx on helpdesk.tickets (org_id,
  pg_catalog.width_bucket(updated_at - created_at,
    '{00:01:00, 00:05:00, 00:20:00, 01:00:00, 04:00:00, 12:00:00, 24:00:00, 72:00:00,
      240:00:00, 720:00:00, 2160:00:00, 8760:00:00, 26280:00:00, 87600:00:00}'::interval[]),
  updated_at desc, id desc);
create index tickets_org_priority_idx
  on helpdesk.tickets (org_id, priority desc, updated_at desc, id desc);
create index tickets_org_status_idx on helpdesk.tickets (org_id, status, updated_at desc, id desc);
create index tickets_workflow_idx on helpdesk.tickets (workflow_id, updated_at desc, id desc);
create index tickets_stage_idx on helpdesk.tickets (current_stage_id, updated_at desc, id desc);
create index tickets_unassigned_idx
  on helpdesk.tickets (org_id, updated_at desc, id desc) where assigned_to is null;
create index tickets_queue_idx on helpdesk.tickets (org_id, priority desc, created_at, id)
  where assigned_to is null and status = 'open';
create index tickets_assigned_to_idx
  on helpdesk.tickets (assigned_to, updated_at desc, id desc) where assigned_to is not null;
create index tickets_created_by_idx on helpdesk.tickets (created_by, updated_at desc, id desc);
create index tickets_updated_at_idx on helpdesk.tickets (updated_at desc, id desc);
create index tickets_org_queue_idx on helpdesk.tickets (org_id, priority desc, created_at, id);
create index tickets_waiting_idx on helpdesk.tickets (org_id, is_answered, updated_at desc, id desc)
  where status in ('open', 'pending');
create index tickets_open_idx
  on helpdesk.tickets (org_id, created_at, id) where status in ('open', 'pending');

create index ticket_history_id_idx on helpdesk.ticket_history (id);
create index ticket_history_stage_idx on helpdesk.ticket_history (workflow_stage_id);
create index ticket_history_changed_at_idx on helpdesk.ticket_history (org_id, changed_at desc);
create index ticket_history_requester_idx
  on helpdesk.ticket_history (requester_id, changed_at desc);
create index ticket_history_assigned_to_idx
  on helpdesk.ticket_history (assigned_to, changed_at desc) where assigned_to is not null;
create index ticket_history_changed_by_idx
  on helpdesk.ticket_history (changed_by, changed_at desc);

create index idempotency_keys_actor_idx on helpdesk.idempotency_keys (actor_id);

---- Triggers

create trigger tickets_before_write
  before insert or update on helpdesk.tickets
  for each row execute function helpdesk.tickets_before_write();

-- The capital makes it come before the check of latest_history_id, which SET CONSTRAINTS ALL
-- IMMEDIATE moves to the end of the statement.
create trigger "History"
  after insert or update on helpdesk.tickets
  for each row execute function helpdesk.tickets_record_history();

create trigger tickets_keep_numbers
  after delete on helpdesk.tickets referencing old table as deleted_tickets
  for each statement execute function helpdesk.tickets_keep_numbers();

create trigger ticket_history_append_only
  before update or delete on helpdesk.ticket_history
  for each row execute function helpdesk.ticket_history_append_only();

create trigger ticket_history_no_truncate
  before truncate on helpdesk.ticket_history
  for each statement execute function helpdesk.ticket_history_append_only();

---- Row security

create policy admins_full_access on helpdesk.tickets for all to authenticated
  using (org_id = any (helpdesk.my_admin_org_ids()))
  with check (org_id = any (helpdesk.my_admin_org_ids()));

create policy agents_org_tickets on helpdesk.tickets for select to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids()));

create policy agents_create_tickets on helpdesk.tickets for insert to authenticated
  with check (org_id = any (helpdesk.my_staff_org_ids()));

create policy agents_change_tickets on helpdesk.tickets for update to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids()))
  with check (org_id = any (helpdesk.my_staff_org_ids()));

-- Evaluated for every row, before the policies of staff. The first condition is false for staff, so
-- that they skip the others.
create policy users_assigned_tickets on helpdesk.tickets for select to authenticated
  using (org_id = any (helpdesk.my_customer_org_ids())
         and (created_by = helpdesk.my_profile_id() or assigned_to = helpdesk.my_profile_id()));

create policy users_create_tickets on helpdesk.tickets for insert to authenticated
  with check (org_id = any (helpdesk.my_org_ids())
              and created_by = helpdesk.my_profile_id()
              and assigned_to is null);

create policy agent_full_history on helpdesk.ticket_history for select to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids()));

create policy user_limited_history on helpdesk.ticket_history for select to authenticated
  using (org_id = any (helpdesk.my_customer_org_ids())
         and (requester_id = helpdesk.my_profile_id()
              or ticket_id = any (helpdesk.my_assigned_ticket_ids())));

---- Comments

comment on table helpdesk.ticket_counters is
  'The highest number that each organization has given to a ticket that is deleted.';
comment on column helpdesk.ticket_counters.org_id is 'The organization.';
comment on column helpdesk.ticket_counters.last_number is
'No new ticket gets a number up to this one: at least the highest number of a deleted ticket; 0 if
  no ticket was deleted.';

comment on table helpdesk.tickets is
'The current state of each ticket. A trigger writes every earlier state to ticket_history, no matter
  how a ticket is changed.';
comment on column helpdesk.tickets.org_id is 'The organization. Never changes.';
comment on column helpdesk.tickets.id is 'The ticket. UUIDv7. Never changes.';
comment on column helpdesk.tickets.number is
  'The number that people call it by, counted from 1 in each organization. Never changes.';
comment on column helpdesk.tickets.title is
  'Title, 1 to 500 characters; surrounding white space is trimmed.';
comment on column helpdesk.tickets.description is 'The request in full, up to 100,000 characters.';
comment on column helpdesk.tickets.priority is 'Urgency.';
comment on column helpdesk.tickets.status is
  'open, pending, resolved or closed: the status of its stage.';
comment on column helpdesk.tickets.workflow_id is
  'Its workflow. Default: the earliest active workflow of the organization.';
comment on column helpdesk.tickets.current_stage_id is
  'Its stage. Default: the start stage of its workflow.';
comment on column helpdesk.tickets.assigned_to is
  'The assignee: staff of the organization or a member with may_be_assigned; null if unassigned.';
comment on column helpdesk.tickets.created_by is
  'The requester: the person that the ticket was created by or for.';
comment on column helpdesk.tickets.created_at is 'When the ticket was created. Never changes.';
comment on column helpdesk.tickets.updated_at is
  'When it last changed or got a comment or an attachment. Lists sort by it.';
comment on column helpdesk.tickets.stage_entered_at is 'When it entered its current stage.';
comment on column helpdesk.tickets.resolved_at is
  'When it was resolved, or closed without being resolved; null while it is open or pending.';
comment on column helpdesk.tickets.closed_at is 'When it was closed; null unless it is closed.';
comment on column helpdesk.tickets.first_response_at is
  'When staff first commented publicly on a ticket that is not their own; null until then.';
comment on column helpdesk.tickets.first_response_by is 'The author of the first response.';
comment on column helpdesk.tickets.version is
  'Number of its revisions. Pass it as p_expected_version to update only what you have read.';
comment on column helpdesk.tickets.latest_history_id is 'Its latest revision in ticket_history.';
comment on column helpdesk.tickets.public_comment_count is
  'Number of its comments that are not internal.';
comment on column helpdesk.tickets.public_attachment_count is
  'Number of its attachments that are not internal.';
comment on column helpdesk.tickets.last_public_comment_at is
  'When its last comment that is not internal was written; null if it has none.';
comment on column helpdesk.tickets.is_answered is
'Whether somebody other than the requester wrote that comment. An open or pending ticket waits for
  its customer if it is answered, otherwise for staff.';
comment on column helpdesk.tickets.external_id is
'The ticket''s id in the help desk from which import_tickets() brought it, such as ''zendesk:35436'';
  null for all others. Unique in the organization.';
comment on constraint valid_stage_workflow on helpdesk.tickets is
  'The stage belongs to the workflow of the ticket.';
comment on constraint fk_latest_history on helpdesk.tickets is
'The latest revision belongs to this ticket. Checked at commit, because a new ticket and its first
  revision refer to each other.';

comment on table helpdesk.ticket_history is
'Every revision of every ticket: the full state after the change, and what changed. Only triggers
  write it. Revisions never change, apart from requester_id, and are deleted only together with
  their ticket.';
comment on column helpdesk.ticket_history.org_id is 'The organization.';
comment on column helpdesk.ticket_history.id is 'The revision. UUIDv7.';
comment on column helpdesk.ticket_history.ticket_id is 'The ticket.';
comment on column helpdesk.ticket_history.requester_id is
  'Copy of tickets.created_by, so that an index can find a customer''s own history.';
comment on column helpdesk.ticket_history.version is 'tickets.version after the change.';
comment on column helpdesk.ticket_history.title is 'Title after the change.';
comment on column helpdesk.ticket_history.description is 'Description after the change.';
comment on column helpdesk.ticket_history.priority is 'Priority after the change.';
comment on column helpdesk.ticket_history.status is 'Status after the change.';
comment on column helpdesk.ticket_history.assigned_to is 'Assignee after the change.';
comment on column helpdesk.ticket_history.workflow_stage_id is 'Stage after the change.';
comment on column helpdesk.ticket_history.changed_by is
'Author of the change; null for the system: the database administrator, or a backend for which nobody
  is signed in.';
comment on column helpdesk.ticket_history.changed_at is 'When the change was made.';
comment on column helpdesk.ticket_history.previous_history_id is
'The previous revision; null for the first one. The triggers write one chain per ticket; the foreign
  key only requires a revision of the same ticket.';
comment on column helpdesk.ticket_history.changes is
'{"type": "created", "fields": {field: value}} or {"type": "updated", "fields": {field: {"from":
  value, "to": value}}}. The fields are title, description, priority, status, workflow, stage,
  assignedTo and, when it changes, createdBy.';
comment on constraint ticket_history_ticket_id_id_key on helpdesk.ticket_history is
'Target of the foreign keys of the latest and the previous revision. Serves the history of a ticket
  in order, and the foreign key to tickets.';

comment on table helpdesk.idempotency_keys is
'What each key passed to create_ticket(), add_comment(), add_attachment() or resolve_ticket()
  created, so that a repeated request creates nothing again.';
comment on column helpdesk.idempotency_keys.org_id is 'The organization.';
comment on column helpdesk.idempotency_keys.actor_id is
  'The caller who passed the key; null for a backend for which nobody is signed in.';
comment on column helpdesk.idempotency_keys.key is 'The key, 1 to 255 characters.';
comment on column helpdesk.idempotency_keys.ticket_id is
'The ticket that was created, or that the comment or the attachment is on. The key is deleted with
  it.';
comment on column helpdesk.idempotency_keys.object_id is
'The ticket, comment or attachment that was created; no object for resolve_ticket() without a
  comment. A repeated request that creates one returns this id even if it has been deleted since.';
comment on column helpdesk.idempotency_keys.request_digest is
  'SHA-256 digest of the request. The same key with a different request is an error.';
comment on column helpdesk.idempotency_keys.created_at is 'When the key was first used.';

comment on index helpdesk.tickets_org_id_external_id_key is
'Serves import_tickets(), which looks for the tickets that it has imported before; keeps an
  external_id to one ticket of the organization.';
comment on index helpdesk.tickets_id_idx is 'Serves lookups of a ticket by id alone.';
comment on index helpdesk.tickets_org_updated_idx is
  'Serves list_org_tickets() in its default order, and the same order in queries on the table.';
comment on index helpdesk.tickets_org_created_idx is
  'Serves list_org_tickets() sorted by createdAt, and its filters createdAfter and createdBefore.';
comment on index helpdesk.tickets_org_age_idx is
'Serves createdBefore in the default order: buckets of tickets by the time from creation to the last
  change.';
comment on index helpdesk.tickets_org_priority_idx is
  'Serves list_org_tickets() sorted by, or filtered by, priority.';
comment on index helpdesk.tickets_org_status_idx is 'Serves lists filtered by status.';
comment on index helpdesk.tickets_workflow_idx is
  'Serves lists filtered by workflow, and the foreign key to workflows.';
comment on index helpdesk.tickets_stage_idx is
  'Serves lists filtered by stage (boards), and the foreign key to stages.';
comment on index helpdesk.tickets_unassigned_idx is 'Serves the list of unassigned tickets.';
comment on index helpdesk.tickets_queue_idx is
  'Serves claim_next_ticket(): most urgent first, oldest first.';
comment on index helpdesk.tickets_assigned_to_idx is
  'Serves tickets assigned to the caller, staff or customer, and the foreign key to profiles.';
comment on index helpdesk.tickets_created_by_idx is
  'Serves a customer''s own tickets, through SQL and through the API, and the foreign key to '
  'profiles.';
comment on index helpdesk.tickets_updated_at_idx is
  'Serves the most recently changed tickets of all organizations of an agent.';
comment on index helpdesk.tickets_org_queue_idx is 'Serves list_org_tickets() sorted by queue.';
comment on index helpdesk.tickets_waiting_idx is 'Serves lists filtered by waitingFor.';
comment on index helpdesk.tickets_open_idx is 'Serves the oldest open ticket in org_dashboard().';
comment on index helpdesk.ticket_history_id_idx is 'Serves lookups of a revision by id alone.';
comment on index helpdesk.ticket_history_stage_idx is
  'Serves the foreign key to stages when a stage is deleted.';
comment on index helpdesk.ticket_history_changed_at_idx is
  'Serves the latest changes in an organization.';
comment on index helpdesk.ticket_history_requester_idx is 'Serves a customer''s own history.';
comment on index helpdesk.ticket_history_assigned_to_idx is
  'Serves what has been assigned to a person, and the foreign key to profiles.';
comment on index helpdesk.ticket_history_changed_by_idx is
  'Serves what a person has changed, and the foreign key to profiles.';
comment on index helpdesk.idempotency_keys_actor_idx is
  'Serves the foreign key to profiles.';

comment on trigger tickets_before_write on helpdesk.tickets is
  'Checks the row and sets the system''s columns: number, status, timestamps and version.';
comment on trigger "History" on helpdesk.tickets is 'Writes the revision.';
comment on trigger ticket_history_append_only on helpdesk.ticket_history is
  'Refuses to change or delete revisions.';
comment on trigger ticket_history_no_truncate on helpdesk.ticket_history is 'Refuses TRUNCATE.';

comment on policy admins_full_access on helpdesk.tickets is
  'Admins read, create, update and delete the tickets of their organizations.';
comment on policy agents_org_tickets on helpdesk.tickets is
  'Staff read all tickets of their organizations.';
comment on policy agents_create_tickets on helpdesk.tickets is
  'Staff create tickets for any member.';
comment on policy agents_change_tickets on helpdesk.tickets is
  'Staff update the tickets of their organizations. Column privileges restrict the columns.';
comment on policy users_assigned_tickets on helpdesk.tickets is
  'Members read the tickets that they created or that are assigned to them.';
comment on policy users_create_tickets on helpdesk.tickets is
  'Members create unassigned tickets in their own name.';
comment on policy agent_full_history on helpdesk.ticket_history is
  'Staff read the history of all tickets of their organizations.';
comment on policy user_limited_history on helpdesk.ticket_history is
  'Members read the history of the tickets that they can see.';
