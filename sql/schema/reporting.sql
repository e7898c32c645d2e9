-- Reporting. Counts are exact without scanning tickets: triggers write small changes (deltas) that
-- are folded into the counts later.

set local search_path = pg_catalog, pg_temp;

---- Tables

create table helpdesk.ticket_stat_deltas (
  org_id uuid not null,
  id uuid not null default helpdesk.uuid_generate_v7(),
  metric text not null,
  occurred_at timestamptz not null,
  stage_id uuid,
  priority helpdesk.ticket_priority not null,
  agent_id uuid,
  ticket_delta integer not null,
  seconds double precision,
  constraint ticket_stat_deltas_pkey primary key (org_id, id)
);

-- The counts follow from the deltas alone, even after an organization is deleted. A foreign key
-- would delete one and leave the other.
create table helpdesk.ticket_stage_counts (
  org_id uuid not null,
  stage_id uuid not null,
  priority helpdesk.ticket_priority not null,
  ticket_count bigint not null,
  entered_epoch_sum numeric not null,
  constraint ticket_stage_counts_pkey primary key (org_id, stage_id, priority)
);

create table helpdesk.ticket_agent_counts (
  org_id uuid not null,
  agent_id uuid not null,
  stage_id uuid not null,
  priority helpdesk.ticket_priority not null,
  ticket_count bigint not null,
  constraint ticket_agent_counts_pkey primary key (org_id, agent_id, stage_id, priority)
);

create table helpdesk.ticket_days_by_priority (
  org_id uuid not null,
  day date not null,
  priority helpdesk.ticket_priority not null,
  created bigint not null,
  resolved bigint not null,
  closed bigint not null,
  reopened bigint not null,
  first_response_buckets smallint[] not null,
  resolution_buckets smallint[] not null,
  constraint ticket_days_by_priority_pkey primary key (org_id, day, priority),
  constraint ticket_days_by_priority_org_id_fkey foreign key (org_id)
    references helpdesk.organizations (id) on delete cascade
);

create table helpdesk.ticket_days_by_agent (
  org_id uuid not null,
  day date not null,
  agent_id uuid not null,
  created bigint not null,
  resolved bigint not null,
  closed bigint not null,
  reopened bigint not null,
  first_response_buckets smallint[] not null,
  resolution_buckets smallint[] not null,
  constraint ticket_days_by_agent_pkey primary key (org_id, day, agent_id),
  constraint ticket_days_by_agent_org_id_fkey foreign key (org_id)
    references helpdesk.organizations (id) on delete cascade
);

---- Triggers

create trigger tickets_count
  after insert or update or delete on helpdesk.tickets
  for each row execute function helpdesk.tickets_count();

create trigger organizations_check_time_zone
  before insert or update of time_zone on helpdesk.organizations
  for each row execute function helpdesk.organizations_check_time_zone();

---- Row security

create policy staff_read_deltas on helpdesk.ticket_stat_deltas for select to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids()));

create policy staff_read_counts on helpdesk.ticket_stage_counts for select to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids()));

create policy staff_read_agent_counts on helpdesk.ticket_agent_counts for select to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids()));

create policy staff_read_activity on helpdesk.ticket_days_by_priority for select to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids()));

create policy staff_read_agent_activity on helpdesk.ticket_days_by_agent for select to authenticated
  using (org_id = any (helpdesk.my_staff_org_ids()));

---- Views

create view helpdesk.agent_tickets with (security_invoker = true) as
  -- Subqueries look up everything but the ticket, so that they run only for the rows of a page and
  -- an index can return the tickets in order.
  select t.id, t.org_id, t.number, t.workflow_id, t.current_stage_id, t.title, t.description,
         t.priority, t.status, t.assigned_to, t.created_by, t.created_at, t.updated_at,
         (select w.name from helpdesk.workflows w
           where w.org_id = t.org_id and w.id = t.workflow_id) as workflow_name,
         (select s.name from helpdesk.workflow_stages s
           where s.org_id = t.org_id and s.id = t.current_stage_id) as stage_name,
         -- The profiles of people who have left are hidden; the function returns just the name.
         coalesce((select p.name from helpdesk.profiles p where p.id = t.assigned_to),
                  helpdesk.ticket_participant_name(t.org_id, t.id, t.assigned_to))
           as assigned_to_name,
         coalesce((select p.name from helpdesk.profiles p where p.id = t.created_by),
                  helpdesk.ticket_participant_name(t.org_id, t.id, t.created_by))
           as created_by_name,
         t.public_comment_count
           + coalesce((select i.comment_count from helpdesk.ticket_internal_counts i
                        where i.org_id = t.org_id and i.ticket_id = t.id), 0) as comment_count,
         t.public_attachment_count
           + coalesce((select i.attachment_count from helpdesk.ticket_internal_counts i
                        where i.org_id = t.org_id and i.ticket_id = t.id), 0) as attachment_count
    from helpdesk.tickets t
   where t.org_id = any (helpdesk.my_staff_org_ids()) or (select helpdesk.bypasses_row_security());

