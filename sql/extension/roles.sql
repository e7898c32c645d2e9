-- The roles that helpdesk grants privileges to. CREATE EXTENSION creates those that are missing;
-- nothing drops them. Supabase and PostgREST use anon, authenticated and service_role as well.

do $$
begin
  if pg_catalog.getdatabaseencoding() operator(pg_catalog.<>) 'UTF8' then
    raise exception using
      errcode = '0A000',
      message = pg_catalog.format('helpdesk needs a database with the encoding UTF8, and this one has %s',
                                  pg_catalog.getdatabaseencoding()),
      detail = 'wrong_encoding',
      hint = 'CREATE DATABASE .. ENCODING UTF8 TEMPLATE template0.';
  end if;
end
$$;

-- Roles belong to the whole server, so a session in another database may create them concurrently.
do $$
begin
  begin
    create role helpdesk_owner nologin noinherit nosuperuser nocreatedb nocreaterole;
  exception when duplicate_object or unique_violation then null;
  end;
  begin
    create role anon nologin noinherit;
  exception when duplicate_object or unique_violation then null;
  end;
  begin
    create role authenticated nologin noinherit;
  exception when duplicate_object or unique_violation then null;
  end;
  begin
    create role service_role nologin noinherit bypassrls;
  exception when duplicate_object or unique_violation then null;
  end;
end
$$;

do $$
declare
  schema_owner pg_catalog.name;
  is_worker pg_catalog.bool := false;
begin
  -- An ordinary user who owns the schema could have put functions with our names into it.
  select r.rolname into schema_owner
    from pg_catalog.pg_namespace n
    join pg_catalog.pg_roles r on r.oid operator(pg_catalog.=) n.nspowner
   where n.nspname operator(pg_catalog.=) 'helpdesk'
     and not r.rolsuper
     and r.rolname operator(pg_catalog.<>) 'helpdesk_owner';
  if found then
    raise exception using
      errcode = '42501',
      message = pg_catalog.format(
        'schema helpdesk belongs to %I, who is not a superuser', schema_owner),
      detail = 'unsafe_owner',
      hint = 'Rename or drop that schema, then run CREATE EXTENSION helpdesk again.';
  end if;

  -- The coordinator of a cluster connects to its workers as this role: prepare_worker().
  if pg_catalog.to_regclass('pg_catalog.pg_dist_local_group') is not null then
    execute 'select groupid operator(pg_catalog.>) 0 from pg_catalog.pg_dist_local_group' into is_worker;
  end if;
  perform from pg_catalog.pg_roles
    where rolname operator(pg_catalog.=) 'helpdesk_owner'
      and (rolcanlogin and is_worker is not true or rolsuper or rolcreaterole);
  if found then
    raise exception using
      errcode = '42501',
      message = 'role helpdesk_owner must be NOLOGIN, NOSUPERUSER and NOCREATEROLE',
      detail = 'unsafe_owner',
      hint = 'It owns all tables and SECURITY DEFINER functions of helpdesk. '
             'Alter or rename the existing role.';
  end if;
end
$$;
