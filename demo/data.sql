-- The data of the demo: two organizations with an admin, agents and customers each, and a dozen
-- tickets in all stages. People write through the API functions, signed in as themselves.
\set ON_ERROR_STOP 1
\set QUIET 1
\pset tuples_only on
\o /dev/null
begin;

create schema demo;
create function demo.sign_in(p_name text) returns void language sql as $$
  select set_config('request.jwt.claims',
                    json_build_object('sub', (select auth_id from helpdesk.profiles where name = p_name))::text, true)
$$;
create function demo.org(p_name text) returns uuid language sql as
  'select id from helpdesk.organizations where name = p_name';
create function demo.person(p_name text) returns uuid language sql as
  'select id from helpdesk.profiles where name = p_name';
create function demo.stage(p_org text, p_stage text) returns uuid language sql as
  'select id from helpdesk.workflow_stages where org_id = demo.org(p_org) and name = p_stage';
-- Opens a ticket, assigns it and moves it to its stage.
create function demo.ticket(p_org text, p_customer text, p_title text, p_description text,
                            p_priority helpdesk.ticket_priority, p_stage text, p_agent text) returns void
language plpgsql as $$
declare
  ticket uuid;
begin
  perform demo.sign_in(p_customer);
  ticket := helpdesk.create_ticket(demo.org(p_org), p_title, p_description, p_priority);
  if p_agent is not null then
    perform demo.sign_in(p_agent);
    perform helpdesk.update_ticket(ticket, json_build_object('assignedTo', demo.person(p_agent))::jsonb);
  end if;
  if p_stage <> 'New' then
    perform helpdesk.update_ticket(ticket, json_build_object('stageId', demo.stage(p_org, p_stage))::jsonb);
  end if;
end
$$;

insert into auth.users (id, email, email_confirmed_at, raw_user_meta_data)
  select ('00000000-0000-4000-8000-0000000000' || lpad(n::text, 2, '0'))::uuid, lower(name) || '@' || domain, now(),
         json_build_object('full_name', name)::jsonb
    from (values (1, 'Ada', 'acme.example'), (2, 'Ben', 'acme.example'), (3, 'Cleo', 'acme.example'),
                 (4, 'Alice', 'mail.example'), (5, 'Dave', 'mail.example'), (6, 'Erin', 'mail.example'),
                 (11, 'Gina', 'globex.example'), (12, 'Hank', 'globex.example'), (13, 'Ivy', 'globex.example'),
                 (14, 'Mallory', 'mail.example'), (15, 'Oscar', 'mail.example')) people (n, name, domain);

select demo.sign_in('Ada'), helpdesk.create_organization('Acme');
select demo.sign_in('Gina'), helpdesk.create_organization('Globex');

insert into helpdesk.org_members (org_id, user_id, org_role)
  select demo.org(org), demo.person(name), role
    from (values ('Acme', 'Ben', 'org_agent'), ('Acme', 'Cleo', 'org_agent'), ('Acme', 'Alice', 'org_customer'),
                 ('Acme', 'Dave', 'org_customer'), ('Acme', 'Erin', 'org_customer'),
                 ('Globex', 'Hank', 'org_agent'), ('Globex', 'Ivy', 'org_agent'), ('Globex', 'Mallory', 'org_customer'),
                 ('Globex', 'Oscar', 'org_customer')) members (org, name, role);

select demo.ticket('Acme', 'Alice', 'Invoice 1042 shows the wrong address', 'We moved in May.', 'medium', 'In progress', 'Ben');
select demo.ticket('Acme', 'Alice', 'How do I add a colleague?', null, 'low', 'Resolved', 'Cleo');
select demo.ticket('Acme', 'Dave', 'Nobody can sign in since this morning', 'The page stays white. About 40 people.', 'urgent', 'In progress', 'Ben');
select demo.ticket('Acme', 'Dave', 'Export to CSV breaks umlauts', 'Ä becomes Ã„.', 'medium', 'Waiting on customer', 'Cleo');
select demo.ticket('Acme', 'Dave', 'Please delete the test project', null, 'low', 'Closed', 'Ben');
select demo.ticket('Acme', 'Erin', 'Two-factor code never arrives', null, 'high', 'New', null);
select demo.ticket('Acme', 'Erin', 'Dark mode?', 'My eyes would thank you.', 'low', 'New', null);
select demo.ticket('Globex', 'Mallory', 'API key stopped working', '401 on every call.', 'high', 'In progress', 'Hank');
select demo.ticket('Globex', 'Mallory', 'Webhook delivered twice', null, 'medium', 'New', null);
select demo.ticket('Globex', 'Oscar', 'Quota raised?', 'We asked last week.', 'medium', 'Waiting on customer', 'Ivy');
select demo.ticket('Globex', 'Oscar', 'Report is empty for March', null, 'high', 'Resolved', 'Ivy');
select demo.ticket('Globex', 'Oscar', 'Typo on the pricing page', null, 'low', 'Closed', 'Hank');

commit;
\o
