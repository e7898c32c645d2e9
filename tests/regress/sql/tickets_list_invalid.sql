-- list_org_tickets: filters that it refuses.

call test.create_listed_tickets();

-- A cursor for the order -updatedAt
select (list->'pagination'->>'nextCursor') as cursor from helpdesk.list_org_tickets(test.org_id('Acme'), '{"perPage": 1}') list \gset

---- Invalid filters

call test.sign_out();
select test.digest_of_all_rows() as before \gset
create function test.error_of_filters(filters text) returns text language sql as $$
  select test.error_of(format($l$select helpdesk.list_org_tickets(test.org_id('Acme'), %L)$l$, filters))
$$;
call test.sign_in('Ben');
select test.error_of('select helpdesk.list_org_tickets(null)');
select test.error_of($$select helpdesk.list_org_tickets(test.org_id('Globex'))$$);
select test.error_of($$select helpdesk.list_org_tickets('00000000-0000-4000-8000-000000000000')$$);
-- An array is not an object: its elements are not taken by position.
select test.error_of_filters('[]') like '22023 %: p_filters: % | A JSON object.%';
select test.error_of_filters('["urgent"]') like '22023 %: p_filters: % | A JSON object.%';
-- An object is not a string.
select key, test.error_of_filters(json_build_object(key, json_build_object(word, null))::text) like '22023 %: p_filters.' || key || ': %'
  from (values ('priority', 'low'), ('status', 'open'), ('count', 'none'), ('assignedTo', 'me'), ('createdBy', 'me')) k (key, word);
select filter, test.error_of_filters(filter) from (values
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
  ('{"page": 0}'), ('{"page": -1}'), ('{"page": 2147483648}'), ('{"page": 502, "perPage": 100}'), ('{"page": 1e400}'), ('{"page": "1"}'), ('{"page": null}'),
  ('{"count": "some"}'), ('{"count": true}'), ('{"count": null}'),
  ('{"cursor": "x", "page": 1}'), ('{"cursor": null}'), ('{"cursor": 1}'),
  ('{"cursor": ""}'), ('{"cursor": "garbage"}'), ('{"cursor": "..."}'), ('{"cursor": "{\"sort\":\"-updatedAt\",\"time\":1}"}'), ('{"cursor": "{\"sort\":\"-updatedAt\",\"priority\":null,\"time\":\"x\",\"id\":\"00000000-0000-4000-8000-000000000000\"}"}'),
  ('{"cursor": "{\"sort\":\"-updatedAt\",\"priority\":null,\"time\":1,\"id\":\"x\"}"}'), ('{"cursor": "{\"sort\":\"-updatedAt\",\"priority\":null,\"time\":1,\"id\":\"00000000-0000-4000-8000-000000000000\",\"more\":1}"}'), ('{"cursor": "{\"sort\":\"-updatedAt\",\"priority\":\"low\",\"time\":1,\"id\":\"00000000-0000-4000-8000-000000000000\"}"}'),
  ('{"cursor": "{\"sort\":\"-updatedAt\",\"priority\":null,\"time\":99999999999999999999,\"id\":\"00000000-0000-4000-8000-000000000000\"}"}'),
  ('{"cursor": "{\"sort\":\"-priority\",\"priority\":null,\"time\":1,\"id\":\"00000000-0000-4000-8000-000000000000\"}", "sort": "-priority"}'),
  ('{"cursor": "{\"sort\":\"-priority\",\"priority\":\"whatever\",\"time\":1,\"id\":\"00000000-0000-4000-8000-000000000000\"}", "sort": "-priority"}')) f (filter);
-- A cursor of another order
select test.error_of_filters(jsonb_build_object('cursor', :'cursor', 'sort', sort)::text) from unnest('{updatedAt,createdAt,-createdAt,priority,-priority}'::text[]) sort;
-- Too long, too many, nested too deeply
select test.error_of_filters(jsonb_build_object('search', repeat('x', 201))::text);
select test.error_of_filters(jsonb_build_object('priority', array_fill('low'::text, array[101]))::text);
select test.error_of_filters(repeat('[', 10000) || repeat(']', 10000)) like '22023 %: p_filters: %';
select test.error_of_filters('{"x": ' || repeat('[', 10000) || repeat(']', 10000) || '}') like '22023 %: p_filters: %';
select test.error_of_filters('{"priority": ' || repeat('[', 10000) || repeat(']', 10000) || '}') like '22023 %: p_filters.priority: %';
select test.error_of_filters('{"assignedTo": ' || repeat('[', 10000) || repeat(']', 10000) || '}') like '22023 %: p_filters.assignedTo: %';
-- The limits of what is allowed
select test.listed_titles('{"page": 501, "perPage": 100}'), test.listed_titles(jsonb_build_object('search', repeat('x', 200))),
       test.listed_titles(jsonb_build_object('priority', array_fill('low'::text, array[100]), 'count', 'exact', 'sort', 'createdAt'));
select test.listed_titles('{"cursor": "{\"sort\":\"-updatedAt\",\"priority\":null,\"time\":9223372036854775807,\"id\":\"00000000-0000-4000-8000-000000000000\"}"}') is not null,
       test.listed_titles('{"cursor": "{\"sort\":\"-updatedAt\",\"priority\":null,\"time\":-9223372036854775808,\"id\":\"00000000-0000-4000-8000-000000000000\"}"}') is not null;
call test.sign_out();
select test.digest_of_all_rows() = :'before' as nothing_was_written;
