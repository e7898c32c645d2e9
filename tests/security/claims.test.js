// Callers with forged, malformed or missing claims are nobody and learn nothing.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { callOf, functionsFor, sensibleArguments, tablesFor, viewNames } from '../support/api_catalog.js';
import {
  differingEntries,
  inRolledBackTransaction,
  outcomeOf,
  roleAndClaimsOf,
  sqlstateOf,
  withoutVolatileParts,
} from '../support/attempts.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { createSecretFinder, createTwoTenants } from '../support/two_tenants.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, globex, stan } = await createTwoTenants(db);
const findSecrets = await createSecretFinder(db, acme);
const session = await db.connect();
// jwt_subject() returns the sub claim, whether there is such a person or not; help() lists names.
const functions = (await functionsFor(db)).filter(({ name }) => !['jwt_subject', 'help', 'pre_request'].includes(name));
const tables = (await tablesFor(db)).map(({ name }) => name);
const views = await viewNames(db);
const calls = functions.map((fn) => ({ fn, call: callOf(fn, sensibleArguments(fn, acme)) }));
const sub = acme.admin.login;

/** The results of every function and table for a caller, without volatile parts. */
function readEverything(who) {
  return inRolledBackTransaction(session, who, async ({ attemptAndUndo }) => {
    const answers = {};
    for (const { fn, call } of calls) answers[fn.name] = withoutVolatileParts(await attemptAndUndo(...call));
    for (const table of [...tables, ...views]) {
      const { rows, error } = await attemptAndUndo(`select * from helpdesk.${table}`);
      answers[table] = error ? error.code : rows.map((row) => JSON.stringify(row));
    }
    return answers;
  });
}

const nobody = await readEverything({ role: 'authenticated', claims: '' });

/** Expects exactly the public articles of both organizations. */
const assertPublicArticles = (rows) =>
  assert.deepEqual(
    rows.map(({ id, title, status, visibility }) => [id, title, status, visibility]).sort(),
    [acme, globex].map(({ open }) => [open.article, 'How to print', 'published', 'public']).sort(),
  );

/**
 * The functions that return public articles, with the check of what they return to nobody about
 * Acme.
 */
const PUBLIC_RESULTS = {
  list_articles: ({ articles, pagination }) => {
    assert.deepEqual(titlesOf(articles), ['How to print']);
    assert.equal(pagination.total, 1);
    assert.ok(articles.every(({ author }) => author === null));
  },
  list_categories: (tree) =>
    assert.deepEqual(
      tree.map(({ name, articleCount, totalCount, children }) => [name, articleCount, totalCount, children]),
      [['Printing', 1, 1, []]],
    ),
  search: ({ results }) => assert.deepEqual(titlesOf(results), ['How to print']),
  search_articles: (results) => assert.deepEqual(titlesOf(results), ['How to print']),
};
const titlesOf = (rows) => rows.map(({ title }) => title);

test('without claims, functions that need a person refuse, and tables show only public articles', () => {
  assert.deepEqual(findSecrets(nobody), []);
  assertPublicArticles(nobody.articles.map((row) => JSON.parse(row)));
  for (const table of [...tables, ...views]) {
    if (!['schema_version', 'articles'].includes(table))
      assert.ok(['42501', ''].includes(String(nobody[table])), `${table}: ${nobody[table]}`);
  }
  // The functions that nobody may call return null, an empty list or false.
  const answered = functions.map(({ name }) => name).filter((name) => !/"code":"42501"/.test(nobody[name]));
  for (const name of Object.keys(PUBLIC_RESULTS)) assert.ok(answered.includes(name), name);
  for (const name of answered) {
    if (name in PUBLIC_RESULTS) PUBLIC_RESULTS[name](JSON.parse(nobody[name]).rows[0].result);
    else if (name !== 'uuid_generate_v7') assert.match(nobody[name], /"result":(null|false|\[\])\}/, name);
  }
});

