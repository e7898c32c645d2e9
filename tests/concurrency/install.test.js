// install() and migrate() beside calls.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { deadlocks } from '../support/consistency.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';
import { createTwoOrganizations, openTicket } from '../support/organizations.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, alice } = await createTwoOrganizations(db);
await db.as(alice, (session) => openTicket(session, acme, 'Printer'));

/** A session that has read a table in a transaction, so that nobody can lock others out of it. */
async function readerOf(table) {
  const reader = await db.connect();
  await reader.query('begin');
  await reader.query(`select from helpdesk.${table}`);
  return reader;
}

for (const name of ['install', 'migrate']) {
  test(`${name}() on a sound installation waits for no reader or writer, and nobody for it`, async () => {
    const [dba, writer] = [await db.connect(), await db.signIn(alice)];
    await writer.query('begin');
    await openTicket(writer, acme, 'Open transaction');
    await dba.query(`set lock_timeout = '5s'`);
    await dba.query('begin');
    await dba.query(`select helpdesk.${name}()`);
    await writer.query(`set lock_timeout = '5s'`);
    await openTicket(writer, acme, 'Another');
    await writer.query('commit');
    await dba.query('commit');
  });
}

test('install() that must lock tables holds none for long while it waits for another', async () => {
  const tables = ['notifications', 'profiles', 'tickets'];
  for (const table of tables) await db.sql(`alter table helpdesk.${table} owner to postgres`);
  for (const waitedFor of tables) {
    const [reader, dba] = [await readerOf(waitedFor), await db.connect()];
    const installing = dba.query('select helpdesk.install()');
    await db.waitUntilBlocked(dba);
    // The others are free, so this transaction can go on without a deadlock.
    for (const table of tables) await reader.query(`select from helpdesk.${table}`);
    await reader.query('commit');
    await installing;
    const owners = await db.sql(
      `select distinct relowner::regrole::text as owner from pg_class where relnamespace = 'helpdesk'::regnamespace and relkind = 'r'`,
    );
    assert.deepEqual(owners, [{ owner: 'helpdesk_owner' }]);
    for (const table of tables) await db.sql(`alter table helpdesk.${table} owner to postgres`);
    for (const session of [reader, dba]) await db.disconnect(session);
  }
  await db.sql('select helpdesk.install()');
  assert.equal(await deadlocks(db), 0);
});

test('rebuild_derived_data() holds nobody up while it waits for a writer, and a lock_timeout ends it', async () => {
  const [holder, dba, writer] = [await db.signIn(alice), await db.connect(), await db.signIn(alice)];
  await holder.query('begin');
  await openTicket(holder, acme, 'Open transaction');
  const rebuilding = dba.query('select helpdesk.rebuild_derived_data()');
  await db.waitUntilBlocked(dba);
  await writer.query(`set lock_timeout = '5s'`);
  await writer.query('select helpdesk.mark_notifications_read()');
  await writer.query('select helpdesk.watch_ticket(id) from helpdesk.tickets order by number limit 1');
  await holder.query('commit');
  await rebuilding;

  await holder.query('begin');
  await openTicket(holder, acme, 'Open again');
  await dba.query(`set lock_timeout = '300ms'`);
  await expectError('55P03', dba.query('select helpdesk.rebuild_derived_data()'));
  assert.equal((await dba.query('show lock_timeout')).rows[0].lock_timeout, '300ms');
  await holder.query('commit');
  await dba.query('select helpdesk.rebuild_derived_data()');
});

test('two install() and a migrate() at once run one after the other', async () => {
  const first = await db.connect();
  await first.query('begin');
  await first.query('select helpdesk.install()');
  const others = [await db.connect(), await db.connect()];
  const running = [others[0].query('select helpdesk.install()'), others[1].query('select helpdesk.migrate()')];
  await db.waitUntilBlocked(...others);
  await first.query('commit');
  await Promise.all(running);
});
