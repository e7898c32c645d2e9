// Supabase Realtime reads a replication slot through the publication supabase_realtime, and so does
// this test.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../../support/database.js';
import { expectError } from '../../support/errors.js';
import { createTwoOrganizations, openTicket } from '../../support/organizations.js';
import { insertedRows } from './pgoutput.js';

const db = await createHelpdeskDatabase();
const slot = db.name;
after(async () => {
  await db.sql('select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1', [slot]);
  await db.drop();
});
const { acme, ada, ben, alice } = await createTwoOrganizations(db);

/** The rows committed since the last call, as a subscriber receives them. */
async function receiveRows() {
  const messages = await db.sql(
    `select data from pg_logical_slot_get_binary_changes($1, null, null,
       'proto_version', '1', 'publication_names', 'supabase_realtime')`,
    [slot],
  );
  return insertedRows(messages.map(({ data }) => data));
}

const published = () =>
  db.sql(`select schemaname || '.' || tablename as name from pg_publication_tables
           where pubname = 'supabase_realtime' order by 1`);

test('without the publication, enable_realtime() fails', async () => {
  const error = await expectError('55000', db.sql('select helpdesk.enable_realtime()'));
  assert.match(error.message, /supabase_realtime/);
});

test('enable_realtime() adds tickets and notifications to the published tables, once', async () => {
  await db.sql('create table public.messages (id int primary key)');
  await db.sql('create publication supabase_realtime for table public.messages');
  for (let i = 0; i < 2; i++) {
    await db.sql('select helpdesk.enable_realtime()');
    assert.deepEqual(await published(), [
      { name: 'helpdesk.notifications' },
      { name: 'helpdesk.tickets' },
      { name: 'public.messages' },
    ]);
  }
});

const publishedDeletes = () => db.value(`select pubdelete from pg_publication where pubname = 'supabase_realtime'`);

test('enable_realtime() takes deletes out of a publication of our tables, and warns if there are others', async () => {
  const session = await db.connect();
  const warnings = [];
  session.on('notice', ({ severity, message, hint }) => warnings.push({ severity, message, hint }));
  await session.query('select helpdesk.enable_realtime()');
  assert.equal(warnings.length, 1);
  assert.equal(warnings[0].severity, 'WARNING');
  assert.match(warnings[0].message, /publishes deletes/);
  assert.equal(await publishedDeletes(), true);

  // Following the hint, as anybody would.
  await db.sql(warnings[0].hint.match(/ALTER PUBLICATION .*\)/)[0]);
  await session.query('select helpdesk.enable_realtime()');
  assert.equal(await publishedDeletes(), false);

  await db.sql(`alter publication supabase_realtime set (publish = 'insert, update, delete, truncate')`);
  await db.sql('alter publication supabase_realtime drop table public.messages');
  await session.query('select helpdesk.enable_realtime()');
  assert.equal(await publishedDeletes(), false);
  assert.equal(warnings.length, 1);
});

test('exactly a new ticket and its notifications are published, at commit', async () => {
  await db.sql(`select pg_create_logical_replication_slot($1, 'pgoutput')`, [slot]);
  const session = await db.signIn(alice);
  await session.query('begin');
  const ticket = await openTicket(session, acme, 'Live');
  assert.deepEqual(await receiveRows(), []);
  await session.query('commit');

  const rows = await receiveRows();
  assert.deepEqual(
    rows.map(({ table }) => table),
    ['helpdesk.tickets', 'helpdesk.notifications', 'helpdesk.notifications'],
  );
  const opened = rows[0].row;
  // Ada founded the organization and watches its queues.
  const [forAlice, forAda] = [alice, ada].map(({ profile }) => rows.find(({ row }) => row.user_id === profile).row);
  assert.deepEqual({ id: opened.id, title: opened.title }, { id: ticket, title: 'Live' });
  for (const [told, read] of [
    [forAlice, 't'],
    [forAda, 'f'],
  ]) {
    assert.deepEqual(
      { ticket_id: told.ticket_id, type: told.type, read: told.read },
      { ticket_id: ticket, type: 'ticket_created', read },
    );
    const { ticket_id, title, actor } = JSON.parse(told.content);
    assert.deepEqual({ ticket_id, title, actor: actor.name }, { ticket_id: ticket, title: 'Live', actor: 'Alice' });
  }
});

test('the notification of a comment is published with its beginning, the comment itself is not', async () => {
  const ticket = await db.as(alice, (session) => openTicket(session, acme, 'Talked about'));
  await receiveRows();
  await db.as(ben, (session) =>
    session.query(`select helpdesk.add_comment($1, $2)`, [ticket, `${'Hello '.repeat(40)}Secret words`]),
  );
  const rows = await receiveRows();
  assert.deepEqual(
    rows.map(({ table, row }) => [table, row.user_id, row.type]),
    [['helpdesk.notifications', alice.profile, 'ticket_commented']],
  );
  assert.doesNotMatch(JSON.stringify(rows), /Secret words/);
});

test('rolled-back rows are not published', async () => {
  const session = await db.signIn(alice);
  await session.query('begin');
  await openTicket(session, acme, 'Never was');
  await session.query('rollback');
  assert.deepEqual(await receiveRows(), []);
});
