-- Workflows, their stages, and the allowed moves between stages.

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
  constraint workflows_org_id_fkey foreign key (org_id)
    references helpdesk.organizations (id) on delete cascade,
  constraint workflows_name_check
    check (helpdesk.is_text(name, 200)),
  constraint workflows_description_check check (pg_catalog.char_length(description) <= 10000)
);

create table helpdesk.workflow_stages (
  org_id uuid not null,
  id uuid not null default helpdesk.uuid_generate_v7(),
  workflow_id uuid not null,
  name text not null,
  description text,
  -- The default stands for "last", which a trigger replaces.
  position integer not null default 2147483647,
  status text not null default 'open',
  is_start boolean not null default false,
  is_active boolean not null default true,
  constraint workflow_stages_pkey primary key (org_id, id),
  constraint workflow_stages_workflow_id_fkey foreign key (org_id, workflow_id)
    references helpdesk.workflows (org_id, id) on delete cascade,
  constraint workflow_stages_workflow_id_id_key unique (org_id, workflow_id, id),
  -- Deferrable, so that one UPDATE can exchange positions.
  constraint workflow_stages_position_key unique (org_id, workflow_id, position) deferrable,
  constraint workflow_stages_name_check
    check (helpdesk.is_text(name, 200)),
  constraint workflow_stages_description_check check (pg_catalog.char_length(description) <= 10000),
  constraint workflow_stages_status_check
    check (status in ('open', 'pending', 'resolved', 'closed')),
  constraint workflow_stages_start_check
    check (not is_start or (is_active and status not in ('resolved', 'closed')))
);

create table helpdesk.workflow_transitions (
  org_id uuid not null,
  workflow_id uuid not null,
  from_stage_id uuid not null,
  to_stage_id uuid not null,
  min_role text not null default 'org_agent',
  constraint workflow_transitions_pkey primary key
    (org_id, workflow_id, from_stage_id, to_stage_id),
  constraint workflow_transitions_from_stage_id_fkey
    foreign key (org_id, workflow_id, from_stage_id)
    references helpdesk.workflow_stages (org_id, workflow_id, id) on delete cascade,
  constraint workflow_transitions_to_stage_id_fkey
    foreign key (org_id, workflow_id, to_stage_id)
    references helpdesk.workflow_stages (org_id, workflow_id, id) on delete cascade,
  constraint workflow_transitions_min_role_check check (min_role in ('org_agent', 'org_admin')),
  constraint workflow_transitions_to_stage_id_check check (to_stage_id <> from_stage_id)
);

-- Planner statistics cover all organizations: row estimates for a text would reveal whether another
-- organization has it.
alter table helpdesk.workflows
  alter column name set statistics 0,
  alter column description set statistics 0;
alter table helpdesk.workflow_stages
  alter column name set statistics 0,
  alter column description set statistics 0;

---- Indexes

create index workflows_id_idx on helpdesk.workflows (id);
create index workflow_stages_id_idx on helpdesk.workflow_stages (id);
create unique index workflow_stages_start_key
  on helpdesk.workflow_stages (org_id, workflow_id) where is_start;
create unique index workflow_stages_name_key
  on helpdesk.workflow_stages (org_id, workflow_id, pg_catalog.lower(name));
alter index helpdesk.workflow_stages_name_key alter column 3 set statistics 0;
create index workflow_transitions_to_idx
  on helpdesk.workflow_transitions (org_id, workflow_id, to_stage_id);

---- Triggers

create trigger workflows_check_admin
  before insert on helpdesk.workflows
  for each row execute function helpdesk.check_admin();

create trigger workflow_stages_check_admin
  before insert on helpdesk.workflow_stages
  for each row execute function helpdesk.check_admin();

create trigger workflow_transitions_check_admin
  before insert on helpdesk.workflow_transitions
  for each row execute function helpdesk.check_admin();

create trigger workflows_keep_used
  before delete on helpdesk.workflows
  for each row execute function helpdesk.workflows_keep_used();

create trigger workflow_stages_single_start
  before insert or update or delete on helpdesk.workflow_stages
  for each row execute function helpdesk.workflow_stages_single_start();

create trigger workflow_stages_push_status
  after update of status on helpdesk.workflow_stages
  for each row when (old.status is distinct from new.status)
  execute function helpdesk.workflow_stages_push_status();

---- Row security

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

comment on table helpdesk.workflows is
  'A named list of stages that tickets pass through. A new organization gets one named "Support".';
comment on column helpdesk.workflows.org_id is 'The organization.';
comment on column helpdesk.workflows.id is 'The workflow. UUIDv7.';
comment on column helpdesk.workflows.name is 'Display name, 1 to 200 characters.';
comment on column helpdesk.workflows.description is 'Description, up to 10,000 characters.';
comment on column helpdesk.workflows.is_active is
  'Whether new tickets can use it. A ticket without a workflow gets the earliest active one.';
comment on column helpdesk.workflows.created_at is 'When the workflow was created.';

comment on table helpdesk.workflow_stages is
  'A stage of a workflow. Its status, not its name, determines what it means.';
