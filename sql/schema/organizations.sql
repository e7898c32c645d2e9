-- Tenants, their members, and how people join: invites to an organization, and codes that make
-- someone an administrator of the installation. Who may found an organization.

set local search_path = pg_catalog, pg_temp;

---- Tables

create table helpdesk.installation_settings (
  is_only_row boolean not null default true,
  who_may_found_organizations text not null default 'confirmed',
  constraint installation_settings_pkey primary key (is_only_row),
  constraint installation_settings_is_only_row_check check (is_only_row),
  constraint installation_settings_who_may_found_organizations_check
    check (who_may_found_organizations in ('anyone', 'confirmed', 'administrators'))
);

insert into helpdesk.installation_settings default values;

create table helpdesk.organizations (
  id uuid not null default helpdesk.uuid_generate_v7(),
  name text not null,
  created_at timestamptz not null default pg_catalog.now(),
  created_by uuid not null default helpdesk.ensure_profile(),
  agents_may_invite boolean not null default false,
  open_to_customers boolean not null default false,
  reopen_on_customer_comment boolean not null default true,
  closed_ticket_replies text not null default 'reopen',
  notification_retention interval not null default '30 days',
  search_language text not null default 'simple',
  search_ignores_accents boolean not null default true,
  sort_locale text,
  time_zone text not null default 'UTC',
  constraint organizations_pkey primary key (id),
  constraint organizations_created_by_fkey foreign key (created_by)
    references helpdesk.profiles (id),
  constraint organizations_closed_ticket_replies_check
    check (closed_ticket_replies in ('reopen', 'refuse')),
  constraint organizations_notification_retention_check
    check (notification_retention between interval '1 hour' and interval '10 years'),
  constraint organizations_name_check
    check (helpdesk.is_text(name, 200))
);

create table helpdesk.org_members (
  org_id uuid not null,
  user_id uuid not null,
  org_role text not null,
  added_at timestamptz not null default pg_catalog.now(),
  added_by uuid default helpdesk.my_profile_id(),
  may_be_assigned boolean not null default false,
  constraint org_members_pkey primary key (org_id, user_id),
  constraint org_members_org_id_fkey foreign key (org_id)
    references helpdesk.organizations (id) on delete cascade,
  constraint org_members_user_id_fkey foreign key (user_id) references helpdesk.profiles (id),
  constraint org_members_added_by_fkey foreign key (added_by) references helpdesk.profiles (id),
  constraint org_members_org_role_check
    check (org_role in ('org_admin', 'org_agent', 'org_customer'))
);

create table helpdesk.org_invites (
  org_id uuid not null,
  id uuid not null default pg_catalog.gen_random_uuid(),
  email text not null,
  role helpdesk.user_role not null default 'customer',
  created_at timestamptz not null default pg_catalog.now(),
  expires_at timestamptz not null default pg_catalog.now() + interval '7 days',
  created_by uuid default helpdesk.my_profile_id(),
  used_at timestamptz,
  used_by uuid,
  constraint org_invites_pkey primary key (org_id, id),
  constraint org_invites_org_id_fkey foreign key (org_id)
    references helpdesk.organizations (id) on delete cascade,
  constraint org_invites_created_by_fkey foreign key (created_by) references helpdesk.profiles (id),
  constraint org_invites_used_by_fkey foreign key (used_by) references helpdesk.profiles (id),
  constraint org_invites_email_check
    check (pg_catalog.char_length(email) <= 320 and email ~ '^[^@\s]+@[^@\s]+$'),
  constraint org_invites_expires_at_check
    check (expires_at > created_at and expires_at <= created_at + interval '366 days'),
  constraint org_invites_used_by_check check ((used_at is null) = (used_by is null))
);

create table helpdesk.admin_invite_codes (
  code text not null,
  created_at timestamptz not null default pg_catalog.now(),
  expires_at timestamptz not null,
  created_by uuid,
  used_at timestamptz,
  used_by uuid,
  constraint admin_invite_codes_pkey primary key (code),
  constraint admin_invite_codes_created_by_fkey foreign key (created_by)
    references helpdesk.profiles (id),
  constraint admin_invite_codes_used_by_fkey foreign key (used_by)
    references helpdesk.profiles (id),
  constraint admin_invite_codes_code_check check (code ~ '^[0-9a-f]{64}$'),
  constraint admin_invite_codes_expires_at_check
    check (expires_at > created_at and expires_at <= created_at + interval '366 days'),
  constraint admin_invite_codes_used_by_check check ((used_at is null) = (used_by is null))
);

-- Planner statistics cover all organizations: row estimates for a text would reveal whether another
-- organization has it.
alter table helpdesk.organizations
  alter column name set statistics 0;
