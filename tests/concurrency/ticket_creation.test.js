// Many sessions opening tickets at the same time.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';
import { createTwoOrganizations, openTicket } from '../support/organizations.js';

const SESSIONS = 8;
const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, globex, ada, ben, alice, dave, mallory } = await createTwoOrganizations(db);

/** Sessions of members of Acme, alternating between customers and staff. */
function sessions(count = SESSIONS) {
  const people = [alice, dave, ben, ada];
  return Promise.all(Array.from({ length: count }, (_, i) => db.signIn(people[i % people.length])));
}

const ticketsTitled = (title) => db.value('select count(*)::int from helpdesk.tickets where title = $1', [title]);

test('8 sessions opening 25 tickets each get the numbers 1 to 200 without a deadlock', async () => {
  await Promise.all(
    (await sessions()).map(async (session, i) => {
      for (let n = 0; n < 25; n++) await openTicket(session, acme, `Ticket ${i}.${n}`);
    }),
  );
  const rows = await db.sql('select number::int from helpdesk.tickets where org_id = $1 order by number', [acme]);
  assert.deepEqual(
    rows.map(({ number }) => number),
    Array.from({ length: 200 }, (_, i) => i + 1),
  );
});

test('organizations do not wait for each other', async () => {
  const [inAcme, inGlobex] = [await db.signIn(alice), await db.signIn(mallory)];
  await inAcme.query('begin');
  await openTicket(inAcme, acme, 'Not yet committed');
  await inGlobex.query(`set lock_timeout = '5s'`);
  await openTicket(inGlobex, globex, 'Does not wait');
  await inAcme.query('rollback');
});

test('a rolled-back ticket leaves no gap in the numbers', async () => {
  const [first, second] = await sessions(2);
  const lastNumber = () => db.value('select max(number)::int from helpdesk.tickets where org_id = $1', [acme]);
  const before = await lastNumber();
  await first.query('begin');
  await openTicket(first, acme, 'Rolled back');
  const waiting = openTicket(second, acme, 'Waits for the number');
  await db.waitUntilBlocked(second);
  await first.query('rollback');
  await waiting;
  assert.equal(await lastNumber(), before + 1);
});

// All sessions are Alice's, because an idempotency key belongs to one person.
const ofAlice = (count = SESSIONS) => Promise.all(Array.from({ length: count }, () => db.signIn(alice)));

test('one idempotency key in 8 sessions creates one ticket, whose id all receive', async () => {
  const open = (session) => openTicket(session, acme, 'Double click', { key: 'double-click' });
  const [first, ...others] = await ofAlice();
  await first.query('begin');
  const id = await open(first);
  const waiting = others.map(open);
  await db.waitUntilBlocked(...others);
  await first.query('commit');
  assert.deepEqual(
    await Promise.all(waiting),
    others.map(() => id),
  );
  assert.equal(await ticketsTitled('Double click'), 1);
});

test('one idempotency key in 8 racing sessions creates one ticket, 20 times', async () => {
  const all = await ofAlice();
  for (let round = 0; round < 20; round++) {
    const title = `Race ${round}`;
    const ids = await Promise.all(all.map((session) => openTicket(session, acme, title, { key: title })));
    assert.equal(new Set(ids).size, 1);
    assert.equal(await ticketsTitled(title), 1);
  }
});

test('if the first session with a key rolls back, exactly one other creates the ticket', async () => {
  const open = (session) => openTicket(session, acme, 'Second chance', { key: 'second-chance' });
  const [first, ...others] = await ofAlice();
  await first.query('begin');
  const lost = await open(first);
  const waiting = others.map(open);
  await db.waitUntilBlocked(...others);
  await first.query('rollback');
  const ids = new Set(await Promise.all(waiting));
  assert.equal(ids.size, 1);
  assert.ok(!ids.has(lost));
  assert.equal(await ticketsTitled('Second chance'), 1);
});

test('a key reused for another request fails with 23505, even before the first one commits', async () => {
  const [first, second] = await ofAlice(2);
  await first.query('begin');
  await openTicket(first, acme, 'One thing', { key: 'mixed-up' });
  const waiting = expectError('23505', openTicket(second, acme, 'Another thing', { key: 'mixed-up' }));
  await db.waitUntilBlocked(second);
  await first.query('commit');
  assert.match((await waiting).message, /p_idempotency_key/);
  assert.equal(await ticketsTitled('Another thing'), 0);
});

test('the same key of two people creates two tickets', async () => {
  const [ofAliceToo, ofDave] = [await db.signIn(alice), await db.signIn(dave)];
  const ids = await Promise.all([ofAliceToo, ofDave].map((s) => openTicket(s, acme, 'Same key', { key: 'theirs' })));
  assert.notEqual(ids[0], ids[1]);
});
