// Compares what callers see in the tables with what the model predicts.

import assert from 'node:assert/strict';
import { asCaller, attemptCalls } from './batch.js';
import { keyOf } from './catalog.js';
import { visible } from './model.js';

export async function compareReads(db, callers, disagreements) {
  const tables = [...db.tables.values()];
  // Whole rows, so that every column must be readable.
  const reads = tables.map(({ name }) => `select coalesce(json_agg(t), '[]') from helpdesk.${name} t`);
  for (const caller of callers) {
    const answers = await asCaller(db, caller, (session) => attemptCalls(session, reads));
    for (const [i, table] of tables.entries()) {
      const { outcome, result, error } = answers[i];
      assert.match(outcome, /done|denied/, `${caller} reads ${table.name}: ${error}`);
      const keys = (rows) => rows.map((row) => keyOf(table, row)).sort();
      // A caller without SELECT rights sees nothing.
      const seen = outcome === 'done' ? keys(JSON.parse(result)) : [];
      const expected = keys(visible(table.name, caller));
      const report = (what, list) => list.length > 0 && disagreements.push(`${caller} ${what} ${table.name} ${list.join(', ')}`);
      report(
        'sees, but must not:',
        seen.filter((key) => !expected.includes(key)),
      );
      report(
        'must see, but does not:',
        expected.filter((key) => !seen.includes(key)),
      );
    }
  }
}
