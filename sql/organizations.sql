-- Tenants and who belongs to them.

set local search_path = pg_catalog, pg_temp;

---- Tables

create table helpdesk.organizations (
  id uuid not null default helpdesk.uuid_generate_v7(),
  name text not null,
  created_at timestamptz not null default pg_catalog.now(),
  created_by uuid not null default helpdesk.my_profile_id(),
  reopen_on_customer_comment boolean not null default true,
  notification_retention interval not null default '30 days',
  search_language text not null default 'simple',
  time_zone text not null default 'UTC',
  constraint organizations_pkey primary key (id),
  constraint organizations_created_by_fkey foreign key (created_by) references helpdesk.profiles (id),
  constraint organizations_notification_retention_check
    check (notification_retention between interval '1 hour' and interval '10 years'),
  constraint organizations_name_check check (not helpdesk.is_blank(name) and pg_catalog.char_length(name) <= 200)
);

create table helpdesk.org_members (
  org_id uuid not null,
  user_id uuid not null,
  org_role text not null,
  added_at timestamptz not null default pg_catalog.now(),
  added_by uuid default helpdesk.my_profile_id(),
  may_be_assigned boolean not null default false,
  constraint org_members_pkey primary key (org_id, user_id),
  constraint org_members_org_id_fkey foreign key (org_id) references helpdesk.organizations (id) on delete cascade,
  constraint org_members_user_id_fkey foreign key (user_id) references helpdesk.profiles (id),
  constraint org_members_added_by_fkey foreign key (added_by) references helpdesk.profiles (id),
  constraint org_members_org_role_check check (org_role in ('org_admin', 'org_agent', 'org_customer'))
);

-- Statistics are of all organizations: what the planner expects of a text would tell everybody whether somebody else has it.
alter table helpdesk.organizations
  alter column name set statistics 0;

---- Indexes

create index organizations_created_by_idx on helpdesk.organizations (created_by);
create index org_members_user_id_idx on helpdesk.org_members (user_id) include (org_id, org_role);
create index org_members_added_by_idx on helpdesk.org_members (added_by);
create index org_members_admins_idx on helpdesk.org_members (org_id) where org_role = 'org_admin';

---- Triggers

create trigger on_org_created
  after insert on helpdesk.organizations
  for each row execute function helpdesk.handle_new_org();

create trigger org_members_keep_admin
  before update or delete on helpdesk.org_members
  for each row execute function helpdesk.org_members_keep_admin();

create trigger org_members_revoke
  after update of org_role, may_be_assigned or delete on helpdesk.org_members
  for each row execute function helpdesk.org_members_revoke();

---- Row security

alter table helpdesk.organizations enable row level security;
alter table helpdesk.org_members enable row level security;

create policy create_org on helpdesk.organizations for insert to authenticated
  with check (created_by = helpdesk.my_profile_id() and helpdesk.may_create_organization());

create policy view_own_org on helpdesk.organizations for select to authenticated
  using (id = any (helpdesk.my_org_ids()));

create policy manage_own_org on helpdesk.organizations for update to authenticated
  using (id = any (helpdesk.my_admin_org_ids()))
  with check (id = any (helpdesk.my_admin_org_ids()));

create policy staff_read_members on helpdesk.org_members for select to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids()));

create policy customers_read_staff on helpdesk.org_members for select to authenticated
  using (org_id = any (helpdesk.my_org_ids())
         and (user_id = helpdesk.my_profile_id() or org_role in ('org_admin', 'org_agent')));

create policy admins_change_members on helpdesk.org_members for update to authenticated
  using (org_id = any (helpdesk.my_admin_org_ids()))
  with check (org_id = any (helpdesk.my_admin_org_ids()));

create policy admins_remove_members on helpdesk.org_members for delete to authenticated
  using (org_id = any (helpdesk.my_admin_org_ids()));

---- Comments

comment on table helpdesk.organizations is 'A tenant. Nothing in it is visible to another organization.';
comment on column helpdesk.organizations.id is 'The tenant; every tenant table starts its key with it. UUIDv7.';
comment on column helpdesk.organizations.name is 'Display name, 1 to 200 characters; not unique.';
comment on column helpdesk.organizations.created_at is 'When the organization was founded.';
comment on column helpdesk.organizations.created_by is 'Who founded it, and became its first org_admin.';
comment on column helpdesk.organizations.reopen_on_customer_comment is
  'Whether a public comment by somebody who is not staff reopens a pending or resolved ticket.';
comment on column helpdesk.organizations.notification_retention is 'How long notifications are kept, 1 hour to 10 years.';
comment on column helpdesk.organizations.search_language is
  'Text search configuration of Postgres that its texts are searched with: simple (words as they are written), english, german, ...; changing it indexes everything again.';
comment on column helpdesk.organizations.time_zone is
  'Where its days begin and end, for ticket_activity(): a name such as Europe/Berlin. Days that were counted before a change stay as they are.';
comment on table helpdesk.org_members is 'Who belongs to which organization, and as what. It decides who may see and do what.';
comment on column helpdesk.org_members.org_id is 'The organization.';
comment on column helpdesk.org_members.user_id is 'The member (helpdesk.profiles.id).';
comment on column helpdesk.org_members.org_role is 'org_admin or org_agent (together: staff), or org_customer.';
comment on column helpdesk.org_members.added_at is 'When the membership began.';
comment on column helpdesk.org_members.added_by is 'Who added the member; null: the database administrator or a backend.';
comment on column helpdesk.org_members.may_be_assigned is 'Whether tickets may be assigned to this member although they are not staff.';
comment on index helpdesk.organizations_created_by_idx is 'Serves the foreign key to profiles.';
comment on index helpdesk.org_members_user_id_idx is 'Serves "which organizations am I in", asked by every policy.';
comment on index helpdesk.org_members_added_by_idx is 'Serves the foreign key to profiles.';
comment on index helpdesk.org_members_admins_idx is 'Serves the search for another org_admin before one is removed.';
comment on trigger on_org_created on helpdesk.organizations is 'Makes the founder org_admin and creates the workflow "Support".';
comment on trigger org_members_keep_admin on helpdesk.org_members is 'The last org_admin of an organization cannot be removed or demoted.';
comment on trigger org_members_revoke on helpdesk.org_members is
  'Who can no longer be assigned loses the tickets that are not closed; who leaves, the invites to their address; who is no admin any more, the invites they sent.';
comment on policy create_org on helpdesk.organizations is
  'People whose role on the installation is customer or admin may found organizations, in their own name. Ask for no row back (return=minimal): membership begins after the insert.';
comment on policy view_own_org on helpdesk.organizations is 'Members read their organization.';
comment on policy manage_own_org on helpdesk.organizations is 'Admins of an organization change it.';
comment on policy staff_read_members on helpdesk.org_members is 'Staff read all members of their organizations.';
comment on policy customers_read_staff on helpdesk.org_members is 'Customers read their own membership and who the staff is.';
comment on policy admins_change_members on helpdesk.org_members is 'Admins change the role of a member.';
comment on policy admins_remove_members on helpdesk.org_members is
  'Admins remove members. Nobody adds one this way: a person joins by accepting an invite.';
