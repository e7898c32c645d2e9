// Prepared statements, plans and cursors of one person must not serve another, and plans reveal
// nothing.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { callOf, functionsFor, sensibleArguments, tablesFor } from '../support/api_catalog.js';
import { attempt, inRolledBackTransaction, switchCaller, withoutVolatileParts } from '../support/attempts.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { createSecretFinder, createTwoTenants } from '../support/two_tenants.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, globex, stan } = await createTwoTenants(db);
const findSecrets = await createSecretFinder(db, acme);
const tables = (await tablesFor(db)).map(({ name }) => name);
const functions = (await functionsFor(db)).filter(({ name }) => name !== 'uuid_generate_v7');

const callers = [
  ['staff', acme.admin],
  ['a customer', acme.customer],
  ['another customer', acme.other],
  ['a stranger', globex.admin],
  ['somebody without organization', stan],
  ['nobody', { role: 'authenticated', claims: {} }],
  ['anon', undefined],
  ['a backend', { role: 'service_role' }],
  ['staff again', acme.admin],
  ['the stranger again', globex.admin],
];

/** Of functions with the same name, each has its own. */
const nameOf = (fn) => `${fn.name}(${fn.args.map(({ name }) => name)})`;

/** The statements: [name, text, values]. */
const statements = [
  ...tables.map((name) => [name, `select * from helpdesk.${name} order by 1, 2`, []]),
  ...tables.map((name) => [`one of ${name}`, `select * from helpdesk.${name} t where t::text ~ $1`, [acme.org]]),
  ...functions.map((fn) => [nameOf(fn), ...callOf(fn, sensibleArguments(fn, acme))]),
  ['update', `update helpdesk.tickets set priority = 'high' where org_id = $1 returning title`, [acme.org]],
  ['delete', 'delete from helpdesk.tickets where org_id = $1 returning title', [acme.org]],
  [
    'insert',
    `insert into helpdesk.ticket_comments (org_id, ticket_id, content) values ($1, $2, 'x') returning content`,
    [acme.org, acme.ids.ticket],
  ],
];

/** The outcomes of all statements, each undone; as named prepared statements if `isKept`. */
async function runAll(attemptAndUndo, isKept) {
  const answers = {};
  for (const [name, text, values] of statements) {
    const outcome = isKept ? await attemptAndUndo({ name, text, values }) : await attemptAndUndo(text, values);
    answers[name] = withoutVolatileParts(outcome).replace(',"where":"parallel worker"', '');
  }
  return answers;
}

const expected = {};
for (const [who, person] of callers) {
  const fresh = await db.connect();
  expected[who] = await inRolledBackTransaction(fresh, person, ({ attemptAndUndo }) => runAll(attemptAndUndo, false));
  await db.disconnect(fresh);
}

test('callers get different results, so that a plan serving another caller would be noticed', () => {
  for (const [one, other] of [
    ['staff', 'a customer'],
    ['a customer', 'another customer'],
    ['staff', 'a stranger'],
    ['nobody', 'anon'],
  ]) {
    assert.notDeepEqual(expected[one], expected[other], `${one} and ${other}`);
  }
  assert.notDeepEqual(findSecrets(expected.staff), []);
  assert.deepEqual(findSecrets(expected['a stranger']), []);
});

for (const mode of ['force_generic_plan', 'force_custom_plan', 'auto']) {
  test(`statements prepared by staff do not give others their rights, in one session: ${mode}`, async () => {
    const session = await db.connect();
    await session.query(`set plan_cache_mode = ${mode}`);
    for (let round = 0; round < (mode === 'auto' ? 6 : 1); round++) {
      for (const [who, person] of mode === 'auto' && round < 5 ? callers.slice(0, 1) : callers) {
        const answers = await inRolledBackTransaction(session, person, ({ attemptAndUndo }) => runAll(attemptAndUndo, true));
        assert.deepEqual(changed(answers, expected[who]), [], who);
      }
    }
  });
}

const changed = (here, there) =>
  Object.keys(there)
    .filter((name) => here[name] !== there[name])
    .map((name) => [name, here[name], there[name]]);

test('the same in a single transaction in which role and claims change', async () => {
  const session = await db.connect();
  await session.query('set plan_cache_mode = force_generic_plan');
  await inRolledBackTransaction(session, acme.admin, async ({ attemptAndUndo }) => {
    for (const [who, person] of callers) {
      await switchCaller(session, person);
      assert.deepEqual(changed(await runAll(attemptAndUndo, true), expected[who]), [], who);
    }
  });
});

test('the same in a plpgsql function that caches its plans', async () => {
  const session = await db.connect();
  await session.query('set plan_cache_mode = force_generic_plan');
  await session.query('create schema kept; grant usage on schema kept to public');
  for (const [i, name] of tables.entries()) {
    await session.query(`create function kept.f${i}() returns setof text language plpgsql as
                         $$ begin return query select t::text from helpdesk.${name} t; end $$`);
  }
  for (const [who, person] of callers) {
    const seen = [];
    for (const [i, name] of tables.entries()) {
      const outcome = await inRolledBackTransaction(session, person, ({ attemptAndUndo }) =>
        attemptAndUndo(`select count(*)::int as n from kept.f${i}()`),
      );
      const direct = await inRolledBackTransaction(session, person, ({ attemptAndUndo }) =>
        attemptAndUndo(`select count(*)::int as n from helpdesk.${name}`),
      );
      seen.push([name, outcome.error?.code ?? outcome.rows[0].n, direct.error?.code ?? direct.rows[0].n]);
    }
    for (const [name, inFunction, direct] of seen) assert.equal(inFunction, direct, `${who}: ${name}`);
  }
  await session.query('drop schema kept cascade');
});

