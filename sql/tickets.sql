-- Tickets (their current state) and ticket_history (every state they were ever in).

set local search_path = pg_catalog, pg_temp;

---- Tables

create table helpdesk.ticket_counters (
  org_id uuid not null,
  last_number bigint not null default 0,
  constraint ticket_counters_pkey primary key (org_id),
  constraint ticket_counters_org_id_fkey foreign key (org_id) references helpdesk.organizations (id) on delete cascade
) with (fillfactor = 20);

create table helpdesk.tickets (
  org_id uuid not null,
  id uuid not null default helpdesk.uuid_generate_v7(),
  number bigint not null,
  title text not null,
  description text,
  priority helpdesk.ticket_priority not null default 'low',
  status text not null,
  workflow_id uuid not null,
  current_stage_id uuid not null,
  assigned_to uuid,
  created_by uuid not null default helpdesk.my_profile_id(),
  created_at timestamptz not null default pg_catalog.now(),
  updated_at timestamptz not null default pg_catalog.now(),
  stage_entered_at timestamptz not null default pg_catalog.now(),
  resolved_at timestamptz,
  closed_at timestamptz,
  first_response_at timestamptz,
  first_response_by uuid,
  version integer not null,
  latest_history_id uuid not null,
  public_comment_count integer not null default 0,
  public_attachment_count integer not null default 0,
  constraint tickets_pkey primary key (org_id, id),
  constraint tickets_org_id_number_key unique (org_id, number),
  constraint tickets_org_id_fkey foreign key (org_id) references helpdesk.organizations (id),
  constraint tickets_workflow_id_fkey foreign key (org_id, workflow_id) references helpdesk.workflows (org_id, id),
  constraint valid_stage_workflow foreign key (org_id, workflow_id, current_stage_id)
    references helpdesk.workflow_stages (org_id, workflow_id, id),
  constraint tickets_assigned_to_fkey foreign key (assigned_to) references helpdesk.profiles (id),
  constraint tickets_created_by_fkey foreign key (created_by) references helpdesk.profiles (id),
  constraint tickets_first_response_by_fkey foreign key (first_response_by) references helpdesk.profiles (id),
  constraint tickets_title_check check (not helpdesk.is_blank(title) and pg_catalog.char_length(title) <= 500),
  constraint tickets_description_check check (pg_catalog.char_length(description) <= 100000),
  constraint tickets_status_check check (status in ('open', 'pending', 'resolved', 'closed')),
  -- Each moment has a day in every time zone, and a sum.
  constraint tickets_moments_check check (
    least(created_at, updated_at, stage_entered_at, resolved_at, closed_at, first_response_at) >= '0001-01-01 00:00Z'
    and greatest(created_at, updated_at, stage_entered_at, resolved_at, closed_at, first_response_at) <= '9999-12-31 00:00Z'),
  constraint tickets_number_check check (number between 1 and 1000000000000)
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
  constraint ticket_history_assigned_to_fkey foreign key (assigned_to) references helpdesk.profiles (id),
  constraint ticket_history_changed_by_fkey foreign key (changed_by) references helpdesk.profiles (id),
  constraint ticket_history_workflow_stage_id_fkey foreign key (org_id, workflow_stage_id)
    references helpdesk.workflow_stages (org_id, id),
  constraint ticket_history_ticket_id_id_key unique (org_id, ticket_id, id),
  constraint ticket_history_previous_history_id_fkey foreign key (org_id, ticket_id, previous_history_id)
    references helpdesk.ticket_history (org_id, ticket_id, id)
);

-- What was taken from the queue is passed over by claim_next_ticket until it is vacuumed: by default only when a fifth of the table changed.
alter table helpdesk.tickets set (autovacuum_vacuum_scale_factor = 0.02);

alter table helpdesk.tickets
  add constraint fk_latest_history foreign key (org_id, id, latest_history_id)
    references helpdesk.ticket_history (org_id, ticket_id, id) deferrable initially deferred;

