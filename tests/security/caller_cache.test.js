// The caller is cached between calls and transactions, but never longer than the cached data is
// valid.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';
import { addMember, createOrganization, openTicket, signUp } from '../support/organizations.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const ada = await signUp(db, 'Ada');
const org = await createOrganization(db, ada, 'Acme');
const [alice, gina] = [await signUp(db, 'Alice'), await signUp(db, 'Gina')];
const claimsOf = ({ login }) => JSON.stringify({ sub: login, role: 'authenticated' });
const orgsOf = async (session) => (await session.query('select helpdesk.my_org_ids() as orgs')).rows[0].orgs;
const leave = (person) => db.sql('delete from helpdesk.org_members where user_id = $1', [person.profile]);

test('a commit of another session is visible to the next statement', async () => {
  const [older, session] = [await db.connect(), await db.signIn(alice)];
  await older.query('begin');
  // Keeps the oldest running transaction the same.
  await older.query('select pg_current_xact_id()');
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) assert.deepEqual(await orgsOf(session), []);
    await addMember(db, org, alice, 'org_customer');
    for (let j = 0; j < 3; j++) assert.deepEqual(await orgsOf(session), [org]);
    await leave(alice);
  }
  await older.query('rollback');
});

test('the commit of a transaction that was running during a call is visible to the next statement', async () => {
  const [older, other, session, writer] = [await db.connect(), await db.connect(), await db.signIn(alice), await db.connect()];
  await older.query('begin');
  // The oldest running transaction, before and after.
  await older.query('select pg_current_xact_id()');
  await writer.query('begin');
  await writer.query(`insert into helpdesk.org_members (org_id, user_id, org_role) values ($1, $2, 'org_customer')`, [
    org,
    alice.profile,
  ]);
  // The newest completed transaction, before and after.
  await other.query('select pg_current_xact_id()');
  for (let i = 0; i < 2; i++) assert.deepEqual(await orgsOf(session), []);
  await writer.query('commit');
  assert.deepEqual(await orgsOf(session), [org]);
  await older.query('rollback');
  await leave(alice);
});

test('a rolled-back change is not visible to the next transaction with an equal snapshot', async () => {
  const [older, other, session] = [await db.connect(), await db.connect(), await db.connect()];
  await session.query(`select set_config('request.jwt.claims', $1, false)`, [claimsOf(alice)]);
  await older.query('begin');
  // The oldest running transaction, now and later.
  await older.query('select pg_current_xact_id()');
  // Tries the command ids of the next transaction, until one equals that of the call that saw the
  // change.
  for (let commands = 0; commands < 10; commands++) {
    await session.query('begin');
    await session.query('select pg_current_xact_id()');
    // The newest completed transaction, now and later.
    await other.query('select pg_current_xact_id()');
    await session.query(`insert into helpdesk.org_members (org_id, user_id, org_role) values ($1, $2, 'org_customer')`, [
      org,
      alice.profile,
    ]);
    assert.deepEqual(await orgsOf(session), [org]);
    await session.query('rollback');
    await session.query('begin');
    for (let i = 0; i < commands; i++) await session.query('delete from helpdesk.org_members where false');
    assert.deepEqual(await orgsOf(session), []);
    await session.query('rollback');
  }
  await older.query('rollback');
});

test('a transaction sees its own change, even if an earlier one had an equal snapshot', async () => {
  const session = await db.connect();
  await session.query(`select set_config('request.jwt.claims', $1, false)`, [claimsOf(alice)]);
  for (let commands = 0; commands < 10; commands++) {
    await session.query('begin');
    for (let i = 0; i < commands; i++) await session.query('delete from helpdesk.org_members where false');
    assert.deepEqual(await orgsOf(session), []);
    await session.query('rollback');
    await session.query('begin');
    // With an explicit added_by, its default does not look up the caller before.
    await session.query(`insert into helpdesk.org_members values ($1, $2, 'org_customer', now(), null)`, [org, alice.profile]);
    assert.deepEqual(await orgsOf(session), [org]);
    await session.query('rollback');
  }
});

