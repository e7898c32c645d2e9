// Calls that are cancelled or run into a timeout, and sessions that are terminated, at any moment:
// each call is done completely or not at all.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { Random } from '../support/random.js';
import { report, SECONDS, SEED } from '../support/torture.js';
import { Workload } from '../support/workload.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const workload = await Workload.create(db);

/** Interrupts one of the sessions that are running a statement. */
async function interrupt(random) {
  const how = random.chance(10) ? 'pg_terminate_backend' : 'pg_cancel_backend';
  await db.sql(
    `select ${how}(pid) from pg_stat_activity
      where datname = current_database() and usename = 'authenticator' and state = 'active'
      order by md5(pid::text || $1) limit 1`,
    [String(random.fraction())],
  );
}

/** A session whose statements may take a random time of a few milliseconds. */
async function connectInAHurry(person) {
  const session = await workload.signIn(person);
  const random = new Random(SEED + person.name.length);
  return {
    ...session,
    call: async (text, values) => {
      if (random.chance(30)) await session.call(`set statement_timeout = ${random.between(1, 6)}`);
      try {
        return await session.call(text, values);
      } finally {
        await session.call('reset statement_timeout').catch(() => {});
      }
    },
  };
}

test(`calls interrupted at any moment (TORTURE_SEED=${SEED}): each is done or undone`, async () => {
  const end = Date.now() + SECONDS * 1000;
  const random = new Random(SEED);
  let rounds = 0;
  const working = workload.run(SEED, () => Date.now() > end, connectInAHurry);
  while (Date.now() < end) {
    await interrupt(random);
    rounds++;
  }
  await working;
  const problems = await workload.problems();
  report('interruptions', { rounds, workload, problems });
  assert.deepEqual(problems, []);
  assert.deepEqual(Object.keys(workload.errors), ['57014']);
  assert.ok(workload.errors['57014'] > 10, 'calls were interrupted');
});
