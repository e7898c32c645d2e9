// Every operation that the bench times: { name, what, as, clients, writes, <side>: script, .. }.

import lists from '../operations/lists.js';
import reporting from '../operations/reporting.js';
import search from '../operations/search.js';
import tables from '../operations/tables.js';
import tickets from '../operations/tickets.js';
import { sessionOf } from './parameters.js';

export const OPERATIONS = [...tickets, ...lists, ...tables, ...search, ...reporting];

/** Ours, the sketch in plpgsql, and what a senior DBA would write by hand on the same tables. */
export const SIDES = ['helpdesk', 'baseline', 'handwritten'];

/** The settings of the session in which a side runs. */
export function sessionFor(operation, side) {
  const { role, ...claims } = operation.as === 'system' ? {} : sessionOf(operation.as ?? 'agent');
  if (side !== 'handwritten') return { ...(role && { role }), ...claims };
  // It runs as the owner of the tables: rights are in its text. Its writes are all there is: our triggers do not fire, foreign keys do.
  return {
    ...claims,
    ...(operation.writes && { session_replication_role: 'replica' }),
    ...(operation.handwrittenRole && { role: operation.handwrittenRole }),
  };
}
