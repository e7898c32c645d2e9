// The primary is killed while people work, and its synchronous standby is promoted: what was
// acknowledged is there, and work goes on.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import pg from 'pg';
import { createEmptyDatabase } from '../support/database.js';
import { crashPrivateServer, startPrivateServer, startStandby } from '../support/private_server.js';
import { report, SECONDS, SEED } from '../support/torture.js';
import { waitUntil } from '../support/wait.js';
import { Workload } from '../support/workload.js';

const stop = startPrivateServer('first', { fsync: 'off', synchronous_commit: 'on', max_connections: 30 });
const db = await createEmptyDatabase();
await db.createExtension();
const workload = await Workload.create(db);
after(async () => {
  await db.drop();
  stop();
});

/** Waits until commits wait for the standby. */
async function makeSynchronous() {
  await db.sql(`alter system set synchronous_standby_names = '*'`);
  await db.sql('select pg_reload_conf()');
  await waitUntil('the standby is synchronous', () =>
    db.value(`select exists (select from pg_stat_replication where sync_state = 'sync')`),
  );
}

async function promote({ host, port }) {
  const standby = new pg.Client({ host, port, user: process.env.PGUSER, database: db.name });
  await standby.connect();
  await standby.query('select pg_promote()');
  // It would wait for a standby of its own.
  await standby.query('alter system reset synchronous_standby_names');
  await standby.query('select pg_reload_conf()');
  await standby.end();
}

test(`the primary dies and its standby takes over (TORTURE_SEED=${SEED}): nothing acknowledged is lost`, async () => {
  const end = Date.now() + SECONDS * 1000;
  const names = ['second', 'third'];
  let primary = 'first';
  let rounds = 0;
  let problems = [];
  do {
    const standby = startStandby(names[rounds % 2]);
    await makeSynchronous();
    await db.disconnectAll();
    let isOver = false;
    const working = workload.run(SEED + rounds * 100, () => isOver);
    const before = workload.total;
    await waitUntil('people have worked', () => workload.total > before + 100);
    await crashPrivateServer(primary);
    Object.assign(process.env, { PGHOST: standby.host, PGPORT: String(standby.port) });
    await promote(standby);
    const survived = workload.total;
    await waitUntil('people go on', () => workload.total > survived + 50);
    isOver = true;
    await working;
    primary = names[rounds % 2];
    problems = await workload.problems();
    rounds++;
  } while (Date.now() < end && problems.length === 0);
  report('failover', { rounds, workload, problems });
  assert.deepEqual(problems, []);
  // A standby refuses writes until it is promoted.
  assert.deepEqual(
    Object.keys(workload.errors).filter((code) => code !== '25006'),
    [],
  );
});
