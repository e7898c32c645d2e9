-- How people get in: invites to an organization, and codes that make an administrator of the installation.

set local search_path = pg_catalog, pg_temp;

---- Tables

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
  constraint org_invites_org_id_fkey foreign key (org_id) references helpdesk.organizations (id) on delete cascade,
  constraint org_invites_created_by_fkey foreign key (created_by) references helpdesk.profiles (id),
  constraint org_invites_used_by_fkey foreign key (used_by) references helpdesk.profiles (id),
  constraint org_invites_email_check check (email ~ '^[^@\s]+@[^@\s]+$' and pg_catalog.char_length(email) <= 320),
  constraint org_invites_expires_at_check check (expires_at > created_at and expires_at <= created_at + interval '366 days'),
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
  constraint admin_invite_codes_created_by_fkey foreign key (created_by) references helpdesk.profiles (id),
  constraint admin_invite_codes_used_by_fkey foreign key (used_by) references helpdesk.profiles (id),
  constraint admin_invite_codes_code_check check (code ~ '^[0-9a-f]{64}$'),
  constraint admin_invite_codes_expires_at_check check (expires_at > created_at and expires_at <= created_at + interval '366 days'),
  constraint admin_invite_codes_used_by_check check ((used_at is null) = (used_by is null))
);

-- Statistics are of all organizations: what the planner expects of a text would tell everybody whether somebody else has it.
alter table helpdesk.org_invites
  alter column email set statistics 0;

---- Indexes

create index org_invites_id_idx on helpdesk.org_invites (id);
create unique index org_invites_pending_key on helpdesk.org_invites (org_id, pg_catalog.lower(email collate "C")) where used_at is null;
create index org_invites_email_idx on helpdesk.org_invites (pg_catalog.lower(email collate "C")) where used_at is null;
alter index helpdesk.org_invites_pending_key alter column 2 set statistics 0;
alter index helpdesk.org_invites_email_idx alter column 1 set statistics 0;
create index org_invites_created_by_idx on helpdesk.org_invites (created_by);
create index org_invites_used_by_idx on helpdesk.org_invites (used_by);
create index admin_invite_codes_created_by_idx on helpdesk.admin_invite_codes (created_by);
create index admin_invite_codes_used_by_idx on helpdesk.admin_invite_codes (used_by);

---- Row security

alter table helpdesk.org_invites enable row level security;
alter table helpdesk.admin_invite_codes enable row level security;

create policy admins_read_invites on helpdesk.org_invites for select to authenticated
  using (org_id = any (helpdesk.my_admin_org_ids()));

create policy admins_invite on helpdesk.org_invites for insert to authenticated
  with check (org_id = any (helpdesk.my_admin_org_ids()) and created_by = helpdesk.my_profile_id());

create policy admins_revoke_invites on helpdesk.org_invites for delete to authenticated
  using (org_id = any (helpdesk.my_admin_org_ids()) and used_at is null);

create policy admins_read_codes on helpdesk.admin_invite_codes for select to authenticated
  using (helpdesk.is_installation_admin());

create policy admins_revoke_codes on helpdesk.admin_invite_codes for delete to authenticated
  using (helpdesk.is_installation_admin() and used_at is null);

---- Comments

comment on table helpdesk.org_invites is
  'Who was invited to an organization, and as what. Accepted by the person whose confirmed e-mail address it names, once. Revoking deletes it; what was accepted stays.';
comment on column helpdesk.org_invites.org_id is 'The organization.';
comment on column helpdesk.org_invites.id is 'The invite, a random UUID. It goes into the link that the application mails.';
comment on column helpdesk.org_invites.email is 'The address it is bound to; the case of ASCII letters does not matter.';
comment on column helpdesk.org_invites.role is 'What they become: customer (org_customer), agent (org_agent) or admin (org_admin).';
comment on column helpdesk.org_invites.created_at is 'When they were invited.';
comment on column helpdesk.org_invites.expires_at is 'From then on it cannot be accepted; at most 366 days later.';
comment on column helpdesk.org_invites.created_by is 'Who invited. It counts only while they are org_admin. Null: a backend or the database administrator.';
comment on column helpdesk.org_invites.used_at is 'When it was accepted; null until then.';
comment on column helpdesk.org_invites.used_by is 'Who accepted it.';
comment on table helpdesk.admin_invite_codes is
  'Codes that make who redeems them an administrator of the installation. Only digests are stored; a code is shown once, when it is made.';
comment on column helpdesk.admin_invite_codes.code is 'SHA-256 of the code, in hex.';
comment on column helpdesk.admin_invite_codes.created_at is 'When it was made.';
comment on column helpdesk.admin_invite_codes.expires_at is 'From then on it cannot be redeemed; at most 366 days later.';
comment on column helpdesk.admin_invite_codes.created_by is 'Who made it. It counts only while they are administrator of the installation. Null: a backend or the database administrator.';
comment on column helpdesk.admin_invite_codes.used_at is 'When it was redeemed; null until then.';
comment on column helpdesk.admin_invite_codes.used_by is 'Who redeemed it.';
comment on index helpdesk.org_invites_id_idx is 'Serves accept_org_invite and revoke_org_invite, which know the id alone.';
comment on index helpdesk.org_invites_pending_key is 'Serves inviting again: an address has at most one pending invite of an organization.';
comment on index helpdesk.org_invites_email_idx is 'Serves my_pending_invites.';
comment on index helpdesk.org_invites_created_by_idx is 'Serves the foreign key to profiles.';
comment on index helpdesk.org_invites_used_by_idx is 'Serves the foreign key to profiles.';
comment on index helpdesk.admin_invite_codes_created_by_idx is 'Serves the foreign key to profiles.';
comment on index helpdesk.admin_invite_codes_used_by_idx is 'Serves the foreign key to profiles.';
comment on policy admins_read_invites on helpdesk.org_invites is 'Admins of an organization read its invites; the invited person calls my_pending_invites().';
comment on policy admins_invite on helpdesk.org_invites is 'Admins of an organization invite, in their own name.';
comment on policy admins_revoke_invites on helpdesk.org_invites is 'Admins of an organization revoke an invite that was not accepted yet.';
comment on policy admins_read_codes on helpdesk.admin_invite_codes is 'Administrators of the installation see which codes there are, not the codes.';
comment on policy admins_revoke_codes on helpdesk.admin_invite_codes is 'Administrators of the installation revoke a code that was not redeemed yet.';
