// The model covers the whole catalog, and roles are granted exactly what it requires.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { readGrants, readTables, readViews } from './catalog.js';
import { columnsOf, grantsOf, tableNames, viewNames } from './model.js';

const db = await createHelpdeskDatabase();
after(() => db.drop());

test('the model covers every table, view and column', async () => {
  const [tables, views] = [await readTables(db), await readViews(db)];
  const there = [...tables.values(), ...views.values()].flatMap(({ name, columns }) =>
    columns.map((column) => `${name}.${column.name}`),
  );
  const known = [...tableNames, ...viewNames].flatMap((table) => columnsOf(table).map((column) => `${table}.${column}`));
  const unknown = there.filter((column) => !known.includes(column));
  assert.deepEqual(unknown, [], 'missing in tests/model/rules.js');
  const gone = known.filter((column) => !there.includes(column));
  assert.deepEqual(gone, [], 'in tests/model/rules.js, but not in the database');
});

test('security_report() is empty in a fresh installation', async () => {
  assert.deepEqual(await db.sql('select * from helpdesk.security_report()'), []);
});

for (const role of ['anon', 'authenticated', 'service_role']) {
  test(`${role} is granted exactly what the model requires`, async () => {
    const granted = await readGrants(db, role);
    const expected = grantsOf(role);
    const excess = granted.filter((grant) => !expected.includes(grant));
    assert.deepEqual(excess, [], 'granted, but not in tests/model/rules.js');
    const lacking = expected.filter((grant) => !granted.includes(grant));
    assert.deepEqual(lacking, [], 'in tests/model/rules.js, but not granted');
  });
}
