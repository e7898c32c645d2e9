-- The roles that helpdesk grants to, made when missing and never dropped. Runs inside CREATE EXTENSION.
-- anon, authenticated and service_role are the three that Supabase and PostgREST users know.

-- Roles belong to all databases of the server: another one may be making them at this very moment.
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
begin
  -- A schema made beforehand by an ordinary user could hold functions of theirs under our names.
  select r.rolname into schema_owner
    from pg_catalog.pg_namespace n
    join pg_catalog.pg_roles r on r.oid operator(pg_catalog.=) n.nspowner
   where n.nspname operator(pg_catalog.=) 'helpdesk'
     and not r.rolsuper
     and r.rolname operator(pg_catalog.<>) 'helpdesk_owner';
  if found then
    raise exception using
      errcode = '42501',
      message = pg_catalog.format('schema helpdesk belongs to %I, who is not a superuser', schema_owner),
      hint = 'Rename or drop that schema, then run CREATE EXTENSION helpdesk again.';
  end if;

  perform from pg_catalog.pg_roles
    where rolname operator(pg_catalog.=) 'helpdesk_owner' and (rolcanlogin or rolsuper or rolcreaterole);
  if found then
    raise exception using
      errcode = '42501',
      message = 'role helpdesk_owner must be NOLOGIN, NOSUPERUSER and NOCREATEROLE',
      hint = 'It owns every table and every SECURITY DEFINER function of helpdesk. Alter or rename the existing role.';
  end if;
end
$$;

-- Default privileges may have let others in already.
do $$
declare
  grantee pg_catalog.text;
begin
  for grantee in
    select distinct case when a.grantee operator(pg_catalog.=) 0::pg_catalog.oid then 'public' else a.grantee::pg_catalog.regrole::pg_catalog.text end
      from pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) a
     where n.nspname operator(pg_catalog.=) 'helpdesk' and a.grantee operator(pg_catalog.<>) n.nspowner
  loop
    execute pg_catalog.format('revoke all on schema helpdesk from %s', grantee);
  end loop;
end
$$;

grant usage on schema helpdesk to helpdesk_owner, anon, authenticated, service_role;
