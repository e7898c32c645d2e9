-- get_ticket_details: who reads a ticket, and the JSON that they get.

call test.sign_in('Alice');
select helpdesk.create_ticket(test.org_id('Acme'), 'Printer on fire', 'It burns', 'urgent') is not null;
call test.sign_out();

---- Who reads a ticket with get_ticket_details

select * from test.attempt_by_each_person($$select 1 where helpdesk.get_ticket_details(test.ticket_id('Printer on fire')) is not null$$);
call test.sign_in('Nemo');
select helpdesk.get_ticket_details(test.ticket_id('Printer on fire')) is null;
call test.set_claims('');
select helpdesk.get_ticket_details(test.ticket_id('Printer on fire')) is null;
set role anon;
select test.error_of($$select helpdesk.get_ticket_details(test.ticket_id('Printer on fire'))$$);
set role service_role;
select helpdesk.get_ticket_details(test.ticket_id('Printer on fire')) is not null;
call test.sign_in('Alice');
-- A ticket that does not exist, and an existing one with the wrong organization
select helpdesk.get_ticket_details('00000000-0000-4000-8000-000000000000') is null;
select helpdesk.get_ticket_details(test.ticket_id('Printer on fire'), test.org_id('Acme')) is not null;
select helpdesk.get_ticket_details(test.ticket_id('Printer on fire'), test.org_id('Globex')) is null;
select test.error_of('select helpdesk.get_ticket_details(null)');
-- By number, which needs the organization
select helpdesk.get_ticket_details(p_number => 1, p_org_id => test.org_id('Acme'))->'ticket'->>'title';
select helpdesk.get_ticket_details(p_number => 99, p_org_id => test.org_id('Acme')) is null,
       helpdesk.get_ticket_details(p_number => 1, p_org_id => test.org_id('Globex')) is null;
select test.error_of('select helpdesk.get_ticket_details(p_number => 1)');
select test.error_of($$select helpdesk.get_ticket_details(test.ticket_id('Printer on fire'), test.org_id('Acme'), 1)$$);
select * from test.attempt_by_each_person($$select 1 where helpdesk.get_ticket_details(p_number => 1, p_org_id => test.org_id('Acme')) is not null$$);
call test.sign_out();

call test.create_conversation();

---- The JSON of get_ticket_details

create temp table details (person text, details json);
grant all on details to public;
call test.sign_in('Ben');
insert into details select 'Ben', helpdesk.get_ticket_details(test.ticket_id('Noise'));
call test.sign_in('Alice');
insert into details select 'Alice', helpdesk.get_ticket_details(test.ticket_id('Noise'));
call test.sign_out();
insert into details select 'the DBA', helpdesk.get_ticket_details(test.ticket_id('Noise'));
set role service_role;
insert into details select 'a backend', helpdesk.get_ticket_details(test.ticket_id('Noise'));
call test.sign_out();

-- Everyone gets the same keys,
select distinct test.json_keys(details) from details;
select distinct test.json_keys(details->'ticket') from details;
select distinct part, test.json_keys(details->'ticket'->part) from details, unnest('{currentStage,workflow,assignedTo,createdBy}'::text[]) part order by 1;
select distinct part, test.json_keys(details->part->0) from details, unnest('{comments,attachments,history}'::text[]) part order by 1;
select distinct test.json_keys(details->'comments'->0->'createdBy'), test.json_keys(details->'attachments'->0->'uploadedBy'), test.json_keys(details->'history'->0->'changedBy') from details;
-- but customers get no internal comments, no internal attachments, and no e-mail addresses.
select person, string_agg(c->>'content', ', ' order by position) from details, json_array_elements(details->'comments') with ordinality as cs (c, position) group by 1 order by 1;
select person, string_agg(a->>'fileName', ', ' order by position) from details, json_array_elements(details->'attachments') with ordinality as xs (a, position) group by 1 order by 1;
select person, details->'ticket'->'assignedTo'->>'name', details->'ticket'->'assignedTo'->>'email', details::text like '%example.com%' from details order by 1;
select person, details::text ~ 'always says so|invoice' from details order by 1;
-- The newest revision comes first.
select person, string_agg(h->'changes'->>'type' || ' by ' || (h->'changedBy'->>'name'), ', ' order by position)
  from details, json_array_elements(details->'history') with ordinality as hs (h, position) group by 1 order by 1;
