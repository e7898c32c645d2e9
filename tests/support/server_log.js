// What the server logged. SERVER_LOG names its file.

import { readFileSync, statSync } from 'node:fs';

/** From now on the log says the SQLSTATE of every error in this database. Returns a function that reads what was logged since. */
export async function watchServerLog(db) {
  const file = process.env.SERVER_LOG;
  const start = statSync(file).size;
  await db.sql(`alter database ${db.name} set log_error_verbosity = verbose`);
  await db.disconnectAll();
  return () => readFileSync(file).subarray(start).toString();
}

/** Lines that tell of a bug in the extension: a panic, a crash, an internal error. */
export function signsOfBugs(log) {
  return log
    .split('\n')
    .filter((line) => /PANIC:|panicked|(ERROR|FATAL): +XX|was terminated by signal|server process .* exited/.test(line));
}
