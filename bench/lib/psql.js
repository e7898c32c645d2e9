// The bench database, through psql and pgbench of the Postgres under test.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const DATABASE = 'helpdesk_bench';
const MAX_OUTPUT = 1 << 30;

function run(program, args, { options = {}, input, withErrors = false } = {}) {
  const PGOPTIONS = Object.entries(options)
    .map(([name, value]) => `-c ${name}=${value.replaceAll(/([\\ ])/g, '\\$1')}`)
    .join(' ');
  const done = spawnSync(join(process.env.PGBIN, program), args, {
    env: { ...process.env, PGOPTIONS, PGDATABASE: DATABASE },
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT,
    input,
  });
  if (done.status !== 0) throw new Error(`${program}: ${done.stderr || done.error?.message}`);
  return withErrors ? done.stderr : done.stdout;
}

/** The unaligned output of a statement. `options`: settings of the session, as { name: value }. */
export const query = (sql, options) => run('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1'], { options, input: sql }).trim();

/**
 * The plans of all statements executed, including those in functions and triggers, with the rows of
 * each node.
 */
export function plansOf(sql, options) {
  // LOAD needs a superuser, so the role is set after it.
  const { role, ...settings } = options;
  return run('psql', ['-Xqt', '-v', 'ON_ERROR_STOP=1'], {
    options: settings,
    input: `
      load 'auto_explain';
      set auto_explain.log_min_duration = 0;
      set auto_explain.log_nested_statements = on;
      set auto_explain.log_analyze = on;
      set auto_explain.log_timing = off;
      set auto_explain.log_buffers = on;
      set client_min_messages = log;
      ${role ? `set role ${role};` : ''}
      \\o /dev/null
      begin;
      ${sql};
      rollback;`,
    withErrors: true,
  });
}

/** Replaces the parameters of a script by literals. */
export const withValues = (sql, parameters) =>
  sql.replaceAll(/(?<!:):(\w+)/g, (whole, name) => (name in parameters ? `'${parameters[name]}'` : whole));

/**
 * Runs a pgbench script as prepared statements, for some seconds or a number of times, in sessions
 * that run `first` before. Returns the microseconds of each call and the WAL written per call.
 */
export function pgbench(script, { options, parameters, clients = 1, seconds, times, first = 'select' }) {
  const dir = mkdtempSync(join(tmpdir(), 'helpdesk-bench-'));
  try {
    writeFileSync(join(dir, 'script.sql'), `\\if :is_new\n${first};\n\\set is_new 0\n\\else\n${script};\n\\endif\n`);
    const variables = Object.entries({ ...parameters, is_new: 1 }).flatMap(([name, value]) => ['-D', `${name}=${value}`]);
    const howLong = times ? ['-t', String(Number(times) + 1)] : ['-T', String(seconds)];
    const threads = String(Math.min(clients, 2));
    const before = query('select pg_current_wal_insert_lsn()');
    run(
      'pgbench',
      [
        '-n',
        '-M',
        'prepared',
        '-c',
        String(clients),
        '-j',
        threads,
        '-l',
        '--log-prefix',
        join(dir, 'log'),
        ...howLong,
        ...variables,
        '-f',
        join(dir, 'script.sql'),
      ],
      { options },
    );
    const wal = Number(query(`select pg_current_wal_insert_lsn() - '${before}'`));
    const micros = readdirSync(dir)
      .filter((name) => name.startsWith('log'))
      .flatMap((name) => readFileSync(join(dir, name), 'utf8').trim().split('\n'))
      .map((line) => line.split(' ').map(Number))
      .filter(([, call]) => call > 1)
      .map(([, , microseconds]) => microseconds);
    return { micros, wal };
  } finally {
    rmSync(dir, { recursive: true });
  }
}
