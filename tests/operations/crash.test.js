// kill -9 of the whole server while people work: every acknowledged write survives.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createEmptyDatabase } from '../support/database.js';
import { crashPrivateServer, restartPrivateServer, startPrivateServer } from '../support/private_server.js';
import { Random } from '../support/random.js';
import { report, SECONDS, SEED } from '../support/torture.js';
import { waitUntil } from '../support/wait.js';
import { Workload } from '../support/workload.js';

const SERVER = 'killed';
const SETTINGS = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', max_connections: 30 };

const stop = startPrivateServer(SERVER, SETTINGS);
const db = await createEmptyDatabase();
await db.createExtension();
const workload = await Workload.create(db);
after(async () => {
  await db.drop();
  stop();
});

test(`kill -9 again and again (TORTURE_SEED=${SEED}): nothing acknowledged is lost`, async () => {
  const end = Date.now() + SECONDS * 1000;
  const random = new Random(SEED);
  let rounds = 0;
  let problems = [];
  do {
    await db.disconnectAll();
    let isOver = false;
    const before = workload.total;
    const working = workload.run(SEED + rounds * 100, () => isOver);
    await waitUntil('people have worked', () => workload.total > before + 50);
    await new Promise((next) => setTimeout(next, random.below(500)));
    await crashPrivateServer(SERVER);
    isOver = true;
    await working;
    restartPrivateServer(SERVER, SETTINGS);
    problems = await workload.problems();
    rounds++;
  } while (Date.now() < end && problems.length === 0);
  report('kill -9', { rounds, workload, problems });
  assert.deepEqual(problems, []);
  assert.deepEqual(workload.errors, {});
});
