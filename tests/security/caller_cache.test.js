// Who is asking is remembered from one call to the next, and from one transaction to the next: but never longer than it is true.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { createOrganization, addMember, signUp } from '../support/organizations.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const ada = await signUp(db, 'Ada');
const org = await createOrganization(db, ada, 'Acme');
const [alice, gina] = [await signUp(db, 'Alice'), await signUp(db, 'Gina')];
const claimsOf = ({ login }) => JSON.stringify({ sub: login, role: 'authenticated' });
const orgsOf = async (session) => (await session.query('select helpdesk.my_org_ids() as orgs')).rows[0].orgs;
const leave = (person) => db.sql('delete from helpdesk.org_members where user_id = $1', [person.profile]);

test('what others committed is known to the next statement', async () => {
  const [older, session] = [await db.connect(), await db.signIn(alice)];
  await older.query('begin');
  await older.query('select pg_current_xact_id()'); // The oldest that runs stays the same.
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) assert.deepEqual(await orgsOf(session), []);
    await addMember(db, org, alice, 'org_customer');
    for (let j = 0; j < 3; j++) assert.deepEqual(await orgsOf(session), [org]);
    await leave(alice);
  }
  await older.query('rollback');
});

test('what a transaction commits that ran when somebody asked is known to the next statement', async () => {
  const [older, other, session, writer] = [await db.connect(), await db.connect(), await db.signIn(alice), await db.connect()];
  await older.query('begin');
  await older.query('select pg_current_xact_id()'); // The oldest that runs, before and after.
  await writer.query('begin');
  await writer.query(`insert into helpdesk.org_members (org_id, user_id, org_role) values ($1, $2, 'org_customer')`, [org, alice.profile]);
  await other.query('select pg_current_xact_id()'); // The newest that ended, before and after.
  for (let i = 0; i < 2; i++) assert.deepEqual(await orgsOf(session), []);
  await writer.query('commit');
  assert.deepEqual(await orgsOf(session), [org]);
  await older.query('rollback');
  await leave(alice);
});

test('what a transaction did and undid is not known to the next one, though it sees the same transactions running', async () => {
  const [older, other, session] = [await db.connect(), await db.connect(), await db.connect()];
  await session.query(`select set_config('request.jwt.claims', $1, false)`, [claimsOf(alice)]);
  await older.query('begin');
  await older.query('select pg_current_xact_id()'); // The oldest that runs, now and later.
  // The first command of the next transaction that has the number of the one that saw it.
  for (let commands = 0; commands < 10; commands++) {
    await session.query('begin');
    await session.query('select pg_current_xact_id()');
    await other.query('select pg_current_xact_id()'); // The newest that ended, now and later.
    await session.query(`insert into helpdesk.org_members (org_id, user_id, org_role) values ($1, $2, 'org_customer')`, [org, alice.profile]);
    assert.deepEqual(await orgsOf(session), [org]);
    await session.query('rollback');
    await session.query('begin');
    for (let i = 0; i < commands; i++) await session.query('delete from helpdesk.org_members where false');
    assert.deepEqual(await orgsOf(session), []);
    await session.query('rollback');
  }
  await older.query('rollback');
});

test('what a transaction does is known to it, though an earlier one that did nothing saw the same transactions running', async () => {
  const session = await db.connect();
  await session.query(`select set_config('request.jwt.claims', $1, false)`, [claimsOf(alice)]);
  for (let commands = 0; commands < 10; commands++) {
    await session.query('begin');
    for (let i = 0; i < commands; i++) await session.query('delete from helpdesk.org_members where false');
    assert.deepEqual(await orgsOf(session), []);
    await session.query('rollback');
    await session.query('begin');
    // Without its default, added_by does not ask who is asking before.
    await session.query(`insert into helpdesk.org_members values ($1, $2, 'org_customer', now(), null)`, [org, alice.profile]);
    assert.deepEqual(await orgsOf(session), [org]);
    await session.query('rollback');
  }
});

test('what a savepoint undid is not known after it', async () => {
  const [session, other] = [await db.connect(), await db.connect()];
  await session.query(`select set_config('request.jwt.claims', $1, false)`, [claimsOf(alice)]);
  await session.query('begin');
  assert.deepEqual(await orgsOf(session), []);
  await session.query('savepoint before');
  await session.query(`insert into helpdesk.org_members (org_id, user_id, org_role) values ($1, $2, 'org_customer')`, [org, alice.profile]);
  await other.query('select pg_current_xact_id()'); // The newest that ended, before and after.
  assert.deepEqual(await orgsOf(session), [org]);
  await session.query('rollback to before');
  assert.deepEqual(await orgsOf(session), []);
  await session.query('rollback');
});

