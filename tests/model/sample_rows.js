// Which rows callers try to write: one of every kind, as it stands to the caller.

import { refusesDelete } from './integrity.js';
import { mayDelete, mayRead } from './model.js';

/**
 * One row of each kind: what the caller is in its organization, whether it names them, whether they see and may delete it, and
 * whether it can be deleted at all.
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