const deep = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;
const claims = {
  'white space': ' ',
  'null': 'null',
  'a number': '17',
  'a text': JSON.stringify(sub),
  'an empty list': '[]',
  'a list that holds the login': `["${sub}"]`,
  'a list that holds good claims': `[{"sub":"${sub}"}]`,
  'an empty object': '{}',
  'no JSON': `sub=${sub}`,
  'truncated JSON': `{"sub":"${sub}"`,
  'JSON with trailing text': `{"sub":"${sub}"} and more`,
  'two objects': `{"sub":"${sub}"}{"sub":"${sub}"}`,
  'JSON in single quotes': `{'sub':'${sub}'}`,
  'JSON after a byte order mark': `\ufeff{"sub":"${sub}"}`,
  'two subs that differ': `{"sub":"${sub}","sub":"${stan.login}"}`,
  'two subs, the first of them null': `{"sub":null,"sub":"${sub}"}`,
  'Sub': `{"Sub":"${sub}"}`,
  'sub within something': `{"user":{"sub":"${sub}"}}`,
  'a role and no sub': `{"role":"service_role"}`,
  'an e-mail address and no sub': `{"email":"${acme.admin.email}"}`,
  'JSON nested 5,000 deep': `{"sub":"${sub}","a":${deep}`.slice(0, -1),
};
const subs = {
  'null': null,
  'true': true,
  'empty': '',
  'a number': 17,
  'the login in a list': [sub],
  'the login in an object': { id: sub, toString: sub },
  'the login twice': `${sub},${sub}`,
  'the login and white space': `${sub}\n`,
  'the login and a NUL': `${sub}\u0000`,
  'a NUL and the login': `\u0000${sub}`,
  'the login in digits of full width': sub.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
  'a login that does not exist': randomUUID(),
  'the nil UUID': '00000000-0000-0000-0000-000000000000',
  'a profile instead of a login': acme.admin.profile,
  'an e-mail address': acme.admin.email,
  'SQL that is always true': `' or true --`,
  'SQL that looks the login up': `'||(select id from auth.users limit 1)||'`,
  'the login and SQL': `${sub}' or '1'='1`,
  'a megabyte': 'a'.repeat(1_000_000),
};
for (const [name, value] of Object.entries(subs)) claims[`sub that is ${name}`] = JSON.stringify({ sub: value });
claims['sub that is a number too large for any type'] = `{"sub":${'9'.repeat(500)}}`;

for (const [name, text] of Object.entries(claims)) {
  test(`claims with ${name}: nobody`, async () => {
    assert.deepEqual(differingEntries(await readEverything({ role: 'authenticated', claims: text }), nobody), []);
  });
}

test('claims other than sub grant nothing', async () => {
  const before = await readEverything(acme.customer);
  const extraClaims = {
    sub: acme.customer.login,
    role: 'service_role',
    org_role: 'org_admin',
    org_id: acme.org,
    email: acme.admin.email,
    app_metadata: { role: 'admin', org_role: 'org_admin' },
    user_metadata: { role: 'admin' },
    is_admin: true,
  };
  assert.deepEqual(differingEntries(await readEverything({ role: 'authenticated', claims: extraClaims }), before), []);
});

test('a login without a profile gets nothing of any organization', async () => {
  const login = randomUUID();
  await db.sql('alter table auth.users disable trigger user');
  await db.sql(`insert into auth.users (id, email, email_confirmed_at) values ($1, 'nemo@example.com', now())`, [login]);
  await db.sql('alter table auth.users enable trigger user');
  const answers = await readEverything({ login });
  assert.deepEqual(findSecrets(answers, [acme.org]), []);
  for (const table of ['organizations', 'org_members', 'tickets', 'notifications']) assert.deepEqual(answers[table], []);
});

test('a person without an organization gets nothing of any organization', async () => {
  const answers = await readEverything(stan);
  assert.deepEqual(findSecrets(answers, [acme.org]), []);
  for (const table of ['organizations', 'org_members', 'tickets', 'notifications']) assert.deepEqual(answers[table], []);
});

test('request.jwt.claim.sub takes precedence over the claims; if malformed, the caller is nobody', async () => {
  const profileWith = (older) =>
    inRolledBackTransaction(session, acme.admin, async ({ attempt }) => {
      await attempt(`select set_config('request.jwt.claim.sub', $1, true)`, [older]);
      return (await attempt('select helpdesk.my_profile_id() as me')).rows[0].me;
    });
  assert.equal(await profileWith(''), acme.admin.profile);
  assert.equal(await profileWith(stan.login), stan.profile);
  for (const older of ['null', ' ', 'nobody', `${sub} `, `{"sub":"${sub}"}`, `["${sub}"]`]) {
    assert.equal(await profileWith(older), null, older);
  }
});

test('role anon can read public articles and nothing else, whatever the claims', async () => {
  for (const text of [
    '',
    '{}',
    JSON.stringify(roleAndClaimsOf(acme.admin).claims),
    JSON.stringify({ role: 'service_role', sub }),
  ]) {
    const who = { role: 'anon', claims: text };
    for (const view of views)
      assert.equal(sqlstateOf(await outcomeOf(session, who, `select * from helpdesk.${view}`)), '42501', view);
    for (const table of tables) {
      const read = await outcomeOf(session, who, `select * from helpdesk.${table}`);
      if (table === 'articles') {
        // The only table that anon may read; a sub claim makes no difference.
        assertPublicArticles(read.rows);
        assert.equal(sqlstateOf(await outcomeOf(session, who, `update helpdesk.articles set title = 'x'`)), '42501');
        assert.equal(sqlstateOf(await outcomeOf(session, who, `select * from helpdesk.articles for update`)), '42501');
      } else assert.equal(sqlstateOf(read), '42501', table);
      assert.equal(sqlstateOf(await outcomeOf(session, who, `delete from helpdesk.${table}`)), '42501', table);
    }
    const open = new Set((await functionsFor(db, 'anon')).map(({ name }) => name));
    for (const { fn, call } of calls) {
      const outcome = await outcomeOf(session, who, ...call);
      if (!open.has(fn.name)) assert.equal(sqlstateOf(outcome), '42501', fn.name);
    }
  }
});
