-- The plpgsql baseline: the tables, functions and policies of the original design, which helpdesk
-- grew from, with only the fixes that make them run (profiles.org_id exists, a page is one row of
-- JSON, LIMIT 20, the total of a page is counted). It is loaded with the same rows. profiles.org_id
-- names only the first organization of a person.
\set ON_ERROR_STOP 1
begin;
create schema baseline;
grant usage on schema baseline to authenticated;
set local search_path = baseline, helpdesk, public;

create table baseline.profiles (
  id uuid primary key default gen_random_uuid(), auth_id uuid not null, role user_role not null, name text not null,
  email text, org_id uuid
);
create table baseline.organizations (id uuid primary key default gen_random_uuid(), name text not null);
create table baseline.workflows (
  id uuid primary key default gen_random_uuid(), org_id uuid not null references baseline.organizations, name text not null,
  is_active boolean default true, created_at timestamptz default now()
);
create table baseline.workflow_stages (
  id uuid primary key default gen_random_uuid(), workflow_id uuid not null references baseline.workflows, name text not null,
  description text, is_start boolean default false, status text, unique (workflow_id, id)
);
create table baseline.tickets (
  id uuid primary key default gen_random_uuid(), org_id uuid not null, workflow_id uuid not null, current_stage_id uuid not null,
  latest_history_id uuid, created_by uuid not null, created_at timestamptz default now(), updated_at timestamptz default now()
);
create table baseline.ticket_history (
  id uuid primary key default gen_random_uuid(), ticket_id uuid not null, title text not null, description text,
  priority ticket_priority not null default 'low', assigned_to uuid, workflow_stage_id uuid not null, changed_by uuid not null,
  changed_at timestamptz default now(), previous_history_id uuid, changes jsonb not null
);
create table baseline.ticket_comments (
  id uuid primary key default gen_random_uuid(), ticket_id uuid not null, content text not null, created_by uuid not null,
  created_at timestamptz default now(), is_internal boolean default false
);
create table baseline.ticket_attachments (
  id uuid primary key default gen_random_uuid(), ticket_id uuid not null, file_name text, file_type text, file_size integer,
  storage_path text, uploaded_by uuid, uploaded_at timestamptz default now()
);

insert into baseline.organizations select id, name from helpdesk.organizations;
insert into baseline.profiles
  select p.id, p.auth_id, p.role, p.name, p.email,
         (select m.org_id from helpdesk.org_members m where m.user_id = p.id order by m.org_id limit 1)
    from helpdesk.profiles p;
insert into baseline.workflows select id, org_id, name, is_active, created_at from helpdesk.workflows;
insert into baseline.workflow_stages select id, workflow_id, name, description, is_start, status from helpdesk.workflow_stages;
insert into baseline.tickets
  select id, org_id, workflow_id, current_stage_id, latest_history_id, created_by, created_at, updated_at from helpdesk.tickets;
insert into baseline.ticket_history
  select id, ticket_id, title, description, priority, assigned_to, workflow_stage_id, coalesce(changed_by, requester_id),
         changed_at, previous_history_id, changes
    from helpdesk.ticket_history;
insert into baseline.ticket_comments
  select id, ticket_id, content, created_by, created_at, is_internal from helpdesk.ticket_comments;

insert into baseline.ticket_attachments
  select id, ticket_id, file_name, file_type, file_size, storage_path, uploaded_by, uploaded_at from helpdesk.ticket_attachments;

alter table baseline.workflow_stages add foreign key (workflow_id) references baseline.workflows;
alter table baseline.tickets
  add foreign key (org_id) references baseline.organizations, add foreign key (workflow_id) references baseline.workflows,
  add foreign key (current_stage_id) references baseline.workflow_stages, add foreign key (created_by) references baseline.profiles,
  add foreign key (workflow_id, current_stage_id) references baseline.workflow_stages (workflow_id, id),
  add constraint fk_latest_history foreign key (latest_history_id) references baseline.ticket_history;
