// The rows that callers attempt to write: one of every kind, from the caller's point of view.

import { refusesDelete } from './integrity.js';
import { mayDelete, mayRead } from './model.js';

/**
 * One row of each kind. The kind consists of the caller's role in its organization, whether it
 * contains their id, whether they may read and delete it, and whether integrity rules allow its
 * deletion.
 */
export function sampleRows(me, table, random, rows = me.world.rows[table]) {
  const kinds = new Map();
  for (const row of rows) {
    const kind = JSON.stringify([
      me.roleIn(table === 'organizations' ? row.id : row.org_id),
      me.id !== null && Object.values(row).includes(me.id),
      mayRead(table, me, row),
      mayDelete(table, me, row),
      refusesDelete(me.world, table, row),
      row.is_internal,
      row.used_at === null,
      row.visibility,
    ]);
    kinds.set(kind, [...(kinds.get(kind) ?? []), row]);
  }
  return [...kinds.values()].map((alike) => random.pick(alike));
}
