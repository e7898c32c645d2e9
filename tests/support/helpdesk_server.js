// What every e2e file starts with: a database with two organizations, and PostgREST in front of it.

import assert from 'node:assert/strict';
import { after } from 'node:test';
import { createHelpdeskDatabase } from './database.js';
import { createTwoOrganizations } from './organizations.js';
import { startPostgrest } from './postgrest.js';
import { signsOfBugs, watchServerLog } from './server_log.js';

/** Returns { db, api, expectCleanLog, and everything that `tell` makes }; stopped and dropped after the file's tests. */
export async function serveHelpdesk(tell = createTwoOrganizations) {
  const db = await createHelpdeskDatabase();
  const loggedSince = await watchServerLog(db);
  const people = await tell(db);
  const api = await startPostgrest(db);
  after(async () => {
    await api.stop();
    await db.drop();
  });
  const expectCleanLog = () => assert.deepEqual(signsOfBugs(loggedSince()), []);
  return { db, api, expectCleanLog, ...people };
}

/** supabase-js got this: no error. Returns the data. */
export function granted({ data, error }) {
  assert.equal(error, null, error && JSON.stringify(error));
  return data;
}

/** supabase-js was refused with this HTTP status and SQLSTATE (or PGRST code). Returns the error. */
export function refused({ data, error, status }, expectedStatus, expectedCode) {
  assert.ok(error, `expected ${expectedStatus} ${expectedCode}, but it succeeded with ${JSON.stringify(data)}`);
  assert.deepEqual({ status, code: error.code }, { status: expectedStatus, code: expectedCode }, error.message);
  return error;
}
