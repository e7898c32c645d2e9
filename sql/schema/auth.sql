-- The part of Supabase's auth schema that helpdesk needs, for servers without Supabase Auth. Each
-- object is created only if it is missing.

set local search_path = pg_catalog, pg_temp;

---- Tables

do $$
declare
  wrong_owner pg_catalog.text;
  missing pg_catalog.text;
  wrong pg_catalog.text;
begin
  -- The owner of these objects could impersonate anybody.
  select pg_catalog.format('%s belongs to %I', o.name, r.rolname) into wrong_owner
    from (select 'schema auth', n.nspowner from pg_catalog.pg_namespace n
           where n.nspname operator(pg_catalog.=) 'auth'
          union all
          select 'table auth.users', c.relowner from pg_catalog.pg_class c
           where c.oid operator(pg_catalog.=) pg_catalog.to_regclass('auth.users')
          union all
          select 'function auth.uid()', p.proowner from pg_catalog.pg_proc p
           where p.oid operator(pg_catalog.=) pg_catalog.to_regprocedure('auth.uid()')
         ) o (name, owner)
    join pg_catalog.pg_roles r on r.oid operator(pg_catalog.=) o.owner
   where not r.rolsuper
     and r.rolname operator(pg_catalog.<>) all
           ('{helpdesk_owner,supabase_admin,supabase_auth_admin}'::pg_catalog.name[])
   limit 1;
  if found then
    raise exception using
      errcode = '42501',
      message = wrong_owner,
      detail = 'unsafe_owner',
      hint = 'auth.users and auth.uid() decide who the caller is, so a superuser or Supabase Auth '
             'must own them. ALTER .. OWNER TO a superuser, or drop the object.';
  end if;

  if pg_catalog.to_regnamespace('auth') is null then
    create schema auth;
    comment on schema auth is
      'Logins: the part of Supabase Auth''s schema that helpdesk needs. Created by helpdesk.';
  end if;
  -- A dump without privileges has lost them. Supabase Auth sets its own.
  if not exists (
    select from pg_catalog.pg_namespace n
      join pg_catalog.pg_roles r on r.oid operator(pg_catalog.=) n.nspowner
     where n.nspname operator(pg_catalog.=) 'auth'
       and r.rolname operator(pg_catalog.=) any
             ('{supabase_admin,supabase_auth_admin}'::pg_catalog.name[])) then
    grant usage on schema auth to anon, authenticated, service_role;
  end if;

  if pg_catalog.to_regclass('auth.users') is null then
    create table auth.users (
      id uuid primary key default pg_catalog.gen_random_uuid(),
      email text,
      email_confirmed_at timestamptz,
      phone text,
      raw_app_meta_data jsonb,
      raw_user_meta_data jsonb,
      is_anonymous boolean not null default false,
      created_at timestamptz default pg_catalog.now()
    );
    create unique index users_email_key on auth.users (pg_catalog.lower(email collate "C"));
    alter table auth.users enable row level security;
    revoke all on auth.users from public, anon, authenticated;
    grant select, insert, update, delete on auth.users to service_role;
    comment on table auth.users is
      'One row per login. Your sign-up service writes it; a trigger keeps helpdesk.profiles up to '
      'date.';
    comment on column auth.users.id is 'The login. It is the sub claim of access tokens.';
    comment on column auth.users.email is
      'E-mail address; unique, ignoring case. Null for people who sign in without one.';
    comment on column auth.users.email_confirmed_at is
      'When the owner of the address confirmed it; null until then.';
    comment on column auth.users.phone is 'Phone number, for your sign-up service.';
    comment on column auth.users.raw_app_meta_data is
      'Data of your sign-up service. helpdesk does not use it.';
    comment on column auth.users.raw_user_meta_data is