alter table baseline.ticket_history
  add foreign key (ticket_id) references baseline.tickets on delete cascade,
  add foreign key (assigned_to) references baseline.profiles, add foreign key (changed_by) references baseline.profiles,
  add foreign key (workflow_stage_id) references baseline.workflow_stages,
  add foreign key (previous_history_id) references baseline.ticket_history;
alter table baseline.ticket_comments add foreign key (ticket_id) references baseline.tickets on delete cascade;

create index on baseline.tickets (org_id);
create index on baseline.tickets (workflow_id);
create index on baseline.tickets (current_stage_id);
create index on baseline.tickets (created_by);
create index on baseline.tickets (org_id, workflow_id);
create index on baseline.tickets (org_id, current_stage_id);
create index on baseline.tickets (workflow_id, current_stage_id);
create index on baseline.tickets (latest_history_id);
create index on baseline.tickets (updated_at desc);
create index on baseline.tickets (org_id, updated_at desc);
create index on baseline.ticket_history (ticket_id);
create index on baseline.ticket_history (workflow_stage_id);
create index on baseline.ticket_history (changed_at);
create index on baseline.ticket_history (assigned_to);
create index on baseline.ticket_history (priority);
create index on baseline.ticket_comments (ticket_id);
create index on baseline.ticket_comments (created_at);
create index on baseline.ticket_attachments (ticket_id);
create index on baseline.profiles (auth_id);

create function baseline.create_ticket(p_org_id uuid, p_title text, p_description text, p_priority helpdesk.ticket_priority,
                                       p_workflow_id uuid default null) returns uuid as $$
declare
  v_ticket_id uuid;
  v_history_id uuid;
  v_workflow_id uuid;
  v_start_stage_id uuid;
  v_me uuid := (select id from profiles where auth_id = auth.uid());
begin
  if p_workflow_id is null then
    select id into v_workflow_id from workflows where org_id = p_org_id and is_active = true order by created_at asc limit 1;
  else
    v_workflow_id := p_workflow_id;
  end if;
  select id into v_start_stage_id from workflow_stages where workflow_id = v_workflow_id and is_start = true;
  insert into tickets (org_id, workflow_id, current_stage_id, created_by)
    values (p_org_id, v_workflow_id, v_start_stage_id, v_me) returning id into v_ticket_id;
  insert into ticket_history (ticket_id, title, description, priority, workflow_stage_id, changed_by, changes)
    values (v_ticket_id, p_title, p_description, p_priority, v_start_stage_id, v_me,
      jsonb_build_object('type', 'created', 'fields', jsonb_build_object('title', p_title, 'description', p_description,
        'priority', p_priority, 'stage', v_start_stage_id)))
    returning id into v_history_id;
  update tickets set latest_history_id = v_history_id where id = v_ticket_id;
  return v_ticket_id;
end;
$$ language plpgsql security definer set search_path = baseline, helpdesk, pg_temp;

create function baseline.get_ticket_details(p_ticket_id uuid) returns json as $$
declare
  v_result json;
begin
  select json_build_object(
    'ticket', json_build_object('id', t.id, 'title', h.title, 'description', h.description, 'priority', h.priority,
      'currentStage', json_build_object('id', ws.id, 'name', ws.name, 'description', ws.description),
      'workflow', json_build_object('id', w.id, 'name', w.name),
      'assignedTo', case when h.assigned_to is not null then json_build_object('id', p.id, 'name', p.name, 'email', p.email) end,
      'createdBy', json_build_object('id', cp.id, 'name', cp.name), 'createdAt', t.created_at, 'updatedAt', t.updated_at),
    'comments', (select json_agg(json_build_object('id', c.id, 'content', c.content, 'isInternal', c.is_internal,
        'createdBy', json_build_object('id', cp.id, 'name', cp.name), 'createdAt', c.created_at))
      from ticket_comments c join profiles cp on cp.id = c.created_by
      where c.ticket_id = t.id and (not c.is_internal
        or exists (select 1 from profiles where auth_id = auth.uid() and role in ('admin', 'agent')))),
    'attachments', (select json_agg(json_build_object('id', a.id, 'fileName', a.file_name, 'fileType', a.file_type,
        'fileSize', a.file_size, 'uploadedBy', json_build_object('id', up.id, 'name', up.name), 'uploadedAt', a.uploaded_at))
      from ticket_attachments a join profiles up on up.id = a.uploaded_by where a.ticket_id = t.id),
    'history', (select json_agg(json_build_object('id', h.id, 'changes', h.changes,
        'changedBy', json_build_object('id', cp.id, 'name', cp.name), 'changedAt', h.changed_at) order by h.changed_at desc)
      from ticket_history h join profiles cp on cp.id = h.changed_by where h.ticket_id = t.id)
  ) into v_result
  from tickets t
  join ticket_history h on h.id = t.latest_history_id
  join workflow_stages ws on ws.id = t.current_stage_id
  join workflows w on w.id = t.workflow_id
  join profiles cp on cp.id = t.created_by
  left join profiles p on p.id = h.assigned_to
  where t.id = p_ticket_id;
  return v_result;
