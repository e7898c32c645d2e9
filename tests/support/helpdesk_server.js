// The fixture of the API tests: a database with two organizations and PostgREST in front of it.

import assert from 'node:assert/strict';
import { after } from 'node:test';
import { createHelpdeskDatabase } from './database.js';
import { createTwoOrganizations } from './organizations.js';
import { startPostgrest } from './postgrest.js';

/**
 * Returns { db, api } and everything that `createFixture` returns. PostgREST is stopped and the
 * database dropped after the tests of the file.
 */
export async function serveHelpdesk(createFixture = createTwoOrganizations) {
  const db = await createHelpdeskDatabase();
  const fixture = await createFixture(db);
  const api = await startPostgrest(db);
  after(async () => {
    // Even if the answers were not as described: open sessions would keep the suite from ending.
    await db.drop().finally(api.stop);
  });
  return { db, api, ...fixture };
}

/** Expects a supabase-js response without an error. Returns the data. */
export function granted({ data, error }) {
  assert.equal(error, null, error && JSON.stringify(error));
  return data;
}

/**
 * Expects a supabase-js error with this HTTP status and SQLSTATE (or PGRST code). Returns the
 * error.
 */
export function refused({ data, error, status }, expectedStatus, expectedCode) {
  assert.ok(error, `expected ${expectedStatus} ${expectedCode}, but it succeeded with ${JSON.stringify(data)}`);
  assert.deepEqual({ status, code: error.code }, { status: expectedStatus, code: expectedCode }, error.message);
  return error;
}
