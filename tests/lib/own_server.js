// A server for one test file alone, for what needs settings of its own.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Starts a new, empty cluster with these settings and lets this process connect to it. Returns what stops and removes it. */
export function startOwnServer(name, settings) {
  const stop = () => inBash('cluster_drop "$1"', name);
  stop(); // Left by a run that was killed.
  process.once('SIGTERM', () => process.exit(1));
  process.once('SIGINT', () => process.exit(1));
  process.on('exit', stop); // However the tests end.
  const options = Object.entries(settings).map(([setting, value]) => `${setting}=${value}`);
  inBash('cluster_start "$@"', name, ...options);
  const [host, port, user] = inBash('cluster_env "$1"; echo "$PGHOST $PGPORT $PGUSER"', name).trim().split(' ');
  Object.assign(process.env, { PGHOST: host, PGPORT: port, PGUSER: user });
  return stop;
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
