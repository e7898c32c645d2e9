-- list_org_tickets: filters, orders, pages, and who gets what.
\pset format unaligned
\pset tuples_only on

-- Twelve tickets of Acme, 1 to 12 hours into the year. Some were updated at the same moment, so that order needs the id as well.
insert into helpdesk.tickets (org_id, title, description, priority, created_by, assigned_to, current_stage_id, created_at, updated_at)
select story.org('Acme'), 'T' || n, case when n % 2 = 0 then 'Even, 100% \ Ärger' end,
       ('{urgent,low,medium,high}'::helpdesk.ticket_priority[])[n % 4 + 1],
       story.profile(case when n % 3 = 0 then 'Adam' else 'Alice' end),
       story.profile(case when n % 4 = 0 then 'Arthur' when n = 5 then 'Adam' end),
       story.stage('Acme', ('{New,In progress,Waiting on customer,Resolved,Closed}'::text[])[n % 5 + 1]),
       '2026-01-01 00:00Z'::timestamptz + n * interval '1 hour', '2026-02-01 00:00Z'::timestamptz + n * 5 % 6 * interval '1 hour'
  from generate_series(1, 12) n;
insert into helpdesk.tickets (org_id, title, created_by) values (story.org('Globex'), 'G1', story.profile('Gina'));

-- The titles of a page, and the total.
create function story.listed(filters jsonb default '{}') returns text language sql as $$
  select coalesce(string_agg(t->>'title', ' ' order by position), '-') || ' of ' || coalesce(list->'pagination'->>'total', '?')
    from (select helpdesk.list_org_tickets(story.org('Acme'), filters) as list) l
    left join json_array_elements(list->'tickets') with ordinality as ts (t, position) on true
   group by list::text, list->'pagination'->>'total'
$$;
-- All titles, page by page: by cursor and by number.
create function story.walked_by_cursor(filters jsonb) returns text language plpgsql as $$
declare
  page json;
  titles text[] := '{}';
begin
  loop
    page := helpdesk.list_org_tickets(story.org('Acme'), filters);
    titles := titles || array(select t->>'title' from json_array_elements(page->'tickets') t);
    exit when page->'pagination'->>'nextCursor' is null or cardinality(titles) > 100;
    filters := filters || jsonb_build_object('cursor', page->'pagination'->>'nextCursor');
  end loop;
  return array_to_string(titles, ' ');
end $$;
create function story.walked_by_page(filters jsonb) returns text language plpgsql as $$
declare
  page json;
  titles text[] := '{}';
begin
  for number in 1..100 loop
    page := helpdesk.list_org_tickets(story.org('Acme'), filters || jsonb_build_object('page', number));
    exit when json_array_length(page->'tickets') = 0;
    titles := titles || array(select t->>'title' from json_array_elements(page->'tickets') t);
  end loop;
  return array_to_string(titles, ' ');
end $$;

-- What somebody gets through the function, which must be what the table gives them.
create function story.both_doors() returns text language plpgsql as $$
declare
  by_function text;
  by_table text;
begin
  by_function := story.listed('{"sort": "createdAt"}');
  select coalesce(string_agg(title, ' ' order by created_at, id), '-') || ' of ' || count(*) into by_table
    from helpdesk.tickets where org_id = story.org('Acme');
  return case when by_function = by_table then by_function else format('DIFFERENT: %s / %s', by_function, by_table) end;
exception when others then
  return sqlstate || ': ' || sqlerrm;
end $$;
create function story.both_doors_of(person text) returns text language plpgsql as $$
begin
  call story.sign_in(person);
  return story.both_doors();
end $$;

---- Orders

call story.sign_in('Arthur');
select story.listed();
select sort, story.listed(jsonb_build_object('sort', sort))
  from unnest('{updatedAt,-updatedAt,createdAt,-createdAt,priority,-priority}'::text[]) sort;

---- Shape