alter table helpdesk.org_invites
  alter column email set statistics 0;

---- Indexes

create index organizations_created_by_idx on helpdesk.organizations (created_by);
create index org_members_user_id_idx on helpdesk.org_members (user_id) include (org_id, org_role);
create index org_members_added_by_idx on helpdesk.org_members (added_by);
create index org_members_admins_idx on helpdesk.org_members (org_id) where org_role = 'org_admin';

create index org_invites_id_idx on helpdesk.org_invites (id);
create unique index org_invites_pending_key
  on helpdesk.org_invites (org_id, pg_catalog.lower(email collate "C")) where used_at is null;
create index org_invites_email_idx
  on helpdesk.org_invites (pg_catalog.lower(email collate "C")) where used_at is null;
alter index helpdesk.org_invites_pending_key alter column 2 set statistics 0;
alter index helpdesk.org_invites_email_idx alter column 1 set statistics 0;
create index org_invites_created_by_idx on helpdesk.org_invites (created_by);
create index org_invites_used_by_idx on helpdesk.org_invites (used_by);
create index admin_invite_codes_created_by_idx on helpdesk.admin_invite_codes (created_by);
create index admin_invite_codes_used_by_idx on helpdesk.admin_invite_codes (used_by);

---- Triggers

create trigger installation_settings_receive
  before insert on helpdesk.installation_settings
  for each row execute function helpdesk.receive_only_row();

create trigger on_org_created
  after insert on helpdesk.organizations
  for each row execute function helpdesk.handle_new_org();

create trigger organizations_check_founder
  before insert on helpdesk.organizations
  for each row execute function helpdesk.organizations_check_founder();

create trigger org_invites_check_sender
  before insert on helpdesk.org_invites
  for each row execute function helpdesk.org_invites_check_sender();

-- Fires before org_members_keep_admin.
create trigger org_members_canonicalize_role
  before insert or update of org_role on helpdesk.org_members
  for each row execute function helpdesk.org_members_canonicalize_role();

create trigger org_invites_canonicalize_role
  before insert or update of role on helpdesk.org_invites
  for each row execute function helpdesk.org_invites_canonicalize_role();

create trigger org_members_keep_admin
  before update or delete on helpdesk.org_members
  for each row execute function helpdesk.org_members_keep_admin();

create trigger org_members_revoke
  after update of org_role, may_be_assigned or delete on helpdesk.org_members
  for each row execute function helpdesk.org_members_revoke();

---- Row security

create policy people_read_settings on helpdesk.installation_settings for select to authenticated
  using (helpdesk.my_profile_id() is not null);

create policy admins_change_settings on helpdesk.installation_settings for update to authenticated
  using (helpdesk.is_installation_admin())
  with check (helpdesk.is_installation_admin());

create policy create_org on helpdesk.organizations for insert to authenticated
  with check (created_by = helpdesk.my_profile_id() and helpdesk.may_create_organization());

create policy view_own_org on helpdesk.organizations for select to authenticated
  using (id = any (helpdesk.my_org_ids()));

create policy founder_reads_new_org on helpdesk.organizations for select to authenticated
  using (created_by = helpdesk.my_profile_id() and created_at = pg_catalog.now());

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

create policy admins_read_invites on helpdesk.org_invites for select to authenticated
  using (org_id = any (helpdesk.my_admin_org_ids()));

create policy admins_invite on helpdesk.org_invites for insert to authenticated
  with check (org_id = any (helpdesk.my_admin_org_ids()) and created_by = helpdesk.my_profile_id());

create policy agents_read_own_invites on helpdesk.org_invites for select to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids()) and created_by = helpdesk.my_profile_id());

create policy agents_invite_customers on helpdesk.org_invites for insert to authenticated
  with check (org_id = any (helpdesk.my_inviting_org_ids()) and role = 'customer'
              and created_by = helpdesk.my_profile_id());

create policy agents_revoke_own_invites on helpdesk.org_invites for delete to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids()) and created_by = helpdesk.my_profile_id()
         and used_at is null);

create policy admins_revoke_invites on helpdesk.org_invites for delete to authenticated
  using (org_id = any (helpdesk.my_admin_org_ids()) and used_at is null);

create policy admins_read_codes on helpdesk.admin_invite_codes for select to authenticated
  using (helpdesk.is_installation_admin());

create policy admins_revoke_codes on helpdesk.admin_invite_codes for delete to authenticated
  using (helpdesk.is_installation_admin() and used_at is null);

---- Comments

comment on table helpdesk.installation_settings is
  'Settings of the whole installation. Exactly one row.';
