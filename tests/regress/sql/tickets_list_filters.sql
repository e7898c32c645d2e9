-- list_org_tickets: the filters, one at a time and combined.

call test.create_listed_tickets();

call test.sign_in('Ben');

---- Single filters

-- How often Postgres notes that a query contains no lexemes depends on its version.
set client_min_messages = warning;
select filter, test.listed_titles(filter || '{"sort": "createdAt"}') from (values
  ('{"priority": "urgent"}'::jsonb), ('{"priority": ["low", "high"]}'), ('{"priority": ["low", "low"]}'),
  ('{"status": "open"}'), ('{"status": ["resolved", "closed"]}'), ('{"status": "pending"}'),
  ('{"priority": "{high,urgent}"}'), ('{"priority": "{\"low\"}"}'), ('{"status": "{resolved, closed}"}'),
  ('{"number": 3}'), ('{"number": "3"}'), ('{"number": 0}'), ('{"watching": true}'), ('{"watching": "false", "perPage": 1}'),
  ('{"assignedTo": ["me", "none"]}'), ('{"assignedTo": "{me}"}'),
  ('{"assignedTo": "me"}'), ('{"assignedTo": "none"}'), ('{"createdBy": "me"}'),
  ('{"createdAfter": "2026-01-01T10:00:00Z"}'), ('{"createdAfter": "2026-01-01T11:00:00+01:00"}'), ('{"createdBefore": "2026-01-01T03:00:00Z"}'),
  ('{"updatedAfter": "2026-02-01T04:00:00Z"}'), ('{"updatedBefore": "2026-02-01T01:00:00Z"}'), ('{"updatedAfter": "2027-01-01T00:00:00Z"}'),
  ('{"search": "t12"}'), ('{"search": "  EVEN "}'), ('{"search": "ÄRGER"}'), ('{"search": "100% \\"}'), ('{"search": "%"}'), ('{"search": "_"}'),
  ('{"count": "none"}'), ('{"count": "exact"}'), ('{"perPage": 3}'), ('{"perPage": 3, "page": 2}'), ('{"perPage": 100}'), ('{"page": 99}')) f (filter);
reset client_min_messages;
-- Ids and ticket numbers
select test.listed_titles(jsonb_build_object('stageId', test.stage_id('Acme', 'Closed'), 'sort', 'createdAt'));
select test.listed_titles(jsonb_build_object('stageId', array[test.stage_id('Acme', 'Closed'), test.stage_id('Acme', 'New')], 'sort', 'createdAt'));
select test.listed_titles(jsonb_build_object('stageId', test.stage_id('Globex', 'New')));
select test.listed_titles(jsonb_build_object('workflowId', test.workflow_id('Acme'), 'perPage', 1));
select test.listed_titles(jsonb_build_object('workflowId', array[test.workflow_id('Globex')]));
select test.listed_titles(jsonb_build_object('assignedTo', test.profile_id('Dave')));
select test.listed_titles(jsonb_build_object('assignedTo', upper(test.profile_id('Dave')::text)));
select test.listed_titles(jsonb_build_object('assignedTo', filter, 'sort', 'createdAt')) = test.listed_titles(jsonb_build_object('sort', 'createdAt'))
  from (select jsonb_build_array('me', 'none', test.profile_id('Dave'))) f (filter);
select test.listed_titles(jsonb_build_object('assignedTo', jsonb_build_array(test.profile_id('Dave'), 'me'), 'sort', 'createdAt'));
select test.listed_titles(jsonb_build_object('stageId', format('{%s,%s}', test.stage_id('Acme', 'Closed'), test.stage_id('Acme', 'New')), 'sort', 'createdAt'));
select test.listed_titles(jsonb_build_object('createdBy', test.profile_id('Dave'), 'sort', 'createdAt'));
select test.listed_titles(jsonb_build_object('createdBy', test.profile_id('Mallory')));
select test.listed_titles(jsonb_build_object('search', '#' || number)), test.listed_titles(jsonb_build_object('search', number::text, 'priority', 'medium'))
  from helpdesk.tickets where title = 'T6';

---- Combined filters

select filter, test.listed_titles(filter || '{"sort": "-createdAt"}') from (values
  ('{"priority": "urgent", "assignedTo": "me"}'::jsonb), ('{"priority": "urgent", "assignedTo": "none"}'),
  ('{"status": ["open", "closed"], "priority": ["urgent", "medium"]}'), ('{"search": "even", "status": "open", "count": "none"}'),
  ('{"createdAfter": "2026-01-01T03:00:00Z", "createdBefore": "2026-01-01T06:00:00Z"}'),
  ('{"createdAfter": "2026-01-01T06:00:00Z", "createdBefore": "2026-01-01T03:00:00Z"}'),
  ('{"updatedAfter": "2026-02-01T02:00:00Z", "updatedBefore": "2026-02-01T04:00:00Z", "search": "even"}'),
  ('{"priority": "urgent", "status": "open", "perPage": 1}')) f (filter);
select test.listed_titles(jsonb_build_object('stageId', test.stage_id('Acme', 'New'), 'workflowId', test.workflow_id('Acme'), 'createdBy', test.profile_id('Alice'),
  'assignedTo', 'none', 'priority', array['medium', 'high', 'low'], 'status', 'open', 'search', 't10', 'createdAfter', '2026-01-01T00:00:00Z'));
