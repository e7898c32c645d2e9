-- Counts all tickets again. Fragments in braces come from src/reporting.

-- Waits for a running refresh, and blocks writes to tickets until the transaction ends.
select pg_advisory_xact_lock(7315002, 6);
lock table helpdesk.tickets in share row exclusive mode;

-- Deltas that only move tickets between stages are obsolete. Those that report what happened on a
-- day are kept, because they are not folded yet.
delete from helpdesk.ticket_stage_counts;
delete from helpdesk.ticket_agent_counts;
delete from helpdesk.ticket_stat_deltas where metric = 'stage';
update helpdesk.ticket_stat_deltas set metric = 'created' where metric = 'opened';

insert into helpdesk.ticket_stage_counts
       (org_id, stage_id, priority, ticket_count, entered_epoch_sum)
select org_id, current_stage_id, priority, count(*), sum(extract(epoch from stage_entered_at))
  from helpdesk.tickets
 group by 1, 2, 3;

insert into helpdesk.ticket_agent_counts (org_id, agent_id, stage_id, priority, ticket_count)
select org_id, coalesce(assigned_to, {nobody}), current_stage_id, priority, count(*)
  from helpdesk.tickets
 group by 1, 2, 3, 4;
