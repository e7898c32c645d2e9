// Attempts to join an organization with invites of others, or used, expired, revoked or contested
// ones.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { attempt, outcomeOf, sqlstateOf, withoutVolatileParts } from '../support/attempts.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { addMember, createOrganization, signUp } from '../support/organizations.js';
import { race, settledSqlstate } from '../support/race.js';
import { createTwoTenants } from '../support/two_tenants.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, globex, stan } = await createTwoTenants(db);
const session = await db.connect();
let guests = 0;

/** A new person with a confirmed address. */
const guest = () => signUp(db, `Guest${++guests}`);

/** An invite to Acme, sent by its admin. */
const invite = (email, role = 'customer', lifetime = '7 days') =>
  db.as(acme.admin, async (admin) => {
    const call = 'select helpdesk.create_org_invite($1, $2, $3::helpdesk.user_role, $4::interval) as id';
    return (await admin.query(call, [acme.org, email, role, lifetime])).rows[0].id;
  });

const accept = (person, id) => db.as(person, (session) => session.query('select helpdesk.accept_org_invite($1) as org', [id]));
const tryToAccept = (person, id) => outcomeOf(session, person, 'select helpdesk.accept_org_invite($1)', [id]);
const expire = (id) =>
  db.sql(
    `update helpdesk.org_invites set created_at = now() - interval '8 days', expires_at = now() - interval '1 day' where id = $1`,
    [id],
  );
const roleOf = (person, org = acme.org) =>
  db.value('select org_role from helpdesk.org_members where org_id = $1 and user_id = $2', [org, person.profile]);

test('a login with an unconfirmed address can neither see nor accept the invite', async () => {
  const email = 'unconfirmed@example.com';
  const id = await invite(email, 'admin');
  const login = await db.value(`insert into auth.users (id, email) values (gen_random_uuid(), $1) returning id`, [email]);
  const person = { login, profile: await db.value('select id from helpdesk.profiles where auth_id = $1', [login]) };
  const sees = async () => (await outcomeOf(session, person, 'select helpdesk.my_pending_invites() as list')).rows[0].list.length;
  assert.equal(await sees(), 0);
  assert.equal(sqlstateOf(await tryToAccept(person, id)), '42501');
  await db.sql('update auth.users set email_confirmed_at = now() where id = $1', [login]);
  assert.equal(await sees(), 1);
  assert.equal(sqlstateOf(await tryToAccept(person, id)), 'ok');
  // The address is changed after it was confirmed.
  await db.sql(`update auth.users set email = 'other@example.com' where id = $1`, [login]);
  assert.equal(await sees(), 0);
  assert.equal(sqlstateOf(await tryToAccept(person, id)), '42501');
});

test('a look-alike of the invited address cannot accept the invite', async () => {
  const id = await invite('kim.i@example.com', 'admin');
  const lookAlikes = [
    '\u212Aim.i@example.com',
    'k\u0131m.i@example.com',
    'kim.i@example.com.evil.example',
    'kim.i+x@example.com',
    'kim_i@example.com',
    '%@example.com',
  ];
  for (const email of lookAlikes) {
    const login = await db.value(
      `insert into auth.users (id, email, email_confirmed_at) values (gen_random_uuid(), $1, now()) returning id`,
      [email],
    );
    assert.equal(sqlstateOf(await tryToAccept({ login }, id)), '42501', email);
    assert.deepEqual(
      (await outcomeOf(session, { login }, 'select helpdesk.my_pending_invites() as list')).rows[0].list,
      [],
      email,
    );
    await db.sql('delete from auth.users where id = $1', [login]);
  }
  const login = await db.value(
    `insert into auth.users (id, email, email_confirmed_at) values (gen_random_uuid(), 'KIM.I@Example.com', now()) returning id`,
  );
  assert.equal(sqlstateOf(await tryToAccept({ login }, id)), 'ok');
});

