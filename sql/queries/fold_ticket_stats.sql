-- Moves the next $1 deltas after ($2, $3) into the counts. One statement, so that every other
-- transaction sees them either as deltas or in the counts. $4: time zones this server does not
-- know. Fragments in braces come from src/reporting.
with taken as (
  delete from helpdesk.ticket_stat_deltas
   where ctid = any (array(
           select x.ctid from helpdesk.ticket_stat_deltas x
            where (x.org_id, x.id) > ($2, $3)
            order by x.org_id, x.id limit $1))
  returning *
),
-- Counts are folded even for a deleted organization, because they must come down to zero.
stages as (
  insert into helpdesk.ticket_stage_counts as c
         (org_id, stage_id, priority, ticket_count, entered_epoch_sum)
  select org_id, stage_id, priority,
         sum(ticket_delta), sum(ticket_delta * extract(epoch from occurred_at))
    from taken where metric in ('opened', 'stage')
   group by org_id, stage_id, priority
  on conflict (org_id, stage_id, priority) do update
     set ticket_count = c.ticket_count + excluded.ticket_count,
         entered_epoch_sum = c.entered_epoch_sum + excluded.entered_epoch_sum
),
agents as (
  insert into helpdesk.ticket_agent_counts as c
         (org_id, agent_id, stage_id, priority, ticket_count)
  select org_id, coalesce(agent_id, {nobody}), stage_id, priority, sum(ticket_delta)
    from taken where metric in ('opened', 'stage')
   group by 1, 2, 3, 4
  on conflict (org_id, agent_id, stage_id, priority) do update
     set ticket_count = c.ticket_count + excluded.ticket_count
),
-- Days are kept only for existing organizations, and go with them.
existing as (
  select o.id, case when o.time_zone = any ($4) then 'UTC' else o.time_zone end as time_zone
    from helpdesk.organizations o where o.id in (select org_id from taken) for key share
),
events as (
  select d.org_id, (d.occurred_at at time zone o.time_zone)::date as day, d.metric, d.ticket_delta,
         d.priority, coalesce(d.agent_id, {nobody}) as agent_id, {bucket} as bucket
    from taken d join existing o on o.id = d.org_id where d.metric <> 'stage'
),
priority_days as (
  insert into helpdesk.ticket_days_by_priority as c
         (org_id, day, priority, created, resolved, closed, reopened,
          first_response_buckets, resolution_buckets)
  select org_id, day, priority, {day_sums}
    from events group by org_id, day, priority
  on conflict (org_id, day, priority) do update
     set created = c.created + excluded.created,
         resolved = c.resolved + excluded.resolved,
         closed = c.closed + excluded.closed,
         reopened = c.reopened + excluded.reopened,
         first_response_buckets = c.first_response_buckets || excluded.first_response_buckets,
         resolution_buckets = c.resolution_buckets || excluded.resolution_buckets
),
agent_days as (
  insert into helpdesk.ticket_days_by_agent as c
         (org_id, day, agent_id, created, resolved, closed, reopened,
          first_response_buckets, resolution_buckets)
  select org_id, day, agent_id, {day_sums}
    from events group by org_id, day, agent_id
  on conflict (org_id, day, agent_id) do update
     set created = c.created + excluded.created,
         resolved = c.resolved + excluded.resolved,
         closed = c.closed + excluded.closed,
         reopened = c.reopened + excluded.reopened,
         first_response_buckets = c.first_response_buckets || excluded.first_response_buckets,
         resolution_buckets = c.resolution_buckets || excluded.resolution_buckets
)
-- How many deltas were taken, the last of them, and their organizations.
select count(*) over (), t.org_id, t.id, array(select distinct org_id from taken)
  from taken t order by t.org_id desc, t.id desc limit 1
