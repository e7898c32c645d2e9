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
  const { search_documents, tickets: ticketRows, ticket_comments, ticket_attachments, articles } = world.rows;
  const texts = [ticketRows, ticket_comments, ticket_attachments, articles].map((rows) => rows.length);
  const people = search_documents.filter(({ kind }) => kind === 'person');
  assert.equal(
    search_documents.length - people.length,
    texts.reduce((sum, n) => sum + n),
  );
  for (const { org_id, user_id } of world.rows.org_members)
    assert.ok(
      people.some((person) => person.org_id === org_id && person.document_id === user_id),
      `${user_id} is indexed`,
    );
  for (const [table, rows] of Object.entries(world.rows)) assert.notEqual(rows.length, 0, `${table} is empty`);
});

inEveryWorld('every caller sees in the tables what the model predicts', ({ db, callers, disagreements }) =>
  compareReads(db, callers, disagreements),
);