'Data from the sign-up or the OAuth provider: the name (full_name, name, display_name,
  preferred_username or user_name) and the picture (avatar_url or picture) are used.';
    comment on column auth.users.is_anonymous is
      'Whether the person signed in without giving an address, for your sign-up service.';
    comment on column auth.users.created_at is 'When the login was created.';
    comment on index auth.users_email_key is
      'Serves sign-in by e-mail address and keeps addresses unique.';
  end if;

  -- A table that somebody made for their own sign-up service.
  select pg_catalog.string_agg(pg_catalog.format('%s %s', c.name, c.type), ', ') into missing
    from (values ('id', 'uuid'), ('email', 'text')) c (name, type)
   where not exists (
     select from pg_catalog.pg_attribute a
      where a.attrelid operator(pg_catalog.=) 'auth.users'::pg_catalog.regclass
        and a.attname operator(pg_catalog.=) c.name and not a.attisdropped);
  if missing is not null then
    raise exception using
      errcode = '55000',
      message = pg_catalog.format('table auth.users lacks the columns %s', missing),
      detail = 'missing_prerequisite',
      hint = 'If Supabase Auth owns the table, wait until its migrations have run. Otherwise ALTER '
             'TABLE auth.users ADD COLUMN them, or rename the table: CREATE EXTENSION creates it '
             'if it is missing.';
  end if;
  -- Only if it is needed, because it locks out everybody.
  if (select pg_catalog.count(*) from pg_catalog.pg_attribute
       where attrelid operator(pg_catalog.=) 'auth.users'::pg_catalog.regclass and not attisdropped
         and attname operator(pg_catalog.=) any
               ('{email_confirmed_at,raw_user_meta_data,created_at}'::pg_catalog.name[]))
     operator(pg_catalog.<) 3 then
    alter table auth.users
      add column if not exists email_confirmed_at timestamptz,
      add column if not exists raw_user_meta_data jsonb,
      add column if not exists created_at timestamptz default pg_catalog.now();
  end if;
  select pg_catalog.string_agg(pg_catalog.format('%I (%s)', a.attname, c.types[1]), ', ') into wrong
    from (values ('id', '{uuid}'::pg_catalog.text[]),
                 ('email', '{text,character varying,citext,extensions.citext,public.citext}'),
                 ('email_confirmed_at', '{timestamp with time zone}'),
                 ('raw_user_meta_data', '{jsonb}')) c (name, types)
    join pg_catalog.pg_attribute a
      on a.attrelid operator(pg_catalog.=) 'auth.users'::pg_catalog.regclass
     and a.attname operator(pg_catalog.=) c.name and not a.attisdropped
   where pg_catalog.format_type(a.atttypid, null) operator(pg_catalog.<>) all (c.types);
  if wrong is not null then
    raise exception using
      errcode = '55000',
      message = pg_catalog.format('columns of auth.users have types that helpdesk cannot read: %s', wrong),
      detail = 'missing_prerequisite',
      hint = 'The types that they need are in parentheses. ALTER TABLE auth.users ALTER COLUMN .. TYPE.';
  end if;
  if not exists (
    select from pg_catalog.pg_index i
     where i.indrelid operator(pg_catalog.=) 'auth.users'::pg_catalog.regclass
       and i.indisunique and i.indpred is null and i.indnkeyatts operator(pg_catalog.=) 1
       and i.indkey[0] operator(pg_catalog.=) (
         select a.attnum from pg_catalog.pg_attribute a
          where a.attrelid operator(pg_catalog.=) 'auth.users'::pg_catalog.regclass
            and a.attname operator(pg_catalog.=) 'id')) then
    raise exception using
      errcode = '55000',
      message = 'auth.users.id is not unique',
      detail = 'missing_prerequisite',
      hint = 'ALTER TABLE auth.users ADD PRIMARY KEY (id).';
  end if;

  if pg_catalog.to_regprocedure('auth.uid()') is null then
    create function auth.uid() returns uuid
      -- Calls the same C function as helpdesk.jwt_subject(), but is not a member of the extension:
      -- DROP EXTENSION drops neither it nor the policies of others that use it.
      language c stable parallel safe as '$libdir/helpdesk', 'jwt_subject_wrapper';
    revoke all on function auth.uid() from public;
    comment on function auth.uid() is
'Returns the login of the current request: the sub claim of the access token.
Null if there is none or it is not a UUID.';
  end if;
  if not exists (
    select from pg_catalog.pg_proc p
      join pg_catalog.pg_roles r on r.oid operator(pg_catalog.=) p.proowner
     where p.oid operator(pg_catalog.=) 'auth.uid()'::pg_catalog.regprocedure
       and r.rolname operator(pg_catalog.=) any
             ('{supabase_admin,supabase_auth_admin}'::pg_catalog.name[])) then
    grant execute on function auth.uid() to anon, authenticated, service_role;
  end if;
end
$$;

---- Row security

-- SECURITY DEFINER functions look up who is signed in and whether an address is confirmed, and
-- create a profile that is missing.
grant usage on schema auth to helpdesk_owner;
grant execute on function auth.uid() to helpdesk_owner;
grant select (id, email, email_confirmed_at, raw_user_meta_data) on auth.users to helpdesk_owner;
do $$
begin
  if exists (select from pg_catalog.pg_attribute
              where attrelid = 'auth.users'::pg_catalog.regclass
                and attname = 'deleted_at' and not attisdropped) then
    grant select (deleted_at) on auth.users to helpdesk_owner;
  end if;
  if not exists (select from pg_catalog.pg_policy
                  where polrelid = 'auth.users'::pg_catalog.regclass
                    and polname = 'helpdesk_reads_logins') then
    create policy helpdesk_reads_logins on auth.users for select to helpdesk_owner using (true);
    comment on policy helpdesk_reads_logins on auth.users is
'Lets the SECURITY DEFINER functions of helpdesk look up whether an address is confirmed, and create
  a profile that is missing. Column privileges restrict what they read.';
  end if;
end
$$;