test('a change undone by ROLLBACK TO is not visible afterwards', async () => {
  const [session, other] = [await db.connect(), await db.connect()];
  await session.query(`select set_config('request.jwt.claims', $1, false)`, [claimsOf(alice)]);
  await session.query('begin');
  assert.deepEqual(await orgsOf(session), []);
  await session.query('savepoint before');
  await session.query(`insert into helpdesk.org_members (org_id, user_id, org_role) values ($1, $2, 'org_customer')`, [
    org,
    alice.profile,
  ]);
  // The newest completed transaction, before and after.
  await other.query('select pg_current_xact_id()');
  assert.deepEqual(await orgsOf(session), [org]);
  await session.query('rollback to before');
  assert.deepEqual(await orgsOf(session), []);
  await session.query('rollback');
});

test('changed claims take effect at once, even within a statement', async () => {
  const session = await db.connect();
  const me = 'helpdesk.my_profile_id()';
  const be = `set_config('request.jwt.claims', $1, true)`;
  const query = async (...args) => Object.values((await session.query(...args)).rows[0]);
  for (const person of [alice, gina, alice, gina]) {
    await session.query('begin');
    await session.query(`select ${be}`, [claimsOf(person)]);
    for (let i = 0; i < 2; i++) assert.deepEqual(await query(`select ${me}`), [person.profile]);
    await session.query('commit');
    assert.deepEqual(await query(`select ${me}`), [null]);
  }
  await session.query('begin');
  await session.query(`select ${be}`, [claimsOf(alice)]);
  const [before, , then] = await query(`select ${me} as before, ${be}, ${me} as then`, [claimsOf(gina)]);
  assert.deepEqual([before, then], [alice.profile, gina.profile]);
  await session.query('savepoint here');
  await session.query(`select set_config('request.jwt.claim.sub', $1, true)`, [alice.login]);
  assert.deepEqual(await query(`select ${me}`), [alice.profile]);
  await session.query('rollback to here');
  assert.deepEqual(await query(`select ${me}`), [gina.profile]);
  await session.query('rollback');
  await session.query(`set request.jwt.claims = '${claimsOf(gina)}'`);
  assert.deepEqual(await query(`select ${me}`), [gina.profile]);
  await session.query('discard all');
  assert.deepEqual(await query(`select ${me}`), [null]);
});

test('the caller that a function holds while it writes is not held any longer', async () => {
  await addMember(db, org, alice, 'org_customer');
  const session = await db.signIn(alice);
  const ticket = await openTicket(session, org, 'Mine');
  const comment = `perform helpdesk.add_comment('${ticket}', 'Words');`;
  const leaving = `perform helpdesk.leave_organization('${org}');`;
  const isOutside = `assert helpdesk.my_org_ids() = '{}';`;
  const block = (...statements) => session.query(`do $$ begin ${statements.join(' ')} end $$`);
  await expectError('42501', block(comment, leaving, comment));
  await block(comment, leaving, isOutside);
});

test('the cache of readable profiles is correct for many profiles and invalidated by removals', async () => {
  const MANY = 400;
  await db.sql(
    `insert into auth.users (id, email) select gen_random_uuid(), 'member' || n || '@example.com' from generate_series(1, $1) n`,
    [MANY],
  );
  // Every other one belongs to Acme, the others to Globex.
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
    assert.deepEqual(
      await read(),
      expected.filter((id) => id !== gone),
    );
    const [removed] = expected.filter((id) => ![ada.profile, gone].includes(id));
    await session.query('select helpdesk.remove_member($1, $2)', [org, removed]);
    assert.deepEqual(
      await read(),
      expected.filter((id) => ![gone, removed].includes(id)),
    );
    await session.query('rollback');
    assert.deepEqual(await read(), await members());
  });
});

test('the same claims are nobody as soon as the role is anon', async () => {
  const session = await db.connect();
  await session.query('begin');
  await session.query(`select set_config('request.jwt.claims', $1, true)`, [claimsOf(alice)]);
  for (const [role, profile] of [
    ['authenticated', alice.profile],
    ['anon', null],
    ['authenticated', alice.profile],
  ]) {
    await session.query(`set local role ${role}`);
    const { rows } = await session.query('select helpdesk.my_profile_id() as me');
    assert.equal(rows[0].me, profile);
  }
  await session.query('rollback');
});

test('a changed result of auth.uid() takes effect with the next statement', async () => {
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
