-- What the administrator of the installation sees of organizations, and appointing admins.

insert into helpdesk.tickets (org_id, title, created_by, created_at, updated_at, current_stage_id)
select test.org_id('Acme'), 'Secret ' || n, test.profile_id('Alice'), '2026-01-01Z', '2026-01-01Z'::timestamptz + n * interval '1 day', test.stage_id('Acme', case n when 1 then 'New' else 'Closed' end) from generate_series(1, 3) n;
create function test.organizations(filters jsonb default '{}') returns table (line text) language sql as $$
  select concat_ws(' | ', o->>'name', o->>'memberCount', o->>'ticketCount', (o->>'lastActivityAt')::timestamptz at time zone 'UTC' = '2026-01-04', (select string_agg(concat_ws(' ', a->>'name', a->>'email', a->>'hasLogin'), ', ') from json_array_elements(o->'admins') a))
    from json_array_elements(helpdesk.list_organizations(filters)->'organizations') o $$;

---- list_organizations
select * from test.attempt_by_each_caller('select helpdesk.list_organizations()');
call test.sign_in('Ingrid');
select * from test.organizations();
select test.json_keys(o), test.json_keys(o->'admins'->0) from json_array_elements(helpdesk.list_organizations()->'organizations') o limit 1;
-- No contents: neither in the list nor anywhere else
select helpdesk.list_organizations()::text like '%Secret%', (select count(*) from helpdesk.tickets), (select count(*) from helpdesk.organizations);
select * from test.organizations('{"name": "LOB"}');
-- Pages
select helpdesk.list_organizations('{"perPage": 1}')->'pagination' as first \gset
select :'first'::json->>'total', :'first'::json->>'perPage';
select * from test.organizations(json_build_object('perPage', 1, 'cursor', :'first'::json->>'nextCursor')::jsonb);
select helpdesk.list_organizations('{"count": "none", "perPage": "5"}')->'pagination';
select test.error_of(format('select helpdesk.list_organizations(%L)', filters)) from unnest('{"{\"size\": \"x\"}","[]","{\"perPage\": 0}","{\"cursor\": \"x\"}","{\"withoutAdmin\": \"x\"}"}'::text[]) filters;
select json_array_length(helpdesk.list_organizations(null)->'organizations');
call test.sign_out();

---- appoint_admin
select * from test.attempt_by_each_caller($$select helpdesk.appoint_admin(test.org_id('Acme'), test.profile_id('Stan'))$$);
call test.sign_in('Ingrid');
select test.error_of(format('select helpdesk.appoint_admin(%s)', args)) from unnest(array[
  $$null, test.profile_id('Stan')$$, $$test.org_id('Acme'), null$$, $$gen_random_uuid(), test.profile_id('Stan')$$, $$test.org_id('Acme'), gen_random_uuid()$$,
  $$test.org_id('Acme'), test.profile_id('Stan')$$]) args;
call test.sign_out();
-- Strangers learn nothing about which organizations exist.
call test.sign_in('Mallory');
select test.error_of($$select helpdesk.appoint_admin(test.org_id('Acme'), test.profile_id('Stan'))$$) = test.error_of('select helpdesk.appoint_admin(gen_random_uuid(), gen_random_uuid())');
call test.sign_out();

-- The administrator gets no contents by it: they cannot appoint themself, and added_by names them.
begin;
set local client_min_messages = error;
delete from auth.users where email = 'ada@example.com';
reset client_min_messages;
call test.sign_in('Ingrid');
select test.error_of($$select helpdesk.appoint_admin(test.org_id('Acme'), test.profile_id('Ingrid'))$$);
select helpdesk.appoint_admin(test.org_id('Acme'), test.profile_id('Stan'));
select test.error_of($$select helpdesk.appoint_admin(test.org_id('Acme'), test.profile_id('Alice'))$$);
select count(*) from helpdesk.tickets;
call test.sign_in('Stan');
select helpdesk.my_admin_org_ids() = array[test.org_id('Acme')], test.profile_name(added_by) from helpdesk.org_members where user_id = helpdesk.my_profile_id();
rollback;
call test.sign_out();
