-- Where the current counts, folded ones and deltas together, differ from a count of the tickets:
-- per stage with agent_id null, then per agent. Fragments in braces come from src/reporting.
with deltas as (
  select d.org_id, d.stage_id, d.priority, coalesce(d.agent_id, {nobody}) as agent_id,
         d.ticket_delta, d.ticket_delta * extract(epoch from d.occurred_at) as entered
    from helpdesk.ticket_stat_deltas d where d.metric in ('opened', 'stage')
),
tickets as (
  select t.org_id, t.current_stage_id as stage_id, t.priority,
         coalesce(t.assigned_to, {nobody}) as agent_id,
         count(*) as tickets, sum(extract(epoch from t.stage_entered_at)) as entered
    from helpdesk.tickets t group by 1, 2, 3, 4
),
both_sides as (
  select org_id, stage_id, priority, null::uuid as agent_id,
         ticket_count as counted, 0 as actual,
         entered_epoch_sum as counted_seconds, 0 as actual_seconds
    from helpdesk.ticket_stage_counts
  union all
  select org_id, stage_id, priority, null, ticket_delta, 0, entered, 0 from deltas
  union all
  select org_id, stage_id, priority, null, 0, tickets, 0, entered from tickets
  union all
  select org_id, stage_id, priority, agent_id, ticket_count, 0, null, null
    from helpdesk.ticket_agent_counts
  union all
  select org_id, stage_id, priority, agent_id, ticket_delta, 0, null, null from deltas
  union all
  select org_id, stage_id, priority, agent_id, 0, tickets, null, null from tickets
)
select org_id, stage_id, priority::text, agent_id,
       sum(counted)::bigint, sum(actual)::bigint, sum(counted_seconds), sum(actual_seconds)
  from both_sides
 group by org_id, stage_id, both_sides.priority, agent_id
having sum(counted) <> sum(actual) or sum(counted_seconds) <> sum(actual_seconds)
 order by 1, 2, both_sides.priority, 4 nulls first
