-- Filters inside the text of a search.

call test.create_documents();

---- Tickets, comments and articles that differ in everything

insert into helpdesk.profiles (name) values ('Ben Miller'), ('Zoë Müller');
insert into helpdesk.org_members (org_id, user_id, org_role)
select test.org_id('Acme'), id, case name when 'Ben Miller' then 'org_agent' else 'org_customer' end from helpdesk.profiles where name in ('Ben Miller', 'Zoë Müller');
insert into helpdesk.tickets (org_id, title, description, priority, current_stage_id, assigned_to, created_by, created_at, updated_at, stage_entered_at)
select test.org_id('Acme'), title, 'An umbrella', priority::helpdesk.ticket_priority, test.stage_id('Acme', stage), test.profile_id(assignee), test.profile_id(requester), created, created + interval '1 day', created
  from (values ('Alpha', 'urgent', 'New', 'Ben', 'Alice', '2026-01-31 23:30Z'::timestamptz),
               ('Beta', 'low', 'Closed', 'Ben', 'Dave', '2026-02-01 00:30Z'),
               ('Gamma', 'high', 'Waiting on customer', null, 'Alice', '2026-03-15 12:00Z'),
               ('Delta', 'low', 'New', 'Ben Miller', 'Zoë Müller', '2025-12-31 12:00Z')) t (title, priority, stage, assignee, requester, created);
insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, is_internal) values
  (test.org_id('Acme'), test.ticket_id('Alpha'), 'Your umbrella is wet', test.profile_id('Ben'), false),
  (test.org_id('Acme'), test.ticket_id('Alpha'), 'The umbrella is stolen', test.profile_id('Ben'), true);
insert into helpdesk.categories (org_id, name) values (test.org_id('Acme'), 'Outdoors');
insert into helpdesk.categories (org_id, name, parent_id) values (test.org_id('Acme'), 'Rain', test.category_id('Outdoors')), (test.org_id('Acme'), 'Secret plans', null);
insert into helpdesk.articles (org_id, author, title, content, tags, categories, visibility, status) values
  (test.org_id('Acme'), test.profile_id('Ada'), 'Umbrella care', 'Dry it.', '{GDPR,"patio furniture"}', '{Rain}', 'public', 'published'),
  (test.org_id('Acme'), test.profile_id('Ada'), 'Drafted', 'An umbrella.', '{"secret tag"}', '{"Secret plans"}', 'public', 'draft');
-- What looks like filters and is none
insert into helpdesk.tickets (org_id, title, description, created_by) values (test.org_id('Acme'), 'Colours', 'status:quo colour:red error:404 ratio 16:9 tag:nosuch assignee:nobodyhere https://umbrella.example/status:open', test.profile_id('Dave'));

call test.sign_in('Ben');

