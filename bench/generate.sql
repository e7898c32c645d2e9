-- Generates :tickets tickets with :comments comments each in 20 organizations of different sizes
-- (the largest holds 40 %). Priorities and stages are skewed, and some people belong to several
-- organizations. Triggers are off, so this script also writes history and counters.
\set ON_ERROR_STOP 1
begin;
set local session_replication_role = replica;
select setseed(0.42);

create schema bench;

create function bench.id(kind int, n bigint) returns uuid language sql immutable parallel safe as $$
  select (lpad(to_hex(kind), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid
$$;

-- Ids that ascend in the order of insertion, as UUIDv7 do.
create function bench.row_id(kind int, n bigint) returns uuid language sql immutable parallel safe as $$
  select (lpad(to_hex(n), 8, '0') || '-' || lpad(to_hex(kind), 4, '0') || '-7000-8000-000000000000')::uuid
$$;

-- Random words from a vocabulary of 20,000 with Zipf frequencies. The argument x makes Postgres
-- evaluate the function for every row.
create function bench.words(x bigint, many int) returns text language sql volatile as $$
  select string_agg('word' || floor(power(20000, random()))::int, ' ') from generate_series(1, many) where x is not null
$$;

-- A word that only the older six of ten tickets and comments have.
create function bench.if_old(n bigint, tickets bigint) returns text language sql immutable as $$
  select case when n <= 0.6 * tickets then ' ancient' else '' end
$$;

-- Indexes other than keys are dropped and built again when all rows are loaded, which is faster.
-- The rebuild of the full-text index needs one: it looks up a block for each document.
create table bench.indexes as
  select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition, c.relname as of_table
    from pg_index i join pg_class c on c.oid = i.indrelid
   where c.relnamespace = 'helpdesk'::regnamespace
     and i.indexrelid <> 'helpdesk.search_documents_block_idx'::regclass
     and not exists (select from pg_constraint k where k.conindid = i.indexrelid);
select format('drop index %s', name) from bench.indexes \gexec

-- A pool of texts, because generating one for each row would take longer than everything else.
select least(200000, :tickets) as texts \gset
create table bench.texts as select n, bench.words(n, 12) as words from generate_series(0, :texts - 1) n;
create unique index on bench.texts (n);
analyze bench.texts;

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
-- Staff member n works in organization n % 20 + 1, and one in four also in organization 1.
-- Customers are distributed evenly, and some belong to two organizations.
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

-- Organization 1 holds 40 % of the tickets. The others share the rest unevenly.
create table bench.tickets as
  select n, org, bench.row_id(6, n) as id, bench.row_id(7, n) as history_id,
         case when r1 < 0.70 then 5 when r1 < 0.80 then 4 when r1 < 0.85 then 3 when r1 < 0.95 then 2 else 1 end as stage,
         (array['low', 'medium', 'high', 'urgent'])[case when r2 < 0.5 then 1 when r2 < 0.85 then 2 when r2 < 0.97 then 3 else 4 end]::helpdesk.ticket_priority as priority,
         r3, r4,
         now() - interval '2 years' * (1 - n::float8 / :tickets) as created_at
    from (select n, case when random() < 0.4 then 1 else 2 + floor(19 * random() ^ 2)::int end as org,
                 random() as r1, random() as r2, random() as r3, random() as r4
            from generate_series(1, :tickets) n) x;

-- The customers and the staff of each organization, numbered from 0, and how many there are.
create table bench.members as
  select org_id, user_id, org_role <> 'org_customer' as is_staff,
         row_number() over (partition by org_id, org_role <> 'org_customer' order by user_id) - 1 as n
    from helpdesk.org_members;
create table bench.many_members as
  select org_id, count(*) filter (where is_staff) as staff, count(*) filter (where not is_staff) as customers from bench.members group by 1;
analyze bench.tickets, bench.members, bench.many_members;

insert into helpdesk.tickets
       (org_id, id, number, title, description, priority, status, workflow_id, current_stage_id, assigned_to, created_by,
        created_at, updated_at, stage_entered_at, resolved_at, closed_at, version, latest_history_id, public_comment_count,
        public_attachment_count, last_public_comment_at, is_answered)
  select bench.id(3, t.org), t.id, row_number() over (partition by t.org order by t.n),
         'Ticket ' || t.n || ' about ' || (array['printer', 'login', 'invoice', 'delivery', 'refund', 'password', 'network', 'export'])[1 + t.n % 8],
         'It happened again: ' || x.words || ' ' || md5(t.n::text) || bench.if_old(t.n, :tickets), t.priority,
         (array['open', 'open', 'pending', 'resolved', 'closed'])[t.stage], bench.id(4, t.org), bench.id(5, t.org * 10 + t.stage),
         case when t.stage > 1 then s.user_id end, c.user_id,
         t.created_at, u.at, u.at, case when t.stage >= 4 then u.at end, case when t.stage = 5 then u.at end, 1, t.history_id,
         :comments - (:comments >= 2)::int, (t.n % 10 = 0)::int,
         t.created_at + nullif(case :comments when 2 then 1 else :comments end, 0) * interval '1 hour', :comments > 2 and t.stage > 1
    from bench.tickets t
    join bench.texts x on x.n = t.n * 31 % :texts
    join bench.many_members m on m.org_id = bench.id(3, t.org)
    join bench.members c on c.org_id = m.org_id and not c.is_staff and c.n = floor(t.r4 * m.customers)::int
    join bench.members s on s.org_id = m.org_id and s.is_staff and s.n = floor(t.r3 * m.staff)::int
    cross join lateral (select least(now(), t.created_at + interval '10 days' * t.r3 * t.r4) as at) u;

insert into helpdesk.ticket_history
       (org_id, id, ticket_id, requester_id, version, title, description, priority, status, assigned_to, workflow_stage_id,
        changed_by, changed_at, changes)
  select org_id, latest_history_id, id, created_by, 1, title, description, priority, status, assigned_to, current_stage_id,
         created_by, created_at,
         jsonb_build_object('type', 'created', 'fields', jsonb_build_object('title', title, 'priority', priority, 'stage', current_stage_id))
    from helpdesk.tickets;

insert into helpdesk.ticket_comments (org_id, id, ticket_id, requester_id, content, is_internal, created_by, created_at, updated_at)
  select t.org_id, bench.row_id(8 + k, b.n), t.id, t.created_by, 'Comment ' || k || ': ' || x.words || bench.if_old(b.n, :tickets), k = 2,
         case when k = 1 then t.created_by else coalesce(t.assigned_to, t.created_by) end,
         t.created_at + k * interval '1 hour', t.created_at + k * interval '1 hour'
    from bench.tickets b
    join helpdesk.tickets t on t.id = b.id
    cross join generate_series(1, :comments) k
    join bench.texts x on x.n = (b.n * 31 + k * 7919) % :texts;

-- The first ticket of organization 1 has 500 comments.
insert into helpdesk.ticket_comments (org_id, id, ticket_id, requester_id, content, is_internal, created_by, created_at, updated_at)
  select t.org_id, bench.row_id(16, k), t.id, t.created_by, 'Comment ' || k || ': ' || bench.words(k, 10), k % 5 = 0, t.created_by,
         t.created_at + k * interval '1 minute', t.created_at + k * interval '1 minute'
    from (select t.* from helpdesk.tickets t where t.org_id = bench.id(3, 1) order by t.id limit 1) t
    cross join generate_series(:comments + 1, 500) k;
update helpdesk.tickets t
   set public_comment_count = (select count(*) from helpdesk.ticket_comments c where c.org_id = t.org_id and c.ticket_id = t.id and not c.is_internal)
 where t.id = (select id from helpdesk.tickets where org_id = bench.id(3, 1) order by id limit 1);

-- One in ten tickets has an attachment.
insert into helpdesk.ticket_attachments (org_id, id, ticket_id, requester_id, file_name, file_type, file_size, storage_path, uploaded_by, uploaded_at)
  select t.org_id, bench.row_id(20, b.n), t.id, t.created_by, 'photo.jpg', 'image/jpeg', 123456,
         t.org_id || '/' || t.id || '/photo.jpg', t.created_by, t.created_at
    from bench.tickets b join helpdesk.tickets t on t.id = b.id where b.n % 10 = 0;

-- Internal comments are counted separately.
insert into helpdesk.ticket_internal_counts (org_id, ticket_id, comment_count, attachment_count)
  select org_id, ticket_id, count(*), 0 from helpdesk.ticket_comments where is_internal group by 1, 2;

-- Requesters were notified of the tickets of the last 30 days. Four in five have read it.
insert into helpdesk.notifications (org_id, id, user_id, ticket_id, type, content, read, created_at, expires_at)
  select org_id, bench.row_id(17, row_number() over (order by id)), created_by, id, 'ticket_created',
         jsonb_build_object('ticket_id', id, 'title', title), random() < 0.8, created_at, created_at + interval '30 days'
    from helpdesk.tickets where created_at > now() - interval '30 days';

-- The agent who calls most functions watches one in 500 tickets of the largest organization.
insert into helpdesk.ticket_watchers (org_id, ticket_id, user_id)
  select bench.id(3, t.org), t.id, bench.id(2, 21) from bench.tickets t where t.org = 1 and t.n % 500 = 0;

-- 20,000 articles (fewer if there are fewer tickets), distributed like the tickets. Two thirds are
-- published.
insert into helpdesk.articles (org_id, id, title, content, author, visibility, status, created_at, updated_at)
  select t.org_id, bench.row_id(12, a.n), 'How to ' || bench.words(a.n, 4), bench.words(a.n, 100), s.user_id,
         (array['public', 'members', 'internal'])[1 + a.n % 3], (array['published', 'published', 'draft'])[1 + a.n / 3 % 3], t.created_at, t.created_at
    from (select n, (n * 50)::bigint as ticket from generate_series(1, least(20000, :tickets / 50)) n) a
    join bench.tickets b on b.n = a.ticket join helpdesk.tickets t on t.id = b.id
    join bench.members s on s.org_id = t.org_id and s.is_staff and s.n = 0;
insert into helpdesk.article_versions (org_id, article_id, version, title, content, created_at, created_by)
  select org_id, id, 1, title, content, created_at, author from helpdesk.articles;

select definition from bench.indexes where of_table <> 'search_documents' \gexec
select helpdesk.rebuild_search_index();
select definition from bench.indexes where of_table = 'search_documents' \gexec

select helpdesk.rebuild_ticket_stats();

-- A person who works in every organization.
insert into helpdesk.org_members (org_id, user_id, org_role)
  select bench.id(3, n), bench.id(2, 100), 'org_agent' from generate_series(1, 20) n on conflict do nothing;

-- The tickets of the largest organization, for the benchmark to choose from.
create table bench.largest as
  select row_number() over (order by id)::int as n, id, number from (
    select id, number from helpdesk.tickets where org_id = bench.id(3, 1) order by id offset 1) t;
create unique index on bench.largest (n) include (id, number);

-- Deltas that are not folded yet, in the form in which the trigger appends them.
create function bench.add_deltas(many int) returns void language sql as $$
  insert into helpdesk.ticket_stat_deltas (org_id, metric, occurred_at, stage_id, priority, agent_id, ticket_delta)
  select bench.id(3, 1), 'stage', now() - n * interval '1 second', bench.id(5, 12 + n % 3), 'low', bench.id(2, 1 + n % 100), case when n % 2 = 0 then 1 else -1 end
    from generate_series(1, many) n
$$;
grant usage on schema bench to authenticated, service_role;
grant select on bench.largest to authenticated;
commit;
