-- Tickets, articles and helpers that several tests share, in the template as well.

---- Lookups by name

create function test.article_id(title text) returns uuid language sql stable security definer as $$
  select id from helpdesk.articles where articles.title = $1 $$;
create function test.category_id(name text) returns uuid language sql stable security definer as $$
  select id from helpdesk.categories where categories.name = $1 $$;

create function test.role_in(org text, name text) returns text language sql stable security definer as $$
  select org_role from helpdesk.org_members where org_id = test.org_id($1) and user_id = test.profile_id($2) $$;

-- The current state of a ticket
create function test.ticket_line(title text) returns text language sql stable security definer as $$
  select concat_ws(' ', '#' || t.number, t.title, t.priority, t.status, s.name, coalesce(test.profile_name(t.assigned_to), 'nobody'), 'v' || t.version)
    from helpdesk.tickets t join helpdesk.workflow_stages s on s.id = t.current_stage_id where t.title = $1
$$;

-- A ticket's revisions: author, type, changed fields, and whether each follows its predecessor.
create function test.revisions(title text) returns table (line text) language sql stable security definer as $$
  select concat_ws(' ', 'v' || h.version, coalesce(test.profile_name(h.changed_by), 'system'), h.changes->>'type',
                   (select string_agg(key, ',' order by key) from jsonb_object_keys(h.changes->'fields') key),
                   case when h.previous_history_id is not distinct from lag(h.id) over (order by h.version) then 'chained' else 'NOT CHAINED' end)
    from helpdesk.ticket_history h where h.ticket_id = test.ticket_id($1) order by h.version
$$;

-- Tickets whose newest revision is not the one in latest_history_id, or differs from the ticket.
-- Always empty.
create view test.broken_histories as
  select t.title from helpdesk.tickets t left join helpdesk.ticket_history h on h.org_id = t.org_id and h.id = t.latest_history_id
   where (h.ticket_id, h.version, h.title, h.description, h.priority, h.status, h.assigned_to, h.workflow_stage_id, h.requester_id)
         is distinct from (t.id, t.version, t.title, t.description, t.priority, t.status, t.assigned_to, t.current_stage_id, t.created_by)
      or t.version <> (select max(x.version) from helpdesk.ticket_history x where x.ticket_id = t.id)
      or t.version <> (select count(*) from helpdesk.ticket_history x where x.ticket_id = t.id);

grant select on test.broken_histories to public;

-- i: may be given in an INSERT, u: in an UPDATE; -: neither.
create function test.writable_columns(relation text) returns table (line text) language sql as $$
  select attname || ' ' || case when has_column_privilege('authenticated', attrelid, attnum, 'insert') then 'i' else '-' end
                        || case when has_column_privilege('authenticated', attrelid, attnum, 'update') then 'u' else '-' end
    from pg_attribute where attrelid = ('helpdesk.' || relation)::regclass and attnum > 0 and not attisdropped order by attnum
$$;

---- A ticket with a conversation

-- Alice's ticket Noise of Acme, assigned to Ben, with public and internal comments and attachments,
-- and a ticket of Globex.
create procedure test.create_conversation() language plpgsql as $$
begin
  call test.sign_in('Alice');
  perform helpdesk.create_ticket(test.org_id('Acme'), 'Noise', 'It hums', p_priority => 'high');
  commit;
  call test.sign_in('Mallory');
  perform helpdesk.create_ticket(test.org_id('Globex'), 'Mallory''s');
  commit;
  call test.sign_in('Ben');
  perform helpdesk.update_ticket(test.ticket_id('Noise'), json_build_object('assignedTo', test.profile_id('Ben'))::jsonb);
  commit;
  call test.sign_out();
  perform set_config('role', 'service_role', false);
  insert into helpdesk.ticket_comments (org_id, ticket_id, content, is_internal, created_by) values
    (test.org_id('Acme'), test.ticket_id('Noise'), 'Please hurry', false, test.profile_id('Alice')),
    (test.org_id('Acme'), test.ticket_id('Noise'), 'She always says so', true, test.profile_id('Ben')),
    (test.org_id('Acme'), test.ticket_id('Noise'), 'On my way', false, test.profile_id('Ben'));
  commit;
  insert into helpdesk.ticket_attachments (org_id, ticket_id, file_name, file_type, file_size, storage_path, is_internal, uploaded_by) values
    (test.org_id('Acme'), test.ticket_id('Noise'), 'noise.mp3', 'audio/mpeg', 0, 'acme/1', false, test.profile_id('Alice')),
    (test.org_id('Acme'), test.ticket_id('Noise'), 'invoice.pdf', 'application/pdf', 7, 'acme/2', true, test.profile_id('Ben'));
  call test.sign_out();