---- Each filter
select query, test.found(query) from unnest(array[
  'umbrella', 'umbrella status:open', 'status:pending umbrella', 'umbrella STATUS:Closed', 'umbrella status:open,pending', 'umbrella status:open status:pending', 'umbrella -status:closed', 'umbrella -status:open,pending', 'umbrella -status:open -status:closed', 'umbrella status:draft', 'umbrella status:draft,closed',
  'umbrella priority:urgent', 'umbrella priority:high,low', 'umbrella -priority:low', 'umbrella status:open priority:low',
  'umbrella assignee:me', 'umbrella assignee:none', 'umbrella -assignee:none', 'umbrella assignee:ben', 'umbrella assignee:"Ben Miller"', 'umbrella assignee:"miller ben"', 'umbrella assignee:me,none', 'umbrella -assignee:me', 'umbrella assigned:miller', 'umbrella no:assignee',
  'umbrella requester:alice', 'umbrella requester:"zoe muller"', 'umbrella requester:me', 'umbrella -requester:alice', 'umbrella requester:alice,dave', 'umbrella requester:alice assignee:none',
  'umbrella is:open', 'umbrella is:unassigned', 'umbrella is:assigned', 'umbrella is:open is:assigned', 'umbrella is:answered', 'umbrella is:unanswered', 'umbrella -is:unassigned',
  'umbrella is:ticket', 'umbrella is:comment', 'umbrella is:article', 'umbrella in:tickets', 'umbrella in:comments', 'umbrella in:internal', 'umbrella -in:internal', 'umbrella in:articles', 'umbrella in:title', 'alpha in:title', 'umbrella in:title,comments', 'umbrella in:title in:tickets', 'umbrella in:comments -in:internal', 'umbrella in:comments status:closed',
  'umbrella stage:new', 'umbrella stage:"waiting on CUSTOMER"', 'umbrella workflow:support', 'umbrella -stage:New', 'umbrella stage:closed,new',
  'umbrella tag:gdpr', 'umbrella tags:GDPR', 'umbrella tag:"patio furniture"', 'umbrella -tag:gdpr', 'umbrella category:rain', 'umbrella category:outdoors', 'umbrella category:Rain,"secret plans"', 'umbrella tag:gdpr status:published', 'umbrella tag:gdpr status:open',
  'umbrella created:2026-01-31', 'umbrella created:2026-01', 'umbrella created:2026', 'umbrella created:2026 is:ticket', 'umbrella created:>2026-01-31 is:ticket', 'umbrella created:>=2026-01-31 is:ticket', 'umbrella created:<2026-01-31', 'umbrella created:<=2026-01-31', 'umbrella created:2026-01-31..2026-02-01', 'umbrella created:>=2026-02-01 created:<2026-03', 'umbrella created>2026-03-01 created<2026-04', 'umbrella created:..2025', 'umbrella created:2025,2026-03', 'umbrella created:2026-02-01T00:30:00Z', 'umbrella updated:2026-02-01 is:ticket', 'umbrella -created:2026 is:ticket', 'umbrella created:today is:ticket', 'umbrella created:<yesterday is:ticket',
  'umbrella status:open "an umbrella"', 'umbrella status:open -wet', 'wet or stolen status:open', 'status:open or umbrella', 'umbr status:open', 'status:open umbr', 'umberlla status:closed', 'umbrella status：open', 'umbrella status:open, priority:urgent'
  ]) query;
-- What is no filter is words.
select query, test.found(query) from unnest(array['status:quo', 'status:open,quo umbrella', 'colour:red', 'colour:blue', 'error:404', '16:9', '16:10', 'tag:nosuch', 'assignee:nobodyhere', 'https://umbrella.example/status:open', '"status:open"', 'status:', ':open', 'status: open', 'created:soon', 'created:2026-02-30', 'in:nowhere', 'is:beautiful', 'number:x', '-in:title alpha', 'priority:"', 'status:"open', 'a:b:c', '::', '-:', '>5', '<ORA-00942>']) query;
-- Numbers
select test.found('number:' || number), test.found('number:#' || number || ' umbrella'), test.found(number || ' status:open'), test.found('#' || number || ' status:closed'), test.found('umbrella -number:' || number || ' is:ticket') from helpdesk.tickets where title = 'Alpha';

---- Only filters: the newest first
select query, test.found(query) from unnest(array['status:open', 'status:open assignee:me', 'is:unassigned', 'tag:gdpr', 'status:closed', '-status:open is:ticket', 'in:comments', 'in:internal', 'in:internal status:closed', 'status:open in:comments', 'created:2026-01..2026-03', 'status:draft', 'is:article', 'assignee:me or assignee:none', '"" status:closed', 'status:closed -']) query;
select test.found('status:open', '{"kind": "comment"}'), test.found('status:open', '{"kind": "article"}'), test.found('status:closed', '{"kind": "ticket"}');
select string_agg(r->>'title', ', ') from json_array_elements(helpdesk.search_articles(test.org_id('Acme'), 'tag:gdpr')) r;
select string_agg(r->>'title', ', ') from json_array_elements(helpdesk.search_articles(test.org_id('Acme'), 'umbrella category:outdoors -tag:"secret tag" status:open')) r;
-- Pages
with recursive pages as (
  select helpdesk.search(test.org_id('Acme'), 'is:ticket created:>2020', '{"perPage": 2}') as page
  union all
  select helpdesk.search(test.org_id('Acme'), 'is:ticket created:>2020', jsonb_build_object('perPage', 2, 'cursor', page->'pagination'->>'nextCursor')) from pages where page->'pagination'->>'nextCursor' is not null)