-- Values
select t->>'number', t->>'title', t->>'description', t->>'priority', t->>'status', t->>'version', t->'workflow'->>'name', t->'currentStage'->>'name',
       t->'createdBy'->>'name', t->'resolvedAt', t->'closedAt', t->>'createdAt' = to_json(x.created_at)#>>'{}'
  from (select details->'ticket' t from details where person = 'Alice') d, helpdesk.tickets x where x.title = 'Noise';
select c->>'isInternal', c->'createdBy'->>'name', c->>'content' from details, json_array_elements(details->'comments') c where person = 'Ben';
select a->>'fileName', a->>'fileType', a->>'fileSize', a->>'isInternal', a->'uploadedBy'->>'name' from details, json_array_elements(details->'attachments') a where person = 'Ben';
-- Empty lists are not null, and a missing assignee is null.
call test.sign_in('Mallory');
select d->'comments', d->'attachments', json_array_length(d->'history'), d->'ticket'->'assignedTo' from helpdesk.get_ticket_details(test.ticket_id('Mallory''s')) d;
call test.sign_out();
-- A change by the system has no author.
begin;
update helpdesk.tickets set priority = 'urgent' where title = 'Mallory''s';
select helpdesk.get_ticket_details(test.ticket_id('Mallory''s'))->'history'->0->'changedBy';
rollback;

---- What a page of one ticket shows beside it

create temp table one (details json);
grant all on one to public;
call test.sign_in('Ben');
select helpdesk.update_ticket(test.ticket_id('Noise'), jsonb_build_object('assignedTo', test.profile_id('Dave'), 'stageId', test.stage_id('Acme', 'In progress'))) is not null;
select helpdesk.watch_ticket(test.ticket_id('Noise')) is not null;
insert into one select helpdesk.get_ticket_details(test.ticket_id('Noise'));
select details->'ticket'->>'isWatching', details->'ticket'->>'orgId' = test.org_id('Acme')::text, (details->'ticket'->>'firstResponseAt') is not null from one;
-- The names of what the history mentions, by id
select h->'changes'->>'type', (select string_agg(name, ', ' order by name) from json_each_text(h->'names') n (id, name)),
       h->'names'->>(h->'changes'->'fields'->'stage'->>'to') as stage
  from one, json_array_elements(details->'history') h;
-- The stages that the ticket may move to: other than its own, as the transitions allow, for staff
select a->>'name', a->>'status', test.json_keys(a) from one, json_array_elements(details->'ticket'->'availableStages') a;
create function pg_temp.available() returns text language sql as $$
  select coalesce(string_agg(a->>'name', ', '), '-') from json_array_elements(helpdesk.get_ticket_details(test.ticket_id('Noise'))->'ticket'->'availableStages') a $$;
call test.sign_out();
insert into helpdesk.workflow_transitions (org_id, workflow_id, from_stage_id, to_stage_id, min_role)
select org_id, workflow_id, test.stage_id('Acme', 'In progress'), id, case name when 'Closed' then 'org_admin' else 'org_agent' end
  from helpdesk.workflow_stages where org_id = test.org_id('Acme') and name in ('Resolved', 'Closed');
select pg_temp.available();
call test.sign_in('Ben');
select pg_temp.available();
call test.sign_in('Ada');
select pg_temp.available();
call test.sign_in('Alice');
select pg_temp.available(), helpdesk.get_ticket_details(test.ticket_id('Noise'))->'ticket'->>'isWatching';
call test.sign_in('Ben');
select test.json_keys(helpdesk.update_ticket(test.ticket_id('Noise'), '{"priority": "high"}')) = test.json_keys(helpdesk.get_ticket_details(test.ticket_id('Noise'))->'ticket');