test('EXPLAIN, with and without ANALYZE, shows no value of another organization', async () => {
  await inRolledBackTransaction(await db.connect(), globex.admin, async ({ attemptAndUndo }) => {
    for (const [name, text, values] of statements) {
      for (const how of ['explain verbose', 'explain (analyze, verbose, settings, buffers, format json)']) {
        const { rows, error } = await attemptAndUndo(`${how} ${text}`, values);
        const inArguments = values.flat().filter((value) => typeof value === 'string');
        // The plan contains the caller's own search text.
        const shown = inArguments
          .filter((value) => value.includes(acme.word))
          .reduce((text, value) => text.replaceAll(value, ''), JSON.stringify([rows, error]));
        assert.deepEqual(findSecrets(shown, inArguments), [], `${how} ${name}`);
      }
    }
  });
});

test('a cursor returns rows by the rights of the caller who fetches', async () => {
  const session = await db.connect();
  await inRolledBackTransaction(session, acme.admin, async () => {
    await session.query('declare early cursor for select * from helpdesk.tickets order by id');
    await switchCaller(session, globex.admin);
    const { rows } = await session.query('fetch all from early');
    assert.deepEqual(findSecrets(rows), []);
  });
});

test('a cursor WITH HOLD keeps its rows until DISCARD ALL, as documented by Postgres', async () => {
  const session = await db.connect('authenticator');
  await session.query('begin');
  await switchCaller(session, acme.customer);
  await session.query('declare held cursor with hold for select title from helpdesk.tickets order by id');
  await session.query('commit');
  await session.query('begin');
  await switchCaller(session, globex.customer);
  const { rows: held } = await session.query('fetch all from held');
  assert.deepEqual(
    held.map(({ title }) => title),
    ['Ticket 1 acmesecret', 'Ticket 2 acmesecret'],
  );
  await session.query('declare now cursor for select title from helpdesk.tickets order by id');
  assert.deepEqual(findSecrets((await session.query('fetch all from now')).rows), []);
  await session.query('rollback');
  await session.query('discard all');
  await session.query('begin');
  assert.equal((await attempt(session, 'fetch all from held')).error.code, '34000');
  await session.query('rollback');
});

test('parallel workers return the same rows', async () => {
  const session = await db.connect();
  const setting = (await db.value('show server_version_num')) >= 160000 ? 'debug_parallel_query' : 'force_parallel_mode';
  await session.query(`set ${setting} = on`);
  await session.query('set parallel_setup_cost = 0; set parallel_tuple_cost = 0; set min_parallel_table_scan_size = 0');
  for (const [who, person] of callers.filter(([who]) => ['staff', 'a stranger'].includes(who))) {
    const answers = await inRolledBackTransaction(session, person, ({ attemptAndUndo }) => runAll(attemptAndUndo, false));
    assert.deepEqual(changed(answers, expected[who]), [], who);
  }
});

test('no user-settable parameter shows a stranger more', async () => {
  const session = await db.connect();
  const settings = await db.sql(
    `select name, setting, case vartype when 'bool' then array['on', 'off'] else enumvals end as values
       from pg_settings
      where context = 'user' and vartype in ('bool', 'enum') and name <> 'exit_on_error' order by name`,
  );
  assert.ok(settings.length > 50);
  const count = `select ${tables
    .filter((name) => !expected['a stranger'][name].includes('42501'))
    .map((name) => `(select string_agg(t::text, '') from helpdesk.${name} t)`)
    .join(', ')}`;
  const list = ['select helpdesk.list_org_tickets($1)', [acme.org]];
  for (const { name, values } of settings) {
    for (const value of values) {
      await inRolledBackTransaction(session, globex.admin, async ({ attemptAndUndo }) => {
        await attempt(session, 'select set_config($1, $2, true)', [name, value]);
        for (const statement of [[count], list]) {
          assert.deepEqual(
            findSecrets(await attemptAndUndo(...statement)),
            [],
            `${name} = ${value}: ${statement[0].slice(0, 40)}`,
          );
        }
      });
    }
  }
});

test('with row_security off, queries fail, and functions return the same or fail', async () => {
  const session = await db.connect();
  for (const [who, person] of callers.filter(([, person]) => person?.login)) {
    await inRolledBackTransaction(session, person, async ({ attemptAndUndo }) => {
      await session.query('set local row_security = off');
      const answers = await runAll(attemptAndUndo, false);
      for (const name of tables) assert.match(answers[name], /"code":"42501"/, `${who}: ${name}`);
      for (const name of functions.map(nameOf)) {
        // Functions that read auth.users, which has row security too, fail like queries.
        if (!answers[name].includes('row-level security policy for table \\"users\\"')) {
          assert.equal(answers[name], expected[who][name], `${who}: ${name}`);
        }
      }
    });
  }
});
