// Databases for tests, on the server that PGHOST and PGPORT name, whose superuser is PGUSER.

import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { assertLogIsDetailed, ServerLog } from './server_log.js';
import { waitUntil } from './wait.js';

/** No test may hang: a statement that takes longer fails. */
const STATEMENT_TIMEOUT_MS = 30_000;

/**
 * An advisory lock held while a database is created, because roles and templates belong to the
 * whole server.
 */
const SERVER_LOCK = 7_315_002;

const AUTHENTICATOR = `
  do $$ begin
    if to_regrole('authenticator') is null then
      create role authenticator login noinherit;
    end if;
    grant anon, authenticated, service_role to authenticator;
  end $$`;

/** A new, empty database. The test must `drop()` it. */
export async function createEmptyDatabase() {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await underServerLock(async (server) => {
    await assertLogIsDetailed(server);
    await server.query(`create database ${name}`);
  });
  return new Database(name);
}

/** A new database with the extension. */
export async function createHelpdeskDatabase() {
  const db = await createEmptyDatabase();
  try {
    await db.createExtension();
  } catch (problem) {
    // An open session would keep the failed suite from ending.
    await db.disconnectAll();
    throw problem;
  }
  return db;
}

/** Creates the login role of PostgREST on a server to which a dump brought the other roles. */
export const createAuthenticatorRole = () => underServerLock((server) => server.query(AUTHENTICATOR));

/** A database that exists already. Do not `drop()` it, but `disconnectAll()`. */
export const existingDatabase = (name) => new Database(name);

class Database {
  #clients = [];
  #log;

  constructor(name) {
    this.name = name;
    this.#log = new ServerLog(name);
  }

  async createExtension() {
    await underServerLock(async (server) => {
      await this.sql('create extension helpdesk');
      // scripts/mutants breaks a rule here to see whether a test notices.
      if (process.env.HELPDESK_MUTATION) await this.sql(process.env.HELPDESK_MUTATION);
      await server.query(AUTHENTICATOR);
    });
  }

  /** The rows of a statement run by the superuser. */
  async sql(text, values) {
    this.superuser ??= this.connect();
    return (await (await this.superuser).query(text, values)).rows;
  }

  /** The only column of the first row. */
  async value(text, values) {
    const [row] = await this.sql(text, values);
    return row && Object.values(row)[0];
  }

  /** A new session as the superuser, or as the given login role. */
  async connect(user) {
    const client = new pg.Client({ database: this.name, user, statement_timeout: STATEMENT_TIMEOUT_MS });
    await client.connect();
    this.#clients.push(client);
    return client;
  }

  /**
   * A session as PostgREST would have it: role `authenticated`, and the claims of a person's token.
   */
  async signIn(person) {
    const client = await this.connect('authenticator');
    await client.query('set role authenticated');
    await client.query(`select set_config('request.jwt.claims', $1, false)`, [
      JSON.stringify({ role: 'authenticated', sub: person.login }),
    ]);
    return client;
  }

  /** Runs `work` in a new session as `person`. */
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

  /** Waits until all of these sessions wait for a lock. */
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

  /**
   * For statements that make Postgres itself raise internal errors: only crashes count as bugs
   * then.
   */
  ignoreInternalErrors() {
    this.#log.ignoresInternalErrors = true;
  }

  /** Fails if the server has logged a bug since this object was created. */
  assertCleanLog() {
    this.#log.assertClean();
  }

  /** Closes the sessions opened here; the database stays. */
  async disconnectAll() {
    const clients = this.#clients;
    this.#clients = [];
    this.superuser = undefined;
    await Promise.all(clients.map((client) => client.end()));
  }

  /**
   * Drops the database. Fails if the server log shows a bug, so that every suite checks the log.
   */
  async drop() {
    await this.disconnectAll();
    await underServerLock((server) => server.query(`drop database if exists ${this.name} with (force)`));
    this.assertCleanLog();
  }
}

async function underServerLock(work) {
  const server = new pg.Client({ database: 'postgres' });
  await server.connect();
  try {
    await server.query('select pg_advisory_lock($1)', [SERVER_LOCK]);
    return await work(server);
  } finally {
    await server.end();
  }
}
