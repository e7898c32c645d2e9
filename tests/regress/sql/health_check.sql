-- health_check() tells what is wrong with an installation, and what to do.

-- How these servers are set up depends on the suite.
create view test.health as
  select check_name, status, regexp_replace(finding, '[0-9a-f]{8}-[0-9a-f-]{27}', '<id>') as finding, remedy
    from helpdesk.health_check() where check_name not in ('durability', 'settings');
select * from test.health where check_name <> 'versions';
select helpdesk.install();
select check_name, status from test.health;

-- What it finds after a statement, without what it finds anyway. Undoes the statement.
create function test.health_after(statement text) returns setof text language plpgsql as $$
declare
  lines text[];
begin
  begin
    execute statement;
    lines := array(select concat_ws(' | ', check_name, status, finding, remedy) from test.health where status <> 'ok');
    raise exception using errcode = 'UNDO0';
  exception when sqlstate 'UNDO0' then
    return query select unnest(lines);
    if cardinality(lines) = 0 then return next 'NOTHING'; end if;
  end;
end $$;

select format('-- %s', statement), (select string_agg(line, chr(10)) from test.health_after(statement) line)
  from unnest(array[
  'update helpdesk.schema_version set version = 0',
  'update helpdesk.schema_version set version = 99',
  'delete from helpdesk.schema_version',
  'update pg_extension set extversion = ''0.0.9'' where extname = ''helpdesk''',
  'alter table helpdesk.tickets disable row level security',
  'update pg_index set indisvalid = false where indexrelid = ''helpdesk.tickets_org_id_number_key''::regclass',
  'alter table helpdesk.tickets add constraint mine check (number > 0) not valid',
  'update pg_class set relpages = 20000, reltuples = 100000 where oid = ''helpdesk.tickets_pkey''::regclass',
  'insert into helpdesk.ticket_stat_deltas (org_id, metric, occurred_at, priority, ticket_delta)
   select test.org_id(''Acme''), ''created'', now(), ''low'', 0 from generate_series(1, 10001)',
  'insert into helpdesk.notifications (org_id, user_id, type, content, expires_at)
   select test.org_id(''Acme''), test.profile_id(''Alice''), ''ticket_created'', ''{}'', now() - interval ''3 days''',
  'insert into helpdesk.search_rebuilds (org_id, documents, started_at) values (test.org_id(''Acme''), 10, ''2026-01-01'')',
  'create publication supabase_realtime',
  'create publication supabase_realtime for table helpdesk.notifications, helpdesk.tickets',
  'create publication supabase_realtime for table helpdesk.notifications, helpdesk.tickets
     with (publish = ''insert, update'')',
  'drop table helpdesk.search_rebuilds',
  'drop table helpdesk.search_rebuilds, helpdesk.notifications cascade',
  'drop function auth.uid() cascade'
  ]) statement;

-- Only superusers may call it.
call test.sign_in('Ada');
select test.error_of('select helpdesk.health_check()');
set role service_role;
select test.error_of('select helpdesk.health_check()');
set role anon;
select test.error_of('select helpdesk.health_check()');
call test.sign_out();
