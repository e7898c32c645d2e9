// The cost of a page of a reporting view depends on the page, not on the number of tickets.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { createTwoOrganizations } from '../support/organizations.js';

const PAGE = 20;
const TICKETS = 4000;
/** The number of them that are Alice's. */
const ALICES = 50;

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, globex, ada, ben, alice, dave, gina } = await createTwoOrganizations(db);
for (const [org, people] of [
  [acme, [...Array(TICKETS / ALICES - 1).fill(dave), alice]],
  [globex, [gina]],
]) {
  await db.sql(
    `insert into helpdesk.tickets (org_id, title, priority, created_by, assigned_to, created_at, updated_at, stage_entered_at)
     select $1, 'Ticket ' || i, (enum_range(null::helpdesk.ticket_priority))[1 + i % 4], ($2::uuid[])[1 + i % cardinality($2)],
            case when i % 3 = 0 then $3::uuid end, time, time, time
       from generate_series(1, $4) i, lateral (select now() - i * interval '7 minutes' as time) x`,
    [org, people.map(({ profile }) => profile), org === acme ? ben.profile : null, TICKETS],
  );
}
await db.sql(
  `insert into helpdesk.ticket_comments (org_id, ticket_id, content, created_by, is_internal)
   select org_id, id, 'Words', $2, number % 2 = 0 from helpdesk.tickets where org_id = $1`,
  [acme, ada.profile],
);
await db.sql('vacuum analyze');

/** Every node of the plan of a query, run in a person's session. */
async function planOf(person, query) {
  return db.as(person, async (session) => {
    const { rows } = await session.query(`explain (analyze, timing off, format json) ${query}`);
    const flat = (node) => [node, ...(node.Plans ?? []).flatMap(flat)];
    return flat(rows[0]['QUERY PLAN'][0].Plan);
  });
}

/** The rows that a node returned in all its loops. */
const rowsOf = (node) => node['Actual Rows'] * node['Actual Loops'];

/** Each with the number of tickets that may be sorted for it. */
const PAGES = {
  'agent_tickets, newest first': [
    ben,
    PAGE,
    `select * from helpdesk.agent_tickets where org_id = '${acme}' order by updated_at desc limit ${PAGE}`,
  ],
  'agent_tickets, urgent tickets only': [
    ben,
    PAGE,
    `select * from helpdesk.agent_tickets where org_id = '${acme}' and priority = 'urgent' order by updated_at desc limit ${PAGE}`,
  ],
  'agent_tickets, all organizations of the caller': [
    ben,
    PAGE,
    `select * from helpdesk.agent_tickets order by updated_at desc limit ${PAGE}`,
  ],
  'customer_tickets, newest first': [
    alice,
    ALICES,
    `select * from helpdesk.customer_tickets where org_id = '${acme}' order by updated_at desc limit ${PAGE}`,
  ],
};

for (const [name, [person, sortedAtMost, query]] of Object.entries(PAGES)) {
  test(`${name}: reads no more than it shows`, async () => {
    const plan = await planOf(person, query);
    const about = JSON.stringify(
      plan.map(({ Plans, ...node }) => node),
      null,
      1,
    );
    assert.equal(plan[0]['Actual Rows'], PAGE);
    for (const node of plan) {
      const table = node['Relation Name'];
      if (table === 'tickets') assert.match(node['Node Type'], /^(Index|Bitmap Heap) Scan/, `tickets are not scanned: ${about}`);
      if (table === 'tickets' && !node.Filter?.includes('priority'))
        assert.ok(rowsOf(node) <= sortedAtMost, `no others are read: ${about}`);
      if (['profiles', 'workflow_stages'].includes(table))
        assert.ok(rowsOf(node) <= 2 * PAGE, `names of the page only: ${about}`);
      assert.ok(!['ticket_comments', 'ticket_attachments'].includes(table), `nothing is counted row by row: ${about}`);
      if (node['Node Type'].includes('Sort')) {
        assert.ok(
          node.Plans.every((sorted) => rowsOf(sorted) <= sortedAtMost),
          `no more is sorted than that: ${about}`,
        );
      }
    }
  });
}
