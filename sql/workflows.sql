-- How tickets move: workflows and their stages.

set local search_path = pg_catalog, pg_temp;

---- Tables

create table helpdesk.workflows (
  org_id uuid not null,
  id uuid not null default helpdesk.uuid_generate_v7(),
  name text not null,
  description text,
  is_active boolean not null default true,
  created_at timestamptz not null default pg_catalog.now(),
  constraint workflows_pkey primary key (org_id, id),
  constraint workflows_org_id_fkey foreign key (org_id) references helpdesk.organizations (id) on delete cascade,
  constraint workflows_name_check check (not helpdesk.is_blank(name) and pg_catalog.char_length(name) <= 200),
  constraint workflows_description_check check (pg_catalog.char_length(description) <= 10000)
);

create table helpdesk.workflow_stages (
  org_id uuid not null,
  id uuid not null default helpdesk.uuid_generate_v7(),
  workflow_id uuid not null,
  name text not null,
  description text,
  position integer not null default 0,
  status text not null default 'open',
  is_start boolean not null default false,
  constraint workflow_stages_pkey primary key (org_id, id),
  constraint workflow_stages_workflow_id_fkey foreign key (org_id, workflow_id)
    references helpdesk.workflows (org_id, id) on delete cascade,
  constraint workflow_stages_workflow_id_id_key unique (org_id, workflow_id, id),
  constraint workflow_stages_name_check check (not helpdesk.is_blank(name) and pg_catalog.char_length(name) <= 200),
  constraint workflow_stages_description_check check (pg_catalog.char_length(description) <= 10000),
  constraint workflow_stages_status_check check (status in ('open', 'pending', 'resolved', 'closed'))
);

create table helpdesk.workflow_transitions (
  org_id uuid not null,
  workflow_id uuid not null,
  from_stage_id uuid not null,
  to_stage_id uuid not null,
  min_role text not null default 'org_agent',
  constraint workflow_transitions_pkey primary key (org_id, workflow_id, from_stage_id, to_stage_id),
  constraint workflow_transitions_from_stage_id_fkey foreign key (org_id, workflow_id, from_stage_id)
    references helpdesk.workflow_stages (org_id, workflow_id, id) on delete cascade,
  constraint workflow_transitions_to_stage_id_fkey foreign key (org_id, workflow_id, to_stage_id)
    references helpdesk.workflow_stages (org_id, workflow_id, id) on delete cascade,
  constraint workflow_transitions_min_role_check check (min_role in ('org_agent', 'org_admin')),
  constraint workflow_transitions_to_stage_id_check check (to_stage_id <> from_stage_id)
);

-- Statistics are of all organizations: what the planner expects of a text would tell everybody whether somebody else has it.
alter table helpdesk.workflows
  alter column name set statistics 0,
  alter column description set statistics 0;
alter table helpdesk.workflow_stages
  alter column name set statistics 0,
  alter column description set statistics 0;

---- Indexes

create index workflows_id_idx on helpdesk.workflows (id);
create index workflow_stages_id_idx on helpdesk.workflow_stages (id);
create unique index workflow_stages_start_key on helpdesk.workflow_stages (org_id, workflow_id) where is_start;
create index workflow_transitions_to_idx on helpdesk.workflow_transitions (org_id, workflow_id, to_stage_id);

---- Triggers

create trigger workflow_stages_single_start
  before insert or update or delete on helpdesk.workflow_stages
  for each row execute function helpdesk.workflow_stages_single_start();

create trigger workflow_stages_push_status
  after update of status on helpdesk.workflow_stages
  for each row when (old.status is distinct from new.status)
  execute function helpdesk.workflow_stages_push_status();

---- Row security

alter table helpdesk.workflows enable row level security;
alter table helpdesk.workflow_stages enable row level security;
alter table helpdesk.workflow_transitions enable row level security;

create policy members_read_workflows on helpdesk.workflows for select to authenticated
  using (org_id = any (helpdesk.my_org_ids()));

create policy admins_create_workflows on helpdesk.workflows for insert to authenticated
  with check (org_id = any (helpdesk.my_admin_org_ids()));

create policy admins_change_workflows on helpdesk.workflows for update to authenticated
  using (org_id = any (helpdesk.my_admin_org_ids()))
  with check (org_id = any (helpdesk.my_admin_org_ids()));

create policy admins_delete_workflows on helpdesk.workflows for delete to authenticated
  using (org_id = any (helpdesk.my_admin_org_ids()));

create policy members_read_stages on helpdesk.workflow_stages for select to authenticated
  using (org_id = any (helpdesk.my_org_ids()));

create policy admins_create_stages on helpdesk.workflow_stages for insert to authenticated
  with check (org_id = any (helpdesk.my_admin_org_ids()));

create policy admins_change_stages on helpdesk.workflow_stages for update to authenticated
  using (org_id = any (helpdesk.my_admin_org_ids()))
  with check (org_id = any (helpdesk.my_admin_org_ids()));

create policy admins_delete_stages on helpdesk.workflow_stages for delete to authenticated
  using (org_id = any (helpdesk.my_admin_org_ids()));

