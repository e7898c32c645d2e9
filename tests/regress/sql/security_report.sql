-- security_report() returns nothing while everything is in order, and every weakness otherwise.

-- Nemo's login has no profile, and a profile has another address than its login.
begin;
alter table auth.users disable trigger helpdesk_handle_new_user;
update auth.users set email = 'alice@new.example' where id = test.login_id('Alice');
alter table auth.users enable trigger helpdesk_handle_new_user;
select object, regexp_replace(finding, ': .*', ''), remedy from helpdesk.security_report();
select helpdesk.install();
select * from helpdesk.security_report();
rollback;
select helpdesk.install();
select * from helpdesk.security_report();

-- The report after a statement. Undoes the statement.
create function test.findings_after(statement text) returns setof text language plpgsql as $$
declare
  lines text[];
begin
  begin
    execute statement;
    lines := array(select format('%s | %s', object, finding) from helpdesk.security_report());
    raise exception using errcode = 'UNDO0';
  exception when sqlstate 'UNDO0' then
    return query select unnest(lines);
    if cardinality(lines) = 0 then return next 'NOTHING'; end if;
  end;
end $$;

create role helpdesk_test_metabase;
select format('-- %s', statement), (select string_agg(line, chr(10)) from test.findings_after(statement) line)
  from unnest(array[
  'alter table helpdesk.tickets disable row level security',
  'alter table helpdesk.ticket_counters disable row level security',
  'create table helpdesk.mine (secret text)',
  'grant select on helpdesk.tickets to anon',
  'grant select on helpdesk.tickets to public',
  'grant truncate on helpdesk.tickets to authenticated',
  'grant select on helpdesk.ticket_comments to helpdesk_test_metabase',
  'grant update on helpdesk.profiles to authenticated',
  'grant update (role) on helpdesk.profiles to authenticated',
  'grant insert on helpdesk.ticket_history to service_role',
  'grant select on helpdesk.tickets to authenticated with grant option',
  'grant update (title) on helpdesk.tickets to authenticated with grant option',
  'grant execute on function helpdesk.create_ticket to authenticated with grant option',
  'grant usage on schema helpdesk to authenticated with grant option',
  'grant create on schema helpdesk to authenticated',
  'grant usage on schema helpdesk to public',
  'drop policy agents_org_tickets on helpdesk.tickets',
  'alter policy agents_org_tickets on helpdesk.tickets using (true)',
  'alter policy agents_org_tickets on helpdesk.tickets to public',
  'create policy everybody on helpdesk.tickets for select to public using (true)',
  'drop policy helpdesk_reads_logins on auth.users',
  'alter function helpdesk.create_ticket owner to postgres',
  'alter function helpdesk.uuid_generate_v7 owner to postgres',
  'alter function helpdesk.create_ticket reset search_path',
  'alter function helpdesk.create_ticket security invoker',
  'alter function helpdesk.install security definer',
  'grant execute on function helpdesk.create_ticket to public',
  'grant execute on function helpdesk.create_ticket to anon',
  'grant execute on function helpdesk.act_as to anon',
  'grant execute on function helpdesk.act_as to public',
  'create function helpdesk.mine() returns int language sql security definer as ''select 1''',
  'alter table helpdesk.tickets disable trigger "History"',
  'drop trigger ticket_history_append_only on helpdesk.ticket_history',
  'drop trigger helpdesk_handle_new_user on auth.users',
  'create or replace function helpdesk.my_org_ids() returns uuid[] language sql stable parallel safe security definer as ''select array_agg(id) from helpdesk.organizations''',
  'create or replace function helpdesk.my_org_ids() returns uuid[] language c stable parallel safe security definer as ''$libdir/helpdesk'', ''my_staff_org_ids_wrapper''',
  'alter view helpdesk.agent_tickets set (security_invoker = off)',
  'create view helpdesk.all_tickets as select * from helpdesk.tickets',
  'create view helpdesk.all_tickets with (security_invoker) as select * from helpdesk.tickets; alter view helpdesk.all_tickets owner to helpdesk_owner; grant select on helpdesk.all_tickets to anon',
  'create materialized view helpdesk.all_tickets as select * from helpdesk.tickets',
  'alter table helpdesk.tickets owner to postgres',
  'alter role helpdesk_owner superuser',
  'alter role helpdesk_owner bypassrls',
  'alter role helpdesk_owner login',
  'alter role authenticated bypassrls',
  'alter role authenticated login replication',
  'alter role anon superuser',
  'alter schema auth owner to helpdesk_test_metabase',
  'alter table auth.users owner to helpdesk_test_metabase',
  'alter function auth.uid owner to helpdesk_test_metabase',
  'grant helpdesk_owner to helpdesk_test_metabase',
  'grant service_role to authenticated',
  'alter schema helpdesk owner to helpdesk_test_metabase',
  'grant select (email) on auth.users to authenticated']) statement;

---- It does not report what is for the administrator to decide
select format('-- %s', statement), (select string_agg(line, chr(10)) from test.findings_after(statement) line)
  from unnest(array[
  'create policy not_on_sundays on helpdesk.tickets as restrictive for update to authenticated using (extract(isodow from now()) < 7)',
  'revoke delete on helpdesk.tickets from authenticated',
  'revoke execute on function helpdesk.create_organization from authenticated',
  'grant execute on function helpdesk.act_as to helpdesk_test_metabase',
  'alter table helpdesk.tickets add column external_ref text; create index on helpdesk.tickets (external_ref)',
  'create view helpdesk.mine with (security_invoker = on) as select * from helpdesk.tickets; alter view helpdesk.mine owner to helpdesk_owner',
  'create schema mine; create table mine.notes (ticket uuid)']) statement;
select * from helpdesk.security_report();
drop role helpdesk_test_metabase;
-- Only the DBA calls it.
select * from test.attempt_by_each_caller('select * from helpdesk.security_report()');
select * from test.attempt_by_each_caller('select * from helpdesk.security_state() limit 1');