select story.keys(list), story.keys(list->'pagination'), story.keys(list->'tickets'->0)
  from helpdesk.list_org_tickets(story.org('Acme')) list;
select story.keys(t->'currentStage'), story.keys(t->'assignedTo'), story.keys(t->'createdBy')
  from json_array_elements(helpdesk.list_org_tickets(story.org('Acme'))->'tickets') t where t->>'title' = 'T4';
select t->>'number', t->>'title', t->>'priority', t->>'status', t->>'version', t->'currentStage'->>'name', t->'assignedTo'->>'name',
       t->'createdBy'->>'name', (t->>'createdAt')::timestamptz = '2026-01-01 04:00Z', (t->>'updatedAt')::timestamptz = '2026-02-01 02:00Z'
  from json_array_elements(helpdesk.list_org_tickets(story.org('Acme'))->'tickets') t where t->>'title' = 'T4';
select t->>'title', json_typeof(t->'assignedTo'), t->>'commentCount', t->>'attachmentCount' from json_array_elements(helpdesk.list_org_tickets(story.org('Acme'), '{"search": "T1", "sort": "createdAt"}')->'tickets') t;
select helpdesk.list_org_tickets(story.org('Acme'), '{"search": "nothing like it"}');
select story.listed(null) = story.listed();

---- Filters, one at a time

-- How often Postgres says that a query has no words depends on its version.
set client_min_messages = warning;
select filter, story.listed(filter || '{"sort": "createdAt"}') from (values
  ('{"priority": "urgent"}'::jsonb), ('{"priority": ["low", "high"]}'), ('{"priority": ["low", "low"]}'),
  ('{"status": "open"}'), ('{"status": ["resolved", "closed"]}'), ('{"status": "pending"}'),
  ('{"assignedTo": "me"}'), ('{"assignedTo": "none"}'), ('{"createdBy": "me"}'),
  ('{"createdAfter": "2026-01-01T10:00:00Z"}'), ('{"createdAfter": "2026-01-01T11:00:00+01:00"}'), ('{"createdBefore": "2026-01-01T03:00:00Z"}'),
  ('{"updatedAfter": "2026-02-01T04:00:00Z"}'), ('{"updatedBefore": "2026-02-01T01:00:00Z"}'), ('{"updatedAfter": "2027-01-01T00:00:00Z"}'),
  ('{"search": "t12"}'), ('{"search": "  EVEN "}'), ('{"search": "ÄRGER"}'), ('{"search": "100% \\"}'), ('{"search": "%"}'), ('{"search": "_"}'),
  ('{"count": "none"}'), ('{"count": "exact"}'), ('{"perPage": 3}'), ('{"perPage": 3, "page": 2}'), ('{"perPage": 100}'), ('{"page": 99}')) f (filter);
reset client_min_messages;
-- By id, and by the number that people say.
select story.listed(jsonb_build_object('stageId', story.stage('Acme', 'Closed'), 'sort', 'createdAt'));
select story.listed(jsonb_build_object('stageId', array[story.stage('Acme', 'Closed'), story.stage('Acme', 'New')], 'sort', 'createdAt'));
select story.listed(jsonb_build_object('stageId', story.stage('Globex', 'New')));
select story.listed(jsonb_build_object('workflowId', story.workflow('Acme'), 'perPage', 1));
select story.listed(jsonb_build_object('workflowId', array[story.workflow('Globex')]));
select story.listed(jsonb_build_object('assignedTo', story.profile('Adam')));
select story.listed(jsonb_build_object('assignedTo', upper(story.profile('Adam')::text)));
select story.listed(jsonb_build_object('createdBy', story.profile('Adam'), 'sort', 'createdAt'));
select story.listed(jsonb_build_object('createdBy', story.profile('Gina')));
select story.listed(jsonb_build_object('search', '#' || number)), story.listed(jsonb_build_object('search', number::text, 'priority', 'medium'))
  from helpdesk.tickets where title = 'T6';

---- Filters together

