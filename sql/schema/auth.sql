-- The part of Supabase's auth schema that helpdesk needs, for servers without Supabase Auth. Each
-- object is created only if it is missing.

set local search_path = pg_catalog, pg_temp;

---- Tables

do $$
declare
  wrong_owner pg_catalog.text;
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
    grant usage on schema auth to anon, authenticated, service_role;
  end if;

  if pg_catalog.to_regclass('auth.users') is null then
    create table auth.users (
      id uuid primary key default pg_catalog.gen_random_uuid(),
      email text,
      email_confirmed_at timestamptz,
      raw_user_meta_data jsonb not null default '{}',
      created_at timestamptz not null default pg_catalog.now()
    );
    create unique index users_email_key on auth.users (pg_catalog.lower(email collate "C"));
    alter table auth.users enable row level security;
    revoke all on auth.users from public, anon, authenticated;
    grant select, insert, update, delete on auth.users to service_role;
    comment on table auth.users is
      'One row per login. Your sign-up service writes it; a trigger keeps helpdesk.profiles up to '
      'date.';
    comment on column auth.users.id is 'The login. It is the sub claim of access tokens.';
    comment on column auth.users.email is 'E-mail address; unique, ignoring case.';
    comment on column auth.users.email_confirmed_at is
      'When the owner of the address confirmed it; null until then.';
    comment on column auth.users.raw_user_meta_data is
      'Data from the sign-up or the OAuth provider: full_name, name and user_name are used.';
    comment on column auth.users.created_at is 'When the login was created.';
    comment on index auth.users_email_key is
      'Serves sign-in by e-mail address and keeps addresses unique.';
  end if;

  if pg_catalog.to_regprocedure('auth.uid()') is null then
    create function auth.uid() returns uuid
      -- Calls the same C function as helpdesk.jwt_subject(), but is not a member of the extension:
      -- DROP EXTENSION drops neither it nor the policies of others that use it.
      language c stable parallel safe as '$libdir/helpdesk', 'jwt_subject_wrapper';
    revoke all on function auth.uid() from public;
    grant execute on function auth.uid() to helpdesk_owner, anon, authenticated, service_role;
    comment on function auth.uid() is
      'Returns the login of the current request: the sub claim of the access token. '
      'Null if there is none or it is not a UUID.';
  end if;
end
$$;

---- Row security

-- SECURITY DEFINER functions look up who is signed in and whether an address is confirmed.
grant usage on schema auth to helpdesk_owner;
grant execute on function auth.uid() to helpdesk_owner;
grant select (id, email, email_confirmed_at) on auth.users to helpdesk_owner;
do $$
begin
  if not exists (select from pg_catalog.pg_policy
                  where polrelid = 'auth.users'::pg_catalog.regclass
                    and polname = 'helpdesk_reads_logins') then
    create policy helpdesk_reads_logins on auth.users for select to helpdesk_owner using (true);
    comment on policy helpdesk_reads_logins on auth.users is
      'Lets the SECURITY DEFINER functions of helpdesk look up whether an address is confirmed. '
      'Column privileges restrict it to id, email and email_confirmed_at.';
  end if;
end
$$;
