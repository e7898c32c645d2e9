// A server for one test file alone, for what needs settings of its own.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitUntil } from './wait.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Starts a new, empty cluster with these settings, and these variables in its environment, and lets this process connect to it.
 * Returns what stops and removes it.
 */
export function startPrivateServer(name, settings, environment = {}) {
  const stop = () => inBash('cluster_drop "$1"', name);
  stop(); // Left by a run that was killed.
  process.once('SIGTERM', () => process.exit(1));
  process.once('SIGINT', () => process.exit(1));
  process.on('exit', stop); // However the tests end.
  start(name, settings, environment);
  return stop;
}

function start(name, settings, environment = {}) {
  const options = Object.entries(settings).map(([setting, value]) => `${setting}=${value}`);
  const variables = Object.entries(environment).map(([variable, value]) => `export ${variable}=${value};`);
  inBash(`${variables.join(' ')} cluster_start "$@"`, name, ...options);
  const output = inBash('cluster_env "$1"; printf "%s\\n" "$PGHOST" "$PGPORT" "$PGUSER" "$(cluster_dir "$1")/log"', name);
  const [host, port, user, log] = output.trim().split('\n');
  Object.assign(process.env, { PGHOST: host, PGPORT: port, PGUSER: user, SERVER_LOG: log });
}

/** Ends every process of a server that startPrivateServer started, without a chance to finish anything. */
export async function crashPrivateServer(name) {
  const data = join(inBash('cluster_dir "$1"', name).trim(), 'data');
  const postmaster = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  if (!(postmaster > 1)) throw new Error(`no postmaster in ${data}`);
  const doomed = new Set([postmaster, ...childrenOf(postmaster)]);
  process.kill(postmaster, 'SIGKILL'); // First: from now on it forks no more.
  for (const pid of childrenOf(postmaster)) doomed.add(pid);
  for (const pid of doomed) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error; // It is gone already.
    }
  }
  await waitUntil('all its processes are dead', () => [...doomed].every((pid) => ['Z', undefined].includes(stateOf(pid)?.state)));
  rmSync(join(data, 'postmaster.pid')); // A dead process that nobody has reaped yet counts as running.
}

/** Starts a hot standby of the server that this process connects to. Returns where it listens, and what stops and removes it. */
export function startStandby(name) {
  const stop = () => inBash('cluster_drop "$1"', name);
  stop();
  process.on('exit', stop);
  inBash(
    `dir=$(cluster_dir "$1"); mkdir -p "$dir"; [ "$(id -u)" -ne 0 ] || chown "$(db_user)" "$dir"
     as_db_user "$PGBIN/pg_basebackup" -D "$dir/data" -R -c fast --no-sync -h "$2" -p "$3" -U "$4"; cluster_start "$1" fsync=off`,
    name, process.env.PGHOST, process.env.PGPORT, process.env.PGUSER,
  );
  const [host, port] = inBash('cluster_env "$1"; echo "$PGHOST $PGPORT"', name).trim().split(' ');
  return { host, port: Number(port), stop };
}

/** Starts it again, on its data as they are. */
export function restartPrivateServer(name, settings) {
  const { PGHOST } = process.env;
  start(name, settings);
  if (PGHOST !== process.env.PGHOST) rmSync(PGHOST, { recursive: true });
}

const childrenOf = (parent) =>
  readdirSync('/proc').filter((name) => /^\d+$/.test(name) && stateOf(name)?.parent === parent).map(Number);

/** What Linux says about a process; undefined when there is none. */
function stateOf(pid) {
  try {
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** Whether the Postgres under test has this library. */
export const hasLibrary = (file) => existsSync(join(dirname(process.env.PGBIN), 'lib', file));

function inBash(command, ...args) {
  return execFileSync('bash', ['-c', `. scripts/lib.sh; ${command}`, 'bash', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 60_000,
  });
}
