// Reports. The refresh follows 1,000 moved tickets; the baseline refreshes two materialized views
// CONCURRENTLY.

const moveAThousand = (tickets) => `
  update ${tickets} set current_stage_id = bench.id(5, 10 + 2 + (random() * 2)::int)
   where id in (select id from bench.largest where n > :many - 1000)`;

export default [
  {
    name: 'dashboard',
    what: 'The numbers of the largest organization; against counting.',
    helpdesk: 'select helpdesk.org_dashboard(:org)',
    baseline: 'select baseline.dashboard(:org)',
  },
  {
    name: 'stage_stats',
    what: 'How many tickets are in each stage; fresh, against the query of the baseline’s materialized view.',
    helpdesk: 'select * from helpdesk.workflow_stage_stats where org_id = :org',
    baseline: 'select * from baseline.stage_stats_now where org_id = :org',
  },
  {
    name: 'ticket_activity',
    what: 'A month of trends of the largest organization.',
    helpdesk: 'select helpdesk.ticket_activity(:org, current_date - 30, current_date)',
  },
  // The last of the reads, because they leave dead rows for vacuum.
  ...[1_000, 100_000].map((deltas) => ({
    name: `stage_stats_${deltas}_unfolded`,
    what: `The same with ${deltas.toLocaleString('en')} changes of this organization not folded in yet.`,
    before: { helpdesk: `select bench.add_deltas(${deltas})` },
    helpdesk: 'select * from helpdesk.workflow_stage_stats where org_id = :org',
    after: { helpdesk: 'select helpdesk.refresh_ticket_stats()' },
  })),
  {
    name: 'refresh',
    what: 'refresh_ticket_stats() after 1,000 changes.',
    writes: true,
    as: 'system',
    times: { helpdesk: 10, baseline: 1 },
    each: { helpdesk: moveAThousand('helpdesk.tickets'), baseline: moveAThousand('baseline.tickets') },
    helpdesk: 'select helpdesk.refresh_ticket_stats()',
    baseline: 'select baseline.refresh_ticket_stats()',
  },
];
