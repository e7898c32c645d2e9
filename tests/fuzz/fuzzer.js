// Runs statements as somebody and looks at all that comes back.

import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const TIMEOUT_MS = 500;
/** After so many there is no point in going on. */
const MAX_PROBLEMS = 5;
/** Statements are long: the whole ones go here. */
const PROBLEMS = fileURLToPath(new URL('../../target/logs/fuzz-problems.sql', import.meta.url));
const SHOWN = 500;

/** Internal errors that Postgres itself raises for nonsensical arguments, whoever asks: the C function that does, and why. */
const ERRORS_OF_POSTGRES = {
  AdjustIntervalForTypmod: 'interval(interval, integer) with a typmod that the parser would never make',
  intervaltypmodleastfield: 'the same, while it is being planned',
  acldefault_sql: 'acldefault() of a kind of object that there is not',
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
    this.said = [];
    this.lost = null;
    this.client.on('notice', (notice) => this.said.push(everythingIn(notice)));
    this.client.on('error', (problem) => (this.lost = problem));
    const claims = this.person ? { role: this.role, sub: this.person.login } : { role: this.role };
    await this.client.query(`set statement_timeout = ${TIMEOUT_MS}`);
    await this.client.query(`select set_config('request.jwt.claims', $1, false)`, [JSON.stringify(claims)]);
    await this.client.query(`set role ${this.role}`);
  }

  async #try(statement) {
    this.said.length = 0;
    let outcome = 'succeeded';
    try {
      await this.client.query('begin');
      const { rows } = await this.client.query({ text: statement, rowMode: 'array', types: AS_TEXT });
      this.succeeded++;
      this.#rows += rows.length;
      if (/\bhelpdesk\.[a-z0-9_]+\(/.test(statement)) this.#calls++;
      this.said.push(rows.flat().join('\n'));
    } catch (error) {
      outcome = error.code ?? 'no SQLSTATE';
      this.said.push(everythingIn(error));
      if (isInternal(error)) this.#problem(`${error.code} ${error.message}`, statement);
    }
    this.#outcomes[outcome] = (this.#outcomes[outcome] ?? 0) + 1;
    const leak = this.leaks(this.said.join('\n'));
    if (leak) this.#problem(`it says "${leak}"`, statement);
    await this.#goOn(statement);
  }

  /** The session as it was before the statement. */
  async #goOn(statement) {
    // The time can also be up while a large transaction is undone.
    const first = await this.#rollback();
    const problem = first === TIMED_OUT ? await this.#rollback() : first;
    if (!problem && !this.lost) return;
    this.#problem(`the connection is lost: ${problem}`, statement);
    await this.db.disconnect(this.client).catch(() => {});
    await this.#connect();
  }

  async #rollback() {
    return this.client.query('rollback').then(() => null, (error) => error.code ?? error.message);
  }

  #problem(what, statement) {
    const caller = `set role ${this.role}; -- as ${this.person?.name ?? 'nobody'}`;
    appendFileSync(PROBLEMS, `-- ${what}\n${caller}\n${statement};\n\n`);
    this.problems.push(`${what}, after (the whole of it is in ${PROBLEMS}):\n${statement.slice(0, SHOWN)}`);
  }
}

const AS_TEXT = { getTypeParser: () => String };

/** An internal error (also of the operating system's calls), or none that the server told: the connection broke. */
function isInternal({ code, routine, where }) {
  if (!code) return true;
  // Raised inside a statement of ours, it is ours.
  return /^(XX|58)/.test(code) && (where !== undefined || !(routine in ERRORS_OF_POSTGRES));
}

/** Every field of an error or a notice; detail and hint can say too much as well. The statement itself is no answer. */
function everythingIn({ message, detail, hint, where, column, constraint, table }) {
  return [message, detail, hint, where, column, constraint, table].filter(Boolean).join('\n');
}