end $$;

-- A ticket's stored counts, with the internal ones in parentheses, compared with the actual rows
create function test.counts(title text) returns text language sql security definer as $$
  select format('%s+%s (%s+%s)', t.public_comment_count, t.public_attachment_count, coalesce(i.comment_count, 0), coalesce(i.attachment_count, 0))
         || case when (t.public_comment_count, t.public_attachment_count, coalesce(i.comment_count, 0), coalesce(i.attachment_count, 0))
                    = ((select count(*) from helpdesk.ticket_comments x where x.ticket_id = t.id and not is_internal), (select count(*) from helpdesk.ticket_attachments x where x.ticket_id = t.id and not is_internal),
                       (select count(*) from helpdesk.ticket_comments x where x.ticket_id = t.id and is_internal), (select count(*) from helpdesk.ticket_attachments x where x.ticket_id = t.id and is_internal))
                 then '' else ' WRONG' end
    from helpdesk.tickets t left join helpdesk.ticket_internal_counts i on i.ticket_id = t.id where t.title = $1
$$;

---- Tickets for list_org_tickets

-- Twelve tickets of Acme, created in the first 12 hours of the year. Some have the same updated_at,
-- so that the order needs the id as well. One ticket of Globex.
create procedure test.create_listed_tickets() language sql as $$
  insert into helpdesk.tickets (org_id, title, description, priority, created_by, assigned_to, current_stage_id, created_at, updated_at)
  select test.org_id('Acme'), 'T' || n, case when n % 2 = 0 then 'Even, 100% \ Ärger' end,
         ('{urgent,low,medium,high}'::helpdesk.ticket_priority[])[n % 4 + 1],
         test.profile_id(case when n % 3 = 0 then 'Dave' else 'Alice' end),
         test.profile_id(case when n % 4 = 0 then 'Ben' when n = 5 then 'Dave' end),
         test.stage_id('Acme', ('{New,In progress,Waiting on customer,Resolved,Closed}'::text[])[n % 5 + 1]),
         '2026-01-01 00:00Z'::timestamptz + n * interval '1 hour', '2026-02-01 00:00Z'::timestamptz + n * 5 % 6 * interval '1 hour'
    from generate_series(1, 12) n;
  insert into helpdesk.tickets (org_id, title, created_by) values (test.org_id('Globex'), 'G1', test.profile_id('Mallory'));
$$;

-- The titles of a page, and the total
create function test.listed_titles(filters jsonb default '{}') returns text language sql as $$
  select coalesce(string_agg(t->>'title', ' ' order by position), '-') || ' of ' || coalesce(list->'pagination'->>'total', '?')
    from (select helpdesk.list_org_tickets(test.org_id('Acme'), filters) as list) l
    left join json_array_elements(list->'tickets') with ordinality as ts (t, position) on true
   group by list::text, list->'pagination'->>'total'
$$;

---- Tickets for the queue

