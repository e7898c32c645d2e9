-- claim_next_ticket assigns the next ticket of the queue to its caller.

call test.create_queue();

---- claim_next_ticket takes the most urgent, then the oldest open unassigned ticket, or returns
---- NULL

begin;
call test.sign_in('Ben');
create function pg_temp.claim(filters jsonb default '{}') returns text language sql as $$ select helpdesk.claim_next_ticket(test.org_id('Acme'), filters)->>'title' $$;
-- The list sorted by queue is in the order of the claims.
select t->>'title' from json_array_elements(helpdesk.list_org_tickets(test.org_id('Acme'),
  '{"sort": "queue", "assignedTo": "none", "status": "open"}')->'tickets') t;
select pg_temp.claim() from generate_series(1, 3);
call test.sign_in('Ada');
select pg_temp.claim() from generate_series(1, 4);
select helpdesk.claim_next_ticket(test.org_id('Acme')) is null, helpdesk.claim_next_ticket(test.org_id('Acme'), null) is null;
call test.sign_out();
select title, test.profile_name(assigned_to), version from helpdesk.tickets where org_id = test.org_id('Acme') order by title;
-- Each claim makes a revision by the claimer.
select t.title, test.profile_name(h.changed_by), (select string_agg(key, ',') from jsonb_object_keys(h.changes->'fields') key) from helpdesk.ticket_history h join helpdesk.tickets t on h.id = t.latest_history_id where t.title like 'Q%' order by 1;
select * from test.broken_histories;
rollback;
call test.sign_out();
-- It returns the same ticket object as update_ticket.
begin;
call test.sign_in('Ben');
select test.json_keys(claimed), claimed->>'title', claimed->'assignedTo'->>'name', claimed->'assignedTo'->>'email', claimed->>'version', test.json_keys(claimed) = test.json_keys(helpdesk.update_ticket(test.ticket_id('Q7'), '{"priority": "high"}'))
  from helpdesk.claim_next_ticket(test.org_id('Acme')) claimed;
rollback;
-- Filters limit the tickets.
create function test.claimed_title(person text, filters jsonb) returns text language plpgsql as $$
declare
  title text;
begin
  call test.sign_in(person);
  title := helpdesk.claim_next_ticket(test.org_id('Acme'), filters)->>'title';
  call test.sign_out();
  raise exception using errcode = 'UNDO0', message = coalesce(title, 'none');
exception
  when sqlstate 'UNDO0' then
    call test.sign_out();
    return sqlerrm;
end $$;
select filters, test.claimed_title('Ben', filters) from (values
  ('{}'::jsonb), ('{"priority": "low"}'), ('{"priority": ["low", "medium"]}'), ('{"search": "q7"}'), ('{"search": "ticket q4"}'), ('{"search": "taken"}'), ('{"search": "closed"}'),
  ('{"createdBefore": "2026-01-01T02:00:00Z"}'), ('{"createdAfter": "2026-01-01T04:00:00Z"}'), ('{"updatedBefore": "2000-01-01T00:00:00Z"}'), ('{"updatedAfter": "2026-01-01T00:00:00Z"}'), ('{"createdBy": "me"}'),
  ('{"waitingFor": "customer"}'), ('{"watching": true}'), ('{"number": 1}')) f (filters);
select test.claimed_title('Ben', jsonb_build_object('createdBy', test.profile_id('Dave'))), test.claimed_title('Ben', jsonb_build_object('createdBy', test.profile_id('Dave'), 'priority', 'low')),
       test.claimed_title('Ben', jsonb_build_object('stageId', test.stage_id('Acme', 'In progress'), 'priority', array['low', 'high'])), test.claimed_title('Ben', jsonb_build_object('stageId', test.stage_id('Acme', 'Closed'))),
       test.claimed_title('Ben', jsonb_build_object('workflowId', test.workflow_id('Acme'))), test.claimed_title('Ben', jsonb_build_object('workflowId', test.workflow_id('Globex')));
-- Filters that control the presentation or that the queue sets itself are refused, and so are those
-- that a list refuses.
call test.sign_in('Ben');
select filters, test.error_of(format($$select helpdesk.claim_next_ticket(test.org_id('Acme'), %L)$$, filters)) from (values
  ('{"status": "open"}'), ('{"assignedTo": "none"}'), ('{"sort": "priority"}'), ('{"perPage": 1}'), ('{"page": 1}'), ('{"cursor": "x"}'), ('{"count": "none"}'),
  ('{"priority": "whatever"}'), ('{"stageId": "x"}'), ('{"search": ""}'), ('{"search": 7}')) f (filters);
select filters, test.error_of(format($$select helpdesk.claim_next_ticket(test.org_id('Acme'), %L)$$, filters)) like '22023 %: p_filters%' from unnest('{"[]", "7", "{\"a\": 1}", "{\"Priority\": \"low\"}"}'::text[]) filters;
select test.error_of('select helpdesk.claim_next_ticket(null)');
-- Only staff of the organization claim tickets. A backend claims them for the person in its claims.
select * from test.attempt_by_each_caller($$select helpdesk.claim_next_ticket(test.org_id('Acme'))$$);
call test.sign_in('Alice');
select test.error_of($$select helpdesk.claim_next_ticket(test.org_id('Acme'))$$);
select test.error_of($$select helpdesk.claim_next_ticket(test.org_id('Acme'))$$) = test.error_of($$select helpdesk.claim_next_ticket('00000000-0000-4000-8000-000000000000')$$);
begin;
call test.set_claims(json_build_object('sub', test.login_id('Ben'))::text);
set local role service_role;
select helpdesk.claim_next_ticket(test.org_id('Acme'))->'assignedTo'->>'name';
rollback;
-- Bea is a customer of Acme and an agent of Globex.
begin;
call test.sign_in('Bea');
select helpdesk.claim_next_ticket(test.org_id('Globex'))->>'title', helpdesk.claim_next_ticket(test.org_id('Globex')) is null;
rollback;
call test.sign_out();
-- The queue is read from its index, in order.
begin;
set local enable_seqscan = off;
set local enable_sort = off;
set local enable_bitmapscan = off;
create function pg_temp.scan() returns setof text language plpgsql as $$
declare
  line text;
begin
  for line in explain (costs off) select id from helpdesk.tickets where org_id = '00000000-0000-4000-8000-000000000000' and assigned_to is null and status = 'open' order by priority desc, created_at, id limit 1 loop
    if line ~ 'Scan|Sort' then
      return next regexp_replace(line, '^[ >-]+', '');
    end if;
  end loop;
end $$;
select * from pg_temp.scan();
rollback;
