// No space is left for the WAL: Postgres stops by itself, and what it had acknowledged is there
// when there is space again.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { createEmptyDatabase } from '../support/database.js';
import { moveWal, restartPrivateServer, startPrivateServer } from '../support/private_server.js';
import { Random } from '../support/random.js';
import { SmallDisk } from '../support/small_disk.js';
import { report, SECONDS, SEED } from '../support/torture.js';
import { waitUntil } from '../support/wait.js';
import { Workload } from '../support/workload.js';

const SERVER = 'walfull';
const SAFE = { fsync: 'on', synchronous_commit: 'on', max_connections: 30 };
/** Few segments are kept, so that the disk is soon needed. */
const SETTINGS = { ...SAFE, min_wal_size: '2MB', max_wal_size: '8MB' };
const MEGABYTES = 64;
/** At most so many bytes are left when people go on to write. */
const LAST_BYTES = 2_000_000;

const disk = new SmallDisk(MEGABYTES);

describe('the disk of the WAL is full', { skip: disk.problem ?? false }, () => {
  let db, workload, stop;

  before(async () => {
    stop = startPrivateServer(SERVER, SAFE);
    moveWal(SERVER, disk.path, SETTINGS);
    db = await createEmptyDatabase();
    await db.createExtension();
    workload = await Workload.create(db);
  });
  after(async () => {
    await db.disconnectAll(); // Its drop() would complain of the server's PANIC.
    stop();
    disk.unmount();
  });

  const log = () => readFileSync(process.env.SERVER_LOG, 'utf8');
  const panics = () => log().match(/PANIC: .*No space left on device/g)?.length ?? 0;

  /** Postgres may still be giving up, or may have recovered by itself. */
  const isBack = async () => {
    try {
      restartPrivateServer(SERVER, SAFE);
      await db.disconnectAll();
      await db.sql('create table if not exists public.space (); drop table public.space');
      return true;
    } catch {
      return false;
    }
  };

  test(`again and again (TORTURE_SEED=${SEED}): nothing acknowledged is lost`, async () => {
    const end = Date.now() + SECONDS * 1000;
    const random = new Random(SEED);
    let rounds = 0;
    let problems = [];
    do {
      await db.disconnectAll();
      let isOver = false;
      const worked = workload.total;
      const stopped = panics();
      const working = workload.run(SEED + rounds * 100, () => isOver);
      try {
        await waitUntil('people have worked', () => workload.total > worked + 50);
        disk.fill(random.below(LAST_BYTES));
        await waitUntil('Postgres gives up', () => panics() > stopped, 60);
      } finally {
        disk.empty();
        isOver = true;
        await working;
      }
      await waitUntil('it is back', isBack, 60);
      problems = await workload.problems();
      rounds++;
    } while (Date.now() < end && problems.length === 0);
    report('disk of the WAL full', { rounds, workload, problems });
    assert.deepEqual(problems, []);
    assert.doesNotMatch(log(), /panicked/);
  });
});