create table helpdesk.ticket_idempotency_keys (
  org_id uuid not null,
  actor_id uuid,
  key text not null,
  ticket_id uuid not null,
  request_digest bytea not null,
  created_at timestamptz not null default pg_catalog.now(),
  constraint ticket_idempotency_keys_pkey primary key (org_id, ticket_id),
  constraint ticket_idempotency_keys_key unique nulls not distinct (org_id, actor_id, key),
  constraint ticket_idempotency_keys_ticket_id_fkey foreign key (org_id, ticket_id)
    references helpdesk.tickets (org_id, id) on delete cascade deferrable initially deferred,
  constraint ticket_idempotency_keys_actor_id_fkey foreign key (actor_id) references helpdesk.profiles (id)
);

-- Statistics are of all organizations: what the planner expects of a text would tell everybody whether somebody else has it.
alter table helpdesk.tickets
  alter column title set statistics 0,
  alter column description set statistics 0;
alter table helpdesk.ticket_history
  alter column title set statistics 0,
  alter column description set statistics 0;

---- Indexes

create index tickets_id_idx on helpdesk.tickets (id);
create index tickets_org_updated_idx on helpdesk.tickets (org_id, updated_at desc, id desc);
create index tickets_org_created_idx on helpdesk.tickets (org_id, created_at desc, id desc);
create index tickets_org_age_idx on helpdesk.tickets (org_id,
  pg_catalog.width_bucket(updated_at - created_at,
    '{00:01:00, 00:05:00, 00:20:00, 01:00:00, 04:00:00, 12:00:00, 24:00:00, 72:00:00, 240:00:00, 720:00:00,
      2160:00:00, 8760:00:00, 26280:00:00, 87600:00:00}'::interval[]),
  updated_at desc, id desc);
create index tickets_org_priority_idx on helpdesk.tickets (org_id, priority desc, updated_at desc, id desc);
create index tickets_org_status_idx on helpdesk.tickets (org_id, status, updated_at desc, id desc);
create index tickets_org_stage_idx on helpdesk.tickets (org_id, current_stage_id, updated_at desc, id desc);
create index tickets_unassigned_idx on helpdesk.tickets (org_id, updated_at desc, id desc) where assigned_to is null;
create index tickets_queue_idx on helpdesk.tickets (org_id, priority desc, created_at, id)
  where assigned_to is null and status = 'open';
create index tickets_assigned_to_idx on helpdesk.tickets (assigned_to, updated_at desc, id desc) where assigned_to is not null;
create index tickets_created_by_idx on helpdesk.tickets (created_by, updated_at desc, id desc);
create index tickets_updated_at_idx on helpdesk.tickets (updated_at desc, id desc);
create index tickets_open_idx on helpdesk.tickets (org_id, created_at, id) where status in ('open', 'pending');

create index ticket_history_id_idx on helpdesk.ticket_history (id);
create index ticket_history_stage_idx on helpdesk.ticket_history (workflow_stage_id);
create index ticket_history_changed_at_idx on helpdesk.ticket_history (org_id, changed_at desc);
create index ticket_history_requester_idx on helpdesk.ticket_history (requester_id, changed_at desc);

create index ticket_idempotency_keys_actor_idx on helpdesk.ticket_idempotency_keys (actor_id);

---- Triggers

create trigger tickets_before_write
  before insert or update on helpdesk.tickets
  for each row execute function helpdesk.tickets_before_write();

create trigger tickets_record_history
  after insert or update on helpdesk.tickets
  for each row execute function helpdesk.tickets_record_history();

create trigger ticket_history_append_only
  before update or delete on helpdesk.ticket_history
  for each row execute function helpdesk.ticket_history_append_only();

create trigger ticket_history_no_truncate
  before truncate on helpdesk.ticket_history
  for each statement execute function helpdesk.ticket_history_append_only();

---- Row security

alter table helpdesk.ticket_counters enable row level security;
alter table helpdesk.tickets enable row level security;
alter table helpdesk.ticket_history enable row level security;
alter table helpdesk.ticket_idempotency_keys enable row level security;

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

-- Asked for every row before the policies of staff: what is false for them at once comes first.
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
         and (requester_id = helpdesk.my_profile_id() or ticket_id = any (helpdesk.my_assigned_ticket_ids())));

---- Comments

comment on table helpdesk.ticket_counters is 'The last ticket number of each organization.';
comment on column helpdesk.ticket_counters.org_id is 'The organization.';
comment on column helpdesk.ticket_counters.last_number is 'The number given last. A ticket that is rolled back leaves no gap.';
comment on table helpdesk.tickets is
  'A request for help, as it is now. What it was before is in ticket_history, written by trigger whichever way a ticket is changed.';
