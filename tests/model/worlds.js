// The worlds of a test run, and the report of disagreements between helpdesk and the model.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { endSessions } from './batch.js';
import { Caller } from './caller.js';
import { load } from './load.js';
import { generateWorld } from './world.js';

// The same worlds in every run, so that a failure points to a change. MODEL_SEED=$RANDOM tries
// others.
const FIRST_SEED = Number(process.env.MODEL_SEED ?? 1);
const WORLDS = Number(process.env.MODEL_WORLDS ?? 3);

/** The number of disagreements that are printed; the others are mostly similar. */
const SHOWN = 20;

/** Each world is loaded once per test file, because all attempts are undone. */
const loaded = new Map();

after(() => Promise.all([...loaded.values()].map(async (making) => (await making).db.drop())));

function worldOf(seed) {
  if (!loaded.has(seed)) loaded.set(seed, make(seed));
  return loaded.get(seed);
}

async function make(seed) {
  const world = generateWorld(seed);
  const db = await load(world);
  return { world, db, callers: callersOf(world) };
}

/**
 * A test in every world. `check({ world, db, callers, disagreements })` adds a text for each
 * disagreement.
 */
export function inEveryWorld(promise, check) {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + WORLDS; seed++) {
    test(`${promise} (world ${seed})`, async () => {
      const disagreements = [];
      const { world, db, callers } = await worldOf(seed);
      try {
        await check({ world, db, callers, disagreements });
      } finally {
        await endSessions(db); // Keeps the number of open sessions small.
      }
      assert.equal(disagreements.length, 0, report(seed, disagreements));
    });
  }
}

function report(seed, disagreements) {
  const more = disagreements.length > SHOWN ? [`and ${disagreements.length - SHOWN} more`] : [];
  return [
    `helpdesk and the model disagree. To reproduce: MODEL_SEED=${seed} MODEL_WORLDS=1`,
    ...disagreements.slice(0, SHOWN),
    ...more,
  ].join('\n');
}

/** Callers of every kind. */
function callersOf(world) {
  const people = world.logins.map(({ id, email }) => new Caller(world, email, 'authenticated', id));
  const someone = world.logins[0].id; // The first organization's admin.
  return [
    ...people,
    new Caller(world, 'nobody, signed in', 'authenticated'),
    new Caller(world, 'anonymous', 'anon'),
    new Caller(world, 'anonymous with the claims of an admin', 'anon', someone),
    new Caller(world, 'backend', 'service_role'),
    new Caller(world, 'backend in the name of an admin', 'service_role', someone),
    new Caller(world, 'database administrator', 'superuser'),
  ];
}
