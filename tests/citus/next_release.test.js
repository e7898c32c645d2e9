// ALTER EXTENSION UPDATE on a cluster, to an invented release that changes functions and tables.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { fillEveryTable } from '../support/full_database.js';
import { openTicket } from '../support/organizations.js';
import { catalogOf } from '../support/postgres_tools.js';
import { CURRENT, columnsOf, installNextRelease, NEXT, rowsIn } from '../upgrade/releases.js';
import { asDba, createClusterDatabase, onNode, skip, startWorker, stopWorker } from './cluster.js';

const DATABASE = 'helpdesk_next';
const directory = mkdtempSync(join(tmpdir(), 'helpdesk-next-'));
const opened = [];
after(async () => {
  for (const db of opened) await db.disconnectAll();
  rmSync(directory, { recursive: true });
});

test('an update changes functions and tables on all servers, and keeps all rows', { skip, timeout: 900_000 }, async () => {
  const single = await createHelpdeskDatabase();
  opened.push(single);
  writeFileSync(join(directory, 'catalog.txt'), (await catalogOf(single)).join('\n'));
  let fixture;
  const cluster = await createClusterDatabase(DATABASE, async (db) => {
    await db.createExtension();
    fixture = await fillEveryTable(db);
  });
  opened.push(cluster);
  const { acme, alice } = fixture;
  await cluster.sql('alter table public.invoices drop constraint invoices_org_id_fkey');
  const columns = await columnsOf(cluster);
  columns['helpdesk.ticket_watchers'] = columns['helpdesk.ticket_watchers'].replace(', added_at', '');
  await asDba(cluster, 'select helpdesk.distribute(8)');
  const before = await rowsIn(cluster, columns);

  installNextRelease('citus0', join(directory, 'catalog.txt'));
  await cluster.disconnectAll();
  stopWorker(2);
  await assert.rejects(asDba(cluster, 'alter extension helpdesk update'));
  startWorker(2);
  assert.deepEqual(await versions(), [CURRENT, CURRENT, CURRENT]);
  await cluster.disconnectAll();
  await asDba(cluster, 'alter extension helpdesk update');
  assert.deepEqual(await versions(), [NEXT, NEXT, NEXT]);
  assert.deepEqual(await rowsIn(cluster, columns), before);
  assert.ok((await cluster.value(`select count(*)::int from helpdesk.tickets where channel = 'phone'`)) > 0);
  const ticket = await cluster.as(alice, (session) => openTicket(session, acme, 'After the update'));
  assert.equal(await cluster.value('select channel from helpdesk.tickets where id = $1', [ticket]), 'portal');
  await cluster.as(alice, async (session) => {
    await session.query('begin');
    await session.query('select helpdesk.pre_request()');
    await session.query(`insert into helpdesk.tickets (org_id, title) values ($1, 'By table')`, [acme]);
    await session.query('commit');
  });
  await cluster.sql('insert into helpdesk.ticket_links (org_id, ticket_id) values ($1, $2)', [acme, ticket]);
  await cluster.sql('delete from helpdesk.tickets where org_id = $1 and id = $2', [acme, ticket]);
  assert.equal(await cluster.value('select count(*)::int from helpdesk.ticket_links'), 0);

  // As a new installation, once all is on one server again.
  await asDba(cluster, 'select helpdesk.undistribute()');
  const fresh = await createHelpdeskDatabase();
  opened.push(fresh);
  const isShipped = (line) => !/external_ref|everyone_reads_showcase|^publication /.test(line);
  assert.deepEqual((await catalogOf(cluster)).filter(isShipped), await catalogOf(fresh));
});

/** Those of the extension: on the coordinator and on the workers. */
async function versions() {
  const query = `select extversion from pg_extension where extname = 'helpdesk'`;
  const answers = await Promise.all([0, 1, 2].map((node) => onNode(node, DATABASE, query)));
  return answers.map(([{ extversion }]) => extversion);
}
