// Random statements cause no crash and no internal error, and return nothing of another
// organization. FUZZ_QUERIES is the number of statements; the same FUZZ_SEED produces the same
// statements.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { tenantTables } from '../support/canaries.js';
import { createHelpdeskDatabase } from '../support/database.js';
import { generateStatements, prepareSqlsmith, reasonToSkipSqlsmith } from '../support/sqlsmith.js';
import { createFuzzedOrganizations } from './fixture.js';
import { Fuzzer } from './fuzzer.js';

const QUERIES = Number(process.env.FUZZ_QUERIES ?? 2000);
const SEED = Number(process.env.FUZZ_SEED ?? 1);
/** The share of each caller's statements that also query the system catalogs. */
const SHARE_WITH_CATALOG = 0.15;
const SHARES = { 'a customer': 0.4, 'an agent': 0.4, 'a stranger': 0.15, 'somebody without a token': 0.05 };

const skip = reasonToSkipSqlsmith() ?? false;
if (skip && process.env.CI) throw new Error(skip); // Nobody would notice the skipped test there.
const db = skip ? null : await createHelpdeskDatabase();
// Postgres itself raises internal errors in some of these statements; Fuzzer tells them from ours.
db?.ignoreInternalErrors();
after(() => db?.drop());
const fixture = db && (await createFuzzedOrganizations(db));
if (db) await prepareSqlsmith(db, ['authenticated', 'anon']);

test('every row of another organization is recognizable', { skip }, async () => {
  for (const [table, condition] of await tenantTables(db)) {
    const rows = await db.sql(`select t::text as row from helpdesk.${table} t where ${condition}`, [fixture.globex]);
    assert.ok(rows.length > 0, table);
    for (const { row } of rows) assert.ok(fixture.isMarked(row), `${table}: ${row}`);
  }
});

for (const [i, [name, share]] of Object.entries(SHARES).entries()) {
  test(`random statements of ${name}: no crash, no internal error, nothing of others`, { skip }, async (t) => {
    const { person, role, leaks } = fixture.callers[name];
    const count = Math.ceil(QUERIES * share);
    const catalogCount = Math.ceil(count * SHARE_WITH_CATALOG);
    const seed = SEED * 10 + i;
    const statements = [
      ...(await generateStatements(db, { role, seed, count: count - catalogCount })),
      ...(await generateStatements(db, { role, seed, count: catalogCount, catalog: true })),
    ];
    const fuzzer = new Fuzzer(db, person, role, leaks);
    await fuzzer.run(statements);
    t.diagnostic(`${name}, FUZZ_SEED=${SEED}: ${fuzzer.summary()}`);
    assert.deepEqual(fuzzer.problems, [], `FUZZ_SEED=${SEED} FUZZ_QUERIES=${QUERIES}`);
    db.assertCleanLog();
    // Statements that all fail would prove nothing.
    assert.ok(fuzzer.succeeded > count / 4, fuzzer.summary());
  });
}