create view helpdesk.customer_tickets with (security_invoker = true) as
  select t.id, t.org_id, t.number, t.title, t.priority, t.status,
         (select s.name from helpdesk.workflow_stages s
           where s.org_id = t.org_id and s.id = t.current_stage_id) as stage_name,
         case when t.assigned_to is not null then
           coalesce(helpdesk.customer_assignee_name(t.org_id, t.id), 'Support Team') end
           as assigned_to_display,
         t.created_at, t.updated_at, t.public_comment_count
    from helpdesk.tickets t
   where t.created_by = helpdesk.my_profile_id() or t.assigned_to = helpdesk.my_profile_id();

create view helpdesk.workflow_stage_stats with (security_invoker = true) as
  select s.id as stage_id, s.workflow_id, s.name as stage_name, s.org_id,
         coalesce(pg_catalog.sum(n.ticket_count), 0)::bigint as ticket_count,
         case when pg_catalog.sum(n.ticket_count) > 0 then
           ((extract(epoch from pg_catalog.now()) * pg_catalog.sum(n.ticket_count)
             - pg_catalog.sum(n.entered_epoch_sum))
            / pg_catalog.sum(n.ticket_count) / 3600)::double precision end as avg_hours_in_stage,
         coalesce(pg_catalog.sum(n.ticket_count) filter (where n.priority in ('high', 'urgent')),
                  0)::bigint as high_priority_count
    from helpdesk.workflow_stages s
    left join (
      select c.org_id, c.stage_id, c.priority, c.ticket_count, c.entered_epoch_sum
        from helpdesk.ticket_stage_counts c
      union all
      select d.org_id, d.stage_id, d.priority, d.ticket_delta,
             d.ticket_delta * extract(epoch from d.occurred_at)
        from helpdesk.ticket_stat_deltas d where d.metric in ('opened', 'stage')
    ) n on n.org_id = s.org_id and n.stage_id = s.id
   where s.org_id = any (helpdesk.my_staff_org_ids()) or (select helpdesk.bypasses_row_security())
   group by s.org_id, s.id, s.workflow_id, s.name, s.is_active
  having s.is_active or pg_catalog.sum(n.ticket_count) > 0;

-- Without the triggers, a write to a view with aggregates is an error that becomes HTTP 500.
create trigger agent_tickets_refuse_write
  before insert or update or delete on helpdesk.agent_tickets
  for each statement execute function helpdesk.refuse_write_to_view();
create trigger agent_tickets_refuse_row
  instead of insert or update or delete on helpdesk.agent_tickets
  for each row execute function helpdesk.refuse_write_to_view();

create trigger customer_tickets_refuse_write
  before insert or update or delete on helpdesk.customer_tickets
  for each statement execute function helpdesk.refuse_write_to_view();
create trigger customer_tickets_refuse_row
  instead of insert or update or delete on helpdesk.customer_tickets
  for each row execute function helpdesk.refuse_write_to_view();

create trigger workflow_stage_stats_refuse_write
  before insert or update or delete on helpdesk.workflow_stage_stats
  for each statement execute function helpdesk.refuse_write_to_view();
create trigger workflow_stage_stats_refuse_row
  instead of insert or update or delete on helpdesk.workflow_stage_stats
  for each row execute function helpdesk.refuse_write_to_view();

---- Comments

comment on table helpdesk.ticket_stat_deltas is
'Changes of tickets that the counts do not include yet. A trigger writes them with every change;
  refresh_ticket_stats() folds them into the counts.';
comment on column helpdesk.ticket_stat_deltas.org_id is 'The organization.';
comment on column helpdesk.ticket_stat_deltas.id is 'The row. UUIDv7.';
comment on column helpdesk.ticket_stat_deltas.metric is
'opened: the ticket was created, and entered its stage at the same time. stage: ticket_delta tickets
  entered or left the stage. created, resolved, closed, reopened, first_response, resolution: one
  ticket each.';
comment on column helpdesk.ticket_stat_deltas.occurred_at is
  'When it happened; for stage, when the ticket entered the stage.';
comment on column helpdesk.ticket_stat_deltas.stage_id is
  'The stage; null if the metric does not depend on it.';
comment on column helpdesk.ticket_stat_deltas.priority is 'Priority of the ticket.';
comment on column helpdesk.ticket_stat_deltas.agent_id is
  'The assignee, or for first_response the author of the response; null if there is none.';
