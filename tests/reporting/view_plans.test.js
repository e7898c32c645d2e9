// The cost of a page of a reporting view depends on the page, not on the number of tickets.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ALICES, createManyTickets, PAGE, planOf, rowsOf } from '../support/many_tickets.js';

const { db, acme, ben, alice } = await createManyTickets();
after(() => db.drop());

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
    const plan = await db.as(person, (session) => planOf(session, query));
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
