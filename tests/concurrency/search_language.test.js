// The search language of an organization changes while texts are written.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';
import { createTwoOrganizations, openTicket } from '../support/organizations.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, globex, ada, ben, gina } = await createTwoOrganizations(db);

const setLanguage = (session, language) =>
  session.query('update helpdesk.organizations set search_language = $2 where id = $1', [acme, language]);
/** How many search documents differ from what a rebuild in the current language produces. */
const countStale = async () => {
  const documents = 'select array_agg(d::text order by document_id) from helpdesk.search_documents d';
  const before = await db.value(documents);
  await db.sql('select helpdesk.rebuild_search_index()');
  const rebuilt = await db.value(documents);
  return before.filter((line) => !rebuilt.includes(line)).length;
};

const [writer, admin, stranger] = [await db.signIn(ben), await db.signIn(ada), await db.signIn(gina)];

test('a change of language waits for open writes and indexes what they wrote', async () => {
  await writer.query('begin');
  await openTicket(writer, acme, 'Printing costs');
  const changed = setLanguage(admin, 'english');
  await db.waitUntilBlocked(admin);
  await openTicket(stranger, globex, 'Does not wait');
  await writer.query('commit');
  await changed;
  assert.equal(await countStale(), 0);
});

test('a write during a change of language waits and is indexed in the new language', async () => {
  await admin.query('begin');
  await setLanguage(admin, 'german');
  const written = openTicket(writer, acme, 'Die Häuser der Drucker');
  await db.waitUntilBlocked(writer);
  await openTicket(stranger, globex, 'Does not wait');
  await admin.query('commit');
  await written;
  assert.equal(await countStale(), 0);
});

test('a change of language does not block other organizations, even with similar ids', async () => {
  const near = `${acme.slice(0, 28)}${((Number.parseInt(acme[28], 16) + 1) % 16).toString(16)}${acme.slice(29)}`;
  await admin.query('begin');
  await setLanguage(admin, 'french');
  await stranger.query(`set lock_timeout = '5s'`);
  await db.sql(`insert into helpdesk.organizations (id, name, created_by) values ($1, 'Near', $2)`, [near, gina.profile]);
  await openTicket(stranger, near, 'Does not wait');
  await admin.query('rollback');
});

test('a rebuild of the whole index takes few locks; writes wait for it', async () => {
  const superuser = await db.connect();
  await superuser.query('begin');
  await superuser.query('select helpdesk.rebuild_search_index()');
  const locks = await db.value(`select count(*)::int from pg_locks where pid = $1 and locktype = 'advisory'`, [
    superuser.processID,
  ]);
  assert.equal(locks, 0);
  const written = openTicket(writer, acme, 'Later');
  await db.waitUntilBlocked(writer);
  await superuser.query('commit');
  await written;
  assert.equal(await countStale(), 0);
});

for (const isolation of ['repeatable read', 'serializable']) {
  test(`${isolation}: a write with the old language fails with 40001, a change of language with 55000`, async () => {
    await setLanguage(admin, 'simple');
    await writer.query(`begin isolation level ${isolation}`);
    await writer.query('select from helpdesk.organizations');
    await setLanguage(admin, 'english');
    await expectError('40001', openTicket(writer, acme, 'Printing more'));
    await writer.query('rollback');
    await admin.query(`begin isolation level ${isolation}`);
    await expectError('55000', setLanguage(admin, 'simple'));
    await admin.query('rollback');
    assert.equal(await countStale(), 0);
  });
}