end;
$$ language plpgsql stable security definer set search_path = baseline, helpdesk, pg_temp;

-- The original design filters by priority and leaves "more filter conditions as needed" to the
-- reader. The other filters are written in the same way.
create function baseline.list_org_tickets(p_org_id uuid, p_filters jsonb default '{}') returns json as $$
declare
  v_result json;
  v_where text := 'where t.org_id = $1';
  v_me uuid := (select id from profiles where auth_id = auth.uid());
begin
  if p_filters ? 'priority' then
    v_where := v_where || ' and h.priority = ($2 ->> ''priority'')::ticket_priority';
  end if;
  if p_filters ? 'status' then
    v_where := v_where || ' and ws.status = $2 ->> ''status''';
  end if;
  if p_filters ? 'stageId' then
    v_where := v_where || ' and t.current_stage_id = ($2 ->> ''stageId'')::uuid';
  end if;
  if p_filters ? 'workflowId' then
    v_where := v_where || ' and t.workflow_id = ($2 ->> ''workflowId'')::uuid';
  end if;
  if p_filters ->> 'assignedTo' = 'me' then
    v_where := v_where || ' and h.assigned_to = $3';
  elsif p_filters ->> 'assignedTo' = 'none' then
    v_where := v_where || ' and h.assigned_to is null';
  end if;
  if p_filters ? 'createdBy' then
    v_where := v_where || ' and t.created_by = ($2 ->> ''createdBy'')::uuid';
  end if;
  if p_filters ? 'createdAfter' then
    v_where := v_where || ' and t.created_at >= ($2 ->> ''createdAfter'')::timestamptz';
  end if;
  if p_filters ? 'createdBefore' then
    v_where := v_where || ' and t.created_at < ($2 ->> ''createdBefore'')::timestamptz';
  end if;
  if p_filters ? 'updatedAfter' then
    v_where := v_where || ' and t.updated_at >= ($2 ->> ''updatedAfter'')::timestamptz';
  end if;
  if p_filters ? 'updatedBefore' then
    v_where := v_where || ' and t.updated_at < ($2 ->> ''updatedBefore'')::timestamptz';
  end if;
  if p_filters ? 'search' then
    v_where := v_where || ' and (h.title ilike ''%%'' || ($2 ->> ''search'') || ''%%'' or h.description ilike ''%%'' || ($2 ->> ''search'') || ''%%'')';
  end if;
  execute format('
    select json_build_object(''tickets'', json_agg(x.ticket),
             ''pagination'', json_build_object(''total'', coalesce(max(x.total), 0), ''page'', 1, ''perPage'', 20))
      from (select json_build_object(''id'', t.id, ''title'', h.title, ''priority'', h.priority,
                     ''currentStage'', json_build_object(''id'', ws.id, ''name'', ws.name),
                     ''assignedTo'', case when h.assigned_to is not null then json_build_object(''id'', p.id, ''name'', p.name) end,
                     ''createdAt'', t.created_at, ''updatedAt'', t.updated_at) as ticket,
                   count(*) over () as total
              from tickets t
              join ticket_history h on h.id = t.latest_history_id
              join workflow_stages ws on ws.id = t.current_stage_id
              left join profiles p on p.id = h.assigned_to
              %s order by %s limit 20 offset 20 * (coalesce(($2 ->> ''page'')::int, 1) - 1)) x',
      v_where,
      case p_filters ->> 'sort' when '-priority' then 'h.priority desc, t.updated_at desc'
                                when '-createdAt' then 't.created_at desc' else 't.updated_at desc' end)
    into v_result
    using p_org_id, p_filters, v_me;
  return v_result;