-- Seven tickets of Acme, numbered in the order in which they should be claimed; one that is
-- assigned, three that are not open, and one of Globex.
create procedure test.create_queue() language sql as $$
  insert into helpdesk.tickets (org_id, title, description, priority, created_by, assigned_to, current_stage_id, created_at)
  select test.org_id('Acme'), title, 'Ticket ' || title, priority::helpdesk.ticket_priority, test.profile_id(requester), test.profile_id(assignee), test.stage_id('Acme', stage), '2026-01-01 00:00Z'::timestamptz + hour * interval '1 hour'
    from (values ('Q5', 'low', 1, 'Alice', null, 'New'), ('Q3', 'high', 5, 'Dave', null, 'New'), ('Q1', 'urgent', 3, 'Alice', null, 'In progress'), ('Q2', 'urgent', 4, 'Dave', null, 'New'), ('Q4', 'medium', 2, 'Alice', null, 'New'),
                 ('Q6', 'low', 6, 'Alice', null, 'In progress'), ('Q7', 'low', 7, 'Dave', null, 'New'), ('Taken', 'urgent', 0, 'Alice', 'Ada', 'New'),
                 ('Pending', 'urgent', 0, 'Alice', null, 'Waiting on customer'), ('Resolved', 'urgent', 0, 'Alice', null, 'Resolved'), ('Closed', 'urgent', 0, 'Alice', null, 'Closed')) q (title, priority, hour, requester, assignee, stage);
  insert into helpdesk.tickets (org_id, title, created_by, priority) values (test.org_id('Globex'), 'G1', test.profile_id('Mallory'), 'urgent');
$$;

---- A ticket whose events notify people

-- Alice's ticket Leak of Acme is assigned to Ben. It has an old comment, and nobody has a
-- notification.
create procedure test.create_assigned_ticket() language sql as $$
  insert into helpdesk.tickets (org_id, title, created_by, assigned_to) values (test.org_id('Acme'), 'Leak', test.profile_id('Alice'), test.profile_id('Ben'));
  insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, created_at) values (test.org_id('Acme'), test.ticket_id('Leak'), 'Seen before', test.profile_id('Ben'), '2020-01-01');
  delete from helpdesk.notifications;
$$;
-- The notifications that a person's statement creates: recipient, type, old and new status,
-- commenter, and whether it arrives read. Undoes the statement.
create function test.notified(person text, statement text) returns text language plpgsql as $$
declare
  recipients text;
begin
  delete from helpdesk.notifications;
  if person <> 'the DBA' then
    call test.sign_in(person);
  end if;
  execute statement;
  call test.sign_out();
  select string_agg(concat_ws(' ', p.name, n.type, n.content->>'old_status' || '>' || (n.content->>'new_status'), 'by ' || test.profile_name((n.content->>'commenter')::uuid), case when n.read then 'read' end), ', '
                    order by p.name collate "C", n.type)
    into recipients from helpdesk.notifications n join helpdesk.profiles p on p.id = n.user_id;
  raise exception using errcode = 'UNDO0', message = coalesce(recipients, 'nobody');
exception when sqlstate 'UNDO0' then
  call test.sign_out();
  return sqlerrm;
end $$;
-- Shorthands for changes to the ticket
create function test.assign(name text) returns void language sql as $$
  select helpdesk.update_ticket(test.ticket_id('Leak'), jsonb_build_object('assignedTo', test.profile_id(name)))
$$;
create function test.move(stage text) returns void language sql as $$
  select helpdesk.update_ticket(test.ticket_id('Leak'), jsonb_build_object('stageId', test.stage_id('Acme', stage)))
$$;
create function test.comment(is_internal boolean default false) returns void language sql as $$
  select helpdesk.add_comment(test.ticket_id('Leak'), 'Drip', is_internal)
$$;

---- Articles

-- Ben's articles of Acme, one for each status and visibility, and two published ones of Globex.
create procedure test.create_articles() language plpgsql as $$
begin
  call test.sign_in('Ben');
  insert into helpdesk.articles (org_id, title, content, visibility, status)
  select test.org_id('Acme'), status || ' for ' || visibility, 'About ' || status || ' things for ' || visibility, visibility, status
    from unnest('{draft,published,archived}'::text[]) status, unnest('{internal,members,public}'::text[]) visibility;
  commit;
  call test.sign_in('Gina');
  insert into helpdesk.articles (org_id, title, content, visibility, status)
  values (test.org_id('Globex'), 'Globex secret', 'For members of Globex', 'members', 'published'), (test.org_id('Globex'), 'Globex public', 'For everybody', 'public', 'published');
  call test.sign_out();
