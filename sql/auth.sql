-- The part of Supabase's auth schema that helpdesk needs, for a Postgres that is not Supabase. Each object is made only when missing.

set local search_path = pg_catalog, pg_temp;

do $$
declare
  strange pg_catalog.text;
begin
  -- Whoever owns these could say who is asking.
  select pg_catalog.format('%s belongs to %I', there.thing, r.rolname) into strange
    from (select 'schema auth', n.nspowner from pg_catalog.pg_namespace n where n.nspname operator(pg_catalog.=) 'auth'
          union all
          select 'table auth.users', c.relowner from pg_catalog.pg_class c
           where c.oid operator(pg_catalog.=) pg_catalog.to_regclass('auth.users')
          union all
          select 'function auth.uid()', p.proowner from pg_catalog.pg_proc p
           where p.oid operator(pg_catalog.=) pg_catalog.to_regprocedure('auth.uid()')) there (thing, owner)
    join pg_catalog.pg_roles r on r.oid operator(pg_catalog.=) there.owner
   where not r.rolsuper
     and r.rolname operator(pg_catalog.<>) all ('{helpdesk_owner,supabase_admin,supabase_auth_admin}'::pg_catalog.name[])
   limit 1;
  if found then
    raise exception using
      errcode = '42501',
      message = strange,
      hint = 'Who is asking must be in the hands of a superuser or of Supabase Auth. ALTER .. OWNER TO a superuser, or drop it.';
  end if;

  if pg_catalog.to_regnamespace('auth') is null then
    create schema auth;
    comment on schema auth is 'Logins. A minimum compatible with Supabase Auth, made by helpdesk.';
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
    comment on table auth.users is 'One row per login. Your sign-up service writes it; helpdesk.profiles follows by trigger.';
    comment on column auth.users.id is 'The login. It is the sub claim of the access token.';
    comment on column auth.users.email is 'E-mail address, unique without regard to case.';
    comment on column auth.users.email_confirmed_at is 'When the owner of the address proved that it is theirs; null until then.';
    comment on column auth.users.raw_user_meta_data is 'What the sign-up or the OAuth provider said: full_name, name, user_name.';
    comment on column auth.users.created_at is 'When the login was made.';
    comment on index auth.users_email_key is 'Serves sign-in by e-mail and keeps one login per address.';
  end if;

  if pg_catalog.to_regprocedure('auth.uid()') is null then
    create function auth.uid() returns uuid
      -- What helpdesk.jwt_subject() calls, but no member: what drops helpdesk drops neither this nor policies of others that use it.
      language c stable parallel safe as '$libdir/helpdesk', 'jwt_subject_wrapper';
    revoke all on function auth.uid() from public;
    grant execute on function auth.uid() to helpdesk_owner, anon, authenticated, service_role;
    comment on function auth.uid() is
      'The login of the current request: the sub claim of the access token, null when there is none or it is not a uuid.';
  end if;
end
$$;

-- The definer functions of helpdesk ask who is signed in, and whether an address is confirmed.
grant usage on schema auth to helpdesk_owner;
grant execute on function auth.uid() to helpdesk_owner;
grant select (id, email, email_confirmed_at) on auth.users to helpdesk_owner;
do $$
begin
  if not exists (select from pg_catalog.pg_policy
                  where polrelid = 'auth.users'::pg_catalog.regclass and polname = 'helpdesk_reads_logins') then
    create policy helpdesk_reads_logins on auth.users for select to helpdesk_owner using (true);
    comment on policy helpdesk_reads_logins on auth.users is
      'The definer functions of helpdesk ask whether an address is confirmed; column grants allow no more.';
  end if;
end
$$;
