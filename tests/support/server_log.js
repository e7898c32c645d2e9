// The check of the server log that every suite makes: no line may point to a bug in the extension.

import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';

/** Panics and crashes concern the whole server. */
const CRASH = /PANIC: |panicked|was terminated by signal|server process .* exited/;
/** SQLSTATE class XX: internal errors. Rust panics become such errors too. */
const INTERNAL_ERROR = /(ERROR|FATAL): +XX/;

/** What the server logs about a database, in the file SERVER_LOG, from now on. */
export class ServerLog {
  ignoresInternalErrors = false;
  #file = process.env.SERVER_LOG;
  #start = statSync(this.#file).size;
  #database;

  constructor(database) {
    this.#database = database;
  }

  assertClean() {
    const lines = readFileSync(this.#file).subarray(this.#start).toString().split('\n');
    const isBug = (line) => CRASH.test(line) || (!this.ignoresInternalErrors && this.#isInternalError(line));
    assert.deepEqual(lines.filter(isBug), [], `the server log shows a bug in ${basename(process.argv[1])} (${this.#database})`);
  }

  /**
   * Other test files use the same server: the line names the database in which the error occurred.
   */
  #isInternalError(line) {
    return INTERNAL_ERROR.test(line) && line.includes(` ${this.#database} `);
  }
}

/** Without SQLSTATEs and database names in the log, assertClean() would never fail. */
export async function assertLogIsDetailed(session) {
  const { rows } = await session.query(
    `select current_setting('log_error_verbosity') as verbosity, current_setting('log_line_prefix') as prefix`,
  );
  assert.equal(rows[0].verbosity, 'verbose', 'log_error_verbosity is set by scripts/lib.sh');
  assert.match(rows[0].prefix, / %d /, 'log_line_prefix is set by scripts/lib.sh');
}
