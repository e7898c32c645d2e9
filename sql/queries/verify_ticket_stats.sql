-- Where the counts differ from the tickets: by stage with a NULL agent_id, and by agent.
-- Fragments in braces come from src/reporting.
with actual as (
  select t.org_id, t.current_stage_id as stage_id, t.priority,
         coalesce(t.assigned_to, {nobody}) as agent_id,
         count(*) as tickets, sum(extract(epoch from t.stage_entered_at)) as entered
    from helpdesk.tickets t group by 1, 2, 3, 4
), both_sides as (
  select org_id, stage_id, priority, null::uuid as agent_id, ticket_count as counted, 0 as actual,
         entered_epoch_sum, 0 as actual_seconds
    from ({stage_counts}) c
  union all
  select org_id, stage_id, priority, null, 0, tickets, 0, entered from actual
  union all
  select org_id, stage_id, priority, agent_id, ticket_count, 0, null, null
    from ({agent_counts}) c
  union all
  select org_id, stage_id, priority, agent_id, 0, tickets, null, null from actual
)
select org_id, stage_id, priority::text, agent_id, sum(counted)::bigint, sum(actual)::bigint,
       sum(entered_epoch_sum), sum(actual_seconds)
  from both_sides b
 group by org_id, stage_id, b.priority, agent_id
having sum(counted) <> sum(actual) or sum(entered_epoch_sum) <> sum(actual_seconds)
 order by 1, 2, b.priority, 4 nulls first
