// A server started with RUST_BACKTRACE sends no backtraces to clients.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { expectError } from '../support/errors.js';
import { createTwoOrganizations } from '../support/organizations.js';
import { startPrivateServer } from '../support/private_server.js';

const stop = startPrivateServer('backtraces', { fsync: 'off' }, { RUST_BACKTRACE: 'full', RUST_LIB_BACKTRACE: 'full' });
const db = await createHelpdeskDatabase();
after(async () => {
  await db.drop();
  stop();
});

test('an error raised by Postgres below our code has no backtrace', async () => {
  const { acme, alice } = await createTwoOrganizations(db);
  await db.sql(`alter table helpdesk.tickets add check (title <> 'Refused')`);
  const error = await db.as(alice, (session) =>
    expectError('23514', session.query(`select helpdesk.create_ticket($1, 'Refused')`, [acme])),
  );
  assert.doesNotMatch(`${error.detail} ${error.message} ${error.where}`, /backtrace|\.rs|::/i);
});
