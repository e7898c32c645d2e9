// SQL where text is expected: in every text argument and every key of every JSON argument that the catalog knows.

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

/** In every text that is sent, to find it again. */
const MARK = 'q7x9z';
/** The keys that a JSON argument has at least; search() has few. */
const LEAST_KEYS = { search: 3 };
/** A value that is refused says so with one of these. */
const REFUSED = /^(22023|22004|42501|55000|23505)$/;

/** How many rows each table has, and the rows with the mark in them; a tsvector holds the words of a text, not the text. */
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

/** Every text in JSON that has the mark in it. */
function textsIn(json) {
  if (typeof json === 'string') return json.includes(MARK) ? [json] : [];
  return json && typeof json === 'object' ? Object.values(json).flatMap(textsIn) : [];
}

function growth(before, now) {
  return Object.fromEntries(tables.map((name) => [name, now[name] - before[name]]).filter(([, n]) => n !== 0));
}

/**
 * Calls a function with each text in its place, as an admin; each call is undone. Whatever is stored is the text, byte by byte, and
 * the call adds the same rows as with a plain text, or none.
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
  assert.equal(await trapWasTriggered(), false, 'something was run');
  // Where a plain text is stored some of these are too: they were not all refused for another reason.
  if (stored.plain > 0) assert.ok(stored.hostile > 0, `nothing was stored`);
}

for (const fn of functions) {
  const good = sensibleArguments(fn, acme);

  for (const { name } of fn.args.filter(({ type }) => type === 'text')) {
    test(`SQL in ${name} of ${fn.name} is text`, () => inject(shared, fn, (text) => ({ ...good, [name]: text })));
  }

  for (const { name } of fn.args.filter(({ type }) => type === 'jsonb')) {
    test(`SQL in every key of ${name} of ${fn.name} is text`, async () => {
      await shared.query('set role service_role');
      const keys = await keysOf(shared, fn, name, good).finally(() => shared.query('reset role'));
      assert.ok(keys.length >= (LEAST_KEYS[fn.name] ?? 5), `${keys}`);
      for (const [i, key] of keys.entries()) {
        // Every key gets every third text, each another third.
        const some = INJECTIONS.filter((_, j) => (i + j) % 3 === 0);
        await inject(shared, fn, (text) => ({ ...good, [name]: { [key]: text } }), some);
      }
      await inject(shared, fn, (text) => ({ ...good, [name]: { [keys[0]]: [text] } }));
      await inject(shared, fn, (text) => ({ ...good, [name]: { [text]: 'x' } }));
      await inject(shared, fn, (text) => ({ ...good, [name]: JSON.stringify(text) }));
    });
  }

  for (const { name, type } of fn.args.filter(({ type }) => !['text', 'jsonb'].includes(type))) {
    test(`SQL in ${name} of ${fn.name} is no ${type}`, async () => {
      await inRolledBackTransaction(shared, acme.admin, async ({ attemptAndUndo }) => {
        for (const injection of INJECTIONS) {
          const text = type.endsWith('[]') ? `{${injection}}` : injection;
          const code = sqlstateOf(await attemptAndUndo(...callOf(fn, { ...good, [name]: text })));
          // Postgres itself reads the value; '-1' and '1e309' are values of some types.
          if (code !== 'ok') assert.match(code, /^(22P02|22007|22008|22003|22023|22004|42501|55000|23505|2202E)$/, text);
        }
      });
      assert.equal(await trapWasTriggered(), false, 'something was run');
    });
  }
}

test('SQL in p_email of act_as is text for a DBA too, and nobody’s address', async () => {
  const session = await db.connect();
  await session.query('begin');
  for (const text of INJECTIONS) {
    const code = sqlstateOf(await attempt(session, 'select helpdesk.act_as($1)', [text]));
    assert.ok(code === '22023', `${code} for ${text}`);
  }
  await session.query('rollback');
  assert.equal(await trapWasTriggered(), false, 'something was run');
});

test('the trap does spring when it is run, also in a transaction that is undone', async () => {
  const session = await db.connect();
  await inRolledBackTransaction(session, acme.customer, ({ attempt }) => attempt('select public.spring()'));
  assert.equal(await trapWasTriggered(), true);
});