select filter, story.listed(filter || '{"sort": "-createdAt"}') from (values
  ('{"priority": "urgent", "assignedTo": "me"}'::jsonb), ('{"priority": "urgent", "assignedTo": "none"}'),
  ('{"status": ["open", "closed"], "priority": ["urgent", "medium"]}'), ('{"search": "even", "status": "open", "count": "none"}'),
  ('{"createdAfter": "2026-01-01T03:00:00Z", "createdBefore": "2026-01-01T06:00:00Z"}'),
  ('{"createdAfter": "2026-01-01T06:00:00Z", "createdBefore": "2026-01-01T03:00:00Z"}'),
  ('{"updatedAfter": "2026-02-01T02:00:00Z", "updatedBefore": "2026-02-01T04:00:00Z", "search": "even"}'),
  ('{"priority": "urgent", "status": "open", "perPage": 1}')) f (filter);
select story.listed(jsonb_build_object('stageId', story.stage('Acme', 'New'), 'workflowId', story.workflow('Acme'), 'createdBy', story.profile('Alice'),
  'assignedTo', 'none', 'priority', array['medium', 'high', 'low'], 'status', 'open', 'search', 't10', 'createdAfter', '2026-01-01T00:00:00Z'));

---- Who gets what

-- Members get what the table gives them; strangers an error.
call story.sign_out();
select person, story.both_doors_of(person) from unnest('{Ada,Arthur,Alice,Adam,Bea,Grace,Gina,Stan,Nemo}'::text[]) person;
call story.sign_out();
select story.both_doors();
set role service_role;
select story.both_doors();
set role anon;
select story.both_doors();
set role authenticated;
select story.both_doors();
call story.claim('garbage');
select story.both_doors();
call story.claim('{"sub": "not a uuid"}');
select story.both_doors();
-- A customer's filters apply to their own tickets only.
call story.sign_in('Adam');
select story.listed('{"assignedTo": "me"}'), story.listed('{"createdBy": "me", "sort": "createdAt"}'), story.listed('{"assignedTo": "none", "count": "none", "sort": "createdAt"}');
select story.listed(jsonb_build_object('createdBy', story.profile('Alice'))), story.listed(jsonb_build_object('assignedTo', story.profile('Arthur')));
-- Nobody is "me" to a backend without claims.
call story.claim('');
set role service_role;
select story.listed('{"assignedTo": "me"}'), story.listed('{"createdBy": "me"}');
-- A superuser's definer function does not widen what its caller gets.
call story.sign_out();
create function story.widened() returns text language sql security definer as $$ select story.listed('{"sort": "createdAt"}') $$;
call story.sign_in('Adam');
select story.widened() = story.listed('{"sort": "createdAt"}');
call story.sign_out();

---- Pages: each ticket exactly once, in every order, by cursor and by number

create temp table orders as
  select sort, per_page, jsonb_build_object('sort', sort, 'perPage', per_page) as filters
    from unnest('{updatedAt,-updatedAt,createdAt,-createdAt,priority,-priority}'::text[]) sort, unnest('{1,2,5,12,13}'::int[]) per_page;
grant select on orders to public;
call story.sign_in('Arthur');
select sort, per_page, filters from orders where story.walked_by_cursor(filters) || ' of 12' <> story.listed(jsonb_build_object('sort', sort))
   or story.walked_by_page(filters) || ' of 12' <> story.listed(jsonb_build_object('sort', sort));
call story.sign_in('Alice');
select sort, per_page, filters from orders where story.walked_by_cursor(filters) || ' of 8' <> story.listed(jsonb_build_object('sort', sort))
   or story.walked_by_page(filters) || ' of 8' <> story.listed(jsonb_build_object('sort', sort));
call story.sign_in('Adam');
select sort, per_page, filters from orders where story.walked_by_cursor(filters) || ' of 5' <> story.listed(jsonb_build_object('sort', sort))
   or story.walked_by_page(filters) || ' of 5' <> story.listed(jsonb_build_object('sort', sort));