end;
$$ language plpgsql stable security definer set search_path = baseline, helpdesk, pg_temp;

-- The original design has no queue. This is the usual way to write one.
create function baseline.claim_next_ticket(p_org_id uuid) returns uuid as $$
declare
  v_old ticket_history;
  v_history_id uuid;
  v_me uuid := (select id from profiles where auth_id = auth.uid());
begin
  select h.* into v_old
    from tickets t
    join ticket_history h on h.id = t.latest_history_id
    join workflow_stages ws on ws.id = t.current_stage_id
   where t.org_id = p_org_id and h.assigned_to is null and ws.status = 'open'
   order by h.priority desc, t.created_at limit 1 for update of t skip locked;
  if not found then
    return null;
  end if;
  insert into ticket_history (ticket_id, title, description, priority, assigned_to, workflow_stage_id, changed_by, previous_history_id, changes)
    values (v_old.ticket_id, v_old.title, v_old.description, v_old.priority, v_me, v_old.workflow_stage_id, v_me, v_old.id,
      jsonb_build_object('type', 'updated', 'fields', jsonb_build_object('assignedTo', jsonb_build_object('from', null, 'to', v_me))))
    returning id into v_history_id;
  update tickets set latest_history_id = v_history_id, updated_at = now() where id = v_old.ticket_id;
  return v_old.ticket_id;
end;
$$ language plpgsql security definer set search_path = baseline, helpdesk, pg_temp;

-- The views of the original design. Its two materialized views also exist as plain views, because
-- only those return results as current as helpdesk's.
create view baseline.agent_tickets_now as
  select t.id, t.org_id, t.workflow_id, t.current_stage_id, h.title, h.description, h.priority, h.assigned_to, t.created_by, t.created_at,
         t.updated_at, w.name as workflow_name, ws.name as stage_name, p_assigned.name as assigned_to_name,
         p_created.name as created_by_name,
         (select count(*) from baseline.ticket_comments tc where tc.ticket_id = t.id) as comment_count,
         (select count(*) from baseline.ticket_attachments ta where ta.ticket_id = t.id) as attachment_count
    from baseline.tickets t
    join baseline.ticket_history h on h.id = t.latest_history_id
    join baseline.workflows w on w.id = t.workflow_id
    join baseline.workflow_stages ws on ws.id = t.current_stage_id
    left join baseline.profiles p_assigned on p_assigned.id = h.assigned_to
    join baseline.profiles p_created on p_created.id = t.created_by;
create view baseline.stage_stats_now as
  select ws.id as stage_id, ws.workflow_id, ws.name as stage_name, w.org_id, count(t.id) as ticket_count,
         avg(extract(epoch from (now() - t.created_at))) / 3600 as avg_hours_in_stage,
         (select count(*) from baseline.tickets t2 join baseline.ticket_history h2 on h2.id = t2.latest_history_id
           where t2.current_stage_id = ws.id and h2.priority in ('high', 'urgent')) as high_priority_count
    from baseline.workflow_stages ws join baseline.workflows w on w.id = ws.workflow_id
    left join baseline.tickets t on t.current_stage_id = ws.id
   group by ws.id, ws.workflow_id, ws.name, w.org_id;