comment on column helpdesk.ticket_stat_deltas.ticket_delta is
  'Number to add to the count of tickets; may be negative.';
comment on column helpdesk.ticket_stat_deltas.seconds is
  'For first_response and resolution: seconds since the ticket was created.';

comment on table helpdesk.ticket_stage_counts is
  'Number of tickets in each stage, without pending deltas. Read workflow_stage_stats instead.';
comment on column helpdesk.ticket_stage_counts.org_id is 'The organization.';
comment on column helpdesk.ticket_stage_counts.stage_id is 'The stage.';
comment on column helpdesk.ticket_stage_counts.priority is 'The priority.';
comment on column helpdesk.ticket_stage_counts.ticket_count is 'Number of tickets.';
comment on column helpdesk.ticket_stage_counts.entered_epoch_sum is
  'Sum of the times at which they entered the stage, each in seconds since 1970.';

comment on table helpdesk.ticket_agent_counts is
  'Number of tickets of each assignee in each stage, without pending deltas.';
comment on column helpdesk.ticket_agent_counts.org_id is 'The organization.';
comment on column helpdesk.ticket_agent_counts.agent_id is
  'The assignee; 00000000-0000-0000-0000-000000000000 for unassigned tickets.';
comment on column helpdesk.ticket_agent_counts.stage_id is 'The stage.';
comment on column helpdesk.ticket_agent_counts.priority is 'The priority.';
comment on column helpdesk.ticket_agent_counts.ticket_count is 'Number of tickets.';

comment on table helpdesk.ticket_days_by_priority is
'Activity per day and priority, in the time zone that the organization had at the time. Call
  ticket_activity() to read it.';
comment on column helpdesk.ticket_days_by_priority.org_id is 'The organization.';
comment on column helpdesk.ticket_days_by_priority.day is 'The day.';
comment on column helpdesk.ticket_days_by_priority.priority is
  'Priority of the tickets at the time.';
comment on column helpdesk.ticket_days_by_priority.created is 'Number of tickets created.';
comment on column helpdesk.ticket_days_by_priority.resolved is
  'Number of tickets resolved, or closed without being resolved.';
comment on column helpdesk.ticket_days_by_priority.closed is 'Number of tickets closed.';
comment on column helpdesk.ticket_days_by_priority.reopened is 'Number of tickets reopened.';
comment on column helpdesk.ticket_days_by_priority.first_response_buckets is
  'One element per first response: the smallest n for which it took at most 1.05 ^ n seconds.';
comment on column helpdesk.ticket_days_by_priority.resolution_buckets is
  'One element per resolution, computed in the same way.';

comment on table helpdesk.ticket_days_by_agent is
'Activity per day and agent, in the time zone that the organization had at the time. Call
  ticket_activity() to read it.';
comment on column helpdesk.ticket_days_by_agent.org_id is 'The organization.';
comment on column helpdesk.ticket_days_by_agent.day is 'The day.';
comment on column helpdesk.ticket_days_by_agent.agent_id is
'The assignee at the time, or for first responses their author; 00000000-0000-0000-0000-000000000000
  for unassigned tickets.';
comment on column helpdesk.ticket_days_by_agent.created is 'Number of tickets created.';
comment on column helpdesk.ticket_days_by_agent.resolved is
  'Number of tickets resolved, or closed without being resolved.';
comment on column helpdesk.ticket_days_by_agent.closed is 'Number of tickets closed.';
comment on column helpdesk.ticket_days_by_agent.reopened is 'Number of tickets reopened.';
comment on column helpdesk.ticket_days_by_agent.first_response_buckets is
  'One element per first response: the smallest n for which it took at most 1.05 ^ n seconds.';
comment on column helpdesk.ticket_days_by_agent.resolution_buckets is
  'One element per resolution, computed in the same way.';

comment on view helpdesk.agent_tickets is
'Tickets for staff, with names and counts, from all organizations in which the caller is staff.
  Filtering by one organization (org_id=eq...) is faster.';
comment on column helpdesk.agent_tickets.id is 'The ticket.';
comment on column helpdesk.agent_tickets.org_id is 'The organization.';
comment on column helpdesk.agent_tickets.number is 'The number that people call it by.';
comment on column helpdesk.agent_tickets.workflow_id is 'Its workflow.';
comment on column helpdesk.agent_tickets.current_stage_id is 'Its stage.';
comment on column helpdesk.agent_tickets.title is 'Title.';
comment on column helpdesk.agent_tickets.description is 'The request in full.';
comment on column helpdesk.agent_tickets.priority is 'Urgency.';
comment on column helpdesk.agent_tickets.status is 'open, pending, resolved or closed.';
comment on column helpdesk.agent_tickets.assigned_to is 'The assignee; null if unassigned.';
comment on column helpdesk.agent_tickets.created_by is 'The requester.';
comment on column helpdesk.agent_tickets.created_at is 'When the ticket was created.';
comment on column helpdesk.agent_tickets.updated_at is
  'When it last changed or got a comment or an attachment.';
