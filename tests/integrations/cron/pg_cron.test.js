// Maintenance jobs run by a real pg_cron on a private server.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { existingDatabase } from '../../support/database.js';
import { expectError } from '../../support/errors.js';
import { createTwoOrganizations, openTicket } from '../../support/organizations.js';
import { hasLibrary, startPrivateServer } from '../../support/private_server.js';
import { waitUntil } from '../../support/wait.js';

/** A job that runs every minute takes up to a minute to start. */
const TIMEOUT_S = 100;
/** pg_cron runs its jobs in one database of a server. */
const DATABASE = 'postgres';

const skip = hasLibrary('pg_cron.so') ? false : 'pg_cron is not installed in this Postgres';

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

  const jobs = () => db.sql('select jobname, schedule, command, database, username::text, active from cron.job order by jobname');

  const ours = (jobname, schedule, command) => ({
    jobname,
    schedule,
    command,
    database: DATABASE,
    username: 'postgres',
    active: true,
  });
  const cleanup = ours('helpdesk_cleanup_notifications', '0 0 * * *', 'select helpdesk.cleanup_old_notifications()');
  const refresh = ours('helpdesk_refresh_ticket_stats', '*/5 * * * *', 'select helpdesk.refresh_ticket_stats()');

  /** Makes a job run every minute and waits for a run that starts from now on. */
  async function waitForRun({ jobname, command }) {
    const since = await db.value('select now()');
    await db.sql(`select cron.alter_job(jobid, schedule => '* * * * *', active => true) from cron.job where jobname = $1`, [
      jobname,
    ]);
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
      TIMEOUT_S,
    );
    assert.equal(run.status, 'succeeded', run.return_message);
    assert.equal(run.command, command);
  }

  /** The job that docs/operations.md schedules. */
  async function scheduleReindex() {
    const guide = await readFile(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
    const [statement, jobname, command] = /select cron\.schedule\('(helpdesk_reindex)', '[^']*', '([^']*)'\);/.exec(guide);
    await db.sql(statement);
    return { jobname, command };
  }

  /** What health_check() says of the jobs. */
  const health = () =>
    db.sql(
      `select check_name, status, regexp_replace(finding, ' at [^ ]+ [0-9:.]+[-+][0-9]+', '') as finding from helpdesk.health_check()
        where check_name like 'job%' order by 1`,
    );
  const ofBoth = (status, finding) =>
    [cleanup, refresh].map(({ jobname }) => ({ check_name: `job ${jobname}`, status, finding }));

  test('CREATE EXTENSION helpdesk schedules its jobs', async () => {
    await db.sql('create extension pg_cron');
    await db.createExtension();
    assert.deepEqual(await jobs(), [cleanup, refresh]);
    assert.deepEqual(await health(), ofBoth('ok', 'has not run yet'));
  });

  test('repeated enable_cron() and install() keep one job per name and leave other jobs alone', async () => {
    await db.sql(`select cron.schedule('somebody else''s', '0 1 * * *', 'select 1')`);
    const once = await jobs();
    for (const name of ['enable_cron', 'enable_cron', 'install']) await db.sql(`select helpdesk.${name}()`);
    assert.deepEqual(await jobs(), once);
  });

  test('enable_cron() of another superuser schedules no job twice', async () => {
    await db.sql('create role second_superuser login superuser');
    const once = await jobs();
    const second = await db.connect('second_superuser');
    await second.query('select helpdesk.enable_cron()');
    assert.deepEqual(await jobs(), once);
    await second.query(`select cron.unschedule(jobid) from cron.job where jobname = $1`, [refresh.jobname]);
    await second.query('select helpdesk.enable_cron()');
    assert.deepEqual(
      (await jobs()).map(({ jobname, username }) => `${jobname}: ${username}`),
      once.map(({ jobname, username }) => `${jobname}: ${jobname === refresh.jobname ? 'second_superuser' : username}`),
    );
    await db.disconnect(second);
    await db.sql('select cron.unschedule(jobid) from cron.job where jobname = $1', [refresh.jobname]);
    await db.sql('select helpdesk.enable_cron()');
  });

  test('enable_cron() restores a removed job', async () => {
    for (const job of [cleanup, refresh]) {
      await db.sql('select cron.unschedule($1::text)', [job.jobname]);
      assert.ok((await jobs()).every(({ jobname }) => jobname !== job.jobname));
      assert.ok((await health()).some(({ status, finding }) => status === 'error' && finding === 'is not scheduled'));
      await db.sql('select helpdesk.enable_cron()');
      assert.deepEqual(
        (await jobs()).find(({ jobname }) => jobname === job.jobname),
        job,
      );
    }
  });

  test('the jobs delete expired notifications only and fold deltas into the counts', async () => {
    // Until there is something to do.
    await db.sql('select cron.alter_job(jobid, active => false) from cron.job');
    assert.deepEqual(await health(), ofBoth('error', 'is not active'));
    const { acme, alice } = await createTwoOrganizations(db);
    await db.as(alice, async (session) => {
      for (const title of ['Expired', 'Fresh']) await openTicket(session, acme, title);
    });
    const told = async () =>
      (await db.sql(`select distinct content ->> 'title' as title from helpdesk.notifications order by 1`)).map(
        (row) => row.title,
      );
    assert.deepEqual(await told(), ['Expired', 'Fresh']);
    await db.sql(
      `update helpdesk.notifications set expires_at = now() - interval '1 second' where content ->> 'title' = 'Expired'`,
    );

    const unfolded = () => db.value('select count(*)::int from helpdesk.ticket_stat_deltas');
    assert.equal(await unfolded(), 2);

    const files = () =>
      db.value(
        `select array_agg(pg_relation_filenode(indexrelid) order by 1) from pg_index where indrelid = 'helpdesk.tickets'::regclass`,
      );
    const old = await files();
    const reindex = await scheduleReindex();
    await Promise.all([cleanup, refresh, reindex].map(waitForRun));
    await db.sql('select cron.unschedule($1::text)', [reindex.jobname]);
    const current = await files();
    assert.equal(current.length, old.length);
    assert.ok(
      current.every((file) => !old.includes(file)),
      'all indexes of tickets are new',
    );
    assert.equal(await unfolded(), 0);
    assert.deepEqual(await db.sql('select * from helpdesk.verify_ticket_stats()'), []);
    assert.equal(await db.value('select sum(ticket_count)::int from helpdesk.ticket_stage_counts'), 2);
    assert.deepEqual(await told(), ['Fresh']);
    assert.deepEqual(await health(), ofBoth('ok', 'ran last'));
  });

  test('health_check() tells of jobs that have missed a run or failed', async () => {
    await db.sql('select cron.alter_job(jobid, active => false) from cron.job where jobname <> all ($1)', [
      [cleanup.jobname, refresh.jobname],
    ]);
    await db.sql(`select cron.alter_job(jobid, schedule => '0 0 1 1 *') from cron.job`);
    await db.sql(`update cron.job_run_details set start_time = now() - interval '26 hours'`);
    assert.deepEqual(await health(), ofBoth('warning', 'ran last'));
    await db.sql(`update cron.job_run_details set status = 'failed', return_message = 'ERROR: it failed'`);
    assert.deepEqual(await health(), ofBoth('error', 'failed: ERROR: it failed'));
  });

  test('without pg_cron in the database, enable_cron() fails', async () => {
    await db.sql('drop extension pg_cron');
    const error = await expectError('55000', db.sql('select helpdesk.enable_cron()'));
    assert.match(error.message, /pg_cron/);
    const [{ check_name, status }] = await health();
    assert.deepEqual([check_name, status], ['jobs', 'ok']);
  });
});
