// Only a login that has confirmed the address in app.initial_admin_email becomes the first
// administrator.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { inRolledBackTransaction, sqlstateOf } from '../support/attempts.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { signUp } from '../support/organizations.js';

const ADDRESS = 'boss.ki@example.com';
const db = await createHelpdeskDatabase();
after(() => db.drop());
const setAddress = (address) => db.sql(`alter database ${db.name} set app.initial_admin_email = ${quoted(address)}`);
const quoted = (text) => `'${text.replaceAll(`'`, `''`)}'`;
await setAddress(ADDRESS);
const stan = await signUp(db, 'Stan');

/**
 * The role of a login after a series of statements of the sign-up service, which are rolled back.
 */
async function roleAfter(...changes) {
  const session = await db.connect(); // The setting takes effect in new sessions.
  const login = randomUUID();
  await session.query('begin');
  for (const change of changes) {
    const columns = Object.keys(change);
    const isFirst = change === changes[0];
    await session.query(
      isFirst
        ? `insert into auth.users (id, ${columns.join(', ')}) values ($1, ${columns.map((_, i) => `$${i + 2}`).join(', ')})`
        : `update auth.users set ${columns.map((column, i) => `${column} = $${i + 2}`).join(', ')} where id = $1`,
      [login, ...Object.values(change)],
    );
  }
  const { rows } = await session.query('select role from helpdesk.profiles where auth_id = $1', [login]);
  await session.query('rollback');
  await db.disconnect(session);
  assert.equal(rows.length, 1, 'a profile');
  return rows[0].role;
}
const confirmed = { email_confirmed_at: '2026-01-01T00:00:00Z' };

test('a login with the address that has not confirmed it is a customer', async () => {
  assert.equal(await roleAfter({ email: ADDRESS }), 'customer');
  assert.equal(await roleAfter({ email: ADDRESS }, { raw_user_meta_data: { email_verified: true } }), 'customer');
});

test('confirming the address makes the login an administrator', async () => {
  assert.equal(await roleAfter({ email: ADDRESS }, confirmed), 'admin');
  assert.equal(await roleAfter({ email: ADDRESS, ...confirmed }), 'admin');
});

test('ASCII case and white space around the setting do not matter', async () => {
  for (const email of ['BOSS.KI@EXAMPLE.COM', 'Boss.Ki@Example.Com']) {
    assert.equal(await roleAfter({ email }, confirmed), 'admin', email);
  }
  await setAddress(`  ${ADDRESS.toUpperCase()}\n`);
  assert.equal(await roleAfter({ email: ADDRESS, ...confirmed }), 'admin');
  await setAddress(ADDRESS);
});

const lookAlikes = {
  'the Kelvin sign for k': 'boss.\u212Ai@example.com',
  'a dotless i': 'boss.k\u0131@example.com',
  'a capital I with a dot': 'boss.k\u0130@example.com',
  'a long s': 'bo\u017F\u017F.ki@example.com',
  'a sharp s': 'bo\u00DF.ki@example.com',
  'a Cyrillic o': 'b\u043Ess.ki@example.com',
  'letters of full width': 'boss.\uFF4B\uFF49@example.com',
  'mathematical letters': 'boss.\u{1D424}i@example.com',
  'a combining mark': 'boss.ki\u0307@example.com',
  'a zero-width space': 'boss.\u200Bki@example.com',
  'a soft hyphen': 'boss.\u00ADki@example.com',
  'an ideographic full stop': 'boss\u3002ki@example.com',
  'a Cyrillic letter in the domain': 'boss.ki@example.\u0441om',
  'white space before it': ' boss.ki@example.com',
  'white space after it': 'boss.ki@example.com ',
  'a line break after it': 'boss.ki@example.com\n',
  'a dot after it': 'boss.ki@example.com.',
  'a tag': 'boss.ki+x@example.com',
  'quotes': '"boss.ki"@example.com',
  'brackets': '<boss.ki@example.com>',
  'a second address': 'boss.ki@example.com,stan@example.com',
  'a longer domain': 'boss.ki@example.com.stan.example',
  'a longer name': 'xboss.ki@example.com',
  'a shorter one': 'boss.ki@example.co',
  'a wildcard of LIKE': 'boss_ki@example.com',
  'only wildcards': '%',
  'a regular expression': 'boss.ki@example.com|.*',
  'SQL': `boss.ki@example.com' or '1'='1`,
  'nothing': '',
};

for (const [name, email] of Object.entries(lookAlikes)) {
  test(`an address with ${name} is a different address, even if confirmed`, async () => {
    assert.equal(await roleAfter({ email, ...confirmed }), 'customer');
    assert.equal(await roleAfter({ email }, confirmed), 'customer');
  });
}

test('a look-alike letter in the setting does not match the plain letter', async () => {
  await setAddress('boss.\u212Ai@example.com');
  assert.equal(await roleAfter({ email: ADDRESS, ...confirmed }), 'customer');
  await setAddress(ADDRESS);
});

test('without a setting, or with an empty one, nobody becomes administrator', async () => {
  for (const address of ['', ' ', '\t\n']) {
    await setAddress(address);
    for (const email of [null, '', ' ', ADDRESS])
      assert.equal(await roleAfter({ email, ...confirmed }), 'customer', `${address}: ${email}`);
  }
  await db.sql(`alter database ${db.name} reset app.initial_admin_email`);
  for (const email of [null, '', ADDRESS]) assert.equal(await roleAfter({ email, ...confirmed }), 'customer');
  await setAddress(ADDRESS);
});

test('changing a confirmed address to the configured one does not confirm it', async () => {
  assert.equal(await roleAfter({ email: 'stan.m@example.com', ...confirmed }, { email: ADDRESS }), 'customer');
  assert.equal(await roleAfter({ email: 'stan.m@example.com', ...confirmed }, { email: ADDRESS }, confirmed), 'customer');
  const again = { email_confirmed_at: '2026-02-02T00:00:00Z' };
  assert.equal(await roleAfter({ email: 'stan.m@example.com', ...confirmed }, { email: ADDRESS }, again), 'customer');
});

test('confirming another address during a change of address grants no role', async () => {
  assert.equal(await roleAfter({ email: ADDRESS }, { email: 'stan.m@example.com', ...confirmed }), 'customer');
  assert.equal(
    await roleAfter({ email: ADDRESS }, { email: 'stan.m@example.com', ...confirmed }, { email: ADDRESS }),
    'customer',
  );
});

test('metadata of a sign-up grants no role', async () => {
  for (const raw_user_meta_data of [
    { role: 'admin' },
    { email: ADDRESS },
    { app_metadata: { role: 'admin' } },
    { is_admin: true, full_name: ADDRESS },
  ]) {
    assert.equal(await roleAfter({ email: 'x@example.com', ...confirmed, raw_user_meta_data }), 'customer');
  }
});

test('a revoked role does not come back by later changes of the login', async () => {
  const session = await db.connect();
  const login = randomUUID();
  await session.query('begin');
  await session.query('insert into auth.users (id, email, email_confirmed_at) values ($1, $2, now())', [login, ADDRESS]);
  await session.query(`update helpdesk.profiles set role = 'customer' where auth_id = $1`, [login]);
  for (const change of [
    `email = upper(email)`,
    `email_confirmed_at = now() + interval '1 s'`,
    `raw_user_meta_data = '{}'`,
    `email = email`,
  ]) {
    await session.query(`update auth.users set ${change} where id = $1`, [login]);
    const { rows } = await session.query('select role from helpdesk.profiles where auth_id = $1', [login]);
    assert.deepEqual(rows, [{ role: 'customer' }], change);
  }
  await session.query('rollback');
});

test('an API role that sets app.initial_admin_email gains nothing', async () => {
  const session = await db.connect();
  for (const who of [stan, undefined]) {
    await inRolledBackTransaction(session, who, async ({ attempt, asSuperuser }) => {
      assert.equal(sqlstateOf(await attempt(`set local app.initial_admin_email = '${stan.email}'`)), 'ok');
      for (const text of [
        `update auth.users set email_confirmed_at = null`,
        `update auth.users set email_confirmed_at = now()`,
        `insert into auth.users (id, email, email_confirmed_at) values (gen_random_uuid(), '${stan.email}', now())`,
        `alter database ${db.name} set app.initial_admin_email = '${stan.email}'`,
        'select helpdesk.install()',
      ]) {
        assert.equal(sqlstateOf(await attempt(text)), '42501', text);
      }
      const { rows } = await asSuperuser(() => session.query(`select name from helpdesk.profiles where role = 'admin'`));
      assert.deepEqual(rows, []);
    });
  }
});

test('claims with the address make nobody administrator', async () => {
  const claims = {
    sub: stan.login,
    email: ADDRESS,
    email_verified: true,
    role: 'authenticated',
    user_metadata: { email: ADDRESS },
  };
  await inRolledBackTransaction(await db.connect(), { role: 'authenticated', claims }, async ({ attempt }) => {
    assert.deepEqual((await attempt('select helpdesk.is_installation_admin() as is')).rows, [{ is: false }]);
    assert.equal(sqlstateOf(await attempt('select helpdesk.create_admin_invite_code()')), '42501');
  });
});