comment on column helpdesk.agent_tickets.workflow_name is 'Name of the workflow.';
comment on column helpdesk.agent_tickets.stage_name is 'Name of the stage.';
comment on column helpdesk.agent_tickets.assigned_to_name is
  'Name of the assignee; null if unassigned.';
comment on column helpdesk.agent_tickets.created_by_name is 'Name of the requester.';
comment on column helpdesk.agent_tickets.comment_count is
  'Number of comments, including internal ones.';
comment on column helpdesk.agent_tickets.attachment_count is
  'Number of attachments, including internal ones.';

comment on view helpdesk.customer_tickets is
'Tickets that the caller created or that are assigned to the caller. It contains nothing internal and
  no names of staff.';
comment on column helpdesk.customer_tickets.id is 'The ticket.';
comment on column helpdesk.customer_tickets.org_id is 'The organization.';
comment on column helpdesk.customer_tickets.number is 'The number that people call it by.';
comment on column helpdesk.customer_tickets.title is 'Title.';
comment on column helpdesk.customer_tickets.priority is 'Urgency.';
comment on column helpdesk.customer_tickets.status is 'open, pending, resolved or closed.';
comment on column helpdesk.customer_tickets.stage_name is 'Name of the stage.';
comment on column helpdesk.customer_tickets.assigned_to_display is
'Support Team if the ticket is assigned to staff; the name of the assignee who is a customer; null if
  unassigned.';
comment on column helpdesk.customer_tickets.created_at is 'When the ticket was created.';
comment on column helpdesk.customer_tickets.updated_at is 'When it last changed.';
comment on column helpdesk.customer_tickets.public_comment_count is
  'Number of comments that are not internal.';

comment on view helpdesk.workflow_stage_stats is
'Number of tickets in each stage, and how long they have been there, for staff. A retired stage is
  listed while it has tickets. Always exact: it adds the pending deltas to the folded counts.';
comment on column helpdesk.workflow_stage_stats.stage_id is 'The stage.';
comment on column helpdesk.workflow_stage_stats.workflow_id is 'The workflow of the stage.';
comment on column helpdesk.workflow_stage_stats.stage_name is 'Name of the stage.';
comment on column helpdesk.workflow_stage_stats.org_id is 'The organization.';
comment on column helpdesk.workflow_stage_stats.ticket_count is 'Number of tickets in the stage.';
comment on column helpdesk.workflow_stage_stats.avg_hours_in_stage is
  'Average number of hours that they have been in the stage; null if there are none.';
comment on column helpdesk.workflow_stage_stats.high_priority_count is
  'Number of them with priority high or urgent.';

comment on trigger tickets_count on helpdesk.tickets is
  'Writes the deltas from which the counts are updated.';
comment on trigger organizations_check_time_zone on helpdesk.organizations is
  'Requires that Postgres knows time_zone.';

comment on policy staff_read_deltas on helpdesk.ticket_stat_deltas is
  'Staff read the deltas of their organizations.';
comment on policy staff_read_counts on helpdesk.ticket_stage_counts is
  'Staff read the counts of their organizations.';
comment on policy staff_read_agent_counts on helpdesk.ticket_agent_counts is
  'Staff read the counts of their organizations.';
comment on policy staff_read_activity on helpdesk.ticket_days_by_priority is
  'Staff read the activity in their organizations.';
comment on policy staff_read_agent_activity on helpdesk.ticket_days_by_agent is
  'Staff read the activity in their organizations.';

comment on trigger agent_tickets_refuse_write on helpdesk.agent_tickets is
  'Refuses every write, and says what to write instead.';
comment on trigger agent_tickets_refuse_row on helpdesk.agent_tickets is
  'Without it, Postgres would refuse writes before the other trigger fires.';
comment on trigger customer_tickets_refuse_write on helpdesk.customer_tickets is
  'Refuses every write, and says what to write instead.';
comment on trigger customer_tickets_refuse_row on helpdesk.customer_tickets is
  'Without it, Postgres would refuse writes before the other trigger fires.';
comment on trigger workflow_stage_stats_refuse_write on helpdesk.workflow_stage_stats is
  'Refuses every write, and says what to write instead.';
comment on trigger workflow_stage_stats_refuse_row on helpdesk.workflow_stage_stats is
  'Without it, Postgres would refuse writes before the other trigger fires.';
