// Reads through the tables.

import assert from 'node:assert/strict';
import { brokenHistories, wrongCounts } from '../support/consistency.js';
import { compareReads } from './reads.js';
import { inEveryWorld } from './worlds.js';

inEveryWorld('the generated world satisfies the invariants of helpdesk', async ({ world, db }) => {
  const tickets = world.rows.tickets.map((ticket) => ticket.id);
  assert.deepEqual(await brokenHistories(db, tickets), []);
  assert.deepEqual(await wrongCounts(db, tickets), []);
  assert.deepEqual(await db.sql('select * from helpdesk.verify_ticket_stats()'), []);
  const documents = world.rows.tickets.length + world.rows.ticket_comments.length + world.rows.articles.length;
  assert.equal(world.rows.search_documents.length, documents);
  for (const [table, rows] of Object.entries(world.rows)) assert.notEqual(rows.length, 0, `${table} is empty`);
});

inEveryWorld('every caller sees in the tables what the model predicts', ({ db, callers, disagreements }) =>
  compareReads(db, callers, disagreements),
);