create view baseline.customer_tickets as
  select t.id, h.title, h.priority, ws.name as stage_name,
         case when p_assigned.role in ('admin', 'agent') then 'Support Team' else p_assigned.name end as assigned_to_display,
         t.created_at, t.updated_at,
         (select count(*) from baseline.ticket_comments tc where tc.ticket_id = t.id and not tc.is_internal) as public_comment_count
    from baseline.tickets t
    join baseline.ticket_history h on h.id = t.latest_history_id
    join baseline.workflow_stages ws on ws.id = t.current_stage_id
    left join baseline.profiles p_assigned on p_assigned.id = h.assigned_to
   where exists (select 1 from baseline.profiles p where p.auth_id = auth.uid() and (t.created_by = p.id or h.assigned_to = p.id));

create materialized view baseline.agent_tickets as select * from baseline.agent_tickets_now;
create materialized view baseline.workflow_stage_stats as select * from baseline.stage_stats_now;
-- REFRESH MATERIALIZED VIEW CONCURRENTLY requires unique indexes.
create unique index on baseline.agent_tickets (id);
create unique index on baseline.workflow_stage_stats (stage_id);
create index on baseline.agent_tickets (org_id, workflow_id);
create index on baseline.agent_tickets (priority);
create index on baseline.agent_tickets (assigned_to);
create index on baseline.workflow_stage_stats (org_id);
create index on baseline.workflow_stage_stats (workflow_id);
create function baseline.refresh_ticket_stats() returns void as $$
begin
  refresh materialized view concurrently baseline.workflow_stage_stats;
  refresh materialized view concurrently baseline.agent_tickets;
end;
$$ language plpgsql;

create function baseline.dashboard(p_org_id uuid) returns json as $$
  select json_build_object('byStage', (
           select json_object_agg(ws.name, (select count(*) from tickets t where t.current_stage_id = ws.id))
             from workflow_stages ws join workflows w on w.id = ws.workflow_id where w.org_id = p_org_id),
         'unassigned', (select count(*) from tickets t join ticket_history h on h.id = t.latest_history_id
                         where t.org_id = p_org_id and h.assigned_to is null),
         'oldest', (select min(t.created_at) from tickets t join workflow_stages ws on ws.id = t.current_stage_id
                     where t.org_id = p_org_id and ws.name in ('New', 'In progress')))
$$ language sql stable security definer set search_path = baseline, helpdesk, pg_temp;

-- The two usual ways to write a search: ILIKE over the latest state and the comments ..
create function baseline.search_ilike(p_org_id uuid, p_query text) returns json as $$
  select coalesce(json_agg(x), '[]') from (
    select t.id, h.title, left(h.description, 200) as snippet
      from tickets t join ticket_history h on h.id = t.latest_history_id
     where t.org_id = p_org_id
       and (h.title ilike '%' || p_query || '%' or h.description ilike '%' || p_query || '%'
            or exists (select 1 from ticket_comments c where c.ticket_id = t.id and c.content ilike '%' || p_query || '%'))
     order by t.updated_at desc limit 20) x
$$ language sql stable security definer set search_path = baseline, helpdesk, pg_temp;

-- .. and a ranked tsvector search with a GIN index under row security.
create table baseline.documents (
  id uuid primary key default gen_random_uuid(), ticket_id uuid not null, org_id uuid not null, is_internal boolean not null,
  content text not null, words tsvector generated always as (to_tsvector('simple', content)) stored
);
insert into baseline.documents (ticket_id, org_id, is_internal, content)
  select id, org_id, false, title || ' ' || coalesce(description, '') from helpdesk.tickets
  union all select ticket_id, org_id, is_internal, content from helpdesk.ticket_comments;
create index on baseline.documents using gin (words);
create index on baseline.documents (org_id);
alter table baseline.documents enable row level security;
create policy org_documents on baseline.documents for select to authenticated
  using (exists (select 1 from helpdesk.org_members m join helpdesk.profiles p on p.id = m.user_id
                  where p.auth_id = auth.uid() and m.org_id = documents.org_id));

create table baseline.articles as
  select org_id, id, title, content, to_tsvector('simple', title || ' ' || content) as words from helpdesk.articles;
create index on baseline.articles using gin (words);

