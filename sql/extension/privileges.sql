-- Owners and privileges of the functions and the schema. Everything is revoked here; the files in
-- functions/ then grant EXECUTE by name, beside the COMMENT of each function. Update scripts run
-- them again, so that an updated extension has the rights of a new one.
-- security_baseline.txt lists the result. The privileges of tables are in schema/privileges.sql.

do $$
declare
  functions constant pg_catalog.regprocedure[] := array(
    select p.oid::pg_catalog.regprocedure
      from pg_catalog.pg_proc p
      join pg_catalog.pg_depend d on d.objid operator(pg_catalog.=) p.oid
      join pg_catalog.pg_extension e on e.oid operator(pg_catalog.=) d.refobjid
     where p.pronamespace operator(pg_catalog.=) 'helpdesk'::pg_catalog.regnamespace
       and d.classid operator(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
       and d.refclassid operator(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass
       and d.deptype operator(pg_catalog.=) 'e'
       and e.extname operator(pg_catalog.=) 'helpdesk');
  -- Functions of an older release, to which an administrator may have granted roles access.
  known constant pg_catalog.oid[] := array(
    select p.oid from pg_catalog.pg_proc p
     where p.oid operator(pg_catalog.=) any (functions::pg_catalog.oid[])
       and p.proowner operator(pg_catalog.=) 'helpdesk_owner'::pg_catalog.regrole);
  api_roles constant pg_catalog.oid[] := array[
    0::pg_catalog.oid, 'anon'::pg_catalog.regrole, 'authenticated'::pg_catalog.regrole,
    'service_role'::pg_catalog.regrole];
  function pg_catalog.regprocedure;
  object pg_catalog.text;
  grantee pg_catalog.text;
begin
  foreach function in array functions loop
    execute pg_catalog.format('alter function %s owner to helpdesk_owner', function);
  end loop;

  -- PUBLIC may execute new functions; default privileges of the database may have granted more.
  for object, grantee in
    select distinct o.name,
           case when a.grantee operator(pg_catalog.=) 0::pg_catalog.oid then 'public'
                else a.grantee::pg_catalog.regrole::pg_catalog.text end
      from (select 'schema helpdesk', n.nspowner, n.nspacl,
                   pg_catalog.cardinality(known) operator(pg_catalog.>) 0
              from pg_catalog.pg_namespace n
             where n.nspname operator(pg_catalog.=) 'helpdesk'
            union all
            select pg_catalog.format('function %s', p.oid::pg_catalog.regprocedure), p.proowner,
                   coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner)),
                   p.oid operator(pg_catalog.=) any (known)
              from pg_catalog.pg_proc p
             where p.oid operator(pg_catalog.=) any (functions::pg_catalog.oid[])
           ) o (name, owner, acl, is_known),
           pg_catalog.aclexplode(o.acl) a
     where a.grantee operator(pg_catalog.<>) o.owner
       and (not o.is_known or a.grantee operator(pg_catalog.=) any (api_roles))
  loop
    execute pg_catalog.format('revoke all on %s from %s', object, grantee);
  end loop;
end
$$;

grant usage on schema helpdesk to helpdesk_owner, anon, authenticated, service_role;