test('for everybody else an invite is indistinguishable from one that does not exist', async () => {
  const people = {
    stan,
    'an admin of Globex': globex.admin,
    'a customer': acme.customer,
    'an agent': acme.agent,
    'its own admin': acme.admin,
  };
  const invited = await guest();
  const used = await invite(invited.email);
  await accept(invited, used);
  const expired = await invite('expired@example.com');
  await expire(expired);
  const revoked = await invite('revoked@example.com');
  await db.as(acme.admin, (admin) => admin.query('select helpdesk.revoke_org_invite($1)', [revoked]));
  const pending = await invite('pending@example.com');
  for (const [who, person] of Object.entries(people)) {
    const unknown = withoutVolatileParts(await tryToAccept(person, randomUUID()));
    for (const [what, id] of Object.entries({ used, expired, revoked, pending })) {
      assert.equal(withoutVolatileParts(await tryToAccept(person, id)), unknown, `${who}: ${what}`);
    }
  }
  for (const person of [stan, globex.admin, acme.customer, acme.agent]) {
    const unknown = withoutVolatileParts(
      await outcomeOf(session, person, 'select helpdesk.revoke_org_invite($1)', [randomUUID()]),
    );
    for (const id of [used, expired, revoked, pending]) {
      assert.equal(
        withoutVolatileParts(await outcomeOf(session, person, 'select helpdesk.revoke_org_invite($1)', [id])),
        unknown,
      );
      assert.equal((await outcomeOf(session, person, 'select * from helpdesk.org_invites where id = $1', [id])).rows.length, 0);
      assert.equal((await outcomeOf(session, person, 'delete from helpdesk.org_invites where id = $1', [id])).rowCount, 0);
    }
  }
});

test('expired, revoked, replaced and deleted invites cannot be accepted', async () => {
  const person = await guest();
  const expired = await invite(person.email);
  await expire(expired);
  assert.equal(sqlstateOf(await tryToAccept(person, expired)), '23000');
  const replaced = await invite(person.email, 'admin');
  const newer = await invite(person.email.toUpperCase());
  assert.equal(sqlstateOf(await tryToAccept(person, replaced)), '42501');
  await db.as(acme.admin, (admin) => admin.query('select helpdesk.revoke_org_invite($1)', [newer]));
  assert.equal(sqlstateOf(await tryToAccept(person, newer)), '42501');
  const deleted = await invite(person.email);
  await db.as(acme.admin, (admin) => admin.query('delete from helpdesk.org_invites where id = $1', [deleted]));
  assert.equal(sqlstateOf(await tryToAccept(person, deleted)), '42501');
  assert.equal(await roleOf(person), undefined);
});

test('an invite can expire during the transaction that accepts it', async () => {
  const person = await guest();
  const id = await invite(person.email);
  const client = await db.signIn(person);
  await client.query('begin');
  await client.query('select helpdesk.my_pending_invites()');
  await expire(id);
  assert.equal(sqlstateOf(await attempt(client, 'select helpdesk.accept_org_invite($1)', [id])), '23000');
  await client.query('rollback');
});

test('eight sessions of the invited person accept one invite at once: one membership', async () => {
  const person = await guest();
  const id = await invite(person.email, 'agent');
  const results = await race(db, 8, () => person, 'select helpdesk.accept_org_invite($1)', [id]);
  assert.deepEqual([...new Set(results)], ['ok']);
  assert.equal(await db.value('select count(*)::int from helpdesk.org_members where user_id = $1', [person.profile]), 1);
  assert.equal(await roleOf(person), 'org_agent');
});

test('of eight people, only the one with the invited address can accept', async () => {
  const people = [];
  for (let i = 0; i < 8; i++) people.push(await guest());
  const id = await invite(people[3].email);
  const results = await race(db, 8, (i) => people[i], 'select helpdesk.accept_org_invite($1)', [id]);
  assert.deepEqual(
    results,
    people.map((_, i) => (i === 3 ? 'ok' : '42501')),
  );
});