comment on column helpdesk.tickets.org_id is 'The organization. Never changes.';
comment on column helpdesk.tickets.id is 'The ticket. UUIDv7. Never changes.';
comment on column helpdesk.tickets.number is 'What people call it by: #1, #2, .. within the organization. Never changes.';
comment on column helpdesk.tickets.title is 'What it is about, 1 to 500 characters; white space around it is trimmed.';
comment on column helpdesk.tickets.description is 'The request in full, up to 100,000 characters.';
comment on column helpdesk.tickets.priority is 'How urgent it is.';
comment on column helpdesk.tickets.status is 'open, pending, resolved or closed: the status of its stage.';
comment on column helpdesk.tickets.workflow_id is 'How it is handled. Left out: the earliest active workflow of the organization.';
comment on column helpdesk.tickets.current_stage_id is 'Where in its workflow it is. Left out: the start stage.';
comment on column helpdesk.tickets.assigned_to is
  'Who works on it: staff of the organization, or a member with may_be_assigned, or nobody.';
comment on column helpdesk.tickets.created_by is 'The requester: who asked for help. Never changes.';
comment on column helpdesk.tickets.created_at is 'When it was opened. Never changes.';
comment on column helpdesk.tickets.updated_at is 'When it last changed or got a comment or an attachment. Lists sort by it.';
comment on column helpdesk.tickets.stage_entered_at is 'When it came to its present stage.';
comment on column helpdesk.tickets.resolved_at is 'When it was resolved (or closed without); null while it is open or pending.';
comment on column helpdesk.tickets.closed_at is 'When it was closed; null while it is not.';
comment on column helpdesk.tickets.first_response_at is 'When staff first commented publicly; null until then.';
comment on column helpdesk.tickets.first_response_by is 'Who that was.';
comment on column helpdesk.tickets.version is 'Counts its revisions, from 1. Give it as p_expected_version to update only what you have read.';
comment on column helpdesk.tickets.latest_history_id is 'Its newest revision in ticket_history.';
comment on column helpdesk.tickets.public_comment_count is 'How many comments everybody on the ticket sees.';
comment on column helpdesk.tickets.public_attachment_count is 'How many attachments everybody on the ticket sees.';
comment on constraint valid_stage_workflow on helpdesk.tickets is
  'The stage is one of the workflow.';
comment on constraint fk_latest_history on helpdesk.tickets is
  'It is a revision of this ticket. Checked at commit: ticket and first revision point at each other.';
comment on constraint ticket_history_ticket_id_id_key on helpdesk.ticket_history is
  'What the newest and the previous revision refer to. Serves the history of a ticket, in order, and the foreign key to tickets.';
comment on table helpdesk.ticket_history is
  'Every revision of every ticket: the full state after the change, and what changed. Written by trigger only, never changed; goes only with its ticket.';
comment on column helpdesk.ticket_history.org_id is 'The organization.';
comment on column helpdesk.ticket_history.id is 'The revision. UUIDv7.';
comment on column helpdesk.ticket_history.ticket_id is 'The ticket.';
comment on column helpdesk.ticket_history.requester_id is 'tickets.created_by, kept here so that a customer''s own history is found by index.';
comment on column helpdesk.ticket_history.version is 'tickets.version after this change.';
comment on column helpdesk.ticket_history.title is 'Title after this change.';
comment on column helpdesk.ticket_history.description is 'Description after this change.';
comment on column helpdesk.ticket_history.priority is 'Priority after this change.';
comment on column helpdesk.ticket_history.status is 'Status after this change.';
comment on column helpdesk.ticket_history.assigned_to is 'Assignee after this change.';
comment on column helpdesk.ticket_history.workflow_stage_id is 'Stage after this change.';
comment on column helpdesk.ticket_history.changed_by is 'Who changed it; null: the system, that is the database administrator or a backend with nobody signed in.';
comment on column helpdesk.ticket_history.changed_at is 'When it was changed.';
comment on column helpdesk.ticket_history.previous_history_id is 'The revision before; null for the first. No two revisions follow the same one.';
comment on column helpdesk.ticket_history.changes is
  '{"type": "created", "fields": {field: value}} or {"type": "updated", "fields": {field: {"from": value, "to": value}}}; fields are title, description, priority, status, workflow, stage, assignedTo.';