-- The walks did see tickets; with a filter, without a count.
select story.walked_by_cursor('{"perPage": 2, "sort": "-priority"}'), story.walked_by_page('{"perPage": 2, "sort": "-priority"}');
call story.sign_in('Arthur');
select story.walked_by_cursor('{"perPage": 2, "sort": "priority", "status": ["open", "pending"], "count": "none"}'),
       story.listed('{"sort": "priority", "status": ["open", "pending"], "count": "none"}');
-- What pagination says.
select list->'pagination'->>'total', list->'pagination'->>'page', list->'pagination'->>'perPage', list->'pagination'->>'nextCursor' is null
  from unnest('{"{}","{\"perPage\": 3, \"page\": 2}","{\"perPage\": 3, \"page\": 4}","{\"count\": \"none\"}"}'::jsonb[]) filters, helpdesk.list_org_tickets(story.org('Acme'), filters) list;
-- The last page has no next one, be it full or not.
select (helpdesk.list_org_tickets(story.org('Acme'), '{"perPage": 12}')->'pagination'->>'nextCursor') is null;
-- A page by cursor has no number.
select (list->'pagination'->>'nextCursor') as cursor from helpdesk.list_org_tickets(story.org('Acme'), '{"perPage": 1}') list \gset
select list->'pagination'->>'page', list->'pagination'->>'total', json_array_length(list->'tickets')
  from helpdesk.list_org_tickets(story.org('Acme'), jsonb_build_object('cursor', :'cursor', 'perPage', 2)) list;
-- A ticket that changes while somebody walks on neither hides another nor shows it twice.
begin;
create temp table walk as select helpdesk.list_org_tickets(story.org('Acme'), '{"perPage": 5, "sort": "createdAt"}') as page;
select helpdesk.update_ticket(story.ticket('T2'), '{"priority": "low"}') is not null;
select story.listed(jsonb_build_object('perPage', 100, 'sort', 'createdAt', 'cursor', page->'pagination'->>'nextCursor')) from walk;
rollback;

---- Bad input

call story.sign_out();
select story.everything() as before \gset
create function story.bad_filter(filters text) returns text language sql as $$
  select story.expect_error(format($l$select helpdesk.list_org_tickets(story.org('Acme'), %L)$l$, filters))
$$;
call story.sign_in('Arthur');
select story.expect_error('select helpdesk.list_org_tickets(null)');
select story.expect_error($$select helpdesk.list_org_tickets(story.org('Globex'))$$);
select story.expect_error($$select helpdesk.list_org_tickets('00000000-0000-4000-8000-000000000000')$$);
-- An array is no object, and filters nothing by position.
select story.bad_filter('[]') like '22023: p_filters: % | A JSON object.%';
select story.bad_filter('["urgent"]') like '22023: p_filters: % | A JSON object.%';
-- Nor is an object a word.
select key, story.bad_filter(json_build_object(key, json_build_object(word, null))::text) like '22023: p_filters.' || key || ': %'
  from (values ('priority', 'low'), ('status', 'open'), ('count', 'none'), ('assignedTo', 'me'), ('createdBy', 'me')) k (key, word);
