// What one person has prepared, planned or opened must not serve another; and plans show nothing.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { callOf, functionsFor, sensibleArguments, tablesFor } from '../support/api_catalog.js';
import { attempt, switchCaller, withoutVolatileParts, inRolledBackTransaction } from '../support/attempts.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { createSecretFinder, createTwoTenants } from '../support/two_tenants.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme, globex, stan } = await createTwoTenants(db);
const findSecrets = await createSecretFinder(db, acme);
const tables = (await tablesFor(db)).map(({ name }) => name);
const functions = (await functionsFor(db)).filter(({ name }) => name !== 'uuid_generate_v7');

const staffFirst = [
  ['staff', acme.admin],
  ['a customer', acme.customer],
  ['another customer', acme.other],
  ['a stranger', globex.admin],
  ['somebody without organization', stan],
  ['nobody', { role: 'authenticated', claims: {} }],
  ['somebody not signed in', undefined],
  ['a backend', { role: 'service_role' }],
  ['staff again', acme.admin],
  ['the stranger again', globex.admin],
];

/** Every statement that is tried: [name, text, values]. */
const statements = [
  ...tables.map((name) => [name, `select * from helpdesk.${name} order by 1, 2`, []]),
  ...tables.map((name) => [`one of ${name}`, `select * from helpdesk.${name} t where t::text ~ $1`, [acme.org]]),
  ...functions.map((fn) => [fn.name, ...callOf(fn, sensibleArguments(fn, acme))]),
  ['update', `update helpdesk.tickets set priority = 'high' where org_id = $1 returning title`, [acme.org]],
  ['delete', 'delete from helpdesk.tickets where org_id = $1 returning title', [acme.org]],
  [
    'insert',
    `insert into helpdesk.ticket_comments (org_id, ticket_id, content) values ($1, $2, 'x') returning content`,
    [acme.org, acme.ids.ticket],
  ],
];

/** What every statement comes to, each undone. Prepared by its name when `isKept`. */
async function everything(attemptAndUndo, isKept) {
  const answers = {};
  for (const [name, text, values] of statements) {
    const outcome = isKept ? await attemptAndUndo({ name, text, values }) : await attemptAndUndo(text, values);
    answers[name] = withoutVolatileParts(outcome).replace(',"where":"parallel worker"', '');
  }
  return answers;
}

const expected = {};
for (const [who, person] of staffFirst) {
  const fresh = await db.connect();
  expected[who] = await inRolledBackTransaction(fresh, person, ({ attemptAndUndo }) => everything(attemptAndUndo, false));
  await db.disconnect(fresh);
}

test('each of them gets something else, so that a plan which serves another would show', () => {
  for (const [one, other] of [
    ['staff', 'a customer'],
    ['a customer', 'another customer'],
    ['staff', 'a stranger'],
    ['nobody', 'somebody not signed in'],
  ]) {
    assert.notDeepEqual(expected[one], expected[other], `${one} and ${other}`);
  }
  assert.notDeepEqual(findSecrets(expected.staff), []);
  assert.deepEqual(findSecrets(expected['a stranger']), []);
});

for (const mode of ['force_generic_plan', 'force_custom_plan', 'auto']) {
  test(`what staff prepared serves nobody else with their rights, in one session: ${mode}`, async () => {
    const session = await db.connect();
    await session.query(`set plan_cache_mode = ${mode}`);
    for (let round = 0; round < (mode === 'auto' ? 6 : 1); round++) {
      for (const [who, person] of mode === 'auto' && round < 5 ? staffFirst.slice(0, 1) : staffFirst) {
        const answers = await inRolledBackTransaction(session, person, ({ attemptAndUndo }) => everything(attemptAndUndo, true));
        assert.deepEqual(changed(answers, expected[who]), [], who);
      }
    }
  });
}

const changed = (here, there) =>
  Object.keys(there)
    .filter((name) => here[name] !== there[name])
    .map((name) => [name, here[name], there[name]]);

test('the same within a single transaction, in which role and claims change', async () => {
  const session = await db.connect();
  await session.query('set plan_cache_mode = force_generic_plan');
  await inRolledBackTransaction(session, acme.admin, async ({ attemptAndUndo }) => {
    for (const [who, person] of staffFirst) {
      await switchCaller(session, person);
      assert.deepEqual(changed(await everything(attemptAndUndo, true), expected[who]), [], who);
    }
  });
});

