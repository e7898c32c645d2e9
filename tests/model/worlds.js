// The worlds of a run, and what is said when helpdesk and the model disagree about one.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { endSessions } from './batch.js';
import { Caller } from './caller.js';
import { load } from './load.js';
import { generateWorld } from './world.js';

// The same worlds in every run, so that a failure belongs to the change that made it. MODEL_SEED=$RANDOM looks elsewhere.
const FIRST_SEED = Number(process.env.MODEL_SEED ?? 1);
const WORLDS = Number(process.env.MODEL_WORLDS ?? 3);

/** How many disagreements are printed: the rest is mostly more of the same. */
const SHOWN = 20;

/** Each world is made once per file: whatever callers try is undone. */
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
 * A test in every world: `check({ world, db, callers, disagreements })` says in `disagreements.push(text)` where helpdesk and the
 * model differ.
 */
export function inEveryWorld(promise, check) {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + WORLDS; seed++) {
    test(`${promise} (world ${seed})`, async () => {
      const disagreements = [];
      const { world, db, callers } = await worldOf(seed);
      try {
        await check({ world, db, callers, disagreements });
      } finally {
        await endSessions(db); // However many worlds there are, few sessions are open.
      }
      assert.equal(disagreements.length, 0, report(seed, disagreements));
    });
  }
}

function report(seed, disagreements) {
  const more = disagreements.length > SHOWN ? [`and ${disagreements.length - SHOWN} more`] : [];
  return [
    `helpdesk and the model disagree. Again with MODEL_SEED=${seed} MODEL_WORLDS=1:`,
    ...disagreements.slice(0, SHOWN),
    ...more,
  ].join('\n');
}

/** Every kind of caller there is. */
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
