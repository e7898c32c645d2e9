// Runs statements as a caller and checks everything that the server returns.

import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const TIMEOUT_MS = 500;
/** The fuzzer stops after this many problems. */
const MAX_PROBLEMS = 5;
/** Complete statements are written here, because they are long. */
const PROBLEMS = fileURLToPath(new URL('../../target/logs/fuzz-problems.sql', import.meta.url));
const SHOWN = 500;

/**
 * Internal errors that Postgres itself raises for nonsensical arguments, by C function, with the
 * reason.
 */
const POSTGRES_ERRORS = {
  AdjustIntervalForTypmod: 'interval(interval, integer) with a typmod that the parser would never make',
  intervaltypmodleastfield: 'the same, while it is being planned',
  acldefault_sql: 'acldefault() of an object type that does not exist',
};

const TIMED_OUT = '57014';

export class Fuzzer {
  problems = [];
  succeeded = 0;
  #outcomes = {};
  #rows = 0;
  #calls = 0;

  constructor(db, person, role, leaks) {
    Object.assign(this, { db, person, role, leaks });
  }

  async run(statements) {
    await this.#connect();
    for (const statement of statements) {
      await this.#try(statement);
      if (this.problems.length >= MAX_PROBLEMS) break;
    }
    await this.db.disconnect(this.client);
  }

  summary() {
    const outcomes = Object.entries(this.#outcomes).sort(([, a], [, b]) => b - a);
    return `${outcomes.map(([code, n]) => `${n} ${code}`).join(', ')}; ${this.#rows} rows; ${this.#calls} that call helpdesk succeeded`;
  }

  async #connect() {
    this.client = await this.db.connect('authenticator');
    this.received = [];
    this.lost = null;
    this.client.on('notice', (notice) => this.received.push(textOf(notice)));
    this.client.on('error', (problem) => (this.lost = problem));
    const claims = this.person ? { role: this.role, sub: this.person.login } : { role: this.role };
    await this.client.query(`set statement_timeout = ${TIMEOUT_MS}`);
    await this.client.query(`select set_config('request.jwt.claims', $1, false)`, [JSON.stringify(claims)]);
    await this.client.query(`set role ${this.role}`);
  }

  async #try(statement) {
    this.received.length = 0;
    let outcome = 'succeeded';
    try {
      await this.client.query('begin');
      const { rows } = await this.client.query({ text: statement, rowMode: 'array', types: AS_TEXT });
      this.succeeded++;
      this.#rows += rows.length;
      if (/\bhelpdesk\.[a-z0-9_]+\(/.test(statement)) this.#calls++;
      this.received.push(rows.flat().join('\n'));
    } catch (error) {
      outcome = error.code ?? 'no SQLSTATE';
      this.received.push(textOf(error));
      if (isInternal(error)) this.#problem(`${error.code} ${error.message}`, statement);
    }
    this.#outcomes[outcome] = (this.#outcomes[outcome] ?? 0) + 1;
    const leak = this.leaks(this.received.join('\n'));
    if (leak) this.#problem(`the response contains "${leak}"`, statement);
    await this.#reset(statement);
  }

  /** Restores the session for the next statement. */
  async #reset(statement) {
    // The timeout can also interrupt the rollback of a large transaction.
    const first = await this.#rollback();
    const problem = first === TIMED_OUT ? await this.#rollback() : first;
    if (!problem && !this.lost) return;
    this.#problem(`the connection is lost: ${problem}`, statement);
    await this.db.disconnect(this.client).catch(() => {});
    await this.#connect();
  }

  async #rollback() {
    return this.client.query('rollback').then(
      () => null,
      (error) => error.code ?? error.message,
    );
  }

  #problem(what, statement) {
    const caller = `set role ${this.role}; -- as ${this.person?.name ?? 'nobody'}`;
    appendFileSync(PROBLEMS, `-- ${what}\n${caller}\n${statement};\n\n`);
    this.problems.push(`${what}, after (the whole of it is in ${PROBLEMS}):\n${statement.slice(0, SHOWN)}`);
  }
}

const AS_TEXT = { getTypeParser: () => String };

/** An internal or system error, or an error without SQLSTATE because the connection broke. */
function isInternal({ code, routine, where }) {
  if (!code) return true;
  // An error raised inside a statement of helpdesk is a bug of helpdesk.
  return /^(XX|58)/.test(code) && (where !== undefined || !(routine in POSTGRES_ERRORS));
}

/** All fields of an error or a notice that could contain data, without the statement itself. */
function textOf({ message, detail, hint, where, column, constraint, table }) {
  return [message, detail, hint, where, column, constraint, table].filter(Boolean).join('\n');
}