create table baseline.notifications (
  id uuid primary key default gen_random_uuid(), user_id uuid not null references baseline.profiles, type text not null,
  content jsonb not null, read boolean default false, created_at timestamptz default now(),
  expires_at timestamptz default (now() + interval '30 days')
);
insert into baseline.notifications (user_id, type, content, read, created_at, expires_at)
  select user_id, type, content, read, created_at, expires_at from helpdesk.notifications;
create index on baseline.notifications (user_id);
create index on baseline.notifications (created_at);
create index on baseline.notifications (expires_at);

-- The original design reads new.title here, a column that its tickets do not have.
create function baseline.create_ticket_notification() returns trigger as $$
begin
  insert into notifications (user_id, type, content)
    values (new.created_by, 'ticket_created', jsonb_build_object('ticket_id', new.id));
  return new;
end;
$$ language plpgsql set search_path = baseline, helpdesk, pg_temp;
create trigger ticket_notifications after insert on baseline.tickets
  for each row execute function baseline.create_ticket_notification();

create function baseline.create_comment_notification() returns trigger as $$
begin
  if new.is_internal then
    return new;
  end if;
  insert into notifications (user_id, type, content)
  select user_id, 'ticket_commented',
         jsonb_build_object('ticket_id', new.ticket_id, 'comment_id', new.id, 'commenter', new.created_by)
    from (select created_by as user_id from tickets where id = new.ticket_id
          union
          select h.assigned_to from tickets t join ticket_history h on h.id = t.latest_history_id
           where t.id = new.ticket_id and h.assigned_to is not null) users
   where user_id != new.created_by;
  return new;
end;
$$ language plpgsql set search_path = baseline, helpdesk, pg_temp;
create trigger comment_notifications after insert on baseline.ticket_comments
  for each row execute function baseline.create_comment_notification();

create function baseline.add_comment(p_ticket_id uuid, p_content text, p_is_internal boolean default false) returns uuid as $$
declare
  v_id uuid;
begin
  insert into ticket_comments (ticket_id, content, is_internal, created_by)
    values (p_ticket_id, p_content, p_is_internal, (select id from profiles where auth_id = auth.uid())) returning id into v_id;
  return v_id;
end;
$$ language plpgsql security definer set search_path = baseline, helpdesk, pg_temp;

create function baseline.update_ticket(p_ticket_id uuid, p_title text) returns void as $$
declare
  v_old ticket_history;
  v_history_id uuid;
begin
  select h.* into v_old from tickets t join ticket_history h on h.id = t.latest_history_id where t.id = p_ticket_id for update of t;
  insert into ticket_history (ticket_id, title, description, priority, assigned_to, workflow_stage_id, changed_by, previous_history_id, changes)
    values (p_ticket_id, p_title, v_old.description, v_old.priority, v_old.assigned_to, v_old.workflow_stage_id,
      (select id from profiles where auth_id = auth.uid()), v_old.id,
      jsonb_build_object('type', 'updated', 'fields', jsonb_build_object('title', jsonb_build_object('from', v_old.title, 'to', p_title))))
    returning id into v_history_id;
  update tickets set latest_history_id = v_history_id, updated_at = now() where id = p_ticket_id;
end;
$$ language plpgsql security definer set search_path = baseline, helpdesk, pg_temp;

alter table baseline.notifications enable row level security;
create policy users_own_notifications on baseline.notifications for all to authenticated
  using (user_id = (select id from baseline.profiles where auth_id = auth.uid()));
alter table baseline.tickets enable row level security;
grant select on all tables in schema baseline to authenticated;
create policy agents_org_tickets on baseline.tickets for select to authenticated using (exists (
  select 1 from baseline.profiles p where p.auth_id = auth.uid() and p.org_id = tickets.org_id and p.role = 'agent'));
create policy users_assigned_tickets on baseline.tickets for select to authenticated using (exists (
  select 1 from baseline.profiles p join baseline.ticket_history h on h.assigned_to = p.id
   where p.auth_id = auth.uid() and h.ticket_id = tickets.id and h.id = tickets.latest_history_id)
  or created_by = (select id from baseline.profiles where auth_id = auth.uid()));
commit;
