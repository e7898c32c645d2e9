// Private servers, for test files that need their own settings or crash the server.

import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inBash, inBashFor } from './bash.js';
import { waitUntil } from './wait.js';

/**
 * Starts a new, empty cluster with these settings and environment variables, and points PGHOST,
 * PGPORT, PGUSER and SERVER_LOG of this process at it. Returns a function that stops and removes
 * it.
 */
export function startPrivateServer(name, settings, environment = {}) {
  const { PG } = process.env; // Which may be another one when it is stopped.
  const stop = () => inBashFor(PG, 'cluster_drop "$1"', name);
  stop(); // A killed run may have left one.
  process.once('SIGTERM', () => process.exit(1));
  process.once('SIGINT', () => process.exit(1));
  process.on('exit', stop);
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

/**
 * Gives the servers that this process starts from now on a copy of Postgres of their own, into
 * which it may install other releases. Returns the folders of extensions and of libraries, and a
 * function that removes it.
 */
export function useOwnPostgres(name) {
  const [tree, own] = inBash('echo "$TREE"; echo "$TREE-$1"', name).trim().split('\n');
  rmSync(own, { recursive: true, force: true }); // A killed run may have left one.
  inBash('cp -al "$1" "$2"', tree, own);
  Object.assign(process.env, { HELPDESK_TREE: own, PGBIN: process.env.PGBIN.replace(tree, own) });
  return { ...postgresUnderTest(), remove: () => rmSync(own, { recursive: true }) };
}

/** The folders of extensions and of libraries of the Postgres under test. */
export function postgresUnderTest() {
  const [share, libraries] = inBash('"$PGBIN/pg_config" --sharedir; "$PGBIN/pg_config" --pkglibdir').trim().split('\n');
  return { extensions: join(share, 'extension'), libraries };
}

/** Kills every process of a server that startPrivateServer() started. */
export async function crashPrivateServer(name) {
  const data = join(inBash('cluster_dir "$1"', name).trim(), 'data');
  const postmaster = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  if (!(postmaster > 1)) throw new Error(`no postmaster in ${data}`);
  const doomed = new Set([postmaster, ...childrenOf(postmaster)]);
  process.kill(postmaster, 'SIGKILL'); // First, so that it forks no more processes.
  for (const pid of childrenOf(postmaster)) doomed.add(pid);
  for (const pid of doomed) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error; // Already gone.
    }
  }
  await waitUntil('all its processes are dead', () => [...doomed].every((pid) => ['Z', undefined].includes(stateOf(pid)?.state)));
  rmSync(join(data, 'postmaster.pid')); // Postgres takes a zombie for a running server.
}

/** Starts a hot standby of the server that this process connects to: { host, port, stop }. */
export function startStandby(name) {
  const stop = () => inBash('cluster_drop "$1"', name);
  stop();
  process.on('exit', stop);
  inBash(
    `dir=$(cluster_dir "$1"); mkdir -p "$dir"; [ "$(id -u)" -ne 0 ] || chown "$(db_user)" "$dir"
     as_db_user "$PGBIN/pg_basebackup" -D "$dir/data" -R -c fast --no-sync -h "$2" -p "$3" -U "$4"; cluster_start "$1" fsync=off`,
    name,
    process.env.PGHOST,
    process.env.PGPORT,
    process.env.PGUSER,
  );
  const [host, port] = inBash('cluster_env "$1"; echo "$PGHOST $PGPORT"', name).trim().split(' ');
  return { host, port: Number(port), stop };
}

/** Starts a server again on the data that it left, unless it is running. */
export function restartPrivateServer(name, settings) {
  const { PGHOST } = process.env;
  start(name, settings);
  if (PGHOST !== process.env.PGHOST) rmSync(PGHOST, { recursive: true });
}

/** Moves the WAL of a server to another folder, in the smallest segments, and starts it again. */
export function moveWal(name, path, settings) {
  inBash(
    `cluster_stop "$1"
     data=$(cluster_dir "$1")/data
     as_db_user "$PGBIN/pg_resetwal" --wal-segsize=1 "$data"
     as_db_user mv "$data/pg_wal" "$2"
     as_db_user ln -s "$2/pg_wal" "$data/pg_wal"`,
    name,
    path,
  );
  start(name, settings);
}

/** Lets a process of a private server allocate so many bytes more than it has. */
export function limitMemory(pid, bytes) {
  const [pages] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
  inBash('as_db_user prlimit --pid "$1" --as="$(($2 * $(getconf PAGESIZE) + $3))"', String(pid), pages, String(bytes));
}

const childrenOf = (parent) =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && stateOf(name)?.parent === parent)
    .map(Number);

/** State and parent of a process; undefined if it does not exist. */
function stateOf(pid) {
  try {
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** The folder of the programs of another version, if the extension is installed there. */
export function programsOf(version) {
  const found = inBashFor(
    version,
    '[ ! -f "$("$PGBIN/pg_config" --sharedir 2>/dev/null)/extension/helpdesk.control" ] || echo "$PGBIN"',
  );
  return found.trim() || undefined;
}

/**
 * Moves the data of a server with pg_upgrade to a new server of the version in PG, which it starts
 * like startPrivateServer().
 */
export function upgradePrivateServer(oldName, oldVersion, name, settings) {
  inBashFor(oldVersion, 'cluster_stop "$1"', oldName);
  const [oldPrograms, oldData] = inBashFor(oldVersion, 'echo "$PGBIN"; echo "$(cluster_dir "$1")/data"', oldName)
    .trim()
    .split('\n');
  // Checksums are on by default since Postgres 18, and both servers must agree.
  if (Number(oldVersion) < 18 && process.env.PG === '18')
    inBash('as_db_user "$1/pg_checksums" --enable -D "$2"', oldPrograms, oldData);
  const stop = startPrivateServer(name, settings);
  inBash(
    `cluster_stop "$1"
     work=$(as_db_user mktemp -d /tmp/helpdesk.XXXXXX)
     as_db_user bash -c 'cd "$0" && "$@"' "$work" \
       "$PGBIN/pg_upgrade" -U postgres -s "$work" -b "$2" -d "$3" -B "$PGBIN" -D "$(cluster_dir "$1")/data"
     rm -r "$work"`,
    name,
    oldPrograms,
    oldData,
  );
  start(name, settings);
  return stop;
}

/** Whether the Postgres under test has a library. */
export const hasLibrary = (file) => existsSync(join(dirname(process.env.PGBIN), 'lib', file));
