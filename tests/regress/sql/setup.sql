-- The extension, the two organizations and their people, and the helpers that all tests use. The
-- runner turns the resulting database into the template of every test.
set client_min_messages = warning;
create extension helpdesk;

create schema test;
grant usage on schema test to public;

---- People and what belongs to them

create function test.sign_up(name text, email text default null, confirmed boolean default true) returns void
language sql as $$
  insert into auth.users (email, email_confirmed_at, raw_user_meta_data)
  values (coalesce(email, lower(name) || '@example.com'), case when confirmed then now() end, jsonb_build_object('full_name', name))
$$;

-- Lookups by name run with the superuser's rights, so that a test can name rows that its caller
-- cannot see.
create function test.login_id(name text) returns uuid
language sql stable security definer as $$ select id from auth.users where raw_user_meta_data->>'full_name' = $1 $$;

create function test.profile_id(name text) returns uuid
language sql stable security definer as $$ select id from helpdesk.profiles where profiles.name = $1 $$;

create function test.org_id(name text) returns uuid
language sql stable security definer as $$ select id from helpdesk.organizations where organizations.name = $1 $$;

create function test.workflow_id(org text, name text default 'Support') returns uuid
language sql stable security definer as $$
  select id from helpdesk.workflows where org_id = test.org_id($1) and workflows.name = $2 $$;

create function test.stage_id(org text, name text, workflow text default 'Support') returns uuid
language sql stable security definer as $$
  select id from helpdesk.workflow_stages where workflow_id = test.workflow_id($1, $3) and workflow_stages.name = $2 $$;

create function test.ticket_id(title text) returns uuid
language sql stable security definer as $$ select id from helpdesk.tickets where tickets.title = $1 $$;

create function test.profile_name(profile uuid) returns text
language sql stable security definer as $$ select name from helpdesk.profiles where id = $1 $$;

create procedure test.set_claims(claims text) language plpgsql as $$
begin
  perform set_config('request.jwt.claims', claims, false);
end $$;

create procedure test.sign_in(name text) language plpgsql as $$
begin
  call test.set_claims(json_build_object('sub', test.login_id(name), 'role', 'authenticated')::text);
  perform set_config('role', 'authenticated', false);
end $$;

-- Becomes the superuser without claims again: the DBA.
create procedure test.sign_out() language plpgsql as $$
begin
  call test.set_claims('');
  perform set_config('role', 'none', false);
end $$;

---- Statements and their outcomes

-- The error that a client gets from a statement: SQLSTATE, word, message and hint.
create function test.error_of(statement text) returns text language plpgsql as $$
declare
  message text;
  detail text;
  hint text;
begin
  execute statement;
  return 'NO ERROR';
exception when others then
  get stacked diagnostics message = message_text, detail = pg_exception_detail, hint = pg_exception_hint;
  return format('%s: %s | %s', sqlstate || test.word(detail), message, hint);
end $$;

-- An error without the argument or column that it names, to compare functions with tables.
create function test.unnamed(error text) returns text language sql immutable as
  $$select regexp_replace(error, '^(\S+ \S+: )\S+: ', '\1')$$;

-- The word in an error's DETAIL. Errors that Postgres raises have sentences there, with ids.
create function test.word(detail text) returns text language sql immutable as
  $$select coalesce(' ' || substring(detail from '^[a-z_]+$'), '')$$;

-- The number of rows that a statement reads or writes, or its error. Undoes the statement.
create function test.attempt(statement text) returns text language plpgsql as $$
declare
  rows bigint;
  detail text;
begin
  execute statement;
  get diagnostics rows = row_count;
  raise exception using errcode = 'UNDO0';
exception
  when sqlstate 'UNDO0' then
    return rows || case rows when 1 then ' row' else ' rows' end;
  when others then
    get stacked diagnostics detail = pg_exception_detail;
    return format('%s: %s', sqlstate || test.word(detail), sqlerrm);
end $$;

-- The outcome of the same statement for each person who signs in, one line each.
create function test.attempt_by_each_person(statement text) returns table (line text) language plpgsql as $$
declare
  person text;
begin
  foreach person in array '{Ada,Ben,Alice,Dave,Bea,Gina,Stan,Ingrid}'::text[] loop
    call test.sign_in(person);
    line := format('%-7s %s', person, test.attempt(statement));
    return next;
  end loop;
  call test.sign_out();
end $$;

-- The same for each kind of caller: the people, a client without a token, a backend, the DBA.
create function test.attempt_by_each_caller(statement text) returns table (line text) language plpgsql as $$
declare
  caller text;
begin
  return query select * from test.attempt_by_each_person(statement);
  foreach caller in array '{anon,service_role,none}'::text[] loop
    perform set_config('role', caller, false);
    line := format('%-7s %s', case caller when 'none' then 'the DBA' else caller end, test.attempt(statement));
    return next;
  end loop;
end $$;

-- A digest of all rows of all tables in the schema helpdesk.
create function test.digest_of_all_rows() returns text language plpgsql security definer as $$
declare
  name text;
  rows text;
  digest text := '';
begin
  for name in select relname from pg_class where relnamespace = 'helpdesk'::regnamespace and relkind = 'r' order by 1 loop
    execute format('select string_agg(t::text, chr(10) order by t::text) from helpdesk.%I t', name) into rows;
    digest := md5(digest || name || coalesce(rows, ''));
  end loop;
  return digest;
end
$$;

-- The keys of a JSON object, in their order.
create function test.json_keys(object json) returns text language sql immutable as $$
  select string_agg(key, ' ' order by position) from json_object_keys(object) with ordinality as k (key, position)
$$;

---- The cast

select test.sign_up(name) from unnest('{Ada,Ben,Alice,Dave,Bea,Gina,Hank,Mallory,Stan,Nemo,Ingrid}'::text[]) name;
-- Nemo has a login but no profile.
delete from helpdesk.profiles where name = 'Nemo';
-- Ingrid is an administrator of the installation.
update helpdesk.profiles set role = 'admin' where name = 'Ingrid';

call test.sign_in('Ada');
select helpdesk.create_organization('Acme') is not null;
call test.sign_in('Gina');
select helpdesk.create_organization('  Globex ') is not null;
call test.sign_out();

-- Bea is a customer of Acme and an agent of Globex. Stan is a member of no organization.
insert into helpdesk.org_members (org_id, user_id, org_role)
select test.org_id(org), test.profile_id(name), org_role
  from (values ('Acme', 'Ben', 'org_agent'), ('Acme', 'Alice', 'org_customer'), ('Acme', 'Dave', 'org_customer'),
               ('Acme', 'Bea', 'org_customer'), ('Globex', 'Bea', 'org_agent'), ('Globex', 'Hank', 'org_agent'),
               ('Globex', 'Mallory', 'org_customer')) as m (org, name, org_role);
-- Tickets may be assigned to Dave although he is a customer.
update helpdesk.org_members set may_be_assigned = true where user_id = test.profile_id('Dave');

select o.name, p.name, m.org_role
  from helpdesk.org_members m join helpdesk.organizations o on o.id = m.org_id join helpdesk.profiles p on p.id = m.user_id
 order by 1, 3, 2;
