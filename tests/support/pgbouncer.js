// A real PgBouncer in front of the server that PGHOST names, as transaction pooler.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { inBash } from './bash.js';
import { waitUntil } from './wait.js';

export const hasPgBouncer = () => spawnSync('pgbouncer', ['--version']).error?.code !== 'ENOENT';

/** Starts it with so many connections to the server: { host, port, stop }. */
export async function startPgBouncer(user, connections) {
  // Its user must be able to write there, and it refuses to be root.
  const dir = inBash('as_db_user mktemp -d /tmp/helpdesk-pooler.XXXXXX').trim();
  const port = 6432;
  writeFileSync(`${dir}/users`, `"${user}" ""\n`);
  writeFileSync(
    `${dir}/ini`,
    `[databases]
* = host=${process.env.PGHOST} port=${process.env.PGPORT}
[pgbouncer]
listen_addr =
listen_port = ${port}
unix_socket_dir = ${dir}
auth_type = trust
auth_file = ${dir}/users
pool_mode = transaction
default_pool_size = ${connections}
logfile = ${dir}/log
pidfile = ${dir}/pid
`,
  );
  inBash('as_db_user pgbouncer -d "$1"', `${dir}/ini`);
  const stop = () => {
    if (!existsSync(dir)) return;
    if (existsSync(`${dir}/pid`)) process.kill(Number(readFileSync(`${dir}/pid`, 'utf8')), 'SIGTERM');
    rmSync(dir, { recursive: true });
  };
  process.on('exit', stop);
  await waitUntil('PgBouncer listens', () => existsSync(`${dir}/.s.PGSQL.${port}`));
  return { host: dir, port, stop };
}