comment on column helpdesk.installation_settings.is_only_row is 'True, so that there is one row.';
comment on column helpdesk.installation_settings.who_may_found_organizations is
'Who may create an organization: anyone (everybody who is signed in), confirmed (people with a
  confirmed e-mail address) or administrators (of the installation, who always may).';

comment on table helpdesk.organizations is
  'A tenant. Nothing in it is visible to another organization.';
comment on column helpdesk.organizations.id is
  'The tenant. The primary key of every tenant table starts with it. UUIDv7.';
comment on column helpdesk.organizations.name is 'Display name, 1 to 200 characters; not unique.';
comment on column helpdesk.organizations.created_at is 'When the organization was created.';
comment on column helpdesk.organizations.created_by is
  'The profile that created it and became its first org_admin.';
comment on column helpdesk.organizations.agents_may_invite is
  'Whether agents may invite customers. Admins invite anybody.';
comment on column helpdesk.organizations.open_to_customers is
  'Whether anybody with a confirmed e-mail address may join as customer by join_organization().';
comment on column helpdesk.organizations.reopen_on_customer_comment is
  'Whether a public comment by the requester reopens a pending or resolved ticket.';
comment on column helpdesk.organizations.closed_ticket_replies is
'What a public comment or file by the requester does to a closed ticket: reopen, or refuse, an error
  that says to open a new ticket.';
comment on column helpdesk.organizations.notification_retention is
  'How long notifications are kept: 1 hour to 10 years.';
comment on column helpdesk.organizations.search_ignores_accents is
  'Whether a search for cafe also finds café, after what is written exactly so.';
comment on column helpdesk.organizations.search_language is
'Text search configuration for its texts, such as english or german. The default, simple, indexes
  words as they are written. Changing it rebuilds the full-text index of the organization; with more
  than 10,000 documents in batches, by continue_search_rebuild().';
comment on column helpdesk.organizations.sort_locale is
'BCP 47 tag of the language in whose order titles and names are sorted, such as cs or
  de-u-co-phonebk. Null: the language of search_language; for simple, the order that suits most
  languages.';
comment on column helpdesk.organizations.time_zone is
'Time zone of the days in ticket_activity(), such as Europe/Berlin. Days before a change of the time
  zone stay as they were counted.';

comment on table helpdesk.org_members is
  'Which profile is a member of which organization, and in which role. It decides all access.';
comment on column helpdesk.org_members.org_id is 'The organization.';
comment on column helpdesk.org_members.user_id is 'The member (helpdesk.profiles.id).';
comment on column helpdesk.org_members.org_role is
'org_admin, org_agent or org_customer; admin, agent and customer are stored so. Admins and agents
  together are the staff.';
comment on column helpdesk.org_members.added_at is 'When the membership began.';
comment on column helpdesk.org_members.added_by is
  'The profile that added the member; null for the database administrator or a backend.';
comment on column helpdesk.org_members.may_be_assigned is
  'Whether tickets can be assigned to this member even if they are not staff.';

comment on table helpdesk.org_invites is
'Invites to an organization. An invite is accepted once, by the person who has confirmed the e-mail
  address in it. Revoking deletes a pending invite; accepted invites are kept.';
comment on column helpdesk.org_invites.org_id is 'The organization.';
comment on column helpdesk.org_invites.id is
  'The invite, a random UUID. The link that the application mails contains it.';
comment on column helpdesk.org_invites.email is
  'Address of the invited person. The case of ASCII letters is ignored.';
comment on column helpdesk.org_invites.role is
'Role that the person gets: customer (org_customer), agent (org_agent) or admin (org_admin). Both
  spellings may be written; the one without org_ is stored.';
comment on column helpdesk.org_invites.created_at is 'When the invite was created.';
comment on column helpdesk.org_invites.expires_at is
  'When the invite expires; at most 366 days after it was created.';
comment on column helpdesk.org_invites.created_by is
'The profile that sent the invite, which is valid only while that person may invite. Null for a
  backend or the database administrator.';
comment on column helpdesk.org_invites.used_at is 'When the invite was accepted; null until then.';
comment on column helpdesk.org_invites.used_by is 'The profile that accepted it.';

comment on table helpdesk.admin_invite_codes is
'Codes that make the person who redeems one an administrator of the installation. The table holds
  digests; the code itself is shown only when it is created.';
comment on column helpdesk.admin_invite_codes.code is 'SHA-256 digest of the code, in hex.';
comment on column helpdesk.admin_invite_codes.created_at is 'When the code was created.';
comment on column helpdesk.admin_invite_codes.expires_at is
  'When the code expires; at most 366 days after it was created.';
comment on column helpdesk.admin_invite_codes.created_by is
'The profile that created the code, which is valid only while that person is an administrator of the
  installation. Null for a backend or the database administrator.';