select filter, story.bad_filter(filter) from (values
  ('"text"'), ('7'), ('null'),
  ('{"prioritty": "low"}'), ('{"Priority": "low"}'), ('{"": 1}'),
  ('{"priority": "whatever"}'), ('{"priority": []}'), ('{"priority": null}'), ('{"priority": 1}'), ('{"priority": ["low", "x"]}'), ('{"priority": {"a": 1}}'), ('{"priority": "LOW"}'),
  ('{"status": "done"}'), ('{"status": [["open"]]}'), ('{"status": true}'),
  ('{"stageId": "x"}'), ('{"stageId": null}'), ('{"workflowId": 1}'), ('{"workflowId": []}'),
  ('{"assignedTo": "somebody"}'), ('{"assignedTo": null}'), ('{"assignedTo": ["me"]}'), ('{"createdBy": "none"}'), ('{"createdBy": 1}'),
  ('{"createdAfter": "yesterday"}'), ('{"createdAfter": "2026-01-01"}'), ('{"createdAfter": 0}'), ('{"createdBefore": "2026-13-01T00:00:00Z"}'),
  ('{"updatedAfter": null}'), ('{"updatedBefore": "infinity"}'),
  ('{"search": ""}'), ('{"search": "  "}'), ('{"search": 7}'), ('{"search": null}'),
  ('{"sort": "title"}'), ('{"sort": "--updatedAt"}'), ('{"sort": ""}'), ('{"sort": null}'), ('{"sort": ["updatedAt"]}'),
  ('{"perPage": 0}'), ('{"perPage": 101}'), ('{"perPage": -1}'), ('{"perPage": "20"}'), ('{"perPage": 1.5}'), ('{"perPage": null}'), ('{"perPage": 1e30}'),
  ('{"page": 0}'), ('{"page": -1}'), ('{"page": 2147483648}'), ('{"page": 1e400}'), ('{"page": "1"}'), ('{"page": null}'),
  ('{"count": "some"}'), ('{"count": true}'), ('{"count": null}'),
  ('{"cursor": "x", "page": 1}'), ('{"cursor": null}'), ('{"cursor": 1}'),
  ('{"cursor": ""}'), ('{"cursor": "garbage"}'), ('{"cursor": "..."}'), ('{"cursor": "-updatedAt..1"}'), ('{"cursor": "-updatedAt..x.00000000-0000-4000-8000-000000000000"}'),
  ('{"cursor": "-updatedAt..1.x"}'), ('{"cursor": "-updatedAt..1.00000000-0000-4000-8000-000000000000.more"}'), ('{"cursor": "-updatedAt.low.1.00000000-0000-4000-8000-000000000000"}'),
  ('{"cursor": "-updatedAt..99999999999999999999.00000000-0000-4000-8000-000000000000"}'),
  ('{"cursor": "-priority..1.00000000-0000-4000-8000-000000000000", "sort": "-priority"}'),
  ('{"cursor": "-priority.whatever.1.00000000-0000-4000-8000-000000000000", "sort": "-priority"}')) f (filter);
-- A cursor of another order.
select story.bad_filter(jsonb_build_object('cursor', :'cursor', 'sort', sort)::text) from unnest('{updatedAt,createdAt,-createdAt,priority,-priority}'::text[]) sort;
-- Too long, too many, too deep.
select story.bad_filter(jsonb_build_object('search', repeat('x', 201))::text);
select story.bad_filter(jsonb_build_object('priority', array_fill('low'::text, array[101]))::text);
select story.bad_filter(repeat('[', 10000) || repeat(']', 10000)) like '22023: p_filters: %';
select story.bad_filter('{"x": ' || repeat('[', 10000) || repeat(']', 10000) || '}') like '22023: p_filters: %';
select story.bad_filter('{"priority": ' || repeat('[', 10000) || repeat(']', 10000) || '}') like '22023: p_filters.priority: %';
select story.bad_filter('{"assignedTo": ' || repeat('[', 10000) || repeat(']', 10000) || '}') like '22023: p_filters.assignedTo: %';
-- The ends of what is allowed.
select story.listed('{"page": 2147483647, "perPage": 100}'), story.listed(jsonb_build_object('search', repeat('x', 200))),
       story.listed(jsonb_build_object('priority', array_fill('low'::text, array[100]), 'count', 'exact', 'sort', 'createdAt'));
select story.listed('{"cursor": "-updatedAt..9223372036854775807.00000000-0000-4000-8000-000000000000"}') is not null,
       story.listed('{"cursor": "-updatedAt..-9223372036854775808.00000000-0000-4000-8000-000000000000"}') is not null;
call story.sign_out();
select story.everything() = :'before' as nothing_was_written;

---- Cleaning up

delete from helpdesk.tickets;
