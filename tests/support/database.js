// Databases for tests. The server is the one that PGHOST and PGPORT name; its superuser is PGUSER.

import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { waitUntil } from './wait.js';

/** Nothing in a test may hang: what waits longer than this fails. */
const STATEMENT_TIMEOUT_MS = 30_000;

/** Any number; held while a database is made, since roles and templates are shared by the whole server. */
const ONE_AT_A_TIME = 7_315_002;

const AUTHENTICATOR = `
  do $$ begin
    if to_regrole('authenticator') is null then
      create role authenticator login noinherit;
    end if;
    grant anon, authenticated, service_role to authenticator;
  end $$`;

/** A new, empty database. `drop()` it afterwards. */
export async function createEmptyDatabase() {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await underServerLock((server) => server.query(`create database ${name}`));
  return new Database(name);
}

/** A new database with the extension. */
export async function createHelpdeskDatabase() {
  const db = await createEmptyDatabase();
  await db.createExtension();
  return db;
}

/** Makes the role that people's sessions begin as, on a server to which a dump brought the others. */
export const createAuthenticatorRole = () => underServerLock((server) => server.query(AUTHENTICATOR));

/** A database that is there already. Do not `drop()` it: `disconnectAll()`. */
export const existingDatabase = (name) => new Database(name);

class Database {
  #clients = [];

  constructor(name) {
    this.name = name;
  }

  async createExtension() {
    await underServerLock(async (server) => {
      await this.sql('create extension helpdesk');
      // scripts/mutants breaks a rule here, to see that a test notices.
      if (process.env.HELPDESK_MUTATION) await this.sql(process.env.HELPDESK_MUTATION);
      await server.query(AUTHENTICATOR);
    });
  }

  /** The rows of a statement that the superuser runs. */
  async sql(text, values) {
    this.superuser ??= this.connect();
    return (await (await this.superuser).query(text, values)).rows;
  }

  /** The only column of the only row. */
  async value(text, values) {
    const [row] = await this.sql(text, values);
    return row && Object.values(row)[0];
  }

  /** A session of its own; as the superuser, unless another login role is named. */
  async connect(user) {
    const client = new pg.Client({ database: this.name, user, statement_timeout: STATEMENT_TIMEOUT_MS });
    await client.connect();
    this.#clients.push(client);
    return client;
  }

  /** A session as PostgREST would have it: role `authenticated`, and the claims of a person's token. */
  async signIn(person) {
    const client = await this.connect('authenticator');
    await client.query('set role authenticated');
    await client.query(`select set_config('request.jwt.claims', $1, false)`, [
      JSON.stringify({ role: 'authenticated', sub: person.login }),
    ]);
    return client;
  }

  /** Runs `work` in a session of its own as `person`. */
  async as(person, work) {
    const client = await this.signIn(person);
    try {
      return await work(client);
    } finally {
      await this.disconnect(client);
    }
  }

  async disconnect(client) {
    this.#clients = this.#clients.filter((other) => other !== client);
    await client.end();
  }

  /** Waits until these sessions are all waiting for a lock. */
  async waitUntilBlocked(...clients) {
    const pids = clients.map((client) => client.processID);
    await waitUntil(`${pids.length} sessions wait for a lock`, async () => {
      const blocked = await this.value(
        `select count(*)::int from pg_stat_activity
          where pid = any ($1) and cardinality(pg_blocking_pids(pid)) > 0`,
        [pids],
      );
      return blocked === pids.length;
    });
  }

  /** Ends the sessions that were opened here; the database stays. */
  async disconnectAll() {
    const clients = this.#clients;
    this.#clients = [];
    this.superuser = undefined;
    await Promise.all(clients.map((client) => client.end()));
  }

  async drop() {
    await this.disconnectAll();
    await underServerLock((server) => server.query(`drop database if exists ${this.name} with (force)`));
  }
}

async function underServerLock(work) {
  const server = new pg.Client({ database: 'postgres' });
  await server.connect();
  try {
    await server.query('select pg_advisory_lock($1)', [ONE_AT_A_TIME]);
    return await work(server);
  } finally {
    await server.end();
  }
}
