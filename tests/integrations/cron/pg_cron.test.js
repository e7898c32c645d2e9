// Maintenance by a real pg_cron, on a server of its own that loads it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { existingDatabase } from '../../support/database.js';
import { expectError } from '../../support/errors.js';
import { hasLibrary, startPrivateServer } from '../../support/private_server.js';
import { openTicket, createTwoOrganizations } from '../../support/organizations.js';
import { waitUntil } from '../../support/wait.js';

/** Up to a minute passes until a job that runs every minute runs. */
const PATIENCE_S = 100;
/** pg_cron runs its jobs in one database of a server. */
const DATABASE = 'postgres';

const skip = hasLibrary('pg_cron.so') ? false : 'this Postgres has no pg_cron';

describe('pg_cron', { skip }, () => {
  let db, stop;

  before(() => {
    stop = startPrivateServer('cron', {
      shared_preload_libraries: 'pg_cron',
      'cron.database_name': DATABASE,
      'cron.use_background_workers': 'on',
      fsync: 'off',
    });
    db = existingDatabase(DATABASE);
  });
  after(async () => {
    db.assertCleanLog();
    await db.disconnectAll();
    stop();
  });

  const jobs = () =>
    db.sql('select jobname, schedule, command, database, username::text, active from cron.job order by jobname');

  const ours = (jobname, schedule, command) => ({ jobname, schedule, command, database: DATABASE, username: 'postgres', active: true });
  const cleanup = ours('helpdesk_cleanup_notifications', '0 0 * * *', 'select helpdesk.cleanup_old_notifications()');
  const refresh = ours('helpdesk_refresh_ticket_stats', '*/5 * * * *', 'select helpdesk.refresh_ticket_stats()');

  /** Has a job run every minute, and waits for a run that begins from now on. */
  async function runOf({ jobname, command }) {
    const since = await db.value('select now()');
    await db.sql(`select cron.alter_job(jobid, schedule => '* * * * *', active => true) from cron.job where jobname = $1`, [jobname]);
    const run = await waitUntil(
      `${jobname} has run`,
      async () => {
        const [last] = await db.sql(
          `select d.status, d.return_message, d.command from cron.job_run_details d join cron.job j using (jobid)
            where j.jobname = $1 and d.start_time > $2 and d.end_time is not null`,
          [jobname, since],
        );
        return last;
      },
      PATIENCE_S,
    );
    assert.equal(run.status, 'succeeded', run.return_message);
    assert.equal(run.command, command);
  }

  test('CREATE EXTENSION helpdesk schedules its jobs', async () => {
    await db.sql('create extension pg_cron');
    await db.createExtension();
    assert.deepEqual(await jobs(), [cleanup, refresh]);
  });

  test('enable_cron() and install() called again leave one job of each name, and those of others alone', async () => {
    await db.sql(`select cron.schedule('somebody else''s', '0 1 * * *', 'select 1')`);
    const once = await jobs();
    for (const name of ['enable_cron', 'enable_cron', 'install']) await db.sql(`select helpdesk.${name}()`);
    assert.deepEqual(await jobs(), once);
  });

  test('a job that was removed comes back with enable_cron()', async () => {
    for (const job of [cleanup, refresh]) {
      await db.sql('select cron.unschedule($1::text)', [job.jobname]);
      assert.ok((await jobs()).every(({ jobname }) => jobname !== job.jobname));
      await db.sql('select helpdesk.enable_cron()');
      assert.deepEqual((await jobs()).find(({ jobname }) => jobname === job.jobname), job);
    }
  });

  test('our jobs run: expired notifications go, no others, and what happened to tickets is folded into the counts', async () => {
    await db.sql('select cron.alter_job(jobid, active => false) from cron.job'); // Not before there is something to do.
    const { acme, alice } = await createTwoOrganizations(db);
    await db.as(alice, async (session) => {
      for (const title of ['Expired', 'Fresh']) await openTicket(session, acme, title);
    });
    const told = async () =>
      (await db.sql(`select content ->> 'title' as title from helpdesk.notifications order by 1`)).map((row) => row.title);
    assert.deepEqual(await told(), ['Expired', 'Fresh']);
    await db.sql(`update helpdesk.notifications set expires_at = now() - interval '1 second' where content ->> 'title' = 'Expired'`);

    const unfolded = () => db.value('select count(*)::int from helpdesk.ticket_stat_deltas');
    assert.equal(await unfolded(), 2);

    await Promise.all([runOf(cleanup), runOf(refresh)]);
    assert.equal(await unfolded(), 0);
    assert.deepEqual(await db.sql('select * from helpdesk.verify_ticket_stats()'), []);
    assert.equal(await db.value('select sum(ticket_count)::int from helpdesk.ticket_stage_counts'), 2);
    assert.deepEqual(await told(), ['Fresh']);
  });

  test('in a database without pg_cron, enable_cron() says so', async () => {
    await db.sql('drop extension pg_cron');
    const error = await expectError('55000', db.sql('select helpdesk.enable_cron()'));
    assert.match(error.message, /pg_cron/);
  });
});
