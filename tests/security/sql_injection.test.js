// SQL injection into every text argument and every key of every JSON argument in the catalog.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { callOf, functionsFor, keysOf, sensibleArguments, tablesFor } from '../support/api_catalog.js';
import { attempt, inRolledBackTransaction, sqlstateOf } from '../support/attempts.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { INJECTIONS, installTrap } from '../support/injection_payloads.js';
import { createTwoTenants } from '../support/two_tenants.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme } = await createTwoTenants(db);
const trapWasTriggered = await installTrap(db);
const functions = await functionsFor(db);
const shared = await db.connect();
const catalog = await tablesFor(db);
const tables = catalog.map(({ name }) => name);

/** Part of every text that is sent, so that it can be found again. */
const MARK = 'q7x9z';
/** The minimum number of keys of a JSON argument. */
const MINIMUM_KEYS = { add_comment: 4, search: 3 };
/** The SQLSTATEs of refused values. */
const REFUSED = /^(22023|22004|42501|23000|23505)$/;

/**
 * The number of rows of each table, and the rows with the mark. A tsvector holds lexemes, not the
 * text.
 */
const STATE = catalog
  .map(({ name, columns }) => [name, columns.filter(({ type }) => type === 'tsvector').map(({ name }) => name)])
  .map(
    ([name, derived]) => `select '${name}' as name, count(*)::int as n,
                         coalesce(jsonb_agg(to_jsonb(t) - '{${derived}}'::text[]) filter (where t::text like '%${MARK}%'), '[]') as marked from helpdesk.${name} t`,
  )
  .join(' union all ');

async function stateOf(session) {
  const { rows } = await session.query(STATE);
  return {
    counts: Object.fromEntries(rows.map(({ name, n }) => [name, n])),
    texts: rows.flatMap(({ marked }) => textsIn(marked)),
  };
}

/** Every string in a JSON value that contains the mark. */
function textsIn(json) {
  if (typeof json === 'string') return json.includes(MARK) ? [json] : [];
  return json && typeof json === 'object' ? Object.values(json).flatMap(textsIn) : [];
}

function growth(before, now) {
  return Object.fromEntries(tables.map((name) => [name, now[name] - before[name]]).filter(([, n]) => n !== 0));
}

/**
 * Calls a function as an admin with each payload and undoes each call. A stored text must equal the
 * payload, and the call must add the same rows as with a harmless text, or none.
 */
async function inject(session, fn, argumentsWith, injections = INJECTIONS) {
  const stored = { plain: 0, hostile: 0 };
  await inRolledBackTransaction(session, acme.admin, async ({ asSuperuser }) => {
    await session.query(`set local statement_timeout = '20s'`);
    const before = await asSuperuser(() => stateOf(session));
    const run = async (text) => {
      const outcome = await attempt(session, ...callOf(fn, argumentsWith(text)), null);
      const now = outcome.error ? before : await asSuperuser(() => stateOf(session));
      if (!outcome.error) await session.query('rollback to attempt');
      return { code: sqlstateOf(outcome), grown: growth(before.counts, now.counts), texts: now.texts };
    };
    const plain = await run(`Plain${MARK}`);
    stored.plain = plain.texts.length;
    for (const injection of injections) {
      const text = `${injection} ${MARK}`;
      const { code, grown, texts } = await run(text);
      assert.ok(code === 'ok' || REFUSED.test(code), `${code} for ${JSON.stringify(text)}`);
      for (const found of texts)
        assert.ok([text, text.trim()].includes(found), `${JSON.stringify(found)} for ${JSON.stringify(text)}`);
      if (code === 'ok') assert.deepEqual(grown, plain.grown, text);
      stored.hostile += texts.length;
    }
    assert.deepEqual(await asSuperuser(() => stateOf(session)), before);
  });
  assert.equal(await trapWasTriggered(), false, 'a payload was executed');
  // If a harmless text is stored, some payloads must be too: otherwise they were refused for
  // another reason.
  if (stored.plain > 0) assert.ok(stored.hostile > 0, `nothing was stored`);
}

for (const fn of functions) {
  const good = sensibleArguments(fn, acme);

  for (const { name } of fn.args.filter(({ type }) => type === 'text')) {
    test(`SQL in ${name} of ${fn.name} is not executed`, () => inject(shared, fn, (text) => ({ ...good, [name]: text })));
  }

  for (const { name } of fn.args.filter(({ type }) => type === 'jsonb')) {
    test(`SQL in every key of ${name} of ${fn.name} is not executed`, async () => {
      await shared.query('set role service_role');
      const keys = await keysOf(shared, fn, name, good).finally(() => shared.query('reset role'));
      assert.ok(keys.length >= (MINIMUM_KEYS[fn.name] ?? 5), `${keys}`);
      for (const [i, key] of keys.entries()) {
        // Every key gets a third of the payloads.
        const some = INJECTIONS.filter((_, j) => (i + j) % 3 === 0);
        await inject(shared, fn, (text) => ({ ...good, [name]: { [key]: text } }), some);
      }
      await inject(shared, fn, (text) => ({ ...good, [name]: { [keys[0]]: [text] } }));
      await inject(shared, fn, (text) => ({ ...good, [name]: { [text]: 'x' } }));
      await inject(shared, fn, (text) => ({ ...good, [name]: JSON.stringify(text) }));
    });
  }

  for (const { name, type } of fn.args.filter(({ type }) => !['text', 'jsonb'].includes(type))) {
    test(`SQL in ${name} of ${fn.name} is refused as ${type}`, async () => {
      await inRolledBackTransaction(shared, acme.admin, async ({ attemptAndUndo }) => {
        for (const injection of INJECTIONS) {
          const text = type.endsWith('[]') ? `{${injection}}` : injection;
          const code = sqlstateOf(await attemptAndUndo(...callOf(fn, { ...good, [name]: text })));
          // Postgres parses the value; '-1' and '1e309' are valid for some types.
          if (code !== 'ok') assert.match(code, /^(22P02|22007|22008|22003|22023|22004|42501|23000|23505|2202E)$/, text);
        }
      });
      assert.equal(await trapWasTriggered(), false, 'a payload was executed');
    });
  }
}

test('SQL in p_email of act_as is an unknown address, for a DBA too', async () => {
  const session = await db.connect();
  await session.query('begin');
  for (const text of INJECTIONS) {
    const code = sqlstateOf(await attempt(session, 'select helpdesk.act_as($1)', [text]));
    assert.ok(code === '22023', `${code} for ${text}`);
  }
  await session.query('rollback');
  assert.equal(await trapWasTriggered(), false, 'a payload was executed');
});

test('the trap detects execution, even in a rolled-back transaction', async () => {
  const session = await db.connect();
  await inRolledBackTransaction(session, acme.customer, ({ attempt }) => attempt('select public.spring()'));
  assert.equal(await trapWasTriggered(), true);
});
