// act_as() is for DBAs in psql and for nobody else.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { attempt, inRolledBackTransaction, outcomeOf, sqlstateOf } from '../support/attempts.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { createTwoTenants } from '../support/two_tenants.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme } = await createTwoTenants(db);
const session = await db.connect();

test('look-alike addresses are distinct for sign-up and act_as', async () => {
  const insert = 'insert into auth.users (id, email, email_confirmed_at) values (gen_random_uuid(), $1, now())';
  await session.query('begin');
  assert.equal(sqlstateOf(await attempt(session, insert, ['\u212Aate@example.com'])), 'ok');
  assert.equal(sqlstateOf(await attempt(session, `select helpdesk.act_as('kate@example.com')`)), '22023');
  assert.equal(sqlstateOf(await attempt(session, insert, ['kate@example.com'])), 'ok');
  assert.equal(sqlstateOf(await attempt(session, insert, ['KATE@example.com'])), '23505');
  await session.query('rollback');
});

test('act_as needs a login role with the grant: no person, backend or API request can call it', async () => {
  for (const who of [undefined, acme.customer, acme.admin, { role: 'service_role' }]) {
    for (const email of [acme.admin.email, null, 'nobody@example.com']) {
      assert.equal(sqlstateOf(await outcomeOf(session, who, 'select helpdesk.act_as($1)', [email])), '42501');
    }
  }
  await inRolledBackTransaction(session, undefined, async ({ asSuperuser }) => {
    await asSuperuser(async () => {
      await session.query(`set local request.method = 'POST'`);
      assert.equal(sqlstateOf(await attempt(session, 'select helpdesk.act_as($1)', [acme.admin.email])), '42501');
    });
  });
});

test('a DBA who acts as a person has exactly that person’s rights', async () => {
  const dba = await db.connect();
  await dba.query('begin');
  await dba.query('select helpdesk.act_as($1)', [acme.customer.email]);
  const { rows } = await dba.query('select helpdesk.my_profile_id() as me, current_user::text as role');
  assert.deepEqual(rows, [{ me: acme.customer.profile, role: 'authenticated' }]);
  assert.equal(sqlstateOf(await attempt(dba, 'select * from auth.users')), '42501');
  assert.equal(sqlstateOf(await attempt(dba, `select helpdesk.add_comment($1, 'x', true)`, [acme.ids.ticket])), '42501');
  await dba.query('rollback');
  assert.deepEqual((await dba.query('select current_user::text as role')).rows, [{ role: 'postgres' }]);
});
