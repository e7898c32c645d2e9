// The report on rights depends neither on the session nor on the locale of the database.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase, existingDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';
import { createTwoOrganizations, openTicket, stagesOf, updateTicket } from '../support/organizations.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, alice, ben } = await createTwoOrganizations(db);
const reportOf = async (session) => (await session.query('select * from helpdesk.security_report()')).rows;

for (const [setting, value] of [
  ['quote_all_identifiers', 'on'],
  ['standard_conforming_strings', 'off'],
  ['datestyle', 'German'],
  ['intervalstyle', 'iso_8601'],
  ['search_path', 'helpdesk, auth'],
  ['bytea_output', 'escape'],
  ['extra_float_digits', '-15'],
  ['xmloption', 'document'],
  ['timezone', 'Asia/Kathmandu'],
]) {
  test(`security_report() and health_check() find nothing with ${setting} = ${value}`, async () => {
    const session = await db.connect();
    await session.query(`select set_config($1, $2, false)`, [setting, value]);
    assert.deepEqual(await reportOf(session), []);
    const { rows } = await session.query(`select finding from helpdesk.health_check() where check_name = 'missing objects'`);
    assert.deepEqual(rows, [{ finding: 'nothing is missing' }]);
    await db.disconnect(session);
  });
}

/** Works in a new database with these options. */
async function inDatabaseWith(options, work) {
  const server = existingDatabase('postgres');
  const name = `${db.name}_${Math.floor(Math.random() * 1e9)}`;
  const other = existingDatabase(name);
  try {
    await server.sql(`create database ${name} template template0 ${options}`);
    await work(other);
  } finally {
    await other.disconnectAll();
    await server.sql(`drop database if exists ${name}`);
    await server.disconnectAll();
  }
}

test('in a Turkish database, everything works and security_report() finds nothing', async (t) => {
  const turkish = `locale_provider icu icu_locale 'tr-TR' locale 'C.UTF-8'`;
  try {
    await inDatabaseWith(turkish, async (database) => {
      await database.createExtension();
      assert.deepEqual(await database.sql('select * from helpdesk.security_report()'), []);
      const { acme, alice } = await createTwoOrganizations(database);
      await database.as(alice, (session) => openTicket(session, acme, 'Işık'));
    });
  } catch (error) {
    if (!/ICU is not supported/.test(error.message)) throw error;
    t.skip('this Postgres is built without ICU');
  }
});

test('a database that is not UTF8 is refused, with what to do', async () => {
  await inDatabaseWith(`encoding 'LATIN1' locale 'C'`, async (latin) => {
    const error = await expectError('0A000', latin.sql('create extension helpdesk'));
    assert.match(error.message, /UTF8.*LATIN1/);
    assert.match(error.hint, /ENCODING UTF8/);
  });
});

test('FORCE ROW LEVEL SECURITY is reported, and install() ends it', async () => {
  await db.sql('alter table helpdesk.tickets force row level security');
  const [{ object, finding }] = await db.sql('select * from helpdesk.security_report()');
  assert.deepEqual([object, /FORCE/.test(finding)], ['table tickets', true]);
  await db.sql('select helpdesk.install()');
  assert.deepEqual(await db.sql('select * from helpdesk.security_report()'), []);
});

test('writes work after SET CONSTRAINTS ALL IMMEDIATE', async () => {
  const stages = await stagesOf(db, acme);
  const session = await db.signIn(ben);
  await session.query('begin');
  await session.query('set constraints all immediate');
  const ticket = await openTicket(session, acme, 'At once');
  await updateTicket(session, ticket, { stageId: stages['In progress'], title: 'At once, changed' });
  await session.query(`select helpdesk.add_comment($1, 'Words')`, [ticket]);
  await session.query('commit');
  assert.equal(await db.value('select version from helpdesk.tickets where id = $1', [ticket]), 2);
});

test('Supabase Auth can change the type of a column that a trigger follows', async () => {
  await db.sql('alter table auth.users alter column email type varchar(255)');
  await db.sql('update auth.users set email = $2 where id = $1', [alice.login, 'alice@new.example']);
  assert.equal(await db.value('select email from helpdesk.profiles where id = $1', [alice.profile]), 'alice@new.example');
});