create policy members_read_transitions on helpdesk.workflow_transitions for select to authenticated
  using (org_id = any (helpdesk.my_org_ids()));

create policy admins_create_transitions on helpdesk.workflow_transitions for insert to authenticated
  with check (org_id = any (helpdesk.my_admin_org_ids()));

create policy admins_change_transitions on helpdesk.workflow_transitions for update to authenticated
  using (org_id = any (helpdesk.my_admin_org_ids()))
  with check (org_id = any (helpdesk.my_admin_org_ids()));

create policy admins_delete_transitions on helpdesk.workflow_transitions for delete to authenticated
  using (org_id = any (helpdesk.my_admin_org_ids()));

---- Comments

comment on table helpdesk.workflow_transitions is
  'Which moves a workflow allows. A workflow without rows allows every move; one with rows allows only those.';
comment on column helpdesk.workflow_transitions.org_id is 'The organization.';
comment on column helpdesk.workflow_transitions.workflow_id is 'The workflow.';
comment on column helpdesk.workflow_transitions.from_stage_id is 'From this stage ..';
comment on column helpdesk.workflow_transitions.to_stage_id is '.. to this one.';
comment on column helpdesk.workflow_transitions.min_role is 'Who may make the move: org_agent (all staff) or org_admin only.';
comment on index helpdesk.workflow_transitions_to_idx is 'Serves the foreign key to stages.';
comment on policy members_read_transitions on helpdesk.workflow_transitions is 'Members read the moves of their organizations.';
comment on policy admins_create_transitions on helpdesk.workflow_transitions is 'Admins of an organization allow moves.';
comment on policy admins_change_transitions on helpdesk.workflow_transitions is 'Admins of an organization change who may make a move.';
comment on policy admins_delete_transitions on helpdesk.workflow_transitions is 'Admins of an organization forbid moves again.';

comment on table helpdesk.workflows is 'A way of handling tickets: a named list of stages. A new organization gets one named "Support".';
comment on column helpdesk.workflows.org_id is 'The organization.';
comment on column helpdesk.workflows.id is 'The workflow. UUIDv7.';
comment on column helpdesk.workflows.name is 'What people read, 1 to 200 characters.';
comment on column helpdesk.workflows.description is 'What it is for, up to 10,000 characters.';
comment on column helpdesk.workflows.is_active is 'Whether new tickets may start in it. A ticket without a workflow takes the earliest active one.';
comment on column helpdesk.workflows.created_at is 'When it was made.';
comment on table helpdesk.workflow_stages is 'A step of a workflow. Its status, not its name, says what it means.';
comment on column helpdesk.workflow_stages.org_id is 'The organization.';
comment on column helpdesk.workflow_stages.id is 'The stage. UUIDv7.';
comment on column helpdesk.workflow_stages.workflow_id is 'The workflow it belongs to.';
comment on column helpdesk.workflow_stages.name is 'What people read, 1 to 200 characters.';
comment on column helpdesk.workflow_stages.description is 'What it is for, up to 10,000 characters.';
comment on column helpdesk.workflow_stages.position is 'Order in which stages are shown, ascending.';
comment on column helpdesk.workflow_stages.status is
  'open, pending (waiting on the customer), resolved or closed. Tickets in the stage have this status; changing it changes them.';
comment on column helpdesk.workflow_stages.is_start is
  'Where new tickets start. Exactly one stage of a workflow: the first one made, until another is marked.';
comment on index helpdesk.workflows_id_idx is 'Serves looking a workflow up by id alone.';
comment on index helpdesk.workflow_stages_id_idx is 'Serves looking a stage up by id alone.';
comment on index helpdesk.workflow_stages_start_key is 'Serves finding where a new ticket starts; keeps it to one stage.';
comment on constraint workflow_stages_workflow_id_id_key on helpdesk.workflow_stages is
  'What tickets refer to: a ticket''s stage belongs to its workflow.';
comment on trigger workflow_stages_single_start on helpdesk.workflow_stages is
  'Keeps exactly one start stage in a workflow that has stages; a stage stays in its workflow.';
comment on trigger workflow_stages_push_status on helpdesk.workflow_stages is 'Gives the tickets in the stage its new status.';
comment on policy members_read_workflows on helpdesk.workflows is 'Members read the workflows of their organizations.';
comment on policy admins_create_workflows on helpdesk.workflows is 'Admins of an organization make its workflows.';
comment on policy admins_change_workflows on helpdesk.workflows is 'Admins of an organization change its workflows.';
comment on policy admins_delete_workflows on helpdesk.workflows is 'Admins of an organization delete its workflows, unless tickets are in them.';
comment on policy members_read_stages on helpdesk.workflow_stages is 'Members read the stages of their organizations.';
comment on policy admins_create_stages on helpdesk.workflow_stages is 'Admins of an organization make its stages.';
comment on policy admins_change_stages on helpdesk.workflow_stages is 'Admins of an organization change its stages.';
comment on policy admins_delete_stages on helpdesk.workflow_stages is 'Admins of an organization delete its stages, unless tickets were ever in them.';
