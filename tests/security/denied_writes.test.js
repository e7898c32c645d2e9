// A denied write is explained even if it is the first statement of a session: planning it loads the
// library.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { tablesFor } from '../support/api_catalog.js';
import { outcomeOf } from '../support/attempts.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { createTwoTenants } from '../support/two_tenants.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());
const { acme } = await createTwoTenants(db);

const IS_LOADED = `select exists (select from pg_settings where name = 'request.jwt.claims') as loaded`;

/** A statement for each verb that people may not use on a table, or not on one of its columns. */
function deniedWrites({ name, mayDelete, columns }) {
  const first = (right) => columns.find((column) => !column[right])?.name;
  const [inserted, updated] = [first('mayInsert'), first('mayUpdate')];
  return [
    inserted && `insert into helpdesk.${name} (${inserted}) values (default)`,
    updated && `update helpdesk.${name} set ${updated} = default`,
    !mayDelete && `delete from helpdesk.${name}`,
  ].filter(Boolean);
}

/** Everything that people read; nobody but the system uses the other tables. */
async function readableTables() {
  const readable = await db.sql(
    `select relname as name from pg_class where relnamespace = 'helpdesk'::regnamespace and has_table_privilege('authenticated', oid, 'select')`,
  );
  return (await tablesFor(db)).filter((table) => readable.some(({ name }) => name === table.name));
}

test('the first statement of a session is a denied write, which is explained', async () => {
  const writes = (await readableTables()).flatMap(deniedWrites);
  assert.ok(writes.length > 60);
  for (const statement of writes) {
    const session = await db.connect();
    assert.deepEqual((await session.query(IS_LOADED)).rows, [{ loaded: false }]);
    const { error } = await outcomeOf(session, acme.agent, statement);
    assert.deepEqual(
      [error.code, /^read_only_(column|table)$/.test(error.detail)],
      ['42501', true],
      `${statement}: ${error.message}`,
    );
    await db.disconnect(session);
  }
});
