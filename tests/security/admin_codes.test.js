// Attempts to become installation administrator with guessed, used, expired or contested admin
// codes.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { outcomeOf, sqlstateOf } from '../support/attempts.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { signUp } from '../support/organizations.js';
import { race } from '../support/race.js';
import { createTwoTenants } from '../support/two_tenants.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, globex, stan } = await createTwoTenants(db);
const session = await db.connect();
let guests = 0;

/** A new person with a confirmed address. */
const guest = () => signUp(db, `Guest${++guests}`);

/** A new installation administrator. */
async function installationAdmin() {
  const person = await guest();
  await db.sql(`update helpdesk.profiles set role = 'admin' where id = $1`, [person.profile]);
  return person;
}

const newCode = async (lifetime = '1 day') => db.value('select helpdesk.create_admin_invite_code($1)', [lifetime]);
const redeem = (person, code) => outcomeOf(session, person, 'select helpdesk.redeem_admin_invite_code($1)', [code]);
const isAdmin = (person) => db.value(`select role = 'admin' from helpdesk.profiles where id = $1`, [person.profile]);

test('all invalid admin codes get the same error', async () => {
  const other = await guest();
  const used = await newCode();
  await db.as(other, (session) => session.query('select helpdesk.redeem_admin_invite_code($1)', [used]));
  const expired = await newCode();
  await db.sql(
    `update helpdesk.admin_invite_codes set created_at = now() - interval '2 days', expires_at = now() - interval '1 day' where used_at is null`,
  );
  const deleted = await newCode();
  await db.sql('delete from helpdesk.admin_invite_codes where used_at is null and expires_at > now()');
  const good = await newCode();
  const guesses = {
    used,
    expired,
    deleted,
    'a random code': '0'.repeat(32),
    'one digit off': good.slice(0, -1) + (good.endsWith('0') ? '1' : '0'),
    'the first half': good.slice(0, 16),
    'one digit more': `${good}0`,
    'twice': good + good,
    'empty': '',
    'a wildcard': '%',
    'wildcards': '_'.repeat(32),
    'SQL': `' or '1'='1`,
    'its digest': await db.value('select max(code) from helpdesk.admin_invite_codes where used_at is null'),
    'a megabyte': 'x'.repeat(1_000_000),
    'letters of full width': good.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
  };
  const person = await guest();
  const answers = {};
  for (const [what, guess] of Object.entries(guesses)) answers[what] = JSON.stringify((await redeem(person, guess)).error);
  assert.deepEqual(new Set(Object.values(answers)).size, 1, JSON.stringify(answers, null, 1));
  assert.match(Object.values(answers)[0], /"code":"42501"/);
  assert.equal(await isAdmin(person), false);
  assert.equal(sqlstateOf(await redeem(person, good)), 'ok');
});

test('of eight people who redeem one code at once, exactly one becomes administrator', async () => {
  const people = [];
  for (let i = 0; i < 8; i++) people.push(await guest());
  const code = await newCode();
  const results = await race(db, 8, (i) => people[i], 'select helpdesk.redeem_admin_invite_code($1)', [code]);
  assert.deepEqual(results.sort(), ['42501', '42501', '42501', '42501', '42501', '42501', '42501', 'ok']);
  const admins = [];
  for (const person of people) if (await isAdmin(person)) admins.push(person);
  assert.equal(admins.length, 1);
  assert.equal(
    await db.value('select used_by from helpdesk.admin_invite_codes where code = encode(sha256($1::bytea), $2)', [
      Buffer.from(code),
      'hex',
    ]),
    admins[0].profile,
  );
});

test('a redeemed code cannot be used again, not even by its redeemer after losing the role', async () => {
  const person = await guest();
  const code = await newCode();
  await db.as(person, (session) => session.query('select helpdesk.redeem_admin_invite_code($1)', [code]));
  await db.sql(`update helpdesk.profiles set role = 'customer' where id = $1`, [person.profile]);
  assert.equal(sqlstateOf(await redeem(person, code)), '42501');
  assert.equal(sqlstateOf(await redeem(await guest(), code)), '42501');
});

test('a rolled-back redemption leaves the code valid', async () => {
  const [withdrawing, person] = [await guest(), await guest()];
  const code = await newCode();
  const client = await db.signIn(withdrawing);
  await client.query('begin');
  await client.query('select helpdesk.redeem_admin_invite_code($1)', [code]);
  await client.query('rollback');
  assert.equal(await isAdmin(withdrawing), false);
  assert.equal(sqlstateOf(await redeem(person, code)), 'ok');
});

test('a login with an unconfirmed address cannot redeem a code', async () => {
  const login = await db.value(`insert into auth.users (id, email) values (gen_random_uuid(), 'hasty@example.com') returning id`);
  assert.equal(sqlstateOf(await redeem({ login }, await newCode())), '42501');
});

test('codes are stored as digests; only administrators can list and create them', async () => {
  const code = await newCode();
  const administrator = await installationAdmin();
  const shown = await outcomeOf(session, administrator, 'select * from helpdesk.admin_invite_codes');
  assert.ok(shown.rows.length > 0);
  assert.ok(!JSON.stringify(shown).includes(code));
  for (const person of [acme.admin, acme.agent, acme.customer, globex.admin, stan]) {
    assert.deepEqual((await outcomeOf(session, person, 'select * from helpdesk.admin_invite_codes')).rows, []);
    assert.equal((await outcomeOf(session, person, 'delete from helpdesk.admin_invite_codes')).rowCount, 0);
    assert.equal(sqlstateOf(await outcomeOf(session, person, 'select helpdesk.create_admin_invite_code()')), '42501');
  }
  for (const text of [
    `insert into helpdesk.admin_invite_codes (code, expires_at) values (repeat('0', 64), now() + interval '1 day')`,
    `update helpdesk.admin_invite_codes set used_at = null, used_by = null`,
    `update helpdesk.admin_invite_codes set expires_at = now() + interval '300 days'`,
  ]) {
    for (const who of [administrator, { role: 'service_role' }])
      assert.equal(sqlstateOf(await outcomeOf(session, who, text)), '42501', text);
  }
});

test('an installation administrator has no rights in organizations', async () => {
  const administrator = await installationAdmin();
  for (const table of ['organizations', 'org_members', 'org_invites', 'tickets', 'workflows', 'notifications']) {
    assert.deepEqual((await outcomeOf(session, administrator, `select * from helpdesk.${table}`)).rows, [], table);
  }
  for (const text of [
    `select helpdesk.set_member_role('${acme.org}', '${administrator.profile}', 'org_admin')`,
    `select helpdesk.create_org_invite('${acme.org}', '${administrator.email}', 'admin')`,
    `select helpdesk.list_org_tickets('${acme.org}')`,
    `select helpdesk.list_org_members('${acme.org}')`,
  ]) {
    assert.equal(sqlstateOf(await outcomeOf(session, administrator, text)), '42501', text);
  }
});

test('the lifetime of a code must be positive and at most a year', async () => {
  const administrator = await installationAdmin();
  const make = (lifetime) => outcomeOf(session, administrator, 'select helpdesk.create_admin_invite_code($1)', [lifetime]);
  for (const lifetime of ['0', '-1 day', '367 days', '100 years', '178956970 years', '-178956970 years', null]) {
    assert.match(sqlstateOf(await make(lifetime)), /^(22023|22004)$/, String(lifetime));
  }
  assert.match(sqlstateOf(await make('-1 month 30 days 1 second')), /^(ok|22023)$/);
});