test('an invite accepted while it is revoked ends up either accepted or revoked', async () => {
  for (let i = 0; i < 5; i++) {
    const person = await guest();
    const id = await invite(person.email);
    const admin = await db.signIn(acme.admin);
    const client = await db.signIn(person);
    const [accepted, revoked] = await Promise.all([
      settledSqlstate(client.query('select helpdesk.accept_org_invite($1)', [id])),
      settledSqlstate(admin.query('select helpdesk.revoke_org_invite($1)', [id])),
    ]);
    const isMember = (await roleOf(person)) !== undefined;
    assert.deepEqual([accepted, revoked, isMember], accepted === 'ok' ? ['ok', '23505', true] : ['42501', 'ok', false]);
    await Promise.all([db.disconnect(admin), db.disconnect(client)]);
  }
});

for (const [how, remove] of Object.entries({
  'the function': (person) =>
    db.as(acme.admin, (admin) => admin.query('select helpdesk.remove_member($1, $2)', [acme.org, person.profile])),
  'the table': (person) =>
    db.as(acme.admin, (admin) => admin.query('delete from helpdesk.org_members where user_id = $1', [person.profile])),
})) {
  test(`a member removed through ${how} cannot return with an old invite`, async () => {
    const person = await guest();
    const first = await invite(person.email, 'admin');
    await accept(person, first);
    // A second invite from before the removal, to another spelling and through the table.
    const byTable = await db.as(acme.admin, async (admin) => {
      await admin.query(
        `insert into helpdesk.org_invites (org_id, email, role, expires_at) values ($1, $2, 'admin', now() + interval '1 day')`,
        [acme.org, person.email.toUpperCase()],
      );
      return (await admin.query('select id from helpdesk.org_invites where email = $1', [person.email.toUpperCase()])).rows[0].id;
    });
    await remove(person);
    for (const id of [first, byTable]) assert.notEqual(sqlstateOf(await tryToAccept(person, id)), 'ok');
    await assert.rejects(accept(person, first));
    assert.equal(await roleOf(person), undefined);
    // A new invite lets them in again, with its role.
    await accept(person, await invite(person.email));
    assert.equal(await roleOf(person), 'org_customer');
  });
}

test('a member who left cannot return with an old invite', async () => {
  const person = await guest();
  const first = await invite(person.email, 'agent');
  await accept(person, first);
  await db.as(person, (session) => session.query('select helpdesk.leave_organization($1)', [acme.org]));
  assert.equal(sqlstateOf(await tryToAccept(person, first)), '23505');
});

test('accepting an old invite again does not restore a former role', async () => {
  const person = await guest();
  const first = await invite(person.email, 'admin');
  await accept(person, first);
  await db.as(acme.admin, (admin) =>
    admin.query(`select helpdesk.set_member_role($1, $2, 'org_customer')`, [acme.org, person.profile]),
  );
  assert.equal(sqlstateOf(await tryToAccept(person, first)), 'ok', 'it returns the organization again');
  await accept(person, first);
  assert.equal(await roleOf(person), 'org_customer');
  // An admin invite for an existing customer changes nothing.
  await db.as(acme.admin, (admin) =>
    admin.query(
      `insert into helpdesk.org_invites (org_id, email, role, expires_at) values ($1, $2, 'admin', now() + interval '1 day')`,
      [acme.org, person.email],
    ),
  );
  const {
    rows: [{ list }],
  } = await outcomeOf(session, person, 'select helpdesk.my_pending_invites() as list');
  for (const { id } of list) await accept(person, id);
  assert.equal(await roleOf(person), 'org_customer');
});