test('other claims are another person at once: in the next transaction, in the same one, in the same statement', async () => {
  const session = await db.connect();
  const me = 'helpdesk.my_profile_id()';
  const be = `set_config('request.jwt.claims', $1, true)`;
  const asks = async (...args) => Object.values((await session.query(...args)).rows[0]);
  for (const person of [alice, gina, alice, gina]) {
    await session.query('begin');
    await session.query(`select ${be}`, [claimsOf(person)]);
    for (let i = 0; i < 2; i++) assert.deepEqual(await asks(`select ${me}`), [person.profile]);
    await session.query('commit');
    assert.deepEqual(await asks(`select ${me}`), [null]);
  }
  await session.query('begin');
  await session.query(`select ${be}`, [claimsOf(alice)]);
  const [before, , then] = await asks(`select ${me} as before, ${be}, ${me} as then`, [claimsOf(gina)]);
  assert.deepEqual([before, then], [alice.profile, gina.profile]);
  await session.query('savepoint here');
  await session.query(`select set_config('request.jwt.claim.sub', $1, true)`, [alice.login]);
  assert.deepEqual(await asks(`select ${me}`), [alice.profile]);
  await session.query('rollback to here');
  assert.deepEqual(await asks(`select ${me}`), [gina.profile]);
  await session.query('rollback');
  await session.query(`set request.jwt.claims = '${claimsOf(gina)}'`);
  assert.deepEqual(await asks(`select ${me}`), [gina.profile]);
  await session.query('discard all');
  assert.deepEqual(await asks(`select ${me}`), [null]);
});

test('whose profile staff may read is known for many as for one, and forgotten as soon as it is not so', async () => {
  const MANY = 400;
  await db.sql(
    `insert into auth.users (id, email) select gen_random_uuid(), 'member' || n || '@example.com' from generate_series(1, $1) n`,
    [MANY],
  );
  // Every other one belongs to Acme, the others to somebody else's.
  const globex = await createOrganization(db, gina, 'Globex');
  await db.sql(
    `insert into helpdesk.org_members (org_id, user_id, org_role)
     select case when email ~ '[02468]@' then $1::uuid else $2 end, id, 'org_customer' from helpdesk.profiles where email ~ '^member'`,
    [org, globex],
  );
  const members = () => db.value('select array_agg(user_id order by user_id) from helpdesk.org_members where org_id = $1', [org]);
  await db.as(ada, async (session) => {
    const read = async () => (await session.query('select array_agg(id order by id) as ids from helpdesk.profiles')).rows[0].ids;
    const expected = await members();
    assert.equal(expected.length, MANY / 2 + 1);
    await session.query('begin');
    for (let i = 0; i < 2; i++) assert.deepEqual(await read(), expected);
    const [gone] = expected.filter((id) => id !== ada.profile);
    await db.sql('delete from helpdesk.org_members where user_id = $1', [gone]);
    assert.deepEqual(await read(), expected.filter((id) => id !== gone));
    const [removed] = expected.filter((id) => ![ada.profile, gone].includes(id));
    await session.query('select helpdesk.remove_member($1, $2)', [org, removed]);
    assert.deepEqual(await read(), expected.filter((id) => ![gone, removed].includes(id)));
    await session.query('rollback');
    assert.deepEqual(await read(), await members());
  });
});

test('the same claims are nobody as soon as the role is anon', async () => {
  const session = await db.connect();
  await session.query('begin');
  await session.query(`select set_config('request.jwt.claims', $1, true)`, [claimsOf(alice)]);
  for (const [role, profile] of [['authenticated', alice.profile], ['anon', null], ['authenticated', alice.profile]]) {
    await session.query(`set local role ${role}`);
    const { rows } = await session.query('select helpdesk.my_profile_id() as me');
    assert.equal(rows[0].me, profile);
  }
  await session.query('rollback');
});

test('whatever auth.uid() depends on: the next transaction, and the next statement, is whoever it says', async () => {
  const session = await db.connect();
  const body = await db.value(`select pg_get_functiondef('auth.uid()'::regprocedure)`);
  await db.sql(`create or replace function auth.uid() returns uuid language sql stable
                  as $$ select nullif(current_setting('app.login', true), '')::uuid $$`);
  try {
    for (const person of [alice, gina, alice]) {
      await session.query('begin; set local role authenticated');
      await session.query(`select set_config('app.login', $1, true)`, [person.login]);
      const { rows } = await session.query('select helpdesk.my_profile_id() as me');
      assert.equal(rows[0].me, person.profile);
      await session.query('commit');
    }
    await session.query('begin; set local role authenticated');
    for (const person of [alice, gina, alice]) {
      await session.query(`select set_config('app.login', $1, true)`, [person.login]);
      const { rows } = await session.query('select helpdesk.my_profile_id() as me');
      assert.equal(rows[0].me, person.profile);
    }
    await session.query('rollback');
  } finally {
    await db.sql(body);
  }
});
