-- Importing closed tickets of people who have left the organization.

insert into helpdesk.profiles (name) values ('Left');
create function test.import(stage text, requester text, assignee text, created text) returns text language sql as $$
  select test.attempt(format('insert into helpdesk.tickets (org_id, title, created_by, assigned_to, current_stage_id, created_at) values (%L, %L, %L, %L, %L, %s)',
                             test.org_id('Acme'), 'Old', test.profile_id($2), test.profile_id($3), test.stage_id('Acme', $1), $4)) $$;

---- A closed ticket comes in as it was, by service_role and the DBA
select test.import('Closed', 'Left', 'Left', '''2020-01-01'''), test.import('Closed', 'Alice', 'Stan', '''2020-01-01'''), test.import('Closed', 'Left', null, '''2020-01-01''');
set role service_role;
select test.import('Closed', 'Left', 'Left', '''2020-01-01''');
reset role;
-- but not one that somebody still works on, one that is new, or one of a person who does not exist.
select stage, test.import(stage, 'Left', 'Ben', '''2020-01-01'''), test.import(stage, 'Alice', 'Left', '''2020-01-01''') from unnest('{New,Waiting on customer,Resolved}'::text[]) stage;
select test.import('Closed', 'Left', null, 'now()');
select test.attempt($$insert into helpdesk.tickets (org_id, title, created_by, current_stage_id, created_at) values (test.org_id('Acme'), 'Old', gen_random_uuid(), test.stage_id('Acme', 'Closed'), '2020-01-01')$$);
call test.sign_in('Ben');
select test.import('Closed', 'Left', 'Left', '''2020-01-01''');
call test.sign_out();

---- Comments of people who have left come with it, and reopening releases the assignee
insert into helpdesk.tickets (org_id, title, created_by, assigned_to, current_stage_id, created_at) values (test.org_id('Acme'), 'Archived', test.profile_id('Left'), test.profile_id('Left'), test.stage_id('Acme', 'Closed'), '2020-01-01');
insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, created_at) values (test.org_id('Acme'), test.ticket_id('Archived'), 'Bye', test.profile_id('Left'), '2020-01-02');
select test.ticket_line('Archived');
select count(*) from helpdesk.notifications;
call test.sign_in('Ben');
select t->'ticket'->'assignedTo'->>'name', t->'ticket'->'createdBy'->>'name', t->'comments'->0->'createdBy'->>'name' from helpdesk.get_ticket_details(test.ticket_id('Archived')) t;
select helpdesk.update_ticket(test.ticket_id('Archived'), jsonb_build_object('stageId', test.stage_id('Acme', 'In progress'))) is not null;
select test.ticket_line('Archived');
select * from test.revisions('Archived');
select * from test.broken_histories;
call test.sign_out();
select * from helpdesk.verify_ticket_stats();
