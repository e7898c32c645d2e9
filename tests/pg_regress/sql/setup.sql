-- The extension, and the story that all files here tell: two organizations and their people.
\pset format unaligned
\pset tuples_only on
set client_min_messages = warning;
create extension helpdesk;

create schema story;
grant usage on schema story to public;

---- Signing up, in and out

create function story.person(name text, email text default null, confirmed boolean default true) returns void
language sql as $$
  insert into auth.users (email, email_confirmed_at, raw_user_meta_data)
  values (coalesce(email, lower(name) || '@example.com'), case when confirmed then now() end, jsonb_build_object('full_name', name))
$$;

-- Names are looked up with the rights of the superuser, so that a test may name what the person it plays cannot see.
create function story.login(name text) returns uuid
language sql stable security definer as $$ select id from auth.users where raw_user_meta_data->>'full_name' = $1 $$;

create function story.profile(name text) returns uuid
language sql stable security definer as $$ select id from helpdesk.profiles where profiles.name = $1 $$;

create function story.org(name text) returns uuid
language sql stable security definer as $$ select id from helpdesk.organizations where organizations.name = $1 $$;

create function story.workflow(org text, name text default 'Support') returns uuid
language sql stable security definer as $$
  select id from helpdesk.workflows where org_id = story.org($1) and workflows.name = $2 $$;

create function story.stage(org text, name text, workflow text default 'Support') returns uuid
language sql stable security definer as $$
  select id from helpdesk.workflow_stages where workflow_id = story.workflow($1, $3) and workflow_stages.name = $2 $$;

create function story.ticket(title text) returns uuid
language sql stable security definer as $$ select id from helpdesk.tickets where tickets.title = $1 $$;

create function story.name_of(profile uuid) returns text
language sql stable security definer as $$ select name from helpdesk.profiles where id = $1 $$;

create procedure story.claim(claims text) language plpgsql as $$
begin
  perform set_config('request.jwt.claims', claims, false);
end $$;

create procedure story.sign_in(name text) language plpgsql as $$
begin
  call story.claim(json_build_object('sub', story.login(name), 'role', 'authenticated')::text);
  perform set_config('role', 'authenticated', false);
end $$;

-- Back to the superuser with nobody signed in: the DBA.
create procedure story.sign_out() language plpgsql as $$
begin
  call story.claim('');
  perform set_config('role', 'none', false);
end $$;

---- What a statement does

-- The error of a statement, as a client gets it.
create function story.expect_error(statement text) returns text language plpgsql as $$
declare
  said text;
  hint text;
begin
  execute statement;
  return 'NO ERROR';
exception when others then
  get stacked diagnostics said = message_text, hint = pg_exception_hint;
  return format('%s: %s | %s', sqlstate, said, hint);
end $$;

-- The number of rows that a statement reads or writes, or its error. Nothing of it stays.
create function story.attempt(statement text) returns text language plpgsql as $$
declare
  rows bigint;
begin
  execute statement;
  get diagnostics rows = row_count;
  raise exception using errcode = 'UNDO0';
exception
  when sqlstate 'UNDO0' then
    return rows || case rows when 1 then ' row' else ' rows' end;
  when others then
    return format('%s: %s', sqlstate, sqlerrm);
end $$;

-- The same attempt by everybody, one line each.
create function story.everybody_attempts(statement text) returns table (line text) language plpgsql as $$
declare
  person text;
begin
  foreach person in array '{Ada,Arthur,Alice,Adam,Bea,Grace,Stan}'::text[] loop
    call story.sign_in(person);
    line := format('%-7s %s', person, story.attempt(statement));
    return next;
  end loop;
  call story.sign_out();
end $$;

-- And by those who are nobody: without a token, a backend, the DBA.
create function story.all_callers_attempt(statement text) returns table (line text) language plpgsql as $$
declare
  caller text;
begin
  return query select * from story.everybody_attempts(statement);
  foreach caller in array '{anon,service_role,none}'::text[] loop
    perform set_config('role', caller, false);
    line := format('%-7s %s', case caller when 'none' then 'the DBA' else caller end, story.attempt(statement));
    return next;
  end loop;
end $$;

-- All rows of all tables of helpdesk, in one value.
create function story.everything() returns text language plpgsql security definer as $$
declare
  name text;
  rows text;
  everything text := '';
begin
  for name in select relname from pg_class where relnamespace = 'helpdesk'::regnamespace and relkind = 'r' order by 1 loop
    execute format('select string_agg(t::text, chr(10) order by t::text) from helpdesk.%I t', name) into rows;
    everything := md5(everything || name || coalesce(rows, ''));
  end loop;
  return everything;
end
$$;

-- The keys of a JSON object in their order.
create function story.keys(object json) returns text language sql immutable as $$
  select string_agg(key, ' ' order by position) from json_object_keys(object) with ordinality as k (key, position)
$$;

---- The people

select story.person(name) from unnest('{Ada,Arthur,Alice,Adam,Bea,Grace,Gus,Gina,Stan,Nemo}'::text[]) name;
-- Nemo can sign in, and has no profile.
delete from helpdesk.profiles where name = 'Nemo';

call story.sign_in('Ada');
select helpdesk.create_organization('Acme') is not null;
call story.sign_in('Grace');
select helpdesk.create_organization('  Globex ') is not null;
call story.sign_out();

-- Bea is a customer of Acme and an agent of Globex. Stan belongs nowhere.
insert into helpdesk.org_members (org_id, user_id, org_role)
select story.org(org), story.profile(name), org_role
  from (values ('Acme', 'Arthur', 'org_agent'), ('Acme', 'Alice', 'org_customer'), ('Acme', 'Adam', 'org_customer'),
               ('Acme', 'Bea', 'org_customer'), ('Globex', 'Bea', 'org_agent'), ('Globex', 'Gus', 'org_agent'),
               ('Globex', 'Gina', 'org_customer')) as m (org, name, org_role);
-- Adam is a customer to whom tickets may be assigned.
update helpdesk.org_members set may_be_assigned = true where user_id = story.profile('Adam');

select o.name, p.name, m.org_role
  from helpdesk.org_members m join helpdesk.organizations o on o.id = m.org_id join helpdesk.profiles p on p.id = m.user_id
 order by 1, 3, 2;
