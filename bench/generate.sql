-- Fills the tables set-based: :tickets tickets in 20 organizations of unequal size (the largest holds 40 %), priorities and
-- stages skewed, 3 comments a ticket, people in several organizations. Triggers are off: history and counters are made here.
\set ON_ERROR_STOP 1
begin;
set local session_replication_role = replica;
select setseed(0.42);

create schema bench;

create function bench.id(kind int, n bigint) returns uuid language sql immutable parallel safe as $$
  select (lpad(to_hex(kind), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid
$$;

-- 100 staff and one customer for every 50 tickets (at least 200).
create table bench.people as
  select n, n <= 100 as is_staff from generate_series(1, 100 + greatest(200, :tickets / 50)) n;
insert into auth.users (id, email, email_confirmed_at)
  select bench.id(1, n), 'person' || n || '@example.com', now() from bench.people;
insert into helpdesk.profiles (id, auth_id, role, name, email)
  select bench.id(2, n), bench.id(1, n), (case when is_staff then 'agent' else 'customer' end)::helpdesk.user_role,
         'Person ' || n, 'person' || n || '@example.com'
    from bench.people;

insert into helpdesk.organizations (id, name, created_by)
  select bench.id(3, n), 'Organization ' || n, bench.id(2, n) from generate_series(1, 20) n;
-- Staff n works in organization n % 20 + 1, and every fourth also in organization 1; customers are spread, and some are in two.
insert into helpdesk.org_members (org_id, user_id, org_role)
  select bench.id(3, n % 20 + 1), bench.id(2, n), case when n <= 20 then 'org_admin' else 'org_agent' end
    from bench.people where is_staff
  union
  select bench.id(3, 1), bench.id(2, n), 'org_agent' from bench.people where is_staff and n % 4 = 1 and n % 20 <> 0
  union
  select bench.id(3, n % 20 + 1), bench.id(2, n), 'org_customer' from bench.people where not is_staff
  union
  select bench.id(3, (n / 10) % 20 + 1), bench.id(2, n), 'org_customer'
    from bench.people where not is_staff and n % 10 = 0 and (n / 10) % 20 <> n % 20;

insert into helpdesk.workflows (org_id, id, name, created_at)
  select bench.id(3, n), bench.id(4, n), 'Support', now() - interval '2 years' from generate_series(1, 20) n;
insert into helpdesk.workflow_stages (org_id, id, workflow_id, name, position, status, is_start)
  select bench.id(3, n), bench.id(5, n * 10 + s.position), bench.id(4, n), s.name, s.position, s.status, s.position = 1
    from generate_series(1, 20) n,
         (values (1, 'New', 'open'), (2, 'In progress', 'open'), (3, 'Waiting on customer', 'pending'),
                 (4, 'Resolved', 'resolved'), (5, 'Closed', 'closed')) s (position, name, status);

-- Organization 1 holds 40 %, the others share the rest by the square of a random number.
create table bench.tickets as
  select n, org, bench.id(6, n) as id, bench.id(7, n) as history_id,
         case when r1 < 0.70 then 5 when r1 < 0.80 then 4 when r1 < 0.85 then 3 when r1 < 0.95 then 2 else 1 end as stage,
         (array['low', 'medium', 'high', 'urgent'])[case when r2 < 0.5 then 1 when r2 < 0.85 then 2 when r2 < 0.97 then 3 else 4 end]::helpdesk.ticket_priority as priority,
         r3, r4,
         now() - interval '2 years' * (1 - n::float8 / :tickets) as created_at
    from (select n, case when random() < 0.4 then 1 else 2 + floor(19 * random() ^ 2)::int end as org,
                 random() as r1, random() as r2, random() as r3, random() as r4
            from generate_series(1, :tickets) n) x;

create table bench.customers as
  select org_id, array_agg(user_id) as ids from helpdesk.org_members where org_role = 'org_customer' group by 1;
create table bench.staff as
  select org_id, array_agg(user_id) as ids from helpdesk.org_members where org_role <> 'org_customer' group by 1;

insert into helpdesk.tickets
       (org_id, id, number, title, description, priority, status, workflow_id, current_stage_id, assigned_to, created_by,
        created_at, updated_at, stage_entered_at, resolved_at, closed_at, version, latest_history_id)
  select bench.id(3, t.org), t.id, row_number() over (partition by t.org order by t.n),
         'Ticket ' || t.n || ' about ' || (array['printer', 'login', 'invoice', 'delivery', 'refund', 'password', 'network', 'export'])[1 + t.n % 8],
         'It happened again: ' || md5(t.n::text) || ' and ' || md5((-t.n)::text), t.priority,
         (array['open', 'open', 'pending', 'resolved', 'closed'])[t.stage], bench.id(4, t.org), bench.id(5, t.org * 10 + t.stage),
         case when t.stage > 1 then s.ids[1 + floor(t.r3 * array_length(s.ids, 1))::int] end,
         c.ids[1 + floor(t.r4 * array_length(c.ids, 1))::int],
         t.created_at, u.at, u.at, case when t.stage >= 4 then u.at end, case when t.stage = 5 then u.at end, 1, t.history_id
    from bench.tickets t
    join bench.customers c on c.org_id = bench.id(3, t.org)
    join bench.staff s on s.org_id = bench.id(3, t.org)
    cross join lateral (select least(now(), t.created_at + interval '10 days' * t.r3 * t.r4) as at) u;

insert into helpdesk.ticket_history
       (org_id, id, ticket_id, requester_id, version, title, description, priority, status, assigned_to, workflow_stage_id,
        changed_by, changed_at, changes)
  select org_id, latest_history_id, id, created_by, 1, title, description, priority, status, assigned_to, current_stage_id,
         created_by, created_at,
         jsonb_build_object('type', 'created', 'fields', jsonb_build_object('title', title, 'priority', priority, 'stage', current_stage_id))
    from helpdesk.tickets;

insert into helpdesk.ticket_comments (org_id, id, ticket_id, requester_id, content, is_internal, created_by, created_at, updated_at)
  select t.org_id, bench.id(8 + k, b.n), t.id, t.created_by, 'Comment ' || k || ': ' || md5(b.n::text), k = 2,
         case when k = 1 then t.created_by else coalesce(t.assigned_to, t.created_by) end,
         t.created_at + k * interval '1 hour', t.created_at + k * interval '1 hour'
    from bench.tickets b join helpdesk.tickets t on t.id = b.id cross join generate_series(1, 3) k;

insert into helpdesk.ticket_counters (org_id, last_number)
  select org_id, max(number) from helpdesk.tickets group by org_id
  on conflict (org_id) do update set last_number = excluded.last_number;
commit;
