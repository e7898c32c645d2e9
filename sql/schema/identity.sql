-- People: one profile per login. Also the schema version of all tables.

set local search_path = pg_catalog, pg_temp;

---- Tables

create table helpdesk.schema_version (
  version integer not null,
  installed_at timestamptz not null default pg_catalog.now(),
  constraint schema_version_pkey primary key (version)
);

create table helpdesk.profiles (
  id uuid not null default helpdesk.uuid_generate_v7(),
  auth_id uuid,
  role helpdesk.user_role not null default 'customer',
  name text not null,
  email text,
  email_is_confirmed boolean not null default true,
  -- No foreign key: organizations refer to profiles, so that a dump of rows alone would have no
  -- order in which it can be restored.
  imported_for uuid,
  avatar_url text,
  teams uuid[] not null default '{}',
  created_at timestamptz not null default pg_catalog.now(),
  last_active timestamptz,
  preferences jsonb not null default '{}',
  constraint profiles_pkey primary key (id),
  constraint profiles_auth_id_fkey foreign key (auth_id) references auth.users (id),
  constraint profiles_name_check
    check (helpdesk.is_text(name, 200)),
  constraint profiles_role_check check (role in ('customer', 'agent', 'admin')),
  constraint profiles_avatar_url_check
    check (pg_catalog.char_length(avatar_url) <= 2000
           and avatar_url ~ '^https?://[^[:space:][:cntrl:]]+$'),
  constraint profiles_preferences_check check (pg_catalog.jsonb_typeof(preferences) = 'object')
);

-- Planner statistics cover all organizations: row estimates for a text would reveal whether another
-- organization has it.
alter table helpdesk.profiles
  alter column name set statistics 0,
  alter column email set statistics 0,
  alter column avatar_url set statistics 0,
  alter column teams set statistics 0;

---- Indexes

-- Partial, so that a foreign key cannot refer to it: otherwise detaching a login would lock out
-- everybody who writes a row that names the person.
create unique index profiles_auth_id_key on helpdesk.profiles (auth_id) where auth_id is not null;
create unique index profiles_imported_for_email_key
  on helpdesk.profiles (imported_for, pg_catalog.lower(email collate "C")) where imported_for is not null;
alter index helpdesk.profiles_imported_for_email_key alter column 2 set statistics 0;
create index profiles_email_idx on helpdesk.profiles (pg_catalog.lower(email collate "C"));
alter index helpdesk.profiles_email_idx alter column 1 set statistics 0;

---- Triggers

create trigger schema_version_receive
  before insert on helpdesk.schema_version
  for each row execute function helpdesk.receive_only_row();

-- Without a list of columns, which would keep Supabase Auth from changing their types.
create trigger helpdesk_handle_new_user
  after insert or update on auth.users
  for each row execute function helpdesk.handle_new_user();

create trigger helpdesk_profiles_detach_login
  before delete on auth.users
  for each row execute function helpdesk.profiles_detach_login();

create trigger profiles_protect_columns
  before update on helpdesk.profiles
  for each row execute function helpdesk.profiles_protect_columns();

---- Row security

create policy anyone_reads_version on helpdesk.schema_version for select to authenticated
  using (true);

create policy own_profile on helpdesk.profiles for select to authenticated
  using (id = helpdesk.my_profile_id());

create policy staff_read_members on helpdesk.profiles for select to authenticated
  using (helpdesk.is_member_of_my_orgs(id));

create policy update_own_profile on helpdesk.profiles for update to authenticated
  using (id = helpdesk.my_profile_id())
  with check (id = helpdesk.my_profile_id());

---- Comments

comment on table helpdesk.schema_version is 'Schema version of the tables. Exactly one row.';
comment on column helpdesk.schema_version.version is
  'Incremented by each release that changes tables. Functions refuse tables of another version.';
comment on column helpdesk.schema_version.installed_at is
  'When the tables were created in, or migrated to, this version.';

comment on table helpdesk.profiles is
  'A person: the author of tickets, comments and history. A profile outlives its login.';
comment on column helpdesk.profiles.id is
  'The person. Other tables refer to people by this id. UUIDv7.';
comment on column helpdesk.profiles.auth_id is
  'The login (auth.users.id); null after the login was deleted.';
comment on column helpdesk.profiles.role is
'Role on the installation: admin can create admin codes and organizations, customer can create
  organizations if installation_settings.who_may_found_organizations allows it, agent neither.
  Changed by redeem_admin_invite_code(), app.initial_admin_email, service_role and the database
  administrator. An admin whose login is deleted becomes customer.';
comment on column helpdesk.profiles.name is
'Display name, 1 to 200 characters. It follows the name in the metadata of the login until the person
  chooses another one.';
comment on column helpdesk.profiles.email is
'Copy of the login''s e-mail address. A trigger keeps it up to date, and install() where that was
  refused. It remains after the login was deleted.';
comment on column helpdesk.profiles.email_is_confirmed is
'Whether the address is known to be the person''s: its owner has confirmed it, or a backend has
  written a profile without a login. Whoever signs up with the address of a profile without a login,
  and confirms it, gets that profile.';
comment on column helpdesk.profiles.imported_for is
'The organization whose import_tickets() wrote the profile, for a person who had none there; null for
  all others, and once the person has signed up. No other organization uses it.';
comment on column helpdesk.profiles.avatar_url is
'Web address of a picture of the person, or null. It follows avatar_url or picture in the metadata of
  the login until the person chooses another one.';
comment on column helpdesk.profiles.teams is
  'Teams of this person. helpdesk does not use it; applications can.';
comment on column helpdesk.profiles.created_at is 'When the profile was created.';
comment on column helpdesk.profiles.last_active is
  'When the person last used the application. The application writes it.';
comment on column helpdesk.profiles.preferences is
  'Preferences of the person in the application, a JSON object.';

comment on index helpdesk.profiles_auth_id_key is
  'Serves the look-up of who is signed in; keeps a login to one profile.';
comment on index helpdesk.profiles_imported_for_email_key is
'Serves import_tickets(), which looks for the people that it has imported before; keeps an address to
  one of them in each organization.';
comment on index helpdesk.profiles_email_idx is
'Serves create_org_invite(), which checks whether an address belongs to a member, and sign-ups, which
  look for a former profile. Both ignore case.';

comment on trigger helpdesk_handle_new_user on auth.users is
'Creates the profile of a new login, or gives it the former one, and keeps address, name and picture
  up to date.';
comment on trigger helpdesk_profiles_detach_login on auth.users is
'Keeps the profile of a deleted login as the author of its history, and ends the rights of the person
  as staff and administrator.';
comment on trigger profiles_protect_columns on helpdesk.profiles is
  'Refuses changes to one''s own role, login or e-mail address, whatever privileges were granted.';

comment on trigger schema_version_receive on helpdesk.schema_version is
  'Keeps the row when a subscription brings that of another installation.';
comment on policy anyone_reads_version on helpdesk.schema_version is
  'Everybody who is signed in reads the version.';
comment on policy own_profile on helpdesk.profiles is 'People read their own profile.';
comment on policy staff_read_members on helpdesk.profiles is
  'Staff read the profiles of the members of their organizations.';
comment on policy update_own_profile on helpdesk.profiles is
'People update their own name, avatar_url, preferences and last_active. Column privileges and the
  trigger profiles_protect_columns prevent other changes.';