comment on column helpdesk.admin_invite_codes.used_at is
  'When the code was redeemed; null until then.';
comment on column helpdesk.admin_invite_codes.used_by is 'The profile that redeemed it.';

comment on index helpdesk.organizations_created_by_idx is 'Serves the foreign key to profiles.';
comment on index helpdesk.org_members_user_id_idx is
  'Serves the lookup of the caller''s organizations, which every policy needs.';
comment on index helpdesk.org_members_added_by_idx is 'Serves the foreign key to profiles.';
comment on index helpdesk.org_members_admins_idx is
  'Serves the search for another org_admin before one is removed.';
comment on index helpdesk.org_invites_id_idx is
  'Serves accept_org_invite() and revoke_org_invite(), which look an invite up by id alone.';
comment on index helpdesk.org_invites_pending_key is
  'Serves repeated invites: an organization has at most one pending invite per address.';
comment on index helpdesk.org_invites_email_idx is 'Serves my_pending_invites().';
comment on index helpdesk.org_invites_created_by_idx is 'Serves the foreign key to profiles.';
comment on index helpdesk.org_invites_used_by_idx is 'Serves the foreign key to profiles.';
comment on index helpdesk.admin_invite_codes_created_by_idx is
  'Serves the foreign key to profiles.';
comment on index helpdesk.admin_invite_codes_used_by_idx is 'Serves the foreign key to profiles.';

comment on trigger organizations_check_founder on helpdesk.organizations is
  'People found organizations in their own name, if they may.';
comment on trigger org_invites_check_sender on helpdesk.org_invites is
  'People invite in their own name: admins anybody, agents customers if the organization lets them.';
comment on trigger on_org_created on helpdesk.organizations is
  'Makes the creator org_admin and creates the workflow "Support".';
comment on trigger org_members_canonicalize_role on helpdesk.org_members is
  'Stores a role such as agent as org_agent.';
comment on trigger org_invites_canonicalize_role on helpdesk.org_invites is
  'Stores a role such as org_agent as agent.';
comment on trigger org_members_keep_admin on helpdesk.org_members is
  'Refuses to remove or demote the last org_admin of an organization who can sign in.';
comment on trigger org_members_revoke on helpdesk.org_members is
'Unassigns the tickets, unless closed, of a member who can no longer be assigned. Revokes pending
  invites to the address of a member who leaves, and those sent by a member of the staff who is
  demoted.';

comment on trigger installation_settings_receive on helpdesk.installation_settings is
  'Replaces the row when a subscription brings that of another installation.';
comment on policy people_read_settings on helpdesk.installation_settings is
  'Everybody who is signed in reads the settings.';
comment on policy admins_change_settings on helpdesk.installation_settings is
  'Administrators of the installation change the settings.';
comment on policy create_org on helpdesk.organizations is
  'People create organizations in their own name if may_create_organization() lets them.';
comment on policy view_own_org on helpdesk.organizations is 'Members read their organizations.';
comment on policy founder_reads_new_org on helpdesk.organizations is
  'An INSERT returns the new row, before the membership of its founder begins.';
comment on policy manage_own_org on helpdesk.organizations is 'Admins update their organizations.';
comment on policy staff_read_members on helpdesk.org_members is
  'Staff read all members of their organizations.';
comment on policy customers_read_staff on helpdesk.org_members is
  'Customers read their own membership and those of the staff.';
comment on policy admins_change_members on helpdesk.org_members is
  'Admins change the roles of members.';
comment on policy admins_remove_members on helpdesk.org_members is
  'Admins remove members. Nobody can insert members: people join by accepting an invite.';
comment on policy admins_read_invites on helpdesk.org_invites is
  'Admins read the invites of their organizations; invited people call my_pending_invites().';
comment on policy admins_invite on helpdesk.org_invites is
  'Admins invite people to their organizations, in their own name.';
comment on policy agents_read_own_invites on helpdesk.org_invites is
  'Staff read the invites that they sent.';
comment on policy agents_invite_customers on helpdesk.org_invites is
  'Agents invite customers, in their own name, if organizations.agents_may_invite is set.';
comment on policy agents_revoke_own_invites on helpdesk.org_invites is
  'Staff revoke pending invites that they sent.';
comment on policy admins_revoke_invites on helpdesk.org_invites is
  'Admins revoke pending invites of their organizations.';
comment on policy admins_read_codes on helpdesk.admin_invite_codes is
  'Administrators of the installation list the codes, of which they see only the digests.';
comment on policy admins_revoke_codes on helpdesk.admin_invite_codes is
  'Administrators of the installation revoke codes that have not been redeemed.';
