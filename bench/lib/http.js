// Whole requests through PostgREST, with wrk as the client, for helpdesk and the baseline in turn.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgrest } from '../../tests/support/postgrest.js';
import { loginOf } from './parameters.js';
import { DATABASE, query } from './psql.js';

const CONNECTIONS = '8';
const REQUESTS = {
  list_org_tickets: ({ org }) => ({ p_org_id: org, p_filters: { priority: 'urgent' } }),
  get_ticket_details: ({ quiet }) => ({ p_ticket_id: quiet }),
};

const SCRIPT = ({ token, schema, body }) => `
wrk.method = 'POST'
wrk.body = [[${JSON.stringify(body)}]]
wrk.headers['Content-Type'] = 'application/json'
wrk.headers['Content-Profile'] = '${schema}'
wrk.headers['Authorization'] = 'Bearer ${token}'
done = function(summary)
  io.write('failed ' .. (summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout) .. '\\n')
end`;

/** Requests per second of each side: { function: { side: n } }; null if wrk is not installed. */
export async function requestsPerSecond(parameters, { sides, seconds, slowSeconds, rounds }) {
  if (!hasWrk()) return null;
  query(`do $$ begin
    if to_regrole('authenticator') is null then create role authenticator login noinherit; end if;
    grant anon, authenticated, service_role to authenticator;
  end $$`);
  const howLong = { helpdesk: { seconds }, baseline: { seconds: slowSeconds, mayFail: true } };
  const schemas = sides.filter((side) => side !== 'handwritten');
  const api = await startPostgrest({ name: DATABASE }, schemas.join());
  const dir = mkdtempSync(join(tmpdir(), 'helpdesk-bench-'));
  try {
    const token = api.token({ login: loginOf('agent') });
    const results = {};
    for (const [name, body] of Object.entries(REQUESTS)) {
      const turns = Object.fromEntries(schemas.map((schema) => [schema, []]));
      for (let round = 0; round < rounds; round++) {
        for (const schema of Object.keys(turns)) {
          writeFileSync(join(dir, 'script.lua'), SCRIPT({ token, schema, body: body(parameters) }));
          await othersAreDone();
          turns[schema].push(await load(`${api.url}/rpc/${name}`, join(dir, 'script.lua'), howLong[schema]));
        }
      }
      results[name] = Object.fromEntries(Object.entries(turns).map(([side, all]) => [side, median(all)]));
    }
    return results;
  } finally {
    rmSync(dir, { recursive: true });
    await api.stop();
  }
}

/** Waits for requests that are still running after their client timed out. */
async function othersAreDone() {
  while (query(`select count(*) from pg_stat_activity where state = 'active' and usename = 'authenticator'`) !== '0')
    await sleep(200);
}

async function load(url, script, { seconds, mayFail }) {
  const said = execFileSync('wrk', ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--timeout', '60s', '-s', script, url], {
    encoding: 'utf8',
  });
  const [, failed] = /^failed (\d+)$/m.exec(said).map(Number);
  // PostgREST responds with 504 while all its connections wait for the baseline.
  if (failed > 0 && !mayFail) throw new Error(`requests failed:\n${said}`);
  const [, all, taken] = /(\d+) requests in ([\d.]+)s/.exec(said).map(Number);
  return (all - failed) / taken;
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

const hasWrk = () => spawnSync('wrk').error?.code !== 'ENOENT';
