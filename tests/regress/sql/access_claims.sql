-- Claims that name no login are nobody's: no policy and no function raises an error.

create table public.cases (n int generated always as identity, claims text, sub text);
insert into public.cases (claims, sub) values
  ('{"sub": "abc"}', ''), ('{"sub": ""}', ''), ('{"sub": 5}', ''), ('{"sub": true}', ''), ('{"sub": null}', ''),
  ('{"sub": ["f0000000-0000-4000-8000-000000000000"]}', ''), ('{"sub": {"id": 1}}', ''),
  ('[]', ''), ('["abc"]', ''), ('5', ''), ('null', ''), ('"abc"', ''), ('{}', ''),
  ('', ''), (' ', ''), ('not JSON', ''), ('{"sub": ', ''), ('{"sub": "abc"} x', ''),
  ('{"sub": "LOGIN", "x": "\u0000"}', ''), ('{"sub": "LOGIN", "\u0000": 1}', ''),
  ('{"sub": "LOGIN", "x": "\ud800"}', ''), ('{"sub": "LOGIN", "x": 1e999999}', ''),
  ('{"sub": "urn:uuid:LOGIN"}', ''), ('{"sub": " LOGIN"}', ''), ('{"SUB": "LOGIN"}', ''),
  ('{"sub": "LOGIN"}', 'abc'), ('', 'abc'), ('not JSON', 'abc'), ('{"sub": "LOGIN"}', ' '),
  ('{"sub": "' || repeat('9', 100) || '"}', '');
update public.cases set claims = replace(claims, 'LOGIN', p.auth_id::text)
  from helpdesk.profiles p where p.name = 'Ada';
select helpdesk.create_ticket(test.org_id('Acme'), 'Ada''s', p_requester_id => test.profile_id('Alice')) is not null;

-- What tables, a view and functions return: the number of rows, or the error.
create function public.seen() returns text language plpgsql as $$
declare
  call text;
  seen text := '';
  answer text;
begin
  foreach call in array array[
    'select count(*) from helpdesk.tickets', 'select count(*) from helpdesk.notifications',
    'select count(*) from helpdesk.ticket_comments', 'select count(*) from helpdesk.profiles',
    'select count(*) from helpdesk.org_members', 'select count(*) from helpdesk.agent_tickets',
    'select cardinality(helpdesk.my_org_ids())', 'select helpdesk.my_profile_id()',
    'select helpdesk.may_read_file(''a/b'')', 'select helpdesk.count_unread_notifications()',
    'select helpdesk.ensure_profile()'] loop
    begin
      execute call into answer;
    exception when others then
      answer := sqlstate;
    end;
    seen := concat_ws(' ', seen, coalesce(answer, '-'));
  end loop;
  return seen;
end $$;
create function public.seen_with(claims text, sub text) returns text language plpgsql as $$
begin
  perform set_config('request.jwt.claims', claims, true), set_config('request.jwt.claim.sub', sub, true);
  set local role authenticated;
  return public.seen();
end $$;
create procedure public.show_cases() language plpgsql as $$
declare
  c public.cases;
  s text;
begin
  for c in select * from public.cases order by n loop
    s := public.seen_with(c.claims, c.sub);
    reset role;
    if c.n = 1 then raise notice '%', s; end if;
    if s <> public.seen_with('', '') then
      raise notice '%. % %: %', c.n, c.claims, c.sub, s;
    end if;
    reset role;
  end loop;
end $$;
\set SHOW_CONTEXT never
call public.show_cases();
-- Where auth.uid() is the one of Supabase
begin;
create or replace function auth.uid() returns uuid language sql stable as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.sub', true), ''),
    (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')
  )::uuid
$$;
call public.show_cases();
select set_config('request.jwt.claims', json_build_object('sub', auth_id, 'x', json_build_array(1, 1.5, true, null, 'x'))::text, true) is not null
  from helpdesk.profiles where name = 'Ada';
set local role authenticated;
select helpdesk.my_profile_id() = test.profile_id('Ada'), (select count(*) from helpdesk.tickets);
rollback;
drop procedure public.show_cases;
drop function public.seen_with, public.seen;
drop table public.cases;
