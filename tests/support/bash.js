// The functions of scripts/lib.sh, for tests.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a command with these functions, for the Postgres under test. Returns its output. */
export const inBash = (command, ...args) => inBashFor(process.env.PG, command, ...args);

/** The same for a version of Postgres. */
export function inBashFor(version, command, ...args) {
  return execFileSync('bash', ['-c', `. scripts/lib.sh; ${command}`, 'bash', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, ...(version && { PG: version }) },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 60_000,
  });
}