end $$;

---- Documents for the search

create procedure test.create_documents() language plpgsql as $$
begin
  call test.sign_in('Alice');
  perform helpdesk.create_ticket(test.org_id('Acme'), 'The printer is on fire', 'Second floor, next to the coffee machine');
  perform helpdesk.create_ticket(test.org_id('Acme'), 'No coffee', 'The machine''s "blinking" light says E-42; see http://example.com/coffee?x=1');
  perform helpdesk.add_comment(test.ticket_id('The printer is on fire'), 'It smells of burnt toner');
  commit;
  call test.sign_in('Dave');
  perform helpdesk.create_ticket(test.org_id('Acme'), 'Grüße 🙂 aus Köln', 'naïve café test_user@example.com');
  commit;
  call test.sign_in('Ben');
  perform helpdesk.add_comment(test.ticket_id('The printer is on fire'), 'Confidential: the wizard did it', true);
  insert into helpdesk.articles (org_id, title, content, visibility, status) values
    (test.org_id('Acme'), 'Authentication with a token', 'How to sign in. Printer owners read on.', 'public', 'published'),
    (test.org_id('Acme'), 'Printer handbook', 'For members: never pour coffee into it.', 'members', 'published'),
    (test.org_id('Acme'), 'Printer secrets', 'For staff: the wizard''s password.', 'internal', 'published'),
    (test.org_id('Acme'), 'Printer draft', 'Not yet ready: printers of tomorrow.', 'public', 'draft'),
    (test.org_id('Acme'), 'Printer archive', 'No longer true: printers of old.', 'public', 'archived');
  commit;
  call test.sign_in('Mallory');
  perform helpdesk.create_ticket(test.org_id('Globex'), 'Our printer too', 'The wizard of Globex');
  call test.sign_out();
end $$;

-- What a search finds, as kind and title
create function test.found(query text, filters jsonb default '{}', org text default 'Acme') returns text language sql as $$
  select coalesce(string_agg(format('%s %s', r->>'kind', r->>'title'), ', ' order by position), 'nothing')
    from json_array_elements(helpdesk.search(test.org_id($3), $1, $2)->'results') with ordinality as x (r, position) $$;

-- The same for each caller
create function test.found_by_each_caller(query text, filters jsonb default '{}') returns table (line text) language plpgsql as $$
declare
  caller text;
begin
  foreach caller in array '{Ada,Ben,Alice,Dave,Bea,Gina,Stan,Nemo}'::text[] loop
    call test.sign_in(caller);
    line := format('%-7s %s', caller, test.found(query, filters));
    return next;
  end loop;
  call test.sign_out();
  foreach caller in array '{anon,service_role}'::text[] loop
    perform set_config('role', caller, false);
    line := format('%-7s %s', caller, test.found(query, filters));
    return next;
  end loop;
  perform set_config('role', 'none', false);
end $$;

---- Tickets for the figures

create procedure test.create_counted_tickets() language plpgsql as $$
begin
  call test.sign_in('Alice');
  perform count(helpdesk.create_ticket(test.org_id('Acme'), 'Count ' || n, null, (array['low', 'urgent', 'high'])[n % 3 + 1]::helpdesk.ticket_priority)) from generate_series(1, 6) n;
  commit;
  call test.sign_out();
  insert into helpdesk.tickets (org_id, title, priority, current_stage_id, assigned_to, created_by, created_at, updated_at, stage_entered_at)
  values (test.org_id('Acme'), 'Old', 'high', test.stage_id('Acme', 'Waiting on customer'), test.profile_id('Ben'), test.profile_id('Alice'), now() - interval '10 days', now() - interval '5 hours', now() - interval '5 hours'),
         (test.org_id('Acme'), 'Older', 'low', test.stage_id('Acme', 'Closed'), test.profile_id('Ben'), test.profile_id('Dave'), now() - interval '20 days', now() - interval '15 hours', now() - interval '15 hours');
  insert into helpdesk.tickets (org_id, title, created_by) values (test.org_id('Globex'), 'Theirs', test.profile_id('Mallory'));
end $$;
