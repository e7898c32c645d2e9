// The full-text index is rebuilt in batches while others write, search and rebuild it too.

import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';
import { createTwoOrganizations, openTicket } from '../support/organizations.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, ada, ben, alice } = await createTwoOrganizations(db);
const [writer, admin, customer] = [await db.signIn(ben), await db.signIn(ada), await db.signIn(alice)];
const [rebuilder, other] = [await db.connect(), await db.connect()];
const tickets = [];
for (let n = 1; n <= 40; n++) tickets.push(await openTicket(customer, acme, `Printing ${n}`));

const proceed = (session, count = 1000) =>
  session
    .query('select helpdesk.continue_search_rebuild($1) as remaining', [count])
    .then(({ rows }) => Number(rows[0].remaining));
/** Each batch is a transaction. */
async function finish(session, count = 3) {
  let batches = 0;
  while ((await proceed(session, count)) > 0) batches++;
  return batches;
}
const rename = (session, ticket, title) => session.query('update helpdesk.tickets set title = $2 where id = $1', [ticket, title]);
const found = async (session, word) => {
  const { rows } = await session.query('select helpdesk.search($1, $2) as answer', [acme, word]);
  return rows[0].answer.results.map(({ title }) => title);
};
const documents = 'select array_agg(d::text order by d::text) from helpdesk.search_documents d';

/** Nothing of what a rebuild at once would write is missing or different. */
async function expectComplete() {
  assert.equal(await db.value('select count(*)::int from helpdesk.search_rebuilds'), 0);
  const batched = await db.value(documents);
  await db.sql('select helpdesk.rebuild_search_index()');
  assert.deepEqual(batched, await db.value(documents));
}

beforeEach(async () => {
  // What a test that failed left open.
  for (const session of [writer, admin, customer, rebuilder, other]) await session.query('rollback');
  await db.sql('set session_replication_role = replica');
  await db.sql(`update helpdesk.search_documents set lexemes = 'stale'`);
  await db.sql('set session_replication_role = origin');
  await db.sql('select helpdesk.start_search_rebuild()');
});

test('a batch waits for an open write, and indexes what was written', async () => {
  await writer.query('begin');
  await rename(writer, tickets[0], 'Scanner');
  const finished = finish(rebuilder);
  await db.waitUntilBlocked(rebuilder);
  await writer.query('commit');
  await finished;
  await expectComplete();
  assert.deepEqual(await found(writer, 'scanner'), ['Scanner']);
});

test('a batch waits for an open change of a name', async () => {
  await customer.query('begin');
  await customer.query('update helpdesk.profiles set name = $2 where id = $1', [alice.profile, 'Alicia']);
  const finished = finish(rebuilder);
  await db.waitUntilBlocked(rebuilder);
  await customer.query('commit');
  await finished;
  await expectComplete();
  assert.ok((await found(writer, 'alicia')).length > 1);
});

test('writes to the rows of a batch wait for its end; others and searches do not', async () => {
  // Some tickets, chosen by chance, and the people come before the tickets.
  const isOfTickets = () => db.value('select step = 5 from helpdesk.search_rebuilds where org_id = $1', [acme]);
  while (!(await isOfTickets())) assert.ok((await proceed(rebuilder, 1)) > 0, 'step 5 of the rebuild is that of tickets');
  await rebuilder.query('begin');
  await proceed(rebuilder, 25);
  const { rows } = await rebuilder.query(
    'select r.last_id from helpdesk.search_rebuilds r join helpdesk.tickets t on t.id = r.last_id where r.org_id = $1',
    [acme],
  );
  const blocked = rename(admin, rows[0].last_id, 'In the batch');
  await db.waitUntilBlocked(admin);
  const opened = await openTicket(writer, acme, 'Opened meanwhile');
  assert.deepEqual(await found(writer, 'opened'), ['Opened meanwhile']);
  await rename(writer, opened, 'Renamed meanwhile');
  await rebuilder.query('commit');
  await blocked;
  await finish(rebuilder);
  await expectComplete();
});

test('an interrupted batch leaves what was done before, and another session continues', async () => {
  await finishSome(rebuilder, 5);
  const done = await db.value('select sum(done)::int from helpdesk.search_rebuilds');
  await writer.query('begin');
  for (const ticket of tickets) await rename(writer, ticket, 'Held');
  const blocked = expectError('57014', finish(rebuilder, 20));
  await db.waitUntilBlocked(rebuilder);
  await db.sql('select pg_cancel_backend($1)', [rebuilder.processID]);
  await blocked;
  await writer.query('commit');
  assert.ok((await db.value('select sum(done)::int from helpdesk.search_rebuilds')) >= done);
  assert.ok((await finish(other)) > 0);
  await expectComplete();
});

test('two sessions that rebuild take turns', async () => {
  const batches = await Promise.all([finish(rebuilder, 2), finish(other, 2)]);
  assert.ok(batches[0] + batches[1] > 10, `${batches}`);
  await expectComplete();
});

test('sessions that write all the while leave nothing stale', async () => {
  const sessions = [writer, admin];
  let isFinished = false;
  const writing = sessions.map(async (session, n) => {
    for (let i = 0; !isFinished; i++) {
      const ticket = tickets[(i * 7 + n * 3) % tickets.length];
      await rename(session, ticket, `Title ${n} ${i}`);
      await session.query('update helpdesk.tickets set assigned_to = $2 where id = $1', [ticket, i % 2 ? ben.profile : null]);
      await openTicket(session, acme, `New ${n} ${i}`);
      await session.query('select helpdesk.add_comment($1, $2)', [ticket, `Comment ${i}`]);
    }
  });
  await finish(rebuilder, 2);
  isFinished = true;
  await Promise.all(writing);
  await expectComplete();
});

test('a change of language waits for a batch; what is still due is in the new one then', async () => {
  await rebuilder.query('begin');
  await proceed(rebuilder, 10);
  const changed = admin.query('update helpdesk.organizations set search_language = $2 where id = $1', [acme, 'english']);
  await db.waitUntilBlocked(admin);
  await rebuilder.query('commit');
  await changed;
  await finish(rebuilder);
  await expectComplete();
});

async function finishSome(session, batches) {
  for (let n = 0; n < batches; n++) await proceed(session, 3);
}
