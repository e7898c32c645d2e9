// Whatever somebody asks the database: it neither crashes nor fails inside, and answers nothing of another organization.
// FUZZ_QUERIES statements in all; the same FUZZ_SEED gives the same ones.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHelpdeskDatabase } from '../support/database.js';
import { prepareSqlsmith, generateStatements, reasonToSkipSqlsmith } from '../support/sqlsmith.js';
import { tenantTables } from '../support/canaries.js';
import { Fuzzer } from './fuzzer.js';
import { createFuzzedOrganizations } from './fixture.js';

const QUERIES = Number(process.env.FUZZ_QUERIES ?? 2000);
const SEED = Number(process.env.FUZZ_SEED ?? 1);
/** Of each caller's statements, so many also look into the system catalogs. */
const SHARE_WITH_CATALOG = 0.15;
const SHARES = { 'a customer': 0.4, 'an agent': 0.4, 'a stranger': 0.15, 'somebody without a token': 0.05 };

const skip = reasonToSkipSqlsmith() ?? false;
if (skip && process.env.CI) throw new Error(skip); // There nobody would see that it was skipped.
const db = skip ? null : await createHelpdeskDatabase();
// Postgres itself raises internal errors in some of these statements; Fuzzer tells them from ours.
db?.ignoreInternalErrors();
after(() => db?.drop());
const world = db && (await createFuzzedOrganizations(db));
if (db) await prepareSqlsmith(db, ['authenticated', 'anon']);

test('every value of another organization would be recognized', { skip }, async () => {
  for (const [table, condition] of await tenantTables(db)) {
    const rows = await db.sql(`select t::text as row from helpdesk.${table} t where ${condition}`, [world.globex]);
    assert.ok(rows.length > 0, table);
    for (const { row } of rows) assert.ok(world.isMarked(row), `${table}: ${row}`);
  }
});

for (const [i, [name, share]] of Object.entries(SHARES).entries()) {
  test(`${name} may ask anything: no crash, no internal error, nothing of another organization`, { skip }, async (t) => {
    const { person, role, leaks } = world.callers[name];
    const count = Math.ceil(QUERIES * share);
    const ofCatalog = Math.ceil(count * SHARE_WITH_CATALOG);
    const seed = SEED * 10 + i;
    const statements = [
      ...(await generateStatements(db, { role, seed, count: count - ofCatalog })),
      ...(await generateStatements(db, { role, seed, count: ofCatalog, catalog: true })),
    ];
    const fuzzer = new Fuzzer(db, person, role, leaks);
    await fuzzer.run(statements);
    t.diagnostic(`${name}, FUZZ_SEED=${SEED}: ${fuzzer.summary()}`);
    assert.deepEqual(fuzzer.problems, [], `FUZZ_SEED=${SEED} FUZZ_QUERIES=${QUERIES}`);
    db.assertCleanLog();
    // Statements that all fail would show nothing.
    assert.ok(fuzzer.succeeded > count / 4, fuzzer.summary());
  });
}
