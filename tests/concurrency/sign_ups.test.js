// Sign-ups that are interrupted: either the login exists together with what belongs to it, or the
// statement fails. And a missing profile that two calls create at once.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';
import { createTwoOrganizations, signUp } from '../support/organizations.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, ben } = await createTwoOrganizations(db);

let people = 0;
const newAddress = () => `person${++people}@example.com`;

/** A person whose profile has lost its login, so that the next sign-up locks and returns it. */
async function formerPerson() {
  const person = await signUp(db, `Former${++people}`);
  await db.sql('delete from auth.users where id = $1', [person.login]);
  return person;
}

const profileOf = (login) => db.value('select email from helpdesk.profiles where auth_id = $1', [login]);
const confirmed = 'insert into auth.users (email, email_confirmed_at) values ($1, now()) returning id';

/** Each statement waits for `row` to be unlocked; undone, it leaves nothing behind. */
const WAITING = {
  'a sign-up that waits for a former profile': async () => {
    const former = await formerPerson();
    return {
      row: ['helpdesk.profiles where id = $1', former.profile],
      statement: [confirmed, [former.email]],
      left: () => db.value('select count(*)::int from auth.users where email = $1', [former.email]),
      before: 0,
    };
  },
  'a new address that waits for the profile': async () => {
    const person = await signUp(db, `Person${++people}`);
    return {
      row: ['helpdesk.profiles where id = $1', person.profile],
      statement: ['update auth.users set email = $2 where id = $1', [person.login, newAddress()]],
      left: () => db.value('select email from auth.users where id = $1', [person.login]),
      before: person.email,
    };
  },
  'a deletion that waits for the membership': async () => {
    const person = await signUp(db, `Agent${++people}`);
    await db.sql(`insert into helpdesk.org_members (org_id, user_id, org_role) values ($1, $2, 'org_agent')`, [
      acme,
      person.profile,
    ]);
    return {
      row: ['helpdesk.org_members where user_id = $1', person.profile],
      statement: ['delete from auth.users where id = $1', [person.login]],
      left: () => profileOf(person.login),
      before: person.email,
    };
  },
};

/** Ends the statement of a session that waits for a lock, with this SQLSTATE. */
const INTERRUPTIONS = {
  'a cancel': ['57014', null, (client) => db.sql('select pg_cancel_backend($1)', [client.processID])],
  'statement_timeout': ['57014', `set statement_timeout = '200ms'`],
  'lock_timeout': ['55P03', `set lock_timeout = '200ms'`],
};

for (const [what, prepare] of Object.entries(WAITING)) {
  for (const [how, [sqlstate, setting, interrupt]] of Object.entries(INTERRUPTIONS)) {
    test(`${what} fails by ${how} and leaves nothing behind`, async () => {
      const { row, statement, left, before } = await prepare();
      const [holder, client] = [await db.connect(), await db.connect()];
      await holder.query('begin');
      await holder.query(`select from ${row[0]} for update`, [row[1]]);
      if (setting) await client.query(setting);
      const failing = expectError(sqlstate, client.query(...statement));
      if (interrupt) {
        await db.waitUntilBlocked(client);
        await interrupt(client);
      }
      await failing;
      await holder.query('rollback');
      assert.equal(await left(), before);
      await Promise.all([holder, client].map((session) => db.disconnect(session)));
    });
  }
}

for (const isolation of ['repeatable read', 'serializable']) {
  test(`${isolation}: a new address fails with 40001 if the profile has changed since`, async () => {
    const person = await signUp(db, `Person${++people}`);
    const client = await db.connect();
    await client.query(`begin isolation level ${isolation}`);
    await client.query('select from auth.users limit 1');
    await db.sql('update helpdesk.profiles set last_active = now() where id = $1', [person.profile]);
    await expectError('40001', client.query('update auth.users set email = $2 where id = $1', [person.login, newAddress()]));
    await client.query('rollback');
    assert.equal(await profileOf(person.login), person.email);
    await db.disconnect(client);
  });
}

test('two first calls of a person without a profile create one', async () => {
  const person = await signUp(db, `Missing${++people}`);
  await db.sql('delete from helpdesk.profiles where id = $1', [person.profile]);
  const [one, two] = [await db.signIn(person), await db.signIn(person)];
  await one.query('begin');
  await one.query('select helpdesk.ensure_profile()');
  const second = two.query(`select helpdesk.create_organization('Second') as id`);
  await db.waitUntilBlocked(two);
  await one.query('commit');
  assert.ok((await second).rows[0].id);
  assert.equal(await db.value('select count(*)::int from helpdesk.profiles where auth_id = $1', [person.login]), 1);
});

test('a login that is deleted while its first call creates the profile leaves nobody signed in', async () => {
  const person = await signUp(db, `Missing${++people}`);
  await db.sql('delete from helpdesk.profiles where id = $1', [person.profile]);
  const [service, session] = [await db.connect(), await db.signIn(person)];
  await service.query('begin');
  await service.query('delete from auth.users where id = $1', [person.login]);
  const call = expectError('23503', session.query('select helpdesk.ensure_profile()'));
  await db.waitUntilBlocked(session);
  await service.query('commit');
  await call;
  assert.equal((await session.query('select helpdesk.ensure_profile() as id')).rows[0].id, null);
});

test('nobody who writes a row that names a person waits for the deletion of their login', async () => {
  const [service, other] = [await db.connect(), await db.connect()];
  await service.query('begin');
  await service.query('delete from auth.users where id = $1', [ben.login]);
  await other.query(`set lock_timeout = '2s'`);
  await other.query(`insert into helpdesk.notification_preferences (user_id, type, enabled) values ($1, 'custom', true)`, [
    ben.profile,
  ]);
  await service.query('rollback');
});
