// The update to an invented next release, which changes functions and tables.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createEmptyDatabase, createHelpdeskDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';
import { fillEveryTable, ownerAdditionsIn } from '../support/full_database.js';
import { catalogOf, dumpOf, psql } from '../support/postgres_tools.js';
import { startPrivateServer } from '../support/private_server.js';
import { CURRENT, columnsOf, installNextRelease, NEXT, removeOwnPostgres, rowsIn } from './releases.js';

const SERVER = 'next_release';
const stop = startPrivateServer(SERVER, { fsync: 'off', wal_level: 'logical' });
const directory = mkdtempSync(join(tmpdir(), 'helpdesk-next-'));
const opened = [];
after(async () => {
  for (const db of opened) await db.disconnectAll();
  stop();
  removeOwnPostgres();
  rmSync(directory, { recursive: true });
});

// At today's release: a full database, its dump, and a session that stays.
const old = await createHelpdeskDatabase();
opened.push(old);
const { acme, alice } = await fillEveryTable(old);
const todaysCatalog = await catalogOf(old);
writeFileSync(join(directory, 'catalog.txt'), todaysCatalog.join('\n'));
writeFileSync(join(directory, 'dump.sql'), await dumpOf(old));
const columns = await columnsOf(old);
columns['helpdesk.ticket_watchers'] = columns['helpdesk.ticket_watchers'].replace(', added_at', '');
const before = { rows: await rowsIn(old, columns), additions: await ownerAdditionsIn(old) };
const session = await old.signIn(alice);
await session.query('select helpdesk.list_org_tickets($1)', [acme]);
const oldSuperuser = await old.connect();
await oldSuperuser.query('select helpdesk.check_library($1)', [CURRENT]);

// The package of the next release arrives.
installNextRelease(SERVER, join(directory, 'catalog.txt'));
await old.disconnect(await old.superuser);
old.superuser = undefined;

const fresh = await createHelpdeskDatabase();
opened.push(fresh);
const freshCatalog = await catalogOf(fresh);
const IS_ADDITION = /external_ref|everyone_reads_showcase|^publication /;

async function assertUpdated(db) {
  const catalog = (await catalogOf(db)).filter((line) => !IS_ADDITION.test(line));
  assert.deepEqual(catalog, freshCatalog);
  assert.notDeepEqual(catalog, todaysCatalog);
  assert.deepEqual(await rowsIn(db, columns), before.rows);
  assert.deepEqual(await ownerAdditionsIn(db), before.additions);
  assert.ok((await db.value(`select count(*)::int from helpdesk.tickets where channel = 'phone'`)) > 0);
}

test('a session that began before keeps working', async () => {
  await session.query('select helpdesk.list_org_tickets($1)', [acme]);
});

test('a new session says which versions there are, and the command', async () => {
  await old.as(alice, async (newcomer) => {
    const error = await expectError('55000', newcomer.query('select helpdesk.list_org_tickets($1)', [acme]));
    assert.match(
      error.message,
      new RegExp(`library ${NEXT}, extension ${CURRENT}, tables of version \\d+, which should be \\d+$`),
    );
    assert.equal(error.hint, 'As a superuser, run: ALTER EXTENSION helpdesk UPDATE');
  });
});

test('a session with the old library cannot update, and says to reconnect', async () => {
  const error = await expectError('55000', oldSuperuser.query('alter extension helpdesk update'));
  assert.equal(error.detail, 'wrong_library_version');
  assert.match(error.hint, /^Reconnect/);
});

test('ALTER EXTENSION UPDATE: as a new database, with all rows and additions', async () => {
  await old.sql('alter extension helpdesk update');
  await assertUpdated(old);
});

test('a session with the old library says to reconnect after the update', async () => {
  const error = await expectError('55000', session.query('select helpdesk.list_org_tickets($1)', [acme]));
  assert.match(error.message, new RegExp(`library ${CURRENT}, extension ${NEXT}, `));
  assert.match(error.hint, /^Reconnect/);
  await old.as(alice, (newcomer) => newcomer.query('select helpdesk.list_org_tickets($1)', [acme]));
});

test('a restored dump and migrate(): as a new database, with all rows and additions', async () => {
  const db = await createEmptyDatabase();
  opened.push(db);
  await psql(db, join(directory, 'dump.sql'));
  await db.as(alice, async (person) => {
    const error = await expectError('55000', person.query('select helpdesk.list_org_tickets($1)', [acme]));
    assert.equal(error.hint, 'As a superuser, run: SELECT helpdesk.migrate()');
  });
  await db.sql('select helpdesk.migrate()');
  await assertUpdated(db);
});
