// A session keeps the plans of its statements. Lists read no more in the tenth call than in the
// first, whoever has called before.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createManyTickets, planOf } from '../support/many_tickets.js';

const CALLS = 10;
/** Pages that vary from call to call: catalogs, and rows that the session looks up once. */
const VARYING = 20;

const { db, acme, alice, ben } = await createManyTickets();
after(() => db.drop());
// Nobody but Ben is an assignee, so that the planner takes everybody for one with many tickets.
const stage = await db.value('select id from helpdesk.workflow_stages where org_id = $1 and is_start', [acme]);

const FILTERS = {
  'by default': {},
  'sorted by priority': { sort: '-priority' },
  'sorted by creation': { sort: '-createdAt' },
  'of a status': { status: 'open' },
  'of a priority': { priority: 'urgent' },
  'of a stage': { stageId: stage },
  'open and urgent': { status: 'open', priority: 'urgent' },
  'assigned to the caller': { assignedTo: 'me' },
  'opened in a time': { createdAfter: '2020-01-01T00:00:00Z' },
  // One that new documents have, and far more than are looked up by the index at once.
  'with a word': { search: 'ticket or words' },
};

for (const [who, person] of Object.entries({ customer: alice, agent: ben })) {
  for (const [name, filters] of Object.entries(FILTERS)) {
    test(`the list of a ${who}, ${name}: the plan that is kept reads no more than one for the call`, async () => {
      const call = `select helpdesk.list_org_tickets('${acme}', '${JSON.stringify(filters)}')`;
      const pagesOf = ([{ 'Shared Hit Blocks': hit, 'Shared Read Blocks': read }]) => hit + read;
      await db.as(person, async (session) => {
        for (let i = 0; i < CALLS; i++) await session.query(call);
        const kept = pagesOf(await planOf(session, call));
        await session.query('set plan_cache_mode = force_custom_plan');
        await session.query(call);
        const planned = pagesOf(await planOf(session, call));
        assert.ok(kept <= planned + VARYING, `${kept} pages instead of ${planned}`);
      });
    });
  }
}