test('invites sent by an admin are void when the admin is removed', async () => {
  const accomplice = await guest();
  const formerAdmin = await guest();
  await addMember(db, acme.org, formerAdmin, 'org_admin');
  const id = await db.as(formerAdmin, async (session) => {
    const { rows } = await session.query(`select helpdesk.create_org_invite($1, $2, 'admin') as id`, [
      acme.org,
      accomplice.email,
    ]);
    return rows[0].id;
  });
  await db.as(acme.admin, (admin) => admin.query('select helpdesk.remove_member($1, $2)', [acme.org, formerAdmin.profile]));
  assert.equal(sqlstateOf(await tryToAccept(accomplice, id)), '42501');
});

test('only admins of an organization can invite, and only into it', async () => {
  for (const [person, org] of [
    [acme.agent, acme.org],
    [acme.customer, acme.org],
    [globex.admin, acme.org],
    [stan, acme.org],
    [acme.admin, globex.org],
  ]) {
    for (const text of [
      `select helpdesk.create_org_invite($1, 'x@example.com', 'admin')`,
      `insert into helpdesk.org_invites (org_id, email, role, expires_at) values ($1, 'x@example.com', 'admin', now() + interval '1 day')`,
    ]) {
      assert.equal(sqlstateOf(await outcomeOf(session, person, text, [org])), '42501', `${person.name}: ${text}`);
    }
  }
});

const inviteFor = (lifetime) =>
  outcomeOf(session, acme.admin, `select helpdesk.create_org_invite($1, 'x@example.com', p_expires_in => $2)`, [
    acme.org,
    lifetime,
  ]);

test('the lifetime of an invite must be positive and at most a year, by function and table', async () => {
  for (const lifetime of ['0', '-1 day', '367 days', '100 years', '178956970 years', '1 year -1000 days', '-178956970 years']) {
    assert.equal(sqlstateOf(await inviteFor(lifetime)), '22023', lifetime);
  }
  const insert = `insert into helpdesk.org_invites (org_id, email, role, expires_at) values ($1, 'x@example.com', 'customer', $2)`;
  for (const expiry of ['now', '-infinity', 'infinity', '2000-01-01', '9999-01-01']) {
    assert.equal(sqlstateOf(await outcomeOf(session, acme.admin, insert, [acme.org, expiry])), '23514', expiry);
  }
});

test('lifetimes of mixed signs are accepted or refused properly', async () => {
  // Postgres compares a month as 30 days, but it has 28 to 31: on any day, one of these lies in the
  // past.
  for (const months of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) {
    for (const lifetime of [`-${months} months ${months * 30} days 1 second`, `${months} months -${months * 30} days 1 second`]) {
      assert.match(sqlstateOf(await inviteFor(lifetime)), /^(ok|22023)$/, lifetime);
    }
  }
});

test('the last admin cannot leave, be removed or be demoted', async () => {
  const org = await createOrganization(db, stan, 'Of one');
  for (const text of [
    `select helpdesk.leave_organization('${org}')`,
    `select helpdesk.remove_member('${org}', '${stan.profile}')`,
    `select helpdesk.set_member_role('${org}', '${stan.profile}', 'org_customer')`,
    `delete from helpdesk.org_members where org_id = '${org}'`,
    `update helpdesk.org_members set org_role = 'org_agent' where org_id = '${org}'`,
  ]) {
    assert.equal(sqlstateOf(await outcomeOf(session, stan, text)), '23000', text);
  }
});

test('invalid roles are refused, by function and table', async () => {
  for (const role of ['', 'owner', 'org_owner', 'ORG_ADMIN', ' org_admin', 'org_admin ', `org_admin'--`, 'org_admin\n']) {
    const { profile } = acme.customer;
    assert.equal(
      sqlstateOf(await outcomeOf(session, acme.admin, 'select helpdesk.set_member_role($1, $2, $3)', [acme.org, profile, role])),
      '22023',
      role,
    );
    const outcome = await outcomeOf(session, acme.admin, 'update helpdesk.org_members set org_role = $1 where user_id = $2', [
      role,
      profile,
    ]);
    assert.equal(sqlstateOf(outcome), '23514', role);
  }
});