select string_agg(r->>'title', ', ') from pages, json_array_elements(page->'results') r;

---- The same in lists
select query, test.listed_titles(jsonb_build_object('search', query, 'sort', 'number')) from unnest(array[
  'umbrella status:open', 'status:open', 'assignee:me umbrella', 'umbrella is:unassigned', 'umbrella in:comments', 'wet in:tickets', 'umbrella in:internal', 'umbrella in:title', 'alpha in:title', 'umbrella in:title,internal', 'in:articles', 'in:tickets status:closed', 'status:quo', 'tag:gdpr', 'umbrella created:2026-01', 'umbrella -priority:low -status:pending', 'requester:alice', 'umbrella number:1', 'alpha or beta -status:closed']) query;
select helpdesk.list_org_tickets(test.org_id('Acme'), '{"search": "umbrella status:open", "priority": "low"}')->'pagination'->>'total';

---- Days are those of the organization's time zone.
call test.sign_out();
update helpdesk.organizations set time_zone = 'America/New_York' where name = 'Acme';
call test.sign_in('Ben');
select query, test.found(query) from unnest(array['umbrella created:2026-01-31', 'umbrella created:2026-02-01', 'umbrella created:2026-02', 'umbrella created:>2026-01-31T23:00Z created:<2026-02-01']) query;

---- Nothing is revealed to customers
-- What they may know: their own tickets, and whether they are assigned
call test.sign_in('Alice');
select query, test.found(query) from unnest(array['umbrella status:open', 'umbrella is:ticket', 'umbrella is:assigned', 'umbrella is:unassigned', 'requester:me', 'umbrella assignee:me', 'umbrella stage:new', 'umbrella tag:gdpr', 'umbrella in:comments', 'is:comment', 'umbrella status:published']) query;
-- Names are words to them, and internal comments and unpublished articles are nothing.
select query, test.found(query) from unnest(array['umbrella assignee:ben', 'umbrella assignee:"Ben Miller"', 'umbrella -assignee:ben is:ticket', 'umbrella -assignee:nobodyhere is:ticket', 'umbrella requester:alice', 'umbrella requester:dave', 'umbrella -requester:alice is:ticket', 'umbrella in:internal', 'in:internal', 'stolen', 'umbrella status:draft', 'tag:"secret tag"', 'category:"secret plans"', 'umbrella -category:"secret plans"', 'umbrella tag:"secret tag" or umbrella']) query;
select query, test.listed_titles(jsonb_build_object('search', query)) from unnest(array['umbrella assignee:ben', 'umbrella -assignee:ben', 'umbrella in:internal', 'stolen in:comments', 'requester:dave', 'requester:me', 'status:closed', 'umbrella']) query;
call test.sign_in('Mallory');
select query, test.found(query) from unnest(array['umbrella', 'umbrella stage:new', 'stage:new', 'status:open', 'tag:gdpr', 'assignee:me', 'in:internal', '-status:closed', 'umbrella category:"secret plans"']) query;
call test.sign_out();
set role anon;
select query, test.found(query) from unnest(array['umbrella', 'umbrella status:published', 'status:open', 'tag:gdpr', 'assignee:me', 'umbrella stage:new', 'umbrella workflow:support', '-status:closed is:ticket', 'in:internal', 'created:>2020 is:ticket']) query;
reset role;
set role service_role;
select query, test.found(query) from unnest(array['umbrella status:closed', 'umbrella assignee:ben', 'umbrella assignee:me', 'umbrella in:internal']) query;
reset role;
-- A person of another organization is nobody: whether they exist cannot be told.
update helpdesk.profiles set email = lower(name) || '@example.com' where name in ('Gina', 'Alice', 'Ben');
call test.sign_in('Ben');
select query, test.found(query) from unnest(array['umbrella requester:ALICE@example.com', 'umbrella assignee:ben@example.com', 'umbrella -requester:gina@example.com is:ticket', 'umbrella requester:gina@example.com', 'umbrella requester:nobody@example.com']) query;

---- The queue takes them too
select helpdesk.claim_next_ticket(test.org_id('Acme'), '{"search": "umbrella priority:low status:open"}') is null as nothing, test.ticket_line('Colours');
