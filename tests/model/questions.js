// Queries of every caller, with the answers that the model predicts.

import { Random } from '../support/random.js';
import { asCaller, attemptCalls } from './batch.js';
import { call } from './statements.js';
import { inEveryWorld } from './worlds.js';

/**
 * A test in every world that runs queries as every caller: `questions(me, world)` returns [{ sql,
 * expected, shown }]. `shown` extracts what is compared from the JSON answer; `expected` is
 * undefined if the caller must be denied.
 */
export function testAnswers(promise, questions) {
  inEveryWorld(promise, async ({ world, db, callers, disagreements }) => {
    for (const me of callers) {
      const asked = questions(me, world);
      const answers = await asCaller(db, me, (session) =>
        attemptCalls(
          session,
          asked.map(({ sql }) => sql),
        ),
      );
      for (const [i, { sql, expected, shown = (value) => value }] of asked.entries()) {
        const { outcome, result, error } = answers[i];
        const told = outcome === 'done' ? shown(JSON.parse(result)) : undefined;
        const isExpected = expected === undefined ? outcome === 'denied' : JSON.stringify(told) === JSON.stringify(expected);
        if (isExpected) continue;
        disagreements.push(
          `${me}: ${sql}\n  must be ${JSON.stringify(expected) ?? 'denied'}, is ${JSON.stringify(told) ?? `${outcome}: ${error}`}`,
        );
      }
    }
  });
}

export const json = (name, ...args) => call(name, ...args).replace(/^select (.*)$/, 'select to_json($1)');
export const sorted = (list) => [...list].sort();
export const ids = (rows) => sorted(rows.map((row) => row.id));

/** The role anon may not call the function, and is always denied. */
export const answer = (me, expected) => (me.role === 'anon' ? undefined : expected);

/** The organizations of the world, and one that does not exist. */
export const everyOrg = (world) => [...world.orgs, new Random(world.seed).uuid()];
