// No space is left for the data of the database: calls fail whole, with 53100, and work goes on
// when there is space again.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createHelpdeskDatabase, existingDatabase } from '../support/database.js';
import { startPrivateServer } from '../support/private_server.js';
import { Random } from '../support/random.js';
import { SmallDisk } from '../support/small_disk.js';
import { report, SECONDS, SEED } from '../support/torture.js';
import { waitUntil } from '../support/wait.js';
import { Workload } from '../support/workload.js';

const MEGABYTES = 128;
/** Postgres extends a table by up to so many bytes at once. */
const LAST_BYTES = 600_000;

const disk = new SmallDisk(MEGABYTES);

describe('disk full', { skip: disk.problem ?? false }, () => {
  let db, workload, stop;

  before(async () => {
    // Its own server, because checkpoints fail too.
    stop = startPrivateServer('full', { fsync: 'off', max_connections: 30 });
    db = await createHelpdeskDatabase();
    workload = await Workload.create(db);
    await db.disconnectAll();
    const server = existingDatabase('postgres');
    await server.sql(`copy (select) to program 'mkdir ${disk.path}/space'`);
    await server.sql(`create tablespace small location '${disk.path}/space'`);
    await server.sql(`alter database ${db.name} set tablespace small`);
    await server.disconnectAll();
  });
  after(async () => {
    await db.drop();
    stop();
    disk.unmount();
  });

  test(`the disk is full again and again (TORTURE_SEED=${SEED}): calls fail whole, and work goes on`, async () => {
    const end = Date.now() + SECONDS * 1000;
    const random = new Random(SEED);
    let rounds = 0;
    let isOver = false;
    const working = workload.run(SEED, () => isOver);
    const full = () => workload.errors['53100'] ?? 0;
    try {
      do {
        const refused = full();
        disk.fill(random.below(LAST_BYTES));
        await waitUntil('calls fail', () => full() > refused + 20);
        disk.empty();
        const before = workload.total;
        await waitUntil('work goes on', () => workload.total > before + 20);
        rounds++;
      } while (Date.now() < end);
    } finally {
      disk.empty();
      isOver = true;
      await working;
    }
    const problems = await workload.problems();
    report('disk full', { rounds, workload, problems });
    assert.deepEqual(problems, []);
    assert.deepEqual(Object.keys(workload.errors), ['53100']);
  });
});
