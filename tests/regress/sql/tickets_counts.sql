-- count_tickets: the totals of several lists in one call.

call test.create_listed_tickets();

-- The total of each list, as list_org_tickets() returns it.
create function test.totals(lists jsonb) returns jsonb language sql as $$
  select jsonb_object_agg(name, helpdesk.list_org_tickets(test.org_id('Acme'), filters)->'pagination'->'total')
    from jsonb_each(lists) l (name, filters) $$;
create function test.error_of_lists(lists text) returns text language sql as $$
  select test.error_of(format('select helpdesk.count_tickets(test.org_id(''Acme''), %L)', lists)) $$;

---- Which tickets each caller counts

\set call 'select helpdesk.count_tickets(test.org_id(\'Acme\'), \'{"all": {}, "mine": {"assignedTo": "me"}, "open": {"status": "open"}}\')'
select * from test.attempt_by_each_caller(:'call');
call test.sign_in('Ada');
:call;
call test.sign_in('Ben');
:call;
call test.sign_in('Dave');
:call;
call test.sign_in('Alice');
:call;
call test.sign_out();
set role service_role;
:call;
reset role;
:call;

---- The totals are those of the lists

call test.sign_in('Dave');
select helpdesk.create_ticket(test.org_id('Acme'), 'Photocopier jams again') is not null;
select '{
  "counters": {"status": ["open", "pending"], "priority": "urgent"}, "agent": {"assignedTo": ["me", "none"]},
  "rows": {"createdAfter": "2026-01-01T10:00:00Z"}, "watched": {"watching": true}, "ours": {"waitingFor": "staff"},
  "search": {"search": "even"}, "beginnings": {"search": "photo jams"}, "typo": {"search": "photocopeir"}, "nothing": {"search": "xylophone"},
  "page": {"status": "open", "sort": "queue", "perPage": 3, "page": 2, "count": "exact"}, "empty": {"status": null, "search": ""}
}' as lists \gset
call test.sign_in('Ben');
select helpdesk.count_tickets(test.org_id('Acme'), :'lists');
select helpdesk.count_tickets(test.org_id('Acme'), :'lists')::jsonb = test.totals(:'lists');
call test.sign_in('Dave');
select helpdesk.count_tickets(test.org_id('Acme'), :'lists');
select helpdesk.count_tickets(test.org_id('Acme'), :'lists')::jsonb = test.totals(:'lists');
call test.sign_in('Ben');
-- What concerns a page changes nothing.
select helpdesk.count_tickets(test.org_id('Acme'), '{"a": {"count": "none"}, "b": {"page": 99}, "c": {"cursor": "x"}}');
-- As PostgREST passes the arguments of a GET.
select helpdesk.count_tickets(test.org_id('Acme'), to_jsonb('{"a": {"number": 3}}'::text));
select helpdesk.count_tickets(test.org_id('Acme'), '{}');

---- Invalid lists

select test.error_of('select helpdesk.count_tickets(null, ''{}'')');
select test.error_of($$select helpdesk.count_tickets(test.org_id('Acme'), null)$$);
select test.error_of($$select helpdesk.count_tickets(test.org_id('Globex'), '{}')$$);
select lists, test.error_of_lists(lists) from (values
  ('[]'), ('null'), ('7'), ('"{} {}"'), ('{"mine": null}'), ('{"mine": []}'), ('{"mine": "open"}'), ('{"status": "open"}'),
  ('{"mine": {"colour": "red"}}'), ('{"a": {}, "mine": {"status": "done"}}'), ('{"mine": {"search": " "}}'),
  ('{"mine": {"page": 1, "cursor": "x"}}')) l (lists);
select helpdesk.count_tickets(test.org_id('Acme'), jsonb_object_agg('list ' || n, '{}'::jsonb)) is not null from generate_series(1, 20) n;
select test.error_of_lists(jsonb_object_agg('list ' || n, '{}'::jsonb)::text) from generate_series(1, 21) n;
select test.error_of_lists(jsonb_build_object(repeat('n', 101), '{}'::jsonb)::text);