test('the same in a function that keeps its plans', async () => {
  const session = await db.connect();
  await session.query('set plan_cache_mode = force_generic_plan');
  await session.query('create schema kept; grant usage on schema kept to public');
  for (const [i, name] of tables.entries()) {
    await session.query(`create function kept.f${i}() returns setof text language plpgsql as
                         $$ begin return query select t::text from helpdesk.${name} t; end $$`);
  }
  for (const [who, person] of staffFirst) {
    const seen = [];
    for (const [i, name] of tables.entries()) {
      const outcome = await inRolledBackTransaction(session, person, ({ attemptAndUndo }) => attemptAndUndo(`select count(*)::int as n from kept.f${i}()`));
      const direct = await inRolledBackTransaction(session, person, ({ attemptAndUndo }) => attemptAndUndo(`select count(*)::int as n from helpdesk.${name}`));
      seen.push([name, outcome.error?.code ?? outcome.rows[0].n, direct.error?.code ?? direct.rows[0].n]);
    }
    for (const [name, inFunction, direct] of seen) assert.equal(inFunction, direct, `${who}: ${name}`);
  }
  await session.query('drop schema kept cascade');
});

test('EXPLAIN shows a stranger no value of another organization, not when it runs the query either', async () => {
  await inRolledBackTransaction(await db.connect(), globex.admin, async ({ attemptAndUndo }) => {
    for (const [name, text, values] of statements) {
      for (const how of ['explain verbose', 'explain (analyze, verbose, settings, buffers, format json)']) {
        const { rows, error } = await attemptAndUndo(`${how} ${text}`, values);
        const inArguments = values.flat().filter((value) => typeof value === 'string');
        // What one searches for oneself is in the plan as it was sent.
        const shown = inArguments
          .filter((value) => value.includes(acme.word))
          .reduce((text, value) => text.replaceAll(value, ''), JSON.stringify([rows, error]));
        assert.deepEqual(findSecrets(shown, inArguments), [], `${how} ${name}`);
      }
    }
  });
});

test('a cursor goes on with the rights of whoever asks it for rows, when claims change under it', async () => {
  const session = await db.connect();
  await inRolledBackTransaction(session, acme.admin, async () => {
    await session.query('declare early cursor for select * from helpdesk.tickets order by id');
    await switchCaller(session, globex.admin);
    const { rows } = await session.query('fetch all from early');
    assert.deepEqual(findSecrets(rows), []);
  });
});

test('a cursor WITH HOLD keeps the rows that it was given when its transaction ended, as Postgres has it: a session belongs to one person', async () => {
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

test('in parallel workers everybody sees what they see without', async () => {
  const session = await db.connect();
  const setting = (await db.value('show server_version_num')) >= 160000 ? 'debug_parallel_query' : 'force_parallel_mode';
  await session.query(`set ${setting} = on`);
  await session.query('set parallel_setup_cost = 0; set parallel_tuple_cost = 0; set min_parallel_table_scan_size = 0');
  for (const [who, person] of staffFirst.filter(([who]) => ['staff', 'a stranger'].includes(who))) {
    const answers = await inRolledBackTransaction(session, person, ({ attemptAndUndo }) => everything(attemptAndUndo, false));
    assert.deepEqual(changed(answers, expected[who]), [], who);
  }
});

test('no setting that people may change shows a stranger more', async () => {
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
          assert.deepEqual(findSecrets(await attemptAndUndo(...statement)), [], `${name} = ${value}: ${statement[0].slice(0, 40)}`);
        }
      });
    }
  }
});

test('with row_security off a query of theirs fails instead of showing everything, and functions answer as before or fail too', async () => {
  const session = await db.connect();
  for (const [who, person] of staffFirst.filter(([, person]) => person?.login)) {
    await inRolledBackTransaction(session, person, async ({ attemptAndUndo }) => {
      await session.query('set local row_security = off');
      const answers = await everything(attemptAndUndo, false);
      for (const name of tables) assert.match(answers[name], /"code":"42501"/, `${who}: ${name}`);
      for (const { name } of functions) {
        // Those that read auth.users, which has row security too, fail like a query.
        if (!answers[name].includes('row-level security policy for table \\"users\\"')) {
          assert.equal(answers[name], expected[who][name], `${who}: ${name}`);
        }
      }
    });
  }
});
