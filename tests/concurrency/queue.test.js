// Many agents claiming tickets from one queue at the same time.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { addMember, createTwoOrganizations, openTicket, signUp } from '../support/organizations.js';

const AGENTS = 16;
const TICKETS = 64;

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, alice } = await createTwoOrganizations(db);

const agents = [];
for (let i = 0; i < AGENTS; i++) {
  const agent = await signUp(db, `Agent${i}`);
  await addMember(db, acme, agent, 'org_agent');
  agents.push(agent);
}

/** A session for each agent in which waiting for a lock is an error (55P03). */
const impatientSessions = () =>
  Promise.all(
    agents.map(async (agent) => {
      const session = await db.signIn(agent);
      // Long enough to extend a table by a page, which takes a lock too.
      await session.query(`set lock_timeout = '200ms'`);
      return session;
    }),
  );

/** The claimed ticket, or null. */
const claim = async (session) => (await session.query('select helpdesk.claim_next_ticket($1) as ticket', [acme])).rows[0].ticket;

/** Opens unassigned tickets, in the order in which they should be claimed. */
async function fillQueue(count) {
  const ids = [];
  await db.as(alice, async (session) => {
    for (let i = 0; i < count; i++) ids.push(await openTicket(session, acme, `Queued ${i}`));
  });
  return ids;
}

test(`${AGENTS} agents empty a queue of ${TICKETS} tickets: no ticket is claimed twice, nobody waits`, async () => {
  const queue = await fillQueue(TICKETS);
  const claimed = [];
  await Promise.all(
    (await impatientSessions()).map(async (session, i) => {
      for (let ticket; (ticket = await claim(session)); ) {
        assert.equal(ticket.assignedTo.id, agents[i].profile);
        claimed.push({ id: ticket.id, by: agents[i].profile });
      }
      assert.equal(await claim(session), null);
    }),
  );
  assert.deepEqual(claimed.map(({ id }) => id).sort(), [...queue].sort());
  for (const { id, by } of claimed) {
    assert.equal(await db.value('select assigned_to from helpdesk.tickets where id = $1', [id]), by);
  }
});

test('tickets claimed in open transactions block nobody and are not claimed twice', async () => {
  const queue = await fillQueue(AGENTS);
  const sessions = await impatientSessions();
  const claimed = [];
  for (const session of sessions) {
    await session.query('begin');
    claimed.push((await claim(session)).id);
  }
  assert.deepEqual(claimed, queue, 'in the order of the queue');
  const late = await db.signIn(agents[0]);
  await late.query(`set lock_timeout = '1ms'`);
  assert.equal(await claim(late), null);

  await sessions[0].query('rollback');
  assert.equal((await claim(late)).id, queue[0], 'unassigned by the rollback, so it is the next one');
  for (const session of sessions.slice(1)) await session.query('commit');
  assert.equal(await claim(late), null);
});

test('a ticket locked by another session is skipped', async () => {
  const [first, second] = await fillQueue(2);
  const other = await db.connect();
  await other.query('begin');
  await other.query(`update helpdesk.tickets set title = 'Being changed' where id = $1`, [first]);
  const [session] = await impatientSessions();
  assert.equal((await claim(session)).id, second);
  assert.equal(await claim(session), null);
  await other.query('rollback');
  assert.equal((await claim(session)).id, first);
});
