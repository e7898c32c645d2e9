-- list_org_tickets: its orders and its JSON.

call test.create_listed_tickets();

---- Orders

call test.sign_in('Ben');
select test.listed_titles();
select sort, test.listed_titles(jsonb_build_object('sort', sort))
  from unnest('{updatedAt,-updatedAt,createdAt,-createdAt,priority,-priority,number,-number,queue,-queue}'::text[]) sort;

---- The JSON

select test.json_keys(list), test.json_keys(list->'pagination'), test.json_keys(list->'tickets'->0)
  from helpdesk.list_org_tickets(test.org_id('Acme')) list;
select test.json_keys(t->'currentStage'), test.json_keys(t->'assignedTo'), test.json_keys(t->'createdBy')
  from json_array_elements(helpdesk.list_org_tickets(test.org_id('Acme'))->'tickets') t where t->>'title' = 'T4';
select t->>'number', t->>'title', t->>'priority', t->>'status', t->>'version', t->'currentStage'->>'name', t->'assignedTo'->>'name',
       t->'createdBy'->>'name', (t->>'createdAt')::timestamptz = '2026-01-01 04:00Z', (t->>'updatedAt')::timestamptz = '2026-02-01 02:00Z'
  from json_array_elements(helpdesk.list_org_tickets(test.org_id('Acme'))->'tickets') t where t->>'title' = 'T4';
select t->>'title', json_typeof(t->'assignedTo'), t->>'commentCount', t->>'attachmentCount' from json_array_elements(helpdesk.list_org_tickets(test.org_id('Acme'), '{"search": "T1", "sort": "createdAt"}')->'tickets') t;
select helpdesk.list_org_tickets(test.org_id('Acme'), '{"search": "nothing like it"}');
select test.listed_titles(null) = test.listed_titles();