comment on column helpdesk.workflow_stages.org_id is 'The organization.';
comment on column helpdesk.workflow_stages.id is 'The stage. UUIDv7.';
comment on column helpdesk.workflow_stages.workflow_id is 'The workflow that the stage belongs to.';
comment on column helpdesk.workflow_stages.name is
'Display name, 1 to 200 characters, unique within the workflow (ignoring case); surrounding white
  space is trimmed.';
comment on column helpdesk.workflow_stages.description is 'Description, up to 10,000 characters.';
comment on column helpdesk.workflow_stages.position is
'Position among the stages of the workflow, unique within it; stages are displayed in ascending
  order. Default: after all others. reorder_stages() sets all of them.';
comment on column helpdesk.workflow_stages.status is
'open, pending (waiting for the customer), resolved or closed. Tickets in the stage have this status;
  changing it changes theirs.';
comment on column helpdesk.workflow_stages.is_start is
'Whether new tickets start in this stage. True for exactly one stage of each workflow: the first one
  created that can be it, until another one is chosen. It is active, and open or pending.';
comment on column helpdesk.workflow_stages.is_active is
'Whether tickets can enter the stage. A retired stage keeps the tickets that are in it, and is left
  out where a stage is chosen.';
comment on constraint workflow_stages_position_key on helpdesk.workflow_stages is
  'Two stages of a workflow have different positions.';
comment on constraint workflow_stages_start_check on helpdesk.workflow_stages is
  'New tickets start in a stage that is active, and open or pending.';
comment on constraint workflow_stages_workflow_id_id_key on helpdesk.workflow_stages is
  'Target of the foreign key by which the stage of a ticket belongs to its workflow.';

comment on table helpdesk.workflow_transitions is
  'The moves that a workflow allows. A workflow without rows here allows every move.';
comment on column helpdesk.workflow_transitions.org_id is 'The organization.';
comment on column helpdesk.workflow_transitions.workflow_id is 'The workflow.';
comment on column helpdesk.workflow_transitions.from_stage_id is 'The stage that a ticket leaves.';
comment on column helpdesk.workflow_transitions.to_stage_id is 'The stage that it enters.';
comment on column helpdesk.workflow_transitions.min_role is
  'Who may make the move: org_agent (all staff) or org_admin (admins only).';

comment on index helpdesk.workflows_id_idx is 'Serves lookups of a workflow by id alone.';
comment on index helpdesk.workflow_stages_id_idx is 'Serves lookups of a stage by id alone.';
comment on index helpdesk.workflow_stages_start_key is
  'Serves the lookup of the start stage and keeps it unique per workflow.';
comment on index helpdesk.workflow_stages_name_key is
  'Keeps names unique within a workflow.';
comment on index helpdesk.workflow_transitions_to_idx is 'Serves the foreign key to stages.';

comment on trigger workflows_check_admin on helpdesk.workflows is
  'Refuses a caller who is not an admin of the organization.';
comment on trigger workflow_stages_check_admin on helpdesk.workflow_stages is
  'Refuses a caller who is not an admin of the organization.';
comment on trigger workflow_transitions_check_admin on helpdesk.workflow_transitions is
  'Refuses a caller who is not an admin of the organization.';
comment on trigger workflow_stages_single_start on helpdesk.workflow_stages is
'Keeps exactly one start stage in a workflow, names unique, and each stage in its workflow. Puts a
  new stage last, and refuses to delete one that tickets are or were in.';
comment on trigger workflows_keep_used on helpdesk.workflows is
  'Refuses to delete a workflow that tickets use or used.';
comment on trigger workflow_stages_push_status on helpdesk.workflow_stages is
  'Copies the new status to the tickets in the stage.';

comment on policy members_read_workflows on helpdesk.workflows is
  'Members read the workflows of their organizations.';
comment on policy admins_create_workflows on helpdesk.workflows is
  'Admins create workflows in their organizations.';
comment on policy admins_change_workflows on helpdesk.workflows is
  'Admins update the workflows of their organizations.';
comment on policy admins_delete_workflows on helpdesk.workflows is
  'Admins delete workflows of their organizations that no ticket ever used.';
comment on policy members_read_stages on helpdesk.workflow_stages is
  'Members read the stages of their organizations.';
comment on policy admins_create_stages on helpdesk.workflow_stages is
  'Admins create stages in their organizations.';
comment on policy admins_change_stages on helpdesk.workflow_stages is
  'Admins update the stages of their organizations.';
comment on policy admins_delete_stages on helpdesk.workflow_stages is
  'Admins delete stages of their organizations that no ticket was ever in.';
comment on policy members_read_transitions on helpdesk.workflow_transitions is
  'Members read the allowed moves of their organizations.';
comment on policy admins_create_transitions on helpdesk.workflow_transitions is
  'Admins allow moves in their organizations.';
comment on policy admins_change_transitions on helpdesk.workflow_transitions is
  'Admins decide who may make a move.';
comment on policy admins_delete_transitions on helpdesk.workflow_transitions is
  'Admins withdraw allowed moves.';