comment on table helpdesk.ticket_idempotency_keys is 'Which ticket a key given to create_ticket made, so that a repeated request makes no second one.';
comment on column helpdesk.ticket_idempotency_keys.org_id is 'The organization.';
comment on column helpdesk.ticket_idempotency_keys.actor_id is 'Who gave the key; null: a backend with nobody signed in.';
comment on column helpdesk.ticket_idempotency_keys.key is 'The key, 1 to 255 characters.';
comment on column helpdesk.ticket_idempotency_keys.ticket_id is 'The ticket it made.';
comment on column helpdesk.ticket_idempotency_keys.request_digest is 'SHA-256 of what was asked for; the same key with another request is an error.';
comment on column helpdesk.ticket_idempotency_keys.created_at is 'When it was used first.';
comment on index helpdesk.tickets_id_idx is 'Serves looking a ticket up by id alone.';
comment on index helpdesk.tickets_org_updated_idx is 'Serves list_org_tickets in its default order, and the same through the table.';
comment on index helpdesk.tickets_org_created_idx is 'Serves list_org_tickets sorted by createdAt, and its createdAfter/createdBefore.';
comment on index helpdesk.tickets_org_age_idx is
  'Serves createdBefore in the usual order: tickets by classes of their age, the time from opening to last change.';
comment on index helpdesk.tickets_org_priority_idx is 'Serves list_org_tickets sorted by or filtered by priority.';
comment on index helpdesk.tickets_org_status_idx is 'Serves lists filtered by status.';
comment on index helpdesk.tickets_org_stage_idx is 'Serves lists filtered by stage (boards) or by workflow, and the foreign key to stages.';
comment on index helpdesk.tickets_unassigned_idx is 'Serves the queue of unassigned tickets.';
comment on index helpdesk.tickets_queue_idx is 'Serves claim_next_ticket: most urgent first, oldest first.';
comment on index helpdesk.tickets_assigned_to_idx is 'Serves "assigned to me", what a customer is assigned to, and the foreign key to profiles.';
comment on index helpdesk.tickets_created_by_idx is 'Serves a customer''s own tickets in every door, and the foreign key to profiles.';
comment on index helpdesk.tickets_updated_at_idx is 'Serves the newest tickets over all of an agent''s organizations.';
comment on index helpdesk.tickets_open_idx is 'Serves the oldest open ticket of org_dashboard.';
comment on index helpdesk.ticket_history_id_idx is 'Serves looking a revision up by id alone.';
comment on index helpdesk.ticket_history_stage_idx is 'Serves the foreign key to stages when a stage is deleted.';
comment on index helpdesk.ticket_history_changed_at_idx is 'Serves the newest changes in an organization.';
comment on index helpdesk.ticket_history_requester_idx is 'Serves a customer''s own history.';
comment on index helpdesk.ticket_idempotency_keys_actor_idx is 'Serves the foreign key to profiles.';
comment on trigger tickets_before_write on helpdesk.tickets is 'Fills in and checks what the system sets: number, status, times, version.';
comment on trigger tickets_record_history on helpdesk.tickets is 'Writes the revision.';
comment on trigger ticket_history_append_only on helpdesk.ticket_history is 'Nobody changes history.';
comment on trigger ticket_history_no_truncate on helpdesk.ticket_history is 'Nobody empties history.';
comment on policy admins_full_access on helpdesk.tickets is 'Admins of an organization read, create, change and delete its tickets.';
comment on policy agents_org_tickets on helpdesk.tickets is 'Staff read all tickets of their organizations.';
comment on policy agents_create_tickets on helpdesk.tickets is 'Staff open tickets, for any member.';
comment on policy agents_change_tickets on helpdesk.tickets is 'Staff change tickets of their organizations; column grants say which columns.';
comment on policy users_assigned_tickets on helpdesk.tickets is 'Members read the tickets they opened or are assigned to.';
comment on policy users_create_tickets on helpdesk.tickets is 'Members open tickets in their own name, unassigned.';
comment on policy agent_full_history on helpdesk.ticket_history is 'Staff read all history of their organizations.';
comment on policy user_limited_history on helpdesk.ticket_history is 'Members read the history of the tickets they see.';
